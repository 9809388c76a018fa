"""Draws rows with small pictures, a name and a bar from zero. The rows move smoothly to new positions, and the
learner can put them in order by hand.

While the learner is asked for the order, there are no bars. Later the guess is shown in the same row as the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.experiment.checks import BadValue
from lessons.kit.figures import ROLES, Figure
from lessons.kit.figures.bars import LOSS

if TYPE_CHECKING:  # the catalogue imports the figures
    from lessons.kit.model.prediction import Order

PLACES = ("1st", "2nd", "3rd")


@dataclass(frozen=True, kw_only=True)
class Row:
    """Holds one row. Values that are not known are None and are not drawn."""

    name: str
    called: str = ""  # what the screen shows for the name, if that is not the name itself
    images: tuple[str, ...] = ()  # base64 of 28 * 28 grey bytes, at most three
    value: float | None = None
    low: float | None = None  # the ends of the interval
    high: float | None = None
    says: str = ""  # the value as a number
    role: str = "pretrained"
    guess: float | None = None  # drawn as a hollow bar
    note: str = ""  # small text below the name


def ranked_rows(
    shown: Sequence[Row],
    span: tuple[float, float],
    zero: float = 0.0,
    unit: str = "",
    ask: Order | None = None,
    ends: tuple[str, str] = ("most", "least"),
    title: str = "",
) -> Figure:
    """Draws the rows from top to bottom on one scale over `span`.

    If `ask` is given, the learner is asked for the order of the rows, from one of `ends` to the other. Its items are
    the names of the rows.
    """
    names = [row.name for row in shown]
    if len(set(names)) < len(names) or not span[0] <= zero <= span[1]:
        raise BadValue("Rows have names of their own, and a scale with zero on it.")
    if ask and sorted(ask.items) != sorted(names):
        raise BadValue(f"{ask.label} asks for other rows than there are.")
    if ask:
        shown = [replace(row, called=row.called or ask.label_of(row.name)) for row in shown]
    spec = {
        "rows": [row_spec(row, span, zero) for row in shown],
        "zero": share(zero, span),
        "unit": unit,
        "ends": list(ends),
        "ask": ask.label if ask else "",
        "guess": ROLES["guess"][0],
    }
    return Figure(
        kind="rows", spec=spec, alt=alt_text(shown, unit, ask, ends), title=title, height=80 + 54 * len(shown)
    )


def share(value: float, span: tuple[float, float]) -> float:
    """Returns the position of a value on the scale, in percent of its length. Values beyond the scale are at its
    end."""
    low, high = span
    return round(100 * (min(max(value, low), high) - low) / (high - low), 2)


def row_spec(row: Row, span: tuple[float, float], zero: float) -> dict[str, object]:
    places = {name: getattr(row, name) for name in ("value", "low", "high", "guess")}
    spec = {name: None if place is None else share(place, span) for name, place in places.items()}
    loss = row.value is not None and row.value < zero
    look = {"colour": LOSS if loss else ROLES[row.role][0], "loss": loss}
    told = {"name": row.name, "called": row.called or row.name, "note": row.note, "says": row.says}
    return told | {"images": list(row.images[:3])} | spec | look


def alt_text(shown: Sequence[Row], unit: str, ask: Order | None, ends: tuple[str, str]) -> str:
    if ask:
        return f"{ask.label}, to be put in order from {ends[0]} to {ends[1]}: " + "; ".join(map(row_text, shown)) + "."
    return f"From top to bottom{', ' * bool(unit)}{unit}: " + "; ".join(map(row_text, shown)) + "."


def row_text(row: Row) -> str:
    value = row.says or ("" if row.value is None else f"{row.value:g}")
    spread = f"between {row.low:.1f} and {row.high:.1f}" if row.low is not None and row.high is not None else ""
    guess = "" if row.guess is None else f"your prediction {row.guess:g}"
    more = ", ".join(filter(None, (spread, guess, row.note)))
    return f"{row.called or row.name} {value}".strip() + (f" ({more})" if more else "")


def ordinal(place: int) -> str:
    """Returns the ordinal of a place: "1st", "2nd", "3rd", "4th". The first place is 1."""
    return PLACES[place - 1] if place <= len(PLACES) else f"{place}th"
