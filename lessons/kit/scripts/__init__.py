"""Show me the PyTorch: a script as the learner's settings make it, one file that stands on its own.

A script is a module that runs as it is, in the repository's folder: `python -m lessons.small_step.script`. What is
shown is its own text with other constants. Nobody imports a script, and this knows no torch.
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
    """From the repository's folder, where a script is run; whole if the store is elsewhere."""
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()


def weights(run: Run) -> str:
    """Where a run's weights are, or will be once it has been run."""
    return path_from_root(store.weights(run) or store.home() / "runs" / digest(run) / "weights.safetensors")


def constants(run: Run) -> dict[str, object]:
    """What a script of one stage calls these."""
    (stage,) = run.stages
    labels = {"LABELS": run.task.labels} if hasattr(run.task, "labels") else {}
    return {"SEED": run.first_seed, "STEPS": stage.steps, "RATE": stage.rate, "BATCH": stage.batch} | labels


def old(run: Run) -> dict[str, object]:
    """The same of a run that another starts from."""
    return {f"OLD_{name}": value for name, value in constants(run).items() if name != "SEED"}


def stages(run: Run) -> list[tuple[int, int, float, float]]:
    """Of each stage: layers that move, from the head down, of a net with four; steps; rate of the head; decay."""
    moving = {"full": 4, "probe": 1}
    return [(moving.get(stage.method, stage.size), stage.steps, stage.rate, stage.decay) for stage in run.stages]


def digits(run: Run, title: str) -> str:
    """One seed of a run on handwriting, from scratch or from weights that are stored."""
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
    """One seed of a run in the plane, from scratch or from the arms, which it learns first."""
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
    """One seed of a language model on text, from nothing or from weights that are stored."""
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
