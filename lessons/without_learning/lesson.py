"""Defines the lesson “Learning without learning”. It shows a net that learns a line from its prompt, although its
weights do not change."""

from __future__ import annotations

from core.experiment.tasks import Lines
from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.without_learning.claims import CLAIMS
from lessons.without_learning.pictures import (
    ENOUGH_EXAMPLES,
    ERROR_FAR,
    FIT,
    HANDLES,
    PROMPT,
    REACH,
    SEEN,
    TOLD,
    fitted_curves,
    hook,
    picture,
    verdict,
    views,
)
from lessons.without_learning.runs import EXAMPLES, SHIFT, STEPS, WORLDS, asks, backdrop, own_run, runs


def script(settings: Settings) -> str:
    run, shift = own_run(settings), settings[SHIFT]
    assert isinstance(run.task, Lines)
    world = {name.upper(): getattr(WORLDS[shift], name) for name in ("far", "steep", "bend")}
    title = f"{settings[STEPS]} steps of pretraining, asked {TOLD[shift]}"
    return scripts.render_script(
        "lessons.without_learning.script", title, POINTS=run.task.points, **world, **scripts.constants(run)
    )


LESSON = Lesson(
    number=17,
    chapter="Language",
    title="Learning without learning",
    covers=("C",),
    question="Can a model adapt with delta = 0?",
    controls=(SHIFT, STEPS),
    prediction=Prediction(
        asks="The net was pretrained on random lines. It now meets a new one, and nothing is trained.",
        sliders=(ENOUGH_EXAMPLES, ERROR_FAR),
        handles=HANDLES,
    ),
    sheet=LearnerInput(
        kind="points",
        label="Your points: the prompt",
        help="Each is one example, in the order of their numbers. The net was never trained on them, and is not now.",
        default=" ".join(f"{x:g},{y:g}" for x, y in PROMPT),
        most=EXAMPLES,
        reach=REACH,
        fit=FIT,
        shade=SEEN,
        shaded="where it learned",
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("Pretraining",),
    verdict=verdict,
    script=script,
    asks=asks,
    beneath=fitted_curves,
)
