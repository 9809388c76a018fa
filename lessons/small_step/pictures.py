"""Draws the figures of this lesson: the old net, both tasks along the line to the new net, and the editor."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure, percent
from lessons.kit.figures.answer_wall import Wall, walls
from lessons.kit.figures.curves import Curve, Mark, curves
from lessons.kit.figures.player import LOST, NOTHING, Bars, Images, Line, Lines, Player, Space, player, to_base64
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Answer, Behaviour, Control, Results, Settings
from lessons.kit.results.evidence import band_by_x, final
from lessons.small_step.claims import accuracy, alpha_index, inside
from lessons.small_step.dial import alpha_marks
from lessons.small_step.runs import ALL, DIAL, DIGITS, LAYER, NETS, PAIRS, RANK, TURN, WHOLE, Pair

ARMS = tuple(f"arm {k}" for k in range(1, 7))
WRONG = ("right", "wrong", "")
OPTIONS = tuple(round(k / 10, 1) for k in range(-5, 16))
FARTHER = TURN * 1.5  # degrees


def hill(name: str, label: str) -> Control[float]:
    return Control(
        name=name,
        label=label,
        options=OPTIONS,
        default=1.0,
        help="The share of delta at which the net gets most of these points right. No net was trained on them.",
        slider=True,
    )


HILLS = {  # by the turn of the arms, as a share of the turn that was learned
    0.5: hill("half", f"Best alpha for arms turned by {TURN / 2:g} degrees"),
    -0.5: hill("back", f"Best alpha for arms turned by {TURN / 2:g} degrees the other way"),
}
OLD, NEW = "old task", "new task"
NAMES = {  # The tasks along the line, in the order in which the measure tests them.
    0.0: "as learned",
    1.0: f"turned {TURN:g}°",
    -0.5: f"turned \N{MINUS SIGN}{TURN / 2:g}°",
    0.5: f"turned {TURN / 2:g}°",
    1.5: f"turned {FARTHER:g}°",
}
HANDLES = (
    # Both begin at the new net, which is the best net for neither.
    Handle(x=HILLS[0.5], y=97, name=NAMES[0.5], start=1.0),
    Handle(x=HILLS[-0.5], y=76, name=NAMES[-0.5], start=1.0),
)


def inflate(text: str, *shape: int) -> np.ndarray:
    """Decompresses numbers that core.measure.interpolation has compressed."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), "<u2").reshape(shape)


def frames(answer: Answer, chosen: slice | list[int] = slice(None)) -> list[str]:
    """Returns the decision map at each alpha, in the form that the player reads."""
    maps = inflate(answer["maps"], len(answer["alphas"]), -1)[chosen]
    return [to_base64(areas) for areas in maps]


def both_tasks(answer: Answer, names: tuple[str, str], chosen: slice | list[int] = slice(None)) -> tuple[Any, ...]:
    """Returns panels for the old and the new task: points on the map of the plane, or images with the answers of the
    net."""
    panels: list[Space | Images] = []
    for name, shown in zip(names, answer["shown"]):
        truth = np.array(shown["truth"])
        said = inflate(shown["answers"], len(answer["alphas"]), -1)[chosen]
        states = np.where(said == truth, NOTHING, LOST)
        if "maps" in answer:
            reach = answer["reach"]
            xy, extent = shown["examples"], (-reach, reach, -reach, reach)
            areas = frames(answer, chosen)
            panels.append(Space(title=name, areas=areas, xy=xy, classes=truth, states=states, extent=extent))
        else:
            says = said.astype(str).tolist() if truth.max() < 10 else ()  # digits need no names
            panels.append(Images(title=name, images=shown["examples"], states=states, says=says, size=44))
    return tuple(panels)


def turning(answer: Answer, alphas: Sequence[float], moving: bool) -> Space:
    """Returns the map at these alphas with points of the arms on it. The arms are turned in proportion to alpha, or
    as in the new task. The answer for a point is read from the map.
    """
    chosen = [alpha_index(answer, alpha) for alpha in alphas]
    reach, side = answer["reach"], answer["side"]
    maps = inflate(answer["maps"], len(answer["alphas"]), -1)[chosen].reshape(len(chosen), side, side)
    points, truth = (np.array(answer["shown"][0][name]) for name in ("examples", "truth"))
    xy = np.stack([rotate(points, TURN * (alpha if moving else 1.0)) for alpha in alphas])
    cells = np.clip(((xy + reach) / (2 * reach) * side).astype(int), 0, side - 1)  # (alphas, points, 2): column, row
    said = maps[np.arange(len(chosen))[:, None], cells[..., 1], cells[..., 0]]
    right = (said == truth).mean(1)
    told = [f"{percent(float(share))} of the points are right" for share in right]
    return Space(
        title=f"Arms turned by alpha times {TURN:g} degrees" if moving else f"Arms turned by {TURN:g} degrees",
        areas=[to_base64(areas) for areas in maps],
        xy=xy,
        classes=truth,
        states=np.where(said == truth, NOTHING, LOST),
        extent=(-reach, reach, -reach, reach),
        big=[f"{TURN * alpha:.0f}°: {says}" for alpha, says in zip(alphas, told)] if moving else told,
    )


