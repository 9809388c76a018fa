"""Draws what learners move by hand in the browser: handles on a chart, rows, labels, cards, a game, and drawings.

The server receives a value when the learner lets go. The URL holds the value, as for any slider of a prediction
(app/state/url_state.py) or any sheet (app/components/learner_input/learner_input.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from app.components.assets.component_assets import scripts, style
from app.components.assets.component_value import component_value
from app.state import url_state
from lessons.kit.figures import ROLES, Figure, Ground
from lessons.kit.model.prediction import Handle, Order, Prediction
from lessons.kit.model.values import Control, Settings

WITHIN = "picture"  # the key of the container that holds the chart


def component(name: str, folder: str = "drag_handles") -> Any:
    """Registers a component of this family.

    Its own script follows the script that all of them share. They also share one style sheet.
    """
    return st.components.v2.component(
        f"headstart_{name}",
        html=f'<div class="{name}"></div>',
        js=scripts("assets/i18n", "assets/streamlit_selectors", "drag_handles/hand", f"{folder}/{name}"),
        css=style("drag_handles/hands"),
    )


_HANDS, _ROWS, _LABELS, _CARDS, _GAME, _BOARD = map(component, ("hands", "rows", "labels", "cards", "game", "board"))


def handles(slug: str, prediction: Prediction, said: Settings, ground: Ground) -> None:
    """Draws the handles of the prediction over the chart that was drawn just before in the same container."""
    at = url_state.key(slug, "handles by hand")
    sliders = {control.name: control for handle in prediction.handles for control in handle.controls}

    def moved() -> None:
        told = component_value(at, "moved")
        for name, text in told.items() if isinstance(told, Mapping) else ():
            if name in sliders:
                url_state.set_prediction(slug, sliders[name], str(text))

    with st.container(key="hands"):
        _HANDS(data=spec(prediction, said, ground), key=at, on_moved_change=moved)


def rows(figure: Figure, key: str, slug: str = "", order: Order | None = None, said: str | None = None) -> None:
    """Draws rows. If `order` is given, the learner can change the order of the rows.

    `said` is the order that the learner has set so far.
    """

    def ordered() -> None:
        if order:
            url_state.set_prediction(slug, order, str(component_value(key, "ordered")))

    data = figure.spec | {"alt": figure.alt, "asked": order is not None, "said": said}
    _ROWS(data=data, key=key, on_ordered_change=ordered)


def labels(digits: Sequence[Mapping[str, Any]], given: str, key: str, put: Callable[[str], object]) -> None:
    """Draws digits that the learner labels one after the other.

    `put` is called with all labels as one text, in which a dash stands for a digit without a label.
    """

    def labelled() -> None:
        put(str(component_value(key, "given")))

    images, truth = [one["image"] for one in digits], "".join(str(one["truth"]) for one in digits)
    _LABELS(data={"images": images, "truth": truth, "given": given}, key=key, on_given_change=labelled)


def game(figure: Figure, key: str) -> None:
    """Draws a game. It runs in the browser and sends nothing to the server."""
    _GAME(data=figure.spec | {"key": key}, key=key)


def cards(figure: Figure, key: str, picked: str, put: Callable[[str], object] | None) -> None:
    """Draws cards of which one is chosen.

    `put` is called with the name of another card. It is None if the choice is fixed.
    """

    def chose() -> None:
        if put:
            put(str(component_value(key, "picked")))

    data = figure.spec | {"alt": figure.alt, "picked": picked, "fixed": put is None}
    _CARDS(data=data, key=key, on_picked_change=chose)


def board(
    label: str,
    key: str,
    put: Callable[[str], object],
    symbols: int = 0,
    each: int = 0,
    given: str = "",
    legend: Sequence[tuple[str, str]] = (),
) -> None:
    """Draws a square in which the learner can draw.

    If `symbols` is 0, `put` is called with a single drawing while it grows (core/experiment/strokes.py). Otherwise
    the learner draws this number of symbols, each of them `each` times, and `put` is called when all of them are
    finished (core/user_data/alphabet.py). `given` contains earlier drawings. `legend` contains the names and drawings
    of the things that the learner can draw.
    """

    def drawn() -> None:
        put(str(component_value(key, "made")))

    data = {"label": label, "symbols": symbols, "each": each, "given": given, "legend": [list(one) for one in legend]}
    _BOARD(data=data, key=key, on_made_change=drawn)


def spec(prediction: Prediction, said: Settings, ground: Ground) -> dict[str, Any]:
    """Returns the data of the handles for the browser."""
    names = {control.name for handle in prediction.handles for control in handle.controls}
    edges = ("x", "y", "log", "left", "right", "top", "bottom", "panes")
    return {
        "ground": {name: getattr(ground, name) for name in edges},
        "handles": [handle_spec(handle) for handle in prediction.handles],
        "said": {name: str(value) for name, value in said.values.items() if name in names},
        "colour": ROLES["guess"][0],
        "label": prediction.asks,
        "within": f"st-key-{WITHIN}",
    }


def handle_spec(handle: Handle) -> dict[str, Any]:
    """Returns the data of one handle for the browser."""
    start = handle.start if isinstance(handle.start, tuple) else (handle.start, handle.start)
    upright = isinstance(handle.y, Control) and not isinstance(handle.x, Control)
    return {
        "x": way(handle, handle.x),
        "y": way(handle, handle.y),
        "name": handle.name,
        "unit": handle.unit,
        "pane": handle.pane,
        "label": handle.name or ", ".join(control.label for control in handle.controls),
        "start": start,
        "joined": (upright or not handle.controls) if handle.joined is None else handle.joined,
    }


def way(handle: Handle, along: Control[Any] | float) -> dict[str, Any] | float:
    """Returns a control with its options in their order on the axis, or the fixed place of the handle."""
    if not isinstance(along, Control):
        return float(along)
    options = sorted(along.options, key=handle.place)
    # Labels are beside the options, because they are translated and the options are not.
    labels = {"called": [along.labels.get(option, "") for option in options]} if along.labels else {}
    return labels | {
        "name": along.name,
        "label": along.label,
        "options": [{"text": str(option), "place": handle.place(option)} for option in options],
    }
