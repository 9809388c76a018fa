"""Draws cards that the learner chooses with a click. Each has a few small pictures, a name, a number in large type
and a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.experiment.checks import BadValue
from lessons.kit.figures import Figure


@dataclass(frozen=True, kw_only=True)
class Card:
    """Holds one card. Its name is an option of the lesson's first control."""

    name: str
    called: str = ""  # what the screen shows for the name, if that is not the name itself
    images: tuple[str, ...] = ()  # base64 of 28 * 28 grey bytes, at most four
    big: str = ""
    note: str = ""


def choice_cards(shown: Sequence[Card], title: str = "") -> Figure:
    """Draws the cards in rows that wrap."""
    names = [card.name for card in shown]
    if len(set(names)) < len(names):
        raise BadValue("Cards have names of their own.")
    shown = [replace(card, called=card.called or card.name) for card in shown]
    spec = {"cards": [vars(card) | {"images": list(card.images[:4])} for card in shown]}
    told = "; ".join(" ".join(filter(None, (f"{card.called}:", card.big, card.note))) for card in shown)
    return Figure(kind="cards", spec=spec, alt=f"Cards to choose from. {told}.", title=title)
