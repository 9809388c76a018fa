"""What the learner sets in this lesson, and the runs: language models that read for a minute, growing amounts of text,
and other subjects."""

from __future__ import annotations

from core.spec import Measure, Run
from core.tasks import Text
from lessons.kit.recipes import reader
from lessons.kit.texts import BATCH, SLICE, SLICES, STEPS, UNSEEN, WINDOW, amount, annealed
from lessons.kit.values import Control, Measures, Piece, Runs, Seeds, Settings, Values, hide

SLICED = "shakespeare"  # the subject whose slices are compared
FAR = "code"
SUBJECTS = ("shakespeare", "law", FAR)
BROUGHT = "medicine"  # does not come with the app: `make texts` brings it, and no claim stands on it
PRETRAINED, SCRATCH, MOST = "pretrained", "scratch", "scratch, more steps"


GENERAL = "general"
LIVE, LIVE_STEPS = 2, 40  # nets each side of a live run, and its steps
WRITTEN = 40  # tokens that the reader writes
OPENING = "The President of the United"
SUBJECT = Control(
    name="subject",
    label="What it reads",
    options=(GENERAL, *SUBJECTS, BROUGHT),
    default=GENERAL,
    help="General English from nothing; or plays, law, program code, medicine or a text of your own, with the "
    "reader's start and without.",
    own=True,
)
AMOUNT = Control(
    name="kilobytes",
    label="Thousand characters to learn from",
    options=SLICES,
    default=SLICE,
    help="Every net has a slice of its own. General text is read four times, which takes the longer the more there "
    f"is, up to a minute. Of a subject a live run takes {LIVE_STEPS} steps: the less there is, the more often it is "
    "read.",
    slider=True,
)
BACK = Control(
    name="back",
    label="Tokens it may look back",
    options=(1, 4, 16, WINDOW),
    default=WINDOW,
    help="How much of your text the reader sees when it guesses the next token.",
    slider=True,
)


def young(first_seed: int) -> Run:
    """A model that reads for a minute; its weights are kept at eight moments."""
    stages = annealed(STEPS, BATCH, 3e-3)
    return Run(task=UNSEEN, net="transformer", stages=stages, seeds=1, first_seed=first_seed, frames=8)


def fine_tuned(subject: str, seeds: Seeds, steps: int = 80, start: Run | None = None, kilobytes: int = SLICE) -> Run:
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


def from_scratch(subject: str, seeds: Seeds, steps: int = 80, kilobytes: int = SLICE) -> Run:
    """The same slice without the reader. A long run wants a lower rate."""
    task = Text(subject=subject, kilobytes=kilobytes)
    stages = annealed(steps, 4, 3e-3 if steps <= STEPS else 2e-3)
    return Run(task=task, net="transformer", stages=stages, seeds=seeds.count, first_seed=seeds.first)


def sides(settings: Settings) -> dict[str, Run]:
    """On general text one side, from nothing, four times through it; on a subject two, with the reader's start and
    without."""
    seeds, subject, kilobytes = Seeds(LIVE, 100 * settings.draw), settings[SUBJECT], settings[AMOUNT]
    if subject == GENERAL:
        return {"yours": amount(kilobytes, seeds)}
    return {
        PRETRAINED: fine_tuned(subject, seeds, LIVE_STEPS, reader(), kilobytes),
        SCRATCH: from_scratch(subject, seeds, LIVE_STEPS, kilobytes),
    }


def runs(settings: Settings) -> Runs:
    return [Piece("live", run, side, name=side) for side, run in sides(settings).items()]


def backdrop(settings: Settings) -> Values:
    seeds = Seeds()
    known = [*all_young(seeds), *domains(seeds), *domain(BROUGHT, seeds), *sliced(seeds)]
    return [Piece("look", expects(OPENING, WINDOW)), *hide([Piece("reader", reader()), *known])]


def asks(settings: Settings) -> Measures:
    """What the reader makes of the learner's own words, at every moment of its training."""
    writes = Measure(kind="continuations", runs=(reader(),), prompts=(settings.typed,), count=WRITTEN)
    return [Piece("expects", expects(settings.typed, settings[BACK])), Piece("writes", writes)]


def expects(text: str, back: int) -> Measure:
    return Measure(kind="surprise", runs=(reader(),), prompts=(text,), count=back)


def all_young(seeds: Seeds) -> Values:
    """As many as there are seeds, each a run of its own: a run keeps moments of its first seed only."""
    nets = [young(seeds.first + k) for k in range(seeds.count)]
    pairs = [Measure(kind="minimal_pairs", runs=(net,), count=200) for net in nets]
    return [
        *(Piece("young", net, k) for k, net in enumerate(nets)),
        *(Piece("pairs", told, k) for k, told in enumerate(pairs)),
    ]


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
