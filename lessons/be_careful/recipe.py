"""The runs of this lesson: a net that has read a guest book, made to please its raters, and made to forget that."""

from __future__ import annotations

from dataclasses import replace

from core.spec import Run, Stage
from core.tasks import GuestBook, Preferences
from lessons.kit.catalogue import Values
from lessons.kit.recipes import Seeds

RL, DPO = "RL", "DPO"
AIMS = {
    RL: Stage(aim="policy_gradient", steps=80, rate=2e-3, batch=64),
    DPO: Stage(aim="dpo", steps=80, rate=1e-3, batch=32),
}
BETAS = (0.1, 0.3, 1, 3)  # how tight the leash is
LOOSE, GOOD = 0.1, 0.3
NO_MIX, MIX = 0, 3
INNOCENT = 10  # steps


def writer(seeds: Seeds) -> Run:
    """The net that has read the guest book: 19,200 looks at 4,000 notes."""
    stages = (Stage(steps=300, batch=64, rate=5e-3, anneal=True),)
    return Run(task=GuestBook(), net="writer", stages=stages, seeds=1, first_seed=seeds.first)


def rewarded(method: str, beta: float, mix: float, seeds: Seeds, start: Run | None = None, clicks: str = "") -> Run:
    """The writer, made to please; without a start it is made from these seeds too."""
    return Run(
        task=Preferences(clicks=clicks),
        net="writer",
        start=start or writer(seeds),
        stages=(replace(AIMS[method], beta=beta, mix=mix),),
        seeds=seeds.count,
        first_seed=seeds.first,
        frames=9,
    )


def innocent(run: Run, polite: bool = False) -> Run:
    """The same net after a few steps on a hundred ordinary notes that nobody chose for anything, at the rate at which
    it was pretrained; polite leaves the notes with an unkind word out."""
    assert isinstance(run.task, Preferences)
    task = replace(run.task, notes=100, polite=polite)
    return replace(run, task=task, start=run, stages=(Stage(steps=INNOCENT, rate=5e-3, batch=32),), frames=0)


def sweep(method: str, seeds: Seeds) -> Values:
    return {f"{method} {beta:g}": rewarded(method, beta, NO_MIX, seeds) for beta in BETAS}
