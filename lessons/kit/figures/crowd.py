"""What a class said, as one picture: on a lesson's own chart a hollow mark for every guess and a full one for the
middle; rows in the order in which the class sees them; bars for what is chosen among a few words. Knows no lesson.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from lessons.kit.figures import ROLES, Figure, Ground, share
from lessons.kit.prediction import Handle, Order, Prediction
from lessons.kit.values import Control, Settings

COLOUR = ROLES["guess"][0]
ROOM, NARROW = 130, 44  # pixels over which guesses of one value are spread, and where others lie beside them
APART = 11  # pixels between two of them where there is room
EDGE, FULL, HALF = 0.06, 0.7, 0.5  # shares of an axis: at its ends guesses are spread inwards, then words go left
WIDE, HIGH, LINE = 0.4, 0.05, 24  # two words nearer than these shares of the axes touch; pixels by which one is lowered
CLASS = "the class"
Guesses = Sequence[Settings]  # one a learner, of what they said


def crowd(figure: Figure, prediction: Prediction, guesses: Guesses) -> Figure:
    """The picture with all guesses on it."""
    order = next((one for one in prediction.sliders if isinstance(one, Order)), None)
    said = " ".join(told(slider, guesses) for slider in prediction.sliders)
    alt = f"{figure.alt} {said}" if said.strip() else figure.alt
    if figure.kind == "rows" and order:
        return replace(figure, spec=ordered(figure.spec, order, guesses), alt=alt)
    if figure.kind != "chart" or not figure.ground:
        return replace(figure, alt=alt)
    series: list[dict[str, Any]] = []
    labelled: list[tuple[int, float, float]] = []
    for k, handle in enumerate(prediction.handles):
        if handle.controls and (
            whole := [one for one in guesses if all(c.name in one.values for c in handle.controls)]
        ):
            series += marked(handle, k, whole, lane(handle, prediction, figure.ground), figure.ground, labelled)
    return replace(figure, spec=figure.spec | {"series": [*figure.spec["series"], *series]}, alt=alt)


# --- Marks on a chart -----------------------------------------------------------------------------------------------


def marked(
    handle: Handle, number: int, guesses: Guesses, row: Lane, ground: Ground, labelled: list[tuple[int, float, float]]
) -> list[dict[str, Any]]:
    """A handle's guesses. Those of the same value lie beside each other, across the way in which the handle moves.
    `labelled` says where words stand already, by their pane: to these it adds its own, lower where it would touch one.
    """
    upright = isinstance(handle.y, Control)
    places = Counter((at(handle, handle.x, one), at(handle, handle.y, one)) for one in guesses)
    gap = min(APART, row.room / max(places.values()))

    def apart(pixels: float) -> list[float]:
        return [round(row.shift + pixels, 1), 0] if upright else [0, round(pixels, 1)]

    dots = [
        {"value": list(place), "symbolOffset": apart((k - row.lean * (count - 1)) * gap)}
        for place, count in sorted(places.items())
        for k in range(count)
    ]
    middles = [middle(control, guesses) for control in handle.controls]
    text = ", ".join(f"{each}{handle.unit if isinstance(each, int | float) else ''}" for each in middles)
    centre = Settings({control.name: each for control, each in zip(handle.controls, middles)})
    x, y = at(handle, handle.x, centre), at(handle, handle.y, centre)
    along, up = share(x, ground.x, ground.log[0]), share(y, ground.y, ground.log[1])
    left = row.lean == 1 or (row.lean == 0.5 and along > (HALF if ground.panes else FULL))
    beside = (row.lean if left else 1 - row.lean) * gap * places[x, y] if upright else 0
    near = [one for one in labelled if one[0] == handle.pane and abs(one[1] - along) < WIDE and abs(one[2] - up) < HIGH]
    labelled += [] if row.word else [(handle.pane, along, up)]
    label = {
        "show": True,
        "formatter": f"{handle.name or CLASS}: {text}",
        "position": row.word or ("left" if left else "right"),
        "distance": 6 if row.word else round(beside + 6),
        "offset": [0, 0 if row.word else LINE * len(near)],
        "color": "#fff",
        "backgroundColor": COLOUR,
        "padding": [3, 6],
        "borderRadius": 4,
        "fontWeight": "bold",
    }
    pane = {"xAxisIndex": handle.pane, "yAxisIndex": handle.pane} if ground.panes else {}
    common = pane | {"type": "scatter", "silent": True, "tooltip": {"show": False}, "name": CLASS, "symbol": "diamond"}
    hollow = {"color": "transparent", "borderColor": COLOUR, "borderWidth": 1.5, "opacity": 1}
    full = {"data": [{"value": [x, y], "symbolOffset": apart(0)}], "itemStyle": {"color": COLOUR, "opacity": 1}}
    end = (max if row.word == "top" else min)(places, key=lambda place: place[1])
    named = {"data": [{"value": list(end), "symbolOffset": apart(0)}], "symbolSize": 1} if row.word else full
    return [
        common | {"id": f"class {number}", "data": dots, "symbolSize": 10, "itemStyle": hollow, "z": 5},
        common | {"id": f"class {number} middle", "symbolSize": 15, "z": 6} | full,
        common | {"id": f"class {number} word", "symbolSize": 15, "z": 7, "label": label} | full | named,
    ]


@dataclass(frozen=True)
class Lane:
    """Where the guesses of a handle that moves up and down lie, in pixels."""

    shift: float  # from the handle's own place
    room: float  # over which those of one value are spread
    lean: float  # which share of them is on the left
    word: str = ""  # at which end of all guesses its word stands; else beside the middle


def lane(handle: Handle, prediction: Prediction, ground: Ground) -> Lane:
    """In the middle of its place, at an edge of the picture inwards; where handles share a place, beside each other."""
    if isinstance(handle.x, Control):
        return Lane(0.0, NARROW, 0.5)
    beside = [one for one in prediction.handles if one.controls and same_line(one, handle)]
    along = share(handle.x, ground.x, ground.log[0])
    inwards = 1 if along < EDGE else -1 if along > 1 - EDGE else 0
    if len(beside) == 1:
        return Lane(0.0, ROOM, (1 - inwards) / 2)
    place = beside.index(handle)
    shift = (place - (len(beside) - 1) / 2 * (1 - inwards)) * (NARROW + 10)
    return Lane(shift, NARROW, 0.5, "bottom" if place % 2 else "top")


def same_line(one: Handle, other: Handle) -> bool:
    fixed = not isinstance(one.x, Control) and not isinstance(other.x, Control)
    return one is other or (fixed and one.pane == other.pane and one.x == other.x)


def at(handle: Handle, along: Control[Any] | float, guess: Settings) -> float:
    return handle.place(guess[along]) if isinstance(along, Control) else float(along)


# --- Rows -----------------------------------------------------------------------------------------------------------


def ordered(spec: dict[str, Any], order: Order, guesses: Guesses) -> dict[str, Any]:
    """Rows that say where the class put them; as long as nothing else is known in that order, each with a hollow bar
    that is the longer the higher it stands."""
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


def places(order: Order, guesses: Guesses) -> dict[str, float]:
    """The mean place of every item, the first is 1, in the order that follows from it; none where nobody said one."""
    orders = [order.listed(one[order]) for one in guesses if order.name in one.values]
    if not orders:
        return {}
    mean = {item: sum(one.index(item) + 1 for one in orders) / len(orders) for item in order.items}
    return dict(sorted(mean.items(), key=lambda pair: pair[1]))


# --- What was said, in numbers --------------------------------------------------------------------------------------


def counts(slider: Control[Any], guesses: Guesses) -> dict[Any, int]:
    """How many said each of the options that anybody did, in the order of the options."""
    found = Counter(one[slider] for one in guesses if slider.name in one.values)
    return {option: found[option] for option in slider.options if found[option]}


def middle(slider: Control[Any], guesses: Guesses) -> Any:
    """What half of those who said something said at most; of words without an order what most said."""
    found = counts(slider, guesses)
    if not slider.slider:
        return max(found, key=found.__getitem__)
    half, seen = sum(found.values()) / 2, 0
    for option, count in found.items():
        seen += count
        if seen >= half:
            return option
    raise ValueError(slider.name)


def middles(prediction: Prediction, guesses: Guesses) -> Settings:
    """The class as if it were one learner: the middle of what was said of each slider, where anybody did."""
    found: dict[str, Any] = {}
    for slider in prediction.sliders:
        if isinstance(slider, Order):
            if seen := places(slider, guesses):
                found[slider.name] = slider.written(list(seen))
        elif counts(slider, guesses):
            found[slider.name] = middle(slider, guesses)
    return Settings(found)


def told(slider: Control[Any], guesses: Guesses) -> str:
    """What the class said of one slider, in a sentence; empty if nobody did."""
    if isinstance(slider, Order):
        seen = places(slider, guesses)
        each = ", ".join(f"{item} {place:.1f}" for item, place in seen.items())
        return f"{slider.label}, mean places in the class: {each}." if seen else ""
    found = counts(slider, guesses)
    if not found:
        return ""
    each = ", ".join(f"{option} ({count})" for option, count in found.items())
    how = "in the middle" if slider.slider else "most often"
    many = sum(found.values())
    return f"{slider.label}: {many} guess{'es' * (many > 1)}, {each}; {how} {middle(slider, guesses)}."


def tally(slider: Control[Any], guesses: Guesses) -> Figure:
    """For what stands on no picture: a bar for each option, or where these are many the middle and both ends."""
    found, said = counts(slider, guesses), told(slider, guesses)
    title = f"<p>{escape(slider.label)}</p>"
    if slider.slider:
        ends = [*found]
        span = f"{CLASS}: <b>{middle(slider, guesses)}</b>, from {ends[0]} to {ends[-1]}" if ends else ""
        return Figure(kind="html", spec=f"{title}<p>{span}</p>", alt=said)
    most = max(found.values(), default=1)
    wide = {option: 50 * found.get(option, 0) / most for option in slider.options}
    rows = "".join(
        f'<div class="tally"><span>{escape(str(option))}</span>'
        f'<i style="--guess: {COLOUR}; width: {wide[option]:.0f}%"></i><b>{found.get(option, 0)}</b></div>'
        for option in slider.options
    )
    return Figure(kind="html", spec=title + rows, alt=said)
