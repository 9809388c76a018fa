"""Any run as one script, and as a notebook: it stands alone, and finds what the run found, to the last digit."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.check import BadValue
from core.serve import store, work
from core.spec import Keep, Run, Stage
from core.tasks import Clothing, Drawn, FiveDigits, Glyphs, GuestBook, Handwriting, Plane, Preferences, Text
from lessons.kit.scripts.whole import notebook, script

ROOT = Path(__file__).resolve().parent.parent
Printed = Callable[[str], list[str]]
LEARNERS = {"HersheyFonts", "PIL", "mlxtend", "numpy", "safetensors", "tokenizers", "torch"}


def stage(method: str = "full", size: int = 0, steps: int = 6, decay: float = 1.0, anneal: bool = False) -> Stage:
    return Stage(method=method, size=size, steps=steps, batch=16, decay=decay, anneal=anneal)


ARMS = Run(task=Plane(labels=20), net="mlp", stages=(stage(),), seeds=2, first_seed=82_000)
KANA = Run(task=Glyphs(labels=3, scripts="kana", slant=0.5), stages=(stage(),), seeds=1, first_seed=82_000)
LOW = Run(task=FiveDigits(), net="dense", stages=(stage(),), seeds=2, first_seed=82_000)
PLANE = Plane(labels=5, turn=20.0, ask="colour")
WAYS = (Keep(), Keep(method="ewc", strength=10.0), Keep(method="lwf"), Keep(method="l2_sp"))


def after(start: Run, task: object, *stages: Stage, **more: object) -> Run:
    return Run(task=task, net=start.net, start=start, stages=stages, seeds=2, first_seed=82_000, **more)  # type: ignore[arg-type]


RUNS = {
    "from scratch": ARMS,
    "low rank, then adapters": after(
        ARMS, PLANE, stage("low_rank", 2), stage("adapter", 3), watch=(ARMS.task,), frames=2, exhibit=3
    ),
    "kept in four ways": after(
        ARMS, Plane(labels=5, mirrored=True), stage(decay=2.0, anneal=True), watch=(ARMS.task,), keep=WAYS
    ),
    "four methods in a row": after(
        KANA,
        Handwriting(labels=5, blur=1.0, jigsaw=3, noise=0.2, thicken=1),
        *(stage("probe"), stage("last_k", 2), stage("bias"), stage("ia3")),
        watch=(KANA.task,),
    ),
    "digits after digits": after(LOW, FiveDigits(which="high"), stage(), watch=(LOW.task,), keep=(Keep(count=3),)),
    "photos, first layer, scrambled": after(
        KANA, Clothing(labels=5, shuffled=True, inverted=True, turn=30.0), stage(), copied=1, scrambled=True
    ),
    "drawn symbols": after(KANA, Drawn(), stage()),
    "from a moment": after(ARMS.moment(4), Plane(labels=5), stage()),
    "text": Run(
        task=Text(subject="law", kilobytes=30), net="transformer", stages=(stage(steps=1),), seeds=1, first_seed=82_000
    ),
}
EVERY = pytest.mark.parametrize("run", RUNS.values(), ids=list(RUNS))


def stored(run: Run) -> list[str]:
    """What the store says of a run and of what it stands on, as scripts print it."""
    said = []
    for each in reversed(list(run.lineage())):
        last = [event for event in store.events(each) if event["kind"] == "point"][-1]
        unit = "bits" if "bits" in last else "accuracy"
        said += [" ".join(f"{score:.5f}" for score in last[unit][str(k)]) for k in range(1 + len(each.watch))]
    return said


@EVERY
def test_the_script_finds_what_the_run_found(run: Run, printed: Printed) -> None:
    assert work.perform(run) == "done"
    text = script(run)
    found = [line.partition(" of ")[2] for line in printed(text)]
    assert len(found) == len(stored(run))
    for ours, theirs in zip(found, stored(run)):
        # The same numbers, but for sums in another order, which may move an example over the edge.
        assert [float(one) for one in ours.split()] == pytest.approx([float(one) for one in theirs.split()], abs=0.002)


@EVERY
def test_the_script_is_one_file_of_plain_pytorch(run: Run, tmp_path: Path) -> None:
    text = script(run)
    modules = set[str]()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add((node.module or "").split(".")[0])
    assert modules <= LEARNERS | set(sys.stdlib_module_names)
    assert len(text.splitlines()) < 1000 and "knob(" not in text
    (tmp_path / "it.py").write_text(text, "utf-8")
    lint = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,E7,E9", str(tmp_path)]
    checked = subprocess.run(lint, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_the_script_runs_in_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "it.py").write_text(script(ARMS), "utf-8")
    assert work.perform(ARMS) == "done"
    said = subprocess.check_output([sys.executable, "-I", "it.py"], cwd=tmp_path, text=True)
    assert said.splitlines()[0].endswith(stored(ARMS)[0])


def test_what_ships_is_begun_from_and_not_trained_again() -> None:
    from lessons.kit.recipes import fine_tuned

    text = script(fine_tuned(5))
    assert "safetensors" in text and '"lessons/shipped/weights/' in text and "Headstart's folder" in text


def test_the_notebook_is_the_script_in_cells(printed: Printed) -> None:
    run = RUNS["low rank, then adapters"]
    told = json.loads(notebook(run))
    assert (told["nbformat"], told["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in told["cells"]}) == len(told["cells"])
    code = ["".join(cell["source"]) for cell in told["cells"] if cell["cell_type"] == "code"]
    assert all(cell["source"] for cell in told["cells"]) and len(code) > 5
    assert printed("\n".join(code)) == printed(script(run))


@pytest.mark.parametrize(
    "run",
    [
        Run(task=GuestBook(), net="writer", stages=(stage(),)),
        Run(
            task=Preferences(),
            net="writer",
            start=Run(task=GuestBook(), net="writer", stages=(stage(),)),
            stages=(Stage(aim="dpo", steps=2),),
        ),
    ],
)
def test_a_run_that_has_no_script_says_so_in_a_sentence(run: Run) -> None:
    for made in (script, notebook):
        with pytest.raises(BadValue, match=r"^A script can be made .*\.$"):
            made(run)
