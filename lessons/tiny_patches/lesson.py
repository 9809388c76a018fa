"""Defines the lesson “Tiny patches”. It shows how small a part of a net must be trained for a new task, and how much
this saves."""

from __future__ import annotations

from core.experiment.tasks import Plane
from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.lesson.explanation import Mission
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.tiny_patches.claims import CLAIMS
from lessons.tiny_patches.pictures import CUT, MARKS, TRAINED, close_on_far, hook, picture, tells, verdict, views
from lessons.tiny_patches.runs import (
    FAR,
    FULL,
    METHOD,
    SIZE,
    WHERE,
    after,
    backdrop,
    method_set,
    runs,
    shown_method,
    sides,
)


def script(settings: Settings) -> str:
    run = sides(settings)[method_set(settings)]
    assert run.start
    (stage,), task = run.stages, run.task
    return scripts.render_script(
        "lessons.tiny_patches.script",
        f"{WHERE.label_of(settings[WHERE])}: {shown_method(method_set(settings))}",
        WORLD=task.world,
        MIRRORED=isinstance(task, Plane) and task.mirrored,
        BACKBONE=scripts.weights(run.start),
        METHOD=stage.method,
        SIZE=stage.size,
        **scripts.constants(run),
    )


LESSON = Lesson(
    number=12,
    chapter="Forgetting",
    title="Tiny patches",
    covers=("P",),
    question="How much of a net must change for a new task?",
    controls=(SIZE, METHOD, WHERE),
    prediction=Prediction(
        asks="What is the smallest rank that comes within two points of the accuracy of full fine-tuning?",
        sliders=(TRAINED, CUT),
        handles=MARKS,
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("Both nets",),
    tells=tells,
    mission=Mission(
        says="on the mirrored arms, train a patch that comes within three points of full fine-tuning",
        met=close_on_far,
        rival=lambda settings: shown_method(FULL),
        tries={WHERE.name: (FAR,), METHOD.name: METHOD.options, SIZE.name: SIZE.options},
    ),
    verdict=verdict,
    script=script,
    after=after,
)
