"""Defines the values of an experiment: how a net is trained (Stage), the whole experiment (Run) and a question about
finished runs (Measure). The tasks that a net learns are in core/experiment/tasks.py.

Equal values are the same experiment and have the same digest. Every bound is checked when a value is created
(core/experiment/fields.py), because values come from URLs. This module uses neither torch nor the store nor pages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache, partial
from typing import Any

from core.experiment import strokes, tasks
from core.experiment.brought_models import BROUGHT
from core.experiment.checks import (
    BadValue,
    all_instances,
    check_ascii,
    check_choice,
    check_range,
    check_whole,
    check_yes_or_no,
    module_names,
)
from core.experiment.fields import Bounded, Choice, Flag, IntRange, bounded
from core.experiment.stages import EXAMPLES as EXAMPLES
from core.experiment.stages import RATES as RATES
from core.experiment.stages import Keep as Keep
from core.experiment.stages import Stage as Stage
from core.experiment.stages import most_steps as most_steps
from core.experiment.static_inspection import fields_read_by
from core.experiment.stored_names import current_name, stored_name
from core.experiment.tasks import Task

MEANING = 1  # raised whenever the code changes what a stored run means; this changes every digest


@dataclass(frozen=True, kw_only=True)
class Run(Bounded):
    """One experiment: a task that several seeds learn side by side, in one or more stages.

    Without a `start`, the run trains a new net from scratch. Otherwise it copies the backbone of `start`, or only its
    first `copied` layers. It also continues with the head of `start` if both tasks ask the same question and no layer
    was left out. Otherwise the head is new. The start is part of the value, so a digest covers the whole ancestry.

    A run that is `brought` has no stages: its weights are those of a model that other people have trained.
    """

    task: Task
    net: str = bounded("conv", Choice("Net", partial(module_names, "nets")), "The architecture of the net.")
    start: Run | None = None
    stages: tuple[Stage, ...] = (Stage(),)
    seeds: int = bounded(
        8, IntRange("Seeds", 1, 32), "The number of nets. Each one gets its own labels, starting weights and batches."
    )
    first_seed: int = bounded(
        0, IntRange("First seed", 0, 1_000_000), "Another number gives other labels, starting weights and batches."
    )
    watch: tuple[Task, ...] = ()  # other tasks that are tested during training, each through the head that learned it
    copied: int = bounded(
        0, IntRange("Copied layers", 0, 16),
        "The number of layers that are copied from the backbone, counted from the input. 0 copies all of them.",
    )  # fmt: skip
    frames: int = bounded(
        0, IntRange("Frames", 0, 100), "The number of moments at which the first net's weights are stored to be played."
    )
    keep: tuple[Keep, ...] = ()  # what protects the tasks of the run's ancestors
    scrambled: bool = bounded(
        False, Flag("Scrambled"), "Shuffles the copied weights within each layer, so that only their sizes are kept."
    )
    exhibit: int = 0  # number of examples or texts for which the first net records its answers; 0 records nothing
    nats: bool = False  # every test also records the loss on the test examples
    until: int = 0  # the step at which the run stops early, so that another can start there; 0 is the end of its stages
    brought: str = ""  # name of a model that others have trained (core/experiment/brought_models.py)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (isinstance(self.task, Task) and isinstance(self.start, Run | None)):
            raise BadValue("A run learns a task, from scratch or from another run.")
        if not (all_instances(Stage, self.stages) and all_instances(Task, self.watch)):
            raise BadValue("A run is trained in stages and watches tasks.")
        if not all_instances(Keep, self.keep) or (self.keep and not self.start):
            raise BadValue("Only a run that starts from another run has an old skill to keep.")
        check_choice("Model", self.brought, ("", *BROUGHT))
        if self.brought:
            self.check_brought()
        check_range("Number of stages", len(self.stages), 0 if self.brought else 1, 8)
        check_whole("Exhibit", self.exhibit, 0, min(task.exhibits for task in (self.task, *self.watch)))
        check_whole("Until", self.until, 0, max(0, self.planned - 1))
        check_yes_or_no("Nats", self.nats)
        if any(stage.steps > most_steps(stage.batch, self.seeds) for stage in self.stages):
            raise BadValue(f"A stage is too long: steps times batch times seeds may be {EXAMPLES // 10**6} million.")
        if len(tuple(self.lineage())) > 8:
            raise BadValue("A run may build on at most seven other runs.")
        if self.start and self.start.net != self.net:
            raise BadValue("A run must have the same net as the run it starts from.")
        if self.copied and not self.start:
            raise BadValue("Only a run that starts from another run has layers to copy.")
        if self.scrambled and not self.start:
            raise BadValue("Only a run that starts from another run has weights to shuffle.")
        if self.start and self.start.seeds not in (1, self.seeds):
            raise BadValue("A run starts from one backbone or from as many as it has seeds.")
        if any(stage.aim != "task" for stage in self.stages) and not (self.start and self.task.judged):
            raise BadValue("Only a run that starts from another, on a task with preferences, can aim at them.")
        for task in self.watch:
            self.answering(task)

    def check_brought(self) -> None:
        """Raises BadValue unless the run is nothing but a model that others have trained."""
        if self.start or self.stages or self.seeds != 1 or self.net != BROUGHT[self.brought]:
            raise BadValue("A model that others have trained is one net, without a start and without stages.")

    @property
    def planned(self) -> int:
        """Returns the number of steps that the stages have together."""
        return sum(stage.steps for stage in self.stages)

    @property
    def steps(self) -> int:
        """Returns the number of steps that the run makes."""
        return self.until or self.planned

    @property
    def tests(self) -> list[int]:
        """Returns the steps at which the run is tested: those of the full run up to its end, and the end itself."""
        return [*(step for step in checkpoints(self.planned) if step < self.steps), self.steps]

    def share_done(self, step: int) -> float:
        """Returns the share of the run's steps that are done after a step. A model of others has no steps to do."""
        return step / self.steps if self.steps else 0.0

    @property
    def needs_model(self) -> bool:
        """Returns whether the run is a model that others have trained, or started from one."""
        return any(run.brought for run in self.lineage())

    @property
    def seed_range(self) -> range:
        """Returns the seeds of the nets that train side by side."""
        return range(self.first_seed, self.first_seed + self.seeds)

    def moment(self, step: int) -> Run:
        """Returns the run that stops at this step, as a start for other runs. Its weights are those that the full run
        has there. Fields that do not change the weights are left out, such as the watched tasks and the frames."""
        return replace(self, until=0 if step == self.planned else step, frames=0, watch=(), exhibit=0, nats=False)

    def lineage(self) -> Iterator[Run]:
        """Yields this run, the run that it starts from, and so on back to a run from scratch."""
        run: Run | None = self
        while run:
            yield run
            run = run.start

    def answering(self, task: Task) -> Run:
        """Returns the nearest run of the lineage whose head answers this task's question, or raises BadValue."""
        for run in self.lineage():
            if run.task.question == task.question:
                return run
        raise BadValue(f"Nothing in this run has learned to answer {task.question}.")


