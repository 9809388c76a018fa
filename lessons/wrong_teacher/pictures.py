"""Draws the figures of this lesson: worlds beside digits, how much each world helps, a second phase that repairs
harm, and the distances between worlds."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure
from lessons.kit.figures.answer_wall import walls
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.cost_table import cost_table
from lessons.kit.figures.curves import curves, over_steps
from lessons.kit.figures.image_grid import image_grid
from lessons.kit.figures.label_curves import racing
from lessons.kit.figures.ranked_rows import Row, ordinal, ranked_rows
from lessons.kit.figures.scatter import Axis, Dot, scatter
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Order
from lessons.kit.model.values import Control, Results, Seeds, Settings
from lessons.kit.results.evidence import final
from lessons.wrong_teacher.claims import distances, gap
from lessons.wrong_teacher.race import taught_walls, teachers_race
from lessons.wrong_teacher.runs import (
    BAD,
    HALF,
    LABELS,
    MENDED,
    NO_TEACHER,
    NOBODY,
    QUARTER,
    SEEN,
    STANDARD,
    UPRIGHT,
    WORLD,
    WORLDS,
    retrained,
)

PHASE = "second phase"
ON_OFFER = ("blurred", "clothing", QUARTER, "random labels", "shuffled", UPRIGHT, HALF)
ENDS = ("most helpful", "most harmful")
WORTH = Order(
    name="worth",
    label="The teachers",
    items=ON_OFFER,
    default=Order.format_items(ON_OFFER),
    help="From the most helpful teacher to the most harmful one.",
)
POINTS = Control(
    name="points",
    label="Pretrained on upside-down glyphs: how many percentage points better than from scratch?",
    options=tuple(range(-20, 21, 2)),
    default=0,
    help="The difference in accuracy on unseen digits. Below zero, pretraining does harm.",
    slider=True,
)
SPAN = (-55.0, 35.0)  # points: the range of all worlds at every number of labels
ABOUT = {  # a description of each world's pictures, and its task
    UPRIGHT: "Upright glyphs. The question: which glyph is it?",
    HALF: "Glyphs turned upside down. The question: which glyph is it?",
    QUARTER: "Glyphs turned by 90 degrees. The question: which glyph is it?",
    "inverted": "Glyphs in dark ink on a bright ground. The question: which glyph is it?",
    "blurred": "Blurred glyphs. The question: which glyph is it?",
    "shuffled": "Glyphs whose pixels are in a random order, always the same one. The question: which glyph is it?",
    "graded by ink": "Upright glyphs. The question: how much ink do they have, from 0 to 9?",
    "random labels": "Upright glyphs. The question: which label did each picture get at random?",
    "clothing": "Photos of clothing. The question: shirt, shoe or bag?",
}
BRIEFLY = {  # a shorter description for a row
    UPRIGHT: "upright glyphs",
    HALF: "glyphs upside down",
    QUARTER: "glyphs on their side",
    "inverted": "glyphs in dark ink",
    "blurred": "blurred glyphs",
    "shuffled": "glyphs, pixels shuffled",
    "graded by ink": "glyphs, how much ink?",
    "random labels": "glyphs, random labels",
    "clothing": "photos, shirt or shoe?",
}
ABOVE = "Percentage points better than from scratch"
UNIT = "percentage points better than from scratch"


def worlds_shown(evidence: Results, notes: dict[str, str]) -> Figure:
    """Draws the digits, and some worlds with a note for each."""
    found = dict(zip(("digits", *WORLDS), evidence.answer("examples")["pictures"]))
    rows = {"Your own task. The question: which digit is it?": row(found["digits"], "a digit")}
    for world, note in notes.items():
        rows[f"{world_text(world)}. {note}"] = row(
            found[world], f"a picture of the dataset {world}", world == "graded by ink"
        )
    alt = "Ten handwritten digits, and ten pictures of each of these teachers. "
    return image_grid(rows, alt + " ".join(f"{world_text(world)}: {note}." for world, note in notes.items()))


def world_text(world: str) -> str:
    return world[0].upper() + world[1:]


def row(pictures: list[dict[str, Any]], alt: str, labelled: bool = False) -> list[dict[str, Any]]:
    return [{"image": one["image"], "alt": alt} | ({"says": one["truth"]} if labelled else {}) for one in pictures]


def points(amount: float) -> str:
    return f"{amount:+.0f} percentage points" if round(amount) else "no difference"


def mending(evidence: Results, world: str) -> Figure:
    """Draws one bad world, the same world with a second phase, and this phase alone."""
    shown = [
        Bar(name=world, values=gap(evidence, world)),
        Bar(name=f"{world}, then a second phase", values=gap(evidence, world, MENDED)),
        Bar(name="only the second phase", values=gap(evidence, NOBODY, MENDED), role="source"),
    ]
    return bars(shown, ABOVE, title=f"A second phase on upright glyphs, with {STANDARD} labels per class")


def near_and_far(evidence: Results, labels: int, meter: str) -> Figure:
    """Draws the gain against the distance from the digits, in pixels or in features."""
    gaps = {world: gap(evidence, world, labels=labels) for world in SEEN}
    far = distances(evidence, meter)
    shown = [
        Dot(
            name=world,
            x=far[world],
            y=float(one.mean()),
            y_spread=float(one.std()),
            side="left" if world == UPRIGHT else "right",  # its dot is at the same position as that of upside down
        )
        for world, one in gaps.items()
    ]
    names = {
        "look": ("Distance from digits, measured in pixels", "A teacher that looks different can still help"),
        "distance": (
            "Distance from digits, measured in a net's features",
            "Teachers with features like those of digits help more",
        ),
    }
    x, title = names[meter]
    return scatter(shown, Axis(name=x, low=0), Axis(name=ABOVE, form="+.0f"), title=title)


def hook(evidence: Results, settings: Settings) -> Figure:
    return worlds_shown(evidence, {world: ABOUT[world] for world in (HALF, "shuffled", "clothing")})


def is_revealed(evidence: Results) -> bool:
    """Returns whether the results that the learner predicts may be shown."""
    return evidence.has("after", UPRIGHT, "lp_ft", STANDARD)


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the worlds on offer, which the learner puts in order. Afterwards it draws all worlds, sorted by their
    gain."""
    thumbs = worlds_in_small(evidence)
    if not is_revealed(evidence):
        order = WORTH.parse_items(guess[WORTH]) if guess else ON_OFFER
        shown = [replace(guess_row(world, guess), images=thumbs[world]) for world in order]
        return ranked_rows(
            shown,
            SPAN,
            unit=UNIT,
            ask=WORTH,
            ends=ENDS,
            title=f"Which teachers help? ({STANDARD} labels per class)",
        )
    n = settings[LABELS]
    shown = [worth(guess_row(world, guess), gap(evidence, world, labels=n)) for world in WORLDS]
    shown = [replace(row, images=thumbs[row.name]) for row in shown]
    if {"pretrained", "scratch"} <= (race := racing(evidence)).keys():
        live = 100 * (final(race["pretrained"]) - final(race["scratch"]))
        mine = Row(name="your run", note=settings[WORLD], role="target", images=thumbs[settings[WORLD]])
        shown.append(worth(mine, live))
    shown.append(replace(scratch_row(), images=thumbs["digits"]))
    shown.sort(key=lambda row: row.value or 0.0, reverse=True)
    return ranked_rows(shown, SPAN, unit=UNIT, title=f"How much each teacher helps, with {n} labels per class")


