"""Offers a learner's own alphabets beside those that come with the app.

Learners draw them on the page or open them from a file.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.state import data_owner, setting_widgets, url_state
from app.uploads import upload_popover
from app.uploads.data_upload import remove
from app.uploads.markdown import escaped
from app.uploads.text_upload import session_texts
from app.uploads.upload_slot import file_uploader
from core.experiment.checks import BadValue
from core.experiment.tasks import OWN
from core.user_data import alphabet
from lessons.kit.model.values import Control

DRAWN, OPENED = "drawn alphabet", "alphabet file"  # the two places from which an alphabet comes
EXAMPLE = '{"name": "Runes", "symbols": [{"name": "elk", "drawings": [[[[50, 5], [50, 95]]]]}, ...]}'


def control(slug: str, control: Control[Any], value: str) -> None:
    """Draws the choice among the alphabets that ship and those that this learner has made."""
    mine = tuple(
        filter(alphabet.exists, session_texts(slug, control, value))
    )  # the store removes data that nobody used for a long time
    setting_widgets.widget(slug, control, value, mine, lambda name: alphabet.load(name).name)
    for place in (DRAWN, OPENED):
        refusal(slug, place)


def take(slug: str, control: Control[Any], data: bytes | str, place: str = DRAWN) -> None:
    """Stores an alphabet and selects it.

    If it is invalid, the page shows a sentence that says why, until the same place gives another alphabet.
    """
    refused = url_state.key(slug, place)
    try:
        name = alphabet.keep(alphabet.read(data, again=place == DRAWN))
        data_owner.claim(name)
        url_state.change(slug, control, name)
        st.session_state.pop(refused, None)
    except BadValue as error:
        st.session_state[refused] = str(error)


def refusal(slug: str, place: str) -> None:
    """Draws why the last alphabet from this place was rejected."""
    if refused := st.session_state.get(url_state.key(slug, place)):
        st.warning(f"The {place} cannot be used. {refused}")


def exchange(slug: str, control: Control[Any], value: str) -> None:
    """Draws the buttons that save the alphabet as a file, remove it, or open a saved file."""
    with st.expander("As a file", icon=":material/save:"):
        known = alphabet.load(value)
        if data_owner.may_download(value):
            save, data = f"Save “{escaped(known.name)}”", alphabet.write(known)
            st.download_button(save, data, f"{value}.json", "application/json", on_click="ignore")
        if data_owner.owns(value):
            args = (slug, control, value)
            st.button(
                "Remove this alphabet", icon=":material/delete:", on_click=remove, args=args, key=f"{slug}.remove"
            )
            st.caption(upload_popover.KEPT)
        elif OWN.fullmatch(value):
            st.caption(upload_popover.NOT_YOURS)
        (low, high), (_, most) = alphabet.SYMBOLS, alphabet.DRAWINGS
        st.caption(
            f"You can open a file that you saved here, or one in the same form. It has {low} to {high} symbols with up "
            f"to {most} drawings each. A drawing is a list of strokes, and a stroke is a list of points [x, y]. The y "
            "axis points down. The app scales any range of numbers to the board."
        )
        st.code(EXAMPLE, language="json", wrap_lines=True)
        at = url_state.key(slug, "alphabet file")
        file_uploader("Open an alphabet", at, 2, lambda file: take(slug, control, file.getvalue(), OPENED), ["json"])
        refusal(slug, OPENED)
