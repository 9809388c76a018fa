"""The printed PyTorch scripts.

A script runs unchanged, trains the same net as the run it shows, and ends within the spread of its seeds.
"""

from __future__ import annotations

import ast
import lzma
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.experiment.spec import Run
from lessons.day_it_forgot.runs import STANDARD
from lessons.fast_start.runs import turned_arms
from lessons.kit.lesson.catalogue import Lesson, lessons
from lessons.kit.model.values import LabelledRun, Seeds, Settings
from lessons.kit.results.evidence import final, load_results
from lessons.kit.runs.forgetting import after_arms, after_low
from lessons.kit.runs.recipes import UNLIKE, after_glyphs, arms, fine_tuned, scratch
from lessons.kit.scripts import digits, plane
from lessons.kit.scripts.source import render_script, resolve_branches, text_of, with_constants, written_out
from lessons.one_backbone.runs import NAMES, score_runs, scored

ROOT = Path(__file__).resolve().parent.parent
Printed = Callable[[str], list[str]]
SCRIPTS = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in [
        *ROOT.glob("lessons/*/script.py"),
        *(ROOT / "lessons/kit/scripts" / f"{name}.py" for name in ("digits", "plane", "reading")),
    ]
)
LESSONS = pytest.mark.parametrize("lesson", lessons().values(), ids=list(lessons()))


def one_by_one(lesson: Lesson) -> list[Settings]:
    """Returns the defaults, and every other option of each control."""
    start = lesson.defaults
    return [start] + [start.but(**{c.name: one}) for c in lesson.controls for one in c.options if one != c.default]


def check_script(lesson: Lesson, settings: Settings) -> str:
    """Returns the script of a lesson. Fails with a sentence if the script does nothing with the run."""
    text = lesson.script(settings)
    nodes = list(ast.walk(ast.parse(text)))
    steps = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    printed = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"]
    name = f"The script of “{lesson.title}”"
    assert {"backward", "step"} <= steps, f"{name} trains nothing: it must train a net of the run."
    results = [node for call in printed for node in call.args if not isinstance(node, ast.Constant)]
    assert results, f"{name} prints no result: it must print the accuracy, or what the lesson measures."
    return text


# --- What is shown -------------------------------------------------------------------------------------------------

SOURCE = '''"""What it does."""

import math

import torch

WAY = "a"  # or b, c
SIZE = 2


def used(x):
    # why
    if WAY == "a":
        return x

    else:
        # not this
        return math.pi


# only c
if WAY == "c":
    import unused
elif WAY == "b":
    print(torch.ones(SIZE))
else:
    y = 3 if WAY == "a" else 4
    print(used(y))
'''


def test_a_constant_is_exchanged_and_its_comment_stays() -> None:
    assert 'WAY = "b"  # or b, c\n' in with_constants(SOURCE, WAY="b")
    assert "SIZE = [(1, 0.5, True)]\n" in with_constants(SOURCE, SIZE=[(1, 0.5, True)])
    assert r"""WAY = "it's \"ü\"\n"  # or""" in with_constants(SOURCE, WAY='it\'s "ü"\n')
    with pytest.raises(KeyError, match="WIDTH"):
        with_constants(SOURCE, WIDTH=3)
    with pytest.raises(KeyError, match="used"):
        with_constants(SOURCE, used=3)


def test_only_what_the_constants_reach_is_shown() -> None:
    a, b, c = (written_out(resolve_branches(with_constants(SOURCE, WAY=way))) for way in "abc")
    assert a == '"""What it does."""\n\n\ndef used(x):\n    # why\n    return x\n\n\n# only c\ny = 3\nprint(used(y))\n'
    assert b == '"""What it does."""\n\nimport torch\n\nSIZE = 2\n\n# only c\nprint(torch.ones(SIZE))\n'
    assert c.endswith("# only c\nimport unused\n") or "import unused" not in c
    assert "if" not in a + b + c


