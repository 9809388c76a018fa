"""Defines the lesson “Ways to remember”. It shows what protects an old skill, and how much this costs the new one."""

from __future__ import annotations

from core.experiment.tasks import Handwriting
from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.lesson.explanation import Mission
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.ways_to_remember import machine
from lessons.ways_to_remember.claims import CLAIMS
from lessons.ways_to_remember.machine.pasts import PAST
from lessons.ways_to_remember.pictures import (
    HANDLES,
    MARKS,
    hook,
    kept_without_examples,
    picture,
    tells,
    verdict,
    views,
)
from lessons.ways_to_remember.runs import METHOD, ROW, SCENE, STRENGTH, TASKS, backdrop, live_run, picked, runs


def script(settings: Settings) -> str:
    run, in_a_row = live_run(settings), settings[SCENE] == ROW
    assert run.start and isinstance(run.task, Handwriting)
    (keep,) = run.keep
    return scripts.render_script(
        "lessons.ways_to_remember.script",
        f"{picked(settings)}, {settings[SCENE]}",
        METHOD=keep.method,
        STRENGTH=keep.strength,
        COUNT=keep.count,
        BACKBONE="" if in_a_row else scripts.weights(run.start),
        TASKS=TASKS,
        INVERTED=run.task.inverted,
        **scripts.constants(run),
    )


LESSON = Lesson(
    number=11,
    chapter="Forgetting",
    on_path=True,
    title="Ways to remember",
    covers=("B3",),
    question="How can a net learn a new task without forgetting the old one?",
    controls=(METHOD, STRENGTH, SCENE),
    prediction=Prediction(
        asks="How much of the old skill is left with each way?",
        sliders=tuple(HANDLES.values()),
        handles=MARKS,
    ),
    claims=CLAIMS,
    benches=tuple(map(machine.bench, PAST.options)),
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("Old glyphs", "Old skill"),
    in_reach=2,
    tells=tells,
    mission=Mission(
        says="on dark digits, keep 75 % of the old skill and read 80 % of the new digits, without storing an old "
        "example",
        met=kept_without_examples,
        tries={control.name: control.options for control in (METHOD, STRENGTH)},
    ),
    verdict=verdict,
    script=script,
)
