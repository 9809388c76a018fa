"""Defines the claim of this lesson, S2: pretraining saves time, and it depends on the number of labels whether the
final accuracy is also better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lessons.fast_start.runs import FEW, HANDWRITING, MANY, PLANE, SIDES, start_runs
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import band, bootstrap, final, of_seeds, oracle_best, steps_to

NEAR = 0.01  # within one point counts as reached
EVERY = slice(None)
EXAMPLES = {HANDWRITING: "handwritten digits", PLANE: "points in the plane"}


def head_start(evidence: Results, world: str, labels: int, seeds: np.ndarray | slice = EVERY) -> float:
    """Returns how many times faster the pretrained net reaches the final accuracy of scratch, to within one point."""
    ours, theirs = (of_seeds(evidence.table(side, world, labels), seeds) for side in SIDES)
    goal = float(band(theirs)["mean"].iloc[-1]) - NEAR
    return steps_to(theirs, goal) / max(1.0, steps_to(ours, goal))


def start_finding(evidence: Results) -> Finding:
    sizes = (FEW, MANY)
    ours = {n: final(evidence.table("pretrained", HANDWRITING, n)) for n in sizes}
    theirs = {n: oracle_best(evidence.tables("scratch best", HANDWRITING, n).values()) for n in sizes}
    sooner = [head_start(evidence, HANDWRITING, n) for n in sizes]
    numbers, checks = compared(HANDWRITING, ours, theirs, sooner)
    low, high = bootstrap(lambda draw: head_start(evidence, HANDWRITING, FEW, draw), len(ours[FEW]), 200)
    ours, theirs = (
        {n: oracle_best(evidence.tables(f"{side} best", PLANE, n).values()) for n in sizes} for side in SIDES
    )
    plane_numbers, plane_checks = compared(PLANE, ours, theirs, [head_start(evidence, PLANE, n) for n in sizes])
    return Finding(
        value=sooner[0],
        low=low,
        high=high,
        checks=(*checks, *plane_checks),
        numbers=numbers
        | {f"plane_{name}": number for name, number in plane_numbers.items()}
        | {"few": str(FEW), "many": str(MANY)},
    )


def compared(
    world: str, ours: dict[int, np.ndarray], theirs: dict[int, np.ndarray], sooner: Sequence[float]
) -> tuple[dict[str, str], list[Check]]:
    """Returns the numbers and checks for one world: the final accuracy of both sides with few and many labels, and
    how many times faster the pretrained net is."""
    gaps = {n: float(ours[n].mean() - theirs[n].mean()) for n in ours}
    spread = max(float(theirs[MANY].std()), float(ours[MANY].std()))
    few, many = (f"on {EXAMPLES[world]} with {n} labels per class" for n in (FEW, MANY))
    numbers = {"ratio": f"{sooner[0]:.0f}", "late": f"{sooner[1]:.0f}"}
    for name, n in (("few", FEW), ("many", MANY)):
        numbers |= {
            f"{name}_ours": f"{100 * ours[n].mean():.1f} %",
            f"{name}_theirs": f"{100 * theirs[n].mean():.1f} %",
        }
        numbers |= {f"{name}_gap": f"{100 * gaps[n]:.1f}"}
    return numbers, [
        Check(
            says=f"{few}, the pretrained net reaches the final accuracy of the net from scratch at least 4 times "
            f"sooner",
            met=sooner[0] >= 4,
        ),
        Check(
            says=f"{few}, the pretrained net ends at least 10 points ahead of the net from scratch",
            met=gaps[FEW] >= 0.10,
        ),
        Check(
            says=f"{many}, the net from scratch ends at most one standard deviation behind the pretrained net",
            met=gaps[MANY] <= spread,
        ),
    ]


CLAIMS = (
    Claim(
        id="S2",
        statement=(
            "A net pretrained on glyphs learns to read digits. With {few} labels per class it reaches the final "
            "accuracy of a net from scratch {ratio} times sooner, and ends {few_gap} points ahead of the best net from "
            "scratch. With {many} labels per class it gets there {late} times sooner and ends {many_gap} points ahead. "
            "On points in the plane, a net pretrained on other spiral arms gets there {plane_ratio} times sooner with "
            "{few} labels per class and ends {plane_few_gap} points ahead. With {many} it gets there {plane_late} "
            "times sooner, and the net from scratch ends at {plane_many_theirs}, the pretrained net at "
            "{plane_many_ours}."
        ),
        runs=start_runs,
        finding=start_finding,
        statistic=f"how many times sooner the pretrained net comes within one point of the final accuracy of a net "
        f"from scratch, with {FEW} labelled digits per class",
        bar=f"On both datasets, with {FEW} labels per class, the pretrained net gets there at least 4 times sooner and "
        f"ends at least 10 points ahead. With {MANY} labels per class it ends at most one standard deviation ahead.",
        paper="He, Girshick & Dollár 2019, Rethinking ImageNet Pre-training",
        paper_found="With enough data, object detectors that were trained from scratch became as good as pretrained "
        "ones. They only needed more training time.",
    ),
)
