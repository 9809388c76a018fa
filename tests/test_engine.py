"""The engine: each value is computed once, a lost worker loses no run, nothing stays behind, and messages are plain."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from core.experiment.spec import Measure, Run, digest
from core.serve import race, workers
from core.serve.engine import Busy, Engine, Limits, State
from core.store import folders, store
from tests.serving import LONG, files, kinds, seeds, tiny, wait, wait_for


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("HEADSTART_SCHEDULER", raising=False)
        patch.setenv("HEADSTART_STORE", str(tmp_path_factory.mktemp("store")))
        yield store.home()


@pytest.fixture(scope="module")
def engines(home: Path) -> Iterator[list[Engine]]:
    running: list[Engine] = []
    yield running
    for engine in running:
        engine.close()


@pytest.fixture
def engine(engines: list[Engine]) -> Engine:
    """Returns the engine of the test before. If that test left unfinished work, it returns a new one."""
    if engines and not idle(engines[0]):
        engines.pop().close()
    if not engines:
        engines.append(Engine())
    return engines[0]


def idle(engine: Engine, seconds: float = 3) -> bool:
    end = time.monotonic() + seconds
    while (engine._line.jobs or engine._line.requests) and time.monotonic() < end:
        time.sleep(0.01)
    return not engine._line.jobs and not engine._line.requests and engine.limits == Limits()


def test_early_run_waits_for_workers(engine: Engine) -> None:
    """A run that is requested before the workers are up is queued and then done."""
    run = tiny()
    assert engine.state(run) == State("absent")
    engine.ask([run], "ann")
    assert engine.state(run).kind in ("queued", "running")
    assert wait_for(engine, run) == State("done")
    assert kinds(run)[0] == "start" and kinds(run)[-1] == "done" and "point" in kinds(run)


def test_equal_runs_are_one_task(engine: Engine) -> None:
    run = tiny(1000)
    for session in ("ann", "bob", "cem"):
        engine.ask([run], session)
    engine.ask([run], "ann")  # a double click
    assert len(engine._line.jobs) == 1
    wait_for(engine, run)
    assert kinds(run).count("start") == 1 and kinds(run).count("done") == 1


def test_what_is_stored_costs_nothing(engine: Engine) -> None:
    done = tiny()
    engine.ask([done], "ann")
    wait_for(engine, done)
    engine.ask([done], "ann")
    assert not engine._line.requests and not engine._line.jobs


def test_runs_share_their_backbone(engine: Engine) -> None:
    """Two arms train the common backbone once and then run side by side."""
    backbone = tiny(300)
    arms = [tiny(LONG, backbone), tiny(LONG, backbone)]
    engine.ask(arms, "ann")
    wait(lambda: all("point" in kinds(arm) for arm in arms))
    assert [engine.state(arm).kind for arm in arms] == ["running", "running"]
    assert kinds(backbone).count("start") == 1 and store.weights(backbone)
    engine.stop(arms, "ann")
    for arm in arms:
        wait_for(engine, arm, "stopped")


def test_requested_runs_precede_mere_starting_points(engine: Engine) -> None:
    """A run that is only the start of another run of the click gives way to one that is wanted itself."""
    backbone, alone = tiny(LONG), tiny(LONG)
    child = tiny(20, backbone)
    engine.ask([backbone, child, alone], "ann")
    priority = {run: engine._line.jobs[digest(run)].priority for run in (backbone, child, alone)}
    engine.stop([backbone, child, alone], "ann")
    assert priority[backbone] < priority[child] == priority[alone]
    for run in (backbone, alone):
        wait_for(engine, run, "stopped")


def test_stopped_run_can_be_started_again(engine: Engine) -> None:
    """A stopped run ends at its next event."""
    run = tiny(LONG)
    engine.ask([run], "ann")
    wait(lambda: "point" in kinds(run))
    engine.stop([run], "ann")
    before = kinds(run).count("point")
    wait(lambda: engine.state(run) == State("stopped"))
    assert kinds(run)[-1] == "stopped" and kinds(run).count("point") <= before + 1
    engine.ask([run], "ann")
    wait(lambda: engine.state(run).kind == "running" and kinds(run)[-1:] == ["point"])
    assert not engine.state(run).restarted
    engine.stop([run], "ann")
    wait_for(engine, run, "stopped")


def test_run_continues_for_another_session(engine: Engine) -> None:
    run = tiny(1500)
    engine.ask([run], "ann")
    engine.ask([run], "bob")
    wait_for(engine, run, "running")
    engine.stop([run], "ann")
    assert wait_for(engine, run) == State("done")


def test_run_requested_again_while_stopping_is_done(engine: Engine) -> None:
    run = tiny(500)
    engine.ask([run], "ann")
    wait(lambda: "point" in kinds(run))
    engine.stop([run], "ann")
    engine.ask([run], "ann")
    assert wait_for(engine, run, "done", "failed") == State("done")


def test_new_choice_stops_unwanted_runs(engine: Engine) -> None:
    """Runs that somebody else still wants go on."""
    kept, left, shared, new = (tiny(LONG) for _ in range(4))
    engine.ask([shared], "bob")
    engine.ask([kept, left, shared], "ann")
    engine.ask([kept, new], "ann")
    assert wait_for(engine, left, "stopped") == State("stopped")
    assert not any(store.stop_mark(run).exists() for run in (kept, new, shared))
    assert {engine.state(run).kind for run in (kept, new, shared)} <= {"queued", "running"}
    engine.stop([kept, new], "ann")
    engine.stop([shared], "bob")
    wait(lambda: not engine._line.jobs)


def test_question_stops_no_run_and_is_limited(engine: Engine) -> None:
    """Too many questions are refused with a message."""
    known, run = tiny(), tiny(LONG)
    engine.ask([known], "ann")
    wait_for(engine, known)
    engine.ask([run], "ann")
    wait_for(engine, run, "running")
    measure = Measure(kind="examples", runs=(), tasks=(known.task,), count=next(seeds) % 900)
    engine.ask([measure], "ann")
    wait(lambda: engine.state(measure).kind == "done")
    assert engine.state(run).kind == "running"
    engine.limits = Limits(pending_a_tab=1)
    with pytest.raises(Busy, match=r"^[A-Z].+\.$"):
        engine.ask([replace(measure, count=1 + next(seeds) % 900)], "ann")
    engine.limits = Limits()
    engine.stop([run], "ann")
    wait_for(engine, run, "stopped")


def test_what_nobody_watches_any_more_is_given_up(engine: Engine) -> None:
    engine.limits = Limits(unwatched=0.5)
    left, watched, script = tiny(LONG), tiny(LONG), tiny(LONG)
    for session, run in (("ann", left), ("bob", watched), ("script", script)):
        engine.ask([run], session)
    engine.watch([], "ann")

    def given_up() -> bool:
        engine.watch([], "bob")
        return engine.state(left).kind == "stopped"

    wait(given_up)
    assert {engine.state(run).kind for run in (watched, script)} <= {"queued", "running"}
    engine.watch([], "bob")
    engine.ask([watched], "ann")  # who is back is not given up for having been away
    engine.limits = Limits()
    for session, run in (("bob", watched), ("ann", watched), ("script", script)):
        engine.stop([run], session)
    wait(lambda: not engine._line.jobs)


# --- A race -----------------------------------------------------------------------------------------------------------


def share(run: Run) -> float:
    return race.visible_progress(run)


def led(sides: list[Run], engine: Engine) -> float:
    """Returns the largest lead of one side over another, as a share of the steps, until all were done."""
    most = 0.0
    while not all(engine.state(side).kind == "done" for side in sides):
        shares = [share(side) for side in sides]
        most = max(most, max(shares) - min(shares))
        time.sleep(0.01)
    return most


def test_two_sides_move_together_on_two_workers(engine: Engine) -> None:
    sides = [tiny(800), replace(tiny(2400), seeds=4)]
    engine.ask(sides, "ann")
    assert led(sides, engine) < 0.25
    assert [kinds(side).count("start") for side in sides] == [1, 1]
    wait(lambda: not engine._line.jobs)


def test_sides_move_together_on_one_worker(engine: Engine) -> None:
    """They keep no other learner waiting."""
    busy, sides, next_one = tiny(LONG), [tiny(5000), tiny(5000)], tiny(20)
    engine.ask([busy], "bob")
    wait_for(engine, busy, "running")
    engine.ask(sides, "ann")
    wait(lambda: all(share(side) > 0.05 for side in sides))
    assert [engine.state(side).kind for side in sides] == ["running", "running"]
    engine.stop([busy], "bob")  # the turn of the second side comes, and passes at once
    engine.ask([next_one], "cem")
    assert wait_for(engine, next_one) == State("done")
    assert any(engine.state(side).kind == "running" for side in sides)
    assert led(sides, engine) < 0.25
    assert [kinds(side).count("start") for side in sides] == [1, 1]
    wait(lambda: not engine._line.jobs)


def test_a_side_that_is_stopped_holds_nobody(engine: Engine) -> None:
    busy, sides = tiny(LONG), [tiny(1500), tiny(LONG)]
    engine.ask([busy], "bob")
    wait_for(engine, busy, "running")
    engine.ask(sides, "ann")
    wait(lambda: share(sides[0]) > 0.05)
    engine.stop(sides[1:], "ann")
    assert wait_for(engine, sides[0]) == State("done")
    assert wait_for(engine, sides[1]) == State("stopped")
    engine.stop([busy], "bob")
    wait(lambda: not engine._line.jobs)


def test_sides_begin_together_after_missing_backbone(engine: Engine) -> None:
    backbone = tiny(1500)
    sides = [tiny(100, backbone), tiny(100)]
    engine.ask(sides, "ann")
    wait(lambda: engine.state(backbone).kind == "running" and "point" in kinds(backbone))
    assert [engine.state(side).kind for side in sides] == ["queued", "queued"]
    assert all(engine.state(side).message.endswith("being trained first.") for side in sides)
    for side in sides:
        assert wait_for(engine, side) == State("done")
    wait(lambda: not engine._line.jobs)


def test_the_queue_is_bounded_and_tells_the_position(engine: Engine) -> None:
    engine.limits = Limits(pending=3)
    crowd = {f"learner {k}": tiny(LONG) for k in range(3)}
    try:
        for session, run in crowd.items():
            engine.ask([run], session)
        wait(lambda: sorted(engine.state(run).kind for run in crowd.values()) == ["queued", "running", "running"])
        states = [engine.state(run) for run in crowd.values()]
        assert all(state.position == k for k, state in enumerate(states) if state.kind == "queued")
        with pytest.raises(Busy, match=r"^[A-Z].+\.$"):
            engine.ask([tiny()], "learner 3")
    finally:
        engine.limits = Limits()
        for session, run in crowd.items():
            engine.stop([run], session)
    for run in crowd.values():
        wait_for(engine, run, "stopped")
    wait(lambda: not engine._line.jobs)


def test_run_over_its_time_limit_gives_message(engine: Engine) -> None:
    run = tiny(LONG)
    engine.limits = Limits(seconds=0.2)
    try:
        engine.ask([run], "ann")
        state = wait_for(engine, run)
    finally:
        engine.limits = Limits()
    assert state.kind == "failed" and "seconds of processor time" in state.message and "seeds" not in state.message
    engine._ended.clear()  # as after a restart of the server, or on another one
    assert engine.state(run) == state
    engine.ask([run], "ann")
    wait(lambda: engine.state(run).kind == "running" and "point" in kinds(run))
    assert not engine.state(run).restarted
    engine.stop([run], "ann")
    wait_for(engine, run, "stopped")


def test_a_damaged_folder_is_set_aside_and_recomputed(engine: Engine) -> None:
    backbone = tiny()
    engine.ask([backbone], "ann")
    wait_for(engine, backbone)
    weights = store.weights(backbone)
    assert weights
    before = weights.read_bytes()
    weights.write_bytes(before[:-8])
    child = tiny(start=backbone)
    engine.ask([child], "ann")  # stands on the weights
    assert wait_for(engine, child) == State("done")
    assert weights.read_bytes() == before
    assert list((store.home() / "aside").glob(f"{digest(backbone)}-*"))

    events = files(child)[1]
    events.write_text(events.read_text()[:-20])
    store.clear_caches()
    assert engine.state(child).kind == "absent"
    engine.ask([child], "ann")
    assert wait_for(engine, child) == State("done")


def test_complete_result_is_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another store has its own results."""
    run, child = tiny(), tiny(LONG)
    assert not store.complete(run)
    assert workers.compute(run, 600) == "done"
    before = store.events(run)
    files(run)[1].unlink()
    assert store.events(run) is before and store.complete(run)
    shutil.rmtree(files(run)[1].parent)  # somebody tidies up: noticed by whoever needs the weights
    assert store.weights(run) is None and not store.is_intact(run)
    with folders.writing(child) as folder:
        assert folder
        for n in range(3):
            folder.append({"kind": "point", "n": n})
            assert store.events(child)[-1]["n"] == n
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    assert store.events(run) == []


