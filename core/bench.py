"""How fast it is, as ratios measured side by side in one run: `python -m core.bench [--json]`

Everything trains on one thread, as a worker does. A ratio above 1 means that ours is the faster.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import nn

from core import worlds
from core.serve import store
from core.serve.engine import Engine
from core.serve.work import lineage
from core.spec import Run, Stage
from core.tasks import Glyphs, Handwriting, Plane
from core.train import Tick, train
from core.worlds import glyphs
from core.worlds.glyphs import chosen

ROOT = Path(__file__).resolve().parent.parent
SEEDS = 8


@dataclass(frozen=True)
class Result:
    """One comparison: what, in which unit, and how much better ours is."""

    what: str
    ours: float
    theirs: float | None
    unit: str
    ratio: float | None


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The fastest of a few repetitions: what the machine can do when nothing disturbs it."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def conv() -> nn.Module:
    """The net of core/nets/conv.py in PyTorch's own modules."""
    first, second = nn.Conv2d(1, 16, 5, 3, 2), nn.Conv2d(16, 32, 3, 2, 1)
    return nn.Sequential(
        first, nn.ReLU(), second, nn.ReLU(), nn.Flatten(), nn.Linear(800, 64), nn.ReLU(), nn.Linear(64, 10)
    )


def mlp() -> nn.Module:
    """The net of core/nets/mlp.py in PyTorch's own modules."""
    hidden = [layer for _ in range(2) for layer in (nn.Linear(64, 64), nn.ReLU())]
    return nn.Sequential(nn.Linear(2, 64), nn.ReLU(), *hidden, nn.Linear(64, 6))


def plain(net: nn.Module, run: Run, fused: bool) -> float:
    """Seconds a step of one model trained as a tutorial would."""
    pool = worlds.load(run.task).train(run.task, range(1))
    x, y = pool.x[0], pool.y[0]
    adam = torch.optim.Adam(net.parameters(), lr=1e-3, fused=fused)
    times = [time.perf_counter()]
    for step in range(run.steps):
        pick = torch.randint(len(x), (run.stages[0].batch,))
        loss = nn.functional.cross_entropy(net(x[pick]), y[pick])
        adam.zero_grad()
        loss.backward()
        adam.step()
        if step % 20 == 19:
            times.append(time.perf_counter())
    return statistics.median(b - a for a, b in pairwise(times)) / 20


def stacked(run: Run) -> float:
    """Seconds a step of all seeds of a run, between two ticks of `train`, where nothing is tested."""
    spans, since = [], None
    for event in train(run, {}):
        now = time.perf_counter()
        if isinstance(event, Tick) and since is not None:
            spans.append(now - since)
        since = now if isinstance(event, Tick) else None
    return statistics.median(spans) / 20


def training() -> list[Result]:
    """The stacked trainer against one model after another, and eight seeds against one."""
    found = []
    for name, build, task in (("conv", conv, Handwriting(labels=50)), ("mlp", mlp, Plane(labels=100))):
        run = Run(task=task, net=name, stages=(Stage(steps=1000, batch=16),), seeds=SEEDS)
        ours, one = 1000 * stacked(run), 1000 * stacked(replace(run, seeds=1))
        for kind, fused in (("plain loop", False), ("fused loop", True)):
            theirs = 1000 * plain(build(), run, fused)
            each = ours / SEEDS
            found.append(Result(f"{name}: stacked trainer, {kind}", each, theirs, "ms a step and model", theirs / each))
        what = f"{name}: a step of {SEEDS} seeds, {SEEDS} steps of one"
        found.append(Result(what, ours, SEEDS * one, "ms", SEEDS * one / ours))
    return found


def drawing() -> Result:
    points = chosen(Glyphs())[0][torch.arange(256)]
    rng = torch.Generator().manual_seed(0)
    took = seconds(lambda: glyphs.render(points, Glyphs(), rng), 20)
    return Result("glyphs drawn", 256 / took, None, "a second and core", None)


