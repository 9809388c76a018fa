"""Holds everything that uses private parts of Streamlit 1.67: fixes of its defects, and what it offers nowhere else.

No other module imports private parts of Streamlit, so a new version of it has to be compared with this file only. The
fixes are for defects because of which a page could lose a drawing, or a learner could lose their input.

Lost drawings: when a fragment runs again, Streamlit drops the messages of the fragment that were not sent yet,
because the fragment will be drawn again. If a whole run came just before, the browser receives the end of that run
without the elements of the fragment. The browser then removes the fragment from the page and restores it a moment
later. A click or a stroke in this moment misses its target. On a busy server this happened at every eighth visit.

Lost inputs: while a page draws itself again, the browser's timer also sends the state of every widget. This state may
be older than a value that the server has just set. Streamlit takes it for the learner's choice, which undoes what the
learner has just done. Streamlit also interrupts a callback as soon as the browser asks for the next run. A pasted
text was then stored and never used.

Invalid values: Streamlit accepts any value that a browser sends for a widget. The page then ends with an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests, ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext, get_script_run_ctx
from streamlit.runtime.state.common import WidgetMetadata, unpack_widget_state_value
from streamlit.runtime.state.session_state import Serialized, SessionState, WStates
from streamlit.runtime.uploaded_file_manager import UploadedFile as UploadedFile

from core.versions import warn_of_other_version

WRITTEN_FOR = "1.67"  # the version of Streamlit
_clear = ForwardMsgQueue.clear
_give_way, _call_back = ScriptRunner._maybe_handle_execution_control_request, SessionState._call_callbacks
_request, _value = ScriptRequests._request_rerun_locked, WStates.__getitem__
_enqueue = ScriptRunContext.enqueue
# True while a callback runs, in the thread that runs the page
calling_back = ContextVar("calling back", default=False)


def clear(
    queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
) -> None:
    """Drops the messages of a fragment that runs again, unless a whole run still waits to be sent.

    This function replaces Streamlit's `ForwardMsgQueue.clear`.
    """
    if fragment_ids_this_run is None or not any(map(ends_a_whole_run, queue._queue)):
        _clear(queue, retain_lifecycle_msgs, fragment_ids_this_run)
    queue._delta_index_map = {}  # new messages must not replace older ones


def ends_a_whole_run(message: ForwardMsg) -> bool:
    """Returns whether a message is the end of a whole run that succeeded."""
    how = message.script_finished if message.WhichOneof("type") == "script_finished" else None
    return how == ForwardMsg.FINISHED_SUCCESSFULLY


def call_back(state: SessionState, **more: Any) -> None:
    """Runs the callbacks to their end before another run of the page can begin.

    This function replaces `SessionState._call_callbacks` of Streamlit.
    """
    mark = calling_back.set(True)
    try:
        _call_back(state, **more)
    finally:
        calling_back.reset(mark)


def give_way(runner: ScriptRunner) -> None:
    """Replaces Streamlit's check whether a run has to stop for another, and never stops a run during a callback."""
    if not calling_back.get():
        _give_way(runner)


def request(requests: ScriptRequests, asked: RerunData) -> bool:
    """Requests another run of the page, but ignores the values of widgets if a timer has sent the request.

    When a learner changes a widget, the browser sends a separate request. This function replaces
    `ScriptRequests._request_rerun_locked` of Streamlit.
    """
    if asked.is_auto_rerun:
        waits = requests._state == ScriptRequestType.RERUN  # then the widget states of the waiting request stay
        asked = replace(asked, widget_states=None if waits else WidgetStates())
    return _request(requests, asked)


def value(states: WStates, name: str) -> Any:
    """Returns the value of a widget, and treats an invalid value as if it were missing.

    Raises KeyError for a value that no page of the app would send, so that the widget keeps its earlier value. This
    function replaces `WStates.__getitem__` of Streamlit.
    """
    held, of = states.states.get(name), states.widget_metadata.get(name)
    if isinstance(held, Serialized) and of and not is_value(held.value, of):
        raise KeyError(name)
    return _value(states, name)


def is_value(sent: WidgetState, of: WidgetMetadata[Any]) -> bool:
    """Returns whether a browser's message is a valid value for this widget."""
    kind = sent.WhichOneof("value")
    if kind and of.value_type and kind != of.value_type:
        return False
    try:
        told = unpack_widget_state_value(sent)
        if kind == "json_value" and not (isinstance(told, dict) and json.dumps(told, ensure_ascii=False).encode()):
            return False  # half a surrogate pair (\ud800) is valid in JSON but cannot be encoded and sent back
        of.deserializer(told)
    except Exception:  # a widget may raise any error for a value that it does not expect
        return False
    offered = getattr(getattr(of.deserializer, "__self__", None), "formatted_option_to_option_index", None)
    return offered is None or told is None or set([told] if isinstance(told, str) else told) <= offered.keys()


MENDED = {
    (ForwardMsgQueue, "clear"): clear,
    (SessionState, "_call_callbacks"): call_back,
    (ScriptRunner, "_maybe_handle_execution_control_request"): give_way,
    (ScriptRequests, "_request_rerun_locked"): request,
    (WStates, "__getitem__"): value,
}


def mend() -> None:
    """Installs all fixes."""
    for (of, name), mended in MENDED.items():
        setattr(of, name, mended)


def check_version() -> None:
    """Writes a sentence into the log if another version of Streamlit is installed than this file was written for."""
    warn_of_other_version("Streamlit", st.__version__, WRITTEN_FOR, "pages may look wrong or lose inputs")


def rewrite_outgoing_messages(rewrite: Callable[[ScriptRunContext, ForwardMsg], None]) -> None:
    """Has `rewrite` change every message before it is sent. It receives the page that sends the message, too.

    A page stands for the thread that draws it. Only `session_value` knows what to do with it.
    """

    def enqueue(page: ScriptRunContext, message: ForwardMsg) -> None:
        rewrite(page, message)
        _enqueue(page, message)

    ScriptRunContext.enqueue = enqueue  # type: ignore[method-assign, assignment]


def session_value(name: str, page: ScriptRunContext | None = None) -> Any:
    """Returns a value of the session, or None if it has none or if no page is being drawn.

    The page is the one that is being drawn, unless another is passed. It keeps the value, because every outgoing
    message asks for it. `forget_session_value` has it look again.
    """
    page = page or get_script_run_ctx(suppress_warning=True)
    if page is None:
        return None
    notes = vars(page)
    if notes.get(name) is None:
        try:
            notes[name] = page.session_state[name]
        except KeyError:
            return None
    return notes[name]


def forget_session_value(name: str) -> None:
    """Has `session_value` look up this value again on the page that is being drawn."""
    if page := get_script_run_ctx():
        vars(page).pop(name, None)


def is_history_navigation() -> bool:
    """Returns whether the learner came to this page by Back or Forward."""
    page = get_script_run_ctx()
    return page is not None and page.is_history_navigation


def is_partial_run() -> bool:
    """Returns whether only fragments are drawn again, and not the whole page."""
    page = get_script_run_ctx()
    return page is not None and bool(page.fragment_ids_this_run)


def open_browser() -> None:
    """Opens a browser at the address of the server."""
    from streamlit import cli_util
    from streamlit.web.server import server_util

    cli_util.open_browser(server_util.get_url(st.get_option("browser.serverAddress")))
