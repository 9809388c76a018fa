"""The claim of this lesson, S2: pretraining buys time; whether it also buys a better end depends on the labels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.spec import Run
from lessons.catalogue import Check, Claim, Evidence, Finding, Values
from lessons.evidence import band, final, resampled, steps_to
from lessons.label_worth.claims import kindest
from lessons.recipes import BEST_RATES, Seeds, fine_tuned, patient, scratch

FEW, MANY, STEPS = 10, 400, 1000  # labels a class; steps of the race
RATE = 1e-3
NEAR = 0.01  # within a point counts as there


def race(labels: int, rate: float, seeds: Seeds, start: Run | None = None) -> Values:
    """Both arms; without a start the backbone too is made from these seeds."""
    return {
        "pretrained": fine_tuned(labels, rate=rate, steps=STEPS, seeds=seeds, start=start),
        "scratch": scratch(labels, rate, STEPS, seeds),
    }


def start_runs(seeds: Seeds) -> Values:
    values: Values = {}
    for n in (FEW, MANY):
        values |= {f"{label} {n}": run for label, run in race(n, RATE, seeds).items()}
        values |= {f"scratch {n} at {rate:g}": scratch(n, rate, patient(n), seeds) for rate in BEST_RATES}
    return values


def head_start(evidence: Evidence, n: int, seeds: np.ndarray | slice = slice(None)) -> float:
    """How many times sooner the pretrained net is, to within a point, where scratch ends."""
    ours, theirs = (choose(evidence[f"{label} {n}"], seeds) for label in ("pretrained", "scratch"))
    goal = float(band(theirs)["mean"].iloc[-1]) - NEAR
    return steps_to(theirs, goal) / max(1.0, steps_to(ours, goal))


def choose(table: pd.DataFrame, seeds: np.ndarray | slice) -> pd.DataFrame:
    """A table of some of its seeds, by their place, as often as they are named."""
    wide = table.pivot(index="step", columns="seed", values="accuracy").iloc[:, seeds]
    wide.columns = pd.RangeIndex(len(wide.columns), name="seed")
    return wide.stack().rename("accuracy").reset_index()


def start_finding(evidence: Evidence) -> Finding:
    gaps, ours, theirs = {}, {}, {}
    for n in (FEW, MANY):
        ours[n], theirs[n] = final(evidence[f"pretrained {n}"]), kindest(evidence, f"scratch {n}")
        gaps[n] = float(ours[n].mean() - theirs[n].mean())
    ratio = head_start(evidence, FEW)
    spread = [head_start(evidence, FEW, draw) for draw in resampled(len(ours[FEW]), 200)]
    late = head_start(evidence, MANY)
    numbers = {"ratio": f"{ratio:.0f}", "late": f"{late:.0f}", "few": str(FEW), "many": str(MANY)}
    numbers |= {f"{name}_gap": f"{100 * gaps[n]:.1f}" for name, n in (("few", FEW), ("many", MANY))}
    numbers |= {f"{name}_ours": f"{100 * ours[n].mean():.1f} %" for name, n in (("few", FEW), ("many", MANY))}
    numbers |= {f"{name}_theirs": f"{100 * theirs[n].mean():.1f} %" for name, n in (("few", FEW), ("many", MANY))}
    spread_many = max(float(theirs[MANY].std()), float(ours[MANY].std()))
    return Finding(
        value=ratio,
        low=float(np.percentile(spread, 2.5)),
        high=float(np.percentile(spread, 97.5)),
        checks=(
            Check(says=f"at least 4 times sooner at {FEW} labels a class", met=ratio >= 4),
            Check(says=f"10 points or more ahead in the end at {FEW} labels a class", met=gaps[FEW] >= 0.10),
            Check(says=f"within one standard deviation at {MANY} labels a class", met=gaps[MANY] <= spread_many),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S2",
        statement=(
            "With {few} labels a class the pretrained net is where scratch ends {ratio} times sooner, and it ends "
            "{few_gap} points ahead of scratch at its best; with {many} labels a class it is {late} times sooner, and "
            "{many_gap} points ahead."
        ),
        runs=start_runs,
        finding=start_finding,
        statistic=f"times sooner where scratch ends, to within a point, {FEW} labels a class",
        bar="at least 4 times sooner; 10 points ahead where labels are few, at most one standard deviation where many",
        paper="He, Girshick & Dollár 2019, Rethinking ImageNet Pre-training",
        paper_found="With enough data, detectors from scratch caught up with pretrained ones; they only needed longer.",
    ),
)
