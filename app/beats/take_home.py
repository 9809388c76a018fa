"""Offers files of a run: a zip that trains it again elsewhere, its numbers, and a bundle for another copy of the app.

A file is made when its button is pressed, so the page stays fast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from app.components.save_figure.save_figure import save_figure
from app.i18n import outgoing_messages
from app.state import data_owner, lesson_cache, url_state
from core.bundles import bundle
from core.bundles.bundle import RunRecords
from core.experiment.spec import Run, digest
from core.store import store
from core.user_data import user_data_kinds
from lessons.kit.lesson.catalogue import Workspace
from lessons.kit.model.values import LabelledRun
from lessons.kit.results.scores_csv import scores_csv
from lessons.kit.take_home import peft_adapter, photo_head
from lessons.kit.take_home.archive import zipped
from lessons.kit.take_home.names import name_of

CONTENTS = (
    "The zip file contains a script that trains this run again, a notebook, the weights, all scores and a README."
)
DATA = "It also contains the data that you uploaded."
NOT_YOURS = "It does not contain the data, because someone else uploaded them."


def take_home(run: Run, place: str = "", known: RunRecords = store) -> None:
    """Draws the buttons of a run that is over.

    `place` makes the keys unique on a page. `known` holds what is stored of the run. Data that a learner brought are
    offered only in the browser that brought them.
    """
    if not store.finished(known.events(run)):
        st.caption("You can download a run when it has finished.")
        return
    name, data, key = name_of(run), bool(user_data_kinds.user_data_of(run)), f"home {place} {digest(run)}"
    if run.start and run.start.brought:
        take_patch_home(run, name, key, known)
        return
    with_data = data_owner.may_download_all(run)
    st.download_button(
        "Take it home (zip)",
        partial(zipped, run, known, with_data),
        f"{name}.zip",
        "application/zip",
        key=f"{key} folder",
        icon=":material/download:",
        on_click="ignore",
    )
    st.caption(" ".join([CONTENTS, *[DATA if with_data else NOT_YOURS] * data]))
    files: list[tuple[str, str, str, Callable[[], str | bytes], str]] = [
        ("Scores (CSV)", f"{name}.csv", ":material/table_rows:", partial(read, run, known), NUMBERS),
        ("Bundle for another Headstart", f"{name}-bundle.zip", ":material/inventory_2:", bundled(run, known), BUNDLE),
    ]
    with st.container(horizontal=True, key=key):
        for label, file, icon, made, what in files[: 1 + (with_data or not data)]:
            st.download_button(
                label,
                made,
                file,
                "application/octet-stream",
                key=f"{key} {file}",
                icon=icon,
                on_click="ignore",
                type="tertiary",
                help=what,
            )


def take_patch_home(run: Run, name: str, key: str, known: RunRecords) -> None:
    """Draws the buttons of a run that started from a model of others. That model is too large for a file, so only what
    was trained is offered."""
    if peft_adapter.has_adapter(run) and store.weights(run):
        st.download_button(
            "Your patch (zip, for peft)",
            partial(peft_adapter.adapter, run),
            f"{name}-patch.zip",
            "application/zip",
            key=f"{key} patch",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption(PATCH)
    elif photo_head.has_head(run) and store.weights(run):
        with_data = data_owner.may_download_all(run)
        st.download_button(
            "Take it home (zip)",
            partial(photo_head.zipped, run, known, with_data),
            f"{name}.zip",
            "application/zip",
            key=f"{key} head",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption(f"{HEAD} {DATA if with_data else NOT_YOURS}")
    st.download_button(
        "Scores (CSV)", partial(read, run, known), f"{name}.csv", key=f"{key} scores", on_click="ignore",
        icon=":material/table_rows:", type="tertiary", help=NUMBERS,
    )  # fmt: skip


PATCH = "The zip file contains only what you trained. Its README has the five lines that load it in Python."
HEAD = (
    "The zip file contains a script in plain PyTorch, your new heads, and all scores. Its README says how to get the "
    "net below the heads."
)
NUMBERS = "A table with the score of every test: step, seed, task, unit and value."
BUNDLE = "One file with everything about this run. Someone else can see it with “Open a bundle” in their own Headstart."


def read(run: Run, known: RunRecords) -> str:
    """Returns the numbers of a run as CSV."""
    return scores_csv(run, known.events(run))


def bundled(run: Run, known: RunRecords) -> Callable[[], bytes]:
    """Returns a function that makes the bundle of a run."""
    return partial(bundle.pack, run, known)


def take_one_home(pieces: Sequence[LabelledRun[Run]], place: str) -> None:
    """Draws the same buttons for one of several runs, which the learner selects."""
    over = {str(piece): piece.of for piece in pieces if store.finished(store.events(piece.of))}
    if not over:
        st.caption("Press Train first. You can download a run when it has finished.")
        return
    first = next(iter(over))
    several = len(over) > 1
    picked = (
        st.selectbox("Which run", [*over], format_func=outgoing_messages.translate_option, key=f"home {place}")
        if several
        else first
    )
    take_home(over[picked], place)


def saved(bench: Workspace) -> None:
    """Draws a small button for pages without an ending. It offers the files of a run that is over, and the picture."""
    at = url_state.read(bench)
    with st.popover("Take it home", icon=":material/download:", type="tertiary"):
        take_one_home(lesson_cache.runs(bench, at.settings) if at.pressed else [], bench.slug)
        save_figure(f"headstart-{bench.slug}", f"{bench.slug}.camera")
