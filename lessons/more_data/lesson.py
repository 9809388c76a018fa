"""Defines the lesson “More of the same”. It shows that loss falls with data along a straight line, and which tasks
gain from it."""

from __future__ import annotations

from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.more_data.claims import CLAIMS
from lessons.more_data.pictures import GAINS, HANDLES, POINTS, hook, picture, tells, verdict, views
from lessons.more_data.runs import AMOUNT, LEAST, LEAST_TEXT, MATERIAL, TEXT, backdrop, runs


def script(settings: Settings) -> str:
    first, *jobs = (piece.of for piece in runs(settings))
    if settings[MATERIAL] == TEXT:
        return scripts.reading(
            first, f"A language model from {LEAST_TEXT * settings[AMOUNT]} thousand characters of general English"
        )
    (probe,) = jobs[0].stages
    return scripts.render_script(
        "lessons.more_data.script",
        f"A backbone from {LEAST * settings[AMOUNT]} drawings of each glyph, and probes on it",
        SEED=first.first_seed,
        DRAWINGS=LEAST * settings[AMOUNT],
        STAGES=scripts.stages(first),
        BATCH=first.stages[0].batch,
        PROBE_STEPS=probe.steps,
        PROBE_RATE=probe.rate,
        PROBE_BATCH=probe.batch,
    )


LESSON = Lesson(
    number=7,
    chapter="Choosing and paying",
    title="More of the same",
    covers=("A1", "R"),
    question="How much does twice the data help?",
    controls=(AMOUNT, MATERIAL),
    prediction=Prediction(
        asks="How much of the loss is left with more data, in percent of the loss with the smallest amount?",
        sliders=(*HANDLES.values(), GAINS),
        handles=POINTS,
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    verdict=verdict,
    script=script,
    tells=tells,
)
