"""What this lesson shows: promise and truth, notes on the way, the tax, the restraint, what words are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from core.words import ASKED
from lessons.be_careful.claims import ends, mean
from lessons.be_careful.runs import GOOD, LEASH, LOOSE, METHOD, NO_MIX, ORDINARY, PRETRAINING_MIX, RL
from lessons.kit.catalogue import Guess, Verdict, Views
from lessons.kit.evidence import band, reached
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Curve, Mark, curves
from lessons.kit.figures.dots import Axis
from lessons.kit.figures.lines import lines
from lessons.kit.values import Answer, Control, Evidence, Settings

SPAN = (0.1, 60.0)  # nats a note
SHOWN = 6  # words at either end
EARLY = 5  # steps, before which a note or two show no difference


def handle(name: str, kl: int, default: int) -> Control[int]:
    return Control(
        name=name,
        label=f"Truly preferred, {kl} nats a note away, %",
        options=tuple(range(0, 101, 5)),
        default=default,
        help="Against ordinary notes of the guest book; half is as good as these. A nat is a measure of how far what "
        "the net writes has moved.",
        slider=True,
    )


# By how far the net has moved from the pretrained one, in nats a note.
HANDLES = {2: handle("near", 2, 60), 10: handle("away", 10, 75), 30: handle("far", 30, 90)}


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """Some of the pairs between which raters choose."""
    table = pd.DataFrame(ASKED[:4], columns=["this one", "or this one?"]).set_index("this one")
    told = "; ".join(f"“{a}” or “{b}”" for a, b in ASKED[:4])
    title = "Four of the pairs that raters chose between. Which would you choose?"
    return Figure(kind="table", spec=table, alt=f"Pairs of notes: {told}.", title=title)


def picture(evidence: Evidence, settings: Settings, guess: Guess) -> Figure:
    """Promise and truth against distance: of a live run, else of the stored one; before the prediction what the learner
    says alone."""
    asked = (settings[METHOD], settings[LEASH], settings[PRETRAINING_MIX]) == (RL, LOOSE, NO_MIX)
    revealed = evidence.has("here")
    said = (
        {float(kl): guess[handle] / 100 for kl, handle in HANDLES.items()} if guess and (asked or not revealed) else {}
    )
    what = "How often its notes are preferred to ordinary ones"
    if not revealed:
        return against_kl(None, said, f"{what}: RL on a loose leash")
    kind = "live" if evidence.has("live") else "stored"
    title = f"{what}: {settings[METHOD]}, leash {settings[LEASH]:g}, mix {settings[PRETRAINING_MIX]:g} ({kind})"
    return against_kl(evidence.table("live" if kind == "live" else "here"), said, title)


def views(evidence: Evidence, settings: Settings, guess: Guess) -> Views:
    """What it wrote on the way, what general notes cost it, what is left of its restraint, and what words are worth."""
    shown: Views = {}
    if evidence.has("here"):
        done = evidence.has("live notes")
        moments = evidence.answer("live notes" if done else "notes")["written"][0]
        shown["Its notes"] = lambda: samples(
            moments, "What the first net wrote on the way (the same luck, other weights)"
        )
        names = ("mixed", "no mix") if settings[PRETRAINING_MIX] else ("no mix", "mixed")
        mixes = dict(zip(names, (evidence.table("here"), evidence.table("other mix"))))
        shown["The tax"] = lambda: dearer(mixes)
        after, taught = evidence.tables("afterwards", RL), evidence.table("taught", RL)
        what = f"RL, leash {GOOD:g}, stored"
        if done and evidence.has("live afterwards"):
            after, taught, what = {ORDINARY: evidence.table("live afterwards")}, evidence.table("live"), "live"
        shown["Restraint"] = lambda: restraint(after, taught, what)
    if evidence.has("taste"):
        shown["Words"] = lambda: worths(evidence.answer("taste"))
    return shown


def truth_at(table: pd.DataFrame, kl: float) -> float:
    """How often it was preferred when it first was so far away; in the end if it never was."""
    curve = mean(table)
    step = reached(curve.step.to_numpy(), curve.kl.to_numpy(), kl)
    return float(np.interp(min(step, curve.step.max()), curve.step, curve.preferred))


def verdict(evidence: Evidence, guess: Guess) -> Verdict:
    table = evidence.table("asked")
    return [
        (f"preferred, {kl} nats a note away", f"{guess[handle]} %", percent(truth_at(table, kl)))
        for kl, handle in HANDLES.items()
    ]


def along_kl(table: pd.DataFrame, unit: str, name: str, role: str) -> Curve:
    """One unit against the mean distance at the same step, as far as that grows."""
    curve = band(table.assign(accuracy=table[unit]))
    curve["x"] = mean(table).kl.to_numpy()
    grows = curve.x.cummax() == curve.x
    return Curve(table=curve[grows & (curve.x >= SPAN[0])], name=name, role=role)


def against_kl(table: pd.DataFrame | None, guess: Mapping[float, float], title: str) -> Figure:
    """Promise, truth and prediction against how far the net has moved."""
    shown = []
    if table is not None:
        shown.append(along_kl(table, "promised", "promise", "scratch"))
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


def samples(moments: Sequence[Answer], title: str) -> Figure:
    """A note at each moment, with what the reward model promises for it and how often it is truly preferred."""
    rows = [
        {
            "after": f"{moment['step']} steps",
            "note": note["text"],
            "promise": percent(note["promised"]),
            "truth": percent(note["preferred"]),
        }
        for moment in moments
        if moment["step"] == 0 or moment["step"] > EARLY
        for note in moment["notes"]
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


def worths(taste: Answer) -> Figure:
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
