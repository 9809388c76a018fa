"""Draws the figures of this lesson: the two skills as dots in a plane, curves, heat maps of tasks in a row, and the
cost of remembering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import pandas as pd

from lessons.kit.figures import Figure, Ground, percent
from lessons.kit.figures.answer_wall import Wall, class_letter, walls
from lessons.kit.figures.curves import Curve, curves, over_steps
from lessons.kit.figures.memory_sketches import four_ways
from lessons.kit.figures.scatter import LEFT, Axis, Dot, clear_side, scatter
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Control, Results, Settings
from lessons.kit.results.evidence import final, retention
from lessons.kit.runs.recipes import STEPS
from lessons.ways_to_remember.claims import DEAR, WORTH, keeps
from lessons.ways_to_remember.runs import (
    DARK,
    FREEZE,
    LEVELS,
    METHODS,
    NAIVE,
    ROW,
    SCENE,
    TASKS,
    ends,
    method_of,
    picked,
)
from lessons.ways_to_remember.side_figures import (
    Tables,
    averages,
    cost,
    dot,
    heats,
    kept_examples,
    one_heat,
    skills,
    speeds,
    starts,
)

OLD, NEW = "old skill that is left (%)", "new digits that are read (%)"
KEPT, READ = 0.75, 0.8  # for the mission: the share of the old skill, and of the new digits


SHORT = {method: method for method in METHODS} | {
    NAIVE: "no protection",
    FREEZE: "all but the head frozen",
}  # names beside dots
HOW = {
    "replay": "Replay practises one stored drawing of each glyph beside the digits",
    "LwF": "LwF keeps the old head's answers to the new digits. It stores no drawing",
    "EWC": "EWC holds the weights that mattered for the glyphs, each as tightly as it mattered",
    "L2-SP": "L2-SP holds all weights near their old values, equally tightly",
}
X, Y = (0, 110), (60, 100)  # the ends of the axes, in percent


def guess_control(name: str, method: str, label: str) -> Control[int]:
    return Control(
        name=name,
        label=f"{label}: how much of the old skill is left, in percent?",
        options=tuple(range(0, 101, 10)),
        default=50,
        help=f"{HOW[method]}. The strength is middle.",
        slider=True,
    )


HANDLES = {  # by method, on dark digits at the middle strength
    method: guess_control(method.lower().replace("-", "_"), method, method[0].upper() + method[1:])
    for method in METHODS
}
MARKS = tuple(
    Handle(x=control, y=65 + 8 * k, name=SHORT[method], unit=" %", start=60)
    for k, (method, control) in enumerate(HANDLES.items())
)


def hook(evidence: Results, settings: Settings) -> Figure:
    """Sketches the four ways, before the learner predicts anything about them."""
    return four_ways()


def is_revealed(evidence: Results) -> bool:
    """Returns whether the results that the learner predicts may be shown."""
    return evidence.has("price")


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the two skills as dots, or the heat map of a row. Before the prediction, only the two ways without a
    method are shown."""
    chosen, scene, known = picked(settings), settings[SCENE], is_revealed(evidence)
    if known and scene == ROW:
        live = live_row(evidence, chosen)
        whole = len(live) == TASKS
        return heats({chosen: live if whole else evidence.tables("row", chosen)}, "live" if whole else "stored")[0]
    where = scene if known else DARK
    guesses = {method: guess[handle] for method, handle in HANDLES.items()} if guess and where == DARK else {}
    title = f"Old and new skill after {STEPS} steps ({where})"
    if known:
        title += f". {cleared(evidence.tables('scene', where))}"
    return plane(evidence.tables("scene", where), chosen, evidence.tables("race"), guesses, title)


def cleared(tables: Tables) -> str:
    """Says in one sentence which ways reach the goal of the claim."""
    ways = ", ".join(method for method in METHODS if keeps(tables, method)) or "none"
    return (
        f"Goal: {100 * WORTH:.0f} points more glyphs for at most {100 * DEAR:.0f} points of digits. Reached by {ways}"
    )


