"""What learners do in a load test: open the first page, walk through lessons, press Train and watch."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass, field

from lessons.kit.lesson.catalogue import Lesson, lessons
from tests.visitor import PART, Visitor

PAUSE = 4.0  # seconds between two steps of a learner, on average
HOME = ""  # its path
PATIENCE = 300.0  # seconds in which a run has to end


@dataclass
class Notes:
    """Notes what a crowd of learners saw: seconds by kind of step, errors, and bytes sent."""

    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    ticks: list[int] = field(default_factory=list)  # bytes of each look of a part of a page by itself
    pages: list[int] = field(default_factory=list)  # and of each whole page
    bursts: int = 0  # runs of the page's script
    trained: list[tuple[float, float]] = field(default_factory=list)  # when each pressed Train, and was done

    def closed(self, visitor: Visitor) -> None:
        """Closes a tab and notes the bytes it was sent and its errors."""
        self.errors += visitor.errors
        self.bursts += len(visitor.runs)
        for run in visitor.runs:
            (self.ticks if run.ended == PART else self.pages).append(run.sent)


async def timed(notes: Notes, kind: str, act: Awaitable[float]) -> None:
    notes.waits[kind].append(await act)


async def pause(rng: random.Random) -> None:
    await asyncio.sleep(rng.uniform(0.5, 1.5) * PAUSE)


async def walk(address: str, notes: Notes, ends: float, rng: random.Random) -> None:
    """Walks one learner from the first page through lesson after lesson, until the clock says `ends`."""
    visitor = Visitor(address)
    try:
        await asyncio.sleep(rng.uniform(0, PAUSE))
        await timed(notes, "home", visitor.open())
        await pause(rng)
        order = rng.sample(list(lessons().values()), len(lessons()))
        while time.perf_counter() < ends:
            await through(visitor, order[0], notes, ends, rng)
            order = order[1:] + order[:1]
            await timed(notes, "home", visitor.visit(HOME))
            await pause(rng)
    except Exception as error:
        notes.errors.append(f"{type(error).__name__}: {error}")
    finally:
        await visitor.close()
        notes.closed(visitor)


async def through(visitor: Visitor, lesson: Lesson, notes: Notes, ends: float, rng: random.Random) -> None:
    """Steps through all beats of a lesson with stored results only. It skips the prediction if its runs do not ship."""

    async def step(act: Awaitable[float]) -> None:
        await timed(notes, "step", act)
        await pause(rng)

    await step(visitor.visit(lesson.slug))
    await step(visitor.press("Make a prediction"))
    if sliders := [e for e in visitor.shown.values() if e.kind == "slider"]:
        moved = rng.choice(sliders)
        await step(visitor.choose(moved.label, rng.choice(moved.options[1:]), "slider"))
    await step(visitor.press("Skip, show me"))
    await step(visitor.press("What happened?"))
    while visitor.has("button", "Next") and time.perf_counter() < ends:
        await step(visitor.press("Next"))
    await step(visitor.choose("Step of the lesson", "Recall"))


async def train(address: str, notes: Notes, draw: int, wait: float, slug: str = "label_worth") -> None:
    """Opens a lesson's Run page with its own draw, presses Train and watches until all runs are done."""
    visitor = Visitor(address)
    try:
        at = {f"{slug}.beat": "Run", f"{slug}.committed": "2", f"{slug}.draw": str(draw)}
        await timed(notes, "page", visitor.open(slug, **at))
        await asyncio.sleep(wait)
        pressed = time.perf_counter()
        await timed(notes, "press", visitor.press("Train"))
        async with asyncio.timeout(PATIENCE):
            while visitor.watching:
                await asyncio.sleep(0.1)
        moves = [moment - pressed for moment in visitor.moves if moment > pressed]
        for kind, moment in zip(("a picture comes", "it moves"), moves):
            notes.waits[kind].append(moment)
        notes.trained.append((pressed, time.perf_counter()))
        notes.waits["all is done"].append(notes.trained[-1][1] - pressed)
    except Exception as error:
        notes.errors.append(f"{type(error).__name__}: {error}")
    finally:
        await visitor.close()
        notes.closed(visitor)


async def busy(address: str, notes: Notes, ends: float, draw: int) -> None:
    """Trains all the time, so that the workers are never idle."""
    while time.perf_counter() < ends and not notes.errors:
        await train(address, notes, draw, 0)
        draw = draw % 999 + 1
