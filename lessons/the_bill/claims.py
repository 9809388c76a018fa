"""The claim of this lesson, B1: a backbone is paid once and harvested at every task, above all in labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lessons.kit.catalogue import Check, Claim, Evidence, Finding, Values
from lessons.kit.evidence import resampled
from lessons.kit.recipes import Seeds, backbone
from lessons.label_worth.claims import label_runs
from lessons.the_bill.bill import Learning, Way, break_even, learning

ACCURACIES = (80, 85, 90, 93)  # percent of unseen digits
USUAL = 90
PRICES = {"nothing": 0.0, "1 ms": 0.001, "10 ms": 0.01, "0.1 s": 0.1, "1 s": 1.0, "10 s": 10.0}  # of computing, a label
FREE, DEAR = "nothing", "0.1 s"


def bill_runs(seeds: Seeds) -> Values:
    """What lesson 3 stands on, and the backbone with its own bill."""
    return label_runs(seeds) | {"backbone": backbone(seeds)}


@dataclass(frozen=True)
class Books:
    """All that is known of both arms, and what the backbone cost."""

    ours: list[Learning]
    theirs: list[Learning]
    once: float  # seconds that the backbone took
    speed: float  # operations a second of it

    def ways(self, goal: int, draw: np.ndarray | slice = slice(None)) -> tuple[list[Way], list[Way]]:
        """All ways of each arm to an accuracy in percent."""
        ours, theirs = ([way for one in arm if (way := one.way(goal / 100, draw))] for arm in (self.ours, self.theirs))
        assert ours and theirs, f"no run of an arm reaches {goal} %"
        return ours, theirs

    def choose(self, ways: tuple[list[Way], list[Way]], price: float) -> tuple[Way, Way]:
        """The cheapest way of each arm: labels or steps, whichever costs less at this price of a label."""
        ours, theirs = (min(arm, key=lambda way: way.cost(price, self.speed)) for arm in ways)
        return ours, theirs

    def tasks(self, ways: tuple[list[Way], list[Way]], price: float) -> float:
        """Tasks until pretraining is paid."""
        ours, theirs = self.choose(ways, price)
        return break_even(self.once, ours.cost(price, self.speed), theirs.cost(price, self.speed))


def books(evidence: Evidence) -> Books:
    tables = {label: one for label, one in evidence.items() if isinstance(one, pd.DataFrame)}
    paid = evidence["backbone"].iloc[-1]
    ours, theirs = learning(tables, "pretrained"), learning(tables, "scratch")
    return Books(ours, theirs, float(paid.seconds), float(paid.flops / paid.seconds))


def bill_finding(evidence: Evidence) -> Finding:
    known = books(evidence)
    ways = {goal: known.ways(goal) for goal in ACCURACIES}
    tasks = {(goal, price): known.tasks(ways[goal], PRICES[price]) for goal in ACCURACIES for price in PRICES}
    free, dear = ([tasks[goal, price] for goal in ACCURACIES] for price in (FREE, DEAR))
    saves = all((fewest(ours) < fewest(theirs)).all() for ours, theirs in ways.values())
    spread = [known.tasks(known.ways(USUAL, draw), 0) for draw in resampled(known.ours[0].accuracy.shape[1], 200)]
    numbers = {
        "goal": f"{USUAL} %",
        "once": f"{known.once:.0f}",
        "billions": f"{known.once * known.speed / 1e9:,.0f}",
    }
    numbers |= {f"free{goal}": counted(one) for goal, one in zip(ACCURACIES, free)}
    numbers |= {f"dear{goal}": counted(one) for goal, one in zip(ACCURACIES, dear)}
    numbers |= {f"at{k}": counted(tasks[USUAL, price]) for k, price in enumerate(PRICES)}
    for name, price in (("free", FREE), ("dear", DEAR)):
        for arm, way in zip(("ours", "theirs"), known.choose(ways[USUAL], PRICES[price])):
            numbers |= {
                f"{name}_{arm}": f"{way.operations / 1e9:.1f}",
                f"{name}_{arm}_labels": str(way.labels),
                f"{name}_{arm}_steps": f"{way.steps:.0f}",
                f"{name}_{arm}_cost": f"{way.cost(PRICES[price], known.speed):.2g}",
            }
    return Finding(
        value=tasks[USUAL, FREE],
        low=float(np.percentile(spread, 2.5)),
        high=float(np.percentile(spread, 97.5)),
        checks=(
            Check(
                says="at every accuracy the pretrained net can do with fewer labels and with fewer operations",
                met=saves,
            ),
            Check(
                says="with labels for nothing it takes more than ten tasks to pay for the backbone", met=min(free) > 10
            ),
            Check(
                says=f"with labels at one second of computing the first task pays for it, for {USUAL} %",
                met=tasks[USUAL, "1 s"] <= 1,
            ),
        ),
        numbers=numbers,
    )


def fewest(ways: list[Way]) -> np.ndarray:
    """The fewest labels a class and the fewest operations with which an arm gets there, each for itself."""
    return np.array([min(way.labels for way in ways), min(way.operations for way in ways)])


def counted(tasks: float) -> str:
    """Tasks as a word: whole ones, and at least the first."""
    return "never" if np.isinf(tasks) else f"{max(1, np.ceil(tasks)):,.0f}"


CLAIMS = (
    Claim(
        id="B1",
        statement=(
            "For {goal} of unseen digits, each arm by the cheapest way it has, pretraining is paid after {at0} tasks "
            "where labels cost nothing, after {at2} where a label costs as much as 10 ms of computing, after {at3} "
            "where it is 0.1 s, and with the first task where it is 1 s."
        ),
        runs=bill_runs,
        finding=bill_finding,
        statistic="tasks until pretraining is paid where labels cost nothing",
        bar="fewer labels and fewer operations at every accuracy; more than ten tasks where labels cost nothing, the "
        "first where one costs 1 s of computing",
        paper="He, Girshick & Dollár 2019, Rethinking ImageNet Pre-training; Hernandez et al. 2021, Scaling Laws for "
        "Transfer",
        paper_found="The first count the images that each arm has seen: with those of pretraining, scratch has seen "
        "considerably fewer. The second measure what pretraining saves as data, and find that it multiplies them.",
    ),
)
