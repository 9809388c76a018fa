"""Defines the claim of this lesson, B1: a backbone is paid for only once, and then every task becomes cheaper, mainly
because it needs fewer labels."""

from __future__ import annotations

import numpy as np

from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import bootstrap
from lessons.the_bill.bill import Way, books
from lessons.the_bill.runs import ACCURACIES, DEAR, FREE, PRICES, USUAL, bill_runs


def bill_finding(evidence: Results) -> Finding:
    known = books(evidence)
    ways = {goal: known.ways(goal) for goal in ACCURACIES}
    tasks = {(goal, price): known.tasks(ways[goal], PRICES[price]) for goal in ACCURACIES for price in PRICES}
    free, dear = ([tasks[goal, price] for goal in ACCURACIES] for price in (FREE, DEAR))
    saves = all((fewest(ours) < fewest(theirs)).all() for ours, theirs in ways.values())
    seeds = known.ours[0].accuracy.shape[1]
    low, high = bootstrap(lambda draw: known.tasks(known.ways(USUAL, draw), 0), seeds, 200)
    numbers = {
        "goal": f"{USUAL} %",
        "once": f"{known.once:.0f}",
        "billions": f"{known.once * known.speed / 1e9:,.0f}",
    }
    numbers |= {f"free{goal}": task_count(count) for goal, count in zip(ACCURACIES, free)}
    numbers |= {f"dear{goal}": task_count(count) for goal, count in zip(ACCURACIES, dear)}
    numbers |= {f"at{k}": task_count(tasks[USUAL, price]) for k, price in enumerate(PRICES)}
    for name, price in (("free", FREE), ("dear", DEAR)):
        for side, way in zip(("ours", "theirs"), known.cheapest(ways[USUAL], PRICES[price])):
            numbers |= {
                f"{name}_{side}": f"{way.operations / 1e9:.1f}",
                f"{name}_{side}_labels": str(way.labels),
                f"{name}_{side}_steps": f"{way.steps:.0f}",
                f"{name}_{side}_cost": f"{way.cost(PRICES[price], known.speed):.2g}",
            }
    return Finding(
        value=tasks[USUAL, FREE],
        low=low,
        high=high,
        checks=(
            Check(
                says="at every accuracy the pretrained net needs fewer labels and fewer operations than the net from "
                "scratch",
                met=saves,
            ),
            Check(
                says="with free labels it takes more than ten tasks until pretraining has paid for itself",
                met=min(free) > 10,
            ),
            Check(
                says=f"if a label costs as much as one second of computing and the goal is {USUAL} %, the first task "
                "pays for pretraining",
                met=tasks[USUAL, "1 s"] <= 1,
            ),
        ),
        numbers=numbers,
    )


def fewest(ways: list[Way]) -> np.ndarray:
    """Returns the smallest number of labels per class and the smallest number of operations with which a side reaches
    the accuracy. The two may come from different runs."""
    return np.array([min(way.labels for way in ways), min(way.operations for way in ways)])


def task_count(tasks: float) -> str:
    """Writes a number of tasks, rounded up and at least 1."""
    return "never" if np.isinf(tasks) else f"{max(1, np.ceil(tasks)):,.0f}"


CLAIMS = (
    Claim(
        id="B1",
        statement=(
            "One net was pretrained on letters and symbols, and another one learns from scratch. Each of them must "
            "read {goal} of unseen digits, in the way that is cheapest for it. If labels are free, pretraining has "
            "paid for itself after {at0} such tasks. It takes {at2} tasks if a label costs as much as 10 ms of "
            "computing, and {at3} tasks if it costs as much as 0.1 s. If it costs as much as 1 s, the first task is "
            "enough."
        ),
        runs=bill_runs,
        finding=bill_finding,
        statistic="Number of tasks until pretraining has paid for itself, if labels are free",
        bar="The pretrained net needs fewer labels and fewer operations at every accuracy. It takes more than ten "
        "tasks until pretraining has paid for itself if labels are free, and one task if a label costs as much as 1 s "
        "of computing.",
        paper="He, Girshick & Dollár 2019, Rethinking ImageNet Pre-training; Hernandez et al. 2021, Scaling Laws for "
        "Transfer",
        paper_found="The first paper counts all the images that a net has seen. If the images of pretraining count "
        "too, a net from scratch has seen considerably fewer. The second paper finds that pretraining multiplies the "
        "amount of data for the new task.",
    ),
)
