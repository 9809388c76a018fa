"""Draws the figures of this lesson: both skills against steps, the skills that are left at every learning rate, and
the answers of one net frame by frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from lessons.day_it_forgot.claims import HALF
from lessons.day_it_forgot.runs import AFTER_GLYPHS, RATE, SIMILARITY, STANDARD, TASK
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.answer_wall import Wall, class_letter, walls
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.figures.player import Line, Lines
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.values import Behaviour, Control, Results, Settings
from lessons.kit.results.evidence import band_by_x, final, retention, steps_until
from lessons.kit.runs.forgetting import AFTER_ARMS, AFTER_LOW, CLASSES
from lessons.kit.runs.recipes import ALIKE, STEPS, UNLIKE

IN_WORDS = {
    AFTER_GLYPHS: {ALIKE: AFTER_GLYPHS, UNLIKE: "digits dark on bright after glyphs"},
    AFTER_LOW: {ALIKE: AFTER_LOW, UNLIKE: "5 to 9 dark on bright after 0 to 4"},
    AFTER_ARMS: {ALIKE: "two colours of turned arms after six arms", UNLIKE: "two colours of wedges after six arms"},
}
NEVER = "never"
SHARES = "New skill: what is right. Old skill: what is left of it"
WIDE = 10  # tiles in a row of the wall
OLD_SKILL = {AFTER_GLYPHS: "Old: glyphs", AFTER_LOW: "Old: 0 to 4", AFTER_ARMS: "Old: six arms"}
HALF_LOST: Control[int | str] = Control(
    name="half",
    label="Half of the old skill is lost after how many steps?",
    options=(5, 10, 20, 50, 100, 200, NEVER),
    default=200,
    help="The step at which it reads half as many of the old digits as before.",
    slider=True,
)
LEFT = Control(
    name="left",
    label="Left of it in the end, in percent",
    options=tuple(range(0, 101, 10)),
    default=40,
    help="The old digits it still reads, as a share of those it read before.",
    slider=True,
)


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the digits that the net can read before it learns new ones."""
    examples = evidence.answer("old digits")["tasks"][0]["examples"]
    wall = Wall(name="0 to 4, as the net reads them", behaviour=evidence.behaviour("old net")[-1:], examples=examples)
    return walls([replace(wall, columns=WIDE, old=True)])


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws both skills against steps. It shows the live run if there is one, and the stored run otherwise. Before
    the prediction, only the learner's guess is shown."""
    live, revealed = evidence.has("live"), evidence.has("asked")
    shown = []
    if live or revealed:
        table = evidence.table("live") if live else evidence.table("stored", settings[RATE])
        shown = [over_steps(table, "new skill", "target"), over_steps(retention(table), "old skill", "source")]
    if guess and (not revealed or (settings[RATE], in_words(settings)) == (STANDARD, AFTER_LOW)):
        shown.append(Curve(table=guess_curve(guess), name="your guess", role="guess"))
    return curves(shown, "steps", (1, STEPS), title=SHARES, y="Share")


def in_words(settings: Settings) -> str:
    """Names the new task and the old one, such as "digits after glyphs"."""
    return IN_WORDS[settings[TASK]][settings[SIMILARITY]]


