"""Tables, albums and texts of the learner's own where a control takes them: a place to give one, what was read of
it, and how to get it back or have it gone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app.parts import chosen
from app.parts import corpus as text
from app.parts.corpus import escaped, own
from app.parts.given import a_file
from core import album, corpus, table
from core import own as things
from core.check import BadValue
from core.serve.along import KINDS
from core.tasks import OWN
from lessons.kit.own_data import is_table, is_text
from lessons.kit.values import Control

KEEPERS = {"table": table, "subject": corpus, "album": album}  # by the field of a task that names a thing of theirs
MEGABYTES = 50  # of a file
LIMITS = (
    f"**A table** (.csv): two columns of numbers and one of labels, {table.ROWS[0]} to {table.ROWS[1]:,} rows, "
    f"{table.CLASSES[0]} to {table.CLASSES[1]} labels with {things.LEAST} rows each at least, up to "
    f"{table.LARGEST // 1_000_000} MB; commas, semicolons or tabs between cells.\n\n"
    f"**Pictures** (.zip): a folder for each of {album.CLASSES[0]} to {album.CLASSES[1]} classes, up to "
    f"{album.PICTURES:,} pictures (PNG, JPEG, GIF, BMP, WebP), {things.LEAST} of each class at least, up to "
    f"{album.LARGEST // 1_000_000} MB; photos (JPEG) of up to {album.PHOTO // 1_000_000} million pixels, others of "
    f"{album.PIXELS // 1_000_000}. Each becomes grey, {album.SIDE} x {album.SIDE}.\n\n"
    "What is read, and the file's name, are kept on the machine that runs this app; whoever has the link of this page "
    "can train on it. What nobody used for long is let go when the disk fills."
)


def called(name: str) -> str:
    """What its owner calls it, or what it is called in the app."""
    return KEEPERS[kind(name)].called(name)


def kind(name: str) -> str:
    """Of what kind it is, by the field of a task that names it."""
    return "table" if is_table(name) else "subject" if is_text(name) else "album"


def keep(data: bytes, name: str) -> str:
    """A zip is an album, anything else should be a table."""
    return album.keep(data, name) if data.startswith(b"PK") else table.keep(data, name)


def control(slug: str, control: Control[Any], value: str) -> None:
    """What there is to choose from, a place to give more, and what is known of what is chosen."""
    mine = tuple(filter(control.known, own(slug, control, value)))  # a store lets go what nobody used for long
    chosen.widget(slug, control, value, mine, called)
    take = partial(chosen.change, slug, control)
    with st.popover("Take data of your own", icon=":material/upload_file:", width="stretch"):
        offer(slug, take)
        text.offer(slug, take)
    refusal(slug, called(value))
    text.refusal(slug, called(value))
    told(slug, control, value)


def offer(slug: str, take: Callable[[str], None]) -> None:
    """Where a file is given, its limits first. Afterwards the place is empty again."""
    at = chosen.key(slug, "own file")

    def given(file: UploadedFile) -> None:
        st.session_state.pop(f"{at}.refused", None)
        try:
            take(keep(file.getvalue(), file.name))
        except BadValue as error:
            st.session_state[f"{at}.refused"] = file.name, str(error)

    st.caption(LIMITS)
    a_file("A table or a zip of pictures", at, MEGABYTES, given)


def refusal(slug: str, still: str) -> None:
    """Why the last file was not taken, and what is in use."""
    if refused := st.session_state.get(f"{chosen.key(slug, 'own file')}.refused"):
        name, why = refused
        st.warning(f"{escaped(name)} was not taken. {why} Still in use: **{escaped(still)}**.")


def told(slug: str, control: Control[Any], value: str) -> None:
    """What was read; the way to have it again, and where it is the learner's own to have it gone."""
    of = KINDS[kind(value)]
    try:
        says = KEEPERS[kind(value)].says(value)
    except BadValue as error:
        st.warning(str(error))
        return
    st.caption(f"**{escaped(called(value))}**: {escaped(says)}")
    with st.container(horizontal=True):
        st.download_button(
            "Download",
            partial(of.write, value),
            f"{value}.{of.ending}",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
            key=f"{slug}.save",
        )
        if OWN.fullmatch(value):
            icon, args = ":material/delete:", (slug, control, value)
            st.button("Remove", type="tertiary", icon=icon, on_click=remove, args=args, key=f"{slug}.remove")


def remove(slug: str, control: Control[Any], value: str) -> None:
    """Have it gone from this machine; what was trained on it stays."""
    things.remove(KINDS[kind(value)].path(value))
    given = st.session_state.get(chosen.key(slug, "own"), [])
    st.session_state[chosen.key(slug, "own")] = [name for name in given if name != value]
    chosen.change(slug, control, control.default)
