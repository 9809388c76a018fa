"""Defines the claim of this lesson, S14: a score can rank the backbones before any of them is trained on the new
task."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import bootstrap, final
from lessons.kit.runs.downstream_tasks import DIGITS, DOWNSTREAM_TASKS
from lessons.one_backbone.runs import NAMES, UNTRAINED, score_runs, scored


def truth(evidence: Results, job: str) -> np.ndarray:
    """Returns the accuracy of a probe, with the shape (backbones, seeds)."""
    return np.stack([final(evidence.table("probe", job, name)) for name in NAMES])


def tau(a: np.ndarray, b: np.ndarray) -> float:
    """Returns how much two lists agree about the order of each pair: 1 for all pairs, -1 for none, and 0 by chance
    (Kendall 1938)."""
    return float(np.mean([np.sign((a[i] - a[j]) * (b[i] - b[j])) for i, j in combinations(range(len(a)), 2)]))


def score_finding(evidence: Results) -> Finding:
    read = {job: truth(evidence, job) for job in DOWNSTREAM_TASKS}
    score = {job: scored(evidence, "LogME", job) for job in DOWNSTREAM_TASKS}
    taus = {job: tau(score[job].mean(1), read[job].mean(1)) for job in DOWNSTREAM_TASKS}
    others = float(np.mean([taus[job] for job in DOWNSTREAM_TASKS if job != DIGITS]))
    tuned = np.array([final(evidence.table("tuned", name)).mean() for name in NAMES])
    own = np.array([final(evidence.table("own", name)).mean() for name in NAMES])
    digits, best = read[DIGITS].mean(1), score[DIGITS].mean(1)
    draws = read[DIGITS].shape[1]
    low, high = bootstrap(lambda draw: tau(score[DIGITS][:, draw].mean(1), read[DIGITS][:, draw].mean(1)), draws)
    asked = len(NAMES) * len(DOWNSTREAM_TASKS) * draws  # the number of scores that were computed
    ms = 1000 * evidence.answer("LogME")["seconds"] / asked
    runs = evidence.tables("probe").values()
    training = 1000 * sum(float(run.seconds.max()) for run in runs) / asked
    swapped = [
        abs(digits[i] - digits[j])
        for i, j in combinations(range(len(NAMES)), 2)
        if (digits[i] - digits[j]) * (best[i] - best[j]) < 0
    ]
    hits = sum(int(score[job].mean(1).argmax() == read[job].mean(1).argmax()) for job in DOWNSTREAM_TASKS)
    numbers = {
        "count": str(len(NAMES)),
        "swapped": str(len(swapped)),
        "all_pairs": str(len(NAMES) * (len(NAMES) - 1) // 2),
        "apart": f"{100 * max(swapped, default=0):.1f}",
        "hits": str(hits),
        "leep_favourite": NAMES[int(scored(evidence, "LEEP", DIGITS).mean(1).argmax())],
        "untrained": percent(digits[NAMES.index(UNTRAINED)]),
        "tau": f"{taus[DIGITS]:.2f}",
        "others": f"{others:.2f}",
        "tuned": f"{tau(best, tuned):.2f}",
        "leep": f"{tau(scored(evidence, 'LEEP', DIGITS).mean(1), digits):.2f}",
        "own": f"{tau(own, digits):.2f}",
        "pairs": f"{5 * (taus[DIGITS] + 1):.0f}",
        "ms": f"{ms:.0f}",
        "training": f"{training:.0f}",
        "cheaper": f"{training / ms:.0f}",
    }
    for name, key in (("printed", "printed"), ("all scripts", "all"), ("Latin", "latin"), ("wrong labels", "wrong")):
        numbers |= {f"{key}_own": percent(own[NAMES.index(name)]), f"{key}": percent(digits[NAMES.index(name)])}
    for job, key in zip(DOWNSTREAM_TASKS, ("digits", "inverted", "turned", "letters")):
        numbers |= {f"best_{key}": NAMES[int(read[job].mean(1).argmax())], f"tau_{key}": f"{taus[job]:.2f}"}
    return Finding(
        value=taus[DIGITS],
        low=low,
        high=high,
        checks=(
            Check(
                says="Kendall's tau between the score and the accuracy of a probe on digits is at least 0.6",
                met=taus[DIGITS] >= 0.6,
            ),
            Check(
                says="tau is also at least 0.6 if all layers of the backbones are fine-tuned on digits",
                met=tau(best, tuned) >= 0.6,
            ),
            Check(says="tau is also at least 0.6 on average over the three other tasks", met=others >= 0.6),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S14",
        statement=(
            "LogME is a score for backbones that needs no training. It ranks {count} backbones almost as the accuracy "
            "of a probe on digits does: Kendall's tau, which is 1 for the same order and 0 by chance, is {tau}, and "
            "{others} on average over three other tasks. If the backbones are ranked by their accuracy on the data "
            "that they were pretrained on, tau is {own}."
        ),
        runs=score_runs,
        finding=score_finding,
        statistic="Kendall's tau between the LogME score of a backbone and the accuracy of a probe on it, on digits",
        bar="Kendall's tau is at least 0.6 on digits, both for probes and for fine-tuned nets, and on average over the "
        "other tasks.",
        paper="You et al. 2021, LogME: Practical Assessment of Pre-trained Models for Transfer Learning",
        paper_found="LogME ranked pretrained models for vision and language almost as fine-tuning them did, and was up "
        "to 3,000 times faster.",
    ),
)
