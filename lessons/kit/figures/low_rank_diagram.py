"""Draws a low-rank change number by number: a tall matrix times a flat matrix fills a square matrix. Its numbers are
random and do not come from a net."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import numpy as np

from lessons.kit.figures import Figure
from lessons.kit.figures.player import Bars, Images, Player, player
from lessons.kit.model.wording import count_noun

GAP = 5  # cells between the two thin matrices and their product


def low_rank_diagram(side: int, ranks: Sequence[int], title: str = "") -> Figure:
    """Draws a player whose scrubber is the rank. The matrix has the size side * side.

    Beside the product of the thin matrices, it draws a whole matrix that is cut to the same rank.
    """
    rng = np.random.default_rng(0)
    tall, flat = (rng.normal(size=(side, max(ranks))) for _ in range(2))
    whole = rng.normal(size=(side, side))
    counts = [2 * side * rank for rank in ranks]
    panels = (
        Images(
            title="Two changes of the same rank: trained as columns and rows, or cut from a whole square",
            images=[
                [
                    strip_bytes(tall[:, :rank], flat[:, :rank], max(ranks)),
                    strip_bytes(*strongest(whole, rank), max(ranks)),
                ]
                for rank in ranks
            ],
            says=["trained: columns times rows", "cut: the strongest directions of a whole square"],
            width=side + GAP + max(ranks),
            height=side + GAP + max(ranks),
            signed=True,
            size=330,
        ),
        Bars(
            title=f"Numbers to train for a layer of {side} x {side} weights",
            names=("the whole square", "columns and rows"),
            values=[[side * side, count] for count in counts],
            high=side * side,
            form="{:,.0f}",
        ),
    )
    says = [
        f"Rank {rank}: {count_noun(rank, 'column')} and {count_noun(rank, 'row')} of {side} numbers each. That is "
        f"{count:,} numbers instead of {side * side:,}."
        for rank, count in zip(ranks, counts)
    ]
    value = Player(marks=[f"rank {rank}" for rank in ranks], says=says, panels=panels, scrub="Rank")
    return player(value, title)


def strongest(whole: np.ndarray, rank: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the columns and rows (side, rank) whose product is nearest to the whole matrix."""
    columns, sizes, rows = np.linalg.svd(whole)
    scale = np.sqrt(sizes[:rank])
    return columns[:, :rank] * scale, rows[:rank].T * scale


def strip_bytes(tall: np.ndarray, flat: np.ndarray, room: int) -> str:
    """Returns both thin matrices along the edges of their product, as signed bytes. `tall` and `flat` have the shape
    (side, rank), and `room` is the space for the largest rank."""
    side, rank = tall.shape
    edge = room + GAP
    image = np.zeros((side + edge, side + edge))
    image[edge:, room - rank : room] = tall
    image[room - rank : room, edge:] = flat.T
    image[edge:, edge:] = tall @ flat.T / (1.6 * np.sqrt(rank))
    return base64.b64encode((128 + 127 * image.clip(-1, 1)).round().astype(np.uint8).tobytes()).decode()
