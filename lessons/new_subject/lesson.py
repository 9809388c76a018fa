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
    return scripts.reading(
        sides(settings)[PRETRAINED], f"{capital(subject_text(settings[SUBJECT]))}, after pretraining"
    )


LESSON = Lesson(
    number=14,
    chapter="Language",
    title="A new subject",
    covers=("O", "L"),
    question="How much does pretraining help with a new kind of text?",
    controls=(SUBJECT, AMOUNT),
    prediction=Prediction(
        asks="How much do unseen pages of Shakespeare surprise the fine-tuned net?",
        sliders=tuple(HANDLES.values()),
        handles=POINTS,
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("What they write",),
    tells=tells,
    seconds=12,
    verdict=verdict,
    script=script,
    after=after,
)