def rotate(points: np.ndarray, degrees: float) -> np.ndarray:
    """Rotates points (n, 2) counterclockwise around the origin."""
    angle = np.radians(degrees)
    return points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def turning_player(answer: Answer, alpha_now: float = 0.0) -> Figure:
    """Draws the map and the arms, which turn with alpha, beside both skills. The learner has to find a goal."""
    alphas = answer["alphas"]
    old, new = (accuracy(answer, task).mean(1) for task in (0, 1))
    both = np.minimum(old, new)
    level = int(100 * both.max())
    space = turning(answer, alphas, moving=True)
    shares = ((0.0, "source", old), (1.0, "target", new))
    lines = [Line(name=NAMES[turn], role=role, values=values) for turn, role, values in shares]
    says = [
        f"The old net plus {alpha:g} times delta gets {percent(a)} of the arms as learned right, and {percent(b)} of "
        f"the arms turned by {TURN:g} degrees. Nothing is retrained."
        for alpha, a, b in zip(alphas, old, new)
    ]
    value = Player(
        marks=[f"alpha {alpha:.2f}" for alpha in alphas],
        says=says,
        panels=(space, Lines(title="Accuracy at every alpha", lines=lines)),
        classes=ARMS,
        states=WRONG,
        first=alpha_index(answer, alpha_now),
        scrub="alpha",
        chooses=True,
        goal=f"find an alpha at which the net gets {level} % of both right",
        reached=[bool(100 * share >= level) for share in both],
    )
    return player(value)


