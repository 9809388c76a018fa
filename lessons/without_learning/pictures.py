"""Draws the figures of this lesson: error against examples, the learner's points, training, and the costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.experiment.spec import Run
from core.experiment.tasks import Lines
from lessons.kit.figures import ROLES, Figure
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.figures.scatter import Axis, Dot, scatter
from lessons.kit.figures.value_curves import value_curves
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Answer, Behaviour, Control, Results, Settings
from lessons.kit.results.evidence import line_by_x, without_band
from lessons.without_learning.claims import ENOUGH, curve, errors, fitted, needed, share
from lessons.without_learning.runs import AS_SEEN, BENT, EXAMPLES, FAR, SHIFT, SHOWN, STEEP, STEPS, learner, own_run

NEVER = "never"
ERROR = "Error compared with always answering 0"
REACH = (3.0, 4.0)
SEEN = (-2.0, 2.0)  # the range of nineteen in twenty points in pretraining, which have a normal distribution
PROMPT = Lines.shown
NET, FIT, YOURS = "the net", "least squares", "your net"
TAGS = {NET: (1, "right"), FIT: (1, "left"), YOURS: (4, "top")}  # where the names of the curves do not touch
LOOK = {NET: "pretrained", FIT: "target", YOURS: "scratch best"}
TOLD = {
    AS_SEEN: "on lines as in pretraining",
    FAR: "with points twice as far out",
    STEEP: "on lines three times as steep",
    BENT: "on parabolas",
}
ENOUGH_EXAMPLES: Control[int | str] = Control(
    name="examples",
    label="After how many examples does the net's error stay below five percent?",
    options=(1, 2, 3, 5, 7, 9, NEVER),
    default=9,
    help="Least squares knows a line after two points.",
    slider=True,
)
ERROR_FAR = Control(
    name="far",
    label=f"Error after {SHOWN} examples with points twice as far out as in pretraining, in percent",
    options=(1, 2, 5, 10, 20, 50, 100),
    default=1,
    help="A net that always answers 0 has an error of one hundred percent. The error of least squares is zero.",
    slider=True,
)
HANDLES = (
    Handle(x=ENOUGH_EXAMPLES, y=100 * ENOUGH, name="error stays below this line", where={NEVER: EXAMPLES}),
    Handle(x=SHOWN, y=ERROR_FAR, name="points twice as far out", unit=" %"),
)


def hook(evidence: Results, settings: Settings) -> Figure:
    return riddle(PROMPT, REACH)


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws error against examples. Before the prediction, only least squares is shown."""
    if not evidence.has("net"):
        title = f"{ERROR}: least squares {TOLD[AS_SEEN]}"
        return by_examples(evidence, AS_SEEN, guess, title)
    return by_examples(evidence, settings[SHIFT], guess, f"{ERROR}, {TOLD[settings[SHIFT]]}")


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the learner's own nets in pretraining, the changed weights, and the costs."""
    shown: Views = {}
    if told := evidence.behaviour("live"):
        shown["Your net's line"] = lambda: line_so_far(told)
    if evidence.has("live"):
        shown["Pretraining"] = lambda: training(evidence.table("live"), settings[STEPS])
    if evidence.has("net"):
        shown["Farther out"] = lambda: by_examples(evidence, FAR, guess, f"{ERROR}, {TOLD[FAR]}")
        nets = {NET: learner(), YOURS: own_run(settings)}
        shown["What changed"] = lambda: cost(evidence, nets, settings[SHIFT])
    return shown


def verdict(evidence: Results, guess: Guess) -> Verdict:
    net = {world: errors(evidence.answer("net"), world).mean(0) for world in (AS_SEEN, FAR)}
    examples = needed(net[AS_SEEN])
    did = NEVER if math.isinf(examples) else f"{examples:g}"
    return [
        (f"examples until the error stays below {100 * ENOUGH:.0f} %", str(guess[ENOUGH_EXAMPLES]), did),
        (f"error after {SHOWN} examples with points twice as far out", f"{guess[ERROR_FAR]} %", share(net[FAR][SHOWN])),
    ]


def riddle(points: tuple[tuple[float, float], ...], reach: tuple[float, float]) -> Figure:
    """Draws a prompt: some points of one line, and a question."""
    shown = [Dot(name=str(k), x=x, y=y, role="note", side="top") for k, (x, y) in enumerate(points, 1)]
    ask = Dot(name="y = ?", x=2.0, y=-reach[1] + 0.4, role="guess", side="right")
    across, up = (Axis(name=name, low=-end, high=end) for name, end in zip("xy", reach))
    title = "The prompt: some points of a line, in the order of their numbers. What is y at x = 2?"
    return scatter([*shown, ask], across, up, title=title, height=320)


def by_examples(evidence: Results, world: str, guess: Guess, title: str) -> Figure:
    """Draws error against the number of examples in the prompt, for least squares and for the nets that may be seen."""
    shown = [error_curve(fitted(evidence.answer("least squares"), world)[None], FIT)]
    shown += [error_curve(errors(answer, world), name) for name, answer in visible_answers(evidence).items()]
    marks = []
    at = guess[ENOUGH_EXAMPLES] if guess else NEVER
    if world == AS_SEEN and isinstance(at, int):
        marks.append(Mark(start=(at, 0.0), end=(at, 1.0), says="your prediction", role="guess"))
    if guess and world in (AS_SEEN, FAR):
        table = line_by_x({SHOWN: guess[ERROR_FAR] / 100})
        shown.append(Curve(table=table, name="your prediction: farther out", role="guess"))
    return curves(shown, "examples in the prompt", (0, EXAMPLES), marks, title=title, y="Error", log=False)


