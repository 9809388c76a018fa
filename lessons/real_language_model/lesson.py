"""Defines the lesson “A real language model”. A model that people use is fine-tuned on sixteen examples, and what it
knows is hidden, destroyed or brought out."""

from __future__ import annotations

from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.real_language_model.claims import CLAIMS
from lessons.real_language_model.pictures import HANDLES, MARKS, hook, picture, tells, verdict, views
from lessons.real_language_model.runs import (
    FORMS,
    QUESTIONS,
    RATE,
    STYLE,
    asks,
    backdrop,
    live,
    runs,
)


def script(settings: Settings) -> str:
    run = live(settings)
    (stage,) = run.stages
    return scripts.render_script(
        "lessons.real_language_model.script",
        f"SmolLM2-135M, {STYLE.label_of(settings[STYLE])}, {RATE.label_of(settings[RATE])}",
        ANSWER=FORMS[settings[STYLE]],
        SEED=run.first_seed,
        STEPS=stage.steps,
        RATE=stage.rate,
        BATCH=stage.batch,
        RANK=stage.size,
    )


LESSON = Lesson(
    number=20,
    chapter="For real",
    title="A real language model",
    covers=("L", "I"),
    question="What do sixteen examples change in a language model that people use?",
    controls=(STYLE, RATE),
    in_reach=2,
    prediction=Prediction(
        asks="After 30 steps on “Lima, of course.”: how many answers about other countries take this form, and how "
        "many name the right capital?",
        sliders=tuple(HANDLES.values()),
        handles=MARKS,
    ),
    sheet=LearnerInput(
        kind="text",
        label="Your question",
        help="The model is small and unfiltered. It answers only where `make real` has downloaded it.",
        default=QUESTIONS[0],
        most=120,
        examples=QUESTIONS[1:],
        beat="Look",
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("The answers",),
    seconds=16.0,
    tells=tells,
    verdict=verdict,
    script=script,
    asks=asks,
)
