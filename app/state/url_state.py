"""Reads and writes what the learner has set on a page. The URL holds the settings, and the session keeps a copy.

A page reads its settings once and passes them down. A widget shows a setting and reports a change. No widget stores a
setting, so nothing is lost when a widget is no longer drawn. Values from a URL are always checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from app.streamlit_fixes import is_history_navigation
from core.experiment.checks import BadValue
from core.store.class_records import is_waiting
from core.user_data import ownership
from core.user_data.ownership import Gone
from lessons.kit.classes.class_plan import HIDDEN, TYPED, Plan, attended
from lessons.kit.lesson.catalogue import BEATS, Workspace
from lessons.kit.model.values import Control, Given, Settings

T = TypeVar("T")
NOT_YET, PREDICTED, SKIPPED = 0, 1, 2
UNSAID = "?"
OPENED = "opened page"  # the session's key of the page that the site has drawn last
BEAT = Control(name="beat", label="Step of the lesson", options=BEATS, default=BEATS[0], help="")
COMMITTED = Control(
    name="committed", label="Committed", options=(NOT_YET, PREDICTED, SKIPPED), default=NOT_YET, help=""
)
PRESSED = Control(name="pressed", label="Pressed", options=(0, 1), default=0, help="")
CLASS = "class"  # the URL parameter with the code of the learner's class
DRAW = Control(name="draw", label="Draw", options=tuple(range(1, 1000)), default=1, help="")


@dataclass(frozen=True)
class LessonState:
    """Holds everything that the learner has set in one lesson."""

    beat: str
    settings: Settings
    handles: Settings  # the prediction's handles that the learner has moved; none is set beforehand
    said_all: bool  # every handle that is asked for is set
    committed: int  # NOT_YET, PREDICTED or SKIPPED
    pressed: bool  # the learner has pressed the Run button
    plan: Plan | None = None  # the plan of the learner's class
    waits: bool = False  # the learner waits at Predict until the teacher releases the run
    whole: bool = True  # the whole prediction is asked for; a teacher may ask for a part of it

    @property
    def predicted(self) -> Settings:
        """Returns what the learner predicted, or empty settings if they made no prediction."""
        return self.handles if self.committed == PREDICTED and self.said_all else Settings()

    @property
    def guess(self) -> Settings:
        """Returns the prediction for the pictures, which draw a whole prediction or none."""
        return self.predicted if self.whole else Settings()

    @property
    def locked_controls(self) -> Mapping[str, str]:
        """Returns the controls that the teacher of the class has locked or hidden."""
        return self.plan.held if self.plan else {}

    @property
    def may_type(self) -> bool:
        """Returns whether the learner may type a text of their own, which a teacher may prevent."""
        return TYPED not in self.locked_controls

    def shows(self, control: Control[Any]) -> bool:
        """Returns whether a control is shown, which a teacher may prevent."""
        return self.locked_controls.get(control.name) != HIDDEN

    @property
    def may_see(self) -> bool:
        """Returns whether the learner may see the answer.

        They may if they have predicted or skipped the prediction, have pressed Run, and no teacher makes them wait.
        """
        return not self.waits and self.committed != NOT_YET and self.pressed


def key(slug: str, name: str) -> str:
    """Returns the name of a URL parameter: the slug of the page and the name of the control."""
    return f"{slug}.{name}"


def read(workspace: Workspace) -> LessonState:
    """Returns the state of a lesson: from the session, else from the URL, else the defaults.

    An invalid value is replaced by its default, and the page shows a sentence that says so.
    """
    slug = workspace.slug
    plan = read_parameter(key(slug, CLASS), lambda code: of_lesson(attended(code), workspace), None)
    sliders = [slider for slider in workspace.sliders if plan is None or slider.name in plan.asked]
    values = {
        control.name: plan.value(control) if plan and control.name in plan.held else setting(slug, control)
        for control in workspace.controls
    }
    said = {slider.name: read_parameter(key(slug, slider.name), slider.read, None) for slider in sliders}
    handles = {name: value for name, value in said.items() if value is not None}
    return LessonState(
        beat=setting(slug, BEAT),
        settings=Settings(values, setting(slug, DRAW), learner_input(workspace, TYPED in (plan.held if plan else ()))),
        handles=Settings(handles),
        said_all=len(handles) == len(sliders),
        committed=setting(slug, COMMITTED),
        pressed=bool(setting(slug, PRESSED)),
        plan=plan,
        waits=plan is not None and is_waiting(plan.code),
        whole=len(sliders) == len(workspace.sliders),
    )


def of_lesson(plan: Plan, workspace: Workspace) -> Plan:
    """Returns the plan if it belongs to this lesson. Raises BadValue if it does not."""
    if plan.lesson != workspace.slug:
        raise BadValue("This class is of another lesson. Ask for the link again.")
    return plan


def setting(slug: str, control: Control[Any]) -> Any:
    """Returns the value of a control: one of its options, or a learner's own data if the control accepts them."""

    def read(text: str) -> Any:
        ownership.check(text)
        return control.read(text)

    return read_parameter(key(slug, control.name), read, control.default)


