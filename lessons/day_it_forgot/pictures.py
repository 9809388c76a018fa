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
from lessons.kit.results.evidence import band_by_x, final, line_by_x, retention, steps_until
from lessons.kit.runs.forgetting import AFTER_ARMS, AFTER_LOW, CLASSES
from lessons.kit.runs.recipes import ALIKE, STEPS, UNLIKE

IN_WORDS = {
    AFTER_GLYPHS: {ALIKE: AFTER_GLYPHS, UNLIKE: "dark digits on a bright ground after glyphs"},
    AFTER_LOW: {ALIKE: "digits 5 to 9 after 0 to 4", UNLIKE: "dark digits 5 to 9 on a bright ground after 0 to 4"},
    AFTER_ARMS: {ALIKE: "two colours on turned arms after six arms", UNLIKE: "two colours on wedges after six arms"},
}
NEVER = "never"
SHARES = "New skill: accuracy on unseen examples. Old skill: share of its accuracy that is left"
WIDE = 10  # tiles in a row of the wall
OLD_SKILL = {AFTER_GLYPHS: "Old task: glyphs", AFTER_LOW: "Old task: digits 0 to 4", AFTER_ARMS: "Old task: six arms"}
HALF_LOST: Control[int | str] = Control(
    name="half",
    label="After how many steps is half of the old skill lost?",
    options=(5, 10, 20, 50, 100, 200, NEVER),
    default=200,
    help="The step at which the net reads only half as many of the old digits as at the start.",
    slider=True,
)
LEFT = Control(
    name="left",
    label="How much of the old skill is left at the end, in percent?",
    options=tuple(range(0, 101, 10)),
    default=40,
    help="The number of old digits that the net still reads at the end, as a percentage of the number at the start.",
    slider=True,
)


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the digits that the net can read before it learns new ones."""
    examples = evidence.answer("old digits")["tasks"][0]["examples"]
    wall = Wall(
        name="Digits 0 to 4 as the net reads them", behaviour=evidence.behaviour("old net")[-1:], examples=examples
    )
    return walls([replace(wall, columns=WIDE, old=True)])


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws both skills against steps: of the live run if there is one, and of the stored run, unless the live run
    still goes on. Before the prediction, only the learner's guess is shown."""
    live, revealed = evidence.has("live"), evidence.has("asked")
    over = live and evidence.table("live").step.max() >= STEPS
    shown = []
    if revealed and (over or not live):  # the findings quote the stored run
        shown += skills(evidence.table("stored", settings[RATE]), past="past " if live else "")
    if live:
        shown += skills(evidence.table("live"), this_run=over)
    if guess and (not revealed or (settings[RATE], in_words(settings)) == (STANDARD, IN_WORDS[AFTER_LOW][ALIKE])):
        shown.append(Curve(table=guess_curve(guess), name="your prediction", role="guess"))
    return curves(shown, "training steps", (1, STEPS), title=SHARES, y="Share")


def skills(table: pd.DataFrame, past: str = "", this_run: bool = False) -> list[Curve]:
    """Returns the new and the old skill against steps. `past` begins the role of each curve. With `this_run`, the names
    say that the learner made the run."""
    tables = {"new skill": (table, "target"), "old skill": (retention(table), "source")}
    return [
        over_steps(skill, f"{name}, this run" if this_run else name, f"{past}{role}")
        for name, (skill, role) in tables.items()
    ]


def in_words(settings: Settings) -> str:
    """Names the new task and the old one, such as "digits after glyphs"."""
    return IN_WORDS[settings[TASK]][settings[SIMILARITY]]


def guess_curve(guess: Guess) -> pd.DataFrame:
    """Returns the learner's guess as a curve: everything at first, half at their step, and their share at the end."""
    half = guess[HALF_LOST]
    places = {1: 1.0, STEPS: guess[LEFT] / 100} | ({half: HALF} if isinstance(half, int) else {})
    return line_by_x(dict(sorted(places.items())))


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the first task while it is trained, the wall of old examples, and every learning
    rate."""
    shown: Views = {}
    if evidence.has("first") and not evidence.has("live"):
        first = over_steps(evidence.table("first"), "digits 0 to 4", "source")
        shown["First task"] = lambda: curves(
            [first], "training steps", (1, STEPS), title="The old task: accuracy on unseen digits 0 to 4"
        )
    if behaviour := evidence.behaviour("live"):
        shown["Old examples"] = lambda: wall(behaviour, evidence, settings)
    if evidence.tables("stored"):
        title = f"Both skills after {STEPS} steps at every learning rate: {in_words(settings)}"
        shown["Every learning rate"] = lambda: every_rate(evidence.tables("stored"), title, settings[RATE])
        title_glyphs = f"Both skills after {STEPS} steps at every learning rate: {AFTER_GLYPHS}"
        shown["Digits after glyphs"] = lambda: every_rate(evidence.tables("glyphs"), title_glyphs)
    return shown


def wall(behaviour: Sequence[Behaviour], evidence: Results, settings: Settings) -> Figure:
    """Draws the answers of one net to the old examples, beside both skills. For the plane it draws the maps of both
    tasks."""
    told = evidence.answer("wall")["tasks"]
    names = list(told[0]["names"].values())
    old = Wall(name=OLD_SKILL[settings[TASK]], behaviour=behaviour, examples=told[0]["examples"], task="1", old=True)
    if settings[TASK] == AFTER_ARMS:
        new = Wall(name="New task: two colours", behaviour=behaviour, examples=told[1]["examples"], shift=len(names))
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
        return [Lines(title="Old skill: share that is left. New skill: accuracy", lines=lines, big=big)]

    return drawn


def every_rate(tables: Mapping[float, pd.DataFrame], title: str, chosen: float | None = None) -> Figure:
    """Draws both skills at the end of training, for every learning rate."""
    new, old = (
        band_by_x({rate: final(of(table)) for rate, table in tables.items()}) for of in (pd.DataFrame, retention)
    )
    shown = [Curve(table=new, name="new skill", role="target"), Curve(table=old, name="old skill", role="source")]
    mark = [Mark(start=(chosen, 0.0), end=(chosen, 0.96), says="your learning rate", place="end")] if chosen else []
    return curves(shown, "learning rate", (8e-5, 1.25e-2), mark, title=title, y="Share")


def verdict(evidence: Results, guess: Guess) -> Verdict:
    old = retention(evidence.table("asked"))
    half = steps_until(old, HALF)
    did = "never" if math.isinf(half) else f"after {half:.0f} steps"
    said = NEVER if guess[HALF_LOST] == NEVER else f"after {guess[HALF_LOST]} steps"
    return [
        ("half of the old skill is lost", said, did),
        (f"old skill that is left after {STEPS} steps", f"{guess[LEFT]} %", percent(float(final(old).mean()))),
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
