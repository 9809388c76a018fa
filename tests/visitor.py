"""A browser without a screen: it speaks Streamlit's websocket protocol, for load tests and benches.

It does what Streamlit's own page does: it keeps large messages and names them by their hash, drops elements that a run
did not draw again, restarts the fragments that redraw themselves, and sends the state of every widget. It knows no
lesson.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.shown import PICTURES, Shown, read

KEPT = 2  # runs that a cached message outlives (global.maxCachedMessageAge)
LONG = 120.0  # seconds after which a page that does not come is an error
FULL, EARLY, PART = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_EARLY_FOR_RERUN,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)


class Missing(LookupError):
    """A widget or page that the visitor needs is missing."""


@dataclass
class Run:
    """One run of the page's script as its visitor saw it: a step, or one refresh of a fragment."""

    sent: int = 0  # bytes
    fragments: tuple[str, ...] = ()
    ended: int = EARLY


@dataclass
class Visitor:
    """One browser tab."""

    address: str  # http://127.0.0.1:8501
    shown: dict[tuple[int, ...], Shown] = field(default_factory=dict)  # by its place on the page
    runs: list[Run] = field(default_factory=list)  # all that have begun
    errors: list[str] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)  # when pictures came that were not there before
    pages: dict[str, str] = field(default_factory=dict)  # hashes by the path in the URL
    query: str = ""
    _page: str = ""
    _cached: dict[str, tuple[Shown, int]] = field(default_factory=dict)  # with the run in which each was last named
    _timers: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _full: bool = False  # a whole run has ended since the last step
    _any: bool = False  # or one of a fragment
    _socket: ClientConnection | None = None
    _reading: asyncio.Task[None] | None = None

    async def open(self, path: str = "", **query: str) -> float:
        """Opens an address and returns the seconds until the page is complete."""
        began = time.perf_counter()
        url = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket = await connect(url, subprotocols=["streamlit"], compression=None, max_size=None)  # type: ignore[list-item]
        self._reading = asyncio.create_task(self._read())
        self.query = urlencode(query)
        await self._run(ClientState(page_name=path))
        return time.perf_counter() - began

    async def visit(self, path: str) -> float:
        """Follows a link to another page of the app and returns the seconds until that page is complete."""
        if path not in self.pages:
            raise Missing(path)
        self.query, self._page = "", self.pages[path]
        return await self._step(ClientState(page_name=path))

    async def press(self, label: str) -> float:
        """Presses a button by its label, or by the beginning of its label."""
        button = self.find("button", label)
        return await self._step(self._changed(button, WidgetState(id=button.id, trigger_value=True)))

    async def choose(self, label: str, option: str, kind: str = "button_group") -> float:
        chooser = self.find(kind, label)
        state = WidgetState(id=chooser.id)
        state.string_array_value.data.append(option)
        return await self._step(self._changed(chooser, state))

    async def forge(self, states: Iterable[WidgetState]) -> float:
        """Sends any states of widgets, also such as no page of ours would send."""
        client = ClientState()
        client.widget_states.widgets.extend(states)
        return await self._step(client)

    def find(self, kind: str, label: str) -> Shown:
        """Returns the first element of a kind whose label begins like this."""
        for element in self.shown.values():
            if element.kind == kind and element.label.startswith(label):
                return element
        raise Missing(f"{kind} {label!r}, only {sorted({e.label for e in self.shown.values() if e.kind == kind})}")

    def has(self, kind: str, label: str) -> bool:
        return any(element.kind == kind and element.label.startswith(label) for element in self.shown.values())

    @property
    def watching(self) -> bool:
        """Tells whether a part of the page redraws itself."""
        return bool(self._timers)

    async def close(self) -> None:
        self._stop(*self._timers)
        if self._reading:
            self._reading.cancel()
        if self._socket:
            await self._socket.close()

    # --- What is sent ------------------------------------------------------------------------------------------------

    def _changed(self, element: Shown, state: WidgetState) -> ClientState:
        client = ClientState(fragment_id=element.fragment)
        client.widget_states.widgets.append(state)
        return client

    async def _step(self, client: ClientState) -> float:
        began = time.perf_counter()
        await self._run(client)
        return time.perf_counter() - began

    async def _run(self, client: ClientState) -> None:
        """Sends a request and waits until the page has been drawn, or only the fragment that the widget belongs to."""
        self._ended.clear()
        self._full = self._any = False
        await self._send(client)
        async with asyncio.timeout(LONG):
            while not (self._full or (self._any and client.fragment_id)):
                await self._ended.wait()
                self._ended.clear()
                if self._reading and self._reading.done():
                    raise ConnectionError("The server hung up.")

    async def _send(self, client: ClientState) -> None:
        assert self._socket
        changed = {state.id for state in client.widget_states.widgets}
        known = {e.id: e.state for e in self.shown.values() if e.state and e.id not in changed}
        client.widget_states.widgets.extend(known.values())
        client.query_string, client.page_script_hash = self.query, self._page
        client.cached_message_hashes.extend(self._cached)
        client.context_info.url, client.context_info.timezone = self.address, "UTC"
        await self._socket.send(BackMsg(rerun_script=client).SerializeToString())

    async def _again(self, fragment: str, seconds: float) -> None:
        """Redraws a fragment at a fixed interval, as a browser's timer does."""
        due = time.perf_counter()
        while True:
            due += seconds
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await self._send(ClientState(fragment_id=fragment, is_auto_rerun=True))

    def _stop(self, *fragments: str) -> None:
        for fragment in fragments:
            if timer := self._timers.pop(fragment, None):
                timer.cancel()

    # --- What comes --------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        assert self._socket
        with suppress(ConnectionClosed):
            async for data in self._socket:
                assert isinstance(data, bytes)
                self._take(ForwardMsg.FromString(data), len(data))
        self._ended.set()

    def _take(self, message: ForwardMsg, size: int) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.runs.append(Run(fragments=tuple(message.metadata.run.fragment_ids)))
            self._page = message.new_session.page_script_hash
            if not self.runs[-1].fragments:
                self._stop(*self._timers)
        if self.runs:
            self.runs[-1].sent += size
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._draw(message)
        elif kind == "ref_hash":
            self._draw_cached(message)
        elif kind == "script_finished":
            self._finish(message.script_finished)
        elif kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self._page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            timer = message.auto_rerun
            if timer.fragment_id not in self._timers:
                again = self._again(timer.fragment_id, timer.interval)
                self._timers[timer.fragment_id] = asyncio.create_task(again)
        elif kind == "stop_auto_rerun":
            self._stop(*message.stop_auto_rerun.fragment_ids)
        elif kind in ("session_event", "page_not_found"):
            self.errors.append(str(message)[:400])

    def _draw(self, message: ForwardMsg) -> None:
        shown = read(message.delta, len(self.runs), message.hash)
        place = tuple(message.metadata.delta_path)
        if shown.kind == "exception":
            self.errors.append(shown.says)
        if shown.kind in PICTURES and shown.hash not in {e.hash for e in self.shown.values()}:
            self.moves.append(time.perf_counter())
        self.shown[place] = shown
        if message.metadata.cacheable:
            self._cached[message.hash] = shown, len(self.runs)

    def _draw_cached(self, message: ForwardMsg) -> None:
        shown = replace(self._cached[message.ref_hash][0], run=len(self.runs))
        self.shown[tuple(message.metadata.delta_path)] = shown
        self._cached[message.ref_hash] = shown, len(self.runs)

    def _finish(self, how: int) -> None:
        run = self.runs[-1]
        run.ended = how
        if how == EARLY:
            return
        now, parts = len(self.runs), run.fragments if how == PART else ()
        drawn = self.shown.items()
        self.shown = {at: e for at, e in drawn if e.run == now or (parts and e.fragment not in parts)}
        self._cached = {
            name: (e, last)
            for name, (e, last) in self._cached.items()
            if now - last <= KEPT or (parts and e.fragment not in parts)
        }
        self._full |= how == FULL
        self._any = True
        self._ended.set()
