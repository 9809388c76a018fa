"""Draws the field in which a learner makes something.

The learner places points in a plane, types a text, chooses between pairs, labels digits, or draws. The input is
stored in the URL and nowhere else. The measures that answer the input are requested in app/beats/run.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app.components.assets.component_assets import scripts, style
from app.components.assets.component_value import component_value
from app.components.drag_handles import drag_handles
from app.components.figure.figure import draw
from app.state import lesson_cache, url_state
from core.experiment.checks import BadValue
from lessons.kit.figures import ROLES
from lessons.kit.figures.curves import Curve
from lessons.kit.lesson.catalogue import Workspace
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.values import Given, Results, Settings, visible
from lessons.kit.results.evidence import load_results

_PAD = st.components.v2.component(
    "headstart_pad",
    html='<div class="pad"></div>',
    js=scripts("assets/i18n", "learner_input/pad"),
    css=style("learner_input/pad"),
)
LONG = 80  # characters; a longer text gets a text area


def input_form(workspace: Workspace, settings: Settings, answers: Results, stale: bool = False) -> None:
    """Draws the lesson's sheet, if it has one.

    The answers are `stale` while those for the current input are still being computed.
    """
    if workspace.sheet is None:
        return
    if workspace.sheet.kind == "pairs":
        choose(workspace, workspace.sheet, settings.typed_text)
    elif workspace.sheet.kind == "labels":
        label(workspace, workspace.sheet, settings, answers)
    elif workspace.sheet.kind == "text":
        write(workspace, workspace.sheet, settings.typed_text)
    elif workspace.sheet.kind == "drawing":
        sketch(workspace, workspace.sheet, settings, answers)
    else:
        place(workspace, workspace.sheet, settings.placed_points, workspace.beneath(answers, settings), stale)
    if refused := st.session_state.get(url_state.key(workspace.slug, "refused")):
        st.warning(refused)


def store_input(workspace: Workspace, text: str) -> Given | None:
    """Writes the learner's input into the URL, if it is valid.

    An invalid input changes nothing. The page then shows a sentence that says why, until the next valid input.
    """
    assert workspace.sheet
    refused = url_state.key(workspace.slug, "refused")
    try:
        given = workspace.sheet.read(text)
    except BadValue as error:
        st.session_state[refused] = str(error)
        return None
    st.session_state.pop(refused, None)
    url_state.set_parameter(url_state.key(workspace.slug, "given"), workspace.sheet.write(given))
    return given


def write(workspace: Workspace, sheet: LearnerInput, given: str) -> None:
    """Draws a field for a text, and buttons with example texts."""
    at = url_state.key(workspace.slug, "typed")

    def typed(text: str = "") -> None:
        said = store_input(workspace, text or st.session_state[at])
        st.session_state[at] = said or st.session_state[at]

    st.session_state.setdefault(at, given)
    may_type = url_state.read(workspace).may_type
    if may_type:
        area = st.text_area if sheet.most > LONG else st.text_input
        area(sheet.label, key=at, max_chars=sheet.most, help=sheet.help, on_change=typed)
    else:
        st.markdown(f"**{sheet.label}.** Your teacher has chosen these texts.")
    if texts := sheet.examples if may_type else tuple(map(str, sheet.ready_made)):
        with st.container(horizontal=True):
            for number, text in enumerate(texts):
                st.button(text, key=f"{at}.{number}", on_click=typed, args=(text,), type="tertiary")


def choose(workspace: Workspace, sheet: LearnerInput, given: str) -> None:
    """Draws one pair after the other, with a button for each side and one for learners who cannot decide.

    Choices can be undone.
    """
    at, number = url_state.key(workspace.slug, "pair"), len(given)
    made = len(given.replace("-", ""))

    def say(text: str) -> None:
        store_input(workspace, text)

    with st.container(border=True):
        if number < len(sheet.pairs):
            st.markdown(f"**{sheet.label}** ({number + 1} of {len(sheet.pairs)})", help=sheet.help)
            for letter, text in zip("ab", sheet.pairs[number]):
                st.button(f"“{text}”", key=f"{at}.{letter}", on_click=say, args=(given + letter,), width="stretch")
        else:
            st.markdown(f"**{sheet.label}** You chose {made} of {len(sheet.pairs)}.", help=sheet.help)
        with st.container(horizontal=True):
            if number < len(sheet.pairs):
                st.button("Neither", key=f"{at}.skip", on_click=say, args=(given + "-",), type="tertiary")
            if given:
                st.button("Back", key=f"{at}.back", on_click=say, args=(given[:-1],), type="tertiary")
                st.button("Forget my choices", key=f"{at}.none", on_click=say, args=("",), type="tertiary")


def label(workspace: Workspace, sheet: LearnerInput, settings: Settings, answers: Results) -> None:
    """Draws the digits to label, which the lesson takes from what may be seen before the prediction."""
    digits = workspace.labelled(load_results(visible(lesson_cache.backdrop(workspace, settings))) | answers, settings)
    st.markdown(f"**{sheet.label}**", help=sheet.help)
    drag_handles.labels(
        digits,
        settings.typed_text,
        url_state.key(workspace.slug, "labels by hand"),
        lambda text: store_input(workspace, text),
    )


def sketch(workspace: Workspace, sheet: LearnerInput, settings: Settings, answers: Results) -> None:
    """Draws a square to draw in, and below it what the nets predict for the drawing as it grows."""
    at, legend = url_state.key(workspace.slug, "by hand"), workspace.legend(settings)
    drag_handles.board(
        sheet.label, at, lambda text: store_input(workspace, text), given=settings.typed_text, legend=legend
    )
    if figure := workspace.beside(answers, settings):
        draw(figure, url_state.key(workspace.slug, "beside"))


def place(
    workspace: Workspace,
    sheet: LearnerInput,
    given: Sequence[tuple[float, float]],
    curves: Sequence[Curve],
    stale: bool,
) -> None:
    """Draws a plane in which the learner places points, and the same points as a table."""
    at = url_state.key(workspace.slug, "pad")

    def placed() -> None:
        if store_input(workspace, str(component_value(at, "placed"))) is not None:
            st.session_state[f"{at}.turn"] = st.session_state.get(f"{at}.turn", 0) + 1

    st.markdown(f"**{sheet.label}**", help=sheet.help)
    data = {"given": [list(point) for point in given], "most": sheet.most, "reach": sheet.reach, "axes": sheet.axes}
    data |= {"label": sheet.label, "curves": [curve_spec(curve) for curve in curves], "stale": stale}
    data |= {"fit": sheet.fit, "shade": sheet.shade, "shaded": sheet.shaded}
    _PAD(data=data, key=at, on_placed_change=placed)
    with st.expander("The same points as a table", icon=":material/table:"):
        table(workspace, sheet, given, f"{at}.table.{st.session_state.get(f'{at}.turn', 0)}")


def table(workspace: Workspace, sheet: LearnerInput, given: Sequence[tuple[float, float]], at: str) -> None:
    """Draws the points in rows.

    The table is rebuilt when the learner moves a point in the plane. It stays while the learner edits its cells.
    """
    if at not in st.session_state:
        st.session_state[f"{at} from"] = pd.DataFrame(given, columns=sheet.axes, dtype=float)
    limits = {
        name: st.column_config.NumberColumn(min_value=-reach, max_value=reach, step=0.01, required=True)
        for name, reach in zip(sheet.axes, sheet.reach)
    }
    start = st.session_state[f"{at} from"]
    rows = st.data_editor(start, key=at, num_rows="dynamic", hide_index=True, column_config=limits)
    text = sheet.write(tuple(rows.dropna().itertuples(index=False, name=None)))
    if text != sheet.write(tuple(given)) and store_input(workspace, text) is not None:
        st.rerun()


def curve_spec(curve: Curve) -> dict[str, Any]:
    """Returns the data of a curve for the browser."""
    colour, dash, _ = ROLES[curve.role]
    columns = {name: [round(float(v), 3) for v in curve.table[name]] for name in ("x", "mean", "low", "high")}
    return {"name": curve.name, "colour": colour, "dash": dash} | columns
