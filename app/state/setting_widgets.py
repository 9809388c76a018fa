"""Draws the widgets of settings and predictions. A widget shows the value in the URL, and writes it when it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.i18n import outgoing_messages
from app.state.url_state import UNSAID, change, key, set_prediction
from app.state.widget_value import show_value
from lessons.kit.model.prediction import Order
from lessons.kit.model.values import Control


def option_formatter(control: Control[Any]) -> Callable[[Any], str]:
    """Returns the function that writes an option of a control for a widget: its label, in the learner's language."""
    return lambda option: outgoing_messages.translate_option(control.label_of(option))


def handle(slug: str, slider: Control[Any], value: Any) -> None:
    """Draws the widget of a handle of the prediction. It has no value until the learner moves it."""
    at = key(slug, slider.name)

    def moved() -> None:
        set_prediction(slug, slider, str(st.session_state[at]))

    said = slider.help or None
    if isinstance(slider, Order):
        in_turn(slider, at, value, lambda: set_prediction(slug, slider, slider.format_items(st.session_state[at])))
    elif slider.slider:
        show_value(at, UNSAID if value is None else value)
        st.select_slider(
            slider.label,
            (UNSAID, *slider.options),
            key=at,
            help=said,
            on_change=moved,
            format_func=option_formatter(slider),
        )
    else:
        show_value(at, value)
        st.segmented_control(
            slider.label,
            slider.options,
            format_func=option_formatter(slider),
            key=at,
            help=said,
            on_change=moved,
        )


def in_turn(order: Order, at: str, value: str | None, moved: Callable[[], None]) -> None:
    """Draws the widget of an order, whose items are chosen one after the other.

    The order is stored when it is complete.
    """
    # an incomplete order stays while the learner is choosing
    if len(st.session_state.get(at, order.items)) == len(order.items):
        st.session_state[at] = order.parse_items(value) if value else []
    st.multiselect(
        order.label,
        order.items,
        key=at,
        help=order.help or None,
        on_change=moved,
        format_func=option_formatter(order),
    )


def widget(
    slug: str,
    control: Control[Any],
    value: Any,
    more: tuple[Any, ...] = (),
    called: Callable[[Any], str] | None = None,
) -> None:
    """Draws the widget of a control.

    Its options are those of the control and `more`. An option without a label is written by `called`, if it is given.
    A change takes effect when the page is drawn next.
    """
    at, label = key(slug, control.name), option_formatter(control)

    def shown(option: Any) -> str:
        return called(option) if called and option not in control.labels else label(option)

    def changed() -> None:
        change(slug, control, st.session_state[at])

    show_value(at, value)
    options, said = control.options + more, control.help or None
    if control.slider:
        st.select_slider(control.label, options, key=at, help=said, on_change=changed, format_func=shown)
    else:
        st.segmented_control(
            control.label,
            options,
            format_func=shown,
            required=True,
            key=at,
            help=said,
            label_visibility="visible" if said else "collapsed",
            on_change=changed,
        )
