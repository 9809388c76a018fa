"""Defines the controls of this lesson, and the runs: a bag of words that is pretrained on films, and one from
scratch."""

from __future__ import annotations

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Sentiment
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values, hide

FILMS = Sentiment(subject="films", labels=5000)  # all labels that exist
SUBJECTS = ("tweets", "products")
SIZES = (1, 5, 15, 50, 250)  # labelled sentences of each kind
FEW, MANY = 5, 250
STEPS, BATCH = 300, 16
RATES = (3e-3, 1e-2)  # for scratch the better rate and its best moment count; a rate of 1e-3 was never better
RATE = 1e-3  # the learning rate of fine-tuning, whose last step counts
SCRATCH_RATE = 3e-3  # the rate of scratch in the race, which is the best at most sizes
ABOUT = Control(
    name="about",
    label="Sentences to judge",
    options=SUBJECTS,
    default=SUBJECTS[0],
    labels={"products": "sentences about products"},
    help="What both nets learn to judge: tweets, or sentences that people wrote about products they had bought.",
)
LABELS = Control(
    name="labels",
    label="Labels per class",
    options=SIZES,
    default=FEW,
    help="How many labelled kind sentences and how many labelled unkind sentences both nets learn from.",
    slider=True,
)


def film_reader(seeds: Seeds) -> Run:
    """Returns a bag of words that is trained on sentences about films. It takes three seconds on one core."""
    return Run(task=FILMS, net="bag", stages=(Stage(steps=300, batch=64, rate=3e-3),), seeds=1, first_seed=seeds.first)


def judged(subject: str, labels: int, rate: float, seeds: Seeds, start: Run | None = None) -> Run:
    """Returns a run that learns to tell kind from unkind sentences from a few labels. The question is the same as for
    films, so the head of the film reader is used too."""
    return Run(
        task=Sentiment(subject=subject, labels=labels),
        net="bag",
        start=start,
        stages=(Stage(steps=STEPS, batch=BATCH, rate=rate),),
        seeds=seeds.count,
        first_seed=seeds.first,
    )


def pretrained_run(settings: Settings) -> Run:
    """Returns the pretrained side of the race. Its film reader is trained on the same draw."""
    seeds = Seeds(first=100 * settings.draw)
    return judged(settings[ABOUT], settings[LABELS], RATE, seeds, film_reader(seeds))


def runs(settings: Settings) -> Runs:
    """Returns the backbone, which the learner watches as it trains, and the race on its own draw of labels."""
    seeds = Seeds(first=100 * settings.draw)
    theirs = judged(settings[ABOUT], settings[LABELS], SCRATCH_RATE, seeds)
    return [
        LabelledRun("source", film_reader(seeds), name="pretraining on films"),
        LabelledRun("race", pretrained_run(settings), "pretrained", name="pretrained"),
        LabelledRun("race", theirs, "scratch", name="from scratch"),
    ]


def asks(settings: Settings) -> Measures:
    """Returns a measure of each word of the learner's sentence for the film reader that ships."""
    reader = film_reader(Seeds())
    return [LabelledRun("weighed", Measure(kind="word_weights", runs=(reader,), prompts=(settings.typed_text,)))]


def after(settings: Settings) -> Measures:
    """Returns the same measure for the learner's own nets."""
    own = tuple(piece.of for piece in runs(settings) if piece.role == "race")
    return (
        [LabelledRun("yours", Measure(kind="word_weights", runs=own, prompts=(settings.typed_text,)))]
        if settings.typed_text
        else []
    )


def backdrop(settings: Settings) -> Values:
    return [*hide(word_runs(Seeds()), "pretrained"), LabelledRun("films", film_reader(Seeds()))]


def word_runs(seeds: Seeds) -> Values:
    films = film_reader(seeds)
    return [
        *(
            LabelledRun("pretrained", judged(about, n, RATE, seeds, films), (about, n))
            for about in SUBJECTS
            for n in SIZES
        ),
        *(
            LabelledRun("scratch best", judged(about, n, rate, seeds), (about, n, rate))
            for about in SUBJECTS
            for n in SIZES
            for rate in RATES
        ),
    ]


def real_runs(seeds: Seeds) -> Values:
    """Returns a frozen sentence encoder with a logistic regression, on the same draws of labels."""
    tasks = {about: tuple(Sentiment(subject=about, labels=n) for n in SIZES) for about in SUBJECTS}
    encoded = {
        about: Measure(kind="encoder_probe", runs=(), tasks=asked, count=seeds.count, first_seed=seeds.first)
        for about, asked in tasks.items()
    }
    return [*word_runs(seeds), *(LabelledRun("encoder", measure, about) for about, measure in encoded.items())]
