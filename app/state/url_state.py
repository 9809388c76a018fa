"""What the learner has set in a lesson: the one place that knows. The URL shows it, the session keeps it.

A page reads it once and hands it down; a widget shows it and says when it has changed. Nothing else holds a setting, so
a widget that is no longer drawn takes nothing with it. What a URL says is never trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from app.i18n import outgoing_messages
from core.experiment.checks import BadValue
from core.store.class_records import holds
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
CLASS = "class"  # the code of the class that a learner is in, in the URL
DRAW = Control(name="draw", label="Draw", options=tuple(range(1, 1000)), default=1, help="")


@dataclass(frozen=True)
class LessonState:
    """All that the learner has set in one lesson."""

    beat: str
    settings: Settings
    handles: Settings  # those of the prediction that the learner has set: nothing is chosen beforehand
    said_all: bool  # every handle that is asked is set
    committed: int  # NOT_YET, PREDICTED or SKIPPED
    pressed: bool  # the learner has asked to see what happens
    plan: Plan | None = None  # of the class that the learner is in
    waits: bool = False  # at Predict, until the class's teacher releases the run
    whole: bool = True  # all of the prediction is asked, which a class's teacher may decide otherwise

    @property
    def predicted(self) -> Settings:
        """What the learner predicted of what was asked; false where they did not."""
        return self.handles if self.committed == PREDICTED and self.said_all else Settings()

    @property
    def guess(self) -> Settings:
        """The same for pictures, which draw a whole prediction or none."""
        return self.predicted if self.whole else Settings()

    @property
    def locked_controls(self) -> Mapping[str, str]:
        """The controls that the class's teacher has locked or hidden."""
        return self.plan.held if self.plan else {}

    def shows(self, control: Control[Any]) -> bool:
        return self.locked_controls.get(control.name) != HIDDEN

    @property
    def may_see(self) -> bool:
        """Whether the answer may be seen: the learner has predicted, or skipped that, and pressed, and no teacher has
        them wait."""
        return not self.waits and self.committed != NOT_YET and self.pressed


def key(slug: str, name: str) -> str:
    return f"{slug}.{name}"


def read(lesson: Workspace) -> LessonState:
    """What stands in the URL, or else what this session has kept, or else the default. Says in a sentence what cannot
    be; that begins at its default."""

    slug, plan = (
        lesson.slug,
        read_parameter(key(lesson.slug, CLASS), lambda code: of_lesson(attended(code), lesson), None),
    )
    sliders = [slider for slider in lesson.sliders if plan is None or slider.name in plan.asked]
    values = {
        control.name: plan.value(control) if plan and control.name in plan.held else setting(slug, control)
        for control in lesson.controls
    }
    said = {slider.name: read_parameter(key(slug, slider.name), slider.read, None) for slider in sliders}
    handles = {name: value for name, value in said.items() if value is not None}
    return LessonState(
        beat=setting(slug, BEAT),
        settings=Settings(values, setting(slug, DRAW), learner_input(lesson)),
        handles=Settings(handles),
        said_all=len(handles) == len(sliders),
        committed=setting(slug, COMMITTED),
        pressed=bool(setting(slug, PRESSED)),
        plan=plan,
        waits=plan is not None and holds(plan.code),
        whole=len(sliders) == len(lesson.sliders),
    )


def of_lesson(plan: Plan, lesson: Workspace) -> Plan:
    if plan.lesson != lesson.slug:
        raise BadValue("This class is of another lesson. Ask for the link again.")
    return plan


def setting(slug: str, control: Control[Any]) -> Any:
    """One of the control's options, or something that a learner brought where the control takes that."""

    def read(text: str) -> Any:
        ownership.check(text)
        return control.read(text)

    return read_parameter(key(slug, control.name), read, control.default)


