"""Draws the figures of this lesson: the loss that is left when the data double, the learner's guess, and four
downstream tasks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.figures.image_grid import image_grid
from lessons.kit.figures.power_law import power_law
from lessons.kit.figures.scatter import Axis
from lessons.kit.figures.value_curves import value_curves
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Control, Results, Settings, visible
from lessons.kit.results.evidence import band_by_x, final, fit_power_law, line_by_x, load_results, without_band
from lessons.kit.runs.downstream_tasks import DIGITS, DOWNSTREAM_TASKS, INVERTED
from lessons.kit.runs.text_adaptation import bits
from lessons.more_data.claims import extended, gained, losses, share_of_loss
from lessons.more_data.runs import DRAWINGS, GLYPHS, KNOWN, LEAST, MATERIAL, SIZES, TEXT, TEXTS, TIMES, backdrop

ROLE = {DRAWINGS: "source", TEXT: "target"}
START = {DRAWINGS: 75, TEXT: 100}  # percent, the first positions of the handles
GROWN = {1: 4, 2: 8, 4: 16, 8: 32}  # how many drawings are shown in a row, by the multiple of the smallest amount
SPAN = (0.9, 18)  # multiples of the smallest amount
HIGH = 120  # percent of the loss at the smallest amount, the upper end of the picture
PERCENT = Axis(name="loss that is left (%)", low=40, high=HIGH, log=True, form=".0f")
AMOUNTS = Axis(name="amount of data (times the smallest amount)", low=SPAN[0], high=SPAN[1], log=True, form="g")


def handle(name: str, material: str, times: int) -> Control[int]:
    return Control(
        name=name,
        label=f"Loss left with {times} times the {material}, in percent",
        options=tuple(range(40, 105, 5)),
        default=80,
        help="The loss in percent of the loss with the smallest amount. Both axes are logarithmic.",
        slider=True,
    )


# The learner's line, by material and amount.
HANDLES = {
    (DRAWINGS, 8): handle("drawings8", DRAWINGS, 8),
    (DRAWINGS, 16): handle("drawings16", DRAWINGS, 16),
    (TEXT, 16): handle("text16", TEXT, 16),
}
POINTS = tuple(
    Handle(x=times, y=control, name=material * (times == TIMES[-1]), unit=" %", start=START[material], joined=False)
    for (material, times), control in HANDLES.items()
)
GAINS = Control(
    name="gains",
    label="Which task gains least from more drawings?",
    options=tuple(DOWNSTREAM_TASKS),
    default=DIGITS,
    help="A new head learns each task on the features of the backbone, which has learned from white strokes on black. "
    "Inverted digits are black on white, and turned digits lie on their side.",
)


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws amounts of drawings that double, and the loss after training on each. The last loss is not known yet."""
    every, known = evidence.answer("drawn")["pictures"][0], losses(evidence, DRAWINGS)
    rows, told = {}, []
    for times, count in GROWN.items():
        said = f"loss {known[times].mean():.1f}" if times in KNOWN else "loss ?"
        heading = f"{GLYPHS * LEAST * times:,} drawings like these: {said}"
        told.append(heading)
        picked = every[:: len(every) // count][:count]
        rows[heading] = [{"image": drawing["image"], "alt": "a drawing of a glyph"} for drawing in picked]
    return image_grid(rows, f"Piles of drawings, each twice as large as the one before. {'; '.join(told)}.")


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the loss that is left against the amount of data, on two logarithmic axes.

    It shows drawings and text with their straight lines, the learner's own net, and the guess with its error. Before
    the prediction, only the three smallest amounts are shown.
    """
    shown = list[Curve]()
    for material, role in ROLE.items():
        shares = {times: 100 * each for times, each in share_of_loss(evidence, material).items()}
        means, own = {times: float(each.mean()) for times, each in shares.items()}, own_shares(evidence, material)
        if len(means) == len(TIMES):
            exponent, start, _ = fit_power_law(TIMES, np.array(list(means.values())))
            straight = {times: start * times**-exponent for times in TIMES}
            shown.append(
                Curve(table=line_by_x(straight), name=f"a straight line: {material}", role="note", named=False)
            )
        elif guess or own:
            ahead = {times: 100 * extended(share_of_loss(evidence, material), times) for times in (KNOWN[0], TIMES[-1])}
            name = f"the line through the known amounts: {material}"
            shown.append(Curve(table=line_by_x(ahead), name=name, role="note", named=False))
        shown.append(Curve(table=band_by_x(shares), name=material, role=role))
        shown += guess_curve(material, means, guess)
        for times, fallen in own.items():
            falls = pd.DataFrame({"x": float(times), "mean": np.minimum(100 * fallen, 0.99 * HIGH)})
            shown.append(Curve(table=without_band(falls), name="its way down", role="scratch", named=False))
            shown.append(Curve(table=without_band(falls.tail(1)), name="this run", role="scratch"))
    title = "How much of the loss on unseen examples is left with more training data"
    figure = value_curves(shown, AMOUNTS, PERCENT, title=title)
    across = figure.spec["xAxis"] | {key: {"customValues": list(TIMES)} for key in ("axisLabel", "axisTick")}
    ticks = {key: {"customValues": [40, 50, 60, 70, 80, 90, 100]} for key in ("axisLabel", "axisTick")}
    for series in figure.spec["series"]:
        if series.get("name") in ROLE and len(series["data"]) < len(TIMES):  # where the learner's line continues
            series["endLabel"] |= {"offset": [-24, -16]}
        if series.get("name") == "its way down":
            series |= {"symbol": "none", "lineStyle": series["lineStyle"] | {"width": 1.5}}
        if series.get("name") == "this run":
            series |= {"symbolSize": 13, "z": 5, "endLabel": series["endLabel"] | {"offset": [0, -12]}}
    return replace(figure, spec=figure.spec | {"xAxis": across, "yAxis": figure.spec["yAxis"] | ticks})


def guess_curve(material: str, means: dict[int, float], guess: Guess) -> list[Curve]:
    """Returns the learner's line from the last known point, with marks for its errors."""
    if not guess:
        return []
    said = {times: float(guess[control]) for (of, times), control in HANDLES.items() if of == material}
    last = KNOWN[-1]
    gaps = [
        Curve(table=without_band(pd.DataFrame({"x": times, "mean": [guessed, means[times]]})), name="", role="guess")
        for times, guessed in said.items()
        if times in means
    ]
    line = Curve(table=line_by_x({last: means[last], **said}), name=f"you: {material}", role="guess")
    return [line, *(replace(gap, name=f"missed {k}, {material}", named=False) for k, gap in enumerate(gaps))]


def own_shares(evidence: Results, material: str) -> dict[int, np.ndarray]:
    """Returns the loss of the learner's own net at every test so far, by the amount of data. It is a share of the mean
    loss at the smallest amount."""
    whole = losses(evidence, material)[1].mean()
    return {times: own_losses(table, material) / whole for times, table in evidence.tables("live", material).items()}


def own_losses(table: pd.DataFrame, material: str) -> np.ndarray:
    """Returns the loss of one net on unseen examples at every test."""
    return bits(table).mean(1) if material == TEXT else table.nats.to_numpy()


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the nets while they train, four downstream tasks against the size of pretraining, and
    both lines in their own units."""
    shown: Views = {}
    if evidence.tables("live job") and not evidence.has("loss"):
        shown["Two tasks"] = lambda: learning(evidence)
    if not evidence.has("loss"):
        return shown
    return shown | {
        "Four tasks": lambda: jobs(evidence),
        "Loss on drawings": lambda: in_nats(evidence),
        "Loss on text": lambda: in_bits(evidence),
    }


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the current loss of the learner's net, and what the line through the known amounts says."""
    material, known = settings[MATERIAL], load_results(visible(backdrop(settings)))
    for times, fallen in own_shares(known | evidence, material).items():
        told = f"Your net has {percent(float(fallen[-1]))} of the loss left."
        if times in KNOWN:
            return told
        line = extended(share_of_loss(known, material), times)
        return f"{told} The line through the three known amounts says {percent(line)}."
    return ""


def learning(evidence: Results) -> Figure:
    """Draws the two new heads on the learner's own backbone against steps."""
    shown = []
    for (job, _), probed in evidence.tables("live job").items():
        shown.append(over_steps(probed, job, "scratch" if job == INVERTED else "pretrained"))
    last = max(float(curve.table.x.max()) for curve in shown)
    title = "Accuracy of two new heads on your backbone, on unseen examples"
    return curves(shown, "training steps", (1, max(2.0, last)), title=title)


def jobs(evidence: Results) -> Figure:
    """Draws every downstream task against the size of pretraining, and the learner's own probes."""
    shown = []
    for job in DOWNSTREAM_TASKS:
        read = {size // LEAST: final(evidence.table("size", job, size)) for size in SIZES}
        shown.append(Curve(table=band_by_x(read), name=job, role="scratch" if job == INVERTED else "pretrained"))
        for times, table in evidence.tables("live job", job).items():
            share = float(final(table).mean())
            shown.append(Curve(table=line_by_x({times: share}), name=f"this run, {job}", role="note", named=False))
    title = "Accuracy of a new head on unseen examples, on backbones that learned from more drawings"
    return curves(shown, "number of drawings (times the smallest number)", SPAN, title=title, at=TIMES)


def in_nats(evidence: Results) -> Figure:
    """Draws the loss on unseen drawings on two logarithmic axes, with the loss of an untrained net."""
    span = (GLYPHS * SIZES[0] * 0.8, GLYPHS * SIZES[-1] * 1.2)
    guessing = float(np.log(GLYPHS))
    mark = Mark(start=(span[1], guessing), end=(span[0], guessing), says="guessing", place="insideEndTop")
    return power_law(
        [GLYPHS * size for size in SIZES],
        np.array(list(losses(evidence, DRAWINGS).values())),
        Axis(name="number of drawings", low=span[0], high=span[1], log=True, form=",.0f"),
        Axis(name="loss on unseen drawings (nats)", low=2, high=8, log=True),
        [mark],
        "Loss on unseen drawings against the number of drawings (both axes are logarithmic)",
    )


def in_bits(evidence: Results) -> Figure:
    """Draws the loss on unseen text against the amount of text, on two logarithmic axes."""
    return power_law(
        TEXTS,
        np.array(list(losses(evidence, TEXT).values())),
        Axis(name="thousands of characters", low=TEXTS[0] * 0.8, high=TEXTS[-1] * 1.3, log=True, form=",.0f"),
        Axis(name="loss on unseen text (bits per character)", low=2, high=5, log=True),
        title="Loss on unseen text against the amount of text (both axes are logarithmic)",
    )


def verdict(evidence: Results, guess: Guess) -> Verdict:
    rows = [
        (
            f"loss left with {times} times the {material}",
            f"{guess[control]} %",
            percent(float(share_of_loss(evidence, material)[times].mean())),
        )
        for (material, times), control in HANDLES.items()
    ]
    least = min(DOWNSTREAM_TASKS, key=lambda job: float(gained(evidence, job).mean()))
    return [*rows, ("task that gains least", guess[GAINS], least)]