def guess_curve(guess: Guess) -> pd.DataFrame:
    """Returns the learner's guess as a curve: everything at first, half at their step, and their share at the end."""
    half = guess[HALF_LOST]
    places = {1: 1.0, STEPS: guess[LEFT] / 100} | ({half: HALF} if isinstance(half, int) else {})
    table = pd.DataFrame([{"x": x, "mean": share} for x, share in sorted(places.items())])
    return table.assign(low=table["mean"], high=table["mean"])


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the first task while it is trained, the wall of old examples, and every learning
    rate."""
    shown: Views = {}
    if evidence.has("first") and not evidence.has("live"):
        first = over_steps(evidence.table("first"), "0 to 4", "source")
        shown["First task"] = lambda: curves([first], "steps", (1, STEPS), title="First it learns 0 to 4")
    if behaviour := evidence.behaviour("live"):
        shown["The wall"] = lambda: wall(behaviour, evidence, settings)
    if evidence.tables("stored"):
        title = f"After {STEPS} steps at each rate, {in_words(settings)}"
        shown["Every rate"] = lambda: every_rate(evidence.tables("stored"), title, settings[RATE])
        title_glyphs = f"After {STEPS} steps at each rate, {AFTER_GLYPHS}"
        shown["Glyphs"] = lambda: every_rate(evidence.tables("glyphs"), title_glyphs)
    return shown


def wall(behaviour: Sequence[Behaviour], evidence: Results, settings: Settings) -> Figure:
    """Draws the answers of one net to the old examples, beside both skills. For the plane it draws the maps of both
    tasks."""
    told = evidence.answer("wall")["tasks"]
    names = list(told[0]["names"].values())
    old = Wall(name=OLD_SKILL[settings[TASK]], behaviour=behaviour, examples=told[0]["examples"], task="1", old=True)
    if settings[TASK] == AFTER_ARMS:
        new = Wall(name="New: two colours", behaviour=behaviour, examples=told[1]["examples"], shift=len(names))
        return walls([old, new], both_skills(evidence), classes=CLASSES)
    brief = {k: class_letter(name) for k, name in enumerate(names)}
    return walls([replace(old, names=names, brief=brief, columns=WIDE)], both_skills(evidence))


def both_skills(evidence: Results) -> Callable[[list[int]], Sequence[Lines]]:
    """Returns the curves of the net whose wall is shown."""
    table = evidence.table("live")
    mine = table[table.seed == table.seed.min()]

    def drawn(steps: list[int]) -> Sequence[Lines]:
        old, new = (np.interp(steps, mine.step, mine[column]) for column in ("accuracy 1", "accuracy"))
        lines = [
            Line(name="old skill", role="source", values=old / max(old[0], 1e-9)),
            Line(name="new skill", role="target", values=new),
        ]
        big = [f"new skill {percent(float(share))}" for share in new]
        return [Lines(title="What is left of the old skill, and the new one", lines=lines, big=big)]

    return drawn


def every_rate(tables: Mapping[float, pd.DataFrame], title: str, chosen: float | None = None) -> Figure:
    """Draws both skills at the end of training, for every learning rate."""
    new, old = (
        band_by_x({rate: final(of(table)) for rate, table in tables.items()}) for of in (pd.DataFrame, retention)
    )
    shown = [Curve(table=new, name="new skill", role="target"), Curve(table=old, name="old skill", role="source")]
    mark = [Mark(start=(chosen, 0.0), end=(chosen, 1.0), says="your rate")] if chosen else []
    return curves(shown, "learning rate", (8e-5, 1.25e-2), mark, title=title, y="Share")


def verdict(evidence: Results, guess: Guess) -> Verdict:
    old = retention(evidence.table("asked"))
    half = steps_until(old, HALF)
    did = "never" if math.isinf(half) else f"after {half:.0f} steps"
    said = NEVER if guess[HALF_LOST] == NEVER else f"after {guess[HALF_LOST]} steps"
    return [
        ("half of the old skill is lost", said, did),
        (f"what is left of it after {STEPS} steps", f"{guess[LEFT]} %", percent(float(final(old).mean()))),
    ]


def spared(evidence: Results, settings: Settings) -> bool:
    """Returns whether a live run has learned half of the new skill and kept half of the old one.

    Half of the new skill is half way between the accuracy before the first step, which is that of guessing, and 100
    %.
    """
    if not evidence.has("live"):
        return False
    table = evidence.table("live")
    guessed = table[table.step == 0].accuracy.mean()
    learned = (final(table).mean() - guessed) / (1 - guessed)
    return bool(learned >= HALF and final(retention(table)).mean() >= HALF)
