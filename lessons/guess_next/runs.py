"""Defines the controls of this lesson, and the runs: language models that are trained for a minute."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Measure, Run
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values, hide
from lessons.kit.runs.recipes import reader
from lessons.kit.runs.text_adaptation import BATCH, SLICE, SLICES, STEPS, UNSEEN, WINDOW, amount, annealed

LIVE = 2  # the number of nets in a live run
WRITTEN = 40  # the number of tokens that the reader writes
BEGUN = 2  # the number of beginnings that live nets continue
COPIED = 5  # the layers that the second nets copy from the reader: all except the head
SCRATCH, NEAR = "yours", "near"  # the sides of a live race
# The rounds of the game: a beginning and the word that follows it, which is one token for the reader.
GAME = (
    ("Another poll showed that four out", " of"),
    ("In the name of the President of the United", " States"),
    ("We must have this protection because too many", " people"),
    ("Under certain circumstances, seals have more", " than"),
    ("Once upon a", " time"),
)
AMOUNT = Control(
    name="kilobytes",
    label="Training text for each net (thousand characters)",
    options=SLICES,
    default=SLICE,
    help="Every net gets a piece of text of its own and reads it four times. More text takes longer, up to a minute.",
    slider=True,
)
BACK = Control(
    name="back",
    label="How many tokens the net sees",
    options=(1, 4, 16, WINDOW),
    default=WINDOW,
    help="How many tokens of your text the pretrained net sees before each token that it predicts.",
    slider=True,
)


def young(first_seed: int) -> Run:
    """Returns a model that is trained for a minute. Its weights are stored at eight moments."""
    stages = annealed(STEPS, BATCH, 3e-3)
    return Run(task=UNSEEN, net="transformer", stages=stages, seeds=1, first_seed=first_seed, frames=8)


def runs(settings: Settings) -> Runs:
    """Returns models that learn general text in four passes: from scratch, and with the layers of the reader under a
    new head. The second ones write words within ten seconds."""
    run = replace(amount(settings[AMOUNT], Seeds(LIVE, 100 * settings.draw)), exhibit=BEGUN)
    near = replace(run, start=reader(), copied=COPIED)
    return [
        LabelledRun("live", run, SCRATCH, name="from scratch"),
        LabelledRun("live", near, NEAR, name="with copied layers"),
    ]


def backdrop(settings: Settings) -> Values:
    known = [LabelledRun("reader", reader()), *all_young(Seeds())]
    asked = Measure(kind="surprise", runs=(reader(),), prompts=tuple(map("".join, GAME)), count=WINDOW)
    begun = Measure(kind="tracked_examples", runs=(), tasks=(UNSEEN,), count=BEGUN)
    return [LabelledRun("game", asked), LabelledRun("begun", begun), *hide(known)]


def asks(settings: Settings) -> Measures:
    """Returns measures of the reader on the learner's text, at every moment of its training."""
    writes = Measure(kind="continuations", runs=(reader(),), prompts=(settings.typed_text,), count=WRITTEN)
    return [LabelledRun("expects", expects(settings.typed_text, settings[BACK])), LabelledRun("writes", writes)]


def expects(text: str, back: int) -> Measure:
    """Returns a measure of the reader's surprise at a text, of which it may see the last `back` tokens."""
    return Measure(kind="surprise", runs=(reader(),), prompts=(text,), count=back)


def all_young(seeds: Seeds) -> Values:
    """Returns one run for each seed, because a run stores the moments of its first seed only."""
    nets = [young(seeds.first + k) for k in range(seeds.count)]
    pairs = [Measure(kind="minimal_pairs", runs=(net,), count=200) for net in nets]
    return [
        *(LabelledRun("young", net, k) for k, net in enumerate(nets)),
        *(LabelledRun("pairs", told, k) for k, told in enumerate(pairs)),
    ]
