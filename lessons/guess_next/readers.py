"""The runs of lesson 1: language models that read for a minute, growing amounts of text, and other subjects."""

from __future__ import annotations

from core.spec import Measure, Run, Stage
from core.tasks import Text
from lessons.kit.catalogue import Values
from lessons.kit.recipes import Seeds, reader

WINDOW = 128  # tokens a model reads at once
STEPS, BATCH = 600, 8  # a minute of one core
SIZES = (50, 100, 200, 400, 800)  # thousands of characters
PASSES = 4  # over each amount: up to four, reading again is nearly as good as new text (Muennighoff et al. 2023)
PER_KILOBYTE = 2.94  # windows
SLICE = 50  # thousands of characters of a subject
SLICES = (5, 20, SLICE, 150)
SLICED = "shakespeare"  # the subject whose slices are compared
FAR = "code"
SUBJECTS = ("shakespeare", "law", FAR)
BROUGHT = "medicine"  # does not come with the app: `make texts` brings it, and no claim stands on it
GENERAL = Text()
PRETRAINED, SCRATCH, MOST = "pretrained", "scratch", "scratch, more steps"


def annealed(steps: int, batch: int, rate: float) -> tuple[Stage, ...]:
    return (Stage(steps=steps, batch=batch, rate=rate, anneal=True),)


def young(first_seed: int) -> Run:
    """A model that reads for a minute; its weights are kept at eight moments."""
    stages = annealed(STEPS, BATCH, 3e-3)
    return Run(task=GENERAL, net="transformer", stages=stages, seeds=1, first_seed=first_seed, frames=8)


def all_young(seeds: Seeds) -> Values:
    """As many as there are seeds, each a run of its own: a run keeps moments of its first seed only."""
    nets = {f"net {k}": young(seeds.first + k) for k in range(seeds.count)}
    pairs = {f"pairs of {name}": Measure(kind="minimal_pairs", runs=(net,), count=200) for name, net in nets.items()}
    return nets | pairs


def amount(kilobytes: int, seeds: Seeds) -> Run:
    """A model that reads so much text, four times."""
    stages = annealed(round(PASSES * PER_KILOBYTE * kilobytes / BATCH), BATCH, 3e-3)
    task = Text(kilobytes=kilobytes)
    return Run(task=task, net="transformer", stages=stages, seeds=min(4, seeds.count), first_seed=seeds.first)


def amounts(seeds: Seeds) -> Values:
    return {f"{kilobytes} KB": amount(kilobytes, seeds) for kilobytes in SIZES}


def fine_tuned(subject: str, seeds: Seeds, steps: int = 80, start: Run | None = None, kilobytes: int = SLICE) -> Run:
    """The reader goes on with a slice of a subject; what it still knows of general text is watched."""
    return Run(
        task=Text(subject=subject, kilobytes=kilobytes),
        net="transformer",
        start=start or reader(Seeds(first=seeds.first)),
        stages=annealed(steps, 4, 1e-3),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(GENERAL,),
    )


def from_scratch(subject: str, seeds: Seeds, steps: int = 80, kilobytes: int = SLICE) -> Run:
    """The same slice without the reader. A long run wants a lower rate."""
    task = Text(subject=subject, kilobytes=kilobytes)
    stages = annealed(steps, 4, 3e-3 if steps <= STEPS else 2e-3)
    return Run(task=task, net="transformer", stages=stages, seeds=seeds.count, first_seed=seeds.first)


def domain(subject: str, seeds: Seeds, kilobytes: int = SLICE) -> Values:
    """Both arms in equal steps, and four nets from scratch in many more: as many as it takes to get no better."""
    few, patient = Seeds(min(4, seeds.count), seeds.first), max(STEPS, 20 * kilobytes if kilobytes > SLICE else 0)
    return {
        f"{PRETRAINED} {subject}": fine_tuned(subject, seeds, kilobytes=kilobytes),
        f"{SCRATCH} {subject}": from_scratch(subject, seeds, kilobytes=kilobytes),
        f"{MOST} {subject}": from_scratch(subject, few, steps=patient, kilobytes=kilobytes),
    }


def sliced(seeds: Seeds) -> Values:
    """One subject in slices of several sizes."""
    return {
        f"{label} {kilobytes} KB": value
        for kilobytes in SLICES
        for label, value in domain(SLICED, seeds, kilobytes).items()
    }


def domains(seeds: Seeds) -> Values:
    return {label: value for subject in SUBJECTS for label, value in domain(subject, seeds).items()}
