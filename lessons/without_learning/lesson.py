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
    tells,
    verdict,
    views,
)
from lessons.without_learning.runs import EXAMPLES, SHIFT, STEPS, WORLDS, asks, backdrop, own_run, runs


def script(settings: Settings) -> str:
    run, shift = own_run(settings), settings[SHIFT]
    assert isinstance(run.task, Lines)
    world = {name.upper(): getattr(WORLDS[shift], name) for name in ("far", "steep", "bend")}
    title = f"{settings[STEPS]} steps of pretraining, tested {TOLD[shift]}"
    return scripts.render_script(
        "lessons.without_learning.script", title, POINTS=run.task.points, **world, **scripts.constants(run)
    )


LESSON = Lesson(
    number=17,
    chapter="Language",
    title="Learning without learning",
    covers=("C",),
    question="Can a net learn something new when none of its weights change?",
    controls=(SHIFT, STEPS),
    prediction=Prediction(
        asks="The pretrained net reads points of a new line, and no weight changes. How well does it know the line?",
        sliders=(ENOUGH_EXAMPLES, ERROR_FAR),
        handles=HANDLES,
    ),
    sheet=LearnerInput(
        kind="points",
        label="Your points (the net's prompt)",
        help="Each point is one example, and the net reads them in the order of their numbers. It is never trained "
        "on your points.",
        default=" ".join(f"{x:g},{y:g}" for x, y in PROMPT),
        most=EXAMPLES,
        reach=REACH,
        fit=FIT,
        shade=SEEN,
        shaded="range of pretraining",
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("Your net's line", "Pretraining"),
    tells=tells,
    seconds=8,
    verdict=verdict,
    script=script,
    asks=asks,
    beneath=fitted_curves,
)
