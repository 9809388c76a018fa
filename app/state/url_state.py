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

from app.i18n import outgoing_messages
from app.streamlit_fixes import is_history_navigation
from core.experiment.checks import BadValue
from core.store.class_records import is_waiting
from core.user_data import ownership
from core.user_data.ownership import Gone
from lessons.kit.classes.class_plan import HIDDEN, Plan, attended
from lessons.kit.lesson.catalogue import BEATS, Workspace
from lessons.kit.model.prediction import Order
from lessons.kit.model.values import Control, Given, Settings

T = TypeVar("T")
NOT_YET, PREDICTED, SKIPPED = 0, 1, 2
UNSAID = "?"
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
    """Returns the state of a lesson: from the URL, else from the session, else the defaults.

    An invalid value is replaced by its default, and the page shows a sentence that says so.
    """

    slug, plan = (
        workspace.slug,
        read_parameter(key(workspace.slug, CLASS), lambda code: of_lesson(attended(code), workspace), None),
    )
    sliders = [slider for slider in workspace.sliders if plan is None or slider.name in plan.asked]
    values = {
        control.name: plan.value(control) if plan and control.name in plan.held else setting(slug, control)
        for control in workspace.controls
    }
    said = {slider.name: read_parameter(key(slug, slider.name), slider.read, None) for slider in sliders}
    handles = {name: value for name, value in said.items() if value is not None}
    return LessonState(
        beat=setting(slug, BEAT),
        settings=Settings(values, setting(slug, DRAW), learner_input(workspace)),
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


def learner_input(workspace: Workspace) -> Given:
    """Returns what the learner has placed, typed or drawn in the lesson."""
    sheet = workspace.sheet
    return read_parameter(key(workspace.slug, "given"), sheet.read, sheet.default_input) if sheet else ()


def read_parameter(at: str, read: Callable[[str], T], default: T) -> T:
    """Returns a URL parameter as `read` parses it, or the default if it is missing or invalid.

    If the parameter names data that were removed, the page shows that and stops.
    """
    text = st.query_params.get(at, st.session_state.get(f"kept {at}"))
    if text is None:
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
    set_parameter(
        at, text
    )  # another page may have cleared the URL, and a link does not fill the session: from here on both hold the value
    return value


def follow_history(page: str) -> None:
    """Makes Back and Forward undo settings on this page.

    After such a navigation, a setting that is missing in the URL takes its default. After any other one it takes the
    value that the session has kept.
    """
    if is_history_navigation():
        for name in map(str, [*st.session_state]):
            if name.startswith(f"kept {page}.") and name.removeprefix("kept ") not in st.query_params:
                del st.session_state[name]


def set_parameter(at: str, text: str) -> None:
    """Sets a parameter in the URL and in the session."""
    st.session_state[f"kept {at}"] = text
    if st.query_params.get(at) != text:
        st.query_params[at] = text


def forget(at: str) -> None:
    """Resets a parameter to its default."""
    st.session_state.pop(f"kept {at}", None)
    if at in st.query_params:
        del st.query_params[at]


def change(slug: str, control: Control[Any], value: Any) -> None:
    """Sets a control to one of its options. Any other value from a browser is ignored."""
    if value == control.default:
        forget(key(slug, control.name))
    else:
        with suppress(BadValue):
            set_parameter(key(slug, control.name), str(control.read(str(value))))


def say(slug: str, slider: Control[Any], text: str) -> None:
    """Moves a handle of the prediction to one of its options. Any other value from a browser is ignored."""
    with suppress(BadValue):
        set_parameter(key(slug, slider.name), str(slider.read(text)))


def option_formatter(control: Control[Any]) -> Callable[[Any], str]:
    """Returns the function that writes an option of a control for a widget: its label, in the learner's language."""
    return lambda option: outgoing_messages.translate_option(control.label_of(option))


def handle(slug: str, slider: Control[Any], value: Any) -> None:
    """Draws the widget of a handle of the prediction. It has no value until the learner moves it."""
    at = key(slug, slider.name)

    def moved() -> None:
        say(slug, slider, str(st.session_state[at]))

    said = slider.help or None
    if isinstance(slider, Order):
        in_turn(slider, at, value, lambda: say(slug, slider, slider.format_items(st.session_state[at])))
    elif slider.slider:
        st.session_state[at] = UNSAID if value is None else value
        st.select_slider(
            slider.label,
            (UNSAID, *slider.options),
            key=at,
            help=said,
            on_change=moved,
            format_func=option_formatter(slider),
        )
    else:
        st.session_state[at] = value
        st.segmented_control(
            slider.label,
            slider.options,
            format_func=option_formatter(slider),
            key=at,
            help=said,
            on_change=moved,
        )


def in_turn(order: Order, at: str, value: str | None, moved: Callable[[], None]) -> None:
    """Draws the widget of an order, whose items are chosen one after the other.

    The order is stored when it is complete.
    """
    # an incomplete order stays while the learner is choosing
    if len(st.session_state.get(at, order.items)) == len(order.items):
        st.session_state[at] = order.parse_items(value) if value else []
    st.multiselect(
        order.label,
        order.items,
        key=at,
        help=order.help or None,
        on_change=moved,
        format_func=option_formatter(order),
    )


def widget(
    slug: str,
    control: Control[Any],
    value: Any,
    more: tuple[Any, ...] = (),
    called: Callable[[Any], str] | None = None,
) -> None:
    """Draws the widget of a control.

    Its options are those of the control and `more`. An option without a label is written by `called`, if it is given.
    A change takes effect when the page is drawn next.
    """
    at, label = key(slug, control.name), option_formatter(control)

    def shown(option: Any) -> str:
        return called(option) if called and option not in control.labels else label(option)

    def changed() -> None:
        change(slug, control, st.session_state[at])

    st.session_state[at] = value
    options, said = control.options + more, control.help or None
    if control.slider:
        st.select_slider(control.label, options, key=at, help=said, on_change=changed, format_func=shown)
    else:
        st.segmented_control(
            control.label,
            options,
            format_func=shown,
            required=True,
            key=at,
            help=said,
            label_visibility="visible" if said else "collapsed",
            on_change=changed,
        )
