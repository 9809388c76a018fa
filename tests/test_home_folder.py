"""The folder that is taken home trains its run again on another machine, and first says what is missing."""

from __future__ import annotations

import io
import json
import lzma
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.bundles import bundle
from core.experiment.checks import BadValue
from core.experiment.spec import Keep, Run, Stage, digest
from core.experiment.tasks import (
    Album,
    Clothing,
    Drawn,
    FiveDigits,
    Glyphs,
    GuestBook,
    Handwriting,
    Instructions,
    Lines,
    Plane,
    Preferences,
    Sentiment,
    Table,
    Task,
    Text,
)
from core.serve import compute_values
from core.store.store import Event
from core.user_data import album, alphabet, corpus, table
from lessons.kit.runs.recipes import fine_tuned
from lessons.kit.take_home.archive import zipped
from lessons.kit.take_home.names import name_of, title_of
from tests.test_corpus import LETTERS
from tests.test_own_data import csv, folders
from tests.test_own_data import zipped as zip_of_pictures

SAME = "Each net has exactly the same score here and in the app."
INSTALLED = {"distributed", "filelock", "HersheyFonts", "mlxtend", "pandas", "PIL", "plotly", "streamlit", "tokenizers"}
ELSEWHERE = """\
import runpy, sys
class Absent:
    def find_spec(name, path=None, target=None):
        if name.split(".")[0] in {absent!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent)
runpy.run_path({script!r}, run_name="__main__")
"""


def stage(method: str = "full", size: int = 0, steps: int = 6) -> Stage:
    return Stage(method=method, size=size, steps=steps, batch=16)


def on(task: Task, net: str, *stages: Stage, **more: object) -> Run:
    return Run(task=task, net=net, stages=stages or (stage(),), seeds=2, first_seed=82_000, **more)  # type: ignore[arg-type]


ARMS = on(Plane(labels=20), "mlp")
KANA = on(Glyphs(labels=3, scripts="kana"), "conv")
LOW = on(FiveDigits(labels=3), "mlp_image")
NOTES = on(GuestBook(notes=50), "writer")
ARTICLES = on(Text(subject="articles", kilobytes=30), "transformer", stage(steps=1))
WAYS = (Keep(), Keep(method="ewc", strength=10.0), Keep(method="lwf"), Keep(method="l2_sp"))


def own_table() -> Run:
    return on(Table(table=table.keep(csv().encode(), "My points.csv"), labels=3), "mlp")


def own_album() -> Run:
    return on(Album(album=album.keep(zip_of_pictures(folders()), "strokes.zip"), labels=3), "conv", start=KANA)


def own_text() -> Run:
    subject = corpus.keep(LETTERS.encode(), "letters.txt")
    return on(Text(subject=subject), "transformer", stage(steps=1), start=ARTICLES)


def own_alphabet() -> Run:
    return on(Drawn(alphabet=alphabet.keep(replace(alphabet.load("runes"), name="mine")), labels=1), "conv", start=KANA)


RUNS: dict[str, Callable[[], Run]] = {
    "low rank, then adapters": lambda: on(
        Plane(labels=5, ask="colour"), "mlp", stage("low_rank", 2), stage("adapter", 3), start=ARMS, frames=2, exhibit=3
    ),
    "kept in four ways": lambda: on(Plane(labels=5), "mlp", start=ARMS, keep=WAYS, watch=(ARMS.task,)),
    "digits after digits": lambda: on(FiveDigits(labels=3, which="high"), "mlp_image", start=LOW, keep=(Keep(),)),
    "from a moment": lambda: on(Plane(labels=5), "mlp", start=ARMS.moment(4)),
    "left midway": lambda: replace(ARMS, until=3),
    "digits with weights that ship": lambda: replace(fine_tuned(5), first_seed=82_000, seeds=2),
    "photos, first layer, scrambled": lambda: on(Clothing(labels=2), "conv", start=KANA, copied=1, scrambled=True),
    "tuned to please a rater": lambda: on(
        Preferences(notes=50), "writer", Stage(aim="dpo", steps=3, batch=8), start=NOTES
    ),
    "instructions": lambda: on(Instructions(examples=40), "transformer", stage(steps=1), exhibit=4),
    "lines in context": lambda: on(Lines(prompts=200), "in_context", stage(steps=2)),
    "own table": own_table,
    "own album": own_album,
    "own text": own_text,
    "own alphabet": own_alphabet,
}


