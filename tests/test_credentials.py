"""Nobody gets in without credentials: not at the scheduler, at a worker or at the process that watches a worker."""

from __future__ import annotations

import asyncio
import os
import stat
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import Client
from distributed.core import rpc

from core.serve import workers
from core.serve.engine import Engine
from tests import awaited
from tests.serving import served_workers, tiny, wait_for


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("HEADSTART_SCHEDULER", raising=False)
        patch.setenv("HEADSTART_STORE", str(tmp_path_factory.mktemp("store")))
        engine = Engine()
        engine.ask([run := tiny()], "ann")
        assert wait_for(engine, run).kind == "done"
        yield engine
        engine.close()


def family(engine: Engine) -> list[psutil.Process]:
    assert engine._child
    parent = psutil.Process(engine._child.pid)
    return [parent, *parent.children(recursive=True)]


def listening(engine: Engine) -> list[tuple[str, int]]:
    found = [each for process in family(engine) for each in process.net_connections("inet")]
    return sorted({each.laddr for each in found if each.status == psutil.CONN_LISTEN})


async def answers(address: str, security: Any = None) -> bool:
    """Tells whether a listener identifies itself, which is the least it could do."""
    arguments = security.get_connection_args("client") if security else {}
    try:
        async with rpc(address, connection_args=arguments, timeout=2) as other:
            return bool(await asyncio.wait_for(other.identity(), 4))
    except (TimeoutError, OSError):
        return False


def page(port: int, path: str) -> int:
    """Returns the HTTP status of a page on a port, or 0 if the port does not speak HTTP."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_client_without_right_credentials_is_refused(engine: Engine) -> None:
    address = engine._client.scheduler.address
    assert address.startswith("tls://127.0.0.1:")
    with pytest.raises(OSError):
        Client(address.replace("tls", "tcp"), timeout=2, set_as_default=False)  # type: ignore[no-untyped-call]
    with pytest.raises(OSError):
        workers.connect(address, workers.new_credentials())


def test_no_port_answers_without_credentials(engine: Engine) -> None:
    mine, stranger = engine._client.security, workers.secured(workers.new_credentials())
    assert {host for host, _ in listening(engine)} == {"127.0.0.1"}
    healthy = {port: page(port, "health") for _, port in listening(engine)}
    dask = [port for port, status in healthy.items() if not status]
    assert len(dask) >= 5  # a scheduler, two workers, and what watches over each

    async def all_answers(scheme: str, security: Any = None) -> list[bool]:
        return await asyncio.gather(*(answers(f"{scheme}://127.0.0.1:{port}", security) for port in dask))

    assert all(awaited(all_answers("tls", mine)))
    assert not any(awaited(all_answers("tls", stranger)))
    assert not any(awaited(all_answers("tcp")))
    paths = ("", "status", "info/main/workers.html", "json/counts.json", "metrics", "proxy/8787/127.0.0.1/health")
    for port in healthy.keys() - set(dask):
        assert [page(port, path) for path in ("health", *paths)] == [200] + [404] * len(paths)


def test_credentials_stand_in_no_command_and_no_environment(engine: Engine) -> None:
    key = engine._client.security.tls_client_key or engine._client.security.tls_client_cert
    secret = key.splitlines()[1]
    for process in family(engine):
        assert secret not in " ".join([*process.cmdline(), *process.environ().values()])


def test_credentials_file_is_private_and_made_once(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        first = workers.credentials_from(tmp_path / "new" / "workers.pem")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new" / "workers.pem").stat().st_mode) == 0o600
    assert workers.credentials_from(tmp_path / "new" / "workers.pem") == first
    assert "PRIVATE KEY" in first and "CERTIFICATE" in first


def test_workers_at_an_address_require_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They use the credentials in the file."""
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    monkeypatch.setenv("HEADSTART_CERTIFICATE", str(tmp_path / "other.pem"))
    with served_workers("--workers", "1") as (settings, _):
        assert settings["HEADSTART_CERTIFICATE"] == str(tmp_path / "other.pem")
        address = settings["HEADSTART_SCHEDULER"]
        workers.connect(address).close()
        monkeypatch.setenv("HEADSTART_CERTIFICATE", str(tmp_path / "theirs.pem"))
        workers.credentials_from(tmp_path / "theirs.pem")
        with pytest.raises(OSError):
            workers.connect(address)