def worlds_in_small(evidence: Results) -> dict[str, tuple[str, ...]]:
    """Returns three pictures of the digits and of each world."""
    pictures = zip(("digits", *WORLDS), evidence.answer("examples")["pictures"])
    return {world: tuple(one["image"] for one in found[:3]) for world, found in pictures}


def scratch_row() -> Row:
    """Returns the row of a net that is not pretrained. The other nets are compared with it, so its gain is zero."""
    return Row(name=NO_TEACHER, note="learns digits at once", role="scratch", value=0.0, low=0.0, high=0.0, says="0")


def guess_row(world: str, guess: Guess) -> Row:
    """Returns the row of a world before its gain is known, with its description or with the learner's guess."""
    if not guess:
        return Row(name=world, note=BRIEFLY[world])
    place = WORTH.parse_items(guess[WORTH]).index(world) + 1 if world in ON_OFFER else 0
    note = f"you said {ordinal(place)}" if place else "not in your prediction"
    return Row(name=world, note=note, guess=float(guess[POINTS]) if world == HALF else None)


def worth(row: Row, gaps: np.ndarray) -> Row:
    """Returns the row with its gain in points above scratch, from one value for each seed."""
    mean, spread = float(gaps.mean()), float(gaps.std())
    return replace(row, value=mean, low=mean - spread, high=mean + spread, says=f"{mean:+.0f}")


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the race and the phase before it, the pictures of the old world and of the digits, the
    repair, and the distances."""
    shown: Views = {}
    world, n = settings[WORLD], settings[LABELS]
    if told := taught_walls(evidence, settings):
        shown["Two teachers"] = lambda: walls(told)
    if sides := racing(evidence):
        shown["The race"] = lambda: teachers_race(sides, settings)
    if evidence.has(PHASE):
        shown["Learning upright glyphs"] = lambda: second_phase(evidence.table(PHASE), world)
    shown["The teacher"] = lambda: worlds_shown(evidence, {world: ABOUT[world]})
    if is_revealed(evidence):
        shown |= {
            "A second phase": lambda: mending(evidence, world if world in BAD else "shuffled"),
            "By features": lambda: near_and_far(evidence, n, "distance"),
            "By pixels": lambda: near_and_far(evidence, n, "look"),
        }
    if {"pretrained", "scratch"} <= sides.keys():
        two = {side: table for side, table in sides.items() if side != "rival"}
        shown["Cost"] = lambda: cost_table(two, n, paid(evidence))
    return shown


def second_phase(table: pd.DataFrame, world: str) -> Figure:
    """Draws the accuracy of the second phase against steps."""
    curve = over_steps(table, "upright glyphs", "source")
    title = f"Accuracy on unseen upright glyphs, after pretraining on {world}"
    return curves([curve], "steps", (1, retrained(world, Seeds()).steps), title=title)


def paid(evidence: Results) -> pd.DataFrame:
    """Returns the cost before the race: the first world, and the second phase if there is one."""
    first = evidence.table("teacher").iloc[[-1]]
    if not evidence.has(PHASE):
        return first
    second = evidence.table(PHASE).iloc[-1]
    return first.assign(flops=first.flops + second.flops, seconds=first.seconds + second.seconds)


def verdict(evidence: Results, guess: Guess) -> Verdict:
    gaps = {world: float(gap(evidence, world).mean()) for world in ON_OFFER}
    did, said = sorted(ON_OFFER, key=gaps.__getitem__, reverse=True), WORTH.parse_items(guess[WORTH])
    pairs = list(combinations(said, 2))
    right = sum(gaps[one] > gaps[other] for one, other in pairs)
    order = "{} first, {} last".format
    return [
        (
            "Teachers, from the most helpful to the most harmful",
            order(said[0], said[-1]),
            f"{order(did[0], did[-1])}; {right} of your {len(pairs)} pairs are in the right order",
        ),
        (
            "Pretrained on upside-down glyphs, compared with a net from scratch",
            points(guess[POINTS]),
            points(gaps[HALF]),
        ),
    ]
