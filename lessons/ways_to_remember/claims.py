"""Defines the claims S8 and S8b. They say what protects an old skill and how much this costs the new skill, for one
new task and for five tasks in a row. The claim of the time machine is M1."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import bootstrap, final, interval, retention
from lessons.kit.runs.recipes import STEPS
from lessons.ways_to_remember import machine
from lessons.ways_to_remember.layerwise_forgetting import CLAIMS as ELSEWHERE
from lessons.ways_to_remember.layerwise_forgetting import old_accuracy as old
from lessons.ways_to_remember.runs import (
    DARK,
    FREEZE,
    LEVELS,
    METHODS,
    NAIVE,
    PLAIN,
    TASKS,
    plane_runs,
    row_runs,
)

DEAR = 0.05  # the share of the new skill that a way to remember may cost, at most
# The share of the old skill that it must keep in addition to naive, at least; both are shares of all tested examples.
WORTH = 0.20
SLUGS = {"replay": "replay", "LwF": "lwf", "EWC": "ewc", "L2-SP": "l2"}  # names of numbers


def best(tables: Mapping[str, pd.DataFrame], method: str) -> str:
    """Returns the way of a method that keeps most of the old skill, without costing the new skill more than DEAR."""
    least = final(tables[NAIVE]).mean() - DEAR
    affordable = [f"{method} {level}" for level in LEVELS if final(tables[f"{method} {level}"]).mean() >= least]
    return max(affordable or [f"{method} {LEVELS[0]}"], key=lambda way: old(tables[way]).mean())


def gains(tables: Mapping[str, pd.DataFrame]) -> dict[str, np.ndarray]:
    """Returns how many more glyphs the net reads with each method than without any, at the best affordable strength
    of the method. The values are shares with the shape (seeds,)."""
    return {method: old(tables[best(tables, method)]) - old(tables[NAIVE]) for method in METHODS}


def keeps(tables: Mapping[str, pd.DataFrame], method: str) -> bool:
    """Returns whether some strength of a method reads 20 points more glyphs than naive, without costing more than
    DEAR."""
    cost = final(tables[NAIVE]).mean() - final(tables[best(tables, method)]).mean()
    return bool(gains(tables)[method].mean() >= WORTH and cost <= DEAR)


def leads(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Returns whether EWC keeps significantly more than L2-SP, each at its best affordable strength."""
    lead = gains(tables)["EWC"] - gains(tables)["L2-SP"]
    return interval(lead)[0] > 0


def plane_finding(evidence: Results) -> Finding:
    plain, dark = evidence.tables("scene", PLAIN), evidence.tables("scene", DARK)
    more = np.stack([*gains(dark).values()])  # (methods, seeds)
    low, high = bootstrap(lambda draw: 100 * more[:, draw].mean(1).min(), more.shape[1])
    numbers = {"before": percent(float(dark[NAIVE][dark[NAIVE].step == 0]["accuracy 1"].mean())), "steps": str(STEPS)}
    numbers["worth"] = f"{100 * WORTH:.0f}"
    for where, tables in (("", dark), ("plain_", plain)):
        shown = {NAIVE: NAIVE, FREEZE: FREEZE} | {SLUGS[method]: best(tables, method) for method in METHODS}
        shown |= {f"{SLUGS[method]}_strong": f"{method} strong" for method in METHODS}
        for name, way in shown.items():
            numbers[f"{where}{name}_left"] = percent(float(final(retention(tables[way])).mean()))
            numbers[f"{where}{name}_new"] = percent(float(final(tables[way]).mean()))
        for method, gain in gains(tables).items():
            # One decimal, because one gain is 0.3 below the required value.
            numbers[f"{where}{SLUGS[method]}_gain"] = f"{100 * gain.mean():.1f}"
    return Finding(
        value=100 * float(more.mean(1).min()),
        low=low,
        high=high,
        checks=(
            *(
                Check(
                    says=f"on dark digits, {method} reads at least 20 points more glyphs than no protection, for at "
                    f"most 5 points of digits",
                    met=keeps(dark, method),
                )
                for method in METHODS
            ),
            Check(says="on dark digits, EWC keeps more than L2-SP, for at most 5 points of digits", met=leads(dark)),
            *(
                Check(
                    says=f"on plain digits, {method} reads at least 20 points more glyphs than no protection, for at "
                    f"most 5 points of digits",
                    met=keeps(plain, method),
                )
                for method in METHODS
            ),
            Check(says="on plain digits, EWC keeps more than L2-SP, for at most 5 points of digits", met=leads(plain)),
        ),
        numbers=numbers,
    )


def grid(tables: Mapping[int, pd.DataFrame]) -> np.ndarray:
    """Returns the accuracy after each task of a row on each task so far, with the shape (tasks learned, task, seeds).
    It is nan for tasks that come later."""
    seeds = len(final(tables[1]))
    found = np.full((TASKS, TASKS, seeds), np.nan)
    for k, table in tables.items():
        last = table[table.step == table.step.max()].sort_values("seed")
        for j in range(1, k):
            found[k - 1, j - 1] = last[f"accuracy {j}"]
        found[k - 1, k - 1] = last.accuracy
    return found


