"""Everything that a full run draws reaches the browser, and every input reaches the page, whatever comes between."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from app import streamlit_fixes
from app.components.assets.component_value import component_value
from app.state import engine


def drawn(place: int, fragment: str = "") -> ForwardMsg:
    message = ForwardMsg()
    message.delta.fragment_id = fragment
    message.delta.new_element.text.body = f"{place} in {fragment or 'the page'}"
    message.metadata.delta_path[:] = [0, place]
    return message


def ended(how: ForwardMsg.ScriptFinishedStatus.ValueType) -> ForwardMsg:
    return ForwardMsg(script_finished=how)


@pytest.fixture(autouse=True)
def mended(monkeypatch: pytest.MonkeyPatch) -> None:
    for of, name in streamlit_fixes.MENDED:
        monkeypatch.setattr(of, name, getattr(of, name))  # put back afterwards
    streamlit_fixes.mend()


@pytest.fixture
def queue() -> ForwardMsgQueue:
    return ForwardMsgQueue()


def told(queue: ForwardMsgQueue) -> list[str]:
    return [one.delta.new_element.text.body or "end" for one in queue.flush()]


def test_fragment_drawn_by_full_run_is_sent(queue: ForwardMsgQueue) -> None:
    """A later fragment run does not drop it before the full run has ended."""
    for one in (drawn(0), drawn(1, "f"), ended(ForwardMsg.FINISHED_SUCCESSFULLY)):
        queue.enqueue(one)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["f"])
    queue.enqueue(drawn(1, "f"))
    assert told(queue) == ["0 in the page", "1 in f", "end", "1 in f"]


def test_redrawn_fragment_is_sent_once(queue: ForwardMsgQueue) -> None:
    """This holds where no full run waits."""
    for one in (drawn(0), drawn(1, "f"), ended(ForwardMsg.FINISHED_EARLY_FOR_RERUN)):
        queue.enqueue(one)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["f"])
    queue.enqueue(drawn(1, "f"))
    assert told(queue) == ["0 in the page", "end", "1 in f"]


def test_full_run_drops_unsent_messages_before_it(queue: ForwardMsgQueue) -> None:
    for one in (drawn(0), drawn(1, "f"), ended(ForwardMsg.FINISHED_SUCCESSFULLY)):
        queue.enqueue(one)
    queue.clear(retain_lifecycle_msgs=True)
    assert told(queue) == ["end"]


def asked(value: str, timer: bool = False) -> RerunData:
    """Returns a browser's request in which a field has this value."""
    states = WidgetStates(widgets=[WidgetState(id="field", string_value=value)])
    fragments = ["f"] if timer else []
    return RerunData(widget_states=states, is_auto_rerun=timer, fragment_id_queue=fragments)


@pytest.mark.parametrize(
    "requests, heard",
    [
        ([asked("before", timer=True)], []),
        ([asked("given"), asked("before", timer=True)], ["given"]),
        ([asked("before", timer=True), asked("given")], ["given"]),
    ],
)
def test_timer_leaves_field_values_alone(requests: list[RerunData], heard: list[str]) -> None:
    waiting = ScriptRequests()
    for one in requests:
        waiting.request_rerun(one)
    data = waiting.on_scriptrunner_ready().rerun_data
    assert [one.string_value for one in data.widget_states.widgets] == heard  # type: ignore[union-attr]


def test_a_callback_ends_before_the_next_run_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, told = ScriptRequests(), list[str]()
    waiting.request_rerun(RerunData())
    runner = SimpleNamespace(_execing=True, _requests=waiting, _is_in_script_thread=lambda: True)
    give_way: Callable[[Any], None] = ScriptRunner._maybe_handle_execution_control_request

    def callback(state: SessionState) -> None:
        give_way(runner)
        told.append("taken")

    monkeypatch.setattr(streamlit_fixes, "_call_back", callback)
    SessionState()._call_callbacks()
    assert told == ["taken"]
    with pytest.raises(RerunException):
        give_way(runner)


def test_no_browser_has_the_server_forget_its_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "Engine", lambda: SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(engine, "shared_engine", cache(engine.shared_engine.__wrapped__))
    before, session = engine.engine(), SimpleNamespace(_session_state=SessionState())
    AppSession._handle_clear_cache_request(session)  # type: ignore[arg-type]
    assert engine.engine() is before


def test_message_of_removed_component_is_harmless() -> None:
    assert component_value("a board that is gone", "made") is None


@pytest.fixture
def beat() -> AppTest:
    """Returns a page that shows the beat, drawn as the site draws it."""

    def draw() -> None:
        import streamlit as st

        from app.state import url_state

        url_state.follow_url(st.session_state.get("page", "small_step"))
        st.text(url_state.setting("small_step", url_state.BEAT))

    return AppTest.from_function(draw, default_timeout=30)


def test_older_url_undoes_no_setting(beat: AppTest) -> None:
    """The URL counts when the page is opened, and afterwards the session does."""
    beat.query_params["small_step.beat"] = "Run"
    assert beat.run().text[0].value == "Run"
    beat.query_params["small_step.beat"] = "Predict"
    assert beat.run().text[0].value == "Run"
    assert beat.query_params["small_step.beat"] in ("Run", ["Run"])
    beat.session_state["page"] = "another"
    beat.query_params["small_step.beat"] = "Predict"
    assert beat.run().text[0].value == "Predict"


def test_older_url_brings_back_no_forgotten_setting(beat: AppTest) -> None:
    beat.query_params["small_step.beat"] = "Run"
    beat.run()
    beat.session_state["kept small_step.beat"] = None  # as `forget` leaves it
    beat.query_params["small_step.beat"] = "Run"
    assert beat.run().text[0].value == "Look" and "small_step.beat" not in beat.query_params
