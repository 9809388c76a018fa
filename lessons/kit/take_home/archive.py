"""Packs a finished run as a zip: a folder with a readable name, in which `python train.py` trains the run again.

    README.md          how to run it, what is in it, whose the data are
    train.py           trains the run and compares its scores with the app's: lessons/kit/take_home/train.py
    notebook.ipynb     the same in cells
    run.json           the run as a value, the scores that the app found, the files and packages that it needs
    numbers.csv        every test of the run
    weights/           the weights of the runs that it starts from, and its own
    data/              tables, albums, texts and alphabets of the learner's own
    core/              the modules of core that the run imports, and the files that they read

This module does not import torch.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from core.bundles.bundle import LARGEST, OLD, RunRecords
from core.experiment.checks import BadValue
from core.experiment.spec import Run, digest, to_json
from core.store import store
from core.user_data.corpus import ROOT
from core.user_data.task_files import BROUGHT, task_files
from lessons.kit.results.evidence import scores
from lessons.kit.results.scores_csv import scores_csv
from lessons.kit.take_home.imports import FETCHING, inside, modules, packages
from lessons.kit.take_home.names import name_of, task_title, title_of
from lessons.kit.take_home.notebook import notebook
from lessons.kit.take_home.readme import readme

TRAIN = Path(__file__).with_name("train.py")
SOURCES = ROOT / "core" / "fetch" / "sources.toml"
TERMS = ("LICENSE", "NOTICE.md")
NOT_COPIED = "We may not redistribute these texts. Download them with: python -m core.fetch texts"
SOMEBODYS = (
    "Someone else uploaded these data. Only a zip file from their browser contains them. Copy the file from there."
)
AGAIN = "The app has not stored these weights. `train.py` trains that net again."


@dataclass(frozen=True)
class Datum:
    """Holds a file that examples are read from."""

    file: str  # the path in the folder
    path: Path  # the path on this machine
    otherwise: str = ""  # the sentence that train.py prints if the file is missing


@dataclass(frozen=True)
class Weights:
    """Holds the weights of the run, or of a run that it starts from."""

    file: str  # the path in the folder
    data: bytes  # empty if the weights are not stored here


def zipped(run: Run, known: RunRecords = store, with_data: bool = True) -> bytes:
    """Returns the zip of a finished run. Raises BadValue if the run is not finished.

    If `with_data` is false, the zip contains only the paths of the learner's own data, and not the data.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files(run, known, with_data).items():
            entry = zipfile.ZipInfo(
                f"{name_of(run)}/{name}", OLD
            )  # without the time, so that equal runs are equal zips
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".safetensors") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return packed.getvalue()


def files(run: Run, known: RunRecords = store, with_data: bool = True) -> dict[str, bytes]:
    """Returns all files of the folder, by their paths in the folder."""
    events = known.events(run)
    if not store.finished(events):
        raise BadValue("You can only download a run that has finished.")
    data, weights, code = data_of(run), weights_of(run, known), modules(run)
    packed = [each for each in data if each.path.exists() and goes(each, with_data)]
    fetched = any(each.otherwise == NOT_COPIED for each in data)
    needs = packages(code, FETCHING if fetched else ())
    title, last = title_of(run), [event for event in events if event["kind"] == "point"][-1]
    plan = {
        "title": title,
        "tasks": [task_title(task) for task in (run.task, *run.watch)],
        "app": scores(last),
        "digest": digest(run),
        "torch": version("torch"),
        "packages": needs,
        "weights": [{"file": each.file, "sha256": hashlib.sha256(each.data).hexdigest()} for each in weights],
        "data": {each.file: each.otherwise for each in data},
        "run": to_json(run),
    }
    notes = {path.with_name("README.md") for path in (each.path for each in packed) if path.is_relative_to(ROOT)}
    copied = [*code, *([*FETCHING, SOURCES] if fetched else []), *sorted(note for note in notes if note.exists())]
    absent = {each.file: each.otherwise for each in data if each not in packed}
    absent |= {each.file: AGAIN for each in weights if not each.data}
    return {
        "README.md": readme(run, title, plan, last["seconds"], absent).encode(),
        "train.py": TRAIN.read_bytes(),
        "notebook.ipynb": notebook(title, f"pip install {' '.join(needs.values())}").encode(),
        "run.json": (json.dumps(plan, indent=1, ensure_ascii=False) + "\n").encode(),
        "numbers.csv": scores_csv(run, events).encode(),
        **{each.file: each.data for each in weights if each.data},
        **{each.file: each.path.read_bytes() for each in packed},
        **{inside(path): path.read_bytes() for path in copied},
        **{name: (ROOT / name).read_bytes() for name in TERMS},
    }


def goes(datum: Datum, with_data: bool) -> bool:
    """Returns whether a file may be in the zip."""
    return not datum.otherwise or (datum.otherwise == SOMEBODYS and with_data)


def data_of(run: Run) -> list[Datum]:
    """Returns every file that the tasks of the run, and of the runs that it starts from, read their examples from."""
    tasks = [task for each in run.lineage() for task in (each.task, *each.watch)]
    return [datum(path) for path in dict.fromkeys(path for task in tasks for path in task_files(task))]


def datum(path: Path) -> Datum:
    """Returns the path of a file in the folder. A learner's own data are in the folder data, in the same form as in
    the store."""
    if path.is_relative_to(store.home()):
        return Datum(f"data/{path.relative_to(store.home()).as_posix()}", path, SOMEBODYS)
    return Datum(inside(path), path, NOT_COPIED if path.is_relative_to(BROUGHT) else "")


def weights_of(run: Run, known: RunRecords) -> list[Weights]:
    """Returns the weights of all the runs that the run starts from, beginning with the first run, and then its own
    weights if they do not make the zip too large."""
    made: list[Weights] = []
    for number, each in enumerate(reversed(list(run.lineage())), 1):
        path = known.weights(each) or store.weights(each)
        room = LARGEST - sum(len(other.data) for other in made)
        data = path.read_bytes() if path and (each != run or path.stat().st_size < room) else b""
        made.append(Weights(f"weights/{number}-{name_of(each)}.safetensors", data))
    return made
