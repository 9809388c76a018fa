"""A defect of Streamlit 1.67, kept away from our pages: what a whole run drew in a fragment could be lost on its way.

As a fragment runs again, Streamlit drops what the fragment has drawn and the server has not sent yet: it will be
drawn anew. But where a whole run came just before, the browser hears of that run's end without what it drew in the
fragment, takes all of it out of the page, and puts it back a moment later. A click, or a stroke that is being drawn,
falls beside it: on a busy server at every eighth visit.
"""

from __future__ import annotations

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

_clear = ForwardMsgQueue.clear


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


def mend() -> None:
    setattr(ForwardMsgQueue, "clear", clear)  # noqa: B010 (a type checker refuses to see a method assigned)
