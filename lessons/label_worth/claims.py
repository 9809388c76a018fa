"""The claims of this lesson, S1 and S10: what labels are worth, and why the head goes first."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from core.spec import Measure
from core.tasks import Handwriting
from lessons.kit.catalogue import Check, Claim, Evidence, Finding, Values
from lessons.kit.evidence import best, final, labels_to, resampled
from lessons.kit.figures import percent
from lessons.kit.recipes import BEST_RATES, SIZES, Seeds, fine_tuned, patient, scratch

FEW = (1, 2, 5, 10, 20, 50)  # labels a class at which the pretrained net is asked
SMALL = (1, 2, 5, 10)
AWAY = {"turned": Handwriting(turn=25), "thick": Handwriting(thicken=1)}  # digits unlike the training digits

Curve = dict[int, np.ndarray]  # accuracy of every seed, by labels a class


def label_runs(seeds: Seeds) -> Values:
    """The pretrained net at few labels, and scratch at all of them: in equal steps, and to its best."""
    values: Values = {f"pretrained {n}": fine_tuned(n, seeds=seeds) for n in FEW}
    for n in SIZES:
        values[f"scratch {n}"] = scratch(n, seeds=seeds)
        values |= {f"scratch {n} at {rate:g}": scratch(n, rate, patient(n), seeds) for rate in BEST_RATES}
    return values


def pretrained(evidence: Evidence) -> Curve:
    return {n: final(evidence[f"pretrained {n}"]) for n in FEW if f"pretrained {n}" in evidence}


def scratch_equal(evidence: Evidence) -> Curve:
    return {n: final(evidence[f"scratch {n}"]) for n in SIZES}


def kindest(evidence: Evidence, name: str) -> np.ndarray:
    """Every seed's best moment at the rate whose mean is best: more than anybody without the test set could have."""
    return max((best(evidence[f"{name} at {rate:g}"]) for rate in BEST_RATES), key=np.mean)


def scratch_best(evidence: Evidence) -> Curve:
    return {n: kindest(evidence, f"scratch {n}") for n in SIZES}


def worth(accuracy: float, labels: int, baseline: Curve) -> float:
    """k: how many times the labels the baseline needs for the same accuracy; where it never gets there, at least k."""
    needed = labels_to({n: float(one.mean()) for n, one in baseline.items()}, accuracy)
    return min(needed, max(baseline)) / labels


def reaches(accuracy: float, baseline: Curve) -> bool:
    return max(float(one.mean()) for one in baseline.values()) >= accuracy


def label_finding(evidence: Evidence) -> Finding:
    ours, theirs, equal = pretrained(evidence), scratch_best(evidence), scratch_equal(evidence)
    k = {n: worth(float(ours[n].mean()), n, theirs) for n in FEW}
    k_equal = {n: worth(float(ours[n].mean()), n, equal) for n in FEW}
    spread = [
        worth(float(ours[2][draw].mean()), 2, {n: one[draw] for n, one in theirs.items()})
        for draw in resampled(len(ours[2]))
    ]
    big = [n for n in FEW if k[n] >= 4]
    apart = [n for n in big if ours[n].mean() - ours[n].std() > theirs[n].mean() + theirs[n].std()]
    falls = all(k[a] > k[b] for a, b in pairwise(FEW))
    peak = max(k, key=lambda n: k[n])
    numbers = {f"k{n}": f"{k[n]:.0f}" if k[n] >= 10 else f"{k[n]:.1f}" for n in FEW}
    numbers |= {f"equal_k{n}": f"{k_equal[n]:.1f}" for n in FEW}
    numbers |= {f"ours{n}": percent(float(ours[n].mean())) for n in FEW}
    numbers |= {f"best{n}": percent(float(theirs[n].mean())) for n in SIZES}
    numbers |= {f"scratch{n}": percent(float(equal[n].mean())) for n in SIZES}
    numbers |= {"peak": str(peak), "kpeak": f"{k[peak]:.0f}", "sizes": str(len(big))}
    return Finding(
        value=k[2],
        low=float(np.percentile(spread, 2.5)),
        high=float(np.percentile(spread, 97.5)),
        checks=(
            Check(says="k is at least 4 at three sizes or more", met=len(big) >= 3),
            Check(says="the bands of one standard deviation are apart at three of them or more", met=len(apart) >= 3),
            Check(says="k shrinks as labels grow, from the smallest size on", met=falls),
        ),
        numbers=numbers,
    )


