"""Defines the lesson “Guess the next token”. It shows what a language model does while it is pretrained."""

from __future__ import annotations

from lessons.guess_next.claims import CLAIMS
from lessons.guess_next.pictures import END, FIRST, MARKS, START, hook, picture, tells, verdict, views
from lessons.guess_next.runs import AMOUNT, BACK, asks, backdrop, runs
from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings


def script(settings: Settings) -> str:
    return scripts.reading(runs(settings)[0].of, "General text, from scratch")


LESSON = Lesson(
    number=13,
    chapter="Language",
    title="Guess the next token",
    covers=("O", "L", "R"),
    question="What does a language model learn by predicting the next token?",
    controls=(AMOUNT, BACK),
    prediction=Prediction(
        asks="How surprised is the net by English text before it is trained, and after ten million tokens?",
        sliders=(START, END, FIRST),
        handles=MARKS,
    ),
    sheet=LearnerInput(
        kind="text",
        label="Your text",
        help="Write a few words or sentences in English. The pretrained net predicts every token of your text.",
        default="In the beginning there was nothing, and the government of the United States",
        most=300,
        examples=("Call me", "The quick brown fox jumps over the", "She have three dog and he are happy."),
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("Your text", "Your nets"),
    tells=tells,
    seconds=12,
    verdict=verdict,
    script=script,
    asks=asks,
)
