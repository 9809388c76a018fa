"""Draws the controls of the sandbox.

They are the choice of a lesson's experiment to start with, and the fields of the experiment in four groups. All
controls change one text, which is the experiment in the link. The controls are made from
lessons/kit/sandbox/dials.py, and this module does not use the name of any field.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.state import setting_widgets, url_state
from app.uploads import data_upload
from app.uploads import text_upload as text
from core.experiment.checks import BadValue
from core.experiment.spec import Run
from core.user_data import album, alphabet, corpus, photo_album, table
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

GROUP_NAMES = {"World": "Task and data", "Model": "Net", "Method": "Training", "Keeping": "Old skill"}
GROUP = Control(name="group", label="Group of controls", options=GROUPS, default=GROUPS[0], help="", labels=GROUP_NAMES)
CALLED = {
    "alphabet": (alphabet.exists, lambda name: alphabet.load(name).name),
    "subject": (corpus.is_own_text, corpus.display_name),
    "table": (table.exists, table.display_name),
    "album": (album.exists, album.display_name),
    "source": (photo_album.exists, photo_album.display_name),
}


def current(text: str) -> Run:
    """Returns the experiment that this text encodes, or the first preset if the text is empty."""
    return link_codec.read(text) if text else presets()[FIRST]


def control(text: str) -> None:
    """Draws the controls of the experiment that this text encodes."""
    run = current(text)
    begin_with(run)
    group = url_state.setting(SLUG, GROUP)
    setting_widgets.widget(SLUG, GROUP, group)
    shown = dials.dials(run)[group]
    if not shown:
        st.caption("A net from scratch has no old skill to keep. To give it one, choose a backbone under “Net”.")
    folded(run, shown, "More controls")
    if group == "Model" and run.start:
        with st.expander("The backbone"):
            st.caption("If you change the backbone, it is trained first. The backbones of the lessons are ready.")
            folded(run, list(dials.of_source(run)), "More controls of the backbone")
    if refused := st.session_state.pop(f"{SLUG}.refused", ""):
        st.warning(refused)


def begin_with(run: Run) -> None:
    """Draws the list of the lessons' experiments, and describes the current experiment in words."""
    at = f"{SLUG}.preset"
    known = {slug: f"{one.number}. {one.title}" for slug, one in lessons().items()}
    st.session_state[at] = next((slug for slug, preset in presets().items() if preset == run), None)

    def begun() -> None:
        if slug := st.session_state[at]:
            take(presets()[slug])

    st.selectbox(
        "A lesson's experiment", [*known], format_func=known.__getitem__, key=at, on_change=begun,
        placeholder="Your own, or choose a lesson",
    )  # fmt: skip
    said = describe_run(run)
    st.caption(f"{said[0].upper()}{said[1:]}.")


def folded(run: Run, shown: Sequence[Dial], name: str) -> None:
    """Draws the most important controls, and the others in an expander."""
    stage_controls(run, [one for one in shown if one.always_visible])
    if far := [one for one in shown if not one.always_visible]:
        with st.expander(name):
            stage_controls(run, far)


def stage_controls(run: Run, shown: Sequence[Dial]) -> None:
    """Draws these controls in their order."""
    for one in shown:
        draw(run, one)


def draw(run: Run, one: Dial) -> None:
    """Draws one control with the widget of its kind."""
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
        if one.field_name in ("table", "album"):
            data_upload.upload_place(at, lambda name: take_data(run, one, name), option_label(one, one.value))
            data_upload.choose_columns(at, one.value, lambda name: take_data(run, one, name))
        if one.field_name == "subject" and one.own:
            text.text_popover(at, corpus.display_name(one.value), lambda name: take_text(run, one, name))


def source(run: Run, one: Dial, at: str) -> None:
    """Draws the choice of the run to start from: none, a run from which lessons start, or the current one."""
    there: dict[str, Run | None] = {NOTHING: None}
    for known in sources(run.net, run.task):
        there.setdefault(run_label(known), known)
    if isinstance(now := one.value, Run) and now not in there.values():
        there[run_label(now) if run_label(now) not in there else f"{run_label(now)}, its own training"] = now
    mine = new_source(run.net, run.task)
    there.setdefault(f"a new one: {describe_task(mine.task)}", mine)
    st.session_state[at] = next(name for name, known in there.items() if known == one.value)

    def changed() -> None:
        change(run, one.path, there[st.session_state[at]])

    st.selectbox(one.label, [*there], key=at, help=one.help, on_change=changed)


def run_label(run: Run) -> str:
    """Returns a short description of a run: its task, its steps, and its number of nets."""
    several = f", {run.seeds} nets" if run.seeds > 1 else ""
    return f"{describe_task(run.task)}, {run.steps:,} steps{several}"


def session_data(one: Dial) -> tuple[str, ...]:
    """Returns the data that the learner brought or drew in this session, on any page."""
    known, _ = CALLED.get(one.field_name, (lambda _: False, str))
    given = [name for key, names in st.session_state.items() if str(key).endswith(".own") for name in names]
    return tuple(name for name in dict.fromkeys(given) if name not in one.options and known(name))


def option_label(one: Dial, value: Any) -> str:
    """Returns the label of an option. A learner's own data keep the name that the learner gave them."""
    known, name = CALLED.get(one.field_name, (lambda _: False, str))
    return name(value) if one.own and known(value) else "all" if value == "" else plain_name(str(value))


def change(run: Run, path: str, value: Any) -> None:
    """Changes one field of the experiment.

    If the new value is not allowed, the experiment stays as it was, and the page shows a sentence that says why.
    """
    try:
        set_experiment(fits(edit(run, path, value)))
    except BadValue as error:
        st.session_state[f"{SLUG}.refused"] = str(error)


def take_data(run: Run, one: Dial, name: str) -> None:
    """Uses a table or an album that was just uploaded, in place of the data that this control names now."""
    where, kind, field = one.path.rpartition(".")[0], *(("Table", "table") if is_table(name) else ("Album", "album"))
    st.session_state.setdefault(f"{SLUG}.data.own", []).append(name)
    set_experiment(fits(edit(edit(run, where, kind), f"{where}.{field}", name)))


def take_text(run: Run, one: Dial, name: str) -> None:
    """Uses a text that was just uploaded as the value of this control."""
    st.session_state.setdefault(f"{SLUG}.data.own", []).append(name)
    set_experiment(fits(edit(run, one.path, name)))


def set_experiment(run: Run) -> None:
    """Makes this run the current experiment."""
    url_state.set_parameter(url_state.key(SLUG, EXPERIMENT.name), link_codec.write(run))


def take(run: Run) -> None:
    """Makes this run the current experiment and opens the step that trains it. A callback of a button."""
    set_experiment(run)
    url_state.forget(url_state.key(SLUG, url_state.DRAW.name))
    url_state.change(SLUG, STEP, TRAIN)
