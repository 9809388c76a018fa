"""What the learner sets in this lesson, and the runs: a bag of words that has read of films, and one that has not."""

from __future__ import annotations

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Sentiment
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values, hide

FILMS = Sentiment(subject="films", labels=5000)  # all there are
SUBJECTS = ("tweets", "products")
SIZES = (1, 5, 15, 50, 250)  # labelled sentences of each kind
FEW, MANY = 5, 250
STEPS, BATCH = 300, 16
RATES = (3e-3, 1e-2)  # scratch at its best is the better of these, at its best moment; 1e-3 was nowhere ahead
RATE = 1e-3  # of fine-tuning, and it ends where it ends
SCRATCH_RATE = 3e-3  # of the race: scratch's best at most sizes
ABOUT = Control(
    name="about",
    label="About",
    options=SUBJECTS,
    default=SUBJECTS[0],
    help="Whose sentences are judged: people's tweets, or what they wrote about things they bought.",
)
LABELS = Control(
    name="labels",
    label="Labels of each kind",
    options=SIZES,
    default=FEW,
    help="How many kind and how many unkind sentences, labelled, both nets get.",
    slider=True,
)


def film_reader(seeds: Seeds) -> Run:
    """A bag of words that has read what people said of films: three seconds of one core."""
    return Run(task=FILMS, net="bag", stages=(Stage(steps=300, batch=64, rate=3e-3),), seeds=1, first_seed=seeds.first)


def judged(subject: str, labels: int, rate: float, seeds: Seeds, start: Run | None = None) -> Run:
    """Kind or unkind, learned from a few labels. The question is that of the films, so their head goes on too."""
    return Run(
        task=Sentiment(subject=subject, labels=labels),
        net="bag",
        start=start,
        stages=(Stage(steps=STEPS, batch=BATCH, rate=rate),),
        seeds=seeds.count,
        first_seed=seeds.first,
    )


def pretrained_run(settings: Settings) -> Run:
    seeds = Seeds(first=100 * settings.draw)
    return judged(settings[ABOUT], settings[LABELS], RATE, seeds, film_reader(seeds))


def runs(settings: Settings) -> Runs:
    """The backbone, which is trained before the learner's eyes, and the race on a draw of labels of its own."""
    seeds = Seeds(first=100 * settings.draw)
    theirs = judged(settings[ABOUT], settings[LABELS], SCRATCH_RATE, seeds)
    return [
        LabelledRun("source", film_reader(seeds), name="film reader"),
        LabelledRun("race", pretrained_run(settings), "pretrained", name="pretrained"),
        LabelledRun("race", theirs, "scratch", name="scratch"),
    ]


def asks(settings: Settings) -> Measures:
    """What the film reader that ships makes of the learner's sentence, word by word."""
    reader = film_reader(Seeds())
    return [LabelledRun("weighed", Measure(kind="word_weights", runs=(reader,), prompts=(settings.typed_text,)))]


def after(settings: Settings) -> Measures:
    """And what the learner's own nets make of it."""
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
    """A frozen sentence encoder with a logistic regression on it, on the same draws of labels."""
    tasks = {about: tuple(Sentiment(subject=about, labels=n) for n in SIZES) for about in SUBJECTS}
    encoded = {
        about: Measure(kind="encoder_probe", runs=(), tasks=asked, count=seeds.count, first_seed=seeds.first)
        for about, asked in tasks.items()
    }
    return [*word_runs(seeds), *(LabelledRun("encoder", measure, about) for about, measure in encoded.items())]
