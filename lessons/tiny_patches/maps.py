"""Draws the decision maps of nets with patches: cut or trained at every rank, and with patches put on and taken off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lessons.kit.figures import Figure, percent
from lessons.kit.figures.player import Bars, Player, Space, from_base64, player, to_base64
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import final
from lessons.tiny_patches.claims import accuracy_by_rank, cut, sizes
from lessons.tiny_patches.runs import FAR, FULL, LOW_RANK, NEAR, SIZES, WHERE, method_label

COLOURS = ("one colour", "the other colour")
PATCHES = {NEAR: 1, FAR: 4}  # the ranks of the patches that are put on and taken off


def cut_or_thin(evidence: Results, where: str, title: str) -> Figure:
    """Draws the decision map of the first seed at every rank, cut and trained, with the accuracies of all seeds."""
    thin, after, answer = accuracy_by_rank(evidence, where), cut(evidence, where), evidence.answer("maps", where)
    squeezed = evidence.answer("cut", where)
    cuts = dict(zip(squeezed["ranks"], squeezed["runs"][0]["maps"]))
    full = final(evidence.table("patch", where, FULL)).mean()
    reach, points = answer["reach"], np.array(answer["points"][0])
    shared: dict[str, Any] = {
        "extent": (-reach, reach, -reach, reach),
        "xy": points[:, :2],
        "classes": points[:, 2].astype(int),
    }
    return player(
        Player(
            marks=[f"rank {rank}" for rank in SIZES],
            says=[
                f"Cut to rank {rank}, the net gets {percent(after[rank].mean())} of unseen points right. Trained at "
                f"rank {rank}, it gets {percent(thin[rank].mean())} right, and with full fine-tuning {percent(full)}."
                for rank in SIZES
            ],
            classes=COLOURS,
            scrub="Rank",
            panels=(
                Space(
                    title="All weights trained, then cut to this rank",
                    areas=[cuts[rank] for rank in SIZES],
                    big=[percent(after[rank].mean()) for rank in SIZES],
                    **shared,
                ),
                Space(
                    title="Trained at this rank from the start",
                    areas=[run[0][""] for run in answer["maps"]],
                    big=[percent(thin[rank].mean()) for rank in SIZES],
                    **shared,
                ),
            ),
        ),
        title=title,
    )


@dataclass(frozen=True, kw_only=True)
class Snap:
    """Holds a moment at which one patch is on, or none."""

    says: str
    area: str
    points: Sequence[Sequence[float]]
    count: int  # how many numbers the patch has
    name: str = ""


def snapped(evidence: Results, title: str) -> Figure:
    """Draws one backbone, and two patches that are put on and taken off."""
    old, arms = evidence.answer("backbone map"), 6
    reach, whole = old["reach"], sizes(evidence, NEAR)[FULL]["all"]
    none = Snap(
        says="Without a patch, the net tells six arms apart.",
        area=old["maps"][0][0][""],
        points=old["points"][0],
        count=0,
    )
    frames = [none]
    for where, rank in PATCHES.items():
        answer, count = evidence.answer("maps", where), sizes(evidence, NEAR)[method_label(LOW_RANK, rank)]["trained"]
        right = percent(accuracy_by_rank(evidence, where)[rank].mean()) if evidence.has("cut", where) else ""
        name = WHERE.label_of(where)
        says = (
            f"With the patch for {name} ({count:,} numbers; the backbone has {whole:,}), the net tells two colours "
            "apart" + (f" and gets {right} of unseen points right." if right else ".")
        )
        area = to_base64(arms + from_base64("Areas", answer["maps"][SIZES.index(rank)][0][""]))
        points = [[x, y, arms + kind] for x, y, kind in answer["points"][0]]
        frames += [Snap(says=says, area=area, points=points, count=count, name=name), none]
    xy = np.array([snap.points for snap in frames])
    panels = (
        Space(
            title="The answer of the net at every point",
            areas=[snap.area for snap in frames],
            xy=xy[..., :2],
            classes=xy[..., 2].astype(int),
            extent=(-reach, reach, -reach, reach),
        ),
        Bars(
            title="How many numbers each of them has",
            names=("the backbone", "the patch"),
            values=[[whole, snap.count] for snap in frames],
            high=whole,
            form="{:,.0f}",
        ),
    )
    value = Player(
        marks=[f"patch for {snap.name}" if snap.count else "no patch" for snap in frames],
        says=[snap.says for snap in frames],
        classes=(*(f"arm {k + 1}" for k in range(arms)), *COLOURS),
        panels=panels,
        scrub="Patch",
        first=1,
    )
    return player(value, title)
