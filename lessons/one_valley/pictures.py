"""Draws the figures of this lesson: the filters of three nets, the accuracy on a straight path between them with the
learner's guess, and the loss landscape around the path."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.figures import ROLES, Figure, Ground, percent
from lessons.kit.figures.curves import Curve, curves, over_steps
from lessons.kit.figures.loss_surface import Land, Pin, contour_map, loss_surface
from lessons.kit.figures.player import Images, Player, from_base64, player, to_base64
from lessons.kit.figures.scatter import Axis
from lessons.kit.figures.value_curves import value_curves
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Answer, Control, Results, Settings
from lessons.kit.results.evidence import band_by_x, final, line_by_x, without_band
from lessons.kit.runs.transfers import SPIRALS
from lessons.one_valley.claims import accuracy_along, middle
from lessons.one_valley.runs import ASKED, ENDS, FAR, JOIN, LABELS, NEAR, ON, PARENT, STRANGER, A, B, where

ROLE = {PARENT: "source", A: "pretrained", B: "pretrained", STRANGER: "scratch"}
PLACE = "The accuracy on unseen digits of a net whose weights are the average of the weights of these two nets."
FOUND = {-1: B, 0: A, 1: STRANGER}  # the net at each position of the picture: child A is in the middle


def handle(name: str, other: str) -> Control[int]:
    label = f"Accuracy half way to {other}, in percent"
    return Control(name=name, label=label, options=tuple(range(10, 101, 5)), default=50, help=PLACE, slider=True)


KIN, AWAY = handle("kin", "child B"), handle("away", "the stranger")
HALF = 50  # percent of the path
HANDLES = (
    Handle(x=-HALF, y=KIN, unit=" %", start=55, joined=False),
    Handle(x=HALF, y=AWAY, unit=" %", start=55, joined=False),
)
# Every path from child A: its name, its look, its direction on the picture, and the guess for its middle.
WALKS = {NEAR: ("between the children", "pretrained", -1, KIN), FAR: ("to the stranger", "scratch", 1, AWAY)}
WAY = "percent of the way from child A"


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the filters of two children and of a stranger, and the accuracy of each."""
    answer, panels = evidence.answer("filters"), []
    for name, run in zip((A, B, STRANGER), answer["runs"]):
        right = percent(float(final(evidence.table("net", name)).mean()))
        side = answer["side"]
        panels.append(
            Images(
                title=f"{'The stranger' if name == STRANGER else name.replace('c', 'C', 1)} reads {right} of unseen "
                f"digits",
                images=[contrasted(image) for image in run["images"][-1]],
                width=side,
                height=side,
                signed=True,
                size=32,
            )
        )
    says = "The sixteen filters in the first layer of each net: the small patterns that it looks for first."
    return player(
        Player(marks=("after training",), says=(says,), panels=panels), title="Three nets that read digits equally well"
    )


