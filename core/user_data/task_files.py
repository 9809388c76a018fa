"""Says which files a task's examples are read from. Does not import torch and does not open the files."""

from __future__ import annotations

from pathlib import Path

from core.experiment.brought_tasks import DIGITS, OWN_ANSWERS, PHOTOS
from core.experiment.tasks import OWN, Chat, Clothing, Instructions, ModelTexts, Names, Pictures, Sentiment, Task, Text
from core.pretrained import model_files
from core.user_data import corpus, photo_album
from core.user_data.corpus import GENERAL, ROOT, TEXTS
from core.user_data.user_data_kinds import KINDS

WORLDS = ROOT / "core" / "worlds"
BROUGHT = TEXTS / "brought"  # texts that each machine downloads for itself, because they may not be redistributed


def task_files(task: Task) -> list[Path]:
    """Returns every file that the task reads, whether or not it is on this machine. There are none if the examples
    are computed or come with a package."""
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
    if isinstance(task, Chat):
        return [WORLDS / "instruction_data" / "capitals.tsv", *model_files.MODELS["smollm2"].paths]
    if isinstance(task, ModelTexts):
        answers = WORLDS / "instruction_data" / "own_answers.tsv"
        texts = [answers] if task.source == OWN_ANSWERS else list(map(corpus.path, GENERAL))
        return [*texts, *model_files.MODELS["smollm2"].paths]
    if isinstance(task, Clothing):
        return [WORLDS / "photos" / "clothing.png"]
    if isinstance(task, Names):
        return [*emoji_files(), ROOT / "core" / "pretrained" / "imagenet_names.txt"]
    if isinstance(task, Pictures):
        files = {PHOTOS: [model_files.PHOTOS], DIGITS: []}
        own = OWN.fullmatch(task.source)
        return [photo_album.path(task.source)] if own else files.get(task.source, emoji_files())
    return [kind.path(getattr(task, field)) for field, kind in KINDS.items() if hasattr(task, field)]


def emoji_files() -> list[Path]:
    folder = WORLDS / "emoji"
    return [folder / "google.png", folder / "twitter.png", folder / "kinds.tsv"]
