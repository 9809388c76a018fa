"""Edits the experiment of the sandbox, which is a Run.

Each edit changes one value. Other values that no longer fit are adapted, such as a net that cannot read the new
world, a source with another net, or the tests of an old skill.
"""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

from core.experiment import tasks
from core.experiment.checks import BadValue, quote
from core.experiment.fields import bounded_fields
from core.experiment.spec import Keep, Run, Stage, most_steps
from core.experiment.static_inspection import nets_for
from core.experiment.tasks import OWN, Task
from core.user_data import album, corpus, photo_album, table
from lessons.kit.model.values import Settings

NOTHING = "nothing"
STAGES = 3  # the largest number of stages that can be set here
KINDS = {kind.__name__: kind for kind in tasks.kinds(Task) if not kind.needs_model}
CALLED = {
    "table": table.display_name,
    "album": album.display_name,
    "source": photo_album.display_name,
    "subject": corpus.display_name,
}  # by the name of the field in a task
BY_HAND = ("given", "clicks")  # fields that are valid only for the examples they were made for


def get(run: Run, path: str) -> Any:
    """Returns the value at a path such as "stages.0.rate". For a task it returns the name of its kind."""
    at: Any = run
    for name in path.split("."):
        at = at[int(name)] if isinstance(at, tuple) else getattr(at, name)
    if isinstance(at, Task):
        return type(at).__name__
    return at


def edit(run: Run, path: str, value: Any) -> Run:
    """Returns the run with the value at this path changed, and with other values adapted to it. Raises BadValue with
    a sentence if the result is not possible."""
    name, _, rest = path.partition(".")
    parts = {f.name: getattr(run, f.name) for f in fields(run)}
    if name == "start" and rest:
        parts["start"] = edit(run.start or run, rest, value)
    elif name == "task":
        parts["task"] = with_field(run.task, rest, value) if rest else task_of_kind(run.task, KINDS[value])
    elif name == "stages" and not rest:
        parts["stages"] = (*run.stages, *[replace(run.stages[-1], method="full")] * value)[:value]
    elif name == "keep" and not rest:
        parts["keep"] = () if value == NOTHING else (replace(run.keep[0] if run.keep else Keep(), method=value),)
    elif name == "watch":
        parts["watch"] = (run.start.task,) if value and run.start else ()
    elif rest:
        number, _, field = rest.partition(".")
        row = list(parts[name])
        row[int(number)] = with_field(row[int(number)], field, value)
        parts[name] = tuple(row)
    else:
        parts[name] = value
    return consistent_run(parts, run)


def with_field(value: Any, name: str, new: Any) -> Any:
    """Returns a value with one field changed. Input that the learner made by hand for other examples is removed."""
    gone = {f.name: "" for f in fields(value) if f.name in BY_HAND}
    return replace(value, **gone | {name: new})


def task_of_kind(task: Task, kind: type[Task]) -> Task:
    """Returns a task of this kind, with the same number of labels if the kind allows it."""
    if "labels" in bounded_fields(kind) and hasattr(task, "labels"):
        try:
            return kind(labels=task.labels)  # type: ignore[call-arg]
        except BadValue:
            pass
    return kind()


def consistent_run(parts: dict[str, Any], before: Run) -> Run:
    """Returns a run made from its parts. Parts that do not fit the others are changed."""
    task, start = parts["task"], parts["start"]
    if parts["net"] not in (fitting := nets_for(task)):
        parts["net"] = fitting[0]
    if start and parts["net"] not in nets_for(start.task):
        start = next(iter(sources(parts["net"], task)), None)
    if start and start.net != parts["net"]:
        start = rebuilt(start, parts["net"])
    if start and start.seeds not in (1, parts["seeds"]):
        start = with_one_seed(start)
    if not start:
        parts |= {"copied": 0, "scrambled": False, "keep": ()}
    if not (start and task.judged):
        parts["stages"] = tuple(replace(stage, aim="task") for stage in parts["stages"])
    if start != before.start and (parts["watch"] or not before.start):
        parts["watch"] = (start.task,) if start else ()
    questions = {task.question, *(run.task.question for run in (start.lineage() if start else ()))}
    parts["watch"] = tuple(old for old in parts["watch"] if old.question in questions)
    if parts["until"] >= sum(stage.steps for stage in parts["stages"]):
        parts["until"] = 0
    parts["exhibit"] = min([parts["exhibit"], *(one.exhibits for one in (task, *parts["watch"]))])
    return Run(**parts | {"start": start})


def fits(run: Run) -> Run:
    """Returns the run if all its nets can read their worlds. Raises BadValue with a sentence otherwise."""
    for one in run.lineage():
        if one.net not in nets_for(one.task):
            raise BadValue(f"A net of the kind {one.net} cannot learn {one.task.world.replace('_', ' ')}.")
    return run


