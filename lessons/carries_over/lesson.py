"""Defines the lesson “Does it carry over?”. It compares the findings of the course in small nets with the same findings
in models that people use."""

from __future__ import annotations

from lessons.carries_over.claims import CLAIMS
from lessons.carries_over.pictures import SORTED, hook, picture, tells, verdict, views
from lessons.carries_over.runs import EFFECT, backdrop, chosen_effect, runs
from lessons.kit.lesson.catalogue import Lesson, lessons
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings


def script(settings: Settings) -> str:
    """Returns the program of the lesson that the small nets are from."""
    effect = chosen_effect(settings)
    lesson = lessons()[effect.lesson]
    return lesson.script(lesson.defaults.but(**effect.at))


LESSON = Lesson(
    number=21,
    chapter="For real",
    title="Does it carry over?",
    covers=("A", "B", "L"),
    question="Which findings in small nets are also true of models that people use?",
    controls=(EFFECT,),
    prediction=Prediction(
        asks="Small nets show all five effects. Which of them does a real model show, too?",
        sliders=tuple(SORTED.values()),
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    tells=tells,
    verdict=verdict,
    script=script,
)
