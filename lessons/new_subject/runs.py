"""What the learner sets in this lesson, and the runs: the reader goes on with a subject, or a net begins with it."""

from __future__ import annotations

from dataclasses import replace

from core import corpus
from core.spec import Measure, Run
from core.tasks import OWN, Text
from lessons.kit.catalogue import RECORDED
from lessons.kit.recipes import reader
from lessons.kit.texts import SLICE, SLICES, STEPS, UNSEEN, annealed
from lessons.kit.values import Control, Measures, Piece, Runs, Seeds, Settings, Values, hide

SLICED = "shakespeare"  # the subject whose slices are compared
FAR = "code"
SUBJECTS = (SLICED, "law", FAR)
BROUGHT = "medicine"  # does not come with the app: `make texts` brings it, and no claim stands on it
PRETRAINED, SCRATCH, MOST = "pretrained", "scratch", "scratch, more steps"
LIVE, LIVE_STEPS, STORED_STEPS = 2, 40, 80  # nets each side of a live run, and steps
BEGUN = 2  # beginnings of unseen texts that the first net of each side goes on from

SUBJECT = Control(
    name="subject",
    label="Subject",
    options=(*SUBJECTS, BROUGHT),
    default=SLICED,
    help="What the reader goes on with: plays, statutes, Python, medical abstracts, or a text of your own.",
    known=corpus.known,
)
AMOUNT = Control(
    name="kilobytes",
    label="Thousand characters to learn from",
    options=SLICES,
    default=SLICE,
    help=f"Every net has a slice of its own and takes {LIVE_STEPS} steps: less is read more often.",
    slider=True,
)


def fine_tuned(
    subject: str, seeds: Seeds, steps: int = STORED_STEPS, start: Run | None = None, kilobytes: int = SLICE
) -> Run:
    """The reader goes on with a slice of a subject; what it still knows of general text is watched."""
    return Run(
        task=Text(subject=subject, kilobytes=kilobytes),
        net="transformer",
        start=start or reader(Seeds(first=seeds.first)),
        stages=annealed(steps, 4, 1e-3),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(UNSEEN,),
    )


def from_scratch(subject: str, seeds: Seeds, steps: int = STORED_STEPS, kilobytes: int = SLICE) -> Run:
    """The same slice without the reader. A long run wants a lower rate."""
    task = Text(subject=subject, kilobytes=kilobytes)
    stages = annealed(steps, 4, 3e-3 if steps <= STEPS else 2e-3)
    return Run(task=task, net="transformer", stages=stages, seeds=seeds.count, first_seed=seeds.first)


def sides(settings: Settings) -> dict[str, Run]:
    """With the reader's start and without; both write at their tests."""
    seeds, subject, kilobytes = Seeds(LIVE, 100 * settings.draw), settings[SUBJECT], settings[AMOUNT]
    both = {
        PRETRAINED: fine_tuned(subject, seeds, LIVE_STEPS, reader(), kilobytes),
        SCRATCH: from_scratch(subject, seeds, LIVE_STEPS, kilobytes),
    }
    return {side: replace(run, exhibit=BEGUN) for side, run in both.items()}


def runs(settings: Settings) -> Runs:
    names = {PRETRAINED: "the reader, fine-tuned", SCRATCH: "from scratch"}
    return [Piece("race", run, side, name=names[side]) for side, run in sides(settings).items()]


def after(settings: Settings) -> Measures:
    """What the nets went on from, of a text that does not ship."""
    return [] if settings[SUBJECT] in SUBJECTS else [Piece("begun", begun(settings[SUBJECT]))]


def begun(subject: str) -> Measure:
    """The beginnings that nets go on from, and what stands there in truth."""
    return Measure(kind="exhibit", runs=(), tasks=(Text(subject=subject),), count=BEGUN)


def backdrop(settings: Settings) -> Values:
    """What scratch pays for slices of one subject may be seen. What nets wrote while they learned the chosen one ships
    where its text does."""
    seeds, subject = Seeds(), settings[SUBJECT]
    others = [piece for each in (*SUBJECTS[1:], BROUGHT) for piece in domain(each, seeds)]
    known = [*hide(sliced(seeds), PRETRAINED), *hide(others)]
    if subject in SUBJECTS:
        earlier = replace(settings, draw=RECORDED)
        known += hide([Piece("recorded", run, side) for side, run in sides(earlier).items()])
        known.append(Piece("begun", begun(subject)))
    return known


def is_own(subject: str) -> bool:
    return bool(OWN.fullmatch(subject))


def domain(subject: str, seeds: Seeds, kilobytes: int = SLICE) -> Values:
    """Both sides in equal steps, and four nets from scratch in many more: as many as it takes to get no better."""
    few, patient = Seeds(min(4, seeds.count), seeds.first), max(STEPS, 20 * kilobytes if kilobytes > SLICE else 0)
    at = (subject, kilobytes)
    return [
        Piece(PRETRAINED, fine_tuned(subject, seeds, kilobytes=kilobytes), at),
        Piece(SCRATCH, from_scratch(subject, seeds, kilobytes=kilobytes), at),
        Piece(MOST, from_scratch(subject, few, steps=patient, kilobytes=kilobytes), at),
    ]


def sliced(seeds: Seeds) -> Values:
    """One subject in slices of several sizes."""
    return [piece for kilobytes in SLICES for piece in domain(SLICED, seeds, kilobytes)]


def domains(seeds: Seeds) -> Values:
    return [piece for subject in SUBJECTS for piece in domain(subject, seeds)]
