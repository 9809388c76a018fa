"""Compares how many labels pretrained nets and nets from scratch need for the same accuracy."""

from __future__ import annotations

import numpy as np

from lessons.kit.model.values import Results
from lessons.kit.results.evidence import final, labels_to, oracle_best

Accuracies = dict[int, np.ndarray]  # the accuracy of every seed, by labels per class


def pretrained(evidence: Results) -> Accuracies:
    """Returns the accuracies of the pretrained nets."""
    return {n: final(table) for n, table in evidence.tables("pretrained").items()}


def scratch_best(evidence: Results) -> Accuracies:
    """Returns the best accuracies of the nets from scratch, over their learning rates and steps."""
    sizes = dict.fromkeys(labels for labels, _ in evidence.tables("scratch best"))
    return {n: oracle_best(evidence.tables("scratch best", n).values()) for n in sizes}


def worth(accuracy: float, labels: int, baseline: Accuracies) -> float:
    """Returns k: the baseline needs k times as many labels for the same accuracy. If it never reaches it, the result
    is a lower bound."""
    needed = labels_to({n: float(each.mean()) for n, each in baseline.items()}, accuracy)
    return min(needed, max(baseline)) / labels
