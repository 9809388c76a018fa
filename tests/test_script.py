"""Show me the PyTorch: the script a learner copies trains the same net, and ends within the band of its seeds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.spec import Run
from lessons.catalogue import lessons
from lessons.day_it_forgot.claims import RATE, after_glyphs, after_low
from lessons.evidence import final, gather
from lessons.recipes import Seeds, fine_tuned, scratch
from lessons.script import script

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    "run",
    [fine_tuned(5), scratch(5), fine_tuned(5, "full"), after_glyphs(RATE, Seeds())],
    ids=["lp_ft", "scratch", "full", "watched"],
)
def test_the_script_reproduces_the_run(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(script(run, "5 labels a class"), "utf-8")
    printed = subprocess.check_output([sys.executable, str(path)], cwd=ROOT, text=True)
    accuracy = float(printed.split()[-1])
    stored = final(gather({"run": run})["run"])
    # One other draw of labels: three standard deviations and what eight seeds leave open.
    assert abs(accuracy - stored.mean()) < 3 * stored.std() * (1 + 1 / 8) ** 0.5, (accuracy, stored)


def test_the_script_knows_no_module_of_ours() -> None:
    text = script(fine_tuned(5), "")
    assert "import core" not in text
    assert "from core" not in text
    assert "lessons." not in text


def test_the_script_of_two_tasks_in_a_row_learns_and_forgets_as_the_run_does(tmp_path: Path) -> None:
    lesson = lessons()["day_it_forgot"]
    path = tmp_path / "script.py"
    path.write_text(lesson.script(lesson.defaults | {"task": "5 to 9 after 0 to 4", "draw": 0}), "utf-8")
    printed = subprocess.check_output([sys.executable, str(path)], cwd=ROOT, text=True).splitlines()
    before, after = ([float(word.rstrip(",")) for word in line.split() if "." in word] for line in printed[-10::9])
    stored = gather({"run": after_low(RATE, Seeds())})["run"]
    assert abs(after[1] - final(stored).mean()) < 3 * final(stored).std() * (1 + 1 / 8) ** 0.5, (after, final(stored))
    for said, step in ((before, 0), (after, 300)):
        old = stored[stored.step == step]["accuracy 1"]
        assert abs(said[0] - old.mean()) < 3 * old.std() * (1 + 1 / 8) ** 0.5 + 0.001, (said, old)
