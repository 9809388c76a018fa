"""Equal values are the same experiment. No value outside its bounds can exist."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from importlib import import_module
from inspect import Parameter, signature
from typing import Any

import pytest

from core.experiment import spec, tasks
from core.experiment.checks import BadValue, module_names
from core.experiment.fields import bounded_fields
from core.experiment.spec import Keep, Measure, Run, Stage, digest, from_json, to_json
from core.experiment.static_inspection import fields_read_by
from core.experiment.tasks import Glyphs, Handwriting, Instructions, Plane, Task

PARENT = Run(task=Plane(), net="mlp", seeds=2)
CHILD = Run(task=Plane(ask="colour"), net="mlp", start=PARENT, stages=(Stage(method="probe"), Stage()), seeds=2)
VALUES: list[Any] = [*(kind() for kind in tasks.kinds(Task)), Stage(), Keep(), PARENT, CHILD]
NO_ANSWER: list[Any] = ["false", 1, 0.0, None, []]
NO_NAME: list[Any] = ["", "../../etc/passwd", "__init__", "a" * 10_000, None, 3, [], math.nan]
NO_NUMBER: list[Any] = [math.nan, math.inf, -math.inf, 1e308, -1e308, 10**400, "10", "", None, [], {}, True, b"1", 1j]


def kinds_of(*kinds: type) -> list[tuple[Any, str]]:
    """Returns every field of these kinds, of every value."""
    pairs = [(value, f.name) for value in VALUES[:-1] for f in fields(value)]
    return [(value, name) for value, name in pairs if type(getattr(value, name)) in kinds]


def named(pair: object) -> str:
    return pair if isinstance(pair, str) else type(pair).__name__


OTHER = {  # what a field that is not a number might be instead
    "alphabet": "runes",
    "table": "own-mine-0123abcd",
    "album": "own-mine-0123abcd",
    "scripts": "latin",
    "which": "high",
    "Handwriting.given": "0123456789" * 10,
    "FiveDigits.given": "01234" * 10,
    "Pictures.source": "digits",
    "Text.subject": "law",
    "Sentiment.subject": "films",
    "Instructions.without": "first word, twice",
    "Instructions.ask": "first word, twice",
    "ask": "colour",
    "Stage.method": "probe",
    "Keep.method": "ewc",
    "Stage.aim": "dpo",
    "clicks": "ab-",
    "net": "conv",
    "task": Plane(labels=7),
    "start": PARENT,
    "Chat.answer": "Arr, CAPITAL!",
    "Chat.examples": 8,
    "ModelTexts.source": "English",
    "stages": (Stage(), Stage()),
    "watch": (Plane(turn=5),),
}


def changes(value: Any) -> Iterator[Any]:
    """Returns the value with one field changed, for every field."""
    for f in fields(value):
        if f.name in ("copied", "keep", "scrambled") and not value.start:
            continue  # there is nothing to copy or to keep
        if f.name == "brought":
            continue  # such a run has no stages: tests/test_brought_runs.py
        old = getattr(value, f.name)
        other = OTHER.get(f"{type(value).__name__}.{f.name}", OTHER.get(f.name))
        new = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) and other is None else other
        yield replace(value, **{f.name: old + 0.5 if new is None else new})


def every_change() -> list[Run]:
    """Returns PARENT with one thing changed, in the run, in its stage or in its task, and a child of each of these."""
    parents = [PARENT, *changes(PARENT)]
    parents += [replace(PARENT, stages=(stage,)) for stage in changes(Stage()) if stage.aim == "task"]
    parents += [replace(PARENT, task=other) for kind in tasks.kinds(Task) for other in changes(kind())]
    keeping = [replace(CHILD, keep=(one,)) for one in (Keep(), *changes(Keep()))]
    fitting = [parent for parent in parents if (parent.net, parent.seeds) == (CHILD.net, CHILD.seeds)]
    copying = [replace(CHILD, copied=1), replace(CHILD, scrambled=True)]
    return parents + [replace(CHILD, start=parent) for parent in fitting] + copying + keeping


def test_changing_any_field_changes_the_digest() -> None:
    """The fields are those of a run and of its ancestors."""
    runs = every_change()
    assert len(runs) > 60
    assert len({digest(run) for run in runs}) == len(runs)


def test_shipped_digests_stay_the_same() -> None:
    """A change here discards every stored result. MEANING or an edition then has to say why."""
    tuned = Run(task=Handwriting(turn=30), start=Run(task=Glyphs()), keep=(Keep(method="ewc", strength=5),))
    ages = {PARENT: "e9deda253ea4303bc3b9", CHILD: "ca779998d305c6e0dc1d", tuned: "18d0497859ca7c1adb48"}
    assert {run: digest(run) for run in ages} == ages
    assert digest(Measure(kind="accuracy", runs=(PARENT,), tasks=(Plane(),))) == "1313054b0d952d0fa2ba"


def test_equal_runs_have_equal_digests() -> None:
    same = Run(task=Plane(ask="colour"), net="mlp", start=replace(PARENT), stages=CHILD.stages, seeds=2)
    assert same == CHILD and same is not CHILD
    assert digest(same) == digest(CHILD)


@pytest.mark.parametrize(
    ("one", "two"),
    [(Plane(turn=90.0), Plane(turn=90)), (Plane(turn=0.0), Plane(turn=-0.0)), (Glyphs(pen=1.0), Glyphs(pen=1))],
)
def test_numbers_that_are_equal_make_the_same_experiment(one: Task, two: Task) -> None:
    assert one == two
    assert digest.__wrapped__(Run(task=one)) == digest.__wrapped__(Run(task=two))


def test_points_that_are_equal_make_the_same_measure() -> None:
    one, two = (Measure(kind="in_context", runs=(), points=points) for points in (((1, -0.0),), ((1.0, 0.0),)))
    assert one == two
    assert digest.__wrapped__(one) == digest.__wrapped__(two)


def test_a_knob_at_its_default_changes_no_digest() -> None:
    assert to_json(Plane(turn=30)) == {"is": "Plane", "turn": 30.0}
    assert from_json({"is": "Plane", "turn": 30}) == Plane(labels=500, turn=30.0)


def test_another_process_gives_the_same_digest() -> None:
    code = "import sys, json; from core.experiment.spec import *; print(digest(from_json(json.load(sys.stdin))))"
    env = os.environ | {"PYTHONHASHSEED": "77", "PYTHONPATH": os.pathsep.join(sys.path)}
    text = json.dumps(to_json(CHILD))
    there = subprocess.run(
        [sys.executable, "-c", code], input=text, env=env, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == digest(CHILD)


def test_raising_the_meaning_changes_every_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest(CHILD)
    monkeypatch.setattr(spec, "MEANING", spec.MEANING + 1)
    assert digest.__wrapped__(CHILD) != before  # digests are remembered: code does not change while it runs


def test_folders_are_listed_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    Stage(), Measure(kind="in_context", runs=())
    monkeypatch.setattr("pathlib.Path.glob", lambda *_: pytest.fail("a folder was listed again"))
    Stage(), Measure(kind="in_context", runs=())


def test_digest_is_a_plain_folder_name() -> None:
    assert len(digest(CHILD)) == 20
    assert set(digest(CHILD)) <= set("0123456789abcdef")


@pytest.mark.parametrize("value", VALUES, ids=named)
def test_a_value_survives_json(value: Any) -> None:
    again = from_json(json.loads(json.dumps(to_json(value))))
    assert again == value
    assert type(again) is type(value)
    assert hash(again) == hash(value)


def test_every_measure_survives_json() -> None:
    for kind in module_names("measure"):
        measure = Measure(kind=kind, runs=(PARENT, CHILD))
        assert from_json(json.loads(json.dumps(to_json(measure)))) == measure


ODD: dict[str, Any] = {  # a field of a measure away from its default
    "tasks": (Plane(),), "count": 5, "first_seed": 5, "points": ((1.0, 2.0),), "prompts": ("Once",),
    "layers": ("head",), "rank": 5, "strokes": "1,2 3,4",
}  # fmt: skip


@pytest.mark.parametrize("kind", module_names("measure"))
def test_measure_refuses_fields_it_does_not_read(kind: str) -> None:
    read = fields_read_by(kind)
    assert read <= ODD.keys() == {f.name for f in fields(Measure)} - {"kind", "runs"}
    for name, value in ODD.items():
        if name in read:
            assert from_json(to_json(Measure(kind=kind, runs=(), **{name: value}))) != Measure(kind=kind, runs=())
            continue
        with pytest.raises(BadValue, match=f"has no use for {name.replace('_', ' ')}") as caught:
            Measure(kind=kind, runs=(), **{name: value})
        assert is_a_sentence(caught.value)


def test_measure_fields_agree_with_function_parameters() -> None:
    for kind in module_names("measure"):
        learned, *read = signature(import_module(f"core.measure.{kind}").measure).parameters.values()
        assert (learned.name, learned.kind) == ("learned", Parameter.POSITIONAL_OR_KEYWORD)
        assert all(parameter.kind == Parameter.KEYWORD_ONLY for parameter in read)
        assert {parameter.name for parameter in read} == fields_read_by(kind)


def is_a_sentence(error: BadValue) -> bool:
    text = str(error)
    return text[0].isupper() and text.endswith(".") and len(text) < 200 and "\n" not in text


@pytest.mark.parametrize(("value", "name"), kinds_of(int, float), ids=named)
def test_number_out_of_bounds_is_refused(value: Any, name: str) -> None:
    for hostile in NO_NUMBER:
        with pytest.raises(BadValue) as caught:
            replace(value, **{name: hostile})
        assert is_a_sentence(caught.value), (hostile, str(caught.value))


@pytest.mark.parametrize(("value", "name"), kinds_of(int), ids=named)
def test_a_count_must_be_whole(value: Any, name: str) -> None:
    with pytest.raises(BadValue) as caught:
        replace(value, **{name: 1.5})
    assert is_a_sentence(caught.value)


@pytest.mark.parametrize(("value", "name"), kinds_of(bool), ids=named)
def test_switch_accepts_only_booleans(value: Any, name: str) -> None:
    for hostile in NO_ANSWER:
        with pytest.raises(BadValue) as caught:
            replace(value, **{name: hostile})
        assert is_a_sentence(caught.value)


@pytest.mark.parametrize(("value", "name"), kinds_of(str), ids=named)
def test_a_name_must_be_a_known_one(value: Any, name: str) -> None:
    for hostile in NO_NAME[getattr(value, name) == "" :]:  # of some fields, nothing is a value
        with pytest.raises(BadValue) as caught:
            replace(value, **{name: hostile})
        assert is_a_sentence(caught.value)


GIVEN = {
    "given",
    "clicks",
    "exhibit",
    "nats",
    "until",
    "strokes",
    "answer",
    "brought",
}  # no knobs: given by hand, or bound by what else is set


@pytest.mark.parametrize("value", [*VALUES, Measure(kind="accuracy", runs=())], ids=named)
def test_every_field_has_label_and_help(value: Any) -> None:
    plain = {f.name for f in fields(value) if isinstance(f.default, int | float | str)}
    assert plain - GIVEN == bounded_fields(type(value)).keys()
    for knob in bounded_fields(type(value)).values():
        assert knob.bound.label and knob.help[0].isupper() and knob.help.endswith(".") and len(knob.help) < 110


def test_what_can_be_seen_has_no_label_noise() -> None:
    with pytest.raises(BadValue) as caught:
        Glyphs(ink=True, noise=0.5)
    assert is_a_sentence(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"task": 3},
        {"task": Stage()},
        {"start": "scratch"},
        {"start": Plane()},
        {"stages": ()},
        {"stages": (Stage(),) * 9},
        {"stages": (Plane(),)},
        {"stages": [Stage()]},
        {"watch": (Stage(),)},
        {"keep": (Stage(),)},
        {"keep": (Keep(),), "start": None},
        {"watch": (Handwriting(),)},  # nothing in the run has learned it
        {"net": "conv"},  # not the net of its start
        {"start": None, "copied": 1},
        {"start": None, "scrambled": True},
        {"seeds": 5},  # neither one backbone nor as many as its start has
    ],
    ids=str,
)
def test_run_of_wrong_parts_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadValue) as caught:
        replace(CHILD, **wrong)
    assert is_a_sentence(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"is": "Run"},
        {"is": "os"},
        {"is": ["Run"]},
        {"is": "Plane", "colour": "red"},
        {"is": "Run", "task": 3},
        {"is": "Run", "task": {"is": "Plane"}, "start": "scratch"},
        {"is": "Run", "task": {"is": "Plane"}, "stages": 4},
        {"is": "Run", "task": {"is": "Plane"}, "stages": [[]]},
    ],
    ids=str,
)
def test_json_that_describes_no_experiment_is_refused(data: Any) -> None:
    with pytest.raises(BadValue):
        from_json(data)


def test_run_knows_ancestors_and_answering_run() -> None:
    """A run knows which of its ancestors answers a task."""
    grandchild = Run(task=Plane(winding=0.0), net="mlp", start=CHILD, seeds=2)
    assert list(grandchild.lineage()) == [grandchild, CHILD, PARENT]
    assert grandchild.answering(Plane(ask="colour", turn=30)) == CHILD
    assert grandchild.answering(Plane()) == grandchild  # the nearest that answers


def test_new_edition_of_world_changes_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    said = to_json(Instructions(examples=5))
    before = digest(Run(task=Instructions(examples=5)))
    assert from_json(said) == Instructions(examples=5)
    monkeypatch.setattr(Instructions, "edition", Instructions.edition + 1)
    assert digest.__wrapped__(Run(task=Instructions(examples=5))) != before
    with pytest.raises(BadValue, match="does not describe"):
        from_json({"is": "Instructions", "examples": 5})  # as its first edition was written
