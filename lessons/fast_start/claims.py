"""The claim of this lesson, S2: pretraining buys time; whether it also buys a better end depends on the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.spec import Run
from core.tasks import Plane
from lessons.kit.catalogue import Check, Claim, Evidence, Finding, Values
from lessons.kit.evidence import band, final, resampled, steps_to
from lessons.kit.recipes import BEST_RATES, Seeds, arms, fine_tuned, fine_tuning, patient, scratch
from lessons.label_worth.claims import kindest

FEW, MANY = 10, 400  # labels a class
STEPS, PATIENT = 1000, 3000  # steps of the race; of training to one's best in the plane, before the slower last ones
RATE = 1e-3
NEAR = 0.01  # within a point counts as there
HANDWRITING, PLANE = "handwriting", "plane"
TURN = 30.0  # degrees, half of the angle from one arm to the next: where the old answers are most wrong


def race(labels: int, rate: float, seeds: Seeds, start: Run | None = None, world: str = HANDWRITING) -> Values:
    """Both arms; without a start the backbone too is made from these seeds."""
    if world == PLANE:
        start = start or arms(seeds)
        return {"pretrained": turned(labels, rate, seeds, start), "scratch": turned(labels, rate, seeds)}
    return {
        "pretrained": fine_tuned(labels, rate=rate, steps=STEPS, seeds=seeds, start=start),
        "scratch": scratch(labels, rate, STEPS, seeds),
    }


def turned(labels: int, rate: float, seeds: Seeds, start: Run | None = None, patient: bool = False) -> Run:
    """Six spiral arms, turned to between those that the start knows; patient is four times the steps, the last of them
    ten times slower."""
    steps = PATIENT if patient else STEPS
    stages = [replace(stage, batch=64) for stage in fine_tuning("lp_ft" if start else "full", rate, steps)]
    if patient:
        stages.append(replace(stages[-1], rate=rate / 10, steps=STEPS))
    return Run(
        task=Plane(labels=labels, turn=TURN),
        net="mlp",
        start=start,
        stages=tuple(stages),
        seeds=seeds.count,
        first_seed=seeds.first,
    )


def start_runs(seeds: Seeds) -> Values:
    """The race at few and at many labels in both worlds, and scratch trained to its best; in the plane, where it does
    catch up, the pretrained net too."""
    values: Values = {}
    for n in (FEW, MANY):
        values |= {f"{label} {n}": run for label, run in race(n, RATE, seeds).items()}
        values |= {f"scratch {n} at {rate:g}": scratch(n, rate, patient(n), seeds) for rate in BEST_RATES}
        values |= {f"{label} {PLANE} {n}": run for label, run in race(n, RATE, seeds, world=PLANE).items()}
        for rate in BEST_RATES:
            values[f"scratch {PLANE} {n} at {rate:g}"] = turned(n, rate, seeds, patient=True)
            values[f"pretrained {PLANE} {n} at {rate:g}"] = turned(n, rate, seeds, arms(seeds), patient=True)
    return values


def head_start(evidence: Evidence, place: str, seeds: np.ndarray | slice = slice(None)) -> float:
    """How many times sooner the pretrained net is, to within a point, where scratch ends; place is how labels end."""
    ours, theirs = (choose(evidence[f"{label} {place}"], seeds) for label in ("pretrained", "scratch"))
    goal = float(band(theirs)["mean"].iloc[-1]) - NEAR
    return steps_to(theirs, goal) / max(1.0, steps_to(ours, goal))


def choose(table: pd.DataFrame, seeds: np.ndarray | slice) -> pd.DataFrame:
    """A table of some of its seeds, by their place, as often as they are named."""
    wide = table.pivot(index="step", columns="seed", values="accuracy").iloc[:, seeds]
    wide.columns = pd.RangeIndex(len(wide.columns), name="seed")
    return wide.stack().rename("accuracy").reset_index()


def start_finding(evidence: Evidence) -> Finding:
    ours = {n: final(evidence[f"pretrained {n}"]) for n in (FEW, MANY)}
    theirs = {n: kindest(evidence, f"scratch {n}") for n in (FEW, MANY)}
    numbers, checks = compared(HANDWRITING, ours, theirs, [head_start(evidence, str(n)) for n in (FEW, MANY)])
    ours, theirs = (
        {n: kindest(evidence, f"{label} {PLANE} {n}") for n in (FEW, MANY)} for label in ("pretrained", "scratch")
    )
    sooner = [head_start(evidence, f"{PLANE} {n}") for n in (FEW, MANY)]
    plane_numbers, plane_checks = compared(PLANE, ours, theirs, sooner)
    spread = [head_start(evidence, str(FEW), draw) for draw in resampled(len(ours[FEW]), 200)]
    return Finding(
        value=head_start(evidence, str(FEW)),
        low=float(np.percentile(spread, 2.5)),
        high=float(np.percentile(spread, 97.5)),
        checks=(*checks, *plane_checks),
        numbers=numbers
        | {f"plane_{name}": number for name, number in plane_numbers.items()}
        | {"few": str(FEW), "many": str(MANY)},
    )


def compared(
    world: str, ours: dict[int, np.ndarray], theirs: dict[int, np.ndarray], sooner: Sequence[float]
) -> tuple[dict[str, str], list[Check]]:
    """Numbers and the bar in one world: where both end at few and many labels, and how many times sooner one is."""
    gaps = {n: float(ours[n].mean() - theirs[n].mean()) for n in ours}
    spread = max(float(theirs[MANY].std()), float(ours[MANY].std()))
    numbers = {"ratio": f"{sooner[0]:.0f}", "late": f"{sooner[1]:.0f}"}
    for name, n in (("few", FEW), ("many", MANY)):
        numbers |= {
            f"{name}_ours": f"{100 * ours[n].mean():.1f} %",
            f"{name}_theirs": f"{100 * theirs[n].mean():.1f} %",
        }
        numbers |= {f"{name}_gap": f"{100 * gaps[n]:.1f}"}
    return numbers, [
        Check(says=f"{world}: at least 4 times sooner at {FEW} labels a class", met=sooner[0] >= 4),
        Check(says=f"{world}: 10 points or more ahead in the end at {FEW} labels a class", met=gaps[FEW] >= 0.10),
        Check(says=f"{world}: within one standard deviation at {MANY} labels a class", met=gaps[MANY] <= spread),
    ]


CLAIMS = (
    Claim(
        id="S2",
        statement=(
            "With {few} labels a class the pretrained net is where scratch ends {ratio} times sooner, and it ends "
            "{few_gap} points ahead of scratch at its best; with {many} labels a class it is {late} times sooner, and "
            "{many_gap} points ahead. In the plane it is {plane_ratio} times sooner and {plane_few_gap} points ahead "
            "with {few}; with {many} it is {plane_late} times sooner, and scratch ends at {plane_many_theirs} against "
            "{plane_many_ours}."
        ),
        runs=start_runs,
        finding=start_finding,
        statistic=f"times sooner where scratch ends, to within a point, {FEW} labelled digits a class",
        bar="in both worlds at least 4 times sooner; 10 points ahead where labels are few, at most one standard "
        "deviation where they are many",
        paper="He, Girshick & Dollár 2019, Rethinking ImageNet Pre-training",
        paper_found="With enough data, detectors from scratch caught up with pretrained ones; they only needed longer.",
    ),
)