def contrasted(image: str) -> str:
    """Returns the filter at full contrast, so that its pattern can be seen whatever its scale."""
    signed = from_base64("Filter", image).astype(int) - 128
    return to_base64(signed * 127 // max(1, np.abs(signed).max()) + 128)


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the accuracy along both paths from child A, which is in the middle, with the learner's guesses for the
    two middle points.

    Before the prediction, only the three nets are shown. Afterwards, the learner's own nets are shown as a thin line.
    """
    shown, notes = list[Curve](), list[dict[str, Any]]()
    for which, (name, role, way, slider) in WALKS.items():
        if evidence.has("plane", which, ASKED):
            places = accuracy_along(evidence.answer("plane", which, ASKED), 0)
            shown.append(Curve(table=towards(places, way), name=name, role=role, named=False))
            half = float(middle(places).mean())
            notes.append(note(way * HALF, half, f"half way: {percent(half)}", role, "left"))
            # below its flat line, or beside the valley
            notes[-1]["label"] |= (
                {"position": "bottom", "offset": [-42, 0], "distance": 16} if way < 0 else {"distance": 30}
            )
            if guess:
                said = guess[slider] / 100
                gap = pd.DataFrame({"x": way * HALF, "mean": [said, half]})
                shown.append(Curve(table=without_band(gap), name=f"you: {name}", role="guess", named=False))
        elif guess:
            said = guess[slider] / 100
            shown.append(Curve(table=line_by_x({way * HALF: said}), name=name, role="guess"))
            shown[-1] = replace(shown[-1], named=False)
        if guess:
            low = evidence.has("plane", which, ASKED) and guess[slider] / 100 < half
            below = "bottom" if low else "top"  # away from the gap
            notes.append(note(way * HALF, guess[slider] / 100, f"you: {guess[slider]} %", "guess", below))
        if evidence.has("yours", which):
            yours = accuracy_along(evidence.answer("yours", which), 0)
            shown.append(Curve(table=towards(yours, way), name=f"this run, {name}", role="note", named=False))
            mine = float(middle(yours).mean())
            beside = ("bottom", [36, 0]) if way < 0 else ("left", [0, 16])
            notes.append(note(way * HALF, mine, f"this run: {percent(mine)}", "note", beside[0]) | {"symbol": "circle"})
            notes[-1]["label"] |= {"offset": beside[1], "distance": 16}
    for side, net in FOUND.items():
        right = float(final(evidence.table("net", net)).mean())
        notes.append(note(100 * side, right, f"{net}: {percent(right)}", ROLE[net], "top"))
        notes[-1]["label"] |= {"distance": 24}  # above the line of 100 %
    title = f"Accuracy on unseen digits on straight lines between nets (8 of each kind, {ASKED} labels per class)"
    drawn = curves(
        shown, "each point is a net that mixes the weights of its two neighbours", (-100, 100), title=title, log=False
    )
    return named_places(drawn, notes)


def towards(places: np.ndarray, way: int) -> pd.DataFrame:
    """Returns the curve of a path from child A, to its left (-1) or to its right (1). The shape of `places` is
    (places, seeds)."""
    share = np.linspace(0, 100, len(places)).round().astype(int)
    return band_by_x({way * int(x): each for x, each in list(zip(share, places))[::way]})


def note(x: float, share: float, says: str, role: str, side: str) -> dict[str, Any]:
    """Returns a point with words beside it."""
    colour, _, symbol = ROLES[role]
    label = {"show": True, "formatter": says, "position": side, "color": colour, "fontWeight": "bold", "distance": 8}
    look = {"symbol": symbol, "symbolSize": 13 if symbol != "none" else 7, "color": colour, "z": 4}
    return {"type": "scatter", "name": says, "data": [[x, round(100 * share, 2)]], "label": label} | look


def named_places(figure: Figure, notes: list[dict[str, Any]]) -> Figure:
    """Returns the chart with these points and without numbers on the x-axis, because the positions have names."""
    bare = {"axisLabel": {"show": False}, "axisTick": {"show": False}, "nameGap": 12}
    ground = Ground(x=(-100, 100), y=(0, 100), right=52, bottom=30)
    spec = figure.spec | {
        "grid": ground.grid,
        "series": [*figure.spec["series"], *notes],
        "xAxis": figure.spec["xAxis"] | bare,
    }
    spec["yAxis"] = figure.spec["yAxis"] | {"axisLabel": {"formatter": "{value} %", "showMaxLabel": False}}
    alt = f"{figure.alt} Marked: {'; '.join(point['name'] for point in notes)}."
    return replace(figure, spec=spec, alt=alt, ground=ground)


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the four nets while they train, the loss landscape as a surface and as a map, and the loss on the path.

    The landscape shows the learner's own nets as soon as they are measured.
    """
    shown: Views = {}
    if tables := evidence.tables("live"):
        shown["During training"] = lambda: learning(tables)
    which, labels = where(settings[JOIN]), settings[LABELS]
    mine = evidence.has("yours", which)
    if mine or evidence.has("plane", which, labels):
        answer = evidence.answer("yours", which) if mine else evidence.answer("plane", which, labels)
        whose = "this run's nets" if mine else "stored nets"
        turn = f"The loss of mixed nets, as a landscape ({whose}). Low is good. Drag to turn it."
        shown |= {
            "Landscape": lambda: loss_surface(land(answer, settings[JOIN]), turn),
            "Map": lambda: contour_map(land(answer, settings[JOIN]), f"The same landscape from above ({whose})"),
        }
    if evidence.has("line", SPIRALS):
        shown["Three kinds of heads"] = lambda: between_heads(evidence.answer("line", SPIRALS))
    if mine or evidence.has("plane", which, labels):
        shown["Loss on the line"] = lambda: walk(answer, settings[JOIN], mine)
    return shown


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the current accuracy of the learner's nets."""
    tables = evidence.tables("live")
    read = ", ".join(f"{name} {percent(float(final(table).mean()))}" for name, table in tables.items())
    return f"Accuracy on unseen digits: {read}." if tables else ""


def learning(tables: dict[str, pd.DataFrame]) -> Figure:
    shown = [over_steps(table, name, ROLE[name]) for name, table in tables.items()]
    return curves(shown, "training steps", (1, 1500), title="Accuracy on unseen digits during training")


def land(answer: Answer, join: str) -> Land:
    """Returns the plane of the first seed, with the path on it."""
    names, pair = ON[where(join)], number(join)
    line = answer["lines"][pair]
    start, end = (np.array(answer["nets"][names.index(name)][:2]) for name in ENDS[join])
    way = [start + share * (end - start) for share in answer["share"]]
    walked = [
        Pin(
            name=name_at(share, join),
            x=float(at[0]),
            y=float(at[1]),
            loss=loss[0],
            right=right[0],
            role="guess",
        )
        for share, at, loss, right in zip(answer["share"], way, line["loss"], line["accuracy"])
    ]
    ends = {name: first_seed(answer, name, names) for name in names[:3]}
    pins = [
        Pin(name=name, x=x, y=y, loss=ends[name][0], right=ends[name][1], role=ROLE[name])
        for name, (x, y, _) in zip(names[:3], answer["nets"])
    ]
    pins += [fallen(answer, name, place) for name, place in list(zip(names, answer["nets"]))[3:]]
    paths = [path for name, path in zip(names, answer["paths"]) if path and inside(answer, path) and name in ENDS[join]]
    return Land(
        x=answer["x"],
        y=answer["y"],
        loss=answer["loss"],
        right=answer["accuracy"],
        pins=pins,
        walk=walked,
        paths=paths,
        together="backbone and children",
    )


def fallen(answer: Answer, name: str, place: list[float]) -> Pin:
    """Returns the projection of a net onto the plane, with the loss at the nearest point of the map."""
    column, row = (int(np.abs(np.array(answer[axis]) - at).argmin()) for axis, at in zip("xy", place))
    loss, right = answer["loss"][row][column], answer["accuracy"][row][column]
    return Pin(name=name, x=place[0], y=place[1], loss=loss, right=right, role=ROLE[name])


def number(join: str) -> int:
    """Returns the number of the line in its plane: the first line leads to the second net, and the next one to the
    third."""
    return ON[where(join)].index(ENDS[join][1]) - 1


def name_at(share: float, join: str) -> str:
    """Names a point on a line, for a share of the way."""
    if share in (0, 1):
        return ENDS[join][int(share)]
    return "half way" if PARENT in ENDS[join] else "their mean"


def first_seed(answer: Answer, name: str, names: tuple[str, ...]) -> tuple[float, float]:
    """Returns the loss and the accuracy of a net of the plane, from the ends of the lines that begin at the first
    net."""
    place, pair = (0, 0) if name == names[0] else (-1, names.index(name) - 1)
    return answer["lines"][pair]["loss"][place][0], answer["lines"][pair]["accuracy"][place][0]


def inside(answer: Answer, path: list[list[float]]) -> bool:
    """Returns whether a path of training is within the map."""
    x, y = np.array(path).T
    (left, right), (low, high) = ((answer[axis][0], answer[axis][-1]) for axis in ("x", "y"))
    return bool((x >= left).all() and (x <= right).all() and (y >= low).all() and (y <= high).all())


def walk(answer: Answer, join: str, mine: bool) -> Figure:
    """Draws the loss along the line that the learner has set, over all seeds."""
    line = np.array(answer["lines"][number(join)]["loss"])
    way = [round(100 * share) for share in answer["share"]]
    role = ROLE[ENDS[join][1]]
    curve = Curve(table=band_by_x(dict(zip(way, line))), name="loss", role=role)
    top = next(high for high in (0.5, 1.0, 2.0, 3.0, 6.0, 1000.0) if curve.table.high.max() < high)
    title = f"Loss on the line from {join} ({'this run' if mine else f'{line.shape[1]} pairs of stored nets'})"
    x = Axis(name=WAY, low=0, high=100, form=".0f")
    return value_curves([curve], x, Axis(name="loss", low=0, high=top), title=title)


def between_heads(answer: Answer) -> Figure:
    """Draws the accuracy on the spirals on the line between two nets, for three ways to begin with a head."""
    looks = {
        "fine-tuned, the head first": ("pretrained", "top"),
        "from scratch": ("scratch", "bottom"),
        "fine-tuned, random heads": ("target", "bottom"),
    }
    shown = []
    for (name, (role, side)), line in zip(looks.items(), np.array(answer["accuracy"])):
        share = np.linspace(0, 100, len(line)).round().astype(int)
        lowest = int(share[line.mean(1)[3:-3].argmin() + 3]) if side == "bottom" else 50
        shown.append(Curve(table=band_by_x(dict(zip(share, line))), name=name, role=role, tag=(lowest, side)))
    title = "Accuracy on the spirals, on the straight line between two nets of the same kind"
    return curves(shown, "percent of the way from one net to the other", (0, 100), title=title, log=False)


def verdict(evidence: Results, guess: Guess) -> Verdict:
    return [
        (
            f"accuracy half way {'to child B' if which == NEAR else 'to the stranger'}",
            f"{guess[slider]} %",
            percent(float(middle(accuracy_along(evidence.answer("plane", which, ASKED), 0)).mean())),
        )
        for which, (_, _, _, slider) in WALKS.items()
    ]