def test_a_full_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    run = tiny()
    with monkeypatch.context() as patch:
        patch.setattr(folders.Folder, "append", full)
        with pytest.raises(workers.Failed, match="disk is full"):
            workers.compute(run, 600)
    assert workers.compute(run, 600) == "done"  # when there is room again


def test_an_unforeseen_error_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.serve.compute_values.train", lambda *_: 1 / 0)
    run = tiny()
    with pytest.raises(workers.Failed, match=r"^Something went wrong[^:/\d]+\.$") as error:
        workers.compute(run, 600)
    assert error.value.__cause__ is error.value.__context__ is None
    assert kinds(run) == ["start", "failed"]


def test_two_servers_do_each_run_once(engine: Engine) -> None:
    other = Engine()
    backbone, warm = tiny(200), tiny()
    runs = [tiny(400, backbone), tiny(400, backbone)]
    try:
        other.ask([warm], "ann")
        wait_for(other, warm)
        aside = set((store.home() / "aside").glob("*"))
        for server in (engine, other):
            server.ask(runs, "ann")
        for server in (engine, other):
            for run in runs:
                assert wait_for(server, run) == State("done")
        assert set((store.home() / "aside").glob("*")) == aside  # nobody began what the other had begun
        assert [kinds(run).count("start") for run in (backbone, *runs)] == [1, 1, 1]
    finally:
        other.close()


