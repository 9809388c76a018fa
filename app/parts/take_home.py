"""Take a run home: a notebook, a script, weights, numbers, and the bundle that another copy of the app opens.

Each is made when its button is pressed, and not before: a look at the page costs only the buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from app.words import edge
from core.serve import bundle, store
from core.serve.bundle import Known
from core.spec import Run, digest
from lessons.kit.numbers import numbers
from lessons.kit.scripts import whole
from lessons.kit.values import Piece

LET_GO = "Its weights are not stored here. Run it again to have them."


def take_home(run: Run, place: str = "", known: Known = store) -> None:
    """Five buttons for a run that is over; `place` tells those of one page apart, `known` is where the run is known."""
    if not store.finished(known.events(run)):
        st.caption("What has ended can be taken home.")
        return
    name, why, weights = digest(run), whole.refused(run), known.weights(run)
    files: list[tuple[str, str, str, Callable[[], str | bytes] | None, str]] = [
        ("Notebook", "ipynb", ":material/menu_book:", partial(whole.notebook, run), why),
        ("Script", "py", ":material/code:", partial(whole.script, run), why),
        ("Weights", "safetensors", ":material/grid_on:", partial(Path.read_bytes, weights) if weights else None, ""),
        ("Numbers", "csv", ":material/table_rows:", partial(read, run, known), ""),
        ("Bundle", "zip", ":material/inventory_2:", partial(bundle.made, run, known), ""),
    ]
    with st.container(horizontal=True, key=f"home {place} {name}"):
        for label, ending, icon, made, refused in files:
            st.download_button(
                label,
                made if made and not refused else b"",
                f"{name}.{ending}",
                "application/octet-stream",
                key=f"home {place} {name} {ending}",
                icon=icon,
                on_click="ignore",
                type="tertiary",
                disabled=not made or bool(refused),
                help=refused or (LET_GO if made is None else WHAT[ending]),
            )
    if why:
        st.caption(why)


WHAT = {
    "ipynb": "The whole run in plain PyTorch, in cells.",
    "py": "The whole run in plain PyTorch, in one file.",
    "safetensors": "All weights by name; their first axis is the seed.",
    "csv": "Every test: step, seed, task, unit, value.",
    "zip": "All that is known of the run and what it stands on. “Open a bundle” shows it in another copy.",
}


def read(run: Run, known: Known) -> str:
    return numbers(run, known.events(run))


def take_one_home(pieces: Sequence[Piece[Run]], place: str) -> None:
    """The same for one of several runs, which is chosen."""
    over = {str(piece): piece.of for piece in pieces if store.finished(store.events(piece.of))}
    if not over:
        st.caption("Run it first: what has ended can be taken home.")
        return
    first = next(iter(over))
    several = len(over) > 1
    chosen = st.selectbox("Which run", [*over], format_func=edge.said, key=f"home {place}") if several else first
    take_home(over[chosen], place)