def visible_answers(evidence: Results) -> dict[str, Answer]:
    """Returns the answers of the nets that may be seen, by name."""
    return {name: evidence.answer(role) for role, name in (("net", NET), ("yours", YOURS)) if evidence.has(role)}


def error_curve(errors: np.ndarray, name: str) -> Curve:
    table = curve(errors)
    return Curve(table=table.assign(low=table.low.clip(lower=0)), name=name, role=LOOK[name], tag=TAGS[name])


def fitted_curves(evidence: Results, settings: Settings) -> list[Curve]:
    """Returns the curves that the nets and least squares fit to the learner's points. Without points there are none."""
    said = {name: evidence.answers(role).get((), {}) for role, name in (("said", NET), ("said by yours", YOURS))}
    curves = {name: answer["curve"][0] for name, answer in said.items() if answer.get("curve")}
    drawn = {name: banded(said[name]["x"], np.array(curve)) for name, curve in curves.items()}
    if line := said[NET].get("line"):
        drawn = {FIT: banded(said[NET]["x"], np.array([line]))} | drawn
    return [Curve(table=table, name=name, role=LOOK[name]) for name, table in drawn.items()]


def banded(x: list[float], said: np.ndarray) -> pd.DataFrame:
    """Returns the mean and the spread of predictions with the shape (seeds, places)."""
    mean, spread = said.mean(0), said.std(0)
    return pd.DataFrame({"x": x, "mean": mean, "low": mean - spread, "high": mean + spread})


def line_so_far(told: Sequence[Behaviour]) -> Figure:
    """Draws the line that the learner's first net sees in the prompt of the first beat, beside least squares and its
    own line before pretraining."""
    x, y = np.array(PROMPT).T
    slope, height = np.polyfit(x, y, 1)
    grid = np.linspace(-REACH[0], REACH[0], len(told[-1]["0"]["curve"]))
    at_first, now = (np.clip(test["0"]["curve"], -REACH[1], REACH[1]) for test in (told[0], told[-1]))
    step = told[-1]["step"]

    def drawn(y: np.ndarray) -> pd.DataFrame:
        return without_band(pd.DataFrame({"x": grid, "mean": y}))

    shown = [Curve(table=drawn(height + slope * grid), name=FIT, role=LOOK[FIT], tag=(-2.25, "right"))]
    if step:
        shown.append(Curve(table=drawn(at_first), name="before training", role="note", tag=(-2, "top")))
    shown.append(Curve(table=drawn(now), name=YOURS, role="pretrained"))
    across, up = (Axis(name=name, low=-end, high=end, form=".1f") for name, end in zip("xy", REACH))
    title = f"The line that your net sees in four points, after {step:,} training steps"
    figure = value_curves(shown, across, up, title=title)
    dots = {"type": "scatter", "name": "points", "data": [list(point) for point in PROMPT], "symbolSize": 13, "z": 5}
    dots |= {"color": ROLES["note"][0], "silent": True}
    return replace(figure, spec=figure.spec | {"series": [*figure.spec["series"], dots]})


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the error of the learner's nets so far."""
    if not evidence.has("live"):
        return ""
    table = evidence.table("live")
    last = table[table.step == table.step.max()]
    return f"After {int(last.step.max()):,} steps, the error of your nets is {share(float(last.error.mean()))}."


def training(table: pd.DataFrame, steps: int) -> Figure:
    """Draws the error of the learner's nets at the last point of a prompt, while they are pretrained."""
    shown = over_steps(table.assign(accuracy=table.error), YOURS, LOOK[YOURS])
    what = f"{ERROR}, after {EXAMPLES} examples: your nets during pretraining"
    return curves([shown], "training steps", (1, steps), title=what, y="Error")


def cost(evidence: Results, runs: Mapping[str, Run], world: str) -> Figure:
    """Draws a table of the cost of pretraining, and of what an answer changes, beside least squares."""
    columns: dict[str, list[str]] = {}
    for name, answer in visible_answers(evidence).items():
        run, table = runs[name], evidence.table("pretraining" if name == NET else "live")
        columns[name] = [
            f"{run.stages[0].steps * run.stages[0].batch:,}",
            f"{table.flops.max() / 1e9:,.0f}",
            f"{answer['changed']} of {answer['weights']:,}",
            share(errors(answer, world)[:, SHOWN].mean()),
        ]
    fit = share(fitted(evidence.answer("least squares"), world)[SHOWN])
    columns[FIT] = ["0", "0", "no weights", fit]
    rows = [
        "lines seen in pretraining",
        "computing operations of pretraining, billions per net",
        "weights changed by the examples",
        f"error after {SHOWN} examples",
    ]
    table = pd.DataFrame(columns, index=rows)
    told = "; ".join(f"{row}: " + ", ".join(f"{cell} {n}" for n, cell in table.loc[row].items()) for row in rows)
    return Figure(
        kind="table",
        spec=table,
        alt=told,
        title=f"What pretraining cost, what the examples changed, and the error {TOLD[world]}",
    )
