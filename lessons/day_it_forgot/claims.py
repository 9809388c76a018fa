"""Defines the claims of this lesson, S6 and S7: the old skill is lost first, and it is lost faster at higher learning
rates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from lessons.day_it_forgot.runs import RATES, STANDARD, death_runs, rate_runs
from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import band, bootstrap, final, of_seeds, retention, steps_to, steps_until
from lessons.kit.runs.recipes import STEPS

HALF = 0.5
COLOURED = 0.7  # accuracy for two colours, where guessing gives half


def death_finding(evidence: Results) -> Finding:
    new = evidence.table("5 to 9 after 0 to 4")
    old = retention(new)
    end = float(final(new).mean())
    half, half_new = steps_until(old, HALF), steps_to(new, HALF * end)
    low, high = bootstrap(lambda draw: steps_until(of_seeds(old, draw), HALF), new.seed.nunique(), 200)
    curve = band(new)
    numbers = {
        "half": f"{half:.0f}",
        "half_new": f"{half_new:.0f}",
        "before": percent(float(band(old_task_accuracy(new))["mean"].iloc[0])),
        "then": percent(float(np.interp(half, curve.step, curve["mean"]))),
        "left": percent(float(final(old_task_accuracy(new)).mean())),
        "new": percent(end),
        "steps": str(STEPS),
    }
    return Finding(
        value=half,
        low=low,
        high=high,
        checks=(
            Check(says="half of the accuracy on the digits 0 to 4 is gone within 40 steps", met=half <= 40),
            Check(
                says="this happens before the net reaches half of its final accuracy on the digits 5 to 9",
                met=half < half_new,
            ),
        ),
        numbers=numbers,
    )


def old_task_accuracy(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the table with the accuracy on the old task, not as a share of the earlier accuracy."""
    return table.assign(accuracy=table["accuracy 1"])


def kept_when(table: pd.DataFrame, accuracy: float) -> float:
    """Returns the share of the old skill that is left when the new task reaches this accuracy."""
    old = band(retention(table))
    return float(np.interp(steps_to(table, accuracy), old.step, old["mean"]))


def rate_finding(evidence: Results) -> Finding:
    usual = evidence.table("glyphs", STANDARD)
    left, new, even = over_rates([evidence.table("glyphs", rate) for rate in RATES], HALF)
    plane, coloured, plane_even = over_rates([evidence.table("plane", rate) for rate in RATES], COLOURED)
    low, high = bootstrap(lambda draw: 100 * float(falls(left[:, draw]).min()), left.shape[1])
    half = steps_until(retention(usual), HALF)
    curve = band(usual)
    shares = {"left": left.mean(1), "new": new, "even": even}
    shares |= {"plane": plane.mean(1), "coloured": coloured, "plane_even": plane_even}
    numbers = {f"{name}{k}": percent(float(share)) for name, row in shares.items() for k, share in enumerate(row, 1)}
    for name, done in (("inverted", HALF), ("turned", COLOURED)):
        (ended,), (read,), (then,) = over_rates([evidence.table(name)], done)
        numbers |= {name: percent(ended.mean()), f"{name}_new": percent(read), f"{name}_even": percent(then)}
    numbers |= {
        "before": percent(float(band(old_task_accuracy(usual))["mean"].iloc[0])),
        "after": percent(float(final(old_task_accuracy(usual)).mean())),
        "kinds": str(evidence.answer("kinds")["classes"][0]),
        "half": f"{half:.0f}",
        "then": percent(float(np.interp(half, curve.step, curve["mean"]))),
        "steps": str(STEPS),
    }
    return Finding(
        value=100 * float(falls(left).min()),
        low=low,
        high=high,
        checks=(
            Check(
                says="at every higher learning rate, less of the accuracy on glyphs is left",
                met=bool((falls(left) > 0).all()),
            ),
            Check(
                says="the same is true when each net is tested as soon as it reads half of the new digits",
                met=all(a > b for a, b in pairwise(even)),
            ),
            Check(
                says="in the plane, too, less of the accuracy on the spiral arms is left at every higher learning rate",
                met=bool((falls(plane) > 0).all()),
            ),
            Check(
                says="in the plane, the same is true when each net is tested as soon as it names "
                f"{percent(COLOURED)} of the colours correctly",
                met=all(a > b for a, b in pairwise(plane_even)),
            ),
        ),
        numbers=numbers,
    )


def over_rates(tables: Sequence[pd.DataFrame], done: float) -> tuple[np.ndarray, list[float], list[float]]:
    """Returns three values for each learning rate: the old skill that is left at the end (rates, seeds), the final
    accuracy on the new task, and the old skill that is left when the new task first reaches the accuracy `done`."""
    left = np.stack([final(retention(table)) for table in tables])
    return left, [float(final(table).mean()) for table in tables], [kept_when(table, done) for table in tables]


def falls(left: np.ndarray) -> np.ndarray:
    """Returns how much less is left from each learning rate to the next. The shape of `left` is (rates, seeds)."""
    return -np.diff(left.mean(1))


CLAIMS = (
    Claim(
        id="S6",
        statement=(
            "A net that reads {before} of unseen digits 0 to 4 is trained on the digits 5 to 9, with the same head for "
            "all ten digits. Half of its accuracy on 0 to 4 is gone after {half} steps, when it reads {then} of unseen "
            "digits 5 to 9. After {steps} steps it reads {left} of the digits 0 to 4."
        ),
        runs=death_runs,
        finding=death_finding,
        statistic="training steps until half of the accuracy on the old digits is gone",
        bar="Half of the old accuracy is gone within 40 steps, and before the net reaches half of its final accuracy "
        "on the new digits.",
        paper="McCloskey & Cohen 1989, Catastrophic Interference in Connectionist Networks",
        paper_found="A net that had learned to add one to a number lost this skill almost at once when it learned to "
        "add two.",
    ),
    Claim(
        id="S7",
        statement=(
            "A net pretrained on glyphs learns digits for {steps} steps with a new head. At learning rates of 0.0001, "
            "0.0003, 0.001, 0.003 and 0.01, {left1}, {left2}, {left3}, {left4} and {left5} of its accuracy on glyphs "
            "is left, and it reads {new1}, {new2}, {new3}, {new4} and {new5} of unseen digits. In the plane, a net "
            "that has learned six spiral arms learns two colours. At the same learning rates, {plane1}, {plane2}, "
            "{plane3}, {plane4} and {plane5} of its accuracy on the arms is left."
        ),
        runs=rate_runs,
        finding=rate_finding,
        statistic="smallest drop in the share of the old accuracy that is left, from one learning rate to the next "
        "higher one, in percentage points",
        bar="Less of the old accuracy is left at every higher learning rate, for glyphs and in the plane, after the "
        "same number of steps and also when the new task is learned equally well.",
        paper="Mirzadeh et al. 2020, Understanding the Role of Training Regimes in Continual Learning",
        paper_found="How a net is trained decides how much it forgets. A decaying learning rate, dropout and small "
        "batches reduced forgetting without any other remedy.",
    ),
)
