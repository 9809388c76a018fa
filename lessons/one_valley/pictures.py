"""What this lesson shows: what three nets look for, two straight walks with the learner's guess, and the landscape."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from lessons.kit.catalogue import Guess, Verdict
from lessons.kit.evidence import against, final
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import Curve, curves, over_steps
from lessons.kit.figures.dots import Axis
from lessons.kit.figures.lines import lines
from lessons.kit.figures.player import Images, Player, packed, player, unpacked
from lessons.kit.figures.surface import Land, Pin, above, surface
from lessons.kit.values import Answer, Control, Evidence, Settings
from lessons.one_valley.claims import along, middle
from lessons.one_valley.runs import ASKED, ENDS, FAR, JOIN, LABELS, NEAR, ON, PARENT, STRANGER, A, B, where

ROLE = {PARENT: "source", A: "pretrained", B: "pretrained", STRANGER: "scratch"}
PLACE = "The share of unseen digits that a net reads whose every weight is the mean of the two nets' weights."


def handle(name: str, other: str) -> Control[int]:
    label = f"Half way to {other}, right in percent"
    return Control(name=name, label=label, options=tuple(range(10, 101, 5)), default=50, help=PLACE, slider=True)


KIN, AWAY = handle("kin", "child B"), handle("away", "the stranger")
WALKS = {NEAR: ("to child B", "pretrained", B, KIN), FAR: ("to the stranger", "scratch", STRANGER, AWAY)}
WAY = "percent of the way from child A"


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """The filters of two children and of a stranger, and how well each reads."""
    answer, panels = evidence.answer("filters"), []
    for name, run in zip((A, B, STRANGER), answer["runs"]):
        right = percent(float(final(evidence.table("net", name)).mean()))
        side = answer["side"]
        panels.append(
            Images(
                title=f"{'The stranger' if name == STRANGER else name.replace('c', 'C', 1)}, {right} right",
                images=[contrasted(image) for image in run["images"][-1]],
                width=side,
                height=side,
                signed=True,
                size=32,
            )
        )
    says = "Sixteen first-layer filters each: what a net looks for before anything else."
    return player(Player(marks=("after training",), says=(says,), panels=panels), title="Three nets that read digits")


def contrasted(image: str) -> str:
    """The same filter at full strength: what it looks for, not how much it weighs."""
    signed = unpacked("Filter", image).astype(int) - 128
    return packed(signed * 127 // max(1, np.abs(signed).max()) + 128)


def picture(evidence: Evidence, settings: Settings, guess: Guess) -> Figure:
    """Accuracy along both walks from child A, with the learner's guess; before it only where they begin and end."""
    shown = []
    for which, (name, role, end, slider) in WALKS.items():
        ends = [float(final(evidence.table("net", net)).mean()) for net in (A, end)]
        if evidence.has("plane", which, ASKED):
            answer = evidence.answer("plane", which, ASKED)
            way = [round(100 * share) for share in answer["share"]]
            shown.append(Curve(table=against(dict(zip(way, along(answer, 0)))), name=name, role=role))
        else:
            shown.append(Curve(table=flat({100: ends[1]}), name=end, role=role))
        if guess:
            shown.append(Curve(table=flat({50: guess[slider] / 100}), name=f"you: {name}", role="guess"))
    if not evidence.has("plane", NEAR, ASKED):
        right = float(final(evidence.table("net", A)).mean())
        shown.insert(0, Curve(table=flat({0: right}), name=A, role=ROLE[A], named=False))
    title = f"Right answers on two straight walks from child A (8 nets each, {ASKED} labels per class)"
    return apart(curves(shown, WAY, (0, 100), title=title, log=False, height=320))


def apart(figure: Figure) -> Figure:
    """With the names of what is about the stranger below the others', because both walks end alike."""
    for series in figure.spec["series"]:
        if "endLabel" in series:
            series["endLabel"]["offset"] = [0, 9 if "stranger" in series["name"] else -9]
            del series["labelLayout"]
    return figure


