"""Records what the first seed of a run does with a few examples at each test, so that a page can show it during
training.

The world of the task decides which examples these are and how they are shown, and reads what the net writes. This
module knows no world by name, and does not depend on stages or the optimiser.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from core import nets, worlds
from core.align import write
from core.align.rater import Judge
from core.experiment.spec import Run
from core.experiment.tasks import Chat, Task
from core.nets import Net, Theta, first_seed
from core.training.evaluator import Evaluator
from core.worlds import evenly_spaced, generator
from core.worlds.map_cells import REACH, grid

Behaviour = dict[str, Any]  # as JSON
POINTS = 150  # number of test points whose answers are recorded beside a map
LONGEST = 24  # tokens by which a text is continued
CHUNK = 128  # examples that go through the net at once


@dataclass(frozen=True)
class TrackedExamples:
    """Holds a function from weights (1, ...) to what the net does with the tracked examples of one task."""

    shows: Callable[[Theta], Behaviour]
    written: bool = False  # the net writes token by token, which is too slow for every test
    evaluator: Evaluator | None = None  # holds the examples, if the net answers with classes

    @classmethod
    def for_task(cls, run: Run, task: Task, evaluator: Evaluator) -> TrackedExamples | None:
        """Returns None if the run records nothing, or if the task's world has nothing to show."""
        kind, count, head, world = kind_of(task), run.exhibit, first_seed(evaluator.head), worlds.load(task)
        if not count or kind == "nothing":
            return None
        if kind == "classes":
            of_one = replace(evaluator.subset(count, CHUNK), seeds=1, head=head)
            return cls(partial(classes, of_one), evaluator=of_one)
        if kind == "map":
            return cls(
                partial(decision_map, evaluator.net, head, grid(count), evenly_spaced(evaluator.examples, POINTS))
            )
        if kind == "notes":
            return cls(partial(notes, world, evaluator.net, judge_of_one(evaluator), count, run.first_seed))
        if kind == "curve":
            return cls(partial(predicted_curve, world, evaluator.net, head, world.curve_prompts()))
        shown = examples(task, count)
        if isinstance(task, Chat):
            from core.training import chat_answers  # imported here because other runs need no such tokenizer

            return cls(partial(chat_answers.record, task, evaluator.net, shown), written=True)
        if kind == "answers":
            return cls(partial(answer_instructions, world, evaluator.net, head, shown), written=True)
        return cls(partial(continue_texts, evaluator.net, head, [one["prompt"] for one in shown]), written=True)

    def frozen(self, theta: Theta, first: int) -> TrackedExamples:
        """Returns the same for weights whose layers below `first` stay as they are in `theta`."""
        if self.evaluator is None:
            return self
        return replace(self, shows=partial(classes, self.evaluator.frozen(first_seed(theta), first)))


def exhibits(run: Run, evaluators: list[Evaluator]) -> dict[str, TrackedExamples]:
    """Returns the tracked examples of each task by its position: "0" is the run's own task, "1" the first watched
    task."""
    found = {
        str(k): TrackedExamples.for_task(run, task, evaluator)
        for k, (task, evaluator) in enumerate(zip((run.task, *run.watch), evaluators))
    }
    return {place: exhibit for place, exhibit in found.items() if exhibit}


def behaviour(exhibits: dict[str, TrackedExamples], theta: Theta, writing: bool) -> dict[str, Behaviour]:
    """Returns what the first seed of weights (seeds, ...) does at one test. Texts are written only if `writing` is
    true."""
    return {place: each.shows(first_seed(theta)) for place, each in exhibits.items() if writing or not each.written}


def kind_of(task: Task) -> str:
    """Returns the kind of display that the task's world asks for."""
    return str(getattr(worlds.load(task), "EXHIBIT", "classes"))


def examples(task: Task, count: int) -> list[dict[str, Any]]:
    """Returns the examples as a page shows them, with everything that is known before a net is asked."""
    world = worlds.load(task)
    if kind_of(task) in ("nothing", "notes", "curve"):
        return []
    if hasattr(world, "exhibit"):
        return list(world.exhibit(task, count))
    x, y = world.test(task)
    count = POINTS if kind_of(task) == "map" else count
    seen, called = zip(evenly_spaced(x, count), evenly_spaced(y, count).tolist()), names(task)
    return [as_shown(example) | {"truth": truth, "name": called[truth]} for example, truth in seen]


