"""What this lesson shows: the old net, what both tasks get right along the way to the new one, and the editor."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.spec import Run
from lessons.kit.catalogue import Guess, Verdict, Views
from lessons.kit.evidence import against, final
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import Curve, curves, over_steps
from lessons.kit.figures.player import LOST, NOTHING, Bars, Images, Line, Lines, Player, Space, packed, player
from lessons.kit.values import Answer, Control, Evidence, Settings
from lessons.small_step.claims import accuracy, at
from lessons.small_step.runs import ALL, LAYER, NETS, PAIRS, RANK, TUNED, WHOLE, Pair, live_run

ARMS = tuple(f"arm {k}" for k in range(1, 7))
WRONG = ("right", "wrong", "")
SIZE = Control(
    name="size",
    label="How far do its weights move, in percent of their length?",
    options=(5, 50, 500),
    default=50,
    help="The length of delta divided by the length of all weights before.",
)
HALF = Control(
    name="half",
    label="Half way, at alpha 0.5: how many points of both tasks together are right, in percent?",
    options=tuple(range(10, 101, 10)),
    default=50,
    help="The old net plus half of delta, with nothing retrained.",
    slider=True,
)
OLD, NEW, BOTH = "old task", "new task", "both together"


def opened(text: str, *shape: int) -> np.ndarray:
    """Numbers as core.measure.dial deflates them."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), "<u2").reshape(shape)


def frames(answer: Answer, chosen: slice | list[int] = slice(None)) -> list[str]:
    """The decision map at each alpha, as the player takes it."""
    maps = opened(answer["maps"], len(answer["alphas"]), -1)[chosen]
    return [packed(areas) for areas in maps]


def both_tasks(answer: Answer, names: tuple[str, str], chosen: slice | list[int] = slice(None)) -> tuple[Any, ...]:
    """Old task and new task side by side: points on the map in the plane, else images with what the net says."""
    panels: list[Space | Images] = []
    for name, shown in zip(names, answer["shown"]):
        truth = np.array(shown["truth"])
        said = opened(shown["answers"], len(answer["alphas"]), -1)[chosen]
        states = np.where(said == truth, NOTHING, LOST)
        if "maps" in answer:
            reach = answer["reach"]
            xy, extent = shown["examples"], (-reach, reach, -reach, reach)
            areas = frames(answer, chosen)
            panels.append(Space(title=name, areas=areas, xy=xy, classes=truth, states=states, extent=extent))
        else:
            says = said.astype(str).tolist() if truth.max() < 10 else ()  # digits, which need no names
            panels.append(Images(title=name, images=shown["examples"], states=states, says=says, size=44))
    return tuple(panels)


def before(answer: Answer, pair: Pair, alpha: float, title: str) -> Figure:
    """The old net, which stands at this alpha, on what it has learned and on what it has not."""
    start = at(answer, alpha)
    old, new = (percent(float(accuracy(answer, task)[start].mean())) for task in (0, 1))
    says = f"It is right about {old} of the {pair.names[0]}, which it has learned, and {new} of the {pair.names[1]}."
    panels = both_tasks(
        answer, (f"What it has learned: {pair.names[0]}", f"What it should do: {pair.names[1]}"), [start]
    )
    return player(Player(marks=("before",), says=(says,), panels=panels, classes=ARMS, states=WRONG), title=title)


def editor(answer: Answer, whole: Answer, pair: Pair, guess: Guess, title: str) -> Figure:
    """Everything at every alpha. `whole` is the whole delta's answer, by which the bars keep their scale."""
    old, new = (accuracy(answer, task).mean(1) for task in (0, 1))
    alphas = np.array(answer["alphas"])
    sizes = np.array([np.mean(answer["sizes"][name]) for name in pair.layers])
    high = 1.5 * max(float(np.mean(size)) for size in whole["sizes"].values())
    says = [
        f"The old net plus {alpha:g} times delta: right about {percent(a)} of the {pair.names[0]}, {percent(b)} of the "
        f"{pair.names[1]}. Nothing was retrained."
        for alpha, a, b in zip(alphas, old, new)
    ]
    lines = [Line(name=OLD, role="source", values=old), Line(name=NEW, role="target", values=new)]
    if guess:
        lines.append(Line(name=BOTH, role="note", values=(old + new) / 2))
        lines.append(Line(name="your guess", role="guess", values=guessed_line(answer, guess)))
    panels = (
        *both_tasks(answer, (f"Old task: {pair.names[0]}", f"New task: {pair.names[1]}")),
        Lines(title="Right answers at every alpha", lines=lines),
        Bars(
            title="How far each layer moves, of its own length",
            names=tuple(pair.layers.values()),
            values=np.abs(alphas)[:, None] * sizes,
            high=high,
            form="{:.1%}",
        ),
    )
    value = Player(
        marks=[f"alpha {alpha:.2f}" for alpha in alphas],
        says=says,
        panels=panels,
        classes=ARMS,
        states=WRONG,
        first=at(answer, 1.0),
        scrub="alpha, the share of delta",
    )
    return player(value, title=title)