def test_run_of_another_server_counts_as_running(engine: Engine) -> None:
    run = tiny()
    with folders.writing(run):
        assert engine.state(run).kind == "running"
    assert engine.state(run).kind == "absent"  # it went away and left the folder


def python(code: str) -> subprocess.Popen[str]:
    env = os.environ | {"PYTHONPATH": str(workers.ROOT)}
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, env=env)


def test_engine_may_close_while_workers_start(home: Path) -> None:
    engine = Engine()
    wait(lambda: engine._child is not None)
    assert engine._child
    child = psutil.Process(engine._child.pid)
    family = [child, *child.children(recursive=True)]
    engine.close()
    _, alive = psutil.wait_procs(family, timeout=60)
    assert not alive and not engine._thread.is_alive()


def test_when_the_server_dies_its_workers_end() -> None:
    server = python("""
        import time
        from core.serve.engine import Engine
        engine = Engine()
        while not (engine._client and engine._client.status == "running"):
            time.sleep(0.01)
        print(engine._child.pid, flush=True)
        time.sleep(60)
    """)
    assert server.stdout
    child = psutil.Process(int(server.stdout.readline()))
    family = [child, *child.children(recursive=True)]
    assert len(family) >= 3
    server.kill()
    server.wait()
    _, alive = psutil.wait_procs(family, timeout=60)
    assert not alive


def test_the_server_process_never_imports_torch() -> None:
    server = python("""
        import json, sys
        import core.serve.engine, core.store.store, core.experiment.spec, core.serve.workers, distributed
        print(json.dumps([name for name in ("torch", "streamlit", "sklearn") if name in sys.modules]))
    """)
    out, _ = server.communicate(timeout=120)
    assert json.loads(out) == []