def names(task: Task) -> list[str]:
    """Returns the name of each answer, or its number if the world has no name for it."""
    world = worlds.load(task)
    called = world.names(task) if hasattr(world, "names") else ()
    count = world.classes(task)
    return list(called) if len(called) == count else [str(k) for k in range(count)]


def as_shown(example: Tensor) -> dict[str, Any]:
    """Returns an image (1, 28, 28) in [0, 1], or a point (2,), as JSON."""
    if example.dim() == 3:
        return {"image": to_base64(example * 255)}
    return {"at": [round(float(v), 3) for v in example]} if example.shape == (2,) else {}


def to_base64(numbers: Tensor) -> str:
    """Encodes numbers from 0 to 255 as bytes in base64."""
    return base64.b64encode(numbers.round().byte().numpy().tobytes()).decode()


# --- One function a kind: what weights (1, ...) make of the examples --------------------------------------------------


def classes(evaluator: Evaluator, theta: Theta) -> Behaviour:
    """Returns the predicted class of every example, and the net's confidence in percent."""
    sure, answer = evaluator.answers(theta)[0].softmax(-1).max(-1)
    return {"answers": answer.tolist(), "sure": (100 * sure).round().int().tolist()}


def decision_map(net: Net, head: Theta, cells: Tensor, points: Tensor, theta: Theta) -> Behaviour:
    """Returns the predicted class in every cell of the plane, the confidence from 0 to 255 in the format of the
    figures, and the predicted class of some test points."""
    with torch.no_grad():
        logits = nets.forward(net, theta | head, torch.cat([cells, points])[None])[0]
    sure, answer = logits.softmax(-1).max(-1)
    told = {"map": to_base64(answer[: len(cells)]), "sure": to_base64(255 * sure[: len(cells)])}
    return told | {"reach": REACH, "answers": answer[len(cells) :].tolist()}


def predicted_curve(world: ModuleType, net: Net, head: Theta, prompts: Tensor, theta: Theta) -> Behaviour:
    """Returns what the net predicts at the last place of every prompt. The prompts show the same points."""
    with torch.no_grad():
        told = world.predicted(nets.forward(net, theta | head, prompts[None]))[0, :, -1]
    return {"curve": [round(float(v), 3) for v in told]}


def answer_instructions(
    world: ModuleType, net: Net, head: Theta, asked: list[dict[str, Any]], theta: Theta
) -> Behaviour:
    """Returns the net's answer to every instruction, choosing the most likely token at every place.

    Also returns whether each answer ends and has the requested form, and whether it is the right answer.
    """
    from core.training import text_generation  # imported here because other runs need no tokenizer

    rows = [world.encode_prompt(one["prompt"]) for one in asked]
    told = list(zip(asked, text_generation.answers(net, theta | head, rows)))
    return {
        "texts": [says for _, (says, _) in told],
        "formed": [ends and world.has_form(one["name"], says) for one, (says, ends) in told],
        "right": [ends and says == one["right"] for one, (says, ends) in told],
    }


def continue_texts(net: Net, head: Theta, prompts: list[str], theta: Theta) -> Behaviour:
    """Returns a continuation of every text. It is sampled with the same random numbers at every test, because always
    choosing the most likely token ends in repetitions."""
    from core.training import text_generation

    return {"texts": [text_generation.continued(net, theta | head, prompt, LONGEST, 0)[0] for prompt in prompts]}


def notes(world: ModuleType, net: Net, judge: Judge | None, count: int, seed: int, theta: Theta) -> Behaviour:
    """Returns some notes that the net writes, with the same random numbers at every test.

    If a rater judges the notes, also returns how often each is preferred to what guests write, as the reward model
    predicts it and in truth.
    """
    if judge is None:
        written = write(net, theta, count, [generator("judged", seed)])
        return {"texts": [world.read(note) for note in written[0]]}
    written = judge.sample_notes(theta, count)
    scores = {name: [round(s, 3) for s in each[0].tolist()] for name, each in judge.scores(written).items()}
    told = {"promise": scores["promised"], "truth": scores["preferred"]}
    return {"texts": [world.read(note) for note in written[0]]} | told


def judge_of_one(evaluator: Evaluator) -> Judge | None:
    """Returns the evaluator's judge, restricted to the first seed."""
    if evaluator.judge is None:
        return None
    case = evaluator.judge.case
    return Judge(replace(case, seeds=case.seeds[:1], reference=first_seed(case.reference)))
