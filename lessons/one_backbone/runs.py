"""Defines the controls of this lesson, and the runs: a collection of backbones, and probes on them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Glyphs
from lessons.kit.model.values import Control, LabelledRun, Measures, Results, Runs, Seeds, Settings, Values, hide
from lessons.kit.results.evidence import load_results
from lessons.kit.runs.downstream_tasks import DIGITS, DOWNSTREAM_TASKS, probe
from lessons.kit.runs.recipes import fine_tuned, source

# The world of each backbone. All backbones are the same net, and are trained on the same number of drawings.
WORLDS: dict[str, Glyphs] = {
    "all scripts": Glyphs(labels=80),
    "a quarter": Glyphs(labels=20),
    "a sixteenth": Glyphs(labels=5),
    "Latin": Glyphs(scripts="latin", labels=400),
    "Greek": Glyphs(scripts="greek", labels=400),
    "kana": Glyphs(scripts="kana", labels=400),
    "symbols": Glyphs(scripts="symbols", labels=200),
    "printed": Glyphs(labels=80, warp=0, slant=0),
    "turned": Glyphs(labels=80, turn=90),
    "inverted": Glyphs(labels=80, inverted=True),
    "shuffled": Glyphs(labels=80, shuffled=True),
    "wrong labels": Glyphs(labels=80, noise=1),
}
UNTRAINED = "untrained"
NAMES = (*WORLDS, UNTRAINED)

SEEN = ("all scripts", "Latin", "Greek", "kana", "symbols", "printed", "turned", "inverted", "shuffled")
TILES = 40  # the number of unseen examples on a live wall

BACKBONE = Control(
    name="backbone",
    label="Your backbone",
    options=NAMES,
    default="printed",
    help="What the backbone was pretrained on. A quarter and a sixteenth saw all scripts, but only this share of the "
    "drawings.",
)
JOB = Control(
    name="job",
    label="New task",
    options=tuple(DOWNSTREAM_TASKS),
    default=DIGITS,
    help="What the probe learns. It gets 10 labels per class, or 5 for the Cyrillic letters.",
)


def backbone_of(name: str, seeds: Seeds) -> Run:
    """Returns a backbone of the collection. The untrained one has made one step with a learning rate of one
    millionth."""
    if name == UNTRAINED:
        stages = (Stage(steps=1, batch=1, rate=1e-6),)
        return Run(task=Glyphs(labels=1), stages=stages, seeds=1, first_seed=seeds.first)
    return source(WORLDS[name], seeds)


def scores(kind: str, seeds: Seeds) -> Measure:
    """Returns a measure of the score of every backbone for every task, on the same draws of labels as the runs."""
    zoo = tuple(backbone_of(name, seeds) for name in NAMES)
    return Measure(
        kind=kind, runs=zoo, tasks=tuple(DOWNSTREAM_TASKS.values()), count=seeds.count, first_seed=seeds.first
    )


def scored(evidence: Results, kind: str, job: str) -> np.ndarray:
    """Returns the scores with the shape (backbones, draws). The `kind` is "LogME" or "LEEP"."""
    place = list(DOWNSTREAM_TASKS).index(job)
    return np.array([jobs[place] for jobs in evidence.answer(kind)["score"]])


@cache
def ranked(job: str) -> tuple[str, ...]:
    """Returns the backbones from the best score for a task to the worst, in the results that ship."""
    evidence = load_results([LabelledRun("LogME", scores("log_me", Seeds()))])
    if not len(evidence):
        return NAMES
    score = dict(zip(NAMES, scored(evidence, "LogME", job).mean(1)))
    return tuple(sorted(NAMES, key=score.__getitem__, reverse=True))


def favourite(job: str) -> str:
    """Returns the backbone with the best score for a task."""
    return ranked(job)[0]


def rival(settings: Settings) -> str:
    """Returns the backbone that the learner's choice races against: the best-scored one. If the learner chose this one,
    it is the worst-scored one."""
    best, *_, worst = ranked(settings[JOB])
    return worst if settings[BACKBONE] == best else best


def picks(settings: Settings) -> dict[str, Run]:
    """Returns a probe on the learner's backbone and a probe on its rival, by backbone."""
    seeds, job = Seeds(first=100 * settings.draw), settings[JOB]
    names = (settings[BACKBONE], rival(settings))
    return {name: replace(probe(backbone_of(name, Seeds()), job, seeds), exhibit=TILES) for name in names}


def runs(settings: Settings) -> Runs:
    return [
        LabelledRun("race", run, (settings[JOB], name), name=f"probe on {name}")
        for name, run in picks(settings).items()
    ]


def after(settings: Settings) -> Measures:
    """Returns a measure of the score of the same backbones, on the same draws of labels."""
    asked = tuple(run.start for run in picks(settings).values() if run.start)
    job = (DOWNSTREAM_TASKS[settings[JOB]],)
    measure = Measure(kind="log_me", runs=asked, tasks=job, count=8, first_seed=100 * settings.draw)
    return [LabelledRun("live score", measure)]


def backdrop(settings: Settings) -> Values:
    """Returns the results that the learner may see, which are the accuracy on the own worlds and the probe on an
    untrained net, and the hidden ones."""
    stored = hide(score_runs(Seeds()), "probe", "tuned", "LogME", "LEEP")
    return [
        *(piece for piece in stored if piece.x != (DIGITS, UNTRAINED)),
        LabelledRun("probe", probe(backbone_of(UNTRAINED, Seeds()), DIGITS, Seeds()), (DIGITS, UNTRAINED)),
        LabelledRun("seen", Measure(kind="examples", runs=(), tasks=tuple(WORLDS[name] for name in SEEN), count=8)),
        *(LabelledRun("wall", on_the_wall(job), job) for job in dict.fromkeys((DIGITS, settings[JOB]))),
    ]


def on_the_wall(job: str) -> Measure:
    return Measure(kind="tracked_examples", runs=(), tasks=(DOWNSTREAM_TASKS[job],), count=TILES)


def score_runs(seeds: Seeds) -> Values:
    """Returns the scores, every backbone itself, fine-tuned on digits, and with a probe on every task."""
    zoo = {name: backbone_of(name, seeds) for name in NAMES}
    return [
        LabelledRun("LogME", scores("log_me", seeds)),
        LabelledRun("LEEP", scores("leep", seeds)),
        *(LabelledRun("own", start, name) for name, start in zoo.items()),
        *(LabelledRun("tuned", fine_tuned(10, seeds=seeds, start=start), name) for name, start in zoo.items()),
        *(
            LabelledRun("probe", probe(start, job, seeds), (job, name))
            for name, start in zoo.items()
            for job in DOWNSTREAM_TASKS
        ),
    ]
