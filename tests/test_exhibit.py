"""What a run records of its first net's answers while it trains, against its weights, and what pages receive of it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core import nets, worlds
from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, Stage, checkpoints, digest, to_json
from core.experiment.tasks import (
    FiveDigits,
    GuestBook,
    Handwriting,
    Instructions,
    Lines,
    Plane,
    Preferences,
    Task,
    Text,
)
from core.measure import answer
from core.nets import Theta
from core.serve import compute_values
from core.store import store
from core.training import text_generation
from core.training.report import Done, Point, written_at
from core.training.tracked_examples import POINTS, answer_instructions
from core.training.train import train
from core.worlds import guest_book, handwriting, lines
from lessons.kit.figures.player import Space
from lessons.kit.model.values import LabelledRun, Results
from lessons.kit.results.evidence import align_progress, behaviour, load_results

SHORT = (Stage(steps=30, batch=16, rate=1e-2),)
DIGITS = Run(task=Handwriting(labels=4), net="conv", stages=SHORT, seeds=2, exhibit=40)
ARMS = Run(task=Plane(labels=30), net="mlp", stages=SHORT, seeds=2, exhibit=12)


def outcome(run: Run, ancestors: dict[Run, Theta] | None = None) -> tuple[list[Point], Theta]:
    *events, done = train(run, ancestors or {})
    assert isinstance(done, Done)
    return [event for event in events if isinstance(event, Point)], done.theta


def shown(task: Task, count: int) -> dict:  # type: ignore[type-arg]
    (found,) = answer(Measure(kind="tracked_examples", runs=(), tasks=(task,), count=count), [])["tasks"]
    return dict(found)


def test_last_answers_agree_with_final_weights() -> None:
    """The recorded answers are those of the first seed."""
    points, theta = outcome(DIGITS)
    x, y = handwriting.test(DIGITS.task)
    pick = torch.linspace(0, len(y) - 1, 40).long()
    chances = nets.forward(nets.load("conv", 10), theta, x[pick].expand(2, -1, -1, -1, -1)).softmax(-1)[0]
    last = points[-1].exhibit["0"]
    assert last["answers"] == chances.argmax(-1).tolist()
    assert last["sure"] == (100 * chances.max(-1).values).round().tolist()
    assert all(len(point.exhibit["0"]["answers"]) == 40 for point in points)
    assert [one["truth"] for one in shown(DIGITS.task, 40)["examples"]] == y[pick].tolist()


def test_recording_changes_nothing_that_is_learned() -> None:
    for run in (DIGITS, ARMS):
        points, theta = outcome(run)
        silent, same = outcome(replace(run, exhibit=0))
        assert all(torch.equal(theta[name], same[name]) for name in theta)
        assert [point.scores for point in points] == [point.scores for point in silent]
        assert not any(point.exhibit for point in silent)


def test_recording_nothing_leaves_the_digest_unchanged() -> None:
    """A count that is out of bounds is refused."""
    assert "exhibit" not in json.dumps(to_json(replace(DIGITS, exhibit=0)))
    assert digest(replace(DIGITS, exhibit=0)) != digest(DIGITS)
    for task, count in ((Handwriting(), 2501), (Plane(), 61), (Text(), 33), (Handwriting(), -1)):
        with pytest.raises(BadValue, match="Exhibit"):
            Run(task=task, exhibit=count)


def test_old_task_is_answered_through_its_head() -> None:
    start = Run(task=Plane(labels=30), net="mlp", stages=SHORT, seeds=2)
    child = replace(ARMS, task=Plane(labels=30, ask="colour"), start=start, watch=(start.task,))
    theta = outcome(start)[1]
    first, *_, last = outcome(child, {start: theta})[0]
    cells = np.frombuffer(base64.b64decode(first.exhibit["1"]["map"]), np.uint8)
    assert cells.max() > 1 >= np.frombuffer(base64.b64decode(last.exhibit["0"]["map"]), np.uint8).max()
    at = torch.tensor([[one["at"] for one in shown(start.task, 12)["examples"]]])
    said = nets.forward(nets.load("mlp", 6), theta, at.expand(2, -1, -1))[0].argmax(-1).tolist()
    same = np.mean(np.array(first.exhibit["1"]["answers"]) == said)
    assert len(said) == POINTS and same > 0.97  # their places are rounded


def test_a_map_is_what_a_space_takes() -> None:
    (*_, last), _ = outcome(ARMS)
    told, reach = last.exhibit["0"], last.exhibit["0"]["reach"]
    space = Space(title="x", areas=[told["map"]], sure=[told["sure"]], extent=(-reach, reach, -reach, reach))
    assert space.spec(["end"], 6)["side"] == 12
    assert reach == pytest.approx(2.2)


def test_digits_and_their_names_can_be_shown() -> None:
    found = shown(FiveDigits(which="high"), 20)
    assert {one["truth"] for one in found["examples"]} == {5, 6, 7, 8, 9}
    assert all(len(base64.b64decode(one["image"])) == 784 for one in found["examples"])
    assert found["examples"][0]["name"] == found["names"]["5"] == "the digit 5"


@pytest.mark.parametrize("task", [Text(subject="law"), Instructions(), Instructions(ask="first word, twice")])
def test_texts_are_written_at_a_few_tests(task: Task) -> None:
    """The first and the last test are among them."""
    stages = (Stage(steps=8, batch=2),)
    run = Run(task=task, net="transformer", stages=stages, seeds=1, exhibit=3)
    points, _ = outcome(run)
    wrote = [point.step for point in points if point.exhibit]
    assert {0, 8} <= set(wrote) and len(wrote) < len(points)
    examples = shown(task, 3)["examples"]
    assert len(examples) == 3 and all(one["prompt"] and one["right"] for one in examples)
    for point in points:
        assert not point.exhibit or len(point.exhibit["0"]["texts"]) == 3


def test_answers_are_judged_by_form_and_content(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An answer has the form if it ends, and is right only if it is the wanted one."""
    task = Instructions(ask="in French, shouted")
    first, second, third = shown(task, 3)["examples"]
    told = [(first["right"], True), ("Nowhere!", True), (third["right"], False)]
    monkeypatch.setattr(text_generation, "answers", lambda net, theta, rows: told)
    found = answer_instructions(worlds.load(task), {}, {}, [first, second, third], {})
    assert found["texts"] == [says for says, _ in told]
    assert found["formed"] == [True, True, False]
    assert found["right"] == [True, False, False]


