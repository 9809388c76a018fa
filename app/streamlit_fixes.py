"""Defects of Streamlit 1.67, kept away from our pages: what was drawn, or what a learner has just given, could be lost.

Drawn: as a fragment runs again, Streamlit drops what the fragment has drawn and the server has not sent yet: it will be
drawn anew. But where a whole run came just before, the browser hears of that run's end without what it drew in the
fragment, takes all of it out of the page, and puts it back a moment later. A click, or a stroke that is being drawn,
falls beside it: on a busy server at every eighth visit.

Given: while a page draws itself again, the browser's timer sends along where every widget stands. That may be from
before the server has set one, which then counts as the learner's choice and undoes what they have just brought. And
a callback ends midway as soon as the browser asks for the next run: a text that was pasted was taken, and never used.

Believed: whatever a browser sends as the value of a widget is taken for one, and a page ends where it is none.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests, ScriptRequestType
from streamlit.runtime.state.common import WidgetMetadata, unpack_widget_state_value
from streamlit.runtime.state.session_state import Serialized, SessionState, WStates

_clear = ForwardMsgQueue.clear
_give_way, _call_back = ScriptRunner._maybe_handle_execution_control_request, SessionState._call_callbacks
_request, _value = ScriptRequests._request_rerun_locked, WStates.__getitem__
calling_back = ContextVar("calling back", default=False)  # in the thread of a page's run


def clear(
    queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
) -> None:
    """As Streamlit's own, but nothing is dropped for a fragment while a whole run waits to be sent."""
    if fragment_ids_this_run is None or not any(map(ends_a_whole_run, queue._queue)):
        _clear(queue, retain_lifecycle_msgs, fragment_ids_this_run)
    queue._delta_index_map = {}  # what comes now is not put in the place of what was drawn before


def ends_a_whole_run(message: ForwardMsg) -> bool:
    how = message.script_finished if message.WhichOneof("type") == "script_finished" else None
    return how == ForwardMsg.FINISHED_SUCCESSFULLY


def call_back(state: SessionState, **more: Any) -> None:
    """As Streamlit's own, and to its end: another run waits until then."""
    mark = calling_back.set(True)
    try:
        _call_back(state, **more)
    finally:
        calling_back.reset(mark)


def give_way(runner: ScriptRunner) -> None:
    if not calling_back.get():
        _give_way(runner)


def request(requests: ScriptRequests, asked: RerunData) -> bool:
    """As Streamlit's own, but a timer changes no widget: whoever does so sends a request for that."""
    if asked.is_auto_rerun:
        waits = requests._state == ScriptRequestType.RERUN  # and what its request has set stays
        asked = replace(asked, widget_states=None if waits else WidgetStates())
    return _request(requests, asked)


def value(states: WStates, name: str) -> Any:
    """As Streamlit's own; what no page of ours would send for this widget is not there, so that it stays as it was."""
    held, of = states.states.get(name), states.widget_metadata.get(name)
    if isinstance(held, Serialized) and of and not is_value(held.value, of):
        raise KeyError(name)
    return _value(states, name)


def is_value(sent: WidgetState, of: WidgetMetadata[Any]) -> bool:
    kind = sent.WhichOneof("value")
    if kind and of.value_type and kind != of.value_type:
        return False
    try:
        told = unpack_widget_state_value(sent)
        if kind == "json_value" and not (isinstance(told, dict) and json.dumps(told, ensure_ascii=False).encode()):
            return False  # half a letter (\ud800) is text in JSON, and cannot be sent back
        of.deserializer(told)
    except Exception:  # whatever a widget makes of what it does not expect
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
    for (of, name), mended in MENDED.items():
        setattr(of, name, mended)
