"""The URL is the whole state of a lesson: beat, controls, prediction, draw. What it says is never trusted."""

from __future__ import annotations

import streamlit as st

from core.check import BadValue
from lessons.kit.catalogue import BEATS, Control, Given, Lesson, Setting, Settings

BEAT = Control(name="beat", label="Step of the lesson", options=BEATS, default=BEATS[0], help="")


def key(slug: str, name: str) -> str:
    return f"{slug}.{name}"


def check(lesson: Lesson) -> None:
    """Say in a sentence what the URL asks for that cannot be; everything then begins at its default."""
    for control in (BEAT, *lesson.controls, *lesson.prediction.sliders):
        text = st.query_params.get(key(lesson.slug, control.name))
        try:
            if text is not None:
                control.read(text)
        except BadValue as error:
            st.warning(str(error), icon=":material/link_off:")


def setting(slug: str, control: Control) -> Setting:
    """What a control is set to where its widget is not drawn. A default stands in no URL."""
    text = st.query_params.get(key(slug, control.name))
    try:
        return control.default if text is None else control.read(text)
    except BadValue:
        return control.default


def settings(lesson: Lesson) -> Settings:
    found: Settings = {control.name: setting(lesson.slug, control) for control in lesson.controls}
    return found | {"draw": number(lesson, "draw", 1, 1, 999), "given": given(lesson)}


def choose(slug: str, control: Control, more: tuple[Setting, ...] = ()) -> Setting:
    """The control's widget, bound to the URL; returns one of its options or of `more`, whatever the browser sent."""
    options = control.options + more
    if control.slider:
        value = st.select_slider(
            control.label,
            options,
            control.default,
            key=key(slug, control.name),
            help=control.help,
            bind="query-params",
        )
    else:
        value = st.segmented_control(
            control.label,
            options,
            default=control.default,
            required=True,
            key=key(slug, control.name),
            help=control.help or None,
            label_visibility="visible" if control.help else "collapsed",
            bind="query-params",
        )
    return value if value in options else control.default


def number(lesson: Lesson, name: str, default: int, low: int, high: int) -> int:
    """A whole number that has no widget."""
    at = key(lesson.slug, name)
    text = st.query_params.get(at, str(st.session_state.get(f"kept {at}", default)))
    if text.isascii() and text.isdigit() and len(text) < 7 and low <= int(text) <= high:
        return int(text)
    st.warning(f"{name.capitalize()} cannot be {text[:40]!r}; it is {default} instead.", icon=":material/link_off:")
    remember(lesson, name, default)
    return default


def given(lesson: Lesson) -> Given:
    """What stands on the lesson's sheet."""
    if lesson.sheet is None:
        return ()
    at = key(lesson.slug, "given")
    text = st.query_params.get(at, str(st.session_state.get(f"kept {at}", lesson.sheet.default)))
    try:
        return lesson.sheet.read(text)
    except BadValue as error:
        st.warning(f"{error} It begins with an example instead.", icon=":material/link_off:")
        remember(lesson, "given", lesson.sheet.default)
        return lesson.sheet.given


def remember(lesson: Lesson, name: str, value: int | str) -> None:
    """Put what has no widget bound to the URL there; the session keeps it too, because another page clears the URL."""
    st.query_params[key(lesson.slug, name)] = str(value)
    st.session_state[f"kept {key(lesson.slug, name)}"] = value
