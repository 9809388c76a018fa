"""Defines the lesson “A new subject”. It shows how much a reader of general English helps on Shakespeare, on law, on
code, or on the learner's own text."""

from __future__ import annotations

from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.kit.runs.text_adaptation import AMOUNT, PRETRAINED
from lessons.new_subject.claims import CLAIMS
from lessons.new_subject.pictures import HANDLES, POINTS, picture, tells, verdict, views
from lessons.new_subject.runs import SUBJECT, after, backdrop, runs, sides
from lessons.new_subject.subject_texts import capital, hook, subject_text


def script(settings: Settings) -> str:
    return scripts.reading(sides(settings)[PRETRAINED], f"{capital(subject_text(settings[SUBJECT]))}, after the reader")


LESSON = Lesson(
    number=14,
    chapter="Language",
    title="A new subject",
    covers=("O", "L"),
    question="What is a reader worth on my own texts?",
    controls=(SUBJECT, AMOUNT),
    prediction=Prediction(
        asks="How surprised is the reader, fine-tuned on so much Shakespeare, by pages it has not seen?",
        sliders=tuple(HANDLES.values()),
        handles=POINTS,
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("They write",),
    tells=tells,
    verdict=verdict,
    script=script,
    after=after,
)
