"""Defines the claims of this lesson: how much labels are worth (S1), why the head is trained first (S10), and the
claim of the drawing board (D1)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import bootstrap, oracle_best
from lessons.kit.results.label_savings import Accuracies, accuracies, pretrained, scratch_best, worth
from lessons.kit.runs.recipes import FEW, SIZES, label_runs
from lessons.label_worth import drawing_board
from lessons.label_worth.runs import AWAY, SMALL, method_runs


def scratch_equal(evidence: Results) -> Accuracies:
    """Returns the accuracies of the nets from scratch, with the same number of steps as the pretrained nets."""
    return accuracies(evidence, "scratch")


def reaches(accuracy: float, baseline: Accuracies) -> bool:
    """Returns whether the baseline reaches an accuracy with any number of labels."""
    return max(float(each.mean()) for each in baseline.values()) >= accuracy


def label_finding(evidence: Results) -> Finding:
    ours, theirs, equal = pretrained(evidence), scratch_best(evidence), scratch_equal(evidence)

    def k_at(n: int, draw: np.ndarray | slice = slice(None), baseline: Accuracies = theirs) -> float:
        return worth(float(ours[n][draw].mean()), n, {size: each[draw] for size, each in baseline.items()})

    k = {n: k_at(n) for n in FEW}
    low, high = bootstrap(lambda draw: k_at(2, draw), len(ours[2]))
    big = [n for n in FEW if k[n] >= 4]
    apart = [n for n in big if ours[n].mean() - ours[n].std() > theirs[n].mean() + theirs[n].std()]
    falls = all(k[a] > k[b] for a, b in pairwise(FEW))
    peak = max(k, key=lambda n: k[n])
    numbers = {f"k{n}": f"{k[n]:.0f}" if k[n] >= 10 else f"{k[n]:.1f}" for n in FEW}
    numbers |= {f"equal_k{n}": f"{k_at(n, baseline=equal):.1f}" for n in FEW}
    numbers |= {f"ours{n}": percent(float(ours[n].mean())) for n in FEW}
    numbers |= {f"best{n}": percent(float(theirs[n].mean())) for n in SIZES}
    numbers |= {f"scratch{n}": percent(float(equal[n].mean())) for n in SIZES}
    numbers |= {"peak": str(peak), "kpeak": f"{k[peak]:.0f}", "sizes": str(len(big))}
    return Finding(
        value=k[2],
        low=low,
        high=high,
        checks=(
            Check(
                says="at three or more of the six label counts, a net from scratch needs at least 4 times as many "
                "labels",
                met=len(big) >= 3,
            ),
            Check(
                says="at three or more of these, the two bands of one standard deviation do not overlap",
                met=len(apart) >= 3,
            ),
            Check(says="the advantage shrinks with every increase in labels", met=falls),
        ),
        numbers=numbers,
    )


def method_finding(evidence: Results) -> Finding:
    first, full = (accuracies(evidence, way) for way in ("lp_ft", "full"))
    gap = {n: float((first[n] - full[n]).mean()) for n in SMALL}
    least = {n: float((first[n] - oracle_best(evidence.tables("full best", n).values())).mean()) for n in SMALL}
    probe, all_at_once = (np.array(run).mean(1) for run in evidence.answer("away")["accuracy"])
    away = {name: (float(a), float(b)) for name, a, b in zip(AWAY, probe, all_at_once)}
    low, high = bootstrap(lambda draw: 100 * (first[2] - full[2])[draw].mean(), len(first[2]))
    numbers = {f"gap{n}": f"{100 * gap[n]:.0f}" for n in SMALL}
    numbers |= {f"least{n}": f"{100 * least[n]:.0f}" for n in SMALL}
    numbers |= {f"first{n}": percent(float(first[n].mean())) for n in SMALL}
    numbers |= {f"full{n}": percent(float(full[n].mean())) for n in SMALL}
    numbers |= {f"{name}_probe": percent(probed) for name, (probed, _) in away.items()}
    numbers |= {f"{name}_full": percent(moved) for name, (_, moved) in away.items()}
    return Finding(
        value=100 * gap[2],
        low=low,
        high=high,
        checks=(
            Check(
                says="training the head first is at least 5 points ahead with 1, 2, 5 and 10 labels per class",
                met=min(gap.values()) >= 0.05,
            ),
            Check(
                says="it is still ahead when the other way trains four times as long at its best learning rate",
                met=min(least.values()) > 0,
            ),
            *(
                Check(
                    says=f"on {name} digits, training only the head beats training all layers at once",
                    met=probed > moved,
                )
                for name, (probed, moved) in away.items()
            ),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S1",
        statement=(
            "A net pretrained on glyphs reads {ours2} of unseen handwritten digits after training on 2 labels per "
            "class. A net from scratch, trained to its best, needs {k2} times as many labels for the same accuracy. "
            "At 5 labels per class the factor is {k5}, and at 50 it is {k50}."
        ),
        runs=label_runs,
        finding=label_finding,
        statistic="how many times as many labels a net from scratch, trained to its best, needs to match a pretrained "
        "net with 2 labels per class",
        bar="At three or more of the six label counts, the net from scratch needs at least 4 times as many labels and "
        "the bands over seeds do not overlap. This factor shrinks as the number of labels grows.",
        paper="Howard & Ruder 2018, Universal Language Model Fine-tuning; Hernandez et al. 2021, Scaling Laws for "
        "Transfer",
        paper_found="ULMFiT, a language model fine-tuned on 100 labelled texts, was as accurate as a model trained "
        "from scratch on 100 times as many texts.",
    ),
    Claim(
        id="S10",
        statement=(
            "A net pretrained on glyphs reads unseen digits better if its new head is trained first and all layers are "
            "fine-tuned afterwards. With 1, 2, 5 and 10 labels per class it is {gap1}, {gap2}, {gap5} and {gap10} "
            "points more accurate than a net that trains all layers at once. If that net gets four times the steps and "
            "its best learning rate, the lead is {least1}, {least2}, {least5} and {least10} points."
        ),
        runs=method_runs,
        finding=method_finding,
        statistic="percentage points of accuracy by which training the head first leads training all layers at once, "
        "with 2 labels per class",
        bar="With 10 labels per class or fewer, training the head first leads by at least 5 points. On digits unlike "
        "the training digits, training only the head beats training all layers.",
        paper="Kumar et al. 2022, Fine-Tuning Can Distort Pretrained Features and Underperform Out-of-Distribution",
        paper_found="On ten datasets whose test examples differ from the training examples, training only a linear "
        "probe beat full fine-tuning by 7 points on average. Training the probe first and then everything beat both.",
    ),
    drawing_board.CLAIM,
)