def learner_input(lesson: Workspace) -> Given:
    """What stands on the lesson's sheet."""
    sheet = lesson.sheet
    return read_parameter(key(lesson.slug, "given"), sheet.read, sheet.default_input) if sheet else ()


def read_parameter(at: str, read: Callable[[str], T], default: T) -> T:
    text = st.query_params.get(at, st.session_state.get(f"kept {at}"))
    if text is None:
        return default
    try:
        value = read(text)
    except Gone as error:
        with st.container(key="gone"):
            st.error(str(error), icon=":material/folder_off:")
            st.button("Go on without them", on_click=forget, args=(at,), key=f"gone {at}")
        st.stop()  # nothing else is put in their place
    except BadValue as error:
        st.warning(str(error), icon=":material/link_off:")
        forget(at)
        return default
    set_parameter(
        at, text
    )  # another page clears the URL, a link knows nothing of the session: afterwards both say the same
    return value


def follow_history(page: str) -> None:
    """Undoes on this page what Back has undone: where Back or Forward leads, what the URL does not say is at its
    default. Everywhere else it is as this session has kept it."""
    context = get_script_run_ctx()
    if context and context.is_history_navigation:
        for name in map(str, [*st.session_state]):
            if name.startswith(f"kept {page}.") and name.removeprefix("kept ") not in st.query_params:
                del st.session_state[name]


def set_parameter(at: str, text: str) -> None:
    """From now on this is set to that."""
    st.session_state[f"kept {at}"] = text
    if st.query_params.get(at) != text:
        st.query_params[at] = text


def forget(at: str) -> None:
    """From now on this is at its default."""
    st.session_state.pop(f"kept {at}", None)
    if at in st.query_params:
        del st.query_params[at]


def change(slug: str, control: Control[Any], value: Any) -> None:
    """Set a control, to an option of its own: whatever else a browser sends changes nothing."""
    if value == control.default:
        forget(key(slug, control.name))
    else:
        with suppress(BadValue):
            set_parameter(key(slug, control.name), str(control.read(str(value))))


def say(slug: str, slider: Control[Any], text: str) -> None:
    """A handle of the prediction is moved, to an option of its own: whatever else a browser sends changes nothing."""
    with suppress(BadValue):
        set_parameter(key(slug, slider.name), str(slider.read(text)))


def handle(slug: str, slider: Control[Any], value: Any) -> None:
    """A handle of the prediction, which stands nowhere until the learner moves it."""
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
            format_func=outgoing_messages.translate_option,
        )
    else:
        st.session_state[at] = value
        st.segmented_control(
            slider.label,
            slider.options,
            format_func=outgoing_messages.translate_option,
            key=at,
            help=said,
            on_change=moved,
        )


def in_turn(order: Order, at: str, value: str | None, moved: Callable[[], None]) -> None:
    """The items of an order, chosen one after the other: said when all are."""
    if len(st.session_state.get(at, order.items)) == len(order.items):  # else the learner is in the midst of it
        st.session_state[at] = order.parse_items(value) if value else []
    st.multiselect(
        order.label,
        order.items,
        key=at,
        help=order.help or None,
        on_change=moved,
        format_func=outgoing_messages.translate_option,
    )


def widget(
    slug: str,
    control: Control[Any],
    value: Any,
    more: tuple[Any, ...] = (),
    called: Callable[[Any], str] = outgoing_messages.translate_option,
) -> None:
    """Show where a control stands, among its options and `more`, each as it is called; a change is there when the page
    is drawn next."""
    at = key(slug, control.name)

    def changed() -> None:
        change(slug, control, st.session_state[at])

    st.session_state[at] = value
    options, said = control.options + more, control.help or None
    if control.slider:
        st.select_slider(control.label, options, key=at, help=said, on_change=changed, format_func=called)
    else:
        st.segmented_control(
            control.label,
            options,
            format_func=called,
            required=True,
            key=at,
            help=said,
            label_visibility="visible" if said else "collapsed",
            on_change=changed,
        )
