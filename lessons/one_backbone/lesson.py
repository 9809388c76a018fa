"""Defines the lesson “One backbone, many tasks”. It shows which pretrained net to choose, and how well a score
predicts this before any training."""

from __future__ import annotations

from core.experiment.tasks import Glyphs, Handwriting
from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.lesson.explanation import Mission
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.one_backbone.claims import CLAIMS
from lessons.one_backbone.pictures import HANDLES, MARKS, as_good, hook, picture, tells, verdict, views
from lessons.one_backbone.runs import BACKBONE, JOB, UNTRAINED, after, backdrop, favourite, picks, runs


def script(settings: Settings) -> str:
    run = picks(settings)[settings[BACKBONE]]
    assert run.start and isinstance(run.task, Glyphs | Handwriting)
    return scripts.render_script(
        "lessons.one_backbone.script",
        f"{settings[JOB]} with the backbone {settings[BACKBONE]}: its score, and then a probe",
        JOB=run.task.scripts if isinstance(run.task, Glyphs) else "digits",
        INVERTED=run.task.inverted,
        TURNED=run.task.turn == 90,
        BACKBONE=scripts.weights(run.start),
        **scripts.constants(run),
    )


LESSON = Lesson(
    number=6,
    chapter="Choosing and paying",
    title="One backbone, many tasks",
    covers=("A1", "A4", "T"),
    question="Which pretrained net is best for your task?",
    controls=(BACKBONE, JOB),
    prediction=Prediction(
        asks="How many unseen digits will the probe on each backbone read?",
        sliders=tuple(HANDLES.values()),
        handles=MARKS,
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("The probes",),
    tells=tells,
    mission=Mission(
        says="find another backbone whose probes are at most three points less accurate than those on the score's "
        "choice",
        met=as_good,
        tries={BACKBONE.name: BACKBONE.options},
        idle=lambda settings: settings[BACKBONE] == UNTRAINED,
        rival=lambda settings: f"probe on {favourite(settings[JOB])}",
    ),
    verdict=verdict,
    script=script,
    after=after,
)
