"""The load test does what learners do, and sees what goes wrong. No test asserts how fast the machine is."""

from __future__ import annotations

import asyncio
import random
import textwrap
import time
from pathlib import Path
from statistics import median

import pytest

from lessons.kit.lesson.catalogue import lessons
from tests import awaited
from tests.learners import Notes, through, train
from tests.load import main
from tests.server import served
from tests.visitor import PART, Missing, Visitor


async def walked(address: str, slugs: list[str]) -> Notes:
    notes = Notes()

    async def one(slug: str) -> None:
        visitor = Visitor(address)
        await visitor.open()
        await through(visitor, lessons()[slug], notes, time.perf_counter() + 60, random.Random(0))
        await visitor.close()
        notes.closed(visitor)

    await asyncio.gather(*map(one, slugs))
    return notes


def test_learners_walk_through_lessons_without_an_error(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.learners.PAUSE", 0)
    notes = awaited(walked(address, ["fast_start", "kind_words", "one_valley"]))
    assert not notes.errors
    assert len(notes.waits["step"]) >= 3 * 8
    assert min(notes.pages) > 2_000


def test_training_visitor_receives_only_updates(address: str) -> None:
    """The visitor sees something move and is sent only what is new."""
    notes = Notes()
    awaited(train(address, notes, 3, 0))
    assert not notes.errors
    assert notes.waits["it moves"] and notes.waits["all is done"]
    assert median(notes.ticks) < 40_000  # a first look also sends scripts, and a late one all that was missed


PAGE = """
    import streamlit as st

    st.button("Break", on_click=lambda: st.session_state.update(broken=True))
    st.html("<p>" + "long " * 400 + "</p>")

    @st.fragment(run_every=0.1)
    def part():
        st.session_state.looks = st.session_state.get("looks", 0) + 1
        st.button(f"{st.session_state.looks} looks")

    part()
    if st.session_state.get("broken"):
        raise ValueError("broken")
"""


def test_a_visitor_does_what_streamlits_own_page_does(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text(textwrap.dedent(PAGE), "utf-8")

    async def visit(address: str) -> None:
        visitor = Visitor(address)
        await visitor.open()
        whole = visitor.runs[-1].sent
        while not visitor.has("button", "3 looks"):  # a fragment is drawn again by itself
            await asyncio.sleep(0.02)
        assert not visitor.has("button", "1 looks")  # and what it had drawn is gone
        assert any(run.ended == PART for run in visitor.runs)
        with pytest.raises(Missing):
            await visitor.press("Nothing like it")
        await visitor.press("Break")
        assert "ValueError" in visitor.errors[-1] or "error" in visitor.errors[-1]
        assert visitor.runs[-1].sent < whole - 1_500  # what is long was named, not sent again
        await visitor.close()

    with served(str(tmp_path / "page.py")) as (address, _):
        awaited(visit(address))


@pytest.mark.parametrize("asked", ["--learners 0", "--learners 9999", "--seconds 0", "--address http://example.org"])
def test_it_is_bounded_and_stays_on_this_machine(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["load", *asked.split()])
    with pytest.raises(SystemExit):
        main()