def test_what_scripts_share_is_written_out() -> None:
    text = render_script("lessons.small_step.script", "a title", RANK=2)
    assert text.startswith("# a title\n# Needs: pip install torch\n")
    assert "lessons" not in text and "def spirals(" in text and "def handwriting(" not in text
    assert "svd" in text and "svd" not in render_script("lessons.small_step.script", "a title", RANK=0)


@LESSONS
def test_scripts_are_complete_without_unused_code(lesson: Lesson, tmp_path: Path) -> None:
    for k, settings in enumerate(one_by_one(lesson)):
        text = check_script(lesson, settings)
        assert "from lessons" not in text
        for j, part in enumerate(re.split(r"\n\n(?=# .*\n# Needs)", text)):  # some lessons show one script an arm
            (tmp_path / f"{k}_{j}.py").write_text(part + "\n" * (not part.endswith("\n")), "utf-8")
    command = ["ruff", "check", "--config", str(ROOT / "pyproject.toml"), "--ignore", "E501", str(tmp_path)]
    checked = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


# --- What runs -----------------------------------------------------------------------------------------------------


# The scripts of the real models have tests of their own, without the weights: tests/test_real_*.py.
@pytest.mark.parametrize("script", [script for script in SCRIPTS if ".real_" not in script])
def test_a_script_runs_as_it_stands(script: str, printed: Printed, films: Path) -> None:
    source = text_of(script)
    source = with_constants(source, TEXTS=str(films)) if "kind_words" in script else source
    assert re.search(r"\d", "".join(printed(source)))


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """Writes made-up sentences in the form of those that `make texts` downloads."""
    for subject in ("films", "tweets", "products", "editorials"):
        rows = [f"{k}\t{2 if k % 2 else -2}\tthis was {'lovely' if k % 2 else 'awful'} number{k}" for k in range(200)]
        with lzma.open(tmp_path / f"{subject}.tsv.xz", "wt") as file:
            file.write("\n".join(rows))
    return tmp_path


def test_script_runs_as_module_in_the_repository() -> None:
    printed = subprocess.check_output([sys.executable, "-m", "lessons.what_was_learned.script"], cwd=ROOT, text=True)
    assert printed.startswith("accuracy ")


@pytest.mark.parametrize(
    "run",
    [fine_tuned(5), scratch(5), fine_tuned(5, "full"), after_glyphs(STANDARD, Seeds())],
    ids=["lp_ft", "scratch", "full", "watched"],
)
def test_the_script_reproduces_the_run(run: Run, printed: Printed) -> None:
    accuracy = float(printed(digits(run, "5 labels a class"))[-1].split()[-1])
    stored = final(load_results([LabelledRun("run", run)]).table("run"))
    # One other draw of labels: three standard deviations and what eight seeds leave open.
    assert abs(accuracy - stored.mean()) < 3 * stored.std() * (1 + 1 / 8) ** 0.5, (accuracy, stored)


@pytest.mark.parametrize(
    "run",
    [after_arms(STANDARD, Seeds(), similarity=UNLIKE), turned_arms(10, STANDARD, Seeds(), arms())],
    ids=["colours after arms", "turned arms"],
)
def test_plane_script_reproduces_run_and_backbone(run: Run, printed: Printed) -> None:
    said = printed(plane(run, "the plane"))
    stored = load_results([LabelledRun("run", run)]).table("run")
    assert abs(float(said[-1].split()[-1]) - final(stored).mean()) < 4 * final(stored).std() + 0.01
    if run.watch:
        old = stored[stored.step == run.steps]["accuracy 1"]
        assert abs(float(said[-2].split()[-1]) - old.mean()) < 4 * old.std()
    if run.start:
        assert float(said[0].split()[-1]) > 0.9


def test_the_script_knows_no_module_of_ours() -> None:
    text = digits(fine_tuned(5), "")
    assert "import core" not in text
    assert "from core" not in text
    assert "lessons." not in text


