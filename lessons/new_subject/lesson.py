"""A new subject. What a reader of general English is worth on Shakespeare, law, code or a text of one's own."""

from __future__ import annotations

from lessons.kit import scripts
from lessons.kit.catalogue import Lesson
from lessons.kit.prediction import Prediction
from lessons.kit.texts import AMOUNT, PRETRAINED
from lessons.kit.values import Settings
from lessons.new_subject.claims import CLAIMS
from lessons.new_subject.pictures import HANDLES, POINTS, picture, tells, verdict, views
from lessons.new_subject.runs import SUBJECT, after, backdrop, runs, sides
from lessons.new_subject.written import capital, hook, named


def script(settings: Settings) -> str:
    return scripts.reading(sides(settings)[PRETRAINED], f"{capital(named(settings[SUBJECT]))}, after the reader")


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