def guessed_line(answer: Answer, guess: Guess) -> np.ndarray:
    """The learner's line from end to end, nothing outside."""
    both = sum(accuracy(answer, task).mean(1) for task in (0, 1)) / 2
    places = [0.0, 0.5, 1.0]
    values = [both[at(answer, 0.0)], guess[HALF] / 100, both[at(answer, 1.0)]]
    alphas = np.array(answer["alphas"])
    return np.where((alphas < 0) | (alphas > 1), np.nan, np.interp(alphas, places, values))


ALPHA = "alpha: 0 is the old net, 1 the new one"


def hook(evidence: Evidence, settings: Settings) -> Figure:
    title = "A net that knows six spiral arms: what would it say, where?"
    return before(evidence.answer("before"), PAIRS[TUNED], 1.0, title)


def picture(evidence: Evidence, settings: Settings, guess: Guess) -> Figure:
    """What both tasks get right along the way; before the prediction only where it begins and ends."""
    if not evidence.has("asked"):
        return ends(evidence, guess)
    return trade(evidence.answer("asked"), guess)


def ends(evidence: Evidence, guess: Guess) -> Figure:
    """The two nets, each at its place, and the learner's line between them."""
    old, table = evidence.answer("before"), evidence.table("ends")
    begins = (accuracy(old, 0) + accuracy(old, 1))[at(old, 1.0)] / 2
    places = {0.0: begins, 1.0: (final(table) + final(table.assign(accuracy=table["accuracy 1"]))) / 2}
    dots = against(places)
    drawn = [Curve(table=dots.iloc[[k]], name=("old net", "new net")[k], role="note", named=False) for k in (0, 1)]
    if guess:
        line = [float(places[0.0].mean()), guess[HALF] / 100, float(places[1.0].mean())]
        drawn.append(Curve(table=flat([0.0, 0.5, 1.0], line), name="your guess", role="guess", named=False))
    title = "Right answers, both tasks together"
    return curves(drawn, ALPHA, (0.0, 1.0), title=title, y="Right answers", log=False)


def flat(x: Sequence[float], y: Sequence[float]) -> pd.DataFrame:
    """A curve's table without a band."""
    return pd.DataFrame({"x": x, "mean": y, "low": y, "high": y})


def trade(answer: Answer, guess: Guess) -> Figure:
    """Right answers against alpha, from before the old net to beyond the new one."""
    alphas = answer["alphas"]
    old, new = (accuracy(answer, task) for task in (0, 1))
    lines = ((OLD, "source", old), (NEW, "target", new), (BOTH, "note", (old + new) / 2))
    drawn = [
        Curve(table=against(dict(list(zip(alphas, values))[::2])), name=name, role=role)  # all would hide the lines
        for name, role, values in lines
    ]
    if guess:
        line = dict(zip(alphas, guessed_line(answer, guess)))
        places = (0.0, 0.5, 1.0)
        drawn.append(Curve(table=flat(places, [line[x] for x in places]), name="your guess", role="guess"))
    title = "Right answers along the way (stored run, 8 nets)"
    return curves(drawn, ALPHA, (alphas[0], alphas[-1]), title=title, y="Right answers", log=False)


def views(evidence: Evidence, settings: Settings, guess: Guess) -> Views:
    """Both tasks while the new one is learned; the editor, on the learner's own delta as soon as it is measured."""
    shown: Views = {}
    new = live_run(settings)
    if evidence.has("live") and (evidence.table("live").step.max() < new.steps or not evidence.has("yours")):
        shown["Learning"] = lambda: learning(evidence.table("live"), new)
    if evidence.has("dial"):
        shown["The editor"] = lambda: edited(evidence, settings, guess)
    if evidence.has("whole"):
        title, pair = "The old net, before anything is learned", PAIRS[settings[NETS]]
        shown["The old net"] = lambda: before(evidence.answer("whole"), pair, 0.0, title)
    return shown


def learning(table: pd.DataFrame, new: Run) -> Figure:
    shown = [over_steps(table, NEW, "target")]
    if new.watch:
        shown.append(over_steps(table.assign(accuracy=table["accuracy 1"]), OLD, "source"))
    return curves(shown, "steps", (1, new.steps), title="While it learns")


def edited(evidence: Evidence, settings: Settings, guess: Guess) -> Figure:
    mine = evidence.has("yours") and evidence.has("yours whole")
    answer, whole = map(evidence.answer, ("yours", "yours whole") if mine else ("dial", "whole"))
    moved = float(np.mean(answer["size"]))
    what = "delta" if settings[LAYER] == ALL else f"delta of the {settings[LAYER]} layer only"
    if settings[RANK] != WHOLE:
        what += f", cut to rank {settings[RANK]}"
    title = f"{'Your' if mine else 'The stored'} {what}: {percent(moved)} of the weights' length"
    asked = (settings[NETS], settings[LAYER], settings[RANK]) == (TUNED, ALL, WHOLE)
    return editor(answer, whole, PAIRS[settings[NETS]], guess if asked else Settings(), title)


def verdict(evidence: Evidence, guess: Guess) -> Verdict:
    answer = evidence.answer("asked")
    half = sum(float(accuracy(answer, task)[at(answer, 0.5)].mean()) for task in (0, 1)) / 2
    return [
        ("how far fine-tuning moves the weights", f"{guess[SIZE]} %", percent(float(np.mean(answer["size"])))),
        ("right answers half way, both tasks together", f"{guess[HALF]} %", percent(half)),
    ]
