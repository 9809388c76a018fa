"""`make run` announces what it will fetch, and never fetches CUDA unasked. The pip reports are made up."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.fetch import install

CPU = {"torch": "2.13.0+cpu", "numpy": "2.4.6"}
PLAIN = {"torch": "2.13.0", "numpy": "2.4.6"}  # as for macOS
CUDA = PLAIN | {"nvidia-cublas": "13.1", "cuda-bindings": "13.0.3", "triton": "3.7.0"}
Asked = list[list[str]]
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Asked]:
    """Makes a pip that would install the first, or the second where +cpu is named (None: an error).

    Returns the calls it got.
    """

    def stands_in(first: dict[str, str] | None, named: dict[str, str] | None = None) -> Asked:
        asked: Asked = []

        def run(command: list[str], stderr: int | None = None) -> subprocess.CompletedProcess[str]:
            asked.append(command)
            found = named if command[-1].startswith("torch==") else first
            if "--dry-run" in command and found is not None:
                installs = [{"metadata": {"name": name, "version": version}} for name, version in found.items()]
                Path(command[command.index("--report") + 1]).write_text(
                    json.dumps({"version": "1", "install": installs})
                )
            return subprocess.CompletedProcess(command, found is None)

        monkeypatch.setattr(subprocess, "run", run)
        return asked

    return stands_in


def fetched(asked: Asked) -> Asked:
    return [command for command in asked if "--dry-run" not in command]


@pytest.mark.parametrize("found", [CPU, PLAIN, {"numpy": "2.4.6"}])
def test_what_is_fetched_is_said_in_a_sentence(
    found: dict[str, str], pip: Callable[..., Asked], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = pip(found)
    assert install.main("requirements.txt") == 0
    said = capsys.readouterr().out.strip()
    assert said.startswith(f"Fetching {len(found)} package") and "\n" not in said
    assert found.get("torch", "") in said and "GB for" not in said
    assert len(fetched(asked)) == 1 and len(asked) == 2


def test_cuda_is_refused_before_anything_is_fetched(
    pip: Callable[..., Asked], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = pip(CUDA)
    assert install.main("requirements.txt") == 1
    said = capsys.readouterr().err
    assert all(name in said for name in ("nvidia-cublas", "cuda-bindings", "triton", "PyTorch 2.13.0", "CUDA=yes"))
    assert said.count(sys.executable) == 1 and fetched(asked) == []


def test_cuda_is_taken_when_it_is_asked_for(pip: Callable[..., Asked], capsys: pytest.CaptureFixture[str]) -> None:
    asked = pip(CUDA)
    assert install.main("requirements.txt", "CUDA=yes") == 0
    assert "several GB" in capsys.readouterr().out and len(fetched(asked)) == 1


@pytest.mark.parametrize("first", [CUDA, CPU | {"torch": "2.13.0+cu130"}])
def test_available_cpu_build_is_chosen(
    first: dict[str, str], pip: Callable[..., Asked], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = pip(first, CPU)
    assert install.main("requirements.txt") == 0
    (command,) = fetched(asked)
    assert command[-1] == "torch==2.13.0+cpu" and "2.13.0+cpu, without CUDA" in capsys.readouterr().out


def test_complete_installation_does_and_says_nothing(
    pip: Callable[..., Asked], capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetched(pip({})) == [] and install.main("requirements.txt") == 0 and capsys.readouterr().out == ""


def test_what_pip_cannot_find_ends_it(pip: Callable[..., Asked]) -> None:
    asked = pip(None)
    assert install.main("requirements.txt") == 1 and fetched(asked) == []


def test_it_runs_where_nothing_is_installed() -> None:
    code = "import sys; sys.path.insert(0, '.'); import core.fetch.install; print(*sys.modules)"
    said = subprocess.check_output([sys.executable, "-I", "-S", "-c", code], cwd=ROOT, text=True)  # -S: no packages
    assert "core.fetch.install" in said.split()
