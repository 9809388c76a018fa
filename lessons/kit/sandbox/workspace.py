"""Defines the sandbox as a workspace: its controls, its runs and its picture. The page is app/app_pages/sandbox.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from core.experiment.spec import Run
from core.user_data import ownership
from lessons.kit.figures import ROLES, Figure
from lessons.kit.figures.compare_runs import COLOURS, DASHES, GREY, Line, Scale, compare_runs
from lessons.kit.lesson.catalogue import Guess, Views, Workspace
from lessons.kit.model.prediction import SHARES, expected
from lessons.kit.model.values import Control, LabelledRun, Results, Runs, Settings, Values
from lessons.kit.sandbox import link_codec, pins
from lessons.kit.sandbox.experiment import at_draw, fits, twin
from lessons.kit.sandbox.presets import presets
from lessons.kit.sandbox.results import curve, ending, select_column
from lessons.kit.sandbox.verdict import difference, verdict

SLUG = "sandbox"
FIRST = "label_worth"  # the lesson whose experiment is shown first
YOURS, SCRATCH = "yours", "from scratch"
CALLED = {YOURS: "your net", SCRATCH: "the net from scratch"}  # in sentences
NO_BET = "no bet"
TRAIN, COMPARE, SWEEP, CHALLENGES = "Train", "Compare", "Sweep", "Challenges"
STEP = Control(name="step", label="Step", options=(TRAIN, COMPARE, SWEEP, CHALLENGES), default=TRAIN, help="")


@dataclass(frozen=True, kw_only=True)
class CodeControl(Control[str]):
    """Defines a control whose value is encoded in a text of the link. An empty text is the default value."""

    check: Callable[[str], Any] = str

    def read(self, text: str) -> str:
        if text:
            self.check(text)
        return text


def check_experiment(text: str) -> None:
    """Raises BadValue if the text is not an experiment, or if the experiment uses data that no longer exist."""
    ownership.check_run(fits(link_codec.read(text)))


def check_pins(text: str) -> None:
    """Raises BadValue if the text is not a list of pins, or if a pinned run uses data that no longer exist."""
    for pin in pins.read(text):
        ownership.check_run(pin.run)


EXPERIMENT = CodeControl(
    name="run", label="Experiment", options=("",), default="", help="", kind="experiment", check=check_experiment
)
PINS = CodeControl(name="pins", label="Pinned runs", options=("",), default="", help="", kind="pins", check=check_pins)
BESIDE = Control(
    name="beside",
    label="Compare with",
    options=(SCRATCH, "nothing"),
    default=SCRATCH,
    labels={SCRATCH: "a net from scratch"},
    help="Also train a net from scratch on the same task, with the same number of steps if possible. The difference "
    "between the two curves is the benefit of pretraining.",
)
BET = Control(
    name="bet",
    label="Your prediction: final accuracy",
    options=(NO_BET, *SHARES),
    default=NO_BET,
    labels={NO_BET: "no prediction"},
    help="Before you train, predict the final accuracy of your net. It appears as a line across the picture.",
    slider=True,
)


def experiment(settings: Settings) -> Run:
    """Returns the experiment that the learner has set, at their current draw."""
    text = settings[EXPERIMENT]
    return at_draw(link_codec.read(text) if text else presets()[FIRST], settings)


def runs(settings: Settings) -> Runs:
    """Returns the experiment, and the same run from scratch to show beside it."""
    run = experiment(settings)
    pieces = [LabelledRun("race", run, YOURS, name=YOURS)]
    if run.start and settings[BESIDE] == SCRATCH:
        pieces.append(LabelledRun("race", twin(run), SCRATCH, name=SCRATCH))
    return pieces


def backdrop(settings: Settings) -> Values:
    """Returns the pinned runs."""
    return [LabelledRun("pin", pin.run, k, name=pin.name) for k, pin in enumerate(pins.read(settings[PINS]))]


def lines(evidence: Results, settings: Settings, what: str, against: str) -> tuple[list[Line], Scale | None]:
    """Returns the curves of all runs whose unit is the same as that of the learner's own run, and the scale."""
    found: list[tuple[str, pd.DataFrame, str, str, bool]] = []
    found += [("before", t, GREY, "solid", True) for t in evidence.tables("before").values()]
    for k, pin in enumerate(pins.read(settings[PINS])):
        if evidence.has("pin", k):
            found.append((pin.name, evidence.table("pin", k), COLOURS[k], DASHES[k], False))
    for side, role in ((SCRATCH, "scratch"), (YOURS, "pretrained")):
        if evidence.has("race", side):
            found.append(
                (side, evidence.table("race", side), ROLES[role][0], "solid" if side == YOURS else "dash", False)
            )
    scale, made = None, []
    for name, table, colour, dash, faint in reversed(found):
        of = select_column(table, what)
        if of is None or (scale and of.scale != scale):
            continue
        scale = of.scale
        made.append(Line(name=name, table=curve(table, of, against), colour=colour, dash=dash, faint=faint))
    return made[::-1], scale


