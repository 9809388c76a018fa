"""Lets learners upload their own tables, albums and texts where a control accepts them.

Draws the upload field, a summary of the data, and the buttons that download or remove them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.state import data_owner, setting_widgets, url_state
from app.streamlit_fixes import UploadedFile
from app.uploads import photo_upload, upload_popover
from app.uploads import text_upload as text
from app.uploads.markdown import escaped
from app.uploads.text_upload import forget_own, session_texts
from app.uploads.upload_slot import file_uploader
from core.experiment.checks import BadValue
from core.experiment.tasks import OWN
from core.user_data import album, corpus, photo_album, picture_zip, table
from core.user_data import storage as things
from core.user_data.small_pictures import PHOTO, PIXELS, SIDE
from core.user_data.user_data_kinds import KINDS
from lessons.kit.model.values import Control
from lessons.kit.runs.text_adaptation import AMOUNT
from lessons.kit.workspaces.own_data import is_table, is_text

SHARED = "Other people who have this link can train on these data, but they cannot download or remove them."
# by the field of a task that names such data
KEEPERS = {"table": table, "subject": corpus, "album": album, "source": photo_album}
MEGABYTES = 50  # the largest file
SHORT = (
    f"You can upload a table (.csv) with {table.ROWS[0]} to {table.ROWS[1]:,} rows (up to {table.LARGEST // 1_000_000} "
    f"MB), or a zip file with {picture_zip.CLASSES[0]} to {picture_zip.CLASSES[1]} folders of pictures (up to "
    f"{picture_zip.LARGEST // 1_000_000} MB)."
)
LIMITS = (
    f"**A table** (.csv, up to {table.LARGEST // 1_000_000} MB) needs at least two columns of numbers, a column of "
    f"labels, and {table.ROWS[0]} to {table.ROWS[1]:,} rows. It may have {table.CLASSES[0]} to {table.CLASSES[1]} "
    f"different labels, each in at least {things.LEAST} rows. If there are more columns, you can choose among them. "
    "Rows with gaps are left out.\n\n"
    f"**Pictures** (.zip, up to {picture_zip.LARGEST // 1_000_000} MB) need one folder for each of "
    f"{picture_zip.CLASSES[0]} to {picture_zip.CLASSES[1]} classes, with at least {things.LEAST} pictures in each "
    f"folder and at most {picture_zip.PICTURES:,} in all (PNG, JPEG, GIF, BMP or WebP). A JPEG may have up to "
    f"{PHOTO // 1_000_000} million pixels, and any other picture up to {PIXELS // 1_000_000} million. The app makes "
    f"every picture grey and shrinks it to {SIDE} x {SIDE} pixels."
)


def display_name(name: str) -> str:
    """Returns the name that the owner gave the data, or the name that they have in the app."""
    return KEEPERS[kind(name)].display_name(name)


def kind(name: str) -> str:
    """Returns the kind of the data: the name of the task's field that holds them."""
    if photo_album.exists(name):
        return "source"
    return "table" if is_table(name) else "subject" if is_text(name) else "album"


def keep(data: bytes, name: str, code: str = "") -> str:
    """Stores a file and returns its name. A zip is stored as an album, and any other file as a table."""
    return album.keep(data, name) if data.startswith(b"PK") else table.keep(data, name, code)


def control(slug: str, control: Control[Any], value: str) -> None:
    """Draws the choice of the data, an upload field, and a summary of the data that are selected."""
    mine = tuple(
        filter(control.known, session_texts(slug, control, value))
    )  # the store removes data that nobody used for a long time
    setting_widgets.widget(slug, control, value, mine, display_name)
    take, shown = partial(take_data, slug, control), control.labels.get(value, display_name(value))
    doors = st.container(horizontal=True, gap="xsmall")
    upload_place(
        slug, take, shown, texts=True, limits=not OWN.fullmatch(value), door=doors
    )  # with data of their own, the learner needs the space for the summary
    with doors:
        photo_upload.photo_popover(slug, value, take)
    data_summary(slug, control, value, shown)
    choose_columns(slug, value, partial(replace_table, slug, control, value))