def checkpoints(steps: int) -> list[int]:
    """Returns the steps at which a run is tested: close together at first, and later at most a tenth of it apart."""
    steps_tested, at = [0], 1.0
    while at < steps:
        steps_tested.append(round(at))
        at += max(1.0, min(at * 0.5, steps / 10))
    return steps_tested


@dataclass(frozen=True, kw_only=True)
class Measure(Bounded):
    """A question about finished runs. `kind` names a file in core/measure that has a function `measure`.

    Each kind reads some of the fields that come after `runs`. The other fields must stay at their defaults.
    """

    kind: str
    runs: tuple[Run, ...]
    tasks: tuple[Task, ...] = ()
    count: int = bounded(
        24, IntRange("Count", 1, 2500), "Rows, examples or draws that the answer shows or is made from."
    )
    first_seed: int = bounded(0, IntRange("First seed", 0, 1_000_000), "The first of these draws.")
    points: tuple[tuple[float, float], ...] = ()  # points that a learner placed, as x and y
    # texts that a learner typed, or questions for a net; plain ASCII (core/experiment/checks.py)
    prompts: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()  # measures only these layers; () is all layers
    rank: int = bounded(0, IntRange("Rank", 0, 64), "Every matrix cut to this rank; 0 is uncut.")
    strokes: str = ""  # the learner's drawing, in the format of core/experiment/strokes.py

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice("Measure", self.kind, module_names("measure"))
        if not (all_instances(Run, self.runs) and all_instances(Task, self.tasks)):
            raise BadValue("A measure asks about runs and tasks.")
        check_range("Number of runs", len(self.runs), 0, 64)
        check_range("Number of points", len(self.points), 0, 15)
        for x, y in self.points:
            check_range("x", x, -10, 10)
            check_range("y", y, -10, 10)
        check_range("Number of prompts", len(self.prompts), 0, 16)
        for prompt in self.prompts:
            check_ascii("A prompt", prompt, 400)
        if not all_instances(str, self.layers):
            raise BadValue("A measure names layers.")
        if self.strokes:
            strokes.read(self.strokes)
        unread = {
            field.name: field.default for field in fields(self)[2:] if field.name not in fields_read_by(self.kind)
        }
        for name, default in unread.items():
            if getattr(self, name) != default:
                kind, name = self.kind.replace("_", " "), name.replace("_", " ")
                raise BadValue(f'The measure "{kind}" has no use for {name}.')


Value = Task | Stage | Run | Measure


def name_of(kind: type) -> str:
    """Returns the name of a class in JSON. It includes the edition, so old results are not mistaken for new ones."""
    edition = getattr(kind, "edition", 1)
    return kind.__name__ if edition == 1 else f"{kind.__name__} {edition}"


KINDS: dict[str, type] = {name_of(kind): kind for kind in (*tasks.kinds(Task), Stage, Keep, Run, Measure)}


def to_json(value: Any, kind: object = None) -> Any:
    """Converts a value to JSON and tags each dataclass with its kind. 90 and 90.0 degrees give the same JSON.

    Fields at their defaults are left out, so a new field changes no digest. If you change a default, raise MEANING.
    """
    if is_dataclass(value):
        known = ((f, getattr(value, f.name)) for f in fields(value))
        told = {f.name: to_json(stored_name(f.name, part), f.type) for f, part in known if part != f.default}
        return {"is": name_of(type(value))} | told
    if isinstance(value, tuple):
        return [to_json(v, "float" if "float" in str(kind) else None) for v in value]
    return value + 0.0 if kind == "float" else value  # adding 0.0 also turns -0.0 into zero


def from_json(data: Any) -> Any:
    """Converts JSON back to a value. Raises BadValue if the JSON does not describe one."""
    if isinstance(data, list):
        return tuple(from_json(v) for v in data)
    if not isinstance(data, dict):
        return data
    try:
        kind = KINDS[data["is"]]
        return kind(**{k: from_json(current_name(k, v)) for k, v in data.items() if k != "is"})
    except (KeyError, TypeError) as error:
        raise BadValue(f"This does not describe an experiment: {error}.") from error


@lru_cache(maxsize=8192)  # a page needs some hundred digests and creates its values again on every rerun
def digest(value: Run | Measure) -> str:
    """Returns twenty hexadecimal digits that identify the value, the same on every machine and in every process."""
    text = json.dumps([MEANING, to_json(value)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]
