"""Show me the PyTorch: the script a learner copies trains the same net, and ends within the band of its seeds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.spec import Run
from lessons.day_it_forgot.claims import RATE, UNLIKE, after_arms, after_glyphs, after_low
from lessons.fast_start.claims import turned
from lessons.kit.catalogue import lessons
from lessons.kit.digit_script import script
from lessons.kit.evidence import final, gather
from lessons.kit.plane_script import script as plane_script
from lessons.kit.recipes import Seeds, arms, fine_tuned, scratch
from lessons.one_backbone.claims import NAMES, score_runs, scored

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


@pytest.mark.parametrize(
    "run",
    [after_arms(RATE, Seeds(), similarity=UNLIKE), turned(10, RATE, Seeds(), arms())],
    ids=["colours after arms", "turned arms"],
)
def test_the_script_of_the_plane_reproduces_the_run_and_its_backbone(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(plane_script(run, "the plane"), "utf-8")
    printed = subprocess.check_output([sys.executable, str(path)], cwd=ROOT, text=True).splitlines()
    stored = gather({"run": run})["run"]
    assert abs(float(printed[-1].split()[-1]) - final(stored).mean()) < 4 * final(stored).std() + 0.01
    if run.watch:
        old = stored[stored.step == run.steps]["accuracy 1"]
        assert abs(float(printed[-2].split()[-1]) - old.mean()) < 4 * old.std()
    if run.start:
        assert float(printed[0].split()[-1]) > 0.9


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


@pytest.mark.parametrize("job", ["turned digits", "Cyrillic letters"])
def test_the_script_scores_a_backbone_and_then_probes_it(job: str, tmp_path: Path) -> None:
    lesson = lessons()["one_backbone"]
    path = tmp_path / "script.py"
    path.write_text(lesson.script({"backbone": "kana", "job": job, "draw": 0}), "utf-8")
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    printed = subprocess.check_output([sys.executable, str(path)], cwd=ROOT, text=True, env=env).splitlines()
    score, accuracy = float(printed[0].split()[1].rstrip(",")), float(printed[1].split()[1])
    evidence = gather(score_runs(Seeds()))
    scores, found = scored(evidence, "LogME", job)[NAMES.index("kana")], final(evidence[f"found {job} kana"])
    for said, stored in ((score, scores), (accuracy, found)):
        assert abs(said - stored.mean()) < 3 * stored.std() * (1 + 1 / 8) ** 0.5 + 0.001, (said, stored)


@pytest.mark.parametrize(("nets", "task"), [("arms, fine-tuned", 1), ("arms, trained apart", 0)])
def test_the_script_of_the_dial_mixes_two_nets_as_the_measure_does(nets: str, task: int, tmp_path: Path) -> None:
    lesson = lessons()["small_step"]
    settings = lesson.defaults | {"nets": nets, "draw": 0}
    path = tmp_path / "script.py"
    path.write_text(lesson.script(settings), "utf-8")
    printed = subprocess.check_output([sys.executable, str(path)], cwd=ROOT, text=True).splitlines()
    stored = gather(lesson.backdrop(settings))["dial"]
    for alpha in (0.0, 0.5, 1.0):
        line = next(one for one in printed if one.startswith(f"alpha {alpha:5.2f}"))
        said = float(line.replace(",", "").split()[(4, 7)[task]])
        of_seeds = np.array(stored["accuracy"][task][stored["alphas"].index(alpha)])
        assert abs(said - of_seeds.mean()) < 3 * of_seeds.std() * (1 + 1 / 8) ** 0.5 + 0.02, (alpha, said, of_seeds)


def test_the_script_of_the_dial_leaves_out_what_the_controls_leave_out(tmp_path: Path) -> None:
    lesson = lessons()["small_step"]
    text = lesson.script(lesson.defaults | {"layers": "second", "rank": 2, "draw": 1})
    assert 'name.startswith("2.")' in text
    assert "sizes[:2]" in text
    compile(text, "script", "exec")
