"""Defines the controls of this lesson, and the runs: backbones from increasing amounts of drawings with probes on
them, and language models from increasing amounts of text."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Glyphs
from lessons.kit.model.values import Control, LabelledRun, Runs, Seeds, Settings, Values, hide
from lessons.kit.runs.downstream_tasks import DIGITS, DOWNSTREAM_TASKS, INVERTED, probe
from lessons.kit.runs.text_adaptation import amount

DRAWINGS, TEXT = "drawings", "text"
TIMES = (1, 2, 4, 8, 16)  # multiples of the smallest amount
KNOWN = TIMES[:3]  # amounts that are shown before the prediction
LEAST = 10  # drawings of each glyph in the smallest amount
SIZES = tuple(LEAST * times for times in TIMES)
GLYPHS = 443  # the number of glyphs
BACKBONES = 4  # backbones of each size; they take most of the computing time of this lesson
PASSES = 5  # passes over the drawings; with more passes, the small amounts are memorized
LEAST_TEXT = 50  # thousands of characters
TEXTS = tuple(LEAST_TEXT * times for times in TIMES)

AMOUNT = Control(
    name="amount",
    label="Amount of data",
    options=TIMES,
    default=8,
    help=f"A multiple of the smallest amount, which is {GLYPHS * LEAST:,} drawings or {LEAST_TEXT} thousand "
    f"characters. Every net goes over its data equally often, so more data takes longer: at most half a minute for "
    f"drawings and two minutes for text.",
    slider=True,
)
MATERIAL = Control(
    name="material",
    label="Kind of data",
    options=(DRAWINGS, TEXT),
    default=DRAWINGS,
    help="Drawings of glyphs train a backbone, and then two new heads learn on it. Text trains a language model.",
)


def pretrained(size: int, seeds: Seeds) -> Run:
    """Returns backbones that learn from this number of drawings of each glyph. They are trained until their loss on
    unseen drawings is about lowest."""
    steps = round(PASSES * GLYPHS * size / 64)
    slow = steps * 3 // 10  # a ten times lower learning rate at the end
    stages = (Stage(steps=steps - slow, batch=64, rate=2e-3), Stage(steps=slow, batch=64, rate=4e-4))
    return Run(task=Glyphs(labels=size), stages=stages, seeds=min(seeds.count, BACKBONES), first_seed=seeds.first)


def surprise(sizes: tuple[int, ...], seeds: Seeds) -> Measure:
    """Returns a measure of the loss on the same unseen drawings."""
    return Measure(kind="loss", runs=tuple(pretrained(size, seeds) for size in sizes), tasks=(Glyphs(),))


def runs(settings: Settings) -> Runs:
    """Returns one net for the learner. A backbone also has probes for two downstream tasks: one gains from more
    drawings, and the other hardly gains."""
    one, few, times = Seeds(1, 100 * settings.draw), Seeds(4, 100 * settings.draw), settings[AMOUNT]
    if settings[MATERIAL] == TEXT:
        return [LabelledRun("live", amount(LEAST_TEXT * times, one), (TEXT, times), name="language model")]
    backbone = replace(pretrained(LEAST * times, one), nats=True)  # so that its point falls while it learns
    jobs = [LabelledRun("live job", probe(backbone, job, few), (job, times), name=job) for job in (DIGITS, INVERTED)]
    return [LabelledRun("live", backbone, (DRAWINGS, times), name="backbone"), *jobs]


def backdrop(settings: Settings) -> Values:
    """Returns the results of the three smallest amounts, which the learner may see, and the hidden ones."""
    early = TEXTS[: len(KNOWN)]
    return [
        LabelledRun("drawn", Measure(kind="examples", runs=(), tasks=(Glyphs(labels=LEAST),), count=64)),
        LabelledRun("known loss", surprise(SIZES[: len(KNOWN)], Seeds())),
        *(LabelledRun("amount", amount(kilobytes, Seeds()), kilobytes) for kilobytes in early),
        *hide([piece for piece in [*size_runs(Seeds()), *text_runs(Seeds())] if piece.x not in early]),
    ]


def size_runs(seeds: Seeds) -> Values:
    """Returns backbones of every size, their loss on unseen glyphs, and the accuracy of probes on their features."""
    few = Seeds(min(seeds.count, BACKBONES), seeds.first)
    return [
        LabelledRun("loss", surprise(SIZES, seeds)),
        *(
            LabelledRun("size", probe(pretrained(size, seeds), job, few), (job, size))
            for size in SIZES
            for job in DOWNSTREAM_TASKS
        ),
    ]


def text_runs(seeds: Seeds) -> Values:
    return [LabelledRun("amount", amount(kilobytes, seeds), kilobytes) for kilobytes in TEXTS]