def unzipped(data: bytes, place: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(place)
    (folder,) = place.iterdir()
    return folder


def trained(folder: Path, damaged: bool = False) -> subprocess.CompletedProcess[str]:
    """Returns what the script prints outside the repository, with only the packages that it asks for."""
    wanted = set() if damaged else set(json.loads((folder / "run.json").read_text("utf-8"))["packages"])
    code = ELSEWHERE.format(absent=INSTALLED - wanted, script=str(folder / "train.py"))
    clean = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-I", "-c", code], cwd="/", env=clean, capture_output=True, text=True)


@pytest.mark.parametrize("make", RUNS.values(), ids=list(RUNS))
def test_the_folder_finds_the_very_number_elsewhere(make: Callable[[], Run], tmp_path: Path) -> None:
    run = make()
    assert compute_values.perform(run) == "done"
    done = trained(unzipped(zipped(run), tmp_path))
    assert not done.returncode and not done.stderr, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == title_of(run) and lines[-2] == SAME, done.stdout
    assert any(line.startswith(f"  step {run.steps:,} of {run.steps:,}: ") for line in lines)
    assert not any("MISSING" in line for line in lines)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Returns the unzipped folder of a run on spirals that starts from other runs."""
    run = RUNS["low rank, then adapters"]()
    assert compute_values.perform(run) == "done"
    return unzipped(zipped(run), tmp_path)


def test_missing_or_damaged_weights_are_named_before_training(folder: Path) -> None:
    (file,) = folder.glob("weights/1-*")
    for damage in (lambda: file.write_bytes(file.read_bytes()[:-8]), file.unlink):
        damage()
        said = trained(folder).stdout.splitlines()
        first = next(k for k, line in enumerate(said) if "Training" in line)
        assert said[first - 1] == f"MISSING OR DAMAGED: weights/{file.name}. This net is trained first (6 steps)."
        assert said[first].startswith("Training the net that") and said[first + 1].startswith("  step 0 of 6: ")
        assert said[-2] == SAME


def test_another_score_is_told_with_its_reason(folder: Path) -> None:
    plan = json.loads((folder / "run.json").read_text("utf-8"))
    (folder / "run.json").write_text(json.dumps(plan | {"app": {"accuracy": {"0": [0.95, 0.95]}}}))
    assert "This is more than usual. The app used PyTorch" in trained(folder).stdout
    plan["run"]["stages"][0]["rate"] = 0.01
    (folder / "run.json").write_text(json.dumps(plan))
    assert "You have changed run.json, so this is not the same run as in the app." in trained(folder).stdout


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "run.json").unlink(), "Unzip the whole folder"),
        (lambda folder: (folder / "run.json").write_text("{"), "run.json is damaged."),
        (lambda folder: (folder / "run.json").write_text('{"packages": {}}'), "run.json is damaged."),
        (lambda folder: shutil.rmtree(folder / "core"), "Unzip the whole folder"),
    ],
    ids=["no run.json", "no JSON", "half of it", "no core"],
)
def test_a_folder_that_is_not_whole_says_so(spoil: Callable[[Path], object], says: str, folder: Path) -> None:
    spoil(folder)
    done = trained(folder, damaged=True)
    assert done.returncode == 1 and says in done.stdout and not done.stderr


def test_packages_that_are_missing_are_named(folder: Path) -> None:
    plan = json.loads((folder / "run.json").read_text("utf-8"))
    plan["packages"] |= {"no_such_package": "no-such-package"}
    (folder / "run.json").write_text(json.dumps(plan))
    done = trained(folder)
    assert "Install them: pip install no-such-package" in done.stdout and not done.stderr


@pytest.mark.parametrize("make", [own_table, own_album, own_text, own_alphabet])
def test_data_stay_with_the_browser_that_brought_them(make: Callable[[], Run], tmp_path: Path) -> None:
    run = make()
    assert compute_values.perform(run) == "done"
    folder = unzipped(zipped(run, with_data=False), tmp_path)
    assert (
        not (folder / "data").exists()
        and "Only a zip file from their browser contains them" in (folder / "README.md").read_text()
    )
    done = trained(folder)
    assert done.returncode == 1 and not done.stderr
    assert done.stdout.startswith("data/") and "is missing. Someone else uploaded these data" in done.stdout


def test_missing_file_is_named(tmp_path: Path) -> None:
    run = on(Table(labels=3), "mlp")
    assert compute_values.perform(run) == "done"
    folder = unzipped(zipped(run), tmp_path)
    (folder / "core/worlds/tables/rings.csv").unlink()
    done = trained(folder)
    assert done.stdout == "core/worlds/tables/rings.csv is missing. Unzip the whole folder again.\n" and not done.stderr


def test_damaged_data_are_a_sentence(tmp_path: Path) -> None:
    run = own_table()
    assert compute_values.perform(run) == "done"
    folder = unzipped(zipped(run), tmp_path)
    (file,) = folder.glob("data/tables/*.csv")
    file.write_text("nothing")
    done = trained(folder)
    assert "is damaged." in done.stdout and not done.stderr


class Told:
    """A copy of the app that knows the scores of a run and no weights."""

    def events(self, run: Run) -> list[Event]:
        point = {"kind": "point", "step": run.steps, "seconds": 1.0, "flops": 1.0, "loss": [0.5] * run.seeds}
        return [point | {"accuracy": {"0": [0.75] * run.seeds}}, {"kind": "done"}]

    def weights(self, run: Run) -> None:
        return None


def test_texts_that_may_not_be_copied_are_fetched(tmp_path: Path) -> None:
    run = on(Sentiment(subject="films", labels=20), "bag")
    folder = unzipped(zipped(run, Told()), tmp_path)
    missing = trained(folder)
    assert "core/worlds/texts/brought/films.tsv.xz is missing." in missing.stdout
    assert "python -m core.fetch texts" in missing.stdout and not missing.stderr
    said = subprocess.run([sys.executable, "-m", "core.fetch", "nothing"], cwd=folder, capture_output=True, text=True)
    assert "There is nothing called 'nothing' to bring" in said.stderr
    rows = [f"{k}\t{2 if k % 2 else -2}\tthis was {'lovely' if k % 2 else 'awful'} number{k}" for k in range(200)]
    (folder / "core/worlds/texts/brought").mkdir()
    (folder / "core/worlds/texts/brought/films.tsv.xz").write_bytes(lzma.compress("\n".join(rows).encode()))
    assert "in the app." in trained(folder).stdout


def test_the_notebook_trains_it_too(folder: Path) -> None:
    told = json.loads((folder / "notebook.ipynb").read_text("utf-8"))
    assert (told["nbformat"], told["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in told["cells"]}) == len(told["cells"])
    code = "\n".join("".join(cell["source"]) for cell in told["cells"] if cell["cell_type"] == "code")
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    assert SAME in done.stdout and not done.stderr
    assert "def train(" in done.stdout and done.stdout.count(" % accuracy") > 4


def test_folder_has_only_code_the_run_imports(folder: Path) -> None:
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    weights = "weights/1-spirals-20-labels-from-scratch.safetensors"
    assert {"core/worlds/plane.py", "core/training/train.py", "numbers.csv", weights} < there
    assert not [path for path in there if path.startswith(("core/serve", "core/worlds/text", "core/measure", "app"))]
    needs = (folder / "README.md").read_text("utf-8")
    assert "pip install numpy safetensors torch\n" in needs


def test_equal_runs_give_equal_zips() -> None:
    """An unfinished run gives no zip."""
    assert compute_values.perform(ARMS) == "done"
    assert zipped(ARMS) == zipped(ARMS)
    with zipfile.ZipFile(io.BytesIO(zipped(ARMS))) as archive:
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o644}
    with pytest.raises(BadValue, match="finished"):
        zipped(on(Plane(labels=21), "mlp"))


def test_weights_that_are_too_large_are_trained_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run = RUNS["from a moment"]()
    assert compute_values.perform(run) == "done"
    monkeypatch.setattr("lessons.kit.take_home.archive.LARGEST", 1000)
    folder = unzipped(zipped(run), tmp_path)
    assert [path.name[:2] for path in folder.glob("weights/*")] == ["1-"]  # what it starts from is always there
    assert "`weights/2-spirals-5-labels-pretrained.safetensors`: The app has not stored these weights." in (
        folder / "README.md"
    ).read_text("utf-8")


def test_home_zip_is_not_accepted_as_bundle() -> None:
    assert compute_values.perform(ARMS) == "done"
    with pytest.raises(BadValue, match="it is a run to unzip and train"):
        bundle.unpack(zipped(ARMS))


def test_names_say_what_is_learned_and_from_what() -> None:
    assert name_of(fine_tuned(5)) == "digits-5-labels-pretrained"
    assert name_of(RUNS["low rank, then adapters"]()) == "spirals-colour-5-labels-pretrained-adapter-3"
    assert name_of(own_table()) == "points-mypoints-3-labels-from-scratch"
    assert name_of(replace(ARMS, until=3)) == "spirals-20-labels-from-scratch-to-step-3"
    assert name_of(on(FiveDigits(labels=1), "mlp_image")) == "digits-0-to-4-1-label-from-scratch"
    turned = on(Handwriting(labels=5, turn=-90.0, inverted=True), "conv", start=KANA)
    assert name_of(turned) == "digits-turn-minus-90-inverted-5-labels-pretrained"
    assert title_of(turned) == ("Digits (turn -90, inverted, 5 labels), after glyphs (kana, 3 labels): full; 2 nets")
    assert digest(turned) not in name_of(turned)
