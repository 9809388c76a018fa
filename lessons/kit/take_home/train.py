"""Trains the run in run.json again, and compares its scores with those that the app found.

    python train.py

README.md says which packages you need. The script needs no network, and no part of Headstart except this folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.experiment.spec import Run
    from core.nets import Theta
    from core.training.report import Point

HERE = Path(__file__).resolve().parent
HALF = 0.005  # half a point of accuracy, or so many bits: what another computer or another PyTorch may change


def plan() -> dict[str, Any]:
    """Returns what run.json says: the run, its weights and data, and the packages that it needs."""
    made: dict[str, Any] = json.loads((HERE / "run.json").read_text("utf-8"))
    return made


def problems() -> list[str]:
    """Returns a sentence for everything that keeps the run from being trained here."""
    if sys.version_info < (3, 11):  # noqa: UP036 - nobody chose the Python of this computer for it
        return [f"This needs Python 3.11 or later; this is Python {sys.version.split()[0]}."]
    if not (HERE / "run.json").is_file() or not (HERE / "core" / "training" / "train.py").is_file():
        return ["run.json or the folder core is missing beside train.py. Unzip the whole folder, then run it there."]
    try:
        wanted = plan()
        packages = {name: pip for name, pip in wanted["packages"].items() if find_spec(name) is None}
        missing = {file: why for file, why in wanted["data"].items() if not (HERE / file).is_file()}
        _ = (
            wanted["title"],
            wanted["tasks"],
            wanted["run"],
            wanted["weights"],
            wanted["app"],
            wanted["torch"],
            wanted["digest"],
        )
    except (ValueError, KeyError, AttributeError, TypeError):
        return ["run.json is damaged. Unzip it again."]
    found = [f"{file} is missing. {why or 'Unzip the whole folder again.'}" for file, why in missing.items()]
    if packages:
        found.append(f"Some packages are not installed. Install them: pip install {' '.join(packages.values())}")
    return found


def read_run() -> Run:
    """Returns the run in run.json. It leaves out the settings that only record pictures, because they change no
    weight."""
    os.environ["HEADSTART_STORE"] = str(HERE / "data")  # core/ looks there for tables, albums, texts and alphabets
    sys.path.insert(0, str(HERE))
    from dataclasses import replace

    from core.experiment.checks import BadValue
    from core.experiment.spec import Run, from_json

    run = from_json(plan()["run"])
    if not isinstance(run, Run):
        raise BadValue("run.json describes no run.")
    return replace(run, frames=0, exhibit=0)


def starts_of(run: Run) -> list[tuple[Run, str, bool]]:
    """Returns the runs that this run starts from, the earliest one first. Each has the file of its weights, and
    whether that file is present and undamaged."""
    return [
        (start, weights["file"], intact(HERE / weights["file"], weights["sha256"]))
        for start, weights in zip(list(run.lineage())[:0:-1], plan()["weights"])
    ]


def intact(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def load_starts(run: Run) -> dict[Run, Theta]:
    """Returns the weights of all runs that this run starts from. Missing weights are trained."""
    from safetensors.torch import load_file

    learned: dict[Run, Theta] = {}
    for start, file, whole in starts_of(run):
        if whole:
            stored = load_file(HERE / file)  # weights that come with the app have half precision
            learned[start] = {name: weight.float() for name, weight in stored.items() if " " not in name}
        else:
            print(f"Training the net that {file} should contain ({start.steps:,} steps).", flush=True)
            learned[start], _ = learn(start, learned)
    return learned


def learn(run: Run, starts: dict[Run, Theta]) -> tuple[Theta, Point]:
    """Trains all nets of a run at the same time and prints one line per second. Returns the weights and the final
    scores."""
    import torch

    from core.experiment.scores import own_scores, score_text
    from core.training.report import Done, Point, Tick
    from core.training.train import train

    torch.set_num_threads(1)  # as in the app, because more threads make such small nets slower
    began, printed = time.monotonic(), float("-inf")
    point: Point | None = None
    for event in train(run, starts):
        if isinstance(event, Done):
            assert point is not None
            return event.theta, point
        if isinstance(event, Point):
            point = event
        now = time.monotonic()
        if isinstance(event, Point | Tick) and point and (now - printed >= 1 or event.step == run.steps):
            left = (now - began) / event.step * (run.steps - event.step) if event.step else 0
            wait = f", about {left:.0f} s left" if left >= 1 else ""
            print(f"  step {event.step:,} of {run.steps:,}: {score_text(*own_scores(point.scores))}{wait}", flush=True)
            printed = now
    raise AssertionError("a run ends with its weights")


def compare(run: Run, point: Point) -> str:
    """Returns both scores of each task, and a sentence that says how much they differ."""
    import torch

    from core.experiment.scores import own_scores, score_text
    from core.experiment.spec import digest, from_json

    found, tasks = plan()["app"], plan()["tasks"]
    lines, same = [], True
    for unit, by_task in point.scores.items():
        for task, here in by_task.items():
            app = found[unit][task]
            same = same and here == app
            lines.append(f"{tasks[int(task)]}: {score_text(unit, here)} here, {score_text(unit, app)} in the app.")
    if same:
        return "\n".join([*lines, "Each net has exactly the same score here and in the app."])
    if digest(from_json(plan()["run"])) != plan()["digest"]:
        return "\n".join([*lines, "You have changed run.json, so this is not the same run as in the app."])
    unit, here = own_scores(point.scores)
    app = found[unit]["0"]
    gap = abs(sum(here) / len(here) - sum(app) / len(app))
    times, unit, least = (100, "points", 0.01) if unit == "accuracy" else (1, unit, 0.0001)
    amount = f"{times * gap:.4g}" if times * gap >= least else f"less than {least:g}"
    lines.append(f"The means differ by {amount} {unit}.")
    if gap <= HALF:
        lines.append("Up to half a point is normal: another computer or PyTorch adds numbers in another order.")
    elif not all(whole for _, _, whole in starts_of(run)):
        lines.append("Some weights of the backbone are missing here, so another net was trained in their place.")
    else:
        lines.append(
            f"This is more than usual. The app used PyTorch {plan()['torch']}, and you use {torch.__version__}."
        )
    return "\n".join(lines)


def main() -> int:
    if wrong := problems():
        print("\n".join(wrong))
        return 1
    try:
        run = read_run()
        from core.experiment.scores import own_scores, score_text

        print(
            f"{plan()['title']}\nIn the app, this run ended with {score_text(*own_scores(plan()['app']))} (the mean of "
            f"{run.seeds} nets)."
        )
        for start, file, whole in starts_of(run):
            if whole:
                print(f"The run starts from the weights in {file}.")
            else:
                print(f"MISSING OR DAMAGED: {file}. This net is trained first ({start.steps:,} steps).")
        starts = load_starts(run)
        print(f"Training for {run.steps:,} steps.", flush=True)
        theta, point = learn(run, starts)
        print(compare(run, point))
        save(theta)
    except ValueError as error:  # core's BadValue is one, and says what is wrong in a sentence
        print(error)
        return 1
    except KeyboardInterrupt:
        print("Stopped.")
        return 1
    return 0


def save(theta: Theta) -> None:
    from safetensors import torch as tensors

    path = HERE / "trained.safetensors"
    try:
        path.write_bytes(tensors.save({name: weight.contiguous() for name, weight in theta.items()}))
        print(f"The weights that you have trained are in {path.name}.")
    except OSError as error:
        print(f"The weights could not be written to {path}: {error}.")


if __name__ == "__main__":
    sys.exit(main())