def test_writing_is_spread_over_a_long_run() -> None:
    tests = [*checkpoints(600), 600]
    assert written_at(tests) <= {*checkpoints(600)} and len(written_at(tests)) == 5  # and the end


def test_notes_show_their_promise_and_truth() -> None:
    """The promise is the reward model's score, the truth the rater's."""
    book = Run(task=GuestBook(notes=100), net="writer", stages=(Stage(steps=5, batch=8),), seeds=2, exhibit=4)
    points, theta = outcome(book)
    assert [len(point.exhibit["0"]["texts"]) for point in points] == [4] * len(points)
    stage = Stage(steps=3, batch=8, aim="policy_gradient")
    task = Preferences(notes=100, pairs=60)
    run = Run(task=task, net="writer", start=book, stages=(stage,), seeds=2, exhibit=4)
    told = outcome(run, {book: theta})[0][-1].exhibit["0"]
    assert all(len(told[name]) == 4 and max(told["truth"]) <= 1 for name in ("texts", "promise", "truth"))
    beaten = guest_book.quality(guest_book.encode_notes(tuple(told["texts"])))
    assert beaten.argsort().tolist() == np.argsort(told["truth"], kind="stable").tolist() or len(set(beaten)) < 4
    assert shown(task, 4)["examples"] == []


def test_a_net_of_lines_shows_its_curve() -> None:
    run = Run(task=Lines(points=6), net="in_context", stages=(Stage(steps=2, batch=2),), seeds=2, exhibit=1)
    points = outcome(run)[0]
    assert [len(point.exhibit["0"]["curve"]) for point in points] == [lines.GRID] * len(points)
    assert points[0].exhibit["0"]["curve"] != points[-1].exhibit["0"]["curve"]
    assert shown(run.task, 1)["examples"] == []


# --- In the store, and for pages ------------------------------------------------------------------------------------


def test_recorded_run_stays_small(home: Path) -> None:
    """Its tables are those of a run that records nothing."""
    run = replace(DIGITS, stages=(Stage(steps=300, batch=8),))
    silent = replace(run, exhibit=0)
    for each in (run, silent):
        assert compute_values.perform(each) == "done"
    size = [(store.home() / "runs" / digest(each) / "events.jsonl").stat().st_size for each in (run, silent)]
    assert size[0] - size[1] < 8000
    pieces = [LabelledRun("recorded", run), LabelledRun("silent", silent)]
    evidence = load_results(pieces)
    assert list(evidence.table("recorded").columns) == list(evidence.table("silent").columns)
    assert evidence.behaviour("silent") == behaviour(silent) == []
    seen = evidence.behaviour("recorded")
    assert [moment["step"] for moment in seen] == sorted(set(evidence.table("recorded").step))
    assert len(seen[0]["0"]["answers"]) == 40

    half = evidence.partial_results(0.5)
    assert half.behaviour("recorded")[-1]["step"] == half.table("recorded").step.max() < 300
    assert (Results() | half).behaviour("recorded") == half.behaviour("recorded")
    assert (evidence | half).behaviour("recorded") == half.behaviour("recorded")
    assert half.partial_results(0).behaviour("recorded")[-1]["step"] == 0

    raced = align_progress(half.up_to({("recorded", ()): 100}), pieces)
    assert raced.table("recorded").step.max() == raced.behaviour("recorded")[-1]["step"]
    assert raced.table("silent").step.max() == raced.table("recorded").step.max() <= 100
    assert len(align_progress(load_results(pieces[:1]), pieces)) == 0
