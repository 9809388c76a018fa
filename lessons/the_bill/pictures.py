"""Pictures of a bill: costs as straight lines, the ledger of one task and of many, break-even against the price."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from lessons.kit.catalogue import Evidence, Settings
from lessons.kit.evidence import steps_to
from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve, Mark
from lessons.kit.figures.dots import Axis
from lessons.kit.figures.lines import lines
from lessons.the_bill.bill import CLASSES, Way
from lessons.the_bill.claims import PRICES, Books

ARMS = ("pretrained", "scratch")
WIDE = 10 ** np.linspace(-5, 1, 25)  # prices of a label over which break-even is drawn
LOW, HIGH = 0.01, 2000.0  # tasks


def straight(x: np.ndarray, y: np.ndarray, name: str, role: str = "") -> Curve:
    table = pd.DataFrame({"x": x, "mean": y, "low": y, "high": y})
    return Curve(table=table, name=name, role=role or name)


def ledger(known: Books, evidence: Evidence, settings: Settings) -> Figure:
    """Labels, steps, operations and seconds of one task, and what all tasks cost with what was paid once."""
    price, goal = PRICES[settings["price"]], settings["accuracy"]
    found = known.choose(known.ways(goal), price)
    lives = [evidence[arm] for arm in ARMS if arm in evidence]
    if len(lives) == 2:
        found = (once_more(found[0], lives[0], goal), once_more(found[1], lives[1], goal))
    once = (known.once, 0.0)
    each = [way.cost(price, known.speed) for way in found]
    rows = {
        "labels a class": [str(way.labels) for way in found],
        f"steps to {goal} %": [f"{way.steps:,.0f}" for way in found],
        "operations, billions": [f"{way.operations / 1e9:.2f}" for way in found],
        "seconds of computing": [f"{way.operations / known.speed:.2f}" for way in found],
        f"{CLASSES} classes of labels, seconds": [f"{CLASSES * way.labels * price:,.4g}" for way in found],
        "one task, seconds": [f"{one:,.2f}" for one in each],
        "paid once, seconds": [f"{paid:,.0f}" for paid in once],
        f"{settings['tasks']:,} tasks in all, seconds": [
            f"{paid + settings['tasks'] * one:,.1f}" for paid, one in zip(once, each)
        ],
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(ARMS)).replace("inf", "not reached")
    alt = "; ".join(f"{what}: {a} pretrained, {b} scratch" for what, (a, b) in zip(table.index, table.to_numpy()))
    whose = "this draw of labels" if len(lives) == 2 else "stored runs"
    return Figure(kind="table", spec=table, alt=alt, title=f"The ledger ({whose})")


def once_more(way: Way, table: pd.DataFrame, goal: int) -> Way:
    """The same way as a live run went it."""
    steps = steps_to(table, goal / 100)
    paid = table.groupby("step").flops.first()
    operations = math.inf if math.isinf(steps) else float(np.interp(steps, paid.index, paid.to_numpy()))
    return Way(run=way.run, labels=way.labels, steps=steps, operations=operations)


def prices(known: Books, settings: Settings) -> Figure:
    """Break-even against the price of a label, at today's price of computing and at ten times that."""
    goal = settings["accuracy"]
    ways = known.ways(goal)
    shown = [
        straight(WIDE, np.array([known.tasks(ways, price / dearer) for price in WIDE]), name, role)
        for name, dearer, role in (("computing x 10", 10, "note"), ("as it is", 1, "pretrained"))
    ]
    marks = [Mark(start=(WIDE[-1], 1), end=(WIDE[0], 1), says="paid with the first task", place="insideEndBottom")]
    price = PRICES[settings["price"]]
    if price:
        marks.append(Mark(start=(price, LOW), end=(price, HIGH), says="your price", place="insideEndBottom"))
    return lines(
        shown,
        Axis(name="price of a label, seconds of computing", low=WIDE[0], high=WIDE[-1], log=True, form="g"),
        Axis(name="tasks until paid", low=LOW, high=HIGH, log=True, form=",.2g"),
        marks,
        f"When it is paid, for {goal} % of digits: labels decide, unless they cost next to nothing",
    )
