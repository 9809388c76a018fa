"""Lesson 14: learning without learning. A net that learns a line from its prompt, with delta at zero."""

from __future__ import annotations

import math

from core.spec import Measure, Run, Stage
from core.tasks import Lines
from lessons.kit import scripts
from lessons.kit.catalogue import (
    Control,
    Evidence,
    Given,
    Lesson,
    Prediction,
    Question,
    Settings,
    Sheet,
    Values,
)
from lessons.kit.figures import Figure
from lessons.kit.recipes import Seeds
from lessons.without_learning.claims import (
    AS_SEEN,
    BENT,
    CLAIMS,
    ENOUGH,
    EXAMPLES,
    FAR,
    SHOWN,
    STEEP,
    WORLDS,
    asked,
    context_runs,
    errors,
    learner,
    needed,
    share,
)
from lessons.without_learning.pictures import NET, TOLD, YOURS, beneath, by_examples, cost, counted, riddle, training

__all__ = ["LESSON", "beneath"]  # the catalogue takes beneath from here

STEPS = (50, 150, 500)  # of a live pretraining; 500 take four nets about 20 seconds of a core
LIVE, BATCH = 4, 32
NEVER = "never"
REACH = (3.0, 4.0)
SHEET = Sheet(
    kind="points",
    label="Your points: the prompt",
    help="Each is one example, in the order of their numbers. The net was never trained on them, and is not now.",
    default="-1.5,-1.4 -0.5,-0.6 0.4,0.12 1.2,0.76",
    most=EXAMPLES,
    reach=REACH,
)


def runs(settings: Settings) -> Values:
    """Pretraining from nothing: how a net comes by it."""
    stages = (Stage(steps=settings["steps"], batch=BATCH, rate=3e-3, anneal=True),)
    first = 100 * settings["draw"]
    return {YOURS: Run(task=Lines(), net="in_context", stages=stages, seeds=LIVE, first_seed=first)}


def yours(settings: Settings) -> Run:
    run = runs(settings)[YOURS]
    assert isinstance(run, Run)
    return run


def asks(settings: Settings, given: Given) -> Values:
    """What the nets that ship, and the learner's own once they are trained, make of the learner's points; and how well
    the learner's own do on prompts like those of the claims."""
    assert not isinstance(given, str)
    asked_of = {"answer": learner(), "your answer": yours(settings)}
    points: Values = {label: Measure(kind="in_context", runs=(run,), points=given) for label, run in asked_of.items()}
    return points | {"yours asked": asked(yours(settings))}


def backdrop(settings: Settings) -> Values:
    return context_runs(Seeds()) | {"net trained": learner()}


def hook(evidence: Evidence, settings: Settings) -> Figure:
    given = SHEET.given
    assert not isinstance(given, str)
    return riddle(given, REACH)


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """Before the prediction least squares alone."""
    if "net" not in evidence:
        return by_examples(
            evidence, AS_SEEN, guess, "A formula's error, least squares. Where will the net's curve run?"
        )
    return by_examples(evidence, settings["shift"], guess, f"Error {TOLD[settings['shift']]}")


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """All of it at once: the nets that are asked ship, and the learner's own join them when they are trained."""
    found = [counted(evidence["answer"])] if "answer" in evidence else []
    found += [training(evidence[YOURS], settings["steps"])] if YOURS in evidence else []
    found.append(picture(evidence, settings, guess))
    return [*found, cost(evidence, {NET: learner(), YOURS: yours(settings)}, settings["shift"])]


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    return []


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    net = {world: errors(evidence["net"], world).mean(0) for world in (AS_SEEN, FAR)}
    examples = needed(net[AS_SEEN])
    said = guess["examples"]
    return [
        (
            f"examples until the error stays below {100 * ENOUGH:.0f} %",
            said if said == NEVER else f"{said}",
            NEVER if math.isinf(examples) else f"{examples:g}",
        ),
        (f"error after {SHOWN} examples, twice as far out", f"{guess['far']} %", share(net[FAR][SHOWN])),
    ]


