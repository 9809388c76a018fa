"""Defines the jobs of the capstone: a task, the nets on offer, and all possible choices. All choices of a job are
searched.

It is a short list of values, like lessons/kit/runs/recipes.py. A brief (briefs.py) is a job with prices and
requirements.
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
PROTECTIONS = {  # the names that learners see
    UNPROTECTED: "none",
    REHEARSE: "replay",
    OPINIONS: "LwF (keeps the old answers)",
    PIN: "EWC (protects important weights)",
}
# The middle strengths of the lesson “Ways to remember”. Replay uses one old example of each class.
KEEPS: Mapping[str, tuple[Keep, ...]] = {
    UNPROTECTED: (),
    REHEARSE: (Keep(method="replay", strength=0.5),),
    OPINIONS: (Keep(method="lwf", strength=0.3),),
    PIN: (Keep(method="ewc", strength=12.0),),
}
NEAR, FAR, WRONG = "near", "far", "wrong"  # how a net's old task relates to the new one


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Holds a net that the learner can start from."""

    name: str
    run: Run | None  # None starts from random weights
    lies: str  # NEAR, FAR, or WRONG if the net was taught something useless
    says: str  # a description of the net


class Choice(NamedTuple):
    """Holds the decisions of a learner."""

    start: str  # the name of an offer
    method: str
    protection: str
    labels: int  # labels per class

    @property
    def key(self) -> str:
        """Returns the choice as the key that the file of results uses."""
        return " | ".join(map(str, self))


@dataclass(frozen=True, kw_only=True)
class CapstoneTask:
    """Defines a task, the nets on offer, and the choices that a learner can try."""

    slug: str
    says: str  # what the net must learn, for the brief of the week
    task: Task
    net: str
    classes: int
    offers: tuple[Offer, ...]
    protections: tuple[str, ...]
    labels: tuple[int, ...]  # labels per class
    ways: Mapping[str, tuple[Stage, ...]]  # the stages of each method

    def offer(self, name: str) -> Offer:
        """Returns the offer with this name."""
        return next(offer for offer in self.offers if offer.name == name)

    def plain(self, choice: Choice) -> Choice:
        """Returns the simplest choice that gives the same run. Random weights are always all trained and have nothing
        to protect, and frozen weights need no protection."""
        if choice.start == SCRATCH:
            return Choice(SCRATCH, ALL, UNPROTECTED, choice.labels)
        return choice._replace(protection=UNPROTECTED) if choice.method == HEAD else choice

    def run(self, choice: Choice, seeds: Seeds = Seeds()) -> Run:
        """Returns the run of a choice. It tests the old skill if there is one."""
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
        """Returns every possible choice, with one choice for each run."""
        names = (offer.name for offer in self.offers)
        every = itertools.product(names, METHODS, self.protections, self.labels)
        return [*dict.fromkeys(self.plain(Choice(*one)) for one in every)]


def of_images(steps: int = 200) -> dict[str, tuple[Stage, ...]]:
    """Returns the stages of each method for images."""
    thin = Stage(steps=steps, batch=16, rate=5e-3)
    return {
        HEAD: fine_tuning("probe", steps=steps),
        BIASES: (replace(thin, method="bias"),),
        LOW_RANK: (replace(thin, method="low_rank", size=1),),
        HEAD_FIRST: fine_tuning("lp_ft", steps=steps),
        ALL: fine_tuning("full", steps=steps),
    }


def of_points(steps: int = 800) -> dict[str, tuple[Stage, ...]]:
    """Returns the stages of each method for points in the plane."""
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
        CapstoneTask(
            slug="digits",
            says="Your net has to read handwritten digits.",
            task=Handwriting(),
            net="conv",
            classes=10,
            offers=(
                Offer(
                    name="letters", run=backbone(), lies=NEAR, says="learned 443 letters and symbols, similar to digits"
                ),
                Offer(
                    name="clothing",
                    run=source(Clothing(labels=300)),
                    lies=FAR,
                    says="learned photos of clothing, unlike digits",
                ),
                NOTHING,
            ),
            protections=(UNPROTECTED, PIN),
            labels=(2, 5, 20, 100),
            ways=of_images(),
        ),
        CapstoneTask(
            slug="dark",
            says="Your net has to read digits in dark ink on a light background.",
            task=Handwriting(inverted=True),
            net="conv",
            classes=10,
            offers=(
                Offer(
                    name="letters", run=backbone(), lies=FAR, says="learned letters in light ink on a dark background"
                ),
                NOTHING,
            ),
            protections=(UNPROTECTED, REHEARSE, OPINIONS, PIN),
            labels=(5, 20, 100),
            ways=of_images(),
        ),
        CapstoneTask(
            slug="misled",
            says="Your net has to read handwritten digits. Something went wrong when the nets on offer were trained.",
            task=Handwriting(),
            net="conv",
            classes=10,
            offers=(
                Offer(
                    name="mislabelled",
                    run=source(replace(SIGNS, noise=1)),
                    lies=WRONG,
                    says="learned letters with random labels",
                ),
                Offer(
                    name="shuffled",
                    run=source(replace(SIGNS, shuffled=True)),
                    lies=WRONG,
                    says="learned letters with shuffled pixels",
                ),
                NOTHING,
            ),
            protections=(UNPROTECTED,),
            labels=(5, 20, 100, 400),
            ways=of_images(),
        ),
        CapstoneTask(
            slug="mirrored",
            says="Your net has to tell the two colours of six spiral arms apart. The arms wind the other way.",
            task=Plane(ask="colour", mirrored=True),
            net="mlp",
            classes=2,
            offers=(
                Offer(name="six arms", run=arms(), lies=FAR, says="learned six spiral arms that wind the other way"),
                NOTHING,
            ),
            protections=(UNPROTECTED, REHEARSE, PIN),
            labels=(20, 100, 500, 2500),
            ways=of_points(),
        ),
        CapstoneTask(
            slug="colours",
            says="Your net has to tell the two colours of six spiral arms apart. A net on offer knows these arms.",
            task=Plane(ask="colour"),
            net="mlp",
            classes=2,
            offers=(
                Offer(name="six arms", run=arms(), lies=NEAR, says="learned to tell the same six spiral arms apart"),
                NOTHING,
            ),
            protections=(UNPROTECTED, REHEARSE, PIN),
            labels=(20, 100, 500, 2500),
            ways=of_points(),
        ),
    )
}
