"""Draws the second step of the sandbox, in which the learner compares the pinned runs with the current one.

The runs are shown as curves, in a table, or one at a time.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.beats import search
from app.beats.run_details import details
from app.components.figure.figure import draw
from app.controls import experiment_controls, pinned_runs
from app.state import lesson_cache, setting_widgets, url_state
from core.experiment.spec import Run
from lessons.kit.model.values import Control, Settings
from lessons.kit.results.evidence import load_results, points
from lessons.kit.sandbox import pins
from lessons.kit.sandbox.results import rows
from lessons.kit.sandbox.workspace import BENCH, PINS, SLUG, drawing

CURVES, TABLE, ONE = "Curves", "Table", "One run"
VIEW = Control(name="view", label="View", options=(CURVES, TABLE, ONE), default=CURVES, help="")
WHAT = {"new task": "new", "old skill": "old", "loss": "loss"}
SHOWN = Control(name="what", label="Show", options=tuple(WHAT), default="new task", help="")
AGAINST = {"steps": "step", "cost": "flops"}
X = Control(name="against", label="Against", options=tuple(AGAINST), default="steps", help="")


def compare(settings: Settings) -> None:
    """Draws the comparison and its controls."""
    runs = comparable_runs(settings)
    view = url_state.setting(SLUG, VIEW)
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            st.markdown(
                "Compare your pinned runs with the experiment that you have set now. You can rename the pinned runs."
            )
            pinned_runs.control(settings[PINS])
            name = st.selectbox("One run", [*runs], key=f"{SLUG}.one") if view == ONE else ""
            if name:
                take = partial(experiment_controls.take, runs[name])
                st.button("Use these settings", on_click=take, icon=":material/tune:", key=f"{SLUG}.take")
            words = search.search(SLUG, "Show only rows with", "low rank") if view == TABLE else ""
        with st.container(key="stage"):
            with st.container(horizontal=True):
                setting_widgets.widget(SLUG, VIEW, view)
                if view == CURVES:
                    what, against = url_state.setting(SLUG, SHOWN), url_state.setting(SLUG, X)
                    setting_widgets.widget(SLUG, SHOWN, what)
                    setting_widgets.widget(SLUG, X, against)
            if view == CURVES:
                evidence = load_results([*lesson_cache.backdrop(BENCH, settings), *lesson_cache.runs(BENCH, settings)])
                figure = drawing(evidence, settings, WHAT[what], AGAINST[against])
                draw(figure, f"{SLUG}.compared.{figure.kind}", stage=True)
            elif view == TABLE:
                table(runs, words)
            elif name:
                details(runs[name], name)


def comparable_runs(settings: Settings) -> dict[str, Run]:
    """Returns by name every run that can be compared: the pinned runs and the current one."""
    named = {pin.name: pin.run for pin in pins.read(settings[PINS])}
    for piece in lesson_cache.runs(BENCH, settings):
        if piece.of not in named.values():
            named[f"{piece.name} now" if piece.name in named else piece.name] = piece.of
    return named


def table(runs: dict[str, Run], words: str) -> None:
    """Draws a sortable table with one row for each run, and offers it as a CSV file.

    Only the rows that contain `words` are shown.
    """
    made = rows([(name, run, points(run)) for name, run in runs.items()])
    kept = made[[search.fits(words, *map(str, row)) for row in made.itertuples(index=False)]]
    st.dataframe(kept, hide_index=True, height=min(420, 60 + 36 * len(kept)))
    st.download_button(
        "Download as CSV", kept.to_csv(index=False), "headstart-runs.csv", "text/csv", on_click="ignore",
        icon=":material/download:", key=f"{SLUG}.csv",
    )  # fmt: skip
    if "new task" not in made:
        st.caption("None of these runs has been trained yet.")
