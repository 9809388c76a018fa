"""Reads what a Streamlit page shows, as far as a visitor without a screen needs it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.WidgetStates_pb2 import WidgetState

PICTURES = ("echarts_chart", "plotly_chart", "bidi_component", "html", "table")


@dataclass(frozen=True)
class Shown:
    """An element on the page, as far as a visitor needs it."""

    kind: str  # as Streamlit's Element has it, such as "button"
    fragment: str
    run: int  # in which it was drawn last
    hash: str
    id: str = ""
    label: str = ""
    says: str = ""  # of an exception, an alert or a text
    options: tuple[str, ...] = ()
    usable: bool = True  # a button is not disabled
    state: WidgetState | None = None


def read(delta: Delta, run: int, hash: str) -> Shown:
    """Reads the parts of an element that a visitor keeps."""
    kind = delta.new_element.WhichOneof("type") or ""
    element: Any = getattr(delta.new_element, kind) if kind else None
    shown = Shown(kind, delta.fragment_id, run, hash, getattr(element, "id", ""), str(getattr(element, "label", "")))
    if kind == "button":
        return replace(shown, usable=not element.disabled)
    if kind == "exception":
        return replace(shown, says=f"{element.type}: {element.message}")
    if kind in ("alert", "markdown"):
        return replace(shown, says=element.body)
    if kind == "button_group":
        options = tuple(option.content for option in element.options)
        values = list(element.raw_values) if element.set_value else [options[k] for k in element.default]
        return replace(shown, options=options, state=strings(shown.id, values))
    if kind == "slider":
        options = tuple(element.options)
        values = list(element.raw_value) if element.set_value else [options[int(k)] for k in element.default]
        return replace(shown, options=options, state=strings(shown.id, values))
    if kind == "multiselect":
        return replace(shown, options=tuple(element.options))
    return shown


def strings(name: str, values: list[str]) -> WidgetState:
    state = WidgetState(id=name)
    state.string_array_value.data.extend(values)
    return state
