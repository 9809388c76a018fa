"""A class at work: `python -m tests.load --learners 100 --seconds 60`.

Learners open the first page and step through lessons, every four seconds on average. `--busy`: while both workers
train. `--train`: all press Train within eight seconds, each with their own draw, and watch. `--pages`: what each page
costs compared with an empty one. It starts a server with an empty store, or tries one at `--address` on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlparse

import psutil

from tests import pages
from tests.learners import Notes, busy, train, walk
from tests.server import served, spent
from tests.visitor import Visitor

MOST = {"learners": 300, "seconds": 3600}
WITHIN = 8.0  # seconds in which all press Train
CORES = 2  # of this machine that train: one a worker
ALONE = 50  # a draw that nobody of the class has


def within(waits: Sequence[float], share: float) -> float:
    """Returns the wait that this share of the waits did not exceed."""
    return sorted(waits)[min(len(waits) - 1, int(share * len(waits)))]


async def crowd(address: str, options: argparse.Namespace, notes: Notes) -> None:
    """Runs all learners, until the last has ended."""
    rng = random.Random(options.seed)
    ends = time.perf_counter() + options.seconds
    if options.train:
        draws = rng.sample(range(100, 1000), options.learners)
        await asyncio.gather(*(train(address, notes, draw, rng.uniform(0, WITHIN)) for draw in draws))
        return
    others = [busy(address, Notes(), ends, draw) for draw in (100, 600)] if options.busy else []
    walks = [walk(address, notes, ends, random.Random(rng.random())) for _ in range(options.learners)]
    await asyncio.gather(*walks, *others)


def load(options: argparse.Namespace) -> dict[str, Any]:
    """Returns what the learners saw and what it cost the server."""
    notes = Notes()
    with ExitStack() as stack:
        address, process = options.address, None
        if not address:
            store = stack.enter_context(tempfile.TemporaryDirectory(prefix="headstart-load-"))
            address, process = stack.enter_context(served("app/main.py", HEADSTART_STORE=store))
        asyncio.run(first(address))
        need = alone(address, process) if options.train and process else 0.0
        before = memory_and_time(process)
        began = time.perf_counter()
        asyncio.run(crowd(address, options, notes))
        took = time.perf_counter() - began
        after = memory_and_time(process)
    found: dict[str, Any] = {"learners": options.learners, "seconds": took, "errors": sorted(set(notes.errors))}
    for kind, waits in notes.waits.items():
        found[kind] = {"times": len(waits), "p50": statistics.median(waits), "p95": within(waits, 0.95)}
    for name, sent in (("page", notes.pages), ("tick", notes.ticks)):
        if sent:
            found[f"bytes a {name}"] = {"times": len(sent), "p50": statistics.median(sent), "p95": within(sent, 0.95)}
    if need and notes.trained:
        pressed, done = zip(*notes.trained)
        found["last done after the first pressed"] = max(done) - min(pressed)
        found["times what the runs need of two cores"] = (max(done) - min(pressed)) / (need * len(done) / CORES)
    if before and after:
        used = after["seconds"] - before["seconds"]
        found |= {"milliseconds a run of a page": 1000 * used / max(1, notes.bursts), "of a core": used / took}
        found |= {"megabytes": {"before": before["megabytes"], "after": after["megabytes"]}}
    return found


async def first(address: str) -> None:
    """Visits the server once, so that what a new server does only once is not counted."""
    visitor = Visitor(address)
    await visitor.open()
    await visitor.close()


def alone(address: str, process: psutil.Process) -> float:
    """Returns the seconds of processor time that the workers take for one learner's runs while nobody else is there."""

    def used() -> float:
        return sum(map(spent, process.children(recursive=True)))

    asyncio.run(train(address, Notes(), ALONE, 0))  # the workers wake up
    before = used()
    asyncio.run(train(address, Notes(), ALONE + 1, 0))
    return used() - before


def memory_and_time(process: psutil.Process | None) -> dict[str, float] | None:
    if process is None:
        return None
    return {"seconds": spent(process), "megabytes": process.memory_info().rss / 1e6}


def told(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"{name:<30} " + "  ".join(f"{k} {v:,.3f}" if v < 100 else f"{k} {v:,.0f}" for k, v in value.items())
    return f"{name:<30} {value:,.2f}" if isinstance(value, float) else f"{name:<30} {value}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--pages", action="store_true")
    parser.add_argument("--address", default="", help="of a server that runs already, on this machine only")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for name, most in MOST.items():
        if not 0 < getattr(options, name) <= most:
            parser.error(f"--{name} must be from 1 to {most}.")
    if options.address and urlparse(options.address).hostname not in ("127.0.0.1", "localhost", "::1"):
        parser.error("Only a server on this machine is put under load.")
    found: Any = pages.bench() if options.pages else load(options)
    if options.json:
        print(json.dumps(found))
    elif options.pages:
        print(pages.table(found))
    else:
        print("\n".join(told(name, value) for name, value in found.items()))


if __name__ == "__main__":
    main()
