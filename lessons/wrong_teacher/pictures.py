"""Draws the figures of this lesson: worlds beside digits, how much each world helps, a second phase that repairs
harm, and the distances between worlds."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.cost_table import cost_table
from lessons.kit.figures.curves import curves, over_steps, race
from lessons.kit.figures.image_grid import image_grid
from lessons.kit.figures.label_curves import racing
from lessons.kit.figures.ranked_rows import Row, ordinal, ranked_rows
from lessons.kit.figures.scatter import Axis, Dot, scatter
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Order
from lessons.kit.model.values import Control, Results, Seeds, Settings
from lessons.kit.results.evidence import final
from lessons.kit.runs.recipes import STEPS
from lessons.wrong_teacher.claims import distances, gap
from lessons.wrong_teacher.runs import (
    BAD,
    HALF,
    LABELS,
    MENDED,
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
ENDS = ("helps most", "harms most")
WORTH = Order(
    name="worth",
    label="The worlds",
    items=ON_OFFER,
    default=Order.format_items(ON_OFFER),
    help="From the one that helps most to the one that harms most.",
)
POINTS = Control(
    name="points",
    label="Upside-down glyphs: how many points above scratch, or below?",
    options=tuple(range(-20, 21, 2)),
    default=0,
    help="In percent of the unseen digits; below zero it is worse than no pretraining.",
    slider=True,
)
SPAN = (-55.0, 35.0)  # points: the range of all worlds at every number of labels
ABOUT = {  # a description of each world's pictures, and its task
    UPRIGHT: "Letters and signs as they are: which one is it?",
    HALF: "Letters and signs turned by half: which one is it?",
    QUARTER: "Letters and signs turned by a quarter: which one is it?",
    "inverted": "Letters and signs, dark on bright: which one is it?",
    "blurred": "Letters and signs out of focus: which one is it?",
    "shuffled": "Letters and signs, all with their pixels in one same random order: which one is it?",
    "graded by ink": "Letters and signs as they are: how much ink, from 0 to 9?",
    "random labels": "Letters and signs as they are: the right answers are drawn by lot",
    "clothing": "Photos: a shirt, a shoe, a bag, or what is it?",
}
BRIEFLY = {  # a shorter description for a row
    UPRIGHT: "glyphs as they are",
    HALF: "glyphs turned by half",
    QUARTER: "glyphs turned by a quarter",
    "inverted": "glyphs, dark on bright",
    "blurred": "glyphs out of focus",
    "shuffled": "glyphs, pixels mixed up",
    "graded by ink": "glyphs: how much ink?",
    "random labels": "glyphs, answers by lot",
    "clothing": "photos: shirt or shoe?",
}
ABOVE = "Above scratch at its best"
UNIT = "points above a net from scratch at its best"


def worlds_shown(evidence: Results, notes: dict[str, str]) -> Figure:
    """Draws the digits, and some worlds with a note for each."""
    found = dict(zip(("digits", *WORLDS), evidence.answer("examples")["pictures"]))
    rows = {"The job: which digit is it?": row(found["digits"], "a digit")}
    for world, note in notes.items():
        rows[f"{world_text(world)}. {note}"] = row(
            found[world], f"a picture of the world {world}", world == "graded by ink"
        )
    alt = "Ten handwritten digits, and ten pictures of each of these worlds. "
    return image_grid(rows, alt + " ".join(f"{world_text(world)}: {note}." for world, note in notes.items()))


def world_text(world: str) -> str:
    return world[0].upper() + world[1:]


def row(pictures: list[dict[str, Any]], alt: str, labelled: bool = False) -> list[dict[str, Any]]:
    return [{"image": one["image"], "alt": alt} | ({"says": one["truth"]} if labelled else {}) for one in pictures]


def points(amount: float) -> str:
    return f"{amount:+.0f} points" if round(amount) else "no better, no worse"


def mending(evidence: Results, world: str) -> Figure:
    """Draws one bad world, the same world with a second phase, and this phase alone."""
    shown = [
        Bar(name=world, values=gap(evidence, world)),
        Bar(name=f"{world}, then upright", values=gap(evidence, world, MENDED)),
        Bar(name="only the second phase", values=gap(evidence, NOBODY, MENDED), role="source"),
    ]
    return bars(shown, ABOVE, title=f"A second phase in upright glyphs, {STANDARD} labels per class")


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
        "look": ("How far they look: grey values, to the nearest picture", "What looks far need not be far"),
        "distance": ("How far they are to a net: features, 1 is the digits' own spread", "What a net finds far"),
    }
    x, title = names[meter]
    return scatter(shown, Axis(name=x, low=0), Axis(name=f"{ABOVE}, points", form="+.0f"), title=title)


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
            title=f"Which teachers help, with {STANDARD} labels per class?",
        )
    n = settings[LABELS]
    shown = [worth(guess_row(world, guess), gap(evidence, world, labels=n)) for world in WORLDS]
    shown = [replace(row, images=thumbs[row.name]) for row in shown]
    if len(race := racing(evidence)) == 2:
        live = 100 * (final(race["pretrained"]) - final(race["scratch"]))
        mine = Row(name="your race", note=settings[WORLD], role="target", images=thumbs[settings[WORLD]])
        shown.append(worth(mine, live))
    shown.sort(key=lambda row: row.value or 0.0, reverse=True)
    return ranked_rows(shown, SPAN, unit=UNIT, title=f"What each teacher is worth, {n} labels per class")


def worlds_in_small(evidence: Results) -> dict[str, tuple[str, ...]]:
    """Returns three pictures of each world."""
    pictures = evidence.answer("examples")["pictures"][1:]  # without the pictures of the digits
    return {world: tuple(one["image"] for one in found[:3]) for world, found in zip(WORLDS, pictures)}


def guess_row(world: str, guess: Guess) -> Row:
    """Returns the row of a world before its gain is known, with its description or with the learner's guess."""
    if not guess:
        return Row(name=world, note=BRIEFLY[world])
    place = WORTH.parse_items(guess[WORTH]).index(world) + 1 if world in ON_OFFER else 0
    note = f"you said {ordinal(place)}" if place else "was not on offer"
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
    if sides := racing(evidence):
        shown["The race"] = lambda: race(sides, STEPS, f"Digits after {world}, and from scratch")
    if evidence.has(PHASE):
        shown["Second phase"] = lambda: second_phase(evidence.table(PHASE), world)
    shown["Its world"] = lambda: worlds_shown(evidence, {world: ABOUT[world]})
    if is_revealed(evidence):
        shown |= {
            "Mending": lambda: mending(evidence, world if world in BAD else "shuffled"),
            "By looks": lambda: near_and_far(evidence, n, "look"),
            "By features": lambda: near_and_far(evidence, n, "distance"),
        }
    if len(sides) == 2:
        shown["Cost"] = lambda: cost_table(sides, n, paid(evidence))
    return shown


def second_phase(table: pd.DataFrame, world: str) -> Figure:
    """Draws the accuracy of the second phase against steps."""
    curve = over_steps(table, "glyphs", "source")
    title = f"The second phase: upright glyphs after {world}, accuracy on unseen drawings"
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
    order = "first {}, last {}".format
    return [
        (
            "from help to harm",
            order(said[0], said[-1]),
            f"{order(did[0], did[-1])}; of your {len(pairs)} pairs {right} hold",
        ),
        ("what upside-down glyphs are worth", points(guess[POINTS]), points(gaps[HALF])),
    ]
