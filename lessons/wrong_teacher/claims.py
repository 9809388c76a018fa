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
            Check(
                says="one dataset makes the net at least 10 percentage points better than a net from scratch",
                met=gaps[helps].mean() >= 10,
            ),
            Check(
                says="one dataset costs at least 3 percentage points, even if the net is fine-tuned in the best way "
                "for it",
                met=kind[harms].mean() <= -3,
            ),
            Check(
                says="after a second phase on upright glyphs, that net is better than a net from scratch",
                met=again[harms].mean() > 0,
            ),
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
            Check(
                says="upside-down glyphs help as much as upright glyphs, within 2 percentage points",
                met=abs(upright) <= 2,
            ),
            Check(says="glyphs turned by 180 degrees help more than glyphs turned by 90 degrees", met=low > 0),
            Check(
                says="for some pair of datasets, the one that looks less like digits clearly helps more",
                met=bool(clear),
            ),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S13",
        statement=(
            "Nets learn digits from {labels} labels per class. A net from scratch, trained to its best, reads "
            "{scratch} of "
            "unseen digits. Nets that were first pretrained on {helps} glyphs (letters and symbols) are {most} "
            "percentage "
            "points better. With the same recipe, pretraining on glyphs with random labels does most harm "
            "({random_labels} points). If each net is fine-tuned in the best way for it, glyphs with {harms} pixels do "
            "most harm: they cost {least} points. A second phase of pretraining on upright glyphs takes that net, with "
            "the usual recipe, from -{first} to {again} points."
        ),
        runs=transfer_runs,
        finding=transfer_finding,
        statistic="Percentage points compared with a net from scratch, after the most harmful dataset, each net at "
        "its best",
        bar="One dataset helps by at least 10 points, one costs at least 3 points, and a second phase repairs that "
        "harm.",
        paper="Wang et al. 2019, Characterizing and Avoiding Negative Transfer; Gururangan et al. 2020, Don't Stop "
        "Pretraining",
        paper_found="Knowledge from a less related source can hurt the target task. A second phase of pretraining on "
        "data "
        "like those of the target task helped in all four domains that were tried.",
    ),
    Claim(
        id="S15",
        statement=(
            "Nets are pretrained on glyphs (letters and symbols) and then learn digits. Upside-down glyphs help as "
            "much as "
            "upright ones, within {behind} percentage points, and {turned} points more than glyphs on their side. "
            "Datasets "
            "that look like digits do not always help more: of {pairs} pairs of datasets, the one with the more "
            "similar "
            "pixels helps more in {look_right}."
        ),
        runs=look_runs,
        finding=look_finding,
        statistic="Percentage points by which upside-down glyphs help more than glyphs on their side",
        bar="Upside-down glyphs are within 2 points of upright ones and above glyphs on their side, and some dataset "
        "that "
        "looks less like digits helps more.",
        paper="Papadimitriou & Jurafsky 2020, Learning Music Helps You Read",
        paper_found="Nets that were first trained on music or on Java code became better at natural language, although "
        "they share no words with it.",
    ),
)
