"""Takes a run home: a zip that trains it again elsewhere, its numbers, and a bundle for another copy of the app.

Each file is made when its button is pressed: drawing the page costs only the buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from app.parts import chosen, owner
from app.parts.camera import camera
from app.parts.once import once
from app.words import edge
from core.serve import along, bundle, store
from core.serve.bundle import Known
from core.spec import Run, digest
from lessons.kit.catalogue import Bench
from lessons.kit.numbers import numbers
from lessons.kit.take_home.archive import zipped
from lessons.kit.take_home.names import name_of
from lessons.kit.values import Piece

CONTENTS = "The zip has a script, a notebook, the weights, the numbers and a README. The script trains this run again."
DATA = "The data that you brought are in it too."
NOT_YOURS = "The data that somebody else brought are not in it."


def take_home(run: Run, place: str = "", known: Known = store) -> None:
    """Draws the buttons of a run that is over. `place` tells those of one page apart, `known` says what is known of the
    run. Data that somebody brought go only to the browser that brought them."""
    if not store.finished(known.events(run)):
        st.caption("What has ended can be taken home.")
        return
    name, data, key = name_of(run), bool(along.things(run)), f"home {place} {digest(run)}"
    with_data = owner.may_download_all(run)
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
        ("Numbers (CSV)", f"{name}.csv", ":material/table_rows:", partial(read, run, known), NUMBERS),
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


NUMBERS = "Every test: step, seed, task, unit, value."
BUNDLE = "All that is known of the run and what it stands on. “Open a bundle” shows it in another copy."


def read(run: Run, known: Known) -> str:
    return numbers(run, known.events(run))


def bundled(run: Run, known: Known) -> Callable[[], bytes]:
    return partial(bundle.made, run, known)


def take_one_home(pieces: Sequence[Piece[Run]], place: str) -> None:
    """The same for one of several runs, which is chosen."""
    over = {str(piece): piece.of for piece in pieces if store.finished(store.events(piece.of))}
    if not over:
        st.caption("Run it first: what has ended can be taken home.")
        return
    first = next(iter(over))
    several = len(over) > 1
    picked = st.selectbox("Which run", [*over], format_func=edge.said, key=f"home {place}") if several else first
    take_home(over[picked], place)


def saved(bench: Bench) -> None:
    """What can be taken from a page without an ending, behind a small button: a run that is over, and the picture."""
    at = chosen.read(bench)
    with st.popover("Take it home", icon=":material/download:", type="tertiary"):
        take_one_home(once(bench, "runs", at.settings) if at.pressed else [], bench.slug)
        camera(f"headstart-{bench.slug}", f"{bench.slug}.camera")
