"""The sandbox's second step: pinned runs and the learner's own, as curves, as a table, or one alone."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.parts import chosen, dials, pinned, search
from app.parts.figure import draw
from app.parts.once import once
from app.parts.run_details import details
from core.spec import Run
from lessons.kit.evidence import gather, points
from lessons.kit.sandbox import pins
from lessons.kit.sandbox.bench import BENCH, PINS, SLUG, drawing
from lessons.kit.sandbox.results import rows
from lessons.kit.values import Control, Settings

CURVES, TABLE, ONE = "Curves", "Table", "One run"
VIEW = Control(name="view", label="View", options=(CURVES, TABLE, ONE), default=CURVES, help="")
WHAT = {"new task": "new", "old skill": "old", "loss": "loss"}
SHOWN = Control(name="what", label="What is shown", options=tuple(WHAT), default="new task", help="")
AGAINST = {"steps": "step", "cost": "flops"}
X = Control(name="against", label="Against", options=tuple(AGAINST), default="steps", help="")


def compare(settings: Settings) -> None:
    runs = there(settings)
    view = chosen.setting(SLUG, VIEW)
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            st.markdown("What you have pinned, and what is set now. Names are yours to choose.")
            pinned.control(settings[PINS])
            name = st.selectbox("One run", [*runs], key=f"{SLUG}.one") if view == ONE else ""
            if name:
                take = partial(dials.take, runs[name])
                st.button("Set this one under Train", on_click=take, icon=":material/tune:", key=f"{SLUG}.take")
            words = search.search(SLUG, "Only rows with", "low rank") if view == TABLE else ""
        with st.container(key="stage"):
            with st.container(horizontal=True):
                chosen.widget(SLUG, VIEW, view)
                if view == CURVES:
                    what, against = chosen.setting(SLUG, SHOWN), chosen.setting(SLUG, X)
                    chosen.widget(SLUG, SHOWN, what)
                    chosen.widget(SLUG, X, against)
            if view == CURVES:
                evidence = gather([*once(BENCH, "backdrop", settings), *once(BENCH, "runs", settings)])
                figure = drawing(evidence, settings, WHAT[what], AGAINST[against])
                draw(figure, f"{SLUG}.compared.{figure.kind}", stage=True)
            elif view == TABLE:
                table(runs, words)
            elif name:
                details(runs[name], name)


def there(settings: Settings) -> dict[str, Run]:
    """What can be compared by its name: all that is pinned, and what is set now."""
    named = {pin.name: pin.run for pin in pins.read(settings[PINS])}
    for piece in once(BENCH, "runs", settings):
        if piece.of not in named.values():
            named[f"{piece.name} now" if piece.name in named else piece.name] = piece.of
    return named


def table(runs: dict[str, Run], words: str) -> None:
    """One row a run, to sort by any column; those with these words, and all of that as a file."""
    made = rows([(name, run, points(run)) for name, run in runs.items()])
    kept = made[[search.fits(words, *map(str, row)) for row in made.itertuples(index=False)]]
    st.dataframe(kept, hide_index=True, height=min(420, 60 + 36 * len(kept)))
    st.download_button(
        "Download as CSV", kept.to_csv(index=False), "headstart-runs.csv", "text/csv", on_click="ignore",
        icon=":material/download:", key=f"{SLUG}.csv",
    )  # fmt: skip
    if "new task" not in made:
        st.caption("None of these has been trained yet.")