def take_data(slug: str, control: Control[Any], name: str) -> None:
    """Selects the data that were uploaded. The amount of text is reset, because another text may be shorter."""
    url_state.change(slug, control, name)
    url_state.forget(url_state.key(slug, AMOUNT.name))


def replace_table(slug: str, control: Control[Any], before: str, name: str) -> None:
    """Selects the same table with other columns, in place of the one before."""
    given = st.session_state.get(url_state.key(slug, "own"), [])
    st.session_state[url_state.key(slug, "own")] = [name if one == before else one for one in given]
    url_state.change(slug, control, name)


def upload_place(
    slug: str,
    take: Callable[[str], object],
    still: str,
    texts: bool = False,
    limits: bool = True,
    door: DeltaGenerator | None = None,
) -> None:
    """Draws the field in which learners upload a file, and shows what happened to the last file.

    If `texts` is true, learners can upload texts too. If `limits` is true, the limits are also shown below the button
    and not only in the popover. The button is drawn in the container `door`, if it is given.
    """
    at = url_state.key(slug, "own file")
    with door or st.container(), upload_popover.popover("Upload your own data", at):
        st.caption(LIMITS)
        file_uploader("A table or a zip file with pictures", at, MEGABYTES, lambda file: receive_file(at, file, take))
        upload_popover.show_refusal(at, still)
        if texts:
            text.offer(slug, at, take, still)
        else:
            st.caption(upload_popover.KEPT)
    if limits:
        st.caption(f"{SHORT} {text.SHORT}" if texts else SHORT)
    upload_popover.ask_encoding(at, at, keep, take)
    upload_popover.show_refusal(at, still)
    if texts:
        text.after_upload(slug, at, take, still)


def receive_file(at: str, file: UploadedFile, take: Callable[[str], object]) -> None:
    """Stores an uploaded file and selects it."""
    upload_popover.receive(at, at, file.getvalue(), file.name, keep, take)


def choose_columns(slug: str, value: str, take: Callable[[str], object]) -> None:
    """Draws the choice of a table's columns for the two axes and the label, if its file has more than three columns."""
    left = table.column_choices(value) if data_owner.owns(value) and is_table(value) else None
    if left is None:
        return
    at, now = url_state.key(slug, "columns"), table.load(value).columns
    keys = [f"{at}.{part}" for part in ("across", "up", "label")]
    st.session_state.update(zip(keys, now))

    def picked(changed: int) -> None:
        choice = [st.session_state[key] for key in keys]
        for k, name in enumerate(choice):
            if k != changed and name == choice[changed]:
                choice[k] = now[changed]  # the two columns change places
        st.session_state.pop(f"{at}.refused", None)
        try:
            other = table.with_columns(value, (choice[0], choice[1], choice[2]))
            data_owner.claim(other)
            take(other)
        except BadValue as error:
            st.session_state[f"{at}.refused"] = str(error)

    with st.expander("Choose other columns", icon=":material/view_column:"):
        for k, (label, options) in enumerate(
            (("Horizontal axis", left.numbers), ("Vertical axis", left.numbers), ("Label to learn", left.labels))
        ):
            shown = [*dict.fromkeys((*options, now[k]))]
            st.selectbox(label, shown, key=keys[k], on_change=picked, args=(k,))
    if why := st.session_state.get(f"{at}.refused"):
        st.warning(f"These columns cannot be used. {why}")


def data_summary(slug: str, control: Control[Any], value: str, shown: str) -> None:
    """Draws a summary of the data, a download button, and for the owner a button that removes the data."""
    of = KINDS[kind(value)]
    try:
        says = KEEPERS[kind(value)].describe(value)
    except BadValue as error:
        st.warning(str(error))
        return
    st.caption(f"**{escaped(shown)}**: {escaped(says)}")
    if not data_owner.may_download(value):
        st.caption(upload_popover.NOT_YOURS)
        return
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
    if OWN.fullmatch(value):
        st.caption(SHARED)


def remove(slug: str, control: Control[Any], value: str) -> None:
    """Removes data from the server, and everything that was trained on them."""
    data_owner.give_up(value)
    forget_own(slug, value)
    url_state.change(slug, control, control.default)
