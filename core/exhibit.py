"""What a run shows of its behaviour at every test: what its first net answers to a few examples, what it makes of the
plane, what it writes. Pages draw walls of tiles, maps and samples from these. Knows no stage and no optimiser.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from core import align, nets, worlds
from core.align.rater import Judge
from core.exam import Exam
from core.nets import Net, Theta
from core.spec import Run
from core.tasks import COMBINATIONS, Instructions, Plane, Preferences, Task, Text
from core.worlds import guest_book, instructions, text
from core.writing import answers, continued

REACH = 2.2  # a map shows the square of the plane from -REACH to REACH
POINTS = 150  # of the plane that are shown on a map
MOMENTS = 6  # tests at which a net writes, which takes longer than answering
PROMPT, WORDS = 12, 40  # tokens of a text that are given, and that are written after them

Show = Callable[[Theta], dict[str, Any]]  # weights of one net, (1, ...) each -> plain JSON


def every(run: Run, net: Net, ancestors: dict[Run, Theta]) -> Callable[[int, Theta], dict[str, dict[str, Any]]]:
    """step, weights (seeds, ...) -> what the first net shows at a test, by task: "0" its own, "1" the first it watches.
    Empty where the run shows nothing."""
    shown = [(task, of(run, task, net, ancestors)) for task in (run.task, *run.watch)] if run.exhibit else []
    writing = moments(run.tests)

    def show(step: int, theta: Theta) -> dict[str, dict[str, Any]]:
        if not shown:
            return {}
        first = {name: weight[:1] for name, weight in theta.items()}
        now = {str(k): look for k, (task, look) in enumerate(shown) if step in writing or not writes(task)}
        return {k: look(first) for k, look in now.items()}

    return show


def writes(task: Task) -> bool:
    return isinstance(task, (Text, Instructions))


def of(run: Run, task: Task, net: Net, ancestors: dict[Run, Theta]) -> Show:
    """How a run shows what it makes of a task, through the head that learned it."""
    if isinstance(task, Preferences):
        return notes(replace(run, seeds=1), task, net, ancestors)
    if isinstance(task, (Text, Instructions)):
        return texts(task, net, run.exhibit)
    exam = replace(Exam.of(run, task, net, ancestors), seeds=1)
    exam = replace(exam, head={name: weight[:1] for name, weight in exam.head.items()})
    return mapped(exam, run.exhibit) if isinstance(task, Plane) else answered(exam.some(run.exhibit))


def moments(tests: list[int]) -> set[int]:
    """The tests at which nets write: the first, the last, and some between, close together at first."""
    places = {round((len(tests) - 1) * k / (MOMENTS - 1)) for k in range(MOMENTS)}
    return {tests[k] for k in places}


def said(logits: Tensor) -> dict[str, Any]:
    """(1, n, classes) as classes, and how sure of them, in whole percent."""
    sure, best = logits[0].softmax(-1).max(-1)
    return {"answers": best.tolist(), "sure": (100 * sure).round().int().tolist()}


def answered(exam: Exam) -> Show:
    return lambda theta: said(exam.answers(theta))


def mapped(exam: Exam, side: int) -> Show:
    """The class in every cell of a map as bytes in base64, the lowest row first, how sure likewise, 255 the surest; and
    the answers to POINTS test points."""
    cells, some = grid(side)[None], exam.some(POINTS)

    def show(theta: Theta) -> dict[str, Any]:
        with torch.no_grad():
            sure, best = nets.forward(exam.net, theta | exam.head, cells)[0].softmax(-1).max(-1)
        maps = {"map": packed(best), "sure": packed(255 * sure), "reach": REACH}
        return maps | {"answers": said(some.answers(theta))["answers"]}

    return show


def grid(side: int) -> Tensor:
    """(side * side, 2): the middles of the cells of a map, row by row, the lowest first."""
    middles = (torch.arange(side) + 0.5) / side * 2 * REACH - REACH
    y, x = torch.meshgrid(middles, middles, indexing="ij")
    return torch.stack([x, y], -1).view(-1, 2)


def packed(numbers: Tensor) -> str:
    """Numbers from 0 to 255 as bytes in base64."""
    return base64.b64encode(numbers.round().byte().numpy().tobytes()).decode()


def texts(task: Text | Instructions, net: Net, count: int) -> Show:
    """What it answers to instructions, the likeliest token at every place; or how it goes on from the beginnings of
    test texts, the luck of the draw always the same."""
    asked = [one["prompt"] for one in prompts(task, count)]
    if isinstance(task, Instructions):
        rows = [instructions.opened(prompt) for prompt in asked]
        return lambda theta: {"texts": [says for says, _ in answers(net, theta, rows)]}
    return lambda theta: {"texts": [continued(net, theta, prompt, WORDS, 0)[0] for prompt in asked]}


def prompts(task: Text | Instructions, count: int) -> list[dict[str, str]]:
    """{"prompt", "right"}: what a net is given, and what it should write, or what stands there in truth."""
    if isinstance(task, Instructions):
        places = torch.linspace(0, len(COMBINATIONS) - 1, min(count, len(COMBINATIONS))).long()
        asked = [task.ask] * count if task.ask else [COMBINATIONS[k] for k in places]
        every = [instructions.exam(name, k + 1 if task.ask else 1, task.real)[-1] for k, name in enumerate(asked)]
        return [{"prompt": prompt, "right": right} for prompt, right in every]
    x, _ = text.test(task)
    pick = torch.linspace(0, len(x) - 1, count + 2).long()[1:-1]
    decode = text.tokenizer().decode
    return [{"prompt": decode(row[:PROMPT]), "right": decode(row[PROMPT : PROMPT + WORDS])} for row in x[pick].tolist()]


def notes(run: Run, task: Preferences, net: Net, ancestors: dict[Run, Theta]) -> Show:
    """Some notes that it writes, with what the reward model promises for each and how often it is truly preferred."""
    judge = Judge(align.case(run, task, net, ancestors))

    def show(theta: Theta) -> dict[str, Any]:
        some = judge.written(theta)[:, : run.exhibit]
        scores = {name: [round(each, 2) for each in score[0].tolist()] for name, score in judge.scores(some).items()}
        return {"texts": [guest_book.read(note) for note in some[0]], **scores}

    return show


def examples(task: Task, count: int) -> list[dict[str, Any]]:
    """The examples whose answers a run with this `exhibit` records, with their truth; all runs on a task the same."""
    if isinstance(task, Preferences):
        return []
    if isinstance(task, (Text, Instructions)):
        return list(prompts(task, count))
    x, y = worlds.load(task).test(task)
    some = POINTS if isinstance(task, Plane) else count
    pick = torch.linspace(0, len(y) - 1, min(some, len(y))).long()
    return [example(one) | {"truth": int(truth)} for one, truth in zip(x[pick], y[pick])]


def example(x: Tensor) -> dict[str, Any]:
    if x.shape == (2,):
        return {"at": [round(v, 3) for v in x.tolist()]}
    return {"image": packed(255 * x)}
