"""Names a run so that its files can be told apart, such as "digits-5-labels-pretrained". It does not read any files."""

from __future__ import annotations

import re

from core.experiment import tasks
from core.experiment.fields import bounded_fields
from core.experiment.spec import Run
from core.experiment.tasks import OWN, Task
from lessons.kit.sandbox.experiment import plain_name

LONGEST = 80  # the largest number of characters
WORLDS = {  # worlds for which the learner would look for another word than the name in the code
    tasks.Handwriting: "digits",
    tasks.FiveDigits: "digits",
    tasks.Drawn: "symbols",
    tasks.Album: "pictures",
    tasks.Names: "names of pictures",
    tasks.Plane: "spirals",
    tasks.Table: "points",
    tasks.Sentiment: "ratings",
    tasks.Lines: "lines",
    tasks.GuestBook: "notes",
}
RANGES = {"low": "0 to 4", "high": "5 to 9"}  # of FiveDigits


def name_of(run: Run) -> str:
    """Returns a name made of letters, digits and hyphens, with the task, the number of labels, the source and the
    method."""
    parts = [*task_words(run.task), "pretrained" if run.start else "from scratch"]
    last = run.stages[-1]
    parts += [f"{last.method} {last.size or ''}"] * (last.method != "full")
    parts += [keep.method for keep in run.keep]
    parts += [f"to step {run.until}"] * bool(run.until)
    return hyphened(" ".join(parts))[:LONGEST].strip("-")


def title_of(run: Run) -> str:
    """Returns the same as a sentence without its full stop."""
    start = f", after {task_title(run.start.task)}" if run.start else ", from scratch"
    how = ", then ".join(f"{plain_name(stage.method)} {stage.size or ''}".strip() for stage in run.stages)
    keep = "".join(f", remembering by {plain_name(keep.method)}" for keep in run.keep)
    left = f", stopped at step {run.until:,}" if run.until else ""
    said = f"{task_title(run.task)}{start}: {how}{keep}{left}; {run.seeds} net{'s' * (run.seeds != 1)}"
    return f"{said[0].upper()}{said[1:]}"


def task_title(task: Task) -> str:
    """Returns the name of a task in a sentence, such as "digits (inverted, 5 labels)"."""
    world, *more = task_words(task)
    return f"{world} ({', '.join(more)})" if more else world


def task_words(task: Task) -> list[str]:
    """Returns the world of a task, its fields that differ from their defaults, and its number of labels."""
    usual = type(task)()
    words = [WORLDS.get(type(task)) or plain_name(type(task).__name__)]
    for knob in bounded_fields(type(task)):
        value = getattr(task, knob)
        if knob == "which":
            words.append(RANGES[value])
        elif knob != "labels" and value != getattr(usual, knob):
            words.append(knob_name(knob, value))
    labels = getattr(task, "labels", None)
    return [*words, f"{labels} label{'s' * (labels != 1)}"] if labels else words


def knob_name(name: str, value: object) -> str:
    """Describes the value of a field in words."""
    if value is True:
        return name
    if isinstance(value, str):  # the name of a learner's own data contains the word that they chose
        return value.split("-")[1] if OWN.fullmatch(value) else value
    return f"{name} {value:g}" if isinstance(value, float) else f"{value} {name}"


def hyphened(text: str) -> str:
    """Returns a text as a file name that is valid on any system."""
    return re.sub("[^a-z0-9.]+", "-", text.lower().replace("-", " minus ")).strip("-.")
