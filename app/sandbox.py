"""The sandbox: set anything that an experiment can be, train it, pin it, and lay runs over each other."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from app.parts import chosen, pinned
from app.parts.camera import formats
from app.parts.challenged import CHALLENGE, bench, challenges
from app.parts.chosen import Chosen
from app.parts.compared import compare
from app.parts.live import live
from app.parts.once import once
from app.parts.sweeping import sweeping
from core.serve import store
from core.spec import Run
from lessons.kit.evidence import gather
from lessons.kit.sandbox.bench import BENCH, COMPARE, SLUG, STEP, SWEEP, TRAIN, experiment
from lessons.kit.sandbox.dials import changes
from lessons.kit.values import Evidence, Piece, Settings

STYLE = Path(__file__).with_name("parts") / "sandbox.css"
TITLE = "Sandbox"


def show() -> None:
    st.html(STYLE)
    step = chosen.setting(SLUG, STEP)
    settings = chosen.read(BENCH).settings
    with st.container(key="header", horizontal=True):
        st.title(TITLE, anchor=False)
        chosen.widget(SLUG, STEP, step)
        if step == TRAIN:
            to_pin(settings)
        with st.popover("Save", icon=":material/image:", type="tertiary"):
            formats("The camera above a chart saves it as")
    if step == TRAIN:
        training(settings)
    elif step == COMPARE:
        compare(settings)
    elif step == SWEEP:
        sweeping(settings)
    else:
        challenges(settings)
    pinned.remember()


def to_pin(settings: Settings) -> None:
    """The button that pins the run that is on the stage."""
    run = once(BENCH, "runs", settings)[0].of
    there = any(pin.run == run for pin in pinned.read())
    st.button(
        "Pinned" if there else "Pin this run",
        icon=":material/push_pin:",
        on_click=partial(pinned.pin, run),
        disabled=there or not store.events(run),
        type="tertiary",
        key=f"{SLUG}.pin",
    )


def training(settings: Settings) -> None:
    """The controls and the stage. What was trained before a control changed stays, marked as such."""
    last, run = trained(settings), experiment(settings)
    if last and not store.events(run) and (told := changes(experiment(last), run)):
        many = f" and {len(told) - 3} more" if len(told) > 3 else ""
        st.caption(
            f":material/history: Changed since the last run: {'; '.join(told[:3])}{many}. "
            f"The grey curve was trained before. {takes(run, experiment(last))}"
        )
    live(bench(chosen.setting(SLUG, CHALLENGE)), partial(stood_on, last))


def takes(run: Run, last: Run) -> str:
    """About how long a run will take, by what the last one of such a net took here."""
    known = gather([Piece("last", last)])
    if (run.net, type(run.task)) != (last.net, type(last.task)) or not known.has("last"):
        return ""
    seconds = float(known.table("last").seconds.max()) * examples(run) / examples(last)
    return f"It will take about {seconds:.0f} s." if seconds >= 1 else "It will take less than a second."


def examples(run: Run) -> int:
    """That all its nets meet in training."""
    return run.seeds * sum(stage.steps * stage.batch for stage in run.stages)


def trained(settings: Settings) -> Settings | None:
    """What was trained here last, as far as it is over; None before the learner has pressed Train."""
    at = f"{SLUG}.trained"
    if chosen.read(BENCH).pressed and store.complete(experiment(settings)):
        st.session_state[at] = settings
    last: Settings | None = st.session_state.get(at)
    return last


def stood_on(last: Settings | None, at: Chosen, everything: bool) -> Evidence:
    """What is pinned; and what was trained before, as long as there is nothing of what is set."""
    run, before = experiment(at.settings), experiment(last) if last else None
    earlier = [Piece("before", before)] if before and before != run and not store.events(run) else []
    return gather([*once(BENCH, "backdrop", at.settings), *earlier])
