"""The pictures of this lesson: the two nets' answers, the dial between them, and what it trades."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.catalogue import Evidence, Settings
from lessons.kit.evidence import against
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import Curve, curves
from lessons.kit.figures.player import LOST, NOTHING, Bars, Images, Line, Lines, Player, Space, packed, player
from lessons.small_step.claims import accuracy, at

ARMS = tuple(f"arm {k}" for k in range(1, 7))
WRONG = ("right", "wrong", "")
OLD, NEW, BOTH = "old task", "new task", "both together"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the two tasks and the net's layers are called."""

    old: str
    new: str
    layers: Mapping[str, str]  # names on screen by names in the net


def opened(text: str, *shape: int) -> np.ndarray:
    """Numbers as core.measure.dial deflates them."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), "<u2").reshape(shape)


def frames(answer: Evidence, chosen: slice | list[int] = slice(None)) -> list[str]:
    """The decision map at each alpha, as the player takes it."""
    maps = opened(answer["maps"], len(answer["alphas"]), -1)[chosen]
    return [packed(one) for one in maps]


def views(answer: Evidence, names: tuple[str, str], chosen: slice | list[int] = slice(None)) -> tuple[Any, ...]:
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


def before(answer: Evidence, words: Words, title: str) -> Figure:
    """The old net, on what it has learned and on what it has not."""
    start = at(answer, 0.0)
    old, new = (percent(float(accuracy(answer, task)[start].mean())) for task in (0, 1))
    says = f"It is right about {old} of the {words.old}, which it has learned, and {new} of the {words.new}."
    panels = views(answer, (f"What it has learned: {words.old}", f"What it should do: {words.new}"), [start])
    return player(Player(marks=("before",), says=(says,), panels=panels, classes=ARMS, states=WRONG), title=title)


def editor(answer: Evidence, whole: Evidence, words: Words, guess: Settings, title: str) -> Figure:
    """Everything at every alpha. `whole` is the whole delta's answer, by which the bars keep their scale."""
    old, new = (accuracy(answer, task).mean(1) for task in (0, 1))
    alphas = np.array(answer["alphas"])
    sizes = np.array([np.mean(answer["sizes"][name]) for name in words.layers])
    high = 1.5 * max(float(np.mean(size)) for size in whole["sizes"].values())
    says = [
        f"The old net plus {alpha:g} times delta: right about {percent(a)} of the {words.old}, {percent(b)} of the "
        f"{words.new}. Nothing was retrained."
        for alpha, a, b in zip(alphas, old, new)
    ]
    lines = [Line(name=OLD, role="source", values=old), Line(name=NEW, role="target", values=new)]
    if guess:
        lines.append(Line(name=BOTH, role="note", values=(old + new) / 2))
        lines.append(Line(name="your guess", role="guess", values=guessed_line(answer, guess)))
    panels = (
        *views(answer, (f"Old task: {words.old}", f"New task: {words.new}")),
        Lines(title="Right answers at every alpha", lines=lines),
        Bars(
            title="How far each layer moves, of its own length",
            names=tuple(words.layers.values()),
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


def guessed_line(answer: Evidence, guess: Settings) -> np.ndarray:
    """The learner's line from end to end, nothing outside."""
    both = sum(accuracy(answer, task).mean(1) for task in (0, 1)) / 2
    places = [0.0, 0.5, 1.0]
    values = [both[at(answer, 0.0)], guess["half"] / 100, both[at(answer, 1.0)]]
    alphas = np.array(answer["alphas"])
    return np.where((alphas < 0) | (alphas > 1), np.nan, np.interp(alphas, places, values))


def trade(answer: Evidence, guess: Settings, hidden: bool, title: str) -> Figure:
    """Right answers against alpha, from the old net to the new one; while hidden, at these ends only."""
    alphas = answer["alphas"]
    old, new = (accuracy(answer, task) for task in (0, 1))
    if hidden:  # the two nets, each at its place
        ends = against({alpha: (old + new)[at(answer, alpha)] / 2 for alpha in (0.0, 1.0)})
        drawn = [Curve(table=ends.iloc[[k]], name=("old net", "new net")[k], role="note", named=False) for k in (0, 1)]
    else:
        lines = ((OLD, "source", old), (NEW, "target", new), (BOTH, "note", (old + new) / 2))
        drawn = [
            Curve(table=against(dict(list(zip(alphas, values))[::2])), name=name, role=role)  # all would hide the lines
            for name, role, values in lines
        ]
    if guess:
        line = guessed_line(answer, guess)
        rows = [{"x": alphas[k], "mean": line[k]} for k in range(len(alphas)) if not np.isnan(line[k])]
        table = pd.DataFrame([row for row in rows if row["x"] in (0.0, 0.5, 1.0)])
        drawn.append(
            Curve(
                table=table.assign(low=table["mean"], high=table["mean"]),
                name="your guess",
                role="guess",
                named=not hidden,
            )
        )
    span = (0.0, 1.0) if hidden else (alphas[0], alphas[-1])
    return curves(drawn, "alpha: 0 is the old net, 1 the new one", span, title=title, y="Right answers", log=False)
