"""A server heals itself: no run is lost when workers, the scheduler or its connection fail again and again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.experiment.spec import Run, digest, to_json
from core.serve import workers
from core.serve.engine import ANEW, AWAY, GIVEN_UP, LOST, Engine, Limits, State
from core.store import store
from tests.serving import files, free_port, kinds, served_workers, tiny, wait, wait_for, workers_of, workers_under

pytestmark = pytest.mark.xdist_group("healing")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("HEADSTART_SCHEDULER", raising=False)
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path / "store"))
    return store.home()


@pytest.fixture
def doomed(home: Path) -> Iterator[Engine]:
    """Returns an engine whose processes the test kills."""
    engine = Engine()
    yield engine
    engine.close()


def is_as_if_undisturbed(run: Run, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Tells whether a run has the same weights as one that nothing disturbed."""
    disturbed = store.events(run)[-1]["sha256"]
    with monkeypatch.context() as patch:
        patch.setenv("HEADSTART_STORE", str(store.home().with_name("undisturbed")))
        assert workers.compute(run, 600) == "done"
        return bool(store.events(run)[-1]["sha256"] == disturbed)


def first_point(run: Run) -> str:
    """Returns the first point, which holds a time and so tells attempts apart."""
    return json.dumps(store.events(run)[1:2])


def test_killed_workers_are_replaced_and_run_stays_right(doomed: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    run, attempts = tiny(1000), list[str]()
    doomed.ask([run], "ann")
    for n in range(2):
        wait(lambda: len(kinds(run)) > 2 and first_point(run) not in attempts)
        attempts.append(first_point(run))
        for worker in workers_of(doomed):
            worker.kill()
        state = wait_for(doomed, run, "queued")  # a folder that nobody writes is not a run in progress
        assert state.message in (ANEW, LOST, "")  # "" until the loss is known
        for worker in workers_of(doomed) if n == 0 else ():
            worker.kill()  # also while it begins
    assert wait_for(doomed, run) == State("done", restarted=True)
    assert kinds(run).count("start") == 1  # the last attempt is complete in itself
    wait(lambda: len(workers_of(doomed)) == 2)
    assert is_as_if_undisturbed(run, monkeypatch)


def test_killed_scheduler_restarts_and_page_is_told(doomed: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    run = tiny(1000)
    doomed.ask([run], "ann")
    for again in (False, True):  # the second time it is the second attempt: what the first has left stands for a while
        wait(lambda: kinds(run).count("point") > 1 and doomed.state(run) == State("running", restarted=again))  # noqa: B023
        assert doomed._child
        doomed._child.kill()
        wait(lambda: doomed.state(run) == State("queued", message=LOST))
    assert wait_for(doomed, run) == State("done", restarted=True)
    assert is_as_if_undisturbed(run, monkeypatch)
    assert doomed._child
    doomed._child.kill()  # with nothing to do
    doomed.ask([other := tiny()], "ann")
    assert wait_for(doomed, other) == State("done")


def test_run_that_kills_workers_is_given_up(doomed: Engine) -> None:
    """It keeps no other run waiting."""
    doomed.limits = Limits(losses=2)
    poison, child, innocent = tiny(20_000), tiny(), tiny()
    doomed.ask([poison], "ann")
    kills = 0
    while wait_for(doomed, poison, "running", "failed").kind == "running":
        if kinds(poison).count("point") > 1:
            kills += 1
            for worker in workers_of(doomed):
                worker.kill()
            wait_for(doomed, poison, "queued", "failed")
    assert doomed.state(poison) == State("failed", message=GIVEN_UP)
    assert 0 < kills <= 2
    doomed.ask([innocent, child], "bob")
    assert wait_for(doomed, innocent) == State("done")


def test_failed_worker_starts_are_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    start, attempts = workers.start, iter([OSError("no memory"), OSError("no memory")])

    def fails_twice() -> tuple[subprocess.Popen[str], str, str]:
        for error in attempts:
            raise error
        return start()

    monkeypatch.setattr(workers, "start", fails_twice)
    engine, run = Engine(), tiny()
    engine.ask([run], "ann")
    wait(lambda: engine.state(run) == State("queued", message=LOST))
    assert wait_for(engine, run) == State("done")
    engine.close()


def test_a_scheduler_elsewhere_may_go_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    run, port = tiny(1500), f"{free_port()}"
    with served_workers("--workers", "1", "--port", port) as (settings, _):
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        engine = Engine()
        engine.ask([run], "ann")
        wait(lambda: "point" in kinds(run))
    wait(lambda: engine.state(run) == State("queued", message=AWAY))
    with served_workers("--workers", "1", "--port", port):
        assert wait_for(engine, run) == State("done", restarted=True)
        engine.close()


SERVER = """
import json, sys, time
from core.serve.engine import Engine
from core.experiment.spec import from_json
engine, runs = Engine(), [from_json(run) for run in json.loads(sys.stdin.readline())]
for n, run in enumerate(runs):
    engine.ask([run], f"learner {n}")
while any(engine.state(run).kind in ("queued", "running") for run in runs):
    time.sleep(0.05)
print(json.dumps([engine.state(run).kind for run in runs]))
engine.close()
"""


def test_two_servers_share_workers_despite_a_loss() -> None:
    """Two servers, one scheduler and four workers do each run once, though a worker is lost."""
    runs = [tiny(2500) for _ in range(8)]
    with served_workers("--workers", "4") as (settings, process):
        env = os.environ | settings | {"PYTHONPATH": str(workers.ROOT)}
        command, pipe = [sys.executable, "-c", SERVER], subprocess.PIPE
        servers = [subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True) for _ in range(2)]
        for server in servers:
            assert server.stdin
            server.stdin.write(json.dumps([to_json(run) for run in runs]) + "\n")
            server.stdin.flush()
        wait(lambda: sum(store.is_being_written(run) and "point" in kinds(run) for run in runs) > 2)
        workers_under(process)[0].kill()
        for server in servers:
            assert json.loads(server.communicate(timeout=120)[0]) == ["done"] * len(runs)
    assert all(files(run)[1].exists() for run in runs)
    again = {digest(run) for run in runs if store.events(run)[0]["restarted"]}
    begun_before = {path.name.partition(".")[0] for path in (store.home() / "aside").glob("*")}
    assert again == begun_before  # nobody began what another had begun, unless it was lost
    assert len(again) <= 1  # none where it was lost between two runs
