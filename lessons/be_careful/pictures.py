"""Draws the figures: notes that turn bad, promise and truth, the leash, the alignment tax, and the worth of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.experiment.guest_book_words import ASKED, KINDS
from lessons.be_careful.claims import ends, mean
from lessons.be_careful.runs import (
    AIMS,
    BETAS,
    GOOD,
    LEASH,
    LOOSE,
    METHOD,
    NO_MIX,
    ORDINARY,
    POLITE,
    PRETRAINING_MIX,
    RL,
)
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Curve, Mark, curves
from lessons.kit.figures.player import Line, Lines, Player, player
from lessons.kit.figures.scatter import Axis
from lessons.kit.figures.text_panels import Texts
from lessons.kit.figures.value_curves import value_curves
from lessons.kit.figures.word_weights import FULL, word
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Answer, Behaviour, Control, Results, Settings
from lessons.kit.results.evidence import band, band_by_x, line_by_x, reached

SPAN = (0.1, 60.0)  # nats a note
MANY = 6  # words at each end
AS_GOOD = 0.5  # preferred half of the time: as good as ordinary notes
# The share of notes that must be preferred in the mission; the net before the first step misses it by ten points.
LIKED = 0.6
WHAT = "How often raters prefer the net's notes to ordinary notes"
LATER = {ORDINARY: "ten more steps, ordinary notes", POLITE: "ten more steps, no unkind notes"}
SHARE = "Notes that raters prefer to ordinary notes"  # the y-axis of shares
PAST = {"scratch": "scratch best", "pretrained": "past pretrained"}  # the roles of a stored run beside a live one
MIXED, UNMIXED = "with ordinary notes", "without them"


def handle(name: str, kl: int, default: int) -> Control[int]:
    return Control(
        name=name,
        label=f"How often raters prefer the notes at a drift of {kl} nats per note (%)",
        options=tuple(range(0, 101, 5)),
        default=default,
        help="How often raters prefer a note of this net to an ordinary note of the guest book. If they prefer it half "
        "of the time, both are equally good. Nats measure how far the net has drifted from the pretrained net.",
        slider=True,
    )


# The distance of the net from the pretrained one, in nats a note.
HANDLES = {2: handle("near", 2, 60), 10: handle("away", 10, 75), 30: handle("far", 30, 90)}
MARKS = (
    Handle(x=SPAN[0], y=100 * AS_GOOD),
    *(Handle(x=kl, y=control, unit=" %", start=70) for kl, control in HANDLES.items()),
)


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws what a reward model has learned from the choices so far."""
    if evidence.has("taste"):
        return worths(evidence.answer("taste"))
    table = pd.DataFrame(ASKED[:4], columns=["this note", "or this note?"]).set_index("this note")
    told = "; ".join(f"“{a}” or “{b}”" for a, b in ASKED[:4])
    return Figure(kind="table", spec=table, alt=f"Pairs of notes: {told}.", title="Pairs of notes")


def is_over(evidence: Results, settings: Settings) -> bool:
    """Returns whether the live run is finished. Before that, nothing about the truth is shown."""
    return evidence.has("live") and evidence.table("live").step.max() >= AIMS[settings[METHOD]].steps


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws promise and truth against distance, for the stored run and for the live run if it is finished."""
    asked = (settings[METHOD], settings[LEASH], settings[PRETRAINING_MIX]) == (RL, LOOSE, NO_MIX)
    said = {SPAN[0]: AS_GOOD} | {float(kl): guess[one] / 100 for kl, one in HANDLES.items()} if guess and asked else {}
    over = is_over(evidence, settings)
    if evidence.has("here") and not over:
        return against_kl(promise_and_truth(evidence.table("here")), said, f"{WHAT}: {how(settings)} (recorded)")
    if not evidence.has("live"):
        return against_kl([], said, f"{WHAT}: training with RL")
    shown = promise_and_truth(evidence.table("live"))[: 2 if over else 1]
    if evidence.has("here"):  # then the live run is over; the findings quote the stored one
        stored = promise_and_truth(evidence.table("here"))
        shown = [replace(curve, name=f"{curve.name}, this run") for curve in shown]
        shown = [*(replace(curve, role=PAST[curve.role]) for curve in stored), *shown]
    return against_kl(shown, said, f"{WHAT}: {how(settings)}")


def how(settings: Settings) -> str:
    """Describes the settings of a run in a few words."""
    trained = f"{settings[METHOD]}, leash {settings[LEASH]:g}"
    return f"{trained}, ordinary notes mixed in" if settings[PRETRAINING_MIX] else trained


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the notes during training, every leash, the cost for general notes, the restraint that
    is left, and the worth of words."""
    shown: Views = {}
    if behaviour := evidence.behaviour("live"):
        shown["The notes"] = lambda: notes(behaviour, evidence.table("live"))
    if evidence.has("here"):
        leashes = {beta: evidence.table("pleased", settings[METHOD], beta) for beta in BETAS}
        every = f"How often raters prefer the final notes, with every leash: {settings[METHOD]} (recorded)"
        shown["Every leash"] = lambda: on_leashes(leashes, every)
        names = (MIXED, UNMIXED) if settings[PRETRAINING_MIX] else (UNMIXED, MIXED)
        mixes = dict(zip(names, (evidence.table("here"), evidence.table("other mix"))))
        shown["Ordinary notes"] = lambda: alignment_tax(mixes)
        after, taught = evidence.tables("afterwards", RL), evidence.table("taught", RL)
        what = f"RL, leash {GOOD:g}, recorded"
        if is_over(evidence, settings) and evidence.has("live afterwards") and settings[LEASH] != LOOSE:
            after, taught, what = {ORDINARY: evidence.table("live afterwards")}, evidence.table("live"), "your run"
        shown["Unkind notes"] = lambda: restraint(after, taught, what)
    if evidence.has("taste"):
        shown["Words"] = lambda: worths(evidence.answer("taste"))
    return shown


