"""What a browser can send that none of our pages would send. The page is still drawn and accepts nothing of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from app.state import browser_progress
from tests import awaited
from tests.visitor import Visitor

PAGES = [
    ("", {}),
    ("sandbox", {}),
    ("sandbox", {"sandbox.step": "Sweep"}),
    ("time", {}),
    ("teach", {}),
    ("join", {}),
    ("capstone", {}),
    ("own", {}),
    ("draw", {}),
    ("evidence", {}),
    ("label_worth", {}),
    ("small_step", {"small_step.beat": "Predict"}),
    ("tiny_patches", {"tiny_patches.beat": "Recall"}),
]
PARTS = ("given", "kept", "left", "made", "moved", "ordered", "picked", "pins", "placed")  # of what components say
NO_JSON = ("", "{", "null", "[]", "9" * 5000, "[" * 100_000, '{"kept": ' * 2000, json.dumps({"kept": "\ud800"}))
SAID: tuple[Any, ...] = (None, [], {}, -1, 1e300, "x", [[]], {"slug": "draw", "query": {}}, {"slug": {}, "query": []})


def forged(of: str) -> Iterator[WidgetState]:
    """Yields forged states of a widget, as if it were of another kind."""
    for text in ("", "x", "9" * 5000):
        yield WidgetState(id=of, string_value=text)
    for number in (-1.0, float("nan"), 1e300):
        yield WidgetState(id=of, double_value=number)
    for told in (*NO_JSON, *(json.dumps(dict.fromkeys(PARTS, said)) for said in SAID)):
        yield WidgetState(id=of, json_value=told)
    for texts, numbers in ((["x"], [-1.0]), (["x"] * 999, [float("nan")] * 3)):
        one, other = WidgetState(id=of), WidgetState(id=of)
        one.string_array_value.data.extend(texts)
        other.double_array_value.data.extend(numbers)
        yield from (one, other)
    gone = WidgetState(id=of)
    gone.file_uploader_state_value.uploaded_file_info.add(file_id="gone", name="a.csv", size=9)
    yield gone
    yield WidgetState(id=of, int_value=-1)
    yield WidgetState(id=of, bytes_value=b"\xff")


@pytest.mark.parametrize("path, query", PAGES, ids=[f"{path} {''.join(query.values())}" for path, query in PAGES])
def test_page_survives_forged_widget_states(address: str, path: str, query: dict[str, str]) -> None:
    async def forge() -> Visitor:
        visitor = Visitor(address)
        await visitor.open(path, **query)
        widgets = [element.id for element in visitor.shown.values() if element.id]
        assert widgets
        for states in zip(*map(forged, widgets)):
            await visitor.forge(states)
        await visitor.close()
        return visitor

    visitor = awaited(forge())
    assert visitor.errors == [] and visitor.shown


@pytest.mark.parametrize("at", ["small_step.beat", "embed", "", "lang"])
def test_continuing_takes_only_what_the_lesson_noted(address: str, at: str) -> None:
    """Other query entries in a forged position are dropped."""

    async def forge() -> Visitor:
        visitor = Visitor(address)
        await visitor.open()
        name = next(element.id for element in visitor.shown.values() if element.id.endswith(f"-{browser_progress.AT}"))
        kept = {"slug": "small_step", "query": {at: "Recall"}}
        await visitor.forge([WidgetState(id=name, json_value=json.dumps({"kept": kept}))])
        await visitor.press("Continue “")
        await visitor.close()
        return visitor

    visitor = awaited(forge())
    assert visitor.errors == []
    assert visitor.query == ("small_step.beat=Recall" if at == "small_step.beat" else "")
