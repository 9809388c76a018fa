"""Defines the lesson “The day it forgot”. It shows how much of the old skill is left while a net learns a new one."""

from __future__ import annotations

from core.experiment.tasks import Handwriting
from lessons.day_it_forgot.claims import CLAIMS
from lessons.day_it_forgot.pictures import HALF_LOST, LEFT, NEVER, hook, in_words, picture, spared, verdict, views
from lessons.day_it_forgot.runs import AFTER_GLYPHS, RATE, SIMILARITY, STANDARD, TASK, backdrop, live_run, runs
from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.lesson.explanation import Mission
from lessons.kit.model.prediction import Handle, Prediction
from lessons.kit.model.values import Settings
from lessons.kit.runs.forgetting import AFTER_ARMS
from lessons.kit.runs.recipes import STEPS


def script(settings: Settings) -> str:
    run, title = live_run(settings), f"{in_words(settings)}, learning rate {settings[RATE]:g}"
    if settings[TASK] == AFTER_ARMS:
        return scripts.plane(run, title)
    if settings[TASK] == AFTER_GLYPHS:
        return scripts.digits(run, f"{title}; the last line is about the new skill")
    assert run.start and isinstance(run.task, Handwriting)
    both = scripts.old(run.start) | scripts.constants(run)
    return scripts.render_script("lessons.day_it_forgot.script", title, INVERTED=run.task.inverted, **both)


LESSON = Lesson(
    number=10,
    chapter="Forgetting",
    on_path=True,
    title="The day it forgot",
    covers=("B3",),
    question="What happens to an old skill when a net learns a new one?",
    controls=(RATE, TASK, SIMILARITY),
    prediction=Prediction(
        asks=f"The net learns 5 to 9 for {STEPS} steps at a learning rate of {STANDARD:g}. What happens to the old "
        "digits?",
        sliders=(HALF_LOST, LEFT),
        handles=(
            Handle(x=1, y=100),
            Handle(
                x=HALF_LOST, y=50, name="half lost", unit=" steps", where={NEVER: 1.6 * STEPS}, start=100, joined=True
            ),
            Handle(x=STEPS, y=LEFT, name="at the end", unit=" %", start=75),
        ),
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("First task", "Old examples"),
    verdict=verdict,
    script=script,
    mission=Mission(
        says="learn half of the new skill and keep half of the old one",
        met=spared,
        tries={control.name: control.options for control in (TASK, SIMILARITY, RATE)},
    ),
)
