"""Defines the lesson “Fast start or higher ceiling?”. It shows accuracy against steps, pretrained and from scratch."""

from __future__ import annotations

from lessons.fast_start.claims import CLAIMS
from lessons.fast_start.pictures import HANDLES, MARKS, hook, picture, verdict, views
from lessons.fast_start.runs import LABELS, PLANE, RATE, WORLD, backdrop, race_sides, runs
from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Seeds, Settings


def script(settings: Settings) -> str:
    run = race_sides(settings, Seeds(first=100 * settings.draw))["pretrained"]
    what = f"{WORLD.label_of(settings[WORLD])}, {settings[LABELS]} labels per class"
    title = f"{what}, pretrained, learning rate {settings[RATE]:g}"
    return scripts.plane(run, title) if settings[WORLD] == PLANE else scripts.digits(run, title)


LESSON = Lesson(
    number=2,
    chapter="A head start",
    title="Fast start or higher ceiling?",
    covers=("A3",),
    question="When does a net from scratch catch up with a pretrained net?",
    controls=(LABELS, RATE, WORLD),
    prediction=Prediction(
        asks="After how many steps is the net from scratch at most one percentage point behind the pretrained net?",
        sliders=tuple(HANDLES.values()),
        handles=MARKS,
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    verdict=verdict,
    script=script,
)
