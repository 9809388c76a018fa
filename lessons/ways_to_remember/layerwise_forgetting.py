"""Defines claims S9 and S19: a net forgets less without a penalty if its layers have different learning rates, or if
it starts from a better place."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import bootstrap, final, interval
from lessons.kit.runs.recipes import BEST_RATES
from lessons.ways_to_remember.runs import (
    BOTH,
    PRETRAINED,
    SCRATCH,
    SLOW_STEPS,
    SLOWED,
    THAW_STEPS,
    THAWED,
    TURNS,
    speed_runs,
    turn_runs,
)

NAMES = {SLOWED: "lower layers with a lower rate", THAWED: "layers that are unfrozen one at a time"}


def even_best(evidence: Results) -> pd.DataFrame:
    """Returns the run with one learning rate that keeps most of the old skill, among those within 2 points of the
    best new skill."""
    tables = evidence.tables("even").values()
    least = max(final(table).mean() for table in tables) - 0.02
    return max(
        (table for table in tables if final(table).mean() >= least), key=lambda table: old_accuracy(table).mean()
    )


def old_accuracy(table: pd.DataFrame) -> np.ndarray:
    return final(table.assign(accuracy=table["accuracy 1"]))


def speed_finding(evidence: Results) -> Finding:
    even, own = even_best(evidence), evidence.tables("speed")
    gains = {name: old_accuracy(table) - old_accuracy(even) for name, table in own.items()}
    # The cost is relative to the rate that is best for the new task, which is not the rate that keeps most of the old
    # one.
    learned = max(final(table).mean() for table in evidence.tables("even").values())
    costs = {name: float(learned - final(table).mean()) for name, table in own.items()}

    def least(draw: np.ndarray | slice) -> float:
        return 100 * min(float(gains[name][draw].mean()) for name in (SLOWED, THAWED))

    low, high = bootstrap(least, len(even.seed.unique()))
    shown = {"even": even, "slowed": own[SLOWED], "thawed": own[THAWED], "both": own[BOTH]}
    numbers = {f"{name}_old": percent(float(old_accuracy(table).mean())) for name, table in shown.items()}
    numbers |= {f"{name}_new": percent(float(final(table).mean())) for name, table in shown.items()}
    numbers["before"] = percent(float(even[even.step == 0]["accuracy 1"].mean()))
    numbers |= {"last": str(THAW_STEPS[-1]), "steps": str(SLOW_STEPS), "first": str(THAW_STEPS[0])}
    return Finding(
        value=least(slice(None)),
        low=low,
        high=high,
        checks=tuple(
            Check(
                says=f"{NAMES[name]} keep at least 15 points more of the old skill than the best single rate, for at "
                f"most 2 points",
                met=float(gains[name].mean()) >= 0.15 and costs[name] <= 0.02,
            )
            for name in (SLOWED, THAWED)
        ),
        numbers=numbers,
    )


def learned_and_left(evidence: Results, side: str, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns the accuracy on each task right after it was learned, and at the end, each with the shape (tasks,
    seeds)."""
    tables = [evidence.table("turn", side, rate, k) for k in range(1, len(TURNS) + 1)]
    learned = np.stack([final(table) for table in tables])
    last = tables[-1]
    older = [final(last.assign(accuracy=last[f"accuracy {k}"])) for k in range(1, len(TURNS))]
    return learned, np.stack([*older, final(last)])


def at_best(evidence: Results, side: str) -> tuple[np.ndarray, np.ndarray]:
    """Returns the same for the learning rate with the best final accuracy on all four tasks."""
    pairs = [learned_and_left(evidence, side, rate) for rate in BEST_RATES]
    return max(pairs, key=lambda pair: float(pair[1].mean()))


def forgotten(learned: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Returns the accuracy right after learning minus the final accuracy (seeds,), as a mean over all tasks except
    the last."""
    return (learned - left)[:-1].mean(0)


def turn_finding(evidence: Results) -> Finding:
    both = {side: at_best(evidence, side) for side in (PRETRAINED, SCRATCH)}
    lost = {side: forgotten(*pair) for side, pair in both.items()}
    less = lost[SCRATCH] - lost[PRETRAINED]
    low, high = interval(100 * less)
    numbers: dict[str, str] = {}
    for side, (learned, left) in both.items():
        numbers |= {
            f"{side}_learned": percent(float(learned.mean())),
            f"{side}_left": percent(float(left.mean())),
            f"{side}_lost": f"{100 * float(lost[side].mean()):.0f}",
        }
    return Finding(
        value=100 * float(less.mean()),
        low=low,
        high=high,
        checks=(
            Check(
                says="the pretrained net loses at least 10 points fewer than the net from scratch",
                met=float(less.mean()) >= 0.1,
            ),
            Check(
                says="the pretrained net has learned every task at least as well",
                met=bool((both[PRETRAINED][0].mean(1) >= both[SCRATCH][0].mean(1)).all()),
            ),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S9",
        statement=(
            "A net that told {before} of the points on six spiral arms apart learns a new question about unwound "
            "arms. With "
            "the best single learning rate for all layers, it then reads {even_old} of the old arms. With lower "
            "rates for "
            "lower layers it reads {slowed_old}. If its layers are unfrozen one at a time, the lowest for {last} of "
            "{steps} steps, it reads {thawed_old}, and with both {both_old}. Of the new points it reads {even_new}, "
            "{slowed_new}, {thawed_new} and {both_new}."
        ),
        runs=speed_runs,
        finding=speed_finding,
        statistic="Percentage points by which the weaker of the two ways keeps more of the old skill than the best "
        "single learning rate",
        bar="Each of the two ways keeps at least 15 points more of the old skill than the best single learning rate, "
        "and gives up at most 2 points of the new skill.",
        paper="Howard & Ruder 2018, Universal Language Model Fine-tuning for Text Classification",
        paper_found="Lower rates for lower layers, and layers unfrozen one at a time, were invented so that "
        "fine-tuning does "
        "not erase what a language model knows. Both lowered its error.",
    ),
    Claim(
        id="S19",
        statement=(
            "Nets learn digits turned in four ways, one after the other. A net from scratch loses {scratch_lost} "
            "percentage "
            "points of what it had learned, and a net pretrained on glyphs loses {pretrained_lost}. In the end they "
            "read "
            "{scratch_left} and {pretrained_left} of all four tasks."
        ),
        runs=turn_runs,
        finding=turn_finding,
        statistic="Percentage points by which the pretrained net loses less than the net from scratch, each at the "
        "best of three learning rates",
        bar="The pretrained net loses at least 10 points less than the net from scratch, and it learns every task at "
        "least as well.",
        paper="McRae & Hetherington 1993, Catastrophic Interference is Eliminated in Pretrained Networks; Mehta et al. "
        "2021, An Empirical Investigation of the Role of Pre-training in Lifelong Learning",
        paper_found="Over sequences of tasks, pretrained nets forgot far less than nets that began with random "
        "weights.",
    ),
)
