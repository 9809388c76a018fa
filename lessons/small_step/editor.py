"""The editor of delta: two nets' answers and the dial between them, to be scrubbed in the browser."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np

from lessons.kit.catalogue import Guess
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.player import LOST, NOTHING, Bars, Images, Line, Lines, Player, Space, packed, player
from lessons.kit.values import Answer, Control
from lessons.small_step.claims import accuracy, at
from lessons.small_step.runs import Pair

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


def views(answer: Answer, names: tuple[str, str], chosen: slice | list[int] = slice(None)) -> tuple[Any, ...]:
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
    panels = views(answer, (f"What it has learned: {pair.names[0]}", f"What it should do: {pair.names[1]}"), [start])
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
        *views(answer, (f"Old task: {pair.names[0]}", f"New task: {pair.names[1]}")),
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