def axis(evidence: Results, settings: Settings, against: str) -> Scale:
    """Returns the scale of the x-axis. It ends at the steps of the longest run, so that the axis stays the same while
    the runs are training."""
    if against == "flops":
        return Scale(name="operations per net")
    mine = [piece.of for piece in runs(settings) if not len(evidence) or evidence.has(*piece.place)]
    others = [int(t.step.max()) for role in ("pin", "before") for t in evidence.tables(role).values() if len(t)]
    return Scale(name="steps", low=0, high=max([*(run.steps for run in mine), *others], default=1))


def is_complete(evidence: Results, settings: Settings) -> bool:
    """Returns whether all of the learner's own runs are finished."""
    return all(
        not evidence.has(*piece.place) or evidence.table(*piece.place).step.iloc[-1] >= piece.of.steps
        for piece in runs(settings)
    )


def drawing(evidence: Results, settings: Settings, what: str, against: str) -> Figure:
    """Draws the curves of all runs for one column, against steps or operations."""
    made, scale = lines(evidence, settings, what, against)
    bet = settings[BET]
    level = (expected(bet), "your prediction") if what == "new" and bet != NO_BET else None
    y = scale or Scale(name="accuracy", unit="%", low=0, high=100)
    return compare_runs(
        made,
        axis(evidence, settings, against),
        y,
        level if y.unit == "%" else None,
        live=not is_complete(evidence, settings),
    )


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    return drawing(evidence, settings, "new", "step")


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the old skill if it is tested, the loss, and the new task against its cost."""
    there: Views = {}
    if lines(evidence, settings, "old", "step")[0]:
        there["Old skill"] = partial(drawing, evidence, settings, "old", "step")
    there["Loss"] = partial(drawing, evidence, settings, "loss", "step")
    there["By cost"] = partial(drawing, evidence, settings, "new", "flops")
    return there


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the scores of both sides. When the runs are finished, it also says which side is better, and compares
    the result with the bet."""
    said = []
    for side in (YOURS, SCRATCH):
        if evidence.has("race", side) and len(table := evidence.table("race", side)):
            of = select_column(table, "new")
            assert of is not None
            mean, spread = ending(table, of)
            said.append(f"{CALLED[side]} is at **{mean:.3g} {of.scale.unit}** ± {spread:.2g}")
            if side == YOURS and (old := select_column(table, "old")):
                said.append(f"its old skill is at {ending(table, old)[0]:.3g} {old.scale.unit}")
    told = "; ".join(said)
    told = f"{told[:1].upper()}{told[1:]}." if told else ""
    return " ".join(filter(None, (judged(evidence, settings), told, compare_with_bet(evidence, settings))))


def judged(evidence: Results, settings: Settings) -> str:
    """Returns a sentence that says which side is better and by how much, once both are finished."""
    if not (evidence.has("race", YOURS) and evidence.has("race", SCRATCH) and is_complete(evidence, settings)):
        return ""
    found = difference(evidence.table("race", YOURS), evidence.table("race", SCRATCH))
    return verdict(*found, CALLED[YOURS], CALLED[SCRATCH]) if found else ""


def compare_with_bet(evidence: Results, settings: Settings) -> str:
    """Returns a sentence that compares the bet with the result, once the run is finished."""
    if settings[BET] == NO_BET or not evidence.has("race", YOURS) or not is_complete(evidence, settings):
        return ""
    of = select_column(table := evidence.table("race", YOURS), "new")
    if of is None or of.scale.unit != "%":
        return "You predicted an accuracy, but this task does not measure accuracy."
    mean, bet = ending(table, of)[0], expected(settings[BET])
    gap = f"{abs(mean - bet):.0f} points {'more' if mean > bet else 'less'}"
    return f"You predicted {bet:.0f} %, and it is {gap if abs(mean - bet) >= 0.5 else 'just that'}."


BENCH = Workspace(
    slug=SLUG,
    controls=(EXPERIMENT, BESIDE, BET, PINS),
    folded="Comparison, prediction, pinned runs",
    runs=runs,
    backdrop=backdrop,
    picture=picture,
    views=views,
    tells=tells,
    plays=False,
    words={"run": ""},
)
