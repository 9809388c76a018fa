"""Breaks things around the app on purpose: `make faults` takes a few minutes and is not part of every test run.

After each fault, every page opens, every run is complete and right or visibly started again, and nothing complete is
lost. Some tests need their own disk: Linux, and a kernel that lets users have name spaces.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.experiment.spec import Measure, Run, Stage, digest
from core.experiment.tasks import Plane
from core.serve import compute_values
from core.store import folders, store
from tests.serving import wait

ROOT = Path(__file__).resolve().parent.parent
RUNS = 100
KILLS = 25
REMOVALS = 8
LONG = 120.0  # seconds that a wait may take
TIMES = ("seconds", "sha256", "restarted")  # what differs from run to run

# A server without its pages: it wants all of the first RUNS runs, forgets nothing that it has seen complete, and ends
# when all are there. Line by line it prints how many are.
SERVER = f"""
    import time
    from core.store import store
    from core.serve.engine import Engine, Busy
    from tests.faults import plain_run
    runs, engine = [plain_run(n) for n in range({RUNS})], Engine()
    while left := [run for run in runs if not store.complete(run)]:
        for n, run in enumerate(left[:20]):
            if engine.state(run).kind not in ("queued", "running"):
                try:
                    engine.ask([run], f"learner {{n}}")
                except Busy:
                    pass
        print(len(runs) - len(left), flush=True)
        time.sleep(0.2)
    engine.close()
"""


def plain_run(n: int, steps: int = 300) -> Run:
    stages = (Stage(steps=steps, batch=16),)
    return Run(task=Plane(labels=20), net="mlp", start=None, stages=stages, seeds=1, first_seed=n)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv("HEADSTART_SCHEDULER", raising=False)
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path / "store"))
    store.clear_caches()
    yield tmp_path / "store"
    store.clear_caches()
    left = left_over(tmp_path)
    _, alive = psutil.wait_procs(left, timeout=30)
    for process in alive:
        process.kill()
    assert not alive, "processes are left behind"


def left_over(folder: Path) -> list[psutil.Process]:
    """Returns the processes of a test, found by the path of its store."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("HEADSTART_STORE", "").startswith(str(folder)) and process.pid != os.getpid():
                found.append(process)
    return found


def python(code: str, *before: str, root: Path = ROOT, **environment: str) -> subprocess.Popen[str]:
    env = os.environ | {"PYTHONPATH": str(root)} | environment
    command = [*before, sys.executable, "-c", textwrap.dedent(code)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd=root, start_new_session=True)


def answers(code: str, *before: str, **environment: str) -> list[Any]:
    """Returns what a script printed, one JSON value a line."""
    process = python(code, *before, **environment)
    out, _ = process.communicate(timeout=LONG)
    assert process.returncode == 0
    return [json.loads(line) for line in out.splitlines()]


def seen(run: Run) -> list[dict[str, Any]]:
    """Returns the events of a run, without the fields that differ each time."""
    return [{name: told for name, told in event.items() if name not in TIMES} for event in store.events(run)]