def notes(behaviour: Sequence[Behaviour], table: pd.DataFrame) -> Figure:
    """Draws the notes of one net at every test, written with the same random numbers, and the promised preference.

    When the learner has flagged the moment at which the notes turn bad, it also draws how often they are truly
    preferred.
    """
    tests = {moment["step"]: moment["0"] for moment in behaviour if "0" in moment}
    mine = table[table.seed == table.seed.min()].set_index("step")
    steps = [step for step in tests if step in mine.index]
    promise, truth = (mine.loc[steps, unit].to_numpy() for unit in ("promised", "preferred"))
    best = int(truth.argmax())
    drawn = [
        Line(name="promise", role="scratch", values=promise),
        Line(name="truth", role="pretrained", values=truth, veiled=True),
    ]
    written = Texts(
        title="Some of its notes, with kind words highlighted, and the promise for each",
        says=[tests[step]["texts"] for step in steps],
        ends=[[percent(share) for share in tests[step]["promise"]] for step in steps],
        words=KINDS["kind"],
    )
    meter = Lines(
        title="The promise for all its notes",
        lines=drawn,
        big=[percent(float(share)) for share in promise],
    )
    value = Player(
        marks=[f"step {step}" for step in steps],
        says=[
            f"After {step} steps the reward model promises that raters prefer its notes {percent(share)} of the time."
            for step, share in zip(steps, promise)
        ],
        panels=[written, meter],
        states=("", "", ""),
        first=len(steps) - 1,
        scrub="Step",
        flag="They turn bad here",
        flagged=[
            f"You flagged step {step}. The reward model promised {percent(share)}, and raters truly preferred the "
            f"notes {percent(real)} of the time. They liked the notes of step {steps[best]} best: "
            f"{percent(truth[best])}."
            for step, share, real in zip(steps, promise, truth)
        ],
    )
    return player(value)


def on_leashes(tables: Mapping[float, pd.DataFrame], title: str) -> Figure:
    """Draws promise and truth at the end of training, for every leash."""
    shown = [
        Curve(table=band_by_x({beta: ends(table, unit) for beta, table in tables.items()}), name=name, role=role)
        for unit, name, role in (("promised", "promise", "scratch"), ("preferred", "truth", "pretrained"))
    ]
    return curves(shown, "leash (beta), from loose to tight", (0.08, 4), [level((0.08, 4))], title, y=SHARE, at=BETAS)


def truth_at(table: pd.DataFrame, kl: float) -> float:
    """Returns how often the notes are preferred at the moment when the net first reaches this distance. If it never
    does, the last value is used."""
    curve = mean(table)
    step = reached(curve.step.to_numpy(), curve.kl.to_numpy(), kl)
    return float(np.interp(min(step, curve.step.max()), curve.step, curve.preferred))


def verdict(evidence: Results, guess: Guess) -> Verdict:
    table, what = evidence.table("asked"), "raters prefer the notes at a drift of {} nats per note"
    return [(what.format(kl), f"{guess[handle]} %", percent(truth_at(table, kl))) for kl, handle in HANDLES.items()]


def along_kl(table: pd.DataFrame, unit: str, name: str, role: str) -> Curve:
    """Returns a curve of one unit against the mean distance at the same step, as long as the distance grows."""
    curve = band(table.assign(accuracy=table[unit]))
    curve["x"] = mean(table).kl.to_numpy()
    grows = curve.x.cummax() == curve.x
    return Curve(table=curve[grows & (curve.x >= SPAN[0])], name=name, role=role)


def level(span: tuple[float, float]) -> Mark:
    """Returns a line at the level of ordinary notes."""
    ends = (span[0], AS_GOOD), (span[1], AS_GOOD)
    return Mark(start=ends[0], end=ends[1], says="as good as ordinary notes", place="insideStartBottom")


