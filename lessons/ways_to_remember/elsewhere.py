"""Claims S9 and S19: forgetting less without a penalty, by how fast which layer moves, and by where one starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from core.spec import Run, Stage
from core.tasks import Handwriting, Plane
from lessons.kit.catalogue import Check, Claim, Evidence, Finding, Values
from lessons.kit.evidence import final, resampled
from lessons.kit.figures import percent
from lessons.kit.recipes import BEST_RATES, STEPS, Seeds, backbone

# --- S9: layers at their own speed ------------------------------------------------------------------------------------

SLOWER = 2.6  # each layer below learns this many times slower (Howard & Ruder 2018)
SLOW_STEPS, SLOW_RATE = 1000, 5e-4
SLOWED_RATE = 7e-4  # where the layers below the head learn slower: at 5e-4 some seeds lag by over 2 points
EVEN, SLOWED, THAWED, BOTH = "one rate for all", "lower layers slower", "one layer after the other", "both"
EVEN_RATES = (2.5e-4, 5e-4, 1e-3, 2e-3)
# Steps of the head alone, then with one more layer each: what is set free last has least time to forget.
THAW_STEPS = (400, 400, 150, 50)


def arms(seeds: Seeds) -> Run:
    """A backbone of the plane for every seed: which of six spiral arms."""
    stages = (Stage(steps=3000, batch=128, rate=3e-3),)
    return Run(task=Plane(), net="mlp", stages=stages, seeds=seeds.count, first_seed=seeds.first)


def unwound(stages: tuple[Stage, ...], seeds: Seeds) -> Run:
    """Then the arms' colours, when the arms are wound less than half as far; the six arms are watched."""
    task = Plane(ask="colour", winding=0.45)
    return replace(arms(seeds), task=task, start=arms(seeds), stages=stages, watch=(Plane(),))


def thawing(rate: float, decay: float) -> tuple[Stage, ...]:
    """The head alone, then one more layer at a time."""
    return tuple(
        Stage(method="last_k", size=k, steps=steps, rate=rate, decay=decay) for k, steps in enumerate(THAW_STEPS, 1)
    )


def speed_runs(seeds: Seeds) -> Values:
    stages: dict[str, tuple[Stage, ...]] = {}
    stages |= {f"{EVEN}, {rate:g}": (Stage(steps=SLOW_STEPS, rate=rate),) for rate in EVEN_RATES}
    stages[SLOWED] = (Stage(steps=SLOW_STEPS, rate=SLOWED_RATE, decay=SLOWER),)
    stages |= {THAWED: thawing(SLOW_RATE, 1.0), BOTH: thawing(SLOWED_RATE, SLOWER)}
    return {name: unwound(one, seeds) for name, one in stages.items()}


def even_best(tables: Mapping[str, pd.DataFrame]) -> str:
    """The one rate that keeps most of the old skill, among those within 2 points of the best new skill."""
    names = [f"{EVEN}, {rate:g}" for rate in EVEN_RATES]
    least = max(final(tables[name]).mean() for name in names) - 0.02
    fair = [name for name in names if final(tables[name]).mean() >= least]
    return max(fair, key=lambda name: watched(tables[name]).mean())


def watched(table: pd.DataFrame) -> np.ndarray:
    return final(table.assign(accuracy=table["accuracy 1"]))


def speed_finding(evidence: Evidence) -> Finding:
    even = evidence[even_best(evidence)]
    arms = {SLOWED: evidence[SLOWED], THAWED: evidence[THAWED], BOTH: evidence[BOTH]}
    gains = {name: watched(table) - watched(even) for name, table in arms.items()}
    # Counted from the rate that is best at the new task, which is not the one that keeps most of the old.
    learned = max(final(evidence[f"{EVEN}, {rate:g}"]).mean() for rate in EVEN_RATES)
    costs = {name: float(learned - final(table).mean()) for name, table in arms.items()}
    draws = resampled(len(gains[BOTH]))
    spread = [min(gains[name][draw].mean() for name in (SLOWED, THAWED)) for draw in draws]
    shown = {"even": even, "slowed": arms[SLOWED], "thawed": arms[THAWED], "both": arms[BOTH]}
    numbers = {f"{name}_old": percent(float(watched(table).mean())) for name, table in shown.items()}
    numbers |= {f"{name}_new": percent(float(final(table).mean())) for name, table in shown.items()}
    numbers["before"] = percent(float(even[even.step == 0]["accuracy 1"].mean()))
    numbers |= {"last": str(THAW_STEPS[-1]), "steps": str(SLOW_STEPS), "first": str(THAW_STEPS[0])}
    return Finding(
        value=100 * min(float(gains[name].mean()) for name in (SLOWED, THAWED)),
        low=100 * float(np.percentile(spread, 2.5)),
        high=100 * float(np.percentile(spread, 97.5)),
        checks=tuple(
            Check(
                says=f"{name}: 15 points more of the old skill than at the best single rate, for 2 points or fewer",
                met=float(gains[name].mean()) >= 0.15 and costs[name] <= 0.02,
            )
            for name in (SLOWED, THAWED)
        ),
        numbers=numbers,
    )


