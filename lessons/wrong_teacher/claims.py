"""Defines the claims of this lesson, S13 and S15: a teacher can do harm, and it may not be the one that looks
strange."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import best, final, interval, oracle_best
from lessons.wrong_teacher.runs import (
    BAD,
    HALF,
    MENDED,
    NOBODY,
    QUARTER,
    SEEN,
    STANDARD,
    UPRIGHT,
    WAYS,
    WORLDS,
    look_runs,
    transfer_runs,
)


def gap(evidence: Results, world: str, way: str = "lp_ft", labels: int = STANDARD) -> np.ndarray:
    """Returns the points above scratch at its best, for every seed. Both sides have the same labels."""
    ours = final(evidence.table("after", world, way, labels))
    return 100 * (ours - oracle_best(evidence.tables("scratch best", labels).values()))


def kindest_gap(evidence: Results, world: str) -> np.ndarray:
    """Returns the same for the best way to fine-tune a net from this world, including all weights at their best
    learning rate."""
    everywhere = [best(evidence.table("after", world, way, STANDARD)) for way in WAYS]
    ours = max([*everywhere, oracle_best(evidence.tables("after best", world).values())], key=np.mean)
    return 100 * (ours - oracle_best(evidence.tables("scratch best", STANDARD).values()))


def short(world: str) -> str:
    """Returns the name of a world for a slot."""
    return world.replace(" ", "_")


def transfer_finding(evidence: Results) -> Finding:
    gaps = {world: gap(evidence, world) for world in WORLDS}
    kind = {world: kindest_gap(evidence, world) for world in BAD}
    again = {world: gap(evidence, world, MENDED) for world in (NOBODY, *BAD)}
    helps = max(gaps, key=lambda world: gaps[world].mean())
    harms = min(kind, key=lambda world: kind[world].mean())
    low, high = interval(kind[harms])
    numbers = {f"{short(world)}": f"{one.mean():+.0f}" for world, one in gaps.items()}
    numbers |= {f"kind_{short(world)}": f"{one.mean():+.1f}" for world, one in kind.items()}
    numbers |= {f"mended_{short(world)}": f"{one.mean():+.0f}" for world, one in again.items()}
    numbers |= {
        f"{way}_{short(world)}": percent(float(final(evidence.table("after", world, way, STANDARD)).mean()))
        for world in WORLDS
        for way in WAYS
    }
    scratch_best = oracle_best(evidence.tables("scratch best", STANDARD).values())
    numbers |= {"helps": helps, "harms": harms, "most": numbers[short(helps)], "labels": str(STANDARD)}
    numbers |= {"least": f"{-kind[harms].mean():.1f}", "first": f"{-gaps[harms].mean():.0f}"}
    numbers |= {"again": numbers[f"mended_{short(harms)}"], "scratch": percent(float(scratch_best.mean()))}
    return Finding(
        value=float(kind[harms].mean()),
        low=low,
        high=high,
        checks=(
            Check(says="one world lifts digits by 10 points or more over scratch", met=gaps[helps].mean() >= 10),
            Check(
                says="one costs 3 points or more, even when it is fine-tuned in its best way",
                met=kind[harms].mean() <= -3,
            ),
            Check(says="a second phase in upright glyphs lifts that one above scratch", met=again[harms].mean() > 0),
        ),
        numbers=numbers,
    )


def distances(evidence: Results, meter: str) -> dict[str, float]:
    """Returns the distance from the digits to each world with its own pictures. The `meter` is "look" or "distance"."""
    apart = evidence.answer("apart")[meter]
    return dict(zip(SEEN, (apart if meter == "look" else apart[0])[1:]))


def surprises(far: dict[str, float], gaps: dict[str, np.ndarray]) -> list[tuple[str, str]]:
    """Returns the pairs (nearer, farther) in which the farther world clearly helps more: their bands of one standard
    deviation do not overlap."""
    ordered = sorted(far, key=lambda world: far[world])
    return [
        (near, away)
        for near, away in combinations(ordered, 2)
        if gaps[near].mean() + gaps[near].std() < gaps[away].mean() - gaps[away].std()
    ]


def in_order(far: dict[str, float], gaps: dict[str, np.ndarray]) -> int:
    """Returns for how many pairs of worlds the nearer one helps more."""
    return sum((far[a] < far[b]) == (gaps[a].mean() > gaps[b].mean()) for a, b in combinations(far, 2))


def look_finding(evidence: Results) -> Finding:
    gaps = {world: gap(evidence, world) for world in SEEN}
    look, features = distances(evidence, "look"), distances(evidence, "distance")
    turned = gaps[HALF] - gaps[QUARTER]
    low, high = interval(turned)
    upright = float((gaps[UPRIGHT] - gaps[HALF]).mean())
    clear = surprises(look, gaps)
    numbers = {f"look_{short(world)}": f"{one:.2f}" for world, one in look.items()}
    numbers |= {f"felt_{short(world)}": f"{one:.2f}" for world, one in features.items()}
    numbers |= {short(world): f"{one.mean():+.0f}" for world, one in gaps.items()}
    numbers |= {"turned": f"{turned.mean():.0f}", "upright": f"{gaps[UPRIGHT].mean():+.0f}", "behind": f"{upright:.1f}"}
    numbers |= {"pairs": str(len(SEEN) * (len(SEEN) - 1) // 2), "wrong": str(len(clear)), "labels": str(STANDARD)}
    numbers |= {"look_right": str(in_order(look, gaps)), "felt_right": str(in_order(features, gaps))}
    return Finding(
        value=float(turned.mean()),
        low=low,
        high=high,
        checks=(
            Check(says="upside-down glyphs help as much as upright ones, within 2 points", met=abs(upright) <= 2),
            Check(says="a half turn helps more than a quarter turn", met=low > 0),
            Check(says="of two worlds the one that looks farther from digits can help clearly more", met=bool(clear)),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S13",
        statement=(
            "With {labels} labels per class, against scratch at its best ({scratch}), {helps} glyphs are worth {most} "
            "points. By the same recipe random labels harm most ({random_labels}). Where each teacher has the way that "
            "is kindest to it, {harms} pixels do: they cost {least} points. A second phase in upright glyphs takes "
            "them, by the recipe, from -{first} to {again}."
        ),
        runs=transfer_runs,
        finding=transfer_finding,
        statistic="points above scratch after the teacher that harms most, each trained in its best way",
        bar="one world at +10 points or more, one at -3 or fewer, and a second phase that lifts that one above scratch",
        paper="Wang et al. 2019, Characterizing and Avoiding Negative Transfer; Gururangan et al. 2020, Don't Stop "
        "Pretraining",
        paper_found="Knowledge from a less related source can hurt the target. A second phase of pretraining in the "
        "target's own domain helped in all four domains that were tried.",
    ),
    Claim(
        id="S15",
        statement=(
            "Upside-down glyphs come within {behind} points of upright ones; a half turn helps {turned} points more "
            "than a quarter turn. By pixels, {look_right} of {pairs} pairs of worlds are in the order of their help."
        ),
        runs=look_runs,
        finding=look_finding,
        statistic="points by which glyphs turned by half help more than glyphs turned by a quarter",
        bar="upside down within 2 points of upright, half a turn above a quarter, and another order than that of looks",
        paper="Papadimitriou & Jurafsky 2020, Learning Music Helps You Read",
        paper_found="Nets trained first on music or on Java code read natural language better for it, though they "
        "share no words with it.",
    ),
)