def script(settings: Settings) -> str:
    run, shift = yours(settings), settings["shift"]
    assert isinstance(run.task, Lines)
    world = {name.upper(): getattr(WORLDS[shift], name) for name in ("far", "steep", "bend")}
    title = f"{settings['steps']} steps of pretraining, asked {TOLD[shift]}"
    return scripts.shown(
        "lessons.without_learning.script", title, POINTS=run.task.points, **world, **scripts.constants(run)
    )


QUESTIONS = (
    Question(
        asks="You show the net eight points of a line, and it continues the line well. Then you show it eight points of "
        "another line. What does it still know of the first one?",
        options={
            "Nothing": "Yes. No weight moved, so nothing was kept. What it knew of the first line stood in the prompt and went with it.",
            "A little: the first line pulled its weights": "The count of changed weights says zero. There is nowhere for the first line to have left a trace.",
            "All of it, until it forgets": "Forgetting needs weights that move, as in lesson 9. Here none did, so there is nothing to forget and nothing that was kept.",
        },
        right="Nothing",
    ),
    Question(
        asks="Pretrained for 50 steps, your net gains nothing from a third example on. Pretrained for 500 steps, it does. "
        "What has it learned in between?",
        options={
            "The lines that it will be asked about": "Every line is drawn anew, from more than it could ever remember. Those that you place it has never met.",
            "How to make use of examples": "Yes. What is stored in the weights is no line but a way to read one off the prompt.",
            "The average line": "The average line is flat, at zero. Saying that costs one hundred percent, after any number of examples.",
        },
        right="How to make use of examples",
    ),
    Question(
        asks="A company puts five examples of its own invoices into every prompt of a large model, and it works. Then the "
        "invoices change to a form that hardly anybody uses. What would this lesson have you check first?",
        options={
            "Whether five examples still do: they help most where pretraining saw the like": "Yes. Our net drew on what its training had prepared it for, and lost hold outside of it, while a formula did not.",
            "Nothing: examples always tell the model all it needs": "They told ours all that was needed, a line through two points, and outside of what it saw it still erred.",
            "Whether the examples have changed the model's weights": "They have not; that is the point of it. Tomorrow's prompt starts from the same weights.",
        },
        right="Whether five examples still do: they help most where pretraining saw the like",
    ),
)

LESSON = Lesson(
    number=14,
    title="Learning without learning",
    covers=("C",),
    question="Can a model adapt with delta = 0?",
    controls=(
        Control(
            name="shift",
            label="Error tested on",
            options=(AS_SEEN, FAR, STEEP, BENT),
            default=AS_SEEN,
            help="Prompts of 1,000 lines like those of pretraining; with points twice as far out; three times as steep; or of "
            "parabolas.",
        ),
        Control(
            name="steps",
            label="Steps of your own pretraining",
            options=STEPS,
            default=500,
            help=f"Each step shows {BATCH} new lines. The nets that ship took 1,200 steps of 64.",
            slider=True,
        ),
    ),
    sheet=SHEET,
    prediction=Prediction(
        asks="The net was pretrained on random lines. It now meets a new one, and nothing is trained.",
        sliders=(
            Control(
                name="examples",
                label="From how many examples on will its error stay below five percent?",
                options=(1, 2, 3, 5, 7, 9, NEVER),
                default=9,
                help="Least squares needs two points to know a line.",
                slider=True,
            ),
            Control(
                name="far",
                label=f"With points twice as far out as in its pretraining: its error after {SHOWN} examples, in percent",
                options=(1, 2, 5, 10, 20, 50, 100),
                default=1,
                help="One hundred percent is what always saying zero costs. Least squares stays at zero.",
                slider=True,
            ),
        ),
        hidden="net",
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