def flat(places: dict[int, float]) -> pd.DataFrame:
    return pd.DataFrame([{"x": x, "mean": share, "low": share, "high": share} for x, share in places.items()])


def live(evidence: Evidence, settings: Settings, guess: Guess) -> list[Figure]:
    """The four nets while they learn."""
    tables = evidence.tables("live")
    if not tables:
        return []
    shown = [over_steps(table, name, ROLE[name]) for name, table in tables.items()]
    return [curves(shown, "steps", (1, 1500), title="While they learn: right answers on unseen digits", height=300)]


def pictures(evidence: Evidence, settings: Settings, guess: Guess) -> list[Figure]:
    """The landscape, of the learner's own nets as soon as it is measured; then the same walk as a line."""
    which, labels = where(settings[JOIN]), settings[LABELS]
    mine = evidence.has("yours", which)
    if not (mine or evidence.has("plane", which, labels)):
        return []
    answer = evidence.answer("yours", which) if mine else evidence.answer("plane", which, labels)
    whose = "your nets" if mine else "stored nets"
    here = land(answer, settings[JOIN])
    return [
        surface(here, f"The loss over a plane of weights, {whose}. Turn it: drag"),
        above(here, "The same from above"),
        walk(answer, settings[JOIN], mine),
        picture(evidence, settings, guess),
    ]


def land(answer: Answer, join: str) -> Land:
    """The first seed's plane, and the walk on it."""
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
    paths = [path for name, path in zip(names, answer["paths"]) if path and inside(answer, path) and name in ENDS[join]]
    return Land(
        x=answer["x"],
        y=answer["y"],
        loss=answer["loss"],
        right=answer["accuracy"],
        pins=pins,
        walk=walked,
        paths=paths,
    )


def number(join: str) -> int:
    """Which of its plane's lines: the first leads to the second net, the next to the third."""
    return ON[where(join)].index(ENDS[join][1]) - 1


def name_at(share: float, join: str) -> str:
    if share in (0, 1):
        return ENDS[join][int(share)]
    return "half way" if PARENT in ENDS[join] else "their mean"


def first_seed(answer: Answer, name: str, names: tuple[str, ...]) -> tuple[float, float]:
    """Loss and accuracy of a net of the plane: the ends of the lines from the first one."""
    place, pair = (0, 0) if name == names[0] else (-1, names.index(name) - 1)
    return answer["lines"][pair]["loss"][place][0], answer["lines"][pair]["accuracy"][place][0]


def inside(answer: Answer, path: list[list[float]]) -> bool:
    x, y = np.array(path).T
    (left, right), (low, high) = ((answer[axis][0], answer[axis][-1]) for axis in ("x", "y"))
    return bool((x >= left).all() and (x <= right).all() and (y >= low).all() and (y <= high).all())


def walk(answer: Answer, join: str, mine: bool) -> Figure:
    """The loss along the chosen line, over the seeds there are."""
    line = np.array(answer["lines"][number(join)]["loss"])
    way = [round(100 * share) for share in answer["share"]]
    role = ROLE[ENDS[join][1]]
    curve = Curve(table=against(dict(zip(way, line))), name="loss", role=role)
    top = next(high for high in (0.5, 1.0, 2.0, 3.0, 6.0, 1000.0) if curve.table.high.max() < high)
    title = f"The loss on the way, {'your nets' if mine else f'{line.shape[1]} pairs of stored nets'}: {join}"
    x = Axis(name=WAY, low=0, high=100, form=".0f")
    return replace(lines([curve], x, Axis(name="loss", low=0, high=top), title=title), height=300)


def verdict(evidence: Evidence, guess: Guess) -> Verdict:
    return [
        (
            f"right half way {name}",
            f"{guess[slider]} %",
            percent(float(middle(along(evidence.answer("plane", which, ASKED), 0)).mean())),
        )
        for which, (name, _, _, slider) in WALKS.items()
    ]