def test_sequence_script_learns_and_forgets_alike(printed: Printed) -> None:
    """The script of two tasks in a row learns and forgets as the run does."""
    lesson = lessons()["day_it_forgot"]
    said = printed(lesson.script(replace(lesson.defaults.but(task="5 to 9 after 0 to 4"), draw=0)))
    before, after = ([float(word.rstrip(",")) for word in line.split() if "." in word] for line in said[-10::9])
    stored = load_results([LabelledRun("run", after_low(STANDARD, Seeds()))]).table("run")
    assert abs(after[1] - final(stored).mean()) < 3 * final(stored).std() * (1 + 1 / 8) ** 0.5, (after, final(stored))
    for accuracy, step in ((before, 0), (after, 300)):
        old = stored[stored.step == step]["accuracy 1"]
        assert abs(accuracy[0] - old.mean()) < 3 * old.std() * (1 + 1 / 8) ** 0.5 + 0.001, (accuracy, old)


@pytest.mark.parametrize("job", ["turned digits", "Cyrillic letters"])
def test_backbone_script_scores_and_then_probes(job: str, printed: Printed) -> None:
    said = printed(lessons()["one_backbone"].script(Settings({"backbone": "kana", "job": job}, draw=0)))
    score, accuracy = float(said[0].split()[1].rstrip(",")), float(said[1].split()[1])
    evidence = load_results(score_runs(Seeds()))
    scores, found = scored(evidence, "LogME", job)[NAMES.index("kana")], final(evidence.table("probe", job, "kana"))
    for one, stored in ((score, scores), (accuracy, found)):
        assert abs(one - stored.mean()) < 3 * stored.std() * (1 + 1 / 8) ** 0.5 + 0.001, (one, stored)


@pytest.mark.parametrize(("nets", "task"), [("arms, fine-tuned", 1), ("arms, trained apart", 0)])
def test_dial_script_mixes_nets_like_the_measure(nets: str, task: int, printed: Printed) -> None:
    lesson = lessons()["small_step"]
    settings = replace(lesson.defaults.but(nets=nets), draw=0)
    said = printed(lesson.script(settings))
    stored = load_results(lesson.backdrop(settings)).answer("dial")
    for alpha in (0.0, 0.5, 1.0):
        line = next(one for one in said if one.startswith(f"alpha {alpha:5.2f}"))
        accuracy = float(line.replace(",", "").split()[(4, 7)[task]])
        of_seeds = np.array(stored["accuracy"][task][stored["alphas"].index(alpha)])
        band = 3 * of_seeds.std() * (1 + 1 / 8) ** 0.5 + 0.02
        assert abs(accuracy - of_seeds.mean()) < band, (alpha, accuracy, of_seeds)


def test_dial_script_follows_layers_and_rank(printed: Printed) -> None:
    """It leaves out what the controls leave out."""
    lesson = lessons()["small_step"]
    text = lesson.script(lesson.defaults.but(layers="second", rank=2))
    assert '\nLAYER = "0.2"' in text and "name.startswith(LAYER)" in text
    assert "\nRANK = 2" in text and "sizes[:RANK]" in text
    assert len(printed(with_constants(text, STEPS=2, OLD_STEPS=2))) == 8


def test_the_script_of_copied_layers_reproduces_the_run(printed: Printed) -> None:
    from lessons.kit.runs.transfers import SPIRALS, WORLDS
    from lessons.what_was_learned.runs import FROZEN, copy

    lesson = lessons()["what_was_learned"]
    said = printed(lesson.script(replace(lesson.defaults.but(world=SPIRALS, copied=2), draw=0)))
    world = WORLDS[SPIRALS]
    stored = final(
        load_results([LabelledRun("run", copy(world, FROZEN, 2, Seeds(), world.start(Seeds())))]).table("run")
    )
    accuracy = float(said[-1].split()[-1])
    assert abs(accuracy - stored.mean()) < 3 * stored.std() * (1 + 1 / 8) ** 0.5 + 0.01, (accuracy, stored)


def test_words_script_learns_films_then_few_tweets(printed: Printed, films: Path) -> None:
    lesson = lessons()["kind_words"]
    said = printed(with_constants(lesson.script(replace(lesson.defaults, draw=0)), TEXTS=str(films)))
    assert [line.split(":")[0] for line in said] == ["films", "tweets"]
    assert all(float(line.split()[-2]) > 0.95 for line in said)