def undisturbed(runs: Sequence[Run], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    with monkeypatch.context() as patch:
        patch.setenv("HEADSTART_STORE", str(folder))
        for run in runs:
            assert compute_values.perform(run) == "done"
        return [seen(run) for run in runs]


PAGES = """
    import json
    from streamlit.testing.v1 import AppTest
    from lessons.kit.lesson.catalogue import lessons
    from tests.test_pages import page
    from app.state.engine import engine
    from app.app_pages import home
    for slug, lesson in lessons().items():
        for beat in ("Look", "Run", "Explain"):
            opened = page(slug, beat=beat, committed="2", pressed="1")
            assert not opened.exception, f"{slug} {beat}: {opened.exception}"
            assert opened.title or opened.subheader
    print(json.dumps("all open"))
    engine().close()
"""


def all_pages_open(**environment: str) -> bool:
    return answers(PAGES, **environment)[-1] == "all open"


def family(server: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return server.children(recursive=True)
    return []


def test_hundred_runs_survive_random_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers, scheduler and server are killed at random, and all 100 runs still end complete."""
    chance, runs = random.Random(0), [plain_run(n) for n in range(RUNS)]
    server, left, complete = python(SERVER), KILLS, set[Run]()
    end = time.monotonic() + LONG
    while server.poll() is None or left:
        assert time.monotonic() < end, f"{len(complete)} of {RUNS} are complete after {KILLS - left} kills"
        if server.poll() is not None:
            break  # all is done before the last kill
        time.sleep(chance.uniform(0.3, 2.5) if left else 0.5)
        store.clear_caches()
        now = {run for run in runs if store.complete(run)}
        assert complete <= now, "something that was complete is lost"
        complete = now
        if left and server.poll() is None:
            left -= 1
            target = chance.choice([psutil.Process(server.pid), *family(psutil.Process(server.pid))])
            with suppress(psutil.NoSuchProcess):
                target.kill()
            if target.pid == server.pid:
                server.wait()
                server = python(SERVER)
    assert server.wait() == 0 and left < KILLS - 5
    store.clear_caches()
    assert all(store.has_spec_and_results(run, store.home() / "runs" / digest(run)) for run in runs)
    some = chance.sample(runs, 10)
    assert [seen(run) for run in some] == undisturbed(some, tmp_path / "quiet", monkeypatch)
    assert all_pages_open()


def test_files_cut_at_every_byte(home: Path) -> None:
    run = plain_run(1, steps=10)
    asked = Measure(kind="boundary", runs=(run,))
    for value in (run, asked):
        assert compute_values.perform(value) == "done"
    runs, kept_in = home / "runs", home / "whole"
    whole = {value: shutil.copytree(runs / digest(value), kept_in / digest(value)) for value in (run, asked)}
    truth, cuts = store.events(run), 0
    for value, kept in whole.items():
        place = home / "runs" / digest(value)
        for file in sorted(kept.iterdir()):
            data = file.read_bytes()
            for cut in reversed(range(len(data))):
                os.truncate(place / file.name, cut)
                for remembered in (store.run_in, store.answer_in, store.growing, store.checksum):
                    remembered.cache_clear()  # but not what ships, which takes long to read
                if store.complete(value) and isinstance(value, Run):
                    assert store.events(value) == truth
                if file.name in ("spec.json", "answer.json", "events.jsonl"):
                    assert not store.is_intact(value), f"{file.name} cut at {cut} passes for whole"
                    cuts += 1
                if file.name == store.WEIGHTS:
                    assert store.weights(run) is None
                    cuts += 1
            for cut in (0, len(data) // 2, len(data) - 1):
                if file.name in ("looked", "used"):
                    continue
                (place / file.name).write_bytes(data[:cut])
                store.clear_caches()
                assert compute_values.perform(value) == "done" and store.is_intact(value)
                assert (place / file.name).read_bytes()[:2] == data[:2]
            shutil.rmtree(place)
            shutil.copytree(kept, place)
    assert cuts > 1000
    store.clear_caches()
    assert store.is_intact(run) and store.is_intact(asked)


@contextmanager
def own_disk(tmp_path: Path, options: str) -> Iterator[tuple[list[str], Path]]:
    """Yields a command prefix that gives a process its own small disk at a path."""
    if subprocess.run(["unshare", "-Urm", "true"], check=False).returncode:
        pytest.skip("this kernel lets users have no name spaces")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f'mount -t tmpfs -o {options} tmpfs {disk} && exec "$@"'
    yield ["unshare", "-Urm", "sh", "-c", mount, "sh"], disk


def test_full_disk_gives_message_and_recovers(tmp_path: Path) -> None:
    """The app works again as soon as the disk has room."""
    with own_disk(tmp_path, "size=600k") as (before, disk):
        told = answers(
            """
            import json, os, time
            from pathlib import Path
            from core.serve.engine import Engine
            from tests.faults import plain_run
            engine, disk = Engine(), Path(os.environ["DISK"])
            def tried(n):
                engine.ask([plain_run(n)], "ann")
                while engine.state(plain_run(n)).kind in ("queued", "running"):
                    time.sleep(0.05)
                state = engine.state(plain_run(n))
                print(json.dumps([state.kind, state.message]), flush=True)
            tried(0)
            filler = disk / "filler"
            try:
                with filler.open("wb") as file:
                    while True:
                        file.write(bytes(1000)); file.flush()
            except OSError:
                pass
            tried(1)
            filler.unlink()
            tried(1)
            engine.close()
            """,
            *before,
            HEADSTART_STORE=str(disk / "store"),
            DISK=str(disk),
        )
    assert told == [["done", ""], ["failed", folders.FULL], ["done", ""]]


REFUSED = """
    import json, time
    from core.serve.engine import Engine
    from tests.faults import plain_run
    engine = Engine()
    engine.ask([plain_run(0)], "ann")
    while engine.state(plain_run(0)).kind in ("queued", "running"):
        time.sleep(0.05)
    print(json.dumps(engine.state(plain_run(0)).message))
    engine.stop([plain_run(0)], "ann")
    engine.close()
"""


def test_read_only_store_gives_message(tmp_path: Path) -> None:
    """Every page still opens."""
    with own_disk(tmp_path, "ro") as (before, disk):
        there = {"HEADSTART_STORE": str(disk / "store")}
        assert answers(REFUSED, *before, **there) == [folders.LOCKED]
        assert answers(PAGES, *before, **there)[-1] == "all open"


def test_store_that_is_a_file_gives_message(tmp_path: Path) -> None:
    """Every page still opens."""
    (tmp_path / "file").touch()
    assert answers(REFUSED, HEADSTART_STORE=str(tmp_path / "file")) == [folders.LOCKED]
    assert all_pages_open(HEADSTART_STORE=str(tmp_path / "file"))


def under_way(home: Path) -> bool:
    """Tells whether some run has reached its first test."""
    with suppress(OSError):
        return any("point" in file.read_text() for file in home.glob("runs/*.part/events.jsonl"))
    return False


def test_store_is_removed_while_two_servers_train(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is removed again and again, and all runs still get done."""
    code = """
        import json, time
        from core.serve.engine import Engine
        from tests.faults import plain_run
        engine, runs = Engine(), [plain_run(n, steps=3000) for n in range(6)]
        while {engine.state(run).kind for run in runs} != {"done"}:
            for n, run in enumerate(runs):
                state = engine.state(run)
                if state.kind not in ("queued", "running", "done"):
                    print(json.dumps([state.kind, state.message]), flush=True)
                    engine.ask([run], f"learner {n}")
            time.sleep(0.1)
        engine.close()
    """
    chance, servers = random.Random(1), [python(code), python(code)]
    for _ in range(REMOVALS):
        wait(lambda: under_way(home))
        time.sleep(chance.uniform(0, 1.5))
        assert [server.poll() for server in servers] == [None, None]
        with suppress(OSError):  # somebody writes into it meanwhile
            shutil.rmtree(home)
    told = [json.loads(line) for server in servers for line in server.communicate(timeout=LONG)[0].splitlines()]
    assert [server.returncode for server in servers] == [0, 0]
    assert not [message for kind, message in told if str(home) in message or "Error" in message or "rrno" in message]
    assert {kind for kind, _ in told} <= {"absent", "stopped", "failed"}
    runs = [plain_run(n, steps=3000) for n in range(6)]
    for run in runs:  # a server remembers what it has seen complete, and need not miss it on the disk
        assert compute_values.perform(run) == "done" and store.is_intact(run)
    assert [seen(run) for run in runs] == undisturbed(runs, tmp_path / "quiet", monkeypatch)


def test_results_of_another_version_are_set_aside(home: Path) -> None:
    """The app does not trust results of another version of the code, but keeps them."""
    run = plain_run(3)
    assert compute_values.perform(run) == "done"
    place, right = home / "runs" / digest(run), seen(run)
    spec = json.loads((place / "spec.json").read_text())
    for wrong in (spec | {"warp": 9}, spec | {"is": "Voyage"}, [], {"is": "Run"}, 7):
        (place / "spec.json").write_text(json.dumps(wrong))
        store.clear_caches()
        assert not store.is_intact(run)
        assert compute_values.perform(run) == "done" and seen(run) == right
    assert len(list((home / "aside").iterdir())) == 5
    later = place.with_name("f" * 20)  # what a later version calls by a digest that this one never makes
    later.mkdir()
    (later / "spec.json").write_text(json.dumps(spec | {"warp": 9}))
    (later / "events.jsonl").write_text('{"kind": "warped"}\n')
    assert all_pages_open()
    assert later.exists()


def test_two_code_versions_share_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither version uses or damages the results of the other."""
    later = tmp_path / "later"
    unwanted = shutil.ignore_patterns("__pycache__", "shipped", "texts")
    for part in ("core", "lessons", "tests"):
        shutil.copytree(ROOT / part, later / part, ignore=unwanted)
    spec = later / "core" / "experiment" / "spec.py"
    spec.write_text(spec.read_text().replace("MEANING = ", "MEANING = 1000 + "))
    code = """
        import json, time
        from core.serve import eviction
        from core.store import store
        from core.serve.engine import Engine
        from core.experiment.spec import digest
        from tests.faults import plain_run
        engine, runs = Engine(), [plain_run(n) for n in range(6)]
        for n, run in enumerate(runs):
            engine.ask([run], f"learner {n}")
        while any(engine.state(run).kind in ("queued", "running") for run in runs):
            eviction.tidy(every=0)
            time.sleep(0.05)
        print(json.dumps([[digest(run), engine.state(run).kind, store.is_intact(run)] for run in runs]))
        engine.close()
    """
    servers = [python(code), python(code, root=later)]
    ours, theirs = (json.loads(server.communicate(timeout=LONG)[0]) for server in servers)
    assert all(each[1:] == ["done", True] for each in (*ours, *theirs))
    assert not {name for name, *_ in ours} & {name for name, *_ in theirs}
    runs = [plain_run(n) for n in range(6)]
    assert [seen(run) for run in runs] == undisturbed(runs, tmp_path / "quiet", monkeypatch)
    assert not list(store.home().glob("aside/*"))


def test_few_file_descriptors_and_little_memory() -> None:
    told = answers("""
        import json, resource, time
        from core.serve.engine import Engine
        from tests.faults import plain_run
        resource.setrlimit(resource.RLIMIT_NOFILE, (96, 96))
        resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))
        engine, held = Engine(), []
        engine.ask([plain_run(0)], "ann")
        while engine.state(plain_run(0)).kind in ("queued", "running"):
            time.sleep(0.05)
        try:
            while True:
                held.append(open("/dev/null"))
        except OSError:
            pass
        for n in (1, 2):
            engine.ask([plain_run(n)], "ann")
        time.sleep(2)
        held.clear()
        for n in range(3):
            while engine.state(plain_run(n)).kind in ("queued", "running"):
                time.sleep(0.05)
            if engine.state(plain_run(n)).kind != "done":
                engine.ask([plain_run(n)], "ann")
                while engine.state(plain_run(n)).kind in ("queued", "running"):
                    time.sleep(0.05)
            print(json.dumps(engine.state(plain_run(n)).kind))
        engine.close()
    """)
    assert told == ["done"] * 3