# --- S19: where one starts -------------------------------------------------------------------------------------------

TURNS = (0.0, 45.0, 90.0, -45.0)  # degrees
PRETRAINED, SCRATCH = "pretrained", "scratch"


def turned(arm: str, rate: float, seeds: Seeds) -> list[Run]:
    """The digits turned four ways, one after the other, with one head; from the glyphs or from nothing."""
    tasks = [Handwriting(labels=20, turn=turn) for turn in TURNS]
    stages = (Stage(steps=STEPS, rate=rate, batch=16),)
    found: list[Run] = []
    for k, task in enumerate(tasks):
        start = found[-1] if found else backbone(seeds) if arm == PRETRAINED else None
        run = Run(
            task=task, start=start, stages=stages, seeds=seeds.count, first_seed=seeds.first, watch=tuple(tasks[:k])
        )
        found.append(run)
    return found


def turn_runs(seeds: Seeds) -> Values:
    return {
        f"{arm}, {rate:g}: {k}": run
        for arm in (PRETRAINED, SCRATCH)
        for rate in BEST_RATES
        for k, run in enumerate(turned(arm, rate, seeds), 1)
    }


def learned_and_left(evidence: Evidence, arm: str, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """(tasks, seeds) each: accuracy when a task had just been learned, and in the end."""
    tables = [evidence[f"{arm}, {rate:g}: {k}"] for k in range(1, len(TURNS) + 1)]
    learned = np.stack([final(table) for table in tables])
    last = tables[-1]
    older = [final(last.assign(accuracy=last[f"accuracy {k}"])) for k in range(1, len(TURNS))]
    return learned, np.stack([*older, final(last)])


def at_best(evidence: Evidence, arm: str) -> tuple[np.ndarray, np.ndarray]:
    """The same at the rate that reads most of all four in the end."""
    found = [learned_and_left(evidence, arm, rate) for rate in BEST_RATES]
    return max(found, key=lambda pair: float(pair[1].mean()))


def forgotten(learned: np.ndarray, left: np.ndarray) -> np.ndarray:
    """(seeds,) accuracy when learned minus accuracy in the end, on average over all tasks but the last."""
    return (learned - left)[:-1].mean(0)


def turn_finding(evidence: Evidence) -> Finding:
    both = {arm: at_best(evidence, arm) for arm in (PRETRAINED, SCRATCH)}
    lost = {arm: forgotten(*pair) for arm, pair in both.items()}
    less = lost[SCRATCH] - lost[PRETRAINED]
    spread = [less[draw].mean() for draw in resampled(len(less))]
    numbers: dict[str, str] = {}
    for arm, (learned, left) in both.items():
        numbers |= {
            f"{arm}_learned": percent(float(learned.mean())),
            f"{arm}_left": percent(float(left.mean())),
            f"{arm}_lost": f"{100 * float(lost[arm].mean()):.0f}",
        }
    return Finding(
        value=100 * float(less.mean()),
        low=100 * float(np.percentile(spread, 2.5)),
        high=100 * float(np.percentile(spread, 97.5)),
        checks=(
            Check(
                says="the pretrained net loses 10 points fewer than the one from scratch", met=float(less.mean()) >= 0.1
            ),
            Check(
                says="and it has learned every task as well or better",
                met=bool((both[PRETRAINED][0].mean(1) >= both[SCRATCH][0].mean(1)).all()),
            ),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S9",
        statement=(
            "A net that told {before} of points on six spiral arms apart learns a new question about unwound arms. At "
            "the best single rate for all layers it then reads {even_old} of the old arms, with lower layers slower "
            "{slowed_old}, with one layer set free after the other, the lowest for {last} of {steps} steps, "
            "{thawed_old}, with both {both_old}; of the new points {even_new}, {slowed_new}, {thawed_new} and "
            "{both_new}."
        ),
        runs=speed_runs,
        finding=speed_finding,
        statistic="old skill kept beyond the best single rate, the lesser of the two ways, in points",
        bar="15 points or more for either way, for 2 points of the new skill or fewer",
        paper="Howard & Ruder 2018, Universal Language Model Fine-tuning for Text Classification",
        paper_found="Lower rates for lower layers, and layers set free one after the other, were made so that "
        "fine-tuning would not wipe out what a language model knew; both lowered its error.",
    ),
    Claim(
        id="S19",
        statement=(
            "The digits turned four ways, one after the other: a net from scratch loses {scratch_lost} points of what "
            "it had learned, one pretrained on glyphs {pretrained_lost}. In the end they read {scratch_left} and "
            "{pretrained_left} of all four."
        ),
        runs=turn_runs,
        finding=turn_finding,
        statistic="points that the pretrained net loses fewer, each at the best of three rates",
        bar="10 points or more, and no task learned worse",
        paper="McRae & Hetherington 1993, Catastrophic Interference is Eliminated in Pretrained Networks; Mehta et al. "
        "2021, An Empirical Investigation of the Role of Pre-training in Lifelong Learning",
        paper_found="Over sequences of tasks pretrained nets forgot far less than nets with random first weights.",
    ),
)
