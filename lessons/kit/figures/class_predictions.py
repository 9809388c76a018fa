"""Draws the guesses of a class as one picture, without depending on any lesson.

On the lesson's own chart it draws a hollow mark for every guess, a shaded mark for each guess in the middle half, and
a full mark for the median, all under the curves. Rows are drawn in the mean order of the class. A choice among a few
words is drawn as bars.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from lessons.kit.figures import ROLES, Figure, Ground, share
from lessons.kit.figures.class_numbers import QUARTILES, Guesses, counts, middle, places, quantile, summary
from lessons.kit.model.prediction import Handle, Order, Prediction
from lessons.kit.model.values import Control, Settings
from lessons.kit.model.wording import count_noun

COLOUR = ROLES["guess"][0]
# Pixels over which equal guesses are spread, and the same if there are other handles beside them.
ROOM, NARROW = 130, 44
APART = 11  # pixels between two guesses, if there is room
EDGE = 0.06  # share of an axis: near its ends the guesses are spread inwards
LETTER = 7  # the width of one letter, in pixels
UNDER = 1  # the layer of the marks, below every curve
SHADE = f"{COLOUR}55"  # the colour of the guesses in the middle half
CLASS = "the class"


def class_predictions(figure: Figure, prediction: Prediction, guesses: Guesses) -> Figure:
    """Returns the picture with all the guesses on it."""
    order = next((one for one in prediction.sliders if isinstance(one, Order)), None)
    said = " ".join(class_sentence(slider, guesses) for slider in prediction.sliders)
    alt = f"{figure.alt} {said}" if said.strip() else figure.alt
    if figure.kind == "rows" and order:
        return replace(figure, spec=ordered(figure.spec, order, guesses), alt=alt)
    if figure.kind != "chart" or not figure.ground:
        return replace(figure, alt=alt)
    series: list[dict[str, Any]] = []
    words: dict[tuple[int, float, float], list[str]] = {}
    for k, handle in enumerate(prediction.handles):
        if handle.controls and (
            whole := [one for one in guesses if all(c.name in one.values for c in handle.controls)]
        ):
            series += guess_marks(handle, k, whole, lane(handle, prediction, figure.ground))
            if text := label_text(handle, whole):
                words.setdefault(spot(handle, figure.ground), []).append(text)
    series += [word_series(k, place, texts, figure.ground) for k, (place, texts) in enumerate(words.items())]
    return replace(figure, spec=figure.spec | {"series": [*figure.spec["series"], *series]}, alt=alt)


# --- Marks on a chart -----------------------------------------------------------------------------------------------


def guess_marks(handle: Handle, number: int, guesses: Guesses, row: Lane) -> list[dict[str, Any]]:
    """Returns the marks for the guesses of a handle. Equal guesses are side by side, across the direction in which
    the handle moves."""
    upright = isinstance(handle.y, Control)
    spots = Counter((mark_place(handle, handle.x, one), mark_place(handle, handle.y, one)) for one in guesses)
    gap = min(APART, row.room / max(spots.values()))

    def apart(pixels: float) -> list[float]:
        return [round(row.shift + pixels, 1), 0] if upright else [0, round(pixels, 1)]

    shades = {place: {"itemStyle": {"color": SHADE}} for place in spots if in_middle_half(handle, place, guesses)}
    dots = [
        {"value": list(place), "symbolOffset": apart((k - row.lean * (count - 1)) * gap)} | shades.get(place, {})
        for place, count in sorted(spots.items())
        for k in range(count)
    ]
    centre = Settings({control.name: middle(control, guesses) for control in handle.controls})
    x, y = mark_place(handle, handle.x, centre), mark_place(handle, handle.y, centre)
    hollow = {"color": "transparent", "borderColor": COLOUR, "borderWidth": 1.5, "opacity": 1}
    full = {"data": [{"value": [x, y], "symbolOffset": apart(0)}], "itemStyle": {"color": COLOUR, "opacity": 1}}
    return [
        {**mark(handle.pane), "id": f"class {number}", "data": dots, "symbolSize": 10, "itemStyle": hollow},
        {**mark(handle.pane), "id": f"class {number} middle", "symbolSize": 15, **full},
    ]


def mark(pane: int) -> dict[str, Any]:
    """Returns the options that all marks of a class share. They do not react to the pointer, and every curve is drawn
    over them."""
    common = {"type": "scatter", "silent": True, "tooltip": {"show": False}, "name": CLASS, "symbol": "diamond"}
    return common | {"z": UNDER} | ({"xAxisIndex": pane, "yAxisIndex": pane} if pane else {})


def label_text(handle: Handle, guesses: Guesses) -> str:
    """Returns the text beside the guesses of a handle. A handle that moves sideways has its value on the axis below,
    so it needs only its name, if it has one."""
    if isinstance(handle.x, Control) and not isinstance(handle.y, Control):
        return handle.name
    text = ", ".join(handle.option_text(control, middle(control, guesses)) for control in handle.controls)
    return f"{handle.name}: {text}" if handle.name else f"median {text}"


def spot(handle: Handle, ground: Ground) -> tuple[int, float, float]:
    """Returns the pane and the position for the text of a handle, on the edge of the plot, where it covers no curve.
    The text is above a handle that moves up and down, and to the right of others."""
    if isinstance(handle.y, Control):
        return handle.pane, ground.x[1] if isinstance(handle.x, Control) else float(handle.x), ground.y[1]
    return handle.pane, ground.x[1], float(handle.y)


def word_series(number: int, place: tuple[int, float, float], texts: list[str], ground: Ground) -> dict[str, Any]:
    """Returns the texts at one position, one on each line. If there is no room on the right, they are placed above
    their guesses and under the curves."""
    pane, x, y = place
    above = y == ground.y[1]
    fits = above or LETTER * max(map(len, texts)) <= ground.right
    label: dict[str, Any] = {"show": True, "formatter": "\n".join(texts), "color": COLOUR, "fontWeight": "bold"}
    label |= {"fontSize": 11, "lineHeight": 13, "position": "top" if above else "right", "distance": 6}
    if len(texts) > 1:  # so that both lines are within the picture
        label |= {"fontSize": 10, "lineHeight": 12, "distance": 2}
    if not fits:
        x, label = ground.x[0], label | {"offset": [0, -NARROW / 2 - 8]}
    data = [{"value": [x, y], "itemStyle": {"color": "transparent", "opacity": 1}}]
    return {**mark(pane), "id": f"class word {number}", "symbolSize": 1, "data": data, "label": label}


def in_middle_half(handle: Handle, place: tuple[float, float], guesses: Guesses) -> bool:
    """Returns whether a guess is between the quartiles of all guesses, in every direction in which the handle moves."""
    ways = [(way, place[k]) for k, way in enumerate((handle.x, handle.y)) if isinstance(way, Control)]
    for control, value in ways:
        low, high = sorted(handle.place(quantile(control, guesses, share)) for share in QUARTILES)
        if not low <= value <= high:
            return False
    return True


@dataclass(frozen=True)
class Lane:
    """Defines where the guesses of a handle that moves up and down are drawn, in pixels."""

    shift: float  # the distance from the position of the handle
    room: float  # the width over which equal guesses are spread
    lean: float  # the share of the guesses that is on the left


def lane(handle: Handle, prediction: Prediction, ground: Ground) -> Lane:
    """Returns the lane of a handle. It is centred at the handle, and goes inwards at an edge of the picture. Handles
    at the same position have lanes side by side."""
    if isinstance(handle.x, Control):
        return Lane(0.0, NARROW, 0.5)
    beside = [one for one in prediction.handles if one.controls and same_line(one, handle)]
    along = share(handle.x, ground.x, ground.log[0])
    inwards = 1 if along < EDGE else -1 if along > 1 - EDGE else 0
    if len(beside) == 1:
        return Lane(0.0, ROOM, (1 - inwards) / 2)
    place = beside.index(handle)
    shift = (place - (len(beside) - 1) / 2 * (1 - inwards)) * (NARROW + 10)
    return Lane(shift, NARROW, 0.5)


def same_line(one: Handle, other: Handle) -> bool:
    """Returns whether two handles move up and down at the same position of the x-axis."""
    fixed = not isinstance(one.x, Control) and not isinstance(other.x, Control)
    return one is other or (fixed and one.pane == other.pane and one.x == other.x)


def mark_place(handle: Handle, along: Control[Any] | float, guess: Settings) -> float:
    """Returns the position of a guess along one axis."""
    return handle.place(guess[along]) if isinstance(along, Control) else float(along)


# --- Rows -----------------------------------------------------------------------------------------------------------


def ordered(spec: dict[str, Any], order: Order, guesses: Guesses) -> dict[str, Any]:
    """Returns the rows with the places that the class gave them.

    If no values are known yet, the rows are sorted by these places and have a hollow bar that is longer for a higher
    place.
    """
    seen = places(order, guesses)
    if not seen:
        return spec
    if any(row["value"] is not None for row in spec["rows"]):
        notes = {name: {"note": f"{CLASS}: place {place:.1f}"} for name, place in seen.items()}
        return spec | {"rows": [row | notes.get(row["name"], {}) for row in spec["rows"]]}
    rows = {row["name"]: row for row in spec["rows"]}
    long = {name: 85 * (len(seen) - place) / (len(seen) - 1) for name, place in seen.items()}
    drawn = [rows[name] | {"guess": long[name], "high": long[name], "says": f"place {seen[name]:.1f}"} for name in seen]
    return spec | {"rows": drawn, "zero": 0, "unit": ""}


# --- What was said, in words and bars ---------------------------------------------------------------------------------


def class_sentence(slider: Control[Any], guesses: Guesses) -> str:
    """Describes the guesses of the class for one slider in a sentence. It is empty if there are none."""
    if isinstance(slider, Order):
        seen = places(slider, guesses)
        each = ", ".join(f"{slider.label_of(item)} {place:.1f}" for item, place in seen.items())
        return f"{slider.label}, mean places in the class: {each}." if seen else ""
    found = counts(slider, guesses)
    if not found:
        return ""
    each = ", ".join(f"{slider.label_of(option)} ({count})" for option, count in found.items())
    how = "in the middle" if slider.slider else "most often"
    many = sum(found.values())
    most = slider.label_of(middle(slider, guesses))
    return f"{slider.label}: {count_noun(many, 'prediction')}, {each}; {how} {most}."


def tally(slider: Control[Any], guesses: Guesses) -> Figure:
    """Draws the guesses for a slider that is not on a picture: a bar for each option, or only the median and the
    quartiles if there are many options."""
    found, said = counts(slider, guesses), class_sentence(slider, guesses)
    title = f"<p>{escape(slider.label)}</p>"
    if slider.slider:
        ends = [*found]
        values = [slider.label_of(quantile(slider, guesses, share)) for share in (0.25, 0.5, 0.75)] if ends else []
        span = escape(summary(slider, guesses, *values)) if ends else ""
        return Figure(kind="html", spec=f"{title}<p>{span}</p>", alt=said)
    most = max(found.values(), default=1)
    wide = {option: 50 * found.get(option, 0) / most for option in slider.options}
    rows = "".join(
        f'<div class="tally"><span>{escape(slider.label_of(option))}</span>'
        f'<i style="--guess: {COLOUR}; width: {wide[option]:.0f}%"></i><b>{found.get(option, 0)}</b></div>'
        for option in slider.options
    )
    return Figure(kind="html", spec=title + rows, alt=said)