def editor(answer: Answer, whole: Answer, pair: Pair, title: str) -> Figure:
    """Draws all results at every alpha. `whole` is the answer for the complete delta, which fixes the scale."""
    old, new = (accuracy(answer, task).mean(1) for task in (0, 1))
    alphas = np.array(answer["alphas"])
    sizes = np.array([np.mean(answer["sizes"][name]) for name in pair.layers])
    high = 1.5 * max(float(np.mean(size)) for size in whole["sizes"].values())
    says = [
        f"The old net plus {alpha:g} times delta gets {percent(a)} of the {pair.names[0]} right, and {percent(b)} of "
        f"the {pair.names[1]}. Nothing was retrained."
        for alpha, a, b in zip(alphas, old, new)
    ]
    lines = [Line(name=OLD, role="source", values=old), Line(name=NEW, role="target", values=new)]
    panels = (
        *both_tasks(answer, (f"Old task: {pair.names[0]}", f"New task: {pair.names[1]}")),
        Lines(title="Accuracy at every alpha", lines=lines),
        Bars(
            title="How far each layer moves, in percent of its size",
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
        first=alpha_index(answer, 1.0),
        scrub="alpha",
    )
    return player(value, title=title)


ALPHA = "alpha (0 is the old net, 1 is the new net)"


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the maps at every alpha from the old net to the new one, which the learner moves by hand."""
    answer = evidence.answer("hook")
    alphas = answer["alphas"][inside(answer)]
    space = turning(answer, alphas, moving=False)
    says = [f"{right}. Points with a ring are wrong." for right in space.big]
    marks = [f"alpha {alpha:.2f}" for alpha in alphas]
    return player(Player(marks=marks, says=says, panels=(space,), classes=ARMS, states=WRONG, scrub="alpha"))


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws accuracy against alpha for each turn of the arms. Before the prediction, only the old and the new net are
    shown."""
    drawn, low, high = [], OPTIONS[0], OPTIONS[-1]
    if evidence.has("asked"):
        drawn = hills(evidence.answer("asked"))
    else:
        table = evidence.table("ends")
        places = {NAMES[0.0]: (0.0, before_at(table), "source"), NAMES[1.0]: (1.0, final(table), "target")}
        drawn = [
            Curve(table=band_by_x({x: values}), name=name, role=role) for name, (x, values, role) in places.items()
        ]
    marks = [
        Mark(start=(guess[control], 0.02), end=(guess[control], 0.98), says=f"you: {NAMES[turn]}", role="guess")
        for turn, control in (HILLS.items() if guess else ())
    ]
    marks += alpha_marks(evidence, settings)
    return curves(drawn, ALPHA, (low, high), marks, title="Accuracy at every alpha", log=False)


def before_at(table: pd.DataFrame) -> np.ndarray:
    """Returns the accuracy of the old net on its own arms, for every seed."""
    return table[table.step == 0].sort_values("seed")["accuracy 1"].to_numpy()


def hills(answer: Answer) -> list[Curve]:
    """Returns a curve for each task: the two that were learned, and the tasks that no net was trained on."""
    roles = {0.0: "source", 1.0: "target"}
    return [
        Curve(
            # With all points the lines would be hidden.
            table=band_by_x(dict(list(zip(answer["alphas"], accuracy(answer, task)))[::2])),
            name=name,
            role=roles.get(turn, "note"),
            crest=True,
        )
        for task, (turn, name) in enumerate(NAMES.items())
    ]


def best(answer: Answer, turn: float) -> float:
    """Returns the alpha at which arms with this turn are read best, on average over seeds."""
    return float(answer["alphas"][int(accuracy(answer, list(NAMES).index(turn)).mean(1).argmax())])


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the map while the new net is trained, the arms that turn with alpha, and the editor with the size of
    the delta in each layer. The editor shows the learner's own delta as soon as it is measured.
    """
    shown: Views = {}
    if behaviour := evidence.behaviour("live"):
        shown["During training"] = lambda: repainted(behaviour, evidence, settings)
    if evidence.has("asked"):
        shown["The dial"] = lambda: turning_player(evidence.answer("asked"), settings[DIAL])
        others = {
            "Trained separately": ("apart", NAMES[1.0], "a net that was trained separately"),
            "Mirrored arms": ("mirrored", "mirrored", "a net for mirrored arms"),
        }
        for view, (role, new, whom) in others.items():
            title = f"Accuracy between the old net and {whom}"
            shown[view] = partial(line_to, evidence.answer(role), new, title)
    if evidence.has("dial"):
        shown["Layer by layer"] = lambda: edited(evidence, settings)
    return shown


def line_to(answer: Answer, new: str, title: str) -> Figure:
    """Draws the accuracy on both tasks on the straight line from the old net to another net."""
    alphas = answer["alphas"]
    drawn = [
        Curve(table=band_by_x(dict(list(zip(alphas, accuracy(answer, task)))[::2])), name=name, role=role)
        for task, (name, role) in enumerate(((NAMES[0.0], "source"), (new, "target")))
    ]
    return curves(drawn, ALPHA, (alphas[0], alphas[-1]), title=title, log=False)


def repainted(behaviour: Sequence[Behaviour], evidence: Results, settings: Settings) -> Figure:
    """Draws the answers of the first net to the new task at every test: a map with points, or a wall of digits."""
    examples = evidence.answer("exhibit")["tasks"][0]["examples"]
    name = "digits" if settings[NETS] == DIGITS else f"Arms turned by {TURN:g} degrees"
    wall = Wall(name=name, behaviour=behaviour, examples=examples, columns=10)
    return walls([wall], classes=() if settings[NETS] == DIGITS else ARMS, title="The new net during training")


def edited(evidence: Results, settings: Settings) -> Figure:
    """Draws the editor for the learner's own delta, or for the stored one until the learner's is measured."""
    mine = evidence.has("yours") and evidence.has("yours whole")
    answer, whole = map(evidence.answer, ("yours", "yours whole") if mine else ("dial", "whole"))
    moved = float(np.mean(answer["size"]))
    what = "delta" if settings[LAYER] == ALL else f"delta of the {settings[LAYER]} layer only"
    if settings[RANK] != WHOLE:
        what += f", cut to rank {settings[RANK]}"
    title = f"{'Your' if mine else 'The stored'} {what}: {percent(moved)} of the size of the weights"
    return editor(answer, whole, PAIRS[settings[NETS]], title)


def verdict(evidence: Results, guess: Guess) -> Verdict:
    answer = evidence.answer("asked")
    return [
        (f"best alpha for arms {NAMES[turn]}", f"{guess[control]:g}", f"{best(answer, turn):g}")
        for turn, control in HILLS.items()
    ]
