"""The sandbox's controls on the page: a lesson's experiment to begin with, four groups, and what each field is set to.
All of them change one text, which the link carries. Made from lessons/kit/sandbox/dials.py; knows no field by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.state import url_state
from app.uploads import data_upload
from app.uploads import text_upload as text
from core.experiment.checks import BadValue
from core.experiment.spec import Run
from core.user_data import album, alphabet, corpus, table
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Control
from lessons.kit.sandbox import dials, link_codec
from lessons.kit.sandbox.dials import GROUPS, Dial
from lessons.kit.sandbox.experiment import (
    NOTHING,
    describe_run,
    describe_task,
    edit,
    fits,
    new_source,
    plain_name,
    sources,
)
from lessons.kit.sandbox.presets import presets
from lessons.kit.sandbox.workspace import EXPERIMENT, FIRST, SLUG, STEP, TRAIN
from lessons.kit.workspaces.own_data import is_table

GROUP = Control(name="group", label="Group of controls", options=GROUPS, default=GROUPS[0], help="")
CALLED = {
    "alphabet": (alphabet.exists, lambda name: alphabet.load(name).name),
    "subject": (corpus.is_own_text, corpus.display_name),
    "table": (table.exists, table.display_name),
    "album": (album.exists, album.display_name),
}


def current(text: str) -> Run:
    return link_codec.read(text) if text else presets()[FIRST]


def control(text: str) -> None:
    """The controls of the experiment that this text stands for."""
    run = current(text)
    begin_with(run)
    group = url_state.setting(SLUG, GROUP)
    url_state.widget(SLUG, GROUP, group)
    shown = dials.dials(run)[group]
    if not shown:
        st.caption("Only what starts from another net has an old skill to keep: choose a start under “Model”.")
    folded(run, shown, f"More of “{group}”")
    if group == "Model" and run.start:
        with st.expander("What it starts from"):
            st.caption("What is changed here is trained first; what lessons start from is there at once.")
            folded(run, list(dials.of_source(run)), "More of the source")
    if refused := st.session_state.pop(f"{SLUG}.refused", ""):
        st.warning(refused)


def begin_with(run: Run) -> None:
    """Every lesson's experiment, and what is set, in words."""
    at = f"{SLUG}.preset"
    known = {slug: f"{one.number}. {one.title}" for slug, one in lessons().items()}
    st.session_state[at] = next((slug for slug, preset in presets().items() if preset == run), None)

    def begun() -> None:
        if slug := st.session_state[at]:
            take(presets()[slug])

    st.selectbox(
        "A lesson's experiment", [*known], format_func=known.__getitem__, key=at, on_change=begun,
        placeholder="Yours now; or take a lesson's",
    )  # fmt: skip
    said = describe_run(run)
    st.caption(f"{said[0].upper()}{said[1:]}.")


def folded(run: Run, shown: Sequence[Dial], name: str) -> None:
    """What is at hand; the others can be unfolded."""
    stage_controls(run, [one for one in shown if one.near])
    if far := [one for one in shown if not one.near]:
        with st.expander(name):
            stage_controls(run, far)


def stage_controls(run: Run, shown: Sequence[Dial]) -> None:
    for one in shown:
        draw(run, one)


def draw(run: Run, one: Dial) -> None:
    """One control, as its kind wants."""
    at = f"{SLUG}.dial.{one.path}"
    st.session_state[at] = one.value

    def changed() -> None:
        change(run, one.path, st.session_state[at])

    common: dict[str, Any] = {"key": at, "help": one.help, "on_change": changed}
    if one.kind == "switch":
        st.toggle(one.label, **common)
    elif one.kind == "source":
        source(run, one, at)
    elif one.kind == "slider":
        st.select_slider(one.label, one.options, format_func=dials.option_text, **common)
    else:
        options = dict.fromkeys((*one.options, *(session_data(one) if one.own else ())))
        st.selectbox(one.label, [*options], format_func=lambda name: option_label(one, name), **common)
        if one.knob in ("table", "album"):
            data_upload.upload_place(at, lambda name: take_data(run, one, name), option_label(one, one.value))
            data_upload.choose_columns(at, one.value, lambda name: take_data(run, one, name))
        if one.knob == "subject" and one.own:
            text.text_popover(at, one.value, lambda name: take_text(run, one, name))


def source(run: Run, one: Dial, at: str) -> None:
    """What the experiment starts from: nothing, what lessons start from, or what it has now."""
    there: dict[str, Run | None] = {NOTHING: None}
    for known in sources(run.net, run.task):
        there.setdefault(brief(known), known)
    if isinstance(now := one.value, Run) and now not in there.values():
        there[brief(now) if brief(now) not in there else f"{brief(now)}, its own training"] = now
    mine = new_source(run.net, run.task)
    there.setdefault(f"a new one: {describe_task(mine.task)}", mine)
    st.session_state[at] = next(name for name, known in there.items() if known == one.value)

    def changed() -> None:
        change(run, one.path, there[st.session_state[at]])

    st.selectbox(one.label, [*there], key=at, help=one.help, on_change=changed)


def brief(run: Run) -> str:
    several = f", {run.seeds} nets" if run.seeds > 1 else ""
    return f"{describe_task(run.task)}, {run.steps:,} steps{several}"


def session_data(one: Dial) -> tuple[str, ...]:
    """What the learner has given or drawn in this session, on whatever page."""
    known, _ = CALLED.get(one.knob, (lambda _: False, str))
    given = [name for key, names in st.session_state.items() if str(key).endswith(".own") for name in names]
    return tuple(name for name in dict.fromkeys(given) if name not in one.options and known(name))


def option_label(one: Dial, value: Any) -> str:
    """An option in words; something of the learner's own by the name that its owner gave it."""
    known, name = CALLED.get(one.knob, (lambda _: False, str))
    return name(value) if one.own and known(value) else "all" if value == "" else plain_name(str(value))


def change(run: Run, path: str, value: Any) -> None:
    """One thing is set otherwise; where that cannot be, a sentence says why, and all stays as it is."""
    try:
        set_experiment(fits(edit(run, path, value)))
    except BadValue as error:
        st.session_state[f"{SLUG}.refused"] = str(error)


def take_data(run: Run, one: Dial, name: str) -> None:
    """A table or an album that was just given takes the place of what this dial stands for, whichever it is."""
    where, kind, field = one.path.rpartition(".")[0], *(("Table", "table") if is_table(name) else ("Album", "album"))
    st.session_state.setdefault(f"{SLUG}.data.own", []).append(name)
    set_experiment(fits(edit(edit(run, where, kind), f"{where}.{field}", name)))


def take_text(run: Run, one: Dial, name: str) -> None:
    """A text that was just given is what this dial stands at."""
    st.session_state.setdefault(f"{SLUG}.data.own", []).append(name)
    set_experiment(fits(edit(run, one.path, name)))


def set_experiment(run: Run) -> None:
    """From now on this is the experiment."""
    url_state.set_parameter(url_state.key(SLUG, EXPERIMENT.name), link_codec.write(run))


def take(run: Run) -> None:
    """A button's callback: this is the experiment, to be trained."""
    set_experiment(run)
    url_state.forget(url_state.key(SLUG, url_state.DRAW.name))
    url_state.change(SLUG, STEP, TRAIN)
