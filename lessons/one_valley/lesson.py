"""Defines the lesson “One valley”. It shows the straight line between two nets that were fine-tuned from one
backbone, and the line to a net that was trained separately."""

from __future__ import annotations

from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.kit.runs.recipes import backbone
from lessons.one_valley.claims import CLAIMS
from lessons.one_valley.pictures import AWAY, HANDLES, KIN, hook, picture, tells, verdict, views
from lessons.one_valley.runs import (
    EVERY,
    JOIN,
    LABELS,
    PARENT,
    STRANGER,
    A,
    after,
    backdrop,
    live_family,
    runs,
)


def script(settings: Settings) -> str:
    labels, nets = settings[LABELS], live_family(settings)
    (probe,), (tuning,), (training,) = (nets[name].stages for name in (PARENT, A, STRANGER))
    return scripts.render_script(
        "lessons.one_valley.script",
        f"two children of one backbone with {labels} labels per class each, and a stranger with {EVERY}",
        SEED=nets[A].first_seed,
        BACKBONE=scripts.weights(backbone()),
        LABELS=labels,
        BATCH=tuning.batch,
        HEAD_STEPS=probe.steps,
        HEAD_RATE=probe.rate,
        STEPS=tuning.steps,
        RATE=tuning.rate,
        EVERY=EVERY,
        STRANGER_STEPS=training.steps,
        STRANGER_RATE=training.rate,
        STRANGER_BATCH=training.batch,
    )


LESSON = Lesson(
    number=5,
    chapter="A head start",
    title="One valley",
    covers=("F",),
    question="Can you average the weights of two nets?",
    controls=(JOIN, LABELS),
    prediction=Prediction(
        asks="How many unseen digits does the net half way along each line read?",
        sliders=(KIN, AWAY),
        handles=HANDLES,
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("Landscape", "During training"),
    tells=tells,
    verdict=verdict,
    script=script,
    after=after,
)
