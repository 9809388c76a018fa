"""Compares how many labels pretrained nets and nets from scratch need for the same accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.kit.model.values import Results
from lessons.kit.results.evidence import final, labels_to, oracle_best

Accuracies = dict[int, np.ndarray]  # the accuracy of every seed, by labels per class


def accuracies(evidence: Results, role: str, *at: Any) -> Accuracies:
    """Returns the final accuracies of the nets with this role whose position begins with `at` and ends with their
    labels per class."""
    return {n: final(table) for n, table in evidence.tables(role, *at).items()}


def best_accuracies(evidence: Results, role: str, *at: Any) -> Accuracies:
    """Returns the best accuracies of such nets, over the learning rates that come after the labels in their position,
    and over their steps."""
    sizes = dict.fromkeys(labels for labels, _ in evidence.tables(role, *at))
    return {n: oracle_best(evidence.tables(role, *at, n).values()) for n in sizes}


def pretrained(evidence: Results) -> Accuracies:
    """Returns the accuracies of the pretrained nets."""
    return accuracies(evidence, "pretrained")


def scratch_best(evidence: Results) -> Accuracies:
    """Returns the best accuracies of the nets from scratch."""
    return best_accuracies(evidence, "scratch best")


def worth(accuracy: float, labels: int, baseline: Accuracies) -> float:
    """Returns k: the baseline needs k times as many labels for the same accuracy. If it never reaches it, the result
    is a lower bound."""
    needed = labels_to({n: float(each.mean()) for n, each in baseline.items()}, accuracy)
    return min(needed, max(baseline)) / labels
