"""The claims of this lesson, S6 and S7: the old skill dies first, and the more so the faster one learns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from core.spec import Measure, Run, Stage
from core.tasks import FiveDigits, Handwriting, Plane
from lessons.fast_start.claims import choose
from lessons.kit.catalogue import Check, Claim, Evidence, Finding, Values
from lessons.kit.evidence import band, final, resampled, retention, steps_to, steps_until
from lessons.kit.figures import percent
from lessons.kit.recipes import STEPS, Seeds, arms, backbone, fine_tuning

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
RATE = 1e-3
LABELS = 20  # a class, of the new task and of the old digits
HALF = 0.5
COLOURED = 0.7  # of two colours, where guessing gives half
LOW, HIGH = (FiveDigits(labels=LABELS, which=which) for which in ("low", "high"))
ALIKE, UNLIKE = "alike", "unlike"  # how the new task is to the old one
DIGITS = {ALIKE: Handwriting(labels=LABELS), UNLIKE: Handwriting(labels=LABELS, inverted=True)}
HIGHS = {ALIKE: HIGH, UNLIKE: FiveDigits(labels=LABELS, which="high", inverted=True)}
COLOURS = {ALIKE: Plane(ask="colour", labels=200, turn=20.0), UNLIKE: Plane(ask="colour", labels=200, winding=0.0)}


def low_digits(seeds: Seeds) -> Run:
    """A net from scratch learns 0 to 4, with a head that has ten answers."""
    return Run(task=LOW, stages=fine_tuning("full"), seeds=seeds.count, first_seed=seeds.first)


def after_low(rate: float, seeds: Seeds, similarity: str = ALIKE) -> Run:
    """Then 5 to 9, with the same head."""
    return Run(
        task=HIGHS[similarity],
        start=low_digits(seeds),
        stages=fine_tuning("full", rate),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(LOW,),
    )


def after_glyphs(rate: float, seeds: Seeds, start: Run | None = None, similarity: str = ALIKE) -> Run:
    """All ten digits after the glyphs, which keep the head that they have."""
    start = start or backbone(seeds)
    return Run(
        task=DIGITS[similarity],
        start=start,
        stages=fine_tuning("full", rate),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(start.task,),
    )


def after_arms(rate: float, seeds: Seeds, start: Run | None = None, similarity: str = ALIKE) -> Run:
    """Two colours in the plane after its six arms, which keep the head that they have."""
    start = start or arms(seeds)
    return Run(
        task=COLOURS[similarity],
        net=start.net,
        start=start,
        stages=(Stage(rate=rate),),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(start.task,),
    )


def death_runs(seeds: Seeds) -> Values:
    return {"5 to 9 after 0 to 4": after_low(RATE, seeds)}


def death_finding(evidence: Evidence) -> Finding:
    new = evidence["5 to 9 after 0 to 4"]
    old = retention(new)
    end = float(final(new).mean())
    half, half_new = steps_until(old, HALF), steps_to(new, HALF * end)
    spread = [steps_until(choose(old, draw), HALF) for draw in resampled(new.seed.nunique(), 200)]
    curve = band(new)
    numbers = {
        "half": f"{half:.0f}",
        "half_new": f"{half_new:.0f}",
        "before": percent(float(band(watched(new))["mean"].iloc[0])),
        "then": percent(float(np.interp(half, curve.step, curve["mean"]))),
        "left": percent(float(final(watched(new)).mean())),
        "new": percent(end),
        "steps": str(STEPS),
    }
    return Finding(
        value=half,
        low=float(np.percentile(spread, 2.5)),
        high=float(np.percentile(spread, 97.5)),
        checks=(
            Check(says="half of the accuracy on 0 to 4 is gone within 40 steps", met=half <= 40),
            Check(says="that is before 5 to 9 are half as well read as in the end", met=half < half_new),
        ),
        numbers=numbers,
    )


def watched(table: pd.DataFrame) -> pd.DataFrame:
    """The accuracy of the old task itself, not as a share."""
    return table.assign(accuracy=table["accuracy 1"])


def rate_runs(seeds: Seeds) -> Values:
    values: Values = {f"at {rate:g}": after_glyphs(rate, seeds) for rate in RATES}
    values |= {f"plane at {rate:g}": after_arms(rate, seeds, similarity=UNLIKE) for rate in RATES}
    return values | {
        "glyphs": Measure(kind="examples", runs=(), tasks=(backbone(seeds).task,), count=1),
        "inverted": after_glyphs(RATE, seeds, similarity=UNLIKE),
        "turned arms": after_arms(RATE, seeds),
    }


def kept_when(table: pd.DataFrame, accuracy: float) -> float:
    """What is left of the old task at the moment when the new one is read this well."""
    old = band(retention(table))
    return float(np.interp(steps_to(table, accuracy), old.step, old["mean"]))


def rate_finding(evidence: Evidence) -> Finding:
    usual = evidence[f"at {RATE:g}"]
    left, new, even = over_rates([evidence[f"at {rate:g}"] for rate in RATES], HALF)
    plane, coloured, plane_even = over_rates([evidence[f"plane at {rate:g}"] for rate in RATES], COLOURED)
    spread = [float(falls(left[:, draw]).min()) for draw in resampled(left.shape[1])]
    half = steps_until(retention(usual), HALF)
    curve = band(usual)
    shares = {"left": left.mean(1), "new": new, "even": even}
    shares |= {"plane": plane.mean(1), "coloured": coloured, "plane_even": plane_even}
    numbers = {f"{name}{k}": percent(float(one)) for name, row in shares.items() for k, one in enumerate(row, 1)}
    for name, done in (("inverted", HALF), ("turned arms", COLOURED)):
        (ended,), (read,), (then,) = over_rates([evidence[name]], done)
        word = name.split()[0]
        numbers |= {word: percent(ended.mean()), f"{word}_new": percent(read), f"{word}_even": percent(then)}
    numbers |= {
        "before": percent(float(band(watched(usual))["mean"].iloc[0])),
        "after": percent(float(final(watched(usual)).mean())),
        "kinds": str(evidence["glyphs"]["classes"][0]),
        "half": f"{half:.0f}",
        "then": percent(float(np.interp(half, curve.step, curve["mean"]))),
        "steps": str(STEPS),
    }
    return Finding(
        value=100 * float(falls(left).min()),
        low=100 * float(np.percentile(spread, 2.5)),
        high=100 * float(np.percentile(spread, 97.5)),
        checks=(
            Check(says="less of the old skill is left at every higher rate", met=bool((falls(left) > 0).all())),
            Check(
                says="also when each is asked as soon as it reads half of the new digits",
                met=all(a > b for a, b in pairwise(even)),
            ),
            Check(says="in the plane too, less is left at every higher rate", met=bool((falls(plane) > 0).all())),
            Check(
                says=f"and there too when each is asked as soon as {percent(COLOURED)} of the colours are right",
                met=all(a > b for a, b in pairwise(plane_even)),
            ),
        ),
        numbers=numbers,
    )


def over_rates(tables: Sequence[pd.DataFrame], done: float) -> tuple[np.ndarray, list[float], list[float]]:
    """What is left of the old task (rates, seeds), how well the new one is read, both in the end; and what is left of
    the old one as soon as the new one is read as well as `done`."""
    left = np.stack([final(retention(table)) for table in tables])
    return left, [float(final(table).mean()) for table in tables], [kept_when(table, done) for table in tables]


def falls(left: np.ndarray) -> np.ndarray:
    """left (rates, seeds) -> by how much less is left from one rate to the next."""
    return -np.diff(left.mean(1))


CLAIMS = (
    Claim(
        id="S6",
        statement=(
            "A net that read {before} of the digits 0 to 4 learns 5 to 9: half of the old accuracy is gone after "
            "{half} steps, when it reads {then} of the new digits, and {left} is left after {steps}."
        ),
        runs=death_runs,
        finding=death_finding,
        statistic="steps until half of the old accuracy is gone",
        bar="within 40 steps, and before the new digits are half as well read as in the end",
        paper="McCloskey & Cohen 1989, Catastrophic Interference in Connectionist Networks",
        paper_found="A net that had learned to add one to a number lost that almost at once when it then learned to "
        "add two.",
    ),
    Claim(
        id="S7",
        statement=(
            "After {steps} steps on digits {left1}, {left2}, {left3}, {left4} and {left5} of the accuracy on glyphs "
            "is left at learning rates of 0.0001, 0.0003, 0.001, 0.003 and 0.01; {new1}, {new2}, {new3}, {new4} and "
            "{new5} of the digits are then read. In the plane {plane1}, {plane2}, {plane3}, {plane4} and {plane5} are "
            "left."
        ),
        runs=rate_runs,
        finding=rate_finding,
        statistic="smallest fall from one rate to the next higher one, in points of what could be lost",
        bar="less is left at every higher rate, in equal steps and at equal progress on the new task, in both worlds",
        paper="Mirzadeh et al. 2020, Understanding the Role of Training Regimes in Continual Learning",
        paper_found="How one trains decides how much is forgotten: decaying learning rates, dropout and small batches "
        "lessened it with no other remedy.",
    ),
)
