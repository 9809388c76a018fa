"""Defines the lesson “From parrot to helper”. After some examples of instructions, a model that continued texts gives
answers."""

from __future__ import annotations

from core.experiment.tasks import WHAT, Instructions
from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.lesson.explanation import Mission
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.parrot_to_helper.claims import CLAIMS
from lessons.parrot_to_helper.pictures import (
    FACTS_RIGHT,
    FORM_AT,
    MARKS,
    half_with_few,
    hook,
    picture,
    tells,
    verdict,
    views,
)
from lessons.parrot_to_helper.runs import BESIDE, COUNT, MOST, WITHOUT, after, asks, backdrop, live_runs, runs


def script(settings: Settings) -> str:
    run = live_runs(settings)[0]
    assert run.start and isinstance(run.task, Instructions)
    return scripts.render_script(
        "lessons.parrot_to_helper.script",
        f"Fine-tuning on {settings[COUNT]} examples, without “{settings[WITHOUT]}”",
        EXAMPLES=run.task.examples,
        WITHOUT=run.task.without,
        BACKBONE=scripts.weights(run.start),
        REPLAY=sum(keep.count for keep in run.keep),
        **scripts.constants(run),
    )


LESSON = Lesson(
    number=15,
    chapter="Language",
    title="From parrot to helper",
    covers=("L", "I"),
    question="How does a net that only continues texts learn to answer?",
    controls=(COUNT, WITHOUT, BESIDE),
    prediction=Prediction(
        asks="What percentage of answers to unseen instructions will have the right form, or be correct about facts?",
        sliders=(*FORM_AT.values(), FACTS_RIGHT),
        handles=MARKS,
    ),
    sheet=LearnerInput(
        kind="text",
        label="Your instruction",
        help="Write what to do, how to write the answer, and the text. The examples ask for: " + ", ".join(WHAT) + ". "
        "They want the answer plain, shouted (!), doubted (?) or twice.",
        default="Old or new, shouted: he saith unto them",
        most=80,
        examples=("In French: Spain", "Answer: Who wrote Hamlet?"),
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("The answers",),
    tells=tells,
    seconds=12,
    mission=Mission(
        says=f"with fewer than {MOST} examples, get at least half of all answers in the right form",
        met=half_with_few,
        tries={control.name: control.options for control in (COUNT, BESIDE)},
    ),
    verdict=verdict,
    script=script,
    after=after,
    asks=asks,
)