def method_runs(seeds: Seeds) -> Values:
    """Three ways to fine-tune; full fine-tuning also with four times the steps at several rates."""
    values: Values = {}
    for n in SMALL:
        values |= {f"{method} {n}": fine_tuned(n, method, seeds=seeds) for method in ("lp_ft", "full", "probe")}
        values |= {f"full {n} at {rate:g}": fine_tuned(n, "full", rate, patient(n), seeds) for rate in BEST_RATES}
    both = tuple(fine_tuned(10, method, seeds=seeds) for method in ("probe", "full"))
    return values | {"away": Measure(kind="accuracy", runs=both, tasks=tuple(AWAY.values()))}


def method_finding(evidence: Evidence) -> Finding:
    first = {n: final(evidence[f"lp_ft {n}"]) for n in SMALL}
    full = {n: final(evidence[f"full {n}"]) for n in SMALL}
    kind = {n: kindest(evidence, f"full {n}") for n in SMALL}
    gap = {n: float((first[n] - full[n]).mean()) for n in SMALL}
    least = {n: float((first[n] - kind[n]).mean()) for n in SMALL}
    probe, all_at_once = (np.array(run).mean(1) for run in evidence["away"]["accuracy"])
    away = {name: (float(a), float(b)) for name, a, b in zip(AWAY, probe, all_at_once)}
    spread = [(first[2] - full[2])[draw].mean() for draw in resampled(len(first[2]))]
    numbers = {f"gap{n}": f"{100 * gap[n]:.0f}" for n in SMALL}
    numbers |= {f"least{n}": f"{100 * least[n]:.0f}" for n in SMALL}
    numbers |= {f"first{n}": percent(float(first[n].mean())) for n in SMALL}
    numbers |= {f"full{n}": percent(float(full[n].mean())) for n in SMALL}
    numbers |= {f"{name}_probe": percent(one) for name, (one, _) in away.items()}
    numbers |= {f"{name}_full": percent(one) for name, (_, one) in away.items()}
    return Finding(
        value=100 * gap[2],
        low=100 * float(np.percentile(spread, 2.5)),
        high=100 * float(np.percentile(spread, 97.5)),
        checks=(
            Check(says="5 points ahead or more at 1, 2, 5 and 10 labels a class", met=min(gap.values()) >= 0.05),
            Check(says="still ahead when the other trains longer, at its best rate", met=min(least.values()) > 0),
            *(
                Check(says=f"on {name} digits the probe beats full fine-tuning", met=one > other)
                for name, (one, other) in away.items()
            ),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S1",
        statement=(
            "On real handwritten digits a pretrained net with 2 labels a class ({ours2}) does what a net from scratch, "
            "trained to its best, needs {k2} times as many labels for; with 5 it is {k5} times, with 50 {k50} times."
        ),
        runs=label_runs,
        finding=label_finding,
        statistic="times the labels that scratch at its best needs, at 2 labels a class",
        bar="k >= 4 at three sizes or more, bands apart, k shrinking as labels grow",
        paper="Howard & Ruder 2018, Universal Language Model Fine-tuning; Hernandez et al. 2021, Scaling Laws for "
        "Transfer",
        paper_found="Fine-tuned on 100 labelled texts, ULMFiT matched training from scratch on 100 times as many.",
    ),
    Claim(
        id="S10",
        statement=(
            "Training the head first and everything gently afterwards beats moving every weight at once by {gap1}, "
            "{gap2}, {gap5} and {gap10} points at 1, 2, 5 and 10 labels a class; by {least1}, {least2}, {least5} and "
            "{least10} where the latter gets four times the steps and its best learning rate."
        ),
        runs=method_runs,
        finding=method_finding,
        statistic="points by which probe-then-fine-tune leads full fine-tuning, at 2 labels a class",
        bar="at least 5 points at 10 labels a class or fewer; away from the training digits, probe above full",
        paper="Kumar et al. 2022, Fine-Tuning Can Distort Pretrained Features and Underperform Out-of-Distribution",
        paper_found="Over ten shifted data sets a linear probe beat full fine-tuning out of distribution by 7 points "
        "on average, and probe-then-fine-tune beat both.",
    ),
)
