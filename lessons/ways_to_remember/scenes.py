"""The runs of this lesson: digits after glyphs and five jigsaws in a row, each with every way to remember."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.spec import Keep, Run, Stage
from core.tasks import Handwriting
from lessons.kit.recipes import Seeds, backbone, fine_tuning

LABELS = 20  # a class, of every new task
RATE = 1e-3
DARK, PLAIN, ROW = "dark digits after glyphs", "digits after glyphs", "five tasks in a row"
NAIVE, FREEZE = "naive", "freeze"
METHODS = {"replay": "replay", "LwF": "lwf", "EWC": "ewc", "L2-SP": "l2_sp"}  # on screen: file in core/keep
LEVELS = ("weak", "middle", "strong")
TASKS = 5  # of a row
ROW_STEPS, ROW_RATE = 200, 3e-3


@dataclass(frozen=True, kw_only=True)
class Dial:
    """A method's strengths from weak to strong, and the old examples a class that it keeps or looks at once."""

    strengths: tuple[float, float, float]
    count: int = 1

    def keep(self, method: str, level: str) -> Keep:
        return Keep(method=METHODS[method], strength=self.strengths[LEVELS.index(level)], count=self.count)


# Strengths of different methods have nothing in common: a penalty is worth what its gradient is worth.
GLYPHS = {
    "replay": Dial(strengths=(0.03, 0.5, 10)),  # one drawing of every glyph
    "LwF": Dial(strengths=(0.03, 0.3, 10)),
    "EWC": Dial(strengths=(1, 12, 1000)),
    "L2-SP": Dial(strengths=(0.03, 0.3, 10)),
}
JIGSAWS = {
    "replay": Dial(strengths=(0.03, 1, 10), count=5),
    "LwF": Dial(strengths=(0.01, 0.1, 3)),
    "EWC": Dial(strengths=(10, 300, 100_000), count=10),
    "L2-SP": Dial(strengths=(0.003, 0.03, 30)),
}


def digits(scene: str, way: str, seeds: Seeds, start: Run | None = None) -> Run:
    """The digits after the glyphs, these watched through the head they keep; way is naive, freeze or a method and how
    strongly. Dark digits are drawn in dark ink on a bright ground, which the glyphs never were."""
    start = start or backbone(seeds)
    return Run(
        task=Handwriting(labels=LABELS, inverted=scene == DARK),
        start=start,
        stages=fine_tuning("probe" if way == FREEZE else "full", RATE),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(start.task,),
        keep=() if way in (NAIVE, FREEZE) else (GLYPHS[method_of(way)].keep(*way.split()),),
    )


def row(way: str, seeds: Seeds) -> list[Run]:
    """Five jigsaws of the same digits, one after the other, with one head: the runs in their order. All ways have the
    first in common, where there is nothing yet to remember."""
    tasks = [Handwriting(labels=LABELS, jigsaw=number) for number in range(TASKS)]
    stages = (Stage(steps=ROW_STEPS, rate=ROW_RATE, batch=16),)
    runs = [Run(task=tasks[0], net="dense", stages=stages, seeds=seeds.count, first_seed=seeds.first)]
    keep = () if way == NAIVE else (JIGSAWS[method_of(way)].keep(*way.split()),)
    for k, task in enumerate(tasks[1:], 1):
        runs.append(replace(runs[0], task=task, start=runs[-1], watch=tuple(tasks[:k]), keep=keep))
    return runs


def method_of(way: str) -> str:
    return way.split()[0]


def ways() -> list[str]:
    """Every method at every strength."""
    return [f"{method} {level}" for method in METHODS for level in LEVELS]
