"""Defines the lesson “A real eye”. A net for photos that people use learns other pictures from a few labels, and loses
some of its names."""

from __future__ import annotations

from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.prediction import Handle, Prediction
from lessons.kit.model.values import Settings
from lessons.kit.model.wording import count_noun
from lessons.real_eye.claims import CLAIMS
from lessons.real_eye.pictures import HANDLES, hook, picture, tells, verdict, views
from lessons.real_eye.runs import LABELS, SOURCE, WAY, after, backdrop, runs


def script(settings: Settings) -> str:
    run = runs(settings)[0].of
    return scripts.render_script(
        "lessons.real_eye.script",
        f"EfficientNet-Lite0 on {SOURCE.label_of(settings[SOURCE])}, {settings[LABELS]} labels per class, head only",
        SOURCE=settings[SOURCE],
        LABELS=settings[LABELS],
        SEED=run.first_seed,
        STEPS=run.stages[0].steps,
        RATE=run.stages[0].rate,
    )


LESSON = Lesson(
    number=19,
    chapter="For real",
    title="A real eye",
    covers=("A", "B"),
    question="What can a net that was trained on photos learn from one label per class?",
    controls=(SOURCE, LABELS, WAY),
    in_reach=2,
    prediction=Prediction(
        asks="How many unseen emoji does the pretrained net get right after 1, 2 and 5 labels per class?",
        sliders=tuple(HANDLES.values()),
        handles=tuple(
            Handle(x=n, y=control, name=count_noun(n, "label"), unit=" %", start=15) for n, control in HANDLES.items()
        ),
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    after=after,
    hook=hook,
    picture=picture,
    views=views,
    moving=("Picture by picture",),
    tells=tells,
    verdict=verdict,
    script=script,
)
