"""Defines the lesson “The wrong teacher”. It shows digits after many worlds: which worlds help, which ones harm, and
how to repair the harm."""

from __future__ import annotations

from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.wrong_teacher.claims import CLAIMS
from lessons.wrong_teacher.pictures import POINTS, WORTH, hook, picture, verdict, views
from lessons.wrong_teacher.race import tells
from lessons.wrong_teacher.runs import AGAIN, LABELS, SECOND, STANDARD, WORLD, backdrop, pretrained, runs


def script(settings: Settings) -> str:
    between = ", then upright glyphs" if settings[SECOND] == AGAIN else ""
    title = f"{settings[LABELS]} labels per class after pretraining on the dataset {settings[WORLD]}{between}"
    return scripts.digits(pretrained(settings), title)


LESSON = Lesson(
    number=9,
    chapter="Choosing and paying",
    title="The wrong teacher",
    covers=("B2",),
    question="Can pretraining make a net worse?",
    controls=(WORLD, LABELS, SECOND),
    prediction=Prediction(
        asks=f"Drag the teachers into order, from the most helpful to the most harmful ({STANDARD} labels per class).",
        sliders=(WORTH, POINTS),
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("Two teachers", "Learning upright glyphs"),
    tells=tells,
    verdict=verdict,
    script=script,
)