def rows(evidence: Results) -> dict[str, np.ndarray]:
    """Returns the grid of each way."""
    return {way: grid(evidence.tables("row", way)) for way in dict.fromkeys(way for way, _ in evidence.tables("row"))}


def row_finding(evidence: Results) -> Finding:
    grids = rows(evidence)
    ends = {way: found[-1].mean(0) for way, found in grids.items()}  # the mean over all tasks at the end, (seeds,)
    new = {way: float(found[-1, -1].mean()) for way, found in grids.items()}
    over = {
        "replay": ends["replay middle"] - ends["EWC middle"],
        "EWC": ends["EWC middle"] - ends[NAIVE],
    }
    (at_least, _), (low, high) = (interval(100 * over[name]) for name in ("replay", "EWC"))
    learned = grids[NAIVE].diagonal()[:, :-1].mean()
    numbers = {
        "naive": percent(float(ends[NAIVE].mean())),
        "replay": percent(float(ends["replay middle"].mean())),
        "ewc": percent(float(ends["EWC middle"].mean())),
        "l2": percent(float(ends["L2-SP middle"].mean())),
        "lwf": percent(float(ends["LwF middle"].mean())),
        "l2_strong": percent(float(ends["L2-SP strong"].mean())),
        "l2_strong_new": percent(new["L2-SP strong"]),
        "l2_strong_first": percent(float(grids["L2-SP strong"][-1, 0].mean())),
        "naive_new": percent(new[NAIVE]),
        "replay_new": percent(new["replay middle"]),
        "ewc_new": percent(new["EWC middle"]),
        "learned": percent(float(learned)),
        "naive_first": percent(float(grids[NAIVE][-1, 0].mean())),
    }
    return Finding(
        value=100 * float(over["EWC"].mean()),
        low=low,
        high=high,
        checks=(
            Check(says="replay reads more of the five tasks than EWC", met=at_least > 0),
            Check(says="EWC reads more of the five tasks than no protection", met=low > 0),
            Check(
                says="weights that are held far too tightly learn nothing: less than 20 % of the last task",
                met=new["L2-SP strong"] < 0.2,
            ),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S8",
        statement=(
            "A net that reads glyphs (letters and symbols) learns digits in dark ink for {steps} steps. With no "
            "protection "
            "it keeps {naive_left} of its old accuracy on glyphs and reads {naive_new} of the digits. With replay it "
            "keeps "
            "{replay_left} and reads {replay_new}, with LwF {lwf_left} and {lwf_new}, with EWC {ewc_left} and "
            "{ewc_new}, "
            "and with L2-SP {l2_left} and {l2_new}. They read {replay_gain}, {lwf_gain}, {ewc_gain} and {l2_gain} "
            "percentage points more of all glyphs than no protection, and the goal is {worth}. On plain digits, "
            "drawn like "
            "the glyphs, the four keep {plain_replay_left}, {plain_lwf_left}, {plain_ewc_left} and {plain_l2_left}, "
            "and no "
            "protection keeps {plain_naive_left}. There all four reach the goal, and L2-SP keeps as much as EWC."
        ),
        runs=plane_runs,
        finding=plane_finding,
        statistic="Percentage points by which the weakest of the four ways reads more of the glyphs than a net "
        "without protection, on dark digits",
        bar="On dark and on plain digits, each way at its best strength reads at least 20 points more glyphs for at "
        "most 5 "
        "points of digits, and EWC keeps more than L2-SP.",
        paper="Kirkpatrick et al. 2017 (EWC); Li, Grandvalet & Davoine 2018 (L2-SP); Li & Hoiem 2016 (learning without "
        "forgetting); Robins 1995 (replay)",
        paper_found="Each way kept old tasks that plain fine-tuning lost. Holding all weights equally held back the "
        "new task "
        "more than protecting the weights that mattered.",
    ),
    Claim(
        id="S8b",
        statement=(
            "A net learns whole digits and then four jigsaws of digits, one after the other. In the end it reads "
            "{naive} of "
            "all five tasks on average with no protection, {ewc} with EWC, and {replay} with replay. If every weight "
            "is "
            "held far too tightly, it reads {l2_strong_new} of the last task."
        ),
        runs=row_runs,
        finding=row_finding,
        statistic="Percentage points by which EWC is better than no protection, on average over five tasks",
        bar="On average, replay is better than EWC, and EWC is better than no protection. L2-SP that is far too "
        "strong learns "
        "nothing new.",
        paper="Kirkpatrick et al. 2017, Overcoming Catastrophic Forgetting in Neural Networks",
        paper_found="On digits with permuted pixels, plain training forgot, an equal penalty could not learn the "
        "later tasks, "
        "and EWC both learned and remembered.",
    ),
    *ELSEWHERE,
    machine.CLAIM,
)
