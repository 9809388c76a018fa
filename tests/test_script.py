"""Show me the PyTorch: the script a learner copies trains the same net, and ends within the band of its seeds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.spec import Run
from lessons.evidence import final, gather
from lessons.recipes import fine_tuned, scratch
from lessons.script import script

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("run", [fine_tuned(5), scratch(5), fine_tuned(5, "full")], ids=["lp_ft", "scratch", "full"])
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