def rebuilt(run: Run, net: str) -> Run:
    """Returns the run with another net, in all the runs that it starts from too."""
    return replace(run, net=net, start=rebuilt(run.start, net) if run.start else None)


def with_one_seed(run: Run) -> Run:
    """Returns the run with only one net, in all the runs that it starts from too."""
    return replace(run, seeds=1, start=with_one_seed(run.start) if run.start else None)


def sources(net: str, task: Task) -> list[Run]:
    """Returns the runs that the experiment can start from.

    These are the runs that lessons start from and whose weights are stored. If there are none, it is a run on the
    same kind of task, which is trained first.
    """
    from lessons.kit.sandbox.presets import backbones

    return [run for run in backbones() if run.net == net] or [new_source(net, task)]


def new_source(net: str, task: Task) -> Run:
    """Returns a source that is trained before the run. It has the same world, with all fields at their defaults."""
    return Run(task=type(task)(), net=net, stages=(Stage(steps=1000, batch=64, rate=2e-3),), seeds=1)


def twin(run: Run) -> Run:
    """Returns the same run from scratch. It has one stage that trains every weight, the same number of steps if one
    stage may have that many, and no protection."""
    last = run.stages[-1]
    steps = min(run.steps, most_steps(last.batch, run.seeds))
    stage = replace(last, method="full", size=0, steps=steps, decay=1.0, aim="task", mix=0.0)
    return Run(task=run.task, net=run.net, stages=(stage,), seeds=run.seeds, first_seed=run.first_seed)


def at_draw(run: Run, settings: Settings) -> Run:
    """Returns the run at the learner's current draw, which has other labels, initial weights and batches."""
    return replace(run, first_seed=(run.first_seed + 100 * (settings.draw - 1)) % 1_000_000)


# names of methods that are not just their names in the code
NAMES = {"probe": "head only", "ewc": "EWC", "lwf": "LwF", "l2_sp": "L2-SP", "ia3": "IA3"}


@lru_cache(maxsize=1024)
def describe_run(run: Run) -> str:
    """Describes a run in a few words: its task, its source and its method."""
    origin = f" after {describe_task(run.start.task)}" if run.start else ", from scratch"
    how = ", then ".join(plain_name(stage.method) + (f" {stage.size}" if stage.size else "") for stage in run.stages)
    keep = "".join(f", {plain_name(one.method)}" for one in run.keep)
    left = f", stopped at step {run.until:,}" if run.until else ""
    return f"{describe_task(run.task)}{origin}: {how}{keep}{left}"


def brief(run: Run) -> str:
    """Describes a run in two or three words for its curve: its method and its number of labels."""
    ways = [f"{plain_name(keep.method)} {keep.strength:g}" for keep in run.keep]
    ways += [stage.method + (f" {stage.size}" if stage.size else "") for stage in run.stages[-1:]] if not ways else []
    labels = getattr(run.task, "labels", None)
    counted = f", {labels} label{'s' * (labels != 1)}" if labels else ""
    return f"{plain_name(ways[0]) if run.start else 'from scratch'}{counted}"


def origin(start: Run | None) -> str:
    """Describes the source of a run without commas, so that it can be part of a list, such as "glyphs 400 labels 900
    steps"."""
    if not start:
        return NOTHING
    words = describe_task(start.task).replace("(", "").replace(")", "").replace(",", "")
    return f"{words} {start.steps} steps" + f" {start.seeds} nets" * (start.seeds > 1)


def describe_task(task: Task) -> str:
    """Describes a task in a few words: its world, and the fields that differ from their defaults."""
    told = []
    usual = {f.name: f.default for f in fields(task)}
    for name in bounded_fields(type(task)):
        value = getattr(task, name)
        if name == "labels" or value != usual[name]:
            said = f"{value:g}" if isinstance(value, float) else own_name(name, str(value))
            counted = name.removesuffix("s") if value == 1 else name
            told.append(name if value is True else said if isinstance(value, str) else f"{said} {counted}")
    return " ".join([plain_name(type(task).__name__), f"({', '.join(told)})" if told else ""]).strip()


def own_name(knob: str, value: str) -> str:
    """Returns the learner's own name for their data. Any other value is returned unchanged."""
    return quote(CALLED[knob](value)) if knob in CALLED and OWN.fullmatch(value) else value


def plain_name(name: str) -> str:
    """Converts a name from the code to words: FiveDigits becomes "five digits", and l2_sp becomes "L2-SP"."""
    if name in NAMES:
        return NAMES[name]
    apart = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return apart.replace("_", " ").strip()
