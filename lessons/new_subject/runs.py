"""Defines the controls of this lesson, and the runs: the reader continues with a subject, or a net learns it from
scratch."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Run
from core.experiment.tasks import OWN
from core.user_data import corpus
from lessons.kit.lesson.catalogue import RECORDED
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values, hide
from lessons.kit.runs import text_adaptation
from lessons.kit.runs.text_adaptation import (
    AMOUNT,
    PRETRAINED,
    SCRATCH,
    SLICE,
    SLICES,
    STEPS,
    beginnings,
    fine_tuned,
    from_scratch,
)

SLICED = "shakespeare"  # the subject for which several amounts are compared
FAR = "code"
SUBJECTS = (SLICED, "law", FAR)
BROUGHT = "medicine"  # it does not come with the app: `make texts` downloads it, and no claim uses it
MOST = "scratch, more steps"

SUBJECT = Control(
    name="subject",
    label="Subject",
    options=(*SUBJECTS, BROUGHT),
    default=SLICED,
    help="What the nets learn: plays by Shakespeare, laws, Python code, medical abstracts, or a text of your own.",
    labels={SLICED: "Shakespeare"},
    known=corpus.is_own_text,
    kind="text",
)


def sides(settings: Settings) -> dict[str, Run]:
    return text_adaptation.sides(settings[SUBJECT], settings[AMOUNT], settings.draw)


def runs(settings: Settings) -> Runs:
    names = {PRETRAINED: "fine-tuned", SCRATCH: "from scratch"}
    return [LabelledRun("race", run, side, name=names[side]) for side, run in sides(settings).items()]


def after(settings: Settings) -> Measures:
    """Returns a measure with the beginnings of texts that the nets continued, for a text that does not ship."""
    return [] if settings[SUBJECT] in SUBJECTS else [LabelledRun("begun", beginnings(settings[SUBJECT]))]


def backdrop(settings: Settings) -> Values:
    """Returns the results of scratch for one subject, which the learner may see, and the hidden ones.

    A recording of what the nets wrote is included only if the text of its subject comes with the app.
    """
    seeds, subject = Seeds(), settings[SUBJECT]
    others = [piece for each in (*SUBJECTS[1:], BROUGHT) for piece in domain(each, seeds)]
    known = [*hide(sliced(seeds), PRETRAINED), *hide(others)]
    if subject in SUBJECTS:
        earlier = replace(settings, draw=RECORDED)
        known += [LabelledRun("recorded", run, side) for side, run in sides(earlier).items()]  # shown in the first beat
        known.append(LabelledRun("begun", beginnings(subject)))
    return known


def is_own(subject: str) -> bool:
    """Returns whether a subject is a text of the learner's own."""
    return bool(OWN.fullmatch(subject))


def domain(subject: str, seeds: Seeds, kilobytes: int = SLICE) -> Values:
    """Returns both sides with the same number of steps, and four nets from scratch that are trained until they stop
    improving."""
    few, patient = Seeds(min(4, seeds.count), seeds.first), max(STEPS, 20 * kilobytes if kilobytes > SLICE else 0)
    at = (subject, kilobytes)
    return [
        LabelledRun(PRETRAINED, fine_tuned(subject, seeds, kilobytes=kilobytes), at),
        LabelledRun(SCRATCH, from_scratch(subject, seeds, kilobytes=kilobytes), at),
        LabelledRun(MOST, from_scratch(subject, few, steps=patient, kilobytes=kilobytes), at),
    ]


def sliced(seeds: Seeds) -> Values:
    """Returns the runs on several amounts of one subject."""
    return [piece for kilobytes in SLICES for piece in domain(SLICED, seeds, kilobytes)]


def domains(seeds: Seeds) -> Values:
    return [piece for subject in SUBJECTS for piece in domain(subject, seeds)]