def clicking() -> list[Result]:
    """From a click to a race's first point and to its end, through the engine, warm."""
    before = os.environ.get("HEADSTART_STORE")
    folder = tempfile.mkdtemp(prefix="headstart-bench-")
    os.environ["HEADSTART_STORE"] = folder
    engine = Engine()
    try:
        warm = tuple(race(1, 1))
        finish(engine, warm)
        finish(engine, tuple(race(2, 1)))
        runs = race(100, 10)
        began = time.perf_counter()
        engine.ask(runs, "bench")
        while not any(event["kind"] == "point" for event in store.events(runs[0])):
            time.sleep(0.001)
        first = time.perf_counter() - began
        finish(engine, runs)
        whole = time.perf_counter() - began
        alone = sum(seconds(partial(spend, run), 1) for run in runs)
        return [
            Result("click to the first point of a race", 1000 * first, None, "ms", None),
            Result(
                f"click to the end of a race of 2 x {SEEDS} nets, its runs one after another",
                whole,
                alone,
                "s",
                alone / whole,
            ),
        ]
    finally:
        engine.close()
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop("HEADSTART_STORE")
        if before:
            os.environ["HEADSTART_STORE"] = before


def race(first_seed: int, labels: int) -> list[Run]:
    """The flagship: probe then full from a backbone against scratch, 300 steps each."""
    start = backbone()
    stages = (Stage(method="probe", steps=150, rate=5e-3, batch=16), Stage(steps=150, decay=2, batch=16))
    task = Handwriting(labels=labels)
    scratch = Run(task=task, stages=(Stage(steps=300, batch=16),), first_seed=first_seed)
    return [Run(task=task, start=start, stages=stages, first_seed=first_seed), scratch]


def backbone() -> Run:
    """A quick stand-in, so that the bench needs nothing that ships."""
    return Run(task=Glyphs(labels=5), stages=(Stage(steps=50, batch=64),), seeds=1)


def spend(run: Run) -> None:
    """Train a run for its time alone."""
    for _ in train(run, lineage(run.start) if run.start else {}):
        pass


def finish(engine: Engine, runs: tuple[Run, ...] | list[Run]) -> None:
    engine.ask(runs, "bench")
    while any(engine.state(run).kind in ("absent", "queued", "running") for run in runs):
        time.sleep(0.005)


def starting() -> list[Result]:
    """From starting the server to the first page on a screen, beside Streamlit's own demo."""
    command = [sys.executable, "-m", "streamlit"]
    ours = first_page([*command, "run", str(ROOT / "app" / "main.py")], 8771, "Headstart")
    theirs = first_page([*command, "hello"], 8772, "Welcome to Streamlit")
    if ours is None or theirs is None:
        return []  # no browser here
    return [Result("server start to first page, `streamlit hello`", ours, theirs, "s", theirs / ours)]


def pages() -> list[Result]:
    """What each page costs the server's processor and what it sends, beside an empty page (tests/pages.py)."""
    asked = [sys.executable, "-m", "tests.load", "--pages", "--json"]
    found = subprocess.run(asked, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if found.returncode:
        return []  # what the tests need is not installed
    results = []
    for row in json.loads(found.stdout.splitlines()[-1]):
        what, _, unit = row["what"].partition(", ")
        beside, over = row["empty"], " (over its budget)" * row["over"]
        ratio = beside / row["value"] if beside else None
        results.append(Result(f"{row['page']}: {what}{over}", row["value"], beside, unit, ratio))
    return results


def first_page(command: list[str], port: int, words: str) -> float | None:
    with page_of(command, port) as found:
        if found is None:
            return None
        page, process = found
        page.goto(f"http://127.0.0.1:{port}")
        page.get_by_text(words).first.wait_for()
        return time.time() - float(process.create_time())


@contextmanager
def page_of(command: list[str], port: int) -> Iterator[tuple[Any, Any] | None]:
    """A browser's page and the process of a server that has just been started; None where there is no browser."""
    try:
        import psutil
        from playwright.sync_api import sync_playwright
    except ImportError:
        yield None
        return
    browser_path = shutil.which("chromium")
    if not browser_path:
        yield None
        return
    flags = ["--server.headless", "true", "--server.port", str(port), "--browser.serverAddress", "localhost"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page, began = browser.new_page(), time.perf_counter()
        server = subprocess.Popen([*command, *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        try:
            while time.perf_counter() - began < 60:
                with suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                    break
                time.sleep(0.02)
            yield page, psutil.Process(server.pid)
        finally:
            server.terminate()
            server.wait()
            browser.close()


def main() -> None:
    torch.set_num_threads(1)
    results = [*training(), drawing(), *clicking(), *starting(), *pages()]
    if "--json" in sys.argv[1:]:
        print(json.dumps([asdict(result) for result in results], indent=2))
        return
    for result in results:
        beside = f"   beside {result.theirs:.3g}: {result.ratio:.2g} x" if result.theirs and result.ratio else ""
        print(f"{result.what:<72} {result.ours:>9.3g} {result.unit}{beside}")


if __name__ == "__main__":
    main()
