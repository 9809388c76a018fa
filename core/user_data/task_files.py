"""Says which files a task's examples are read from. Knows no torch, and opens none of them."""

from __future__ import annotations

from pathlib import Path

from core.experiment.tasks import Clothing, Instructions, Sentiment, Task, Text
from core.user_data import corpus
from core.user_data.corpus import GENERAL, ROOT, TEXTS
from core.user_data.user_data_kinds import KINDS

WORLDS = ROOT / "core" / "worlds"
BROUGHT = TEXTS / "brought"  # texts that each machine fetches for itself: they may not be copied


def task_files(task: Task) -> list[Path]:
    """Returns every file that the task reads, whether or not it is on this machine. Examples that a package carries, or
    that are computed, have none."""
    if isinstance(task, Text):
        subjects = GENERAL if task.subject == Text().subject else (task.subject,)
        return [TEXTS / "vocabulary.json", *map(corpus.path, subjects)]
    if isinstance(task, Instructions):
        ships = [
            TEXTS / "vocabulary.json",
            *sorted(TEXTS.glob("*.txt.xz")),
            *sorted((WORLDS / "instruction_data").glob("*.tsv")),
        ]
        return [*ships, *[BROUGHT / "films.tsv.xz"] * task.real]
    if isinstance(task, Sentiment):
        return [BROUGHT / f"{task.subject}.tsv.xz"]
    if isinstance(task, Clothing):
        return [WORLDS / "photos" / "clothing.png"]
    return [kind.path(getattr(task, field)) for field, kind in KINDS.items() if hasattr(task, field)]
