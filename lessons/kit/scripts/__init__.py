"""Shows the PyTorch code of an experiment. The script has the settings of the learner and is one self-contained file.

A script is a module that can be run in the folder of the repository: `python -m lessons.small_step.script`. The page
shows its source code with other constants. No module imports a script, and this module does not import torch.
"""

from __future__ import annotations

from pathlib import Path

from core.experiment.spec import Run, digest
from core.experiment.tasks import Handwriting, Plane, Text
from core.store import store
from core.user_data import corpus
from lessons.kit.scripts.source import render_script

__all__ = ["beside", "constants", "digits", "old", "plane", "reading", "render_script", "weights"]

ROOT = Path(__file__).resolve().parents[3]
HANDWRITING = "lessons.kit.scripts.digits"
PLANE = "lessons.kit.scripts.plane"
READING = "lessons.kit.scripts.reading"


def path_from_root(path: Path) -> str:
    """Returns the path relative to the folder of the repository, where scripts are run. It is absolute if the store
    is elsewhere."""
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()


def weights(run: Run) -> str:
    """Returns the path of a run's weights, which exist once the run is finished."""
    return path_from_root(store.weights(run) or store.home() / "runs" / digest(run) / "weights.safetensors")


def constants(run: Run) -> dict[str, object]:
    """Returns the constants of a script for a run with one stage."""
    (stage,) = run.stages
    labels = {"LABELS": run.task.labels} if hasattr(run.task, "labels") else {}
    return {"SEED": run.first_seed, "STEPS": stage.steps, "RATE": stage.rate, "BATCH": stage.batch} | labels


def old(run: Run) -> dict[str, object]:
    """Returns the constants for a run that another run starts from."""
    return {f"OLD_{name}": value for name, value in constants(run).items() if name != "SEED"}


def stages(run: Run) -> list[tuple[int, int, float, float]]:
    """Returns for each stage how many of the four layers are trained, counted from the head, and its steps, the
    learning rate of the head, and the decay."""
    moving = {"full": 4, "probe": 1}
    return [(moving.get(stage.method, stage.size), stage.steps, stage.rate, stage.decay) for stage in run.stages]


def digits(run: Run, title: str) -> str:
    """Returns a script for one seed of a run on handwriting, from scratch or from stored weights."""
    assert isinstance(run.task, Handwriting)
    return render_script(
        HANDWRITING,
        title,
        SEED=run.first_seed,
        LABELS=run.task.labels,
        INVERTED=run.task.inverted,
        BACKBONE=weights(run.start) if run.start else "",
        COPIED=["conv1", "conv2", "hidden"][: run.copied or None],
        STAGES=stages(run),
        BATCH=run.stages[0].batch,
    )


def plane(run: Run, title: str) -> str:
    """Returns a script for one seed of a run in the plane, from scratch or from the arms, which it learns first."""
    task = run.task
    assert isinstance(task, Plane)
    before = old(run.start) if run.start else {}
    return render_script(
        PLANE,
        title,
        SEED=run.first_seed,
        ASK=task.ask,
        LABELS=task.labels,
        TURN=task.turn,
        WINDING=task.winding,
        MIRRORED=task.mirrored,
        STAGES=stages(run),
        BATCH=run.stages[0].batch,
        PRETRAINED=bool(run.start),
        WATCHED=bool(run.watch),
        **before,
    )


def reading(run: Run, title: str) -> str:
    """Returns a script for one seed of a language model, from scratch or from stored weights."""
    task = run.task
    assert isinstance(task, Text)
    names = corpus.GENERAL if task.subject == Text().subject else (task.subject,)
    return render_script(
        READING,
        title,
        TEXTS=[path_from_root(corpus.path(name)) for name in names],
        KILOBYTES=task.kilobytes,
        BACKBONE=weights(run.start) if run.start else "",
        **constants(run),
    )
