"""Lesson 15: kind or unkind? The few-label comparison once more, on sentences that real people wrote and rated."""

from __future__ import annotations

from core.spec import Run
from core.tasks import Sentiment
from lessons.kind_words.claims import (
    CLAIMS,
    FEW,
    MANY,
    RATE,
    SIZES,
    STEPS,
    SUBJECTS,
    film_reader,
    judged,
    pretrained,
    scratch,
    word_runs,
)
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Lesson, Prediction, Question, Settings, Values
from lessons.kit.evidence import against
from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve, curves, race
from lessons.kit.figures.labels import confronted, guessed, raced, racing
from lessons.kit.recipes import Seeds

SCRATCH_RATE = 3e-3  # of the race: scratch's best at most sizes
GUESSED = {"few": FEW, "some": 50, "many": MANY}  # slider -> tweets of each kind


def runs(settings: Settings) -> Values:
    """The backbone, which is trained before the learner's eyes, and the race on a draw of labels of its own."""
    about, n, seeds = settings["about"], settings["labels"], Seeds(first=100 * settings["draw"])
    start = film_reader(seeds)
    return {
        "film reader": start,
        "pretrained": judged(about, n, RATE, seeds, start),
        "scratch": judged(about, n, SCRATCH_RATE, seeds),
    }


def backdrop(settings: Settings) -> Values:
    return word_runs(Seeds()) | {"films": film_reader(Seeds())}


def hook(evidence: Evidence, settings: Settings) -> Figure:
    return race(
        {"source": evidence["films"]}, STEPS, "A bag of words learns to judge films: unseen sentences it gets right"
    )


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """Accuracy against labels: both bands, the learner's line about tweets, the live race as points."""
    about = settings["about"]
    ours, theirs = pretrained(evidence, about), scratch(evidence, about)
    shown = [Curve(table=against(theirs), name="scratch", role="scratch")]
    if about == SUBJECTS[0]:
        shown += guessed(guess, GUESSED)
    if ours:
        shown += raced(evidence, settings["labels"])
        shown.append(Curve(table=against(ours), name="pretrained", role="pretrained"))
    title = f"Kind or unkind? Accuracy on unseen sentences ({about})"
    return curves(shown, "labels of each kind", (1, MANY), title=title, share=(0.4, 1), at=SIZES)


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """The film reader learns, then the race."""
    shown = []
    if "film reader" in evidence:
        shown.append(
            race({"source": evidence["film reader"]}, STEPS, "The film reader learns: accuracy on unseen films")
        )
    if arms := racing(evidence):
        shown.append(race(arms, STEPS, f"The race, {settings['labels']} labels of each kind ({settings['about']})"))
    return shown


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    return [picture(evidence, settings, guess)]


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    ours = pretrained(evidence, SUBJECTS[0])
    return confronted(guess, GUESSED, ours, "pretrained, {n} labelled tweets of each kind")


def script(settings: Settings) -> str:
    run, stages = runs(settings)["pretrained"], []
    assert isinstance(run, Run)
    for part in reversed(list(run.lineage())):
        assert isinstance(part.task, Sentiment)
        (stage,) = part.stages
        stages.append((part.task.subject, part.task.labels, stage.steps, stage.batch, stage.rate))
    title = f"{settings['about']}, {settings['labels']} labels of each kind, after films"
    return scripts.shown("lessons.kind_words.script", title, SEED=run.first_seed, STAGES=stages)


def share(name: str, n: int, default: int) -> Control:
    return Control(
        name=name,
        label=f"With {n} labelled tweets of each kind, in percent",
        options=tuple(range(40, 101, 5)),
        default=default,
        help="The share of unseen tweets that the pretrained net judges as people did. Guessing gives 50.",
        slider=True,
    )


QUESTIONS = (
    Question(
        asks="The film reader is right about most tweets before it has seen a single labelled one. Why?",
        options={
            "Words such as “great” and “boring” mean the same in both": "Yes. And the question is the same, so the head that answers it comes along, not only the features.",
            "Tweets are mostly about films": "They are about everything. What is shared is the words of praise and blame.",
            "It was trained on tweets too": "It saw only sentences about films. That is what makes it transfer.",
        },
        right="Words such as “great” and “boring” mean the same in both",
    ),
    Question(
        asks="You have 500 labelled tweets. A colleague insists on the film reader. What do you answer?",
        options={
            "It will be far ahead, as it was with ten": "Look at the right end of the chart: the lead shrinks as labels grow, and there it is gone.",
            "It hardly matters any more; train either": "Yes. With that many labels your own tweets say more about tweets than films do.",
            "Scratch will fail": "Scratch has enough to go on by now. It failed with ten.",
        },
        right="It hardly matters any more; train either",
    ),
)

LESSON = Lesson(
    number=15,
    title="Kind or unkind?",
    covers=("A2", "T"),
    question="Does it work on what people really write?",
    controls=(
        Control(
            name="about",
            label="About",
            options=SUBJECTS,
            default=SUBJECTS[0],
            help="Whose sentences are judged: people's tweets, or what they wrote about things they bought.",
        ),
        Control(
            name="labels",
            label="Labels of each kind",
            options=SIZES,
            default=FEW,
            help="How many kind and how many unkind sentences, labelled, both nets get.",
            slider=True,
        ),
    ),
    prediction=Prediction(
        asks="How many unseen tweets will the net that has read about films judge as people did?",
        sliders=(share("few", FEW, 60), share("some", 50, 75), share("many", MANY, 90)),
        hidden="pretrained",
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