def promise_and_truth(table: pd.DataFrame) -> list[Curve]:
    """Returns the promised and the true preference of a run as two curves."""
    return [along_kl(table, "promised", "promise", "scratch"), along_kl(table, "preferred", "truth", "pretrained")]


def against_kl(shown: Sequence[Curve], said: Mapping[float, float], title: str) -> Figure:
    """Draws these curves and the prediction against the distance of the net."""
    drawn = list(shown)
    if said:
        drawn.append(Curve(table=line_by_x(dict(sorted(said.items()))), name="your prediction", role="guess"))
    x = "drift from the pretrained net (nats per note)"
    return curves(drawn, x, SPAN, [level(SPAN)], title, y=SHARE, at=(0.1, 1, 10, 60))


def alignment_tax(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draws the alignment tax, which is the cost of ordinary notes that the net never saw, in bits per word against
    the promise. A line marks the promise at which both are compared."""
    shown = [against_promise(table, name) for name, table in tables.items()]
    high = round(max(4.0, max(float(curve.table.high.max()) for curve in shown)) + 0.5)
    same = min(float(curve.table.x.max()) for curve in shown)
    title = "How badly the net predicts ordinary notes, if it trains with or without them (recorded)"
    mark = Mark(start=(same, 2), end=(same, high), says="same promise", place="end")
    across = Axis(name="how often the reward model promises that raters prefer its notes (%)", low=50, high=100)
    return value_curves(
        shown, across, Axis(name="loss on ordinary notes (bits per word)", low=2, high=high), [mark], title
    )


def against_promise(table: pd.DataFrame, name: str) -> Curve:
    """Returns the loss on ordinary notes against the mean promise at the same step, as long as the promise grows."""
    curve = band(table.assign(accuracy=table.bits))
    curve["x"] = 100 * mean(table).promised.to_numpy()
    grows = (curve.x.cummax() == curve.x) & (curve.x >= 50)
    return Curve(table=curve[grows], name=name, role="source" if name == MIXED else "scratch")


def restraint(after: Mapping[str, pd.DataFrame], taught: pd.DataFrame, which: str) -> Figure:
    """Draws how many notes are unkind: before any reward, after it, and after a harmless fine-tuning."""
    before = taught[taught.step == 0].sort_values("seed").unkind.to_numpy()
    shown = [
        Bar(name="pretrained", values=100 * before, role="note"),
        Bar(name="trained to please", values=100 * ends(taught, "unkind"), role="pretrained"),
        *(Bar(name=LATER[name], values=100 * ends(table, "unkind"), role="scratch") for name, table in after.items()),
    ]
    title = f"Does the net still avoid unkind notes? ({which})"
    return bars(shown, "Share of its notes that are unkind", "percent", title, signed=False)


def worths(taste: Answer) -> Figure:
    """Draws the words that the reward model values most and least, and the number of pairs that it learned from."""
    worth = taste["worth"]
    order = sorted(worth, key=lambda one: -worth[one])
    most = max(map(abs, worth.values()))
    rows = {"It pays most for": order[:MANY], "and least for": order[: -MANY - 1 : -1]}

    def shown(one: str) -> str:
        return f"{word(one, FULL * worth[one] / most)}&thinsp;<small>{worth[one]:+.1f}</small>"

    spec = "".join(
        f'<p style="font-size:1.15rem;line-height:1.9;margin:.2rem 0"><span style="opacity:.7">{says}</span> &nbsp;'
        f"{' &nbsp;'.join(map(shown, some))}</p>"
        for says, some in rows.items()
    )
    pairs = f"{taste['clicks']} of your choices and {taste['simulated']} simulated ones"
    told = "; ".join(f"{says} {', '.join(f'{one} {worth[one]:+.1f}' for one in some)}" for says, some in rows.items())
    title = f"What each word is worth to the reward model, after {pairs}"
    return Figure(kind="html", spec=spec, alt=f"A reward model that has learned from {pairs}. {told}.", title=title)


def tells(evidence: Results, settings: Settings) -> str:
    """Describes what the reward model promises. The truth is shown only after the learner has flagged a moment."""
    if not evidence.has("live"):
        return ""
    last = mean(evidence.table("live")).iloc[-1]
    often = percent(last.promised)
    promise = f"After {last.step:.0f} steps the reward model promises that raters prefer {often} of the notes."
    return f"{promise} Flag the step where the notes turn bad." if is_over(evidence, settings) else promise


def liked(evidence: Results, settings: Settings) -> bool:
    """Returns whether the live run ends with notes that are clearly preferred to ordinary ones."""
    return is_over(evidence, settings) and bool(ends(evidence.table("live"), "preferred").mean() >= LIKED)
