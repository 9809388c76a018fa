"""The experiment that is set in the sandbox is a Run. One thing of it is changed at a time, and what no longer fits
follows: a net that cannot read the new world, a source with another net, what is asked of an old skill.
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
from core.user_data import album, corpus, table
from lessons.kit.model.values import Settings

NOTHING = "nothing"
STAGES = 3  # at most, that can be set here
KINDS = {kind.__name__: kind for kind in tasks.kinds(Task)}
CALLED = {
    "table": table.display_name,
    "album": album.display_name,
    "subject": corpus.display_name,
}  # by the field of a task
BY_HAND = ("given", "clicks")  # fields that belong to the examples that they were given for


def get(run: Run, path: str) -> Any:
    """What stands at a place such as "stages.0.rate"; a kind of task, and a way to remember, by name."""
    at: Any = run
    for name in path.split("."):
        at = at[int(name)] if isinstance(at, tuple) else getattr(at, name)
    if isinstance(at, Task):
        return type(at).__name__
    return at


def edit(run: Run, path: str, value: Any) -> Run:
    """The same with this changed there, and what else must follow. BadValue with a sentence where it cannot be."""
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
    """A value with one field changed; what was given by hand for other examples goes."""
    gone = {f.name: "" for f in fields(value) if f.name in BY_HAND}
    return replace(value, **gone | {name: new})


def task_of_kind(task: Task, kind: type[Task]) -> Task:
    """A task of this kind, with as many labels where it has labels and may have so many."""
    if "labels" in bounded_fields(kind) and hasattr(task, "labels"):
        try:
            return kind(labels=task.labels)  # type: ignore[call-arg]
        except BadValue:
            pass
    return kind()


def consistent_run(parts: dict[str, Any], before: Run) -> Run:
    """A run from its parts, of which those that do not fit the others follow them."""
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
    """The run, if its nets read their worlds; BadValue with a sentence otherwise."""
    for one in run.lineage():
        if one.net not in nets_for(one.task):
            raise BadValue(f"The net {one.net} cannot read {one.task.world.replace('_', ' ')}.")
    return run


def rebuilt(run: Run, net: str) -> Run:
    """The same with another net, down to where it began."""
    return replace(run, net=net, start=rebuilt(run.start, net) if run.start else None)


def with_one_seed(run: Run) -> Run:
    """Only one net of it, and of what it started from."""
    return replace(run, seeds=1, start=with_one_seed(run.start) if run.start else None)


def sources(net: str, task: Task) -> list[Run]:
    """What there is to start from: runs that lessons start from, whose weights are there; last one on this very task,
    which is to be trained first."""
    from lessons.kit.sandbox.presets import backbones

    return [run for run in backbones() if run.net == net] or [new_source(net, task)]


def new_source(net: str, task: Task) -> Run:
    """A source of the learner's own, trained before the run: the same world with all its knobs as they are at first."""
    return Run(task=type(task)(), net=net, stages=(Stage(steps=1000, batch=64, rate=2e-3),), seeds=1)


def twin(run: Run) -> Run:
    """The same from scratch: as many steps, if one stage may have them, with every weight free, and nothing to
    remember."""
    last = run.stages[-1]
    steps = min(run.steps, most_steps(last.batch, run.seeds))
    stage = replace(last, method="full", size=0, steps=steps, decay=1.0, aim="task", mix=0.0)
    return Run(task=run.task, net=run.net, stages=(stage,), seeds=run.seeds, first_seed=run.first_seed)


def at_draw(run: Run, settings: Settings) -> Run:
    """The run with the draw that the learner is at: other labels, initial weights and batches."""
    return replace(run, first_seed=(run.first_seed + 100 * (settings.draw - 1)) % 1_000_000)


@lru_cache(maxsize=1024)
def describe_run(run: Run) -> str:
    """A run in a few words: what is learned, from where, and how."""
    origin = f" after {describe_task(run.start.task)}" if run.start else ", from scratch"
    how = ", then ".join(
        stage.method.replace("_", " ") + (f" {stage.size}" if stage.size else "") for stage in run.stages
    )
    keep = "".join(f", {one.method.replace('_', ' ')}" for one in run.keep)
    left = f", left at step {run.until:,}" if run.until else ""
    return f"{describe_task(run.task)}{origin}: {how}{keep}{left}"


def brief(run: Run) -> str:
    """A run in two or three words, to stand beside its curve: what is done, and with how many labels."""
    ways = [f"{plain_name(keep.method)} {keep.strength:g}" for keep in run.keep]
    ways += [stage.method + (f" {stage.size}" if stage.size else "") for stage in run.stages[-1:]] if not ways else []
    labels = getattr(run.task, "labels", None)
    counted = f", {labels} label{'s' * (labels != 1)}" if labels else ""
    return f"{plain_name(ways[0]) if run.start else 'scratch'}{counted}"


def origin(start: Run | None) -> str:
    """What a run starts from, without a comma, so that a list of origins can be read: "glyphs 400 labels 900 steps"."""
    if not start:
        return NOTHING
    words = describe_task(start.task).replace("(", "").replace(")", "").replace(",", "")
    return f"{words} {start.steps} steps" + f" {start.seeds} nets" * (start.seeds > 1)


def describe_task(task: Task) -> str:
    """A task in a few words: its world, and the knobs that are not as they are at first."""
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
    """What a learner calls something of their own, as its page calls it; any other value as it is."""
    return quote(CALLED[knob](value)) if knob in CALLED and OWN.fullmatch(value) else value


def plain_name(name: str) -> str:
    """A name of code as a person says it: FiveDigits is five digits, low_rank is low rank."""
    apart = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return apart.replace("_", " ").strip()
