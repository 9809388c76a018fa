"""What each page costs the server: processor time of a first visit, of a step and of a refresh during a run, and bytes.

An empty page is measured in the same run for comparison.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from lessons.kit.lesson.catalogue import BEATS, lessons
from tests.server import served, spent
from tests.visitor import PART, Visitor

EMPTY = 'import streamlit as st\nst.title("Nothing")\nst.button("Again")\n'
OTHERS = (
    "evidence",
    "glossary",
    "real",
    "data",
    "draw",
    "sandbox",
    "own",
    "time",
    "teach",
    "join",
    "bundle",
    "again",
    "capstone",
)
LOOKED = ("label_worth", "small_step", "fast_start", "new_subject")  # a wall, maps, curves, samples of text
TIMES = 4  # that a page is gone to; the first is left out
STEP, FIRST, LOOK, SENT, SENT_A_LOOK = "step, ms", "first visit, ms", "look, ms", "page, kB", "look, kB"
BUDGETS = {STEP: 20.0, FIRST: 200.0, LOOK: 8.0, SENT: 320.0, SENT_A_LOOK: 64.0}  # a step's is over an empty page's
LONG = 60.0  # seconds in which a run is over
NOTHING = "an empty page"
Costs = dict[str, dict[str, float]]


class Bench:
    """Holds one server and measures what a single visitor costs it."""

    def __init__(self, address: str, process: psutil.Process):
        self.address, self.process = address, process
        self.costs: Costs = {}

    async def cost(self, act: Awaitable[object]) -> float:
        """Returns the milliseconds of server time until the page and all that follows it are done."""
        before = spent(self.process)
        await act
        await asyncio.sleep(0.04)
        return 1000 * (spent(self.process) - before)

    async def empty(self) -> None:
        visitor = Visitor(self.address)
        first = await self.cost(visitor.open())
        steps = [await self.cost(visitor.press("Again")) for _ in range(5 * TIMES)]
        await visitor.close()
        self.costs[NOTHING] = {FIRST: first, STEP: median(steps[1:]), SENT: visitor.runs[-1].sent / 1000}

    async def page(self, path: str) -> None:
        """Measures one page, opened again and again, each time by a new visitor."""
        costs, sent = [], 0
        for _ in range(TIMES):
            visitor = Visitor(self.address)
            costs.append(await self.cost(visitor.open(path)))
            sent = visitor.runs[-1].sent
            await visitor.close()
        self.costs[path or "home"] = {FIRST: costs[0], STEP: median(costs[1:]), SENT: sent / 1000}

    async def lesson(self, slug: str) -> None:
        """Measures every beat of a finished lesson, reached by a step from the beat before."""
        visitor = Visitor(self.address)
        at = {f"{slug}.committed": "2", f"{slug}.pressed": "1"}
        first = await self.cost(visitor.open(slug, **at))
        steps: dict[str, list[float]] = {beat: [] for beat in BEATS}
        sent: dict[str, float] = {}
        for _ in range(TIMES):
            for beat in (*BEATS[1:], BEATS[0]):
                steps[beat].append(await self.cost(visitor.choose("Step of the lesson", beat)))
                sent[beat] = visitor.runs[-1].sent / 1000
        await visitor.close()
        for beat in BEATS:
            self.costs[f"{slug} {beat}"] = {STEP: median(steps[beat][1:]), SENT: sent[beat]}
        self.costs[f"{slug} Look"][FIRST] = first

    async def looks(self, slug: str) -> None:
        """Trains the runs of a lesson, plays them to a later visitor and measures what each refresh costs."""
        await self.watch(slug)
        if spans := await self.watch(slug):
            costs, sent = zip(*spans)
            self.costs[f"{slug} Run"] |= {LOOK: median(costs), SENT_A_LOOK: max(sent)}

    async def watch(self, slug: str) -> list[tuple[float, float]]:
        """Returns milliseconds and kilobytes of every refresh but the first, which sends what is sent only once."""
        visitor, spans = Visitor(self.address), []
        await visitor.open(slug, **{f"{slug}.beat": "Run", f"{slug}.committed": "2"})
        await visitor.press("Train")
        ends, seen, before = time.perf_counter() + LONG, len(visitor.runs), spent(self.process)
        while visitor.watching and time.perf_counter() < ends:
            await asyncio.sleep(0.005)
            if len(visitor.runs) > seen and visitor.runs[-1].ended == PART:
                await asyncio.sleep(0.03)  # until all is sent
                now = spent(self.process)
                spans.append((1000 * (now - before) / (len(visitor.runs) - seen), visitor.runs[-1].sent / 1000))
                seen, before = len(visitor.runs), now
        await visitor.close()
        return spans[1:]


async def measured(address: str, process: psutil.Process) -> Costs:
    bench = Bench(address, process)
    await bench.page("")
    await asyncio.sleep(5)  # the workers have begun
    for path in OTHERS:
        await bench.page(path)
    for slug in lessons():
        await bench.lesson(slug)
    for slug in LOOKED:
        await bench.looks(slug)
    return bench.costs


async def nothing(address: str, process: psutil.Process) -> Costs:
    bench = Bench(address, process)
    await bench.empty()
    return bench.costs


def bench() -> list[dict[str, Any]]:
    """Returns every cost of every page, with the cost of the empty page, its budget and whether it is over it."""
    with tempfile.TemporaryDirectory(prefix="headstart-load-") as folder:
        page = Path(folder) / "empty.py"
        page.write_text(EMPTY, "utf-8")
        with served(str(page)) as (address, process):
            costs = asyncio.run(nothing(address, process))
        with served("app/main.py", HEADSTART_STORE=os.path.join(folder, "store")) as (address, process):
            costs |= asyncio.run(measured(address, process))
    return [told(page, what, value, costs[NOTHING]) for page, each in costs.items() for what, value in each.items()]


def told(page: str, what: str, value: float, empty: dict[str, float]) -> dict[str, Any]:
    """Returns one cost as a row. A step's budget is on top of an empty page's. A new server's first page has none."""
    most = None if (page, what) in ((NOTHING, what), ("home", FIRST)) else BUDGETS[what]
    over = most is not None and value - empty[STEP] * (what == STEP) > most
    beside = empty.get(what) if page != NOTHING else None
    return {"page": page, "what": what, "value": value, "empty": beside, "budget": most, "over": over}


def table(rows: list[dict[str, Any]]) -> str:
    columns = {what: {row["page"]: row for row in rows if row["what"] == what} for what in BUDGETS}
    lines = [f"{'':<28}" + "".join(f"{what:>17}" for what in columns)]
    for page in dict.fromkeys(row["page"] for row in rows):
        cells = (column.get(page) for column in columns.values())
        shown = (f"{row['value']:.1f}{' over' * row['over']}" if row else "" for row in cells)
        lines.append(f"{page:<28}" + "".join(f"{cell:>17}" for cell in shown))
    budgets = f"{'budget (a step over empty)':<28}" + "".join(f"{most:>17.0f}" for most in BUDGETS.values())
    return "\n".join([*lines, budgets])
