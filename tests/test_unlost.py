"""What a whole run has drawn reaches the browser, though a fragment begins again before it was sent."""

from __future__ import annotations

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from app.parts import unlost


def drawn(place: int, fragment: str = "") -> ForwardMsg:
    message = ForwardMsg()
    message.delta.fragment_id = fragment
    message.delta.new_element.text.body = f"{place} in {fragment or 'the page'}"
    message.metadata.delta_path[:] = [0, place]
    return message


def ended(how: ForwardMsg.ScriptFinishedStatus.ValueType) -> ForwardMsg:
    return ForwardMsg(script_finished=how)


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> ForwardMsgQueue:
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)  # put back afterwards
    unlost.mend()
    return ForwardMsgQueue()


def told(queue: ForwardMsgQueue) -> list[str]:
    return [one.delta.new_element.text.body or "end" for one in queue.flush()]


def test_what_a_whole_run_drew_in_a_fragment_is_sent_before_its_end(queue: ForwardMsgQueue) -> None:
    for one in (drawn(0), drawn(1, "f"), ended(ForwardMsg.FINISHED_SUCCESSFULLY)):
        queue.enqueue(one)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["f"])
    queue.enqueue(drawn(1, "f"))
    assert told(queue) == ["0 in the page", "1 in f", "end", "1 in f"]


def test_what_is_drawn_anew_is_sent_once_where_no_whole_run_waits(queue: ForwardMsgQueue) -> None:
    for one in (drawn(0), drawn(1, "f"), ended(ForwardMsg.FINISHED_EARLY_FOR_RERUN)):
        queue.enqueue(one)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["f"])
    queue.enqueue(drawn(1, "f"))
    assert told(queue) == ["0 in the page", "end", "1 in f"]


def test_a_whole_run_drops_what_the_one_before_it_has_not_sent(queue: ForwardMsgQueue) -> None:
    for one in (drawn(0), drawn(1, "f"), ended(ForwardMsg.FINISHED_SUCCESSFULLY)):
        queue.enqueue(one)
    queue.clear(retain_lifecycle_msgs=True)
    assert told(queue) == ["end"]
