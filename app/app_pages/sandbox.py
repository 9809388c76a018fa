"""The sandbox, in which learners can change any part of an experiment and train it.

They can also pin a run and compare it with other runs.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from app.beats.run import live
from app.components.save_figure.save_figure import formats
from app.controls import pinned_runs
from app.sandbox.challenge_list import CHALLENGE, bench, challenges
from app.sandbox.comparison import compare
from app.sandbox.sweep_grid import sweeping
from app.state import lesson_cache, setting_widgets, url_state
from app.state.url_state import LessonState
from core.experiment.spec import Run
from core.store import store
from lessons.kit.model.values import LabelledRun, Results, Settings
from lessons.kit.results.evidence import load_results
from lessons.kit.sandbox.dials import changes
from lessons.kit.sandbox.workspace import BENCH, COMPARE, SLUG, STEP, SWEEP, TRAIN, experiment

STYLE = Path(__file__).parent / "styles" / "sandbox.css"
TITLE = "Sandbox"


def show() -> None:
    """Draws the page at its current step."""
    st.html(STYLE)
    step = url_state.setting(SLUG, STEP)
    settings = url_state.read(BENCH).settings
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        setting_widgets.widget(SLUG, STEP, step)
        if step == TRAIN:
            to_pin(settings)
        with st.popover("Save a picture", icon=":material/image:", type="tertiary"):
            formats("The camera above a chart saves it as")
    if step == TRAIN:
        training(settings)
    elif step == COMPARE:
        compare(settings)
    elif step == SWEEP:
        sweeping(settings)
    else:
        challenges(settings)
    pinned_runs.remember()


def to_pin(settings: Settings) -> None:
    """Draws the button that pins the run on the stage."""
    run = lesson_cache.runs(BENCH, settings)[0].of
    there = any(pin.run == run for pin in pinned_runs.read())
    st.button(
        "Pinned" if there else "Pin this run",
        icon=":material/push_pin:",
        on_click=partial(pinned_runs.pin, run),
        disabled=there or not store.events(run),
        type="tertiary",
        key=f"{SLUG}.pin",
    )


def training(settings: Settings) -> None:
    """Draws the controls and the stage. After a change of a control, the last trained run stays as a grey curve."""
    last, run = last_trained(settings), experiment(settings)
    if last and not store.events(run) and (told := changes(experiment(last), run)):
        many = f" and {len(told) - 3} more" if len(told) > 3 else ""
        st.caption(
            f":material/history: You have changed {'; '.join(told[:3])}{many}. "
            f"The grey curve shows your last run. {takes(run, experiment(last))}"
        )
    live(bench(url_state.setting(SLUG, CHALLENGE)), partial(backdrop_results, last))


def takes(run: Run, last: Run) -> str:
    """Returns how long a run will take, estimated from the last run of the same net and kind of task."""
    known = load_results([LabelledRun("last", last)])
    if (run.net, type(run.task)) != (last.net, type(last.task)) or not known.has("last"):
        return ""
    seconds = float(known.table("last").seconds.max()) * examples(run) / examples(last)
    return f"The next run will take about {seconds:.0f} s." if seconds >= 1 else "The next run takes under a second."


def examples(run: Run) -> int:
    """Returns the number of examples that all nets of a run see in training."""
    return run.seeds * sum(stage.steps * stage.batch for stage in run.stages)


def last_trained(settings: Settings) -> Settings | None:
    """Returns the settings that were trained last, or None before the learner has pressed Train."""
    at = f"{SLUG}.trained"
    if url_state.read(BENCH).pressed and store.complete(experiment(settings)):
        st.session_state[at] = settings
    last: Settings | None = st.session_state.get(at)
    return last


def backdrop_results(last: Settings | None, at: LessonState, everything: bool) -> Results:
    """Returns the results of the pinned runs. It adds the last trained run until the current run has results."""
    run, before = experiment(at.settings), experiment(last) if last else None
    earlier = [LabelledRun("before", before)] if before and before != run and not store.events(run) else []
    return load_results([*lesson_cache.backdrop(BENCH, at.settings), *earlier])
