"""The pictures of this lesson: promise and truth, notes on the way, the tax, the restraint, what words are worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lessons.be_careful.claims import ends, mean
from lessons.kit.evidence import band
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Curve, Mark, curves
from lessons.kit.figures.dots import Axis
from lessons.kit.figures.lines import lines

SPAN = (0.1, 60.0)  # nats a note
SHOWN = 6  # words at either end
EARLY = 5  # steps, before which a note or two show no difference


def along_kl(table: pd.DataFrame, unit: str, name: str, role: str) -> Curve:
    """A mark against the mean distance at the same step, as far as that grows."""
    marked = band(table.assign(accuracy=table[unit]))
    marked["x"] = mean(table).kl.to_numpy()
    grows = marked.x.cummax() == marked.x
    return Curve(table=marked[grows & (marked.x >= SPAN[0])], name=name, role=role)


def against_kl(table: pd.DataFrame, guess: Mapping[float, float], title: str, truth: bool) -> Figure:
    """Promise, truth and prediction against how far the net has moved."""
    shown = [along_kl(table, "promised", "promise", "scratch")]
    if truth:
        shown.append(along_kl(table, "preferred", "truth", "pretrained"))
    if guess:
        places = sorted(guess)
        said = pd.DataFrame({"x": [SPAN[0], *places], "mean": [0.5, *(guess[kl] for kl in places)]})
        shown.append(Curve(table=said.assign(low=said["mean"], high=said["mean"]), name="you", role="guess"))
    marks = [
        Mark(start=(SPAN[0], 0.5), end=(SPAN[1], 0.5), says="as good as ordinary notes", place="insideStartBottom")
    ]
    return curves(
        shown, "nats a note away from the pretrained net", SPAN, marks, title, y="Preferred", at=(0.1, 1, 10, 60)
    )


def samples(moments: list[dict[str, Any]], title: str) -> Figure:
    """A note at each moment, with what the reward model promises for it and how often it is truly preferred."""
    rows = [
        {
            "after": f"{one['step']} steps",
            "note": note["text"],
            "promise": percent(note["promised"]),
            "truth": percent(note["preferred"]),
        }
        for one in moments
        if one["step"] == 0 or one["step"] > EARLY
        for note in one["notes"]
    ]
    told = "; ".join(f"{row['after']}: “{row['note']}”, promise {row['promise']}, truth {row['truth']}" for row in rows)
    table = pd.DataFrame(rows).set_index("after")
    return Figure(kind="table", spec=table, alt=f"Notes that the net wrote. {told}.", title=title)


def dearer(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """The alignment tax: bits a word of ordinary notes that the net never saw, against steps."""
    roles = {"mixed": "source", "no mix": "scratch"}
    shown = [
        Curve(table=band(table.assign(accuracy=table.bits)).rename(columns={"step": "x"}), name=name, role=roles[name])
        for name, table in tables.items()
    ]
    high = max(4.0, max(float(curve.table.high.max()) for curve in shown))
    steps = float(max(curve.table.x.max() for curve in shown))
    title = "What it costs: surprise at ordinary notes (stored)"
    across = Axis(name="steps", low=0, high=steps, form=".0f")
    return lines(shown, across, Axis(name="bits a word", low=2, high=round(high + 0.5)), title=title)


def restraint(after: Mapping[str, pd.DataFrame], taught: pd.DataFrame, which: str) -> Figure:
    """How many notes are unkind: before any reward, after it, and after fine-tuning that meant no harm."""
    before = taught[taught.step == 0].sort_values("seed").unkind.to_numpy()
    shown = [
        Bar(name="pretrained", values=100 * before, role="note"),
        Bar(name="made to please", values=100 * ends(taught, "unkind"), role="pretrained"),
        *(
            Bar(name=f"then {name}", values=100 * ends(table, "unkind"), role="scratch")
            for name, table in after.items()
        ),
    ]
    return bars(shown, "Unkind notes", "%", f"Is the restraint still there? ({which})", signed=False)


def worths(taste: dict[str, Any]) -> Figure:
    """The words that the reward model holds dearest and cheapest, and from which pairs it has that."""
    order = sorted(taste["worth"], key=lambda word: -taste["worth"][word])
    best, worst = ([f"{word} {taste['worth'][word]:+.1f}" for word in some] for some in (order[:SHOWN], order[-SHOWN:]))
    table = pd.DataFrame({"dearest": best, "cheapest": worst[::-1]}).set_index("dearest")
    pairs = f"{taste['clicks']} of your choices and {taste['simulated']} simulated ones"
    alt = f"A reward model from {pairs}. Dearest: {', '.join(best)}. Cheapest: {', '.join(worst[::-1])}."
    right = f"It ranks {percent(taste['agrees'])} of new pairs as the rater truly would"
    return Figure(
        kind="table", spec=table, alt=f"{alt} {right}.", title=f"What a word is worth, from {pairs}. {right}."
    )
