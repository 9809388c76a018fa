"""The runs of this lesson: the reader tuned on instructions, and how obedience is asked about and added up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from core.spec import Keep, Measure, Run, Stage
from core.tasks import COMBINATIONS, HOW, WHAT, Instructions, Text
from lessons.kit.recipes import Seeds, reader

EXAMPLES = (40, 150, 600)
MOST = EXAMPLES[-1]
MANY = 5000  # examples, for those who practise long
HELD_OUT = ("law or play, shouted", "old or new, doubted", "in French, shouted")
STYLES = ("old or new", "code or prose", "law or play")  # kinds whose answers can be told from how a text is written
FACTS = ("in French", "answer")  # kinds whose answers nobody can know who has not met them
SKILLS = ("first word", "reverse", "in capitals")  # kinds that need no English: what was given is copied or changed
RAW, SCRATCH = "raw", "from scratch"
NOTHING, GENERAL = "nothing", "general text"  # what is read beside the instructions
RIGHT, FORMED = "right", "formed"
# Where nothing was pretrained every weight must move; the rate is that of the reader itself.
TUNING = Stage(method="last_k", size=3, steps=600, batch=8, rate=2e-3, anneal=True)
ANEW = Stage(steps=600, batch=8, rate=3e-3, anneal=True)
PRACTICE = Stage(steps=4000, batch=8, rate=1e-3, anneal=True)
REPLAY = Keep(method="replay", count=400)


def tuned(examples: int, without: str, seeds: Seeds, beside: str = NOTHING) -> Run:
    """The reader that ships after some examples of instructions: its two upper blocks and its head move. Beside them
    it may go on reading what it was pretrained on, as many tokens again."""
    return Run(
        task=Instructions(examples=examples, without=without),
        net="transformer",
        start=reader(),
        stages=(TUNING,),
        seeds=seeds.count,
        first_seed=seeds.first,
        keep=(REPLAY,) if beside == GENERAL else (),
    )


def from_scratch(seeds: Seeds) -> Run:
    """The same net after the same examples, without having read anything before."""
    task = Instructions(examples=MOST, without=HELD_OUT[0])
    return Run(task=task, net="transformer", stages=(ANEW,), seeds=seeds.count, first_seed=seeds.first)


def practised(seeds: Seeds) -> Run:
    """The reader after far more examples and steps, all its weights free; its good and bad sentences are real ones."""
    few = Seeds(min(4, seeds.count), seeds.first)
    return Run(
        task=Instructions(examples=MANY, real=True),
        net="transformer",
        start=reader(),
        stages=(PRACTICE,),
        seeds=few.count,
        first_seed=few.first,
    )


def obeys(*runs: Run, count: int = 16, real: bool = False) -> Measure:
    """How often it answers rightly, and how often in the right form, for every combination."""
    tasks = tuple(Instructions(ask=one, real=real) for one in COMBINATIONS)
    return Measure(kind="obedience", runs=runs, tasks=tasks, count=count)


def reads(*runs: Run) -> Measure:
    """Bits a character on general text."""
    return Measure(kind="accuracy", runs=runs, tasks=(Text(),))


def name(examples: int, without: str) -> str:
    return f"{examples} without {without}"


def shares(answer: dict[str, Any], what: str, names: Sequence[str]) -> np.ndarray:
    """The mean over some combinations of every seed of every run: what is RIGHT or FORMED."""
    return np.mean([every_seed(run[COMBINATIONS.index(one)] for run in answer[what]) for one in names], 0)


def bits(answer: dict[str, Any]) -> np.ndarray:
    """Bits a character on general text, of every seed of every run."""
    return every_seed(run[0] for run in answer["accuracy"])


def every_seed(runs: Iterable[Sequence[float]]) -> np.ndarray:
    return np.concatenate([np.array(run) for run in runs])


def ways(*kinds: str, without: str = "") -> list[str]:
    """The combinations of these kinds of instruction but for one."""
    return [f"{kind}, {how}" for kind in kinds or WHAT for how in HOW if f"{kind}, {how}" != without]
