"""Follows docs/adding.md in a copy of the code and checks that everything works as the document says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lessons.kit.lesson.catalogue import lessons
from tests.test_script import check_script

ROOT = Path(__file__).resolve().parent.parent

BLOCK = re.compile(r"^```(\w+) ?(.*)\n((?:.*\n)*?)```$", re.MULTILINE)
STEPS = BLOCK.findall((ROOT / "docs" / "adding.md").read_text("utf-8"))  # (language, file, text)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for part in ("core", "lessons"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def output(copy: Path, *command: str) -> str:
    return subprocess.check_output([sys.executable, *command], cwd=copy, text=True, env={"PYTHONPATH": str(copy)})


def written(copy: Path) -> Path:
    """Writes all files of docs/adding.md into the copy."""
    for language, file, text in STEPS:
        if language == "python":
            onto = copy / file.removeprefix(">> ")
            onto.write_text((onto.read_text("utf-8") if file.startswith(">> ") else "") + text, "utf-8")
    return copy


def sessions() -> list[tuple[str, str]]:
    """Returns every command of docs/adding.md with the output that the document promises."""
    lines = "".join(text for language, _, text in STEPS if language == "console")
    return re.findall(r"^\$ (.*)\n((?:[^$].*\n)*)", lines, re.MULTILINE)


def test_steps_of_adding_doc_print_their_output(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    python = written(copy) / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    around = os.environ | {"PYTHONPATH": str(copy), "HEADSTART_STORE": str(tmp_path_factory.mktemp("store"))}
    assert len(sessions()) >= 8
    for command, prints in sessions():
        done = subprocess.run(command, shell=True, cwd=copy, env=around, text=True, stdout=subprocess.PIPE)
        assert (done.returncode, done.stdout) == (0, prints), command


CONTROLS = """
from lessons.kit.sandbox.dials import dials
from lessons.kit.sandbox.experiment import edit
from lessons.kit.sandbox.presets import presets
run = edit(presets()["label_worth"], "stages.0.method", "first_layer")
named = {dial.path: dial.options for group in dials(run).values() for dial in group}
print("first_layer" in named["stages.0.method"], "Sides" in named["task"])
print("safe" in named["keep"], "odd" in named["net"])
"""


def test_additions_appear_in_the_sandbox(copy: Path) -> None:
    """The files of docs/adding.md appear in the sandbox without another line of code."""
    written(copy)
    (copy / "core" / "keep" / "safe.py").write_text("def prepare(keep, past, start, rngs): ...")
    (copy / "core" / "nets" / "odd.py").write_text('READS = ("images",)')
    assert output(copy, "-c", CONTROLS).split() == ["True"] * 4


FIRST_LAYERS = '''"""Trains the first layers and the head. The size is the number of layers."""

from core.adapt import probe
from core.adapt.full import delta
from core.adapt.full import phi as every_phi

__all__ = ["delta", "phi"]


def phi(start, size, rngs):
    below = list(dict.fromkeys(name.partition(".")[0] for name in start))[: max(size, 1)]
    moves = {name: p for name, p in every_phi(start, 0, rngs).items() if name.partition(".")[0] in below}
    return moves | probe.phi(start, 0, rngs)
'''
TAKEN_UP = ("[sides labels=3]", "[first_layer]", "[first_layers]", "offered_where_it_is_read")


def test_additions_are_tested_without_being_listed(copy: Path) -> None:
    """The tests take up a new world, a method without a size, and a method with one."""
    written(copy)
    (copy / "core" / "adapt" / "first_layers.py").write_text(FIRST_LAYERS)
    for part in ("app", "tests"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    files = [f"tests/test_{name}.py" for name in ("worlds", "adapt", "sandbox")]
    only = "sides or first_layer or offered_where_it_is_read"
    command = ["-m", "pytest", "-v", "-n", "0", "-p", "no:cacheprovider", "-k", only, *files]
    done = subprocess.run(
        [sys.executable, *command], cwd=copy, text=True, env=os.environ | {"PYTHONPATH": str(copy)}, capture_output=True
    )
    assert done.returncode == 0, done.stdout
    assert all(f"{name} PASSED" in done.stdout for name in TAKEN_UP), done.stdout


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ('print("Here comes the script.")', "trains nothing: it must train a net of the run"),
        ("loss.backward()\nadam.step()\nprint('done')", "prints no result: it must print the accuracy"),
    ],
    ids=["trains nothing", "prints nothing"],
)
def test_placeholder_script_fails_with_a_message(script: str, message: str) -> None:
    lesson = replace(lessons()["fast_start"], script=lambda settings: script)
    with pytest.raises(AssertionError, match=message):
        check_script(lesson, lesson.defaults)


def test_a_toy_lesson_is_one_folder(copy: Path) -> None:
    shutil.copytree(copy / "lessons" / "fast_start", copy / "lessons" / "toy")
    lesson = copy / "lessons" / "toy" / "lesson.py"
    lesson.write_text(
        lesson.read_text("utf-8").replace("number=2,", "number=99,").replace("Fast start", "Toy"), "utf-8"
    )
    listed = json.loads(output(copy, "-m", "lessons", "--json"))
    assert [listed[-1]["slug"], listed[-1]["number"]] == ["toy", 99]
    drawn = (
        "from lessons.kit.lesson.catalogue import lessons; toy = lessons()['toy'];"
        "from lessons.kit.results.evidence import load_results;"
        "s = toy.defaults; print(toy.hook(load_results(toy.backdrop(s)), s).alt)"
    )
    assert "from scratch, 20 of 24 right" in output(copy, "-c", drawn)
