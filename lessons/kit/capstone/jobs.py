"""The capstone's jobs: a task, the nets on offer to begin with, and all that can be chosen. Each is searched wholly.

A short list of values, as lessons/kit/runs/recipes.py. A brief (briefs.py) is a job with prices and requirements.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from core.experiment.spec import Keep, Run, Stage
from core.experiment.tasks import Clothing, Glyphs, Handwriting, Plane, Task
from lessons.kit.model.values import Seeds
from lessons.kit.runs.recipes import arms, backbone, fine_tuning, source

SCRATCH = "nothing"
HEAD, BIASES, LOW_RANK, HEAD_FIRST, ALL = "head only", "biases", "low rank", "head first", "all at once"
METHODS = (HEAD, BIASES, LOW_RANK, HEAD_FIRST, ALL)
UNPROTECTED, REHEARSE, OPINIONS, PIN = "nothing", "rehearse", "keep opinions", "pin what mattered"
# At the middle strengths of “Ways to remember”; what is rehearsed is one old example a class.
KEEPS: Mapping[str, tuple[Keep, ...]] = {
    UNPROTECTED: (),
    REHEARSE: (Keep(method="replay", strength=0.5),),
    OPINIONS: (Keep(method="lwf", strength=0.3),),
    PIN: (Keep(method="ewc", strength=12.0),),
}
NEAR, FAR, WRONG = "near", "far", "wrong"  # how what a net has learned lies to the task


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A net to begin with."""

    name: str
    run: Run | None  # None begins with random weights
    lies: str  # NEAR, FAR, or WRONG: what it was taught is of no use
    says: str  # what is known of it


class Choice(NamedTuple):
    """What a learner decides."""

    start: str  # an offer's name
    method: str
    protection: str
    labels: int  # a class

    @property
    def key(self) -> str:
        return " | ".join(map(str, self))


@dataclass(frozen=True, kw_only=True)
class Job:
    """A task, what there is to begin with, and what may be tried on it."""

    slug: str
    says: str  # what is to be learned, for the brief of a week
    task: Task
    net: str
    classes: int
    offers: tuple[Offer, ...]
    protections: tuple[str, ...]
    labels: tuple[int, ...]  # a class
    ways: Mapping[str, tuple[Stage, ...]]  # by method

    def offer(self, name: str) -> Offer:
        return next(offer for offer in self.offers if offer.name == name)

    def plain(self, choice: Choice) -> Choice:
        """The same run by its plainest name: random weights must all move and have nothing to protect, and frozen ones
        need no protection."""
        if choice.start == SCRATCH:
            return Choice(SCRATCH, ALL, UNPROTECTED, choice.labels)
        return choice._replace(protection=UNPROTECTED) if choice.method == HEAD else choice

    def run(self, choice: Choice, seeds: Seeds = Seeds()) -> Run:
        """The experiment that a choice is. The old skill is watched where there is one."""
        choice = self.plain(choice)
        start = self.offer(choice.start).run
        return Run(
            task=replace(self.task, labels=choice.labels),  # type: ignore[call-arg]
            net=self.net,
            start=start,
            stages=self.ways[choice.method],
            seeds=seeds.count,
            first_seed=seeds.first,
            watch=(start.task,) if start else (),
            keep=KEEPS[choice.protection],
        )

    @property
    def choices(self) -> list[Choice]:
        """Everything that can be chosen, each run once."""
        names = (offer.name for offer in self.offers)
        every = itertools.product(names, METHODS, self.protections, self.labels)
        return [*dict.fromkeys(self.plain(Choice(*one)) for one in every)]


def of_images(steps: int = 200) -> dict[str, tuple[Stage, ...]]:
    thin = Stage(steps=steps, batch=16, rate=5e-3)
    return {
        HEAD: fine_tuning("probe", steps=steps),
        BIASES: (replace(thin, method="bias"),),
        LOW_RANK: (replace(thin, method="low_rank", size=1),),
        HEAD_FIRST: fine_tuning("lp_ft", steps=steps),
        ALL: fine_tuning("full", steps=steps),
    }


def of_points(steps: int = 800) -> dict[str, tuple[Stage, ...]]:
    thin = Stage(steps=steps, batch=64, rate=1e-2)
    return {
        HEAD: (replace(thin, method="probe"),),
        BIASES: (replace(thin, method="bias", rate=3e-2),),
        LOW_RANK: (replace(thin, method="low_rank", size=1),),
        HEAD_FIRST: (
            replace(thin, method="probe", steps=steps // 2),
            replace(thin, steps=steps // 2, rate=5e-3, decay=2),
        ),
        ALL: (replace(thin, rate=5e-3),),
    }


SIGNS = Glyphs(labels=80, pen=0.75)
NOTHING = Offer(name=SCRATCH, run=None, lies=FAR, says="random weights")
JOBS = {
    job.slug: job
    for job in (
        Job(
            slug="digits",
            says="Handwritten digits are to be read.",
            task=Handwriting(),
            net="conv",
            classes=10,
            offers=(
                Offer(name="letters", run=backbone(), lies=NEAR, says="443 letters and signs, drawn alike: near"),
                Offer(name="clothing", run=source(Clothing(labels=300)), lies=FAR, says="photos of clothing: far"),
                NOTHING,
            ),
            protections=(UNPROTECTED, PIN),
            labels=(2, 5, 20, 100),
            ways=of_images(),
        ),
        Job(
            slug="dark",
            says="Digits in dark ink on a light ground are to be read.",
            task=Handwriting(inverted=True),
            net="conv",
            classes=10,
            offers=(
                Offer(name="letters", run=backbone(), lies=FAR, says="letters in light ink on a dark ground: far"),
                NOTHING,
            ),
            protections=(UNPROTECTED, REHEARSE, OPINIONS, PIN),
            labels=(5, 20, 100),
            ways=of_images(),
        ),
        Job(
            slug="misled",
            says="Handwritten digits are to be read, and what is on offer was badly trained.",
            task=Handwriting(),
            net="conv",
            classes=10,
            offers=(
                Offer(
                    name="mislabelled",
                    run=source(replace(SIGNS, noise=1)),
                    lies=WRONG,
                    says="letters whose labels were dealt at random",
                ),
                Offer(
                    name="shuffled",
                    run=source(replace(SIGNS, shuffled=True)),
                    lies=WRONG,
                    says="letters whose pixels had changed places",
                ),
                NOTHING,
            ),
            protections=(UNPROTECTED,),
            labels=(5, 20, 100, 400),
            ways=of_images(),
        ),
        Job(
            slug="mirrored",
            says="Points on six arms, wound the other way, are to be told apart by two colours.",
            task=Plane(ask="colour", mirrored=True),
            net="mlp",
            classes=2,
            offers=(
                Offer(name="six arms", run=arms(), lies=FAR, says="six spiral arms that wind the other way: far"),
                NOTHING,
            ),
            protections=(UNPROTECTED, REHEARSE, PIN),
            labels=(20, 100, 500, 2500),
            ways=of_points(),
        ),
        Job(
            slug="colours",
            says="Points on six arms that are known already are to be told apart by two colours.",
            task=Plane(ask="colour"),
            net="mlp",
            classes=2,
            offers=(
                Offer(name="six arms", run=arms(), lies=NEAR, says="the same six spiral arms, told apart: near"),
                NOTHING,
            ),
            protections=(UNPROTECTED, REHEARSE, PIN),
            labels=(20, 100, 500, 2500),
            ways=of_points(),
        ),
    )
}
