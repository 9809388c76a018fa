"""Adding a lesson touches one folder, adding a method one file: done here to a copy of the code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

TOY_METHOD = '''
"""Only biases move."""

from core.adapt.full import delta, phi as every_phi

__all__ = ["delta", "phi"]


def phi(start, size, rngs):
    return {name: p for name, p in every_phi(start, size, rngs).items() if name.endswith("bias")}
'''

TRAIN = """
from core.spec import Run, Stage
from core.tasks import Plane
from core.train import Done, train
parts = {"task": Plane(labels=20), "net": "mlp", "seeds": 2}
before = Run(**parts, stages=(Stage(steps=1, rate=1e-6),))
start = [e for e in train(before, {}) if isinstance(e, Done)][0].theta
run = Run(**parts, start=before, stages=(Stage(method="toy", steps=5),))
end = [e for e in train(run, {before: start}) if isinstance(e, Done)][0].theta
print([name for name in end if name.startswith("hidden") and not (end[name] == start[name]).all()])
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for part in ("core", "lessons"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def output(copy: Path, *command: str) -> str:
    return subprocess.check_output([sys.executable, *command], cwd=copy, text=True, env={"PYTHONPATH": str(copy)})


def test_a_toy_method_is_one_file(copy: Path) -> None:
    (copy / "core" / "adapt" / "toy.py").write_text(TOY_METHOD)
    assert output(copy, "-c", TRAIN).strip() == "['hidden1.bias', 'hidden2.bias', 'hidden3.bias']"


CONTROLS = """
from lessons.kit.sandbox.dials import dials
from lessons.kit.sandbox.experiment import edited
from lessons.kit.sandbox.presets import presets
run = edited(presets()["label_worth"], "stages.0.method", "toy")
named = {dial.path: dial.options for group in dials(run).values() for dial in group}
print("toy" in named["stages.0.method"], "safe" in named["keep"], "odd" in named["net"])
"""


def test_a_toy_method_is_in_the_sandbox_without_another_line(copy: Path) -> None:
    (copy / "core" / "adapt" / "toy.py").write_text(TOY_METHOD)
    (copy / "core" / "keep" / "safe.py").write_text("def prepare(keep, past, start, rngs): ...")
    (copy / "core" / "nets" / "odd.py").write_text('READS = ("images",)')
    assert output(copy, "-c", CONTROLS).strip() == "True True True"


def test_a_toy_lesson_is_one_folder(copy: Path) -> None:
    shutil.copytree(copy / "lessons" / "fast_start", copy / "lessons" / "toy")
    lesson = copy / "lessons" / "toy" / "lesson.py"
    lesson.write_text(
        lesson.read_text("utf-8").replace("number=2,", "number=99,").replace("Fast start", "Toy"), "utf-8"
    )
    listed = json.loads(output(copy, "-m", "lessons", "--json"))
    assert [listed[-1]["slug"], listed[-1]["number"]] == ["toy", 99]
    drawn = (
        "from lessons.kit.catalogue import lessons; from lessons.kit.evidence import gather; toy = lessons()['toy'];"
        "s = toy.defaults; print(toy.hook(gather(toy.backdrop(s)), s).alt)"
    )
    assert output(copy, "-c", drawn).startswith("Accuracy against steps")