def live_row(evidence: Results, one: str) -> dict[int, pd.DataFrame]:
    """Returns the tables of a live row so far, by position. All ways share the first task."""
    first = {1: evidence.table("live first")} if evidence.has("live first") else {}
    return first | evidence.tables("live row", one)


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views. They show both skills with and without the method, the accuracy on each task of a row,
    the cost of all ways, and what keeps old skills without a penalty."""
    shown: Views = {}
    chosen, scene, known = picked(settings), settings[SCENE], is_revealed(evidence)
    if scene == ROW and (evidence.tables("live row") or known):
        begun = bool(evidence.tables("live row"))
        for one in (NAIVE, chosen):
            row = live_row(evidence, one) if begun else evidence.tables("row", one)
            shown |= {one: partial(one_heat, one, row, "live" if begun else "stored")} if row else {}
    race = evidence.tables("race")
    if scene != ROW and (told := old_skill_walls(evidence, chosen)):
        shown["Old glyphs"] = lambda: walls(told)
    if known:
        shown["Kept examples"] = lambda: kept_examples(evidence)
    kind, tables = ("live", race) if {NAIVE, chosen} <= race.keys() else ("stored", evidence.tables("scene", scene))
    if scene != ROW and chosen in tables:
        old, new = two_skills(tables[NAIVE], tables[chosen], chosen, kind)
        shown |= {"Old skill": lambda: old, "New skill": lambda: new}
    if known:
        if scene == ROW:
            shown["All five tasks"] = lambda: averages(
                {one: evidence.table("row", one, TASKS) for one in ends(settings)}
            )
        else:
            shown["Cost"] = lambda: cost(evidence.tables("scene", scene), evidence.answer("price"))
        shown |= {"Layer speeds": lambda: speeds(evidence), "A better start": lambda: starts(evidence)}
    return shown


def old_skill_walls(evidence: Results, chosen: str) -> list[Wall]:
    """Returns two walls with the answers to the same old glyphs. One net has no protection, and the other net has the
    protection that the learner has set. The walls show the live runs if there are any, and the stored runs otherwise.
    """
    role = "race" if evidence.behaviour("race", chosen) and evidence.behaviour("race", NAIVE) else "wall"
    told = {way: evidence.behaviour(role, way) for way in (NAIVE, chosen)}
    if not all(told.values()):
        return []
    (glyphs,) = evidence.answer("glyphs")["tasks"]
    names = list(glyphs["names"].values())
    wall = Wall(name="", behaviour=(), examples=glyphs["examples"], task="1", old=True, names=names)
    wall = replace(wall, brief={k: class_letter(name) for k, name in enumerate(names)})
    return [replace(wall, name=plain(way), behaviour=behaviour) for way, behaviour in told.items()]


def plain(way: str) -> str:
    """Returns the name of a way on the page."""
    method, _, level = way.partition(" ")
    return f"{method} at {level} strength" if level else "no protection"


def tells(evidence: Results, settings: Settings) -> str:
    """Describes how the learner's way works, and its current results."""
    way = picked(settings)
    how = HOW[method_of(way)]
    if settings[SCENE] == ROW or not evidence.has("race", way):
        return f"{how}."
    left, new = (percent(float(skill.mean())) for skill in skills(evidence.table("race", way)))
    return f"{how}. {left} of the old skill is left, and the net reads {new} of the digits."


def kept_without_examples(evidence: Results, settings: Settings) -> bool:
    """Returns whether a live run keeps three quarters of the old skill and reads four fifths of the dark digits,
    without storing any old examples."""
    way = picked(settings)
    if settings[SCENE] != DARK or method_of(way) == "replay" or not evidence.has("race", way):
        return False
    left, new = skills(evidence.table("race", way))
    return bool(left.mean() >= KEPT and new.mean() >= READ)


def verdict(evidence: Results, guess: Guess) -> Verdict:
    rows = []
    for method, handle in HANDLES.items():
        left = float(final(retention(evidence.table("scene", DARK, f"{method} middle"))).mean())
        rows.append((f"Old skill that is left with {method}", f"{guess[handle]} %", percent(left)))
    return rows


def plane(tables: Tables, chosen: str, live: Tables, guesses: Mapping[str, int], title: str) -> Figure:
    """Draws a dot for every way: the old skill that is left, and the new skill.

    The strengths of one method are joined by a line that begins at naive. The learner's guesses of the old skill are
    at the bottom.
    """
    shown = [
        replace(dot(SHORT[way], *skills(tables[way]), "note"), side="lane") for way in (NAIVE, FREEZE) if way in tables
    ]
    joined = []
    for method in METHODS:
        ways = {way: at_middle(way) for level in LEVELS if (way := f"{method} {level}") in tables}
        for way, name in ways.items():
            role = "source" if way == chosen else "pretrained"
            shown.append(replace(dot(name, *skills(tables[way]), role, named=way == f"{method} middle"), side="lane"))
        joined += [[SHORT[NAIVE], *ways.values()]] if ways else []
    for way, table in live.items():
        yours = dot(f"this run: {at_middle(way)}", *skills(table), "target")
        ground = Ground(x=X, y=Y, left=LEFT, right=40)
        shown.append(replace(yours, side=clear_side(yours, shown, ground)))
    for method, left in guesses.items():
        met = tables.get(f"{method} middle")
        y = 100 * float(final(met).mean()) if met is not None else Y[0] + 5
        shown.append(Dot(name=f"your prediction: {SHORT[method]}", x=left, y=y, role="guess", side="bottom"))
    across = Axis(name=OLD, low=X[0], high=X[1], form=".0f", ticks=range(0, 101, 20))
    up = Axis(name=NEW, low=Y[0], high=Y[1], form=".0f")
    return scatter(shown, across, up, title=title, joined=joined, height=440)


def at_middle(way: str) -> str:
    """Returns the name of a way in the plane. At the middle strength it is only the name of the method."""
    method, _, level = way.partition(" ")
    return SHORT[method] + f", {level}" * (level not in ("", "middle"))


def two_skills(naive: pd.DataFrame, kept: pd.DataFrame, way: str, kind: str) -> list[Figure]:
    """Draws the old and the new skill against steps, with the way to remember and without it."""
    figures = []
    for what, role, read in (
        ("Old skill that is left", "source", retention),
        ("New digits that are read", "target", lambda table: table),
    ):
        shown: list[Curve] = [over_steps(read(naive), "no protection", "note"), over_steps(read(kept), way, role)]
        figures.append(curves(shown, "steps", (1, STEPS), title=f"{what} ({kind} runs)", y=what))
    return figures
