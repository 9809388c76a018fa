"""Draws the third step of the sandbox: a sweep over the values of one or two fields of an experiment.

The step shows the progress of the sweep, a button to stop it, and a heat map that is filled in while the runs finish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from app.beats.run import stop
from app.beats.watch import ALIVE, failures, states
from app.components.figure.figure import draw
from app.controls import experiment_controls
from app.state import setting_widgets, url_state
from app.state.engine import engine, me
from core.experiment.checks import BadValue
from core.experiment.spec import Run
from core.serve.engine import Busy
from lessons.kit.model.values import Control, Runs, Settings
from lessons.kit.results.evidence import load_results
from lessons.kit.sandbox import sweep
from lessons.kit.sandbox.dials import option_text
from lessons.kit.sandbox.sweep import NEW, OLD, Axis
from lessons.kit.sandbox.workspace import BESIDE, SCRATCH, SLUG, experiment

AT = url_state.key(SLUG, "sweep")
NONE = "nothing else"
WHAT = Control(name="swept", label="Show", options=(NEW, OLD), default=NEW, help="")
MAP, LINES = "Heat-map", "Curves"
VIEW = Control(name="map", label="Show as", options=(MAP, LINES), default=MAP, help="")
SECONDS = 1.0  # between two updates of the picture


def sweeping(settings: Settings) -> None:
    """Draws the sweep: the choice of fields and values, the button that trains, and the picture."""
    run = experiment(settings)
    nothing: tuple[Axis, ...] = ()
    axes = url_state.read_parameter(AT, lambda text: sweep.read(text, run), nothing) or first_axes(run)
    what, view = url_state.setting(SLUG, WHAT), url_state.setting(SLUG, VIEW)
    with st.container(key="frame", horizontal=True):
        with st.container(key="rail", width=340):
            st.markdown(
                "A sweep trains your experiment several times, with different values of one or two controls. It trains "
                "nets from scratch with the same values too."
            )
            choose(run, axes)
            beside = settings[BESIDE]
            if run.start or any(axis.dial.path == "start" for axis in axes):
                setting_widgets.widget(SLUG, BESIDE, beside)
            try:
                pieces = sweep.runs(run, axes, beside == SCRATCH)
            except BadValue as error:
                st.warning(str(error))
                return
            known = states(pieces)
            buttons(pieces, known)
            told = st.container()
        with st.container(key="stage"):
            with st.container(horizontal=True):
                setting_widgets.widget(SLUG, WHAT, what)
                if axes[0].numeric and len(axes) > 1:
                    setting_widgets.widget(SLUG, VIEW, view)
            moving = any(state.kind in ALIVE for _, state in known)
            every = SECONDS if moving else None
            st.fragment(tick, run_every=every)(pieces, axes, what, view == LINES or len(axes) == 1, told, moving)


def tick(pieces: Runs, axes: Sequence[Axis], what: str, as_curves: bool, told: Any, moved: bool) -> None:
    """Draws the results so far and the number of runs that are finished.

    The function is called again while runs go on.
    """
    known, evidence = states(pieces), load_results(pieces)
    runs = list(dict.fromkeys(piece.of for piece in pieces))  # from scratch, some points of the grid are the same run
    engine().watch(runs, *me())
    over = len({piece.of for piece, state in known if state.kind == "done"})
    moving = any(state.kind in ALIVE for _, state in known)
    with told:
        if over or moving:
            st.progress(over / len(runs), f"{over} of {len(runs)} runs have finished")
        failures(known)
        if (top := sweep.best(evidence, pieces)) and over == len(runs):
            st.markdown(f"{sweep.compared(evidence, pieces)} The best score on the new task has **{top.name}**.")
            take = partial(experiment_controls.take, top.of)
            st.button("Use these settings", on_click=take, icon=":material/tune:", key=f"{SLUG}.sweep.take")
            made = sweep.as_table(evidence, pieces, axes)
            st.download_button(
                "Download as CSV", made.to_csv(index=False), "headstart-sweep.csv", "text/csv", on_click="ignore",
                icon=":material/download:", key=f"{SLUG}.sweep.csv",
            )  # fmt: skip
    figure = sweep.picture(evidence, pieces, axes, what, as_curves)
    draw(figure, f"{SLUG}.swept.{as_curves}", stage=True)
    if moving != moved:
        st.rerun()


def first_axes(run: Run) -> tuple[Axis, ...]:
    """Returns the axis that is swept until the learner chooses one: the first numeric field of the experiment."""
    there = sweep.fields(run)
    dial = next((there[path] for path in ("task.labels", "stages.0.rate") if path in there), next(iter(there.values())))
    return (sweep.axis(run, dial, sweep.starting_values(dial)),)


def choose(run: Run, axes: tuple[Axis, ...]) -> None:
    """Draws the choice of the fields to sweep and of their values."""
    there = sweep.fields(run)
    for k, name in enumerate(("Control to vary", "Second control")):
        axis = axes[k] if k < len(axes) else None
        taken = {one.dial.path for one in axes if one is not axis}
        paths = [*([NONE] if k else []), *(path for path in there if path not in taken)]
        at = f"{SLUG}.axis.{k}"
        st.session_state[at] = axis.dial.path if axis else NONE
        st.selectbox(
            name, paths, key=at, on_change=partial(set_field, run, axes, k),
            format_func=lambda path: there[path].label if path in there else path,
        )  # fmt: skip
        if axis:
            st.session_state[f"{at}.values"] = list(axis.values)
            st.multiselect(
                f"{axis.dial.label}: which values", sweep.options(axis.dial), format_func=option_text,
                key=f"{at}.values", on_change=partial(set_values, axes, k), label_visibility="collapsed",
            )  # fmt: skip


def set_field(run: Run, axes: tuple[Axis, ...], place: int) -> None:
    """Changes the field that is swept on one of the two axes, or removes the second axis.

    A callback of a select box.
    """
    path = st.session_state[f"{SLUG}.axis.{place}"]
    row: list[Axis] = list(axes[:place]) + list(axes[place + 1 :])
    if path != NONE:
        dial = sweep.fields(run)[path]
        row.insert(place, sweep.axis(run, dial, sweep.starting_values(dial, 5 if place == 0 else 3)))
    url_state.set_parameter(AT, sweep.write(row))


def set_values(axes: tuple[Axis, ...], place: int) -> None:
    """Changes the values of a field. At least one value is always kept. A callback of a select box."""
    if values := st.session_state[f"{SLUG}.axis.{place}.values"]:
        row = [replace(axis, values=tuple(values)) if k == place else axis for k, axis in enumerate(axes)]
        url_state.set_parameter(AT, sweep.write(row))


def buttons(pieces: Runs, known: Any) -> None:
    """Draws the button that starts the sweep, or the button that stops it."""
    runs = list(dict.fromkeys(piece.of for piece in pieces))
    absent = list(dict.fromkeys(piece.of for piece, state in known if state.kind != "done"))
    with st.container(key="train"):
        if any(state.kind in ALIVE for _, state in known) and engine().wants(runs, *me()):
            st.button("Stop", icon=":material/stop:", on_click=stop, args=(runs,), key=f"{SLUG}.sweep.stop")
        elif absent:
            nets = sum(run.seeds for run in absent)
            said = f"Train {len(absent)} runs ({nets} nets)"
            st.button(
                said, icon=":material/play_arrow:", type="primary", on_click=ask, args=(runs,), key=f"{SLUG}.sweep"
            )
        else:
            st.caption("All of these runs have been trained.")
    if refused := st.session_state.pop(f"{SLUG}.sweep.refused", ""):
        st.warning(refused)


def ask(runs: list[Run]) -> None:
    """Asks the engine to train all runs of the sweep. This function is the callback of a button."""
    try:
        engine().ask(runs, *me())
    except Busy as error:
        st.session_state[f"{SLUG}.sweep.refused"] = str(error)