def learner_input(workspace: Workspace, only_ready_made: bool = False) -> Given:
    """Returns what the learner has placed, typed or drawn in the lesson. A teacher may allow only ready-made inputs;
    then any other input is replaced by the default."""
    sheet = workspace.sheet
    if not sheet:
        return ()
    given = read_parameter(key(workspace.slug, "given"), sheet.read, sheet.default_input)
    return given if not only_ready_made or given in sheet.ready_made else sheet.default_input


def read_parameter(at: str, read: Callable[[str], T], default: T) -> T:
    """Returns a URL parameter as `read` parses it, or the default if it is missing or invalid.

    If the parameter names data that were removed, the page shows that and stops.
    """
    name = f"kept {at}"  # what the session has counts if the site has opened the page, see `follow_url`
    kept, known = st.session_state.get(name), name in st.session_state and OPENED in st.session_state
    text = kept if known else st.query_params.get(at, kept)
    if text is None:
        if at in st.query_params:
            del st.query_params[at]
        return default
    try:
        value = read(text)
    except Gone as error:
        with st.container(key="gone"):
            st.error(str(error), icon=":material/folder_off:")
            st.button("Go on without them", on_click=forget, args=(at,), key=f"gone {at}")
        st.stop()  # other data do not replace them
    except BadValue as error:
        st.warning(str(error), icon=":material/link_off:")
        forget(at)
        return default
    # another page may have cleared the URL, and a link does not fill the session: from here on both hold the value
    set_parameter(at, text)
    return value


def note_history() -> None:
    """Notes that the learner came by Back or Forward, before another run can begin."""
    if is_history_navigation():
        st.session_state["came by history"] = True


def follow_url(page: str) -> None:
    """Takes the settings from the URL if the learner has opened this page, or came to it by Back or Forward.

    At any other time the values that the session has kept count, because the browser may have sent its request before
    it received the latest change of the URL. After Back or Forward, a setting that the URL lacks takes its default.
    """
    undone, before = st.session_state.pop("came by history", False), st.session_state.get(OPENED)
    st.session_state[OPENED] = page
    if undone:
        for name in map(str, [*st.session_state]):
            if name.startswith(f"kept {page}.") and name.removeprefix("kept ") not in st.query_params:
                del st.session_state[name]
    if undone or page != before:
        for name, text in st.query_params.items():
            st.session_state[f"kept {name}"] = text


def set_parameter(at: str, text: str) -> None:
    """Sets a parameter in the URL and in the session."""
    before = st.session_state.get(f"kept {at}", text)
    st.session_state[f"kept {at}"] = text
    if before != text or st.query_params.get(at) != text:  # an older URL may hold the new value by chance
        st.query_params[at] = text


def forget(at: str) -> None:
    """Resets a parameter to its default."""
    st.session_state[f"kept {at}"] = None
    if at in st.query_params:
        del st.query_params[at]


def change(slug: str, control: Control[Any], value: Any) -> None:
    """Sets a control to one of its options. Any other value from a browser is ignored."""
    if value == control.default:
        forget(key(slug, control.name))
    else:
        with suppress(BadValue):
            set_parameter(key(slug, control.name), str(control.read(str(value))))


def set_prediction(slug: str, slider: Control[Any], text: str) -> None:
    """Moves a handle of the prediction to one of its options. Any other value from a browser is ignored."""
    with suppress(BadValue):
        set_parameter(key(slug, slider.name), str(slider.read(text)))
