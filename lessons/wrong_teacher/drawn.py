"""The pictures of this lesson that no other has: worlds beside digits, what mends, and what is near to what."""

from __future__ import annotations

from typing import Any

from lessons.kit.catalogue import Evidence, Settings
from lessons.kit.figures import Figure
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.dots import Axis, Dot, dots
from lessons.kit.figures.thumbnails import thumbnails
from lessons.wrong_teacher.claims import HALF, LABELS, NOBODY, SEEN, UPRIGHT, WORLDS, distances, gap

ABOUT = {  # a world's pictures, and what is asked about them
    UPRIGHT: "Letters and signs as they are: which one is it?",
    HALF: "Letters and signs turned by half: which one is it?",
    "on their side": "Letters and signs turned by a quarter: which one is it?",
    "inverted": "Letters and signs, dark on bright: which one is it?",
    "blurred": "Letters and signs out of focus: which one is it?",
    "shuffled": "Letters and signs, all with their pixels in one same random order: which one is it?",
    "graded by ink": "Letters and signs as they are: how much ink, from 0 to 9?",
    "random labels": "Letters and signs as they are: the right answers are drawn by lot",
    "clothing": "Photos: a shirt, a shoe, a bag, or what is it?",
}
ABOVE = "Above scratch at its best"


def worlds_shown(evidence: Evidence, notes: dict[str, str]) -> Figure:
    """The digits, and some worlds with a note each."""
    found = dict(zip(("digits", *WORLDS), evidence["examples"]["pictures"]))
    rows = {"The job: which digit is it?": row(found["digits"], "a digit")}
    for world, note in notes.items():
        rows[f"{named(world)}. {note}"] = row(found[world], f"a picture of the world {world}", world == "graded by ink")
    alt = "Ten handwritten digits, and ten pictures of each of these worlds. "
    return thumbnails(rows, alt + " ".join(f"{named(world)}: {note}." for world, note in notes.items()))


def named(world: str) -> str:
    return world[0].upper() + world[1:]


def row(pictures: list[dict[str, Any]], alt: str, labelled: bool = False) -> list[dict[str, Any]]:
    return [{"image": one["image"], "alt": alt} | ({"says": one["truth"]} if labelled else {}) for one in pictures]


def said(world: str, guess: Settings) -> str:
    words = ["▲ helps most"] * (guess.get("helps") == world) + ["▼ harms most"] * (guess.get("harms") == world)
    if world == HALF and guess:
        words.append(points(guess["points"]))
    return ABOUT[world] + (" You say: " if words else "") + ", ".join(words)


def points(amount: float) -> str:
    return f"{amount:+.0f} points" if round(amount) else "no better, no worse"


def mending(evidence: Evidence, world: str) -> Figure:
    """One bad world, the same with a second phase, and that phase alone."""
    shown = [
        Bar(name=world, values=gap(evidence, world)),
        Bar(name=f"{world}, then upright", values=gap(evidence, world, "mended")),
        Bar(name="only the second phase", values=gap(evidence, NOBODY, "mended"), role="source"),
    ]
    return bars(shown, ABOVE, title=f"A second phase in upright glyphs, {LABELS} labels a class")


def near_and_far(evidence: Evidence, labels: int, meter: str) -> Figure:
    """Help against distance from the digits: of pixels, or of features."""
    gaps = {world: gap(evidence, world, labels=labels) for world in SEEN}
    far = distances(evidence, meter)
    shown = [
        Dot(
            name=world,
            x=far[world],
            y=float(one.mean()),
            y_spread=float(one.std()),
            side="left" if world == UPRIGHT else "right",  # it falls together with upside down
        )
        for world, one in gaps.items()
    ]
    names = {
        "look": ("How far they look: grey values, to the nearest picture", "What looks far need not be far"),
        "distance": ("How far they are to a net: features, 1 is the digits' own spread", "What a net finds far"),
    }
    x, title = names[meter]
    return dots(shown, Axis(name=x, low=0), Axis(name=f"{ABOVE}, points", form="+.0f"), title=title)
