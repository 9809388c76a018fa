"""Defines the lesson “Be careful what you reward”. It shows the promised and the true preference against the distance
from the pretrained net."""

from __future__ import annotations

from core.experiment.guest_book_words import ASKED
from core.experiment.tasks import Preferences
from lessons.be_careful.claims import CLAIMS
from lessons.be_careful.pictures import HANDLES, MARKS, hook, how, liked, picture, tells, verdict, views
from lessons.be_careful.runs import LEASH, METHOD, PRETRAINING_MIX, asks, backdrop, pleasing, runs
from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.lesson.explanation import Mission
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings


def script(settings: Settings) -> str:
    run = pleasing(settings)
    assert isinstance(run.task, Preferences) and run.start
    (stage,), (reading,) = run.stages, run.start.stages
    chosen = [pair if click == "a" else pair[::-1] for pair, click in zip(ASKED, run.task.clicks) if click != "-"]
    return scripts.render_script(
        "lessons.be_careful.script",
        how(settings),
        METHOD=stage.aim,
        BETA=stage.beta,
        MIX=stage.mix,
        NOTES=run.task.notes,
        BOOK_STEPS=reading.steps,
        BOOK_RATE=reading.rate,
        BOOK_BATCH=reading.batch,
        PAIRS=run.task.pairs,
        BETTER=[better for better, _ in chosen],
        WORSE=[worse for _, worse in chosen],
        **scripts.constants(run),
    )


LESSON = Lesson(
    number=16,
    chapter="Language",
    on_path=True,
    title="Be careful what you reward",
    covers=("H",),
    question="What happens when a net is rewarded for what people prefer?",
    controls=(LEASH, METHOD, PRETRAINING_MIX),
    prediction=Prediction(
        asks="How often will raters prefer the net's notes to ordinary notes, as it drifts away from the pretrained "
        "net?",
        sliders=tuple(HANDLES.values()),
        handles=MARKS,
    ),
    sheet=LearnerInput(
        kind="pairs",
        label="Which note do you prefer?",
        help="The reward model and DPO learn from your choices, and from simulated choices of other raters.",
        default="",
        most=len(ASKED),
        pairs=ASKED,
        beat="Look",
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("The notes",),
    verdict=verdict,
    script=script,
    asks=asks,
    tells=tells,
    mission=Mission(
        says="end with notes that raters prefer to ordinary notes at least 60 % of the time",
        met=liked,
        tries={control.name: control.options for control in (METHOD, LEASH, PRETRAINING_MIX)},
    ),
)
