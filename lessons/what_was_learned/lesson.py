"""Defines the lesson “What was really learned?”. It shows which copied layers help with a new task: frozen, trained
or shuffled."""

from __future__ import annotations

from core.experiment.tasks import Plane
from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.what_was_learned.claims import CLAIMS
from lessons.what_was_learned.pictures import BEST, HANDLES, RANDOM_RIGHT, hook, picture, verdict, views
from lessons.what_was_learned.runs import COPIED, FROZEN, WORLD, backdrop, live_run, runs


def script(settings: Settings) -> str:
    run, world = live_run(settings, FROZEN), settings[WORLD]
    title = f"{world[0].upper()}{world[1:]}: the first {run.copied} of three layers copied and frozen"
    if not isinstance(run.task, Plane):
        return scripts.digits(run, title)
    assert run.start
    return scripts.render_script(
        "lessons.what_was_learned.script",
        title,
        BACKBONE=scripts.weights(run.start),
        COPIED=run.copied,
        TURN=run.task.turn,
        **scripts.constants(run),
    )


LESSON = Lesson(
    number=4,
    chapter="A head start",
    title="What was really learned?",
    covers=("R",),
    question="Which layers of a pretrained net are worth reusing?",
    controls=(COPIED, WORLD),
    prediction=Prediction(
        asks="What happens if the copied layers are frozen and only the layers above them learn?",
        sliders=(BEST, RANDOM_RIGHT),
        handles=HANDLES,
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("Trained or frozen", "Accuracy by step"),
    verdict=verdict,
    script=script,
)
