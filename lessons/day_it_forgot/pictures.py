"""What this lesson shows: both skills against steps, what is left at every rate, and one net frame by frame."""

from __future__ import annotations

import math

import pandas as pd

from lessons.day_it_forgot.claims import HALF
from lessons.day_it_forgot.runs import (
    AFTER_ARMS,
    AFTER_GLYPHS,
    AFTER_LOW,
    LIVE,
    RATE,
    SIMILARITY,
    STANDARD,
    TASK,
)
from lessons.kit.catalogue import Guess, Verdict, Views
from lessons.kit.evidence import against, final, retention, steps_until
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.figures.film import played
from lessons.kit.recipes import ALIKE, STEPS, UNLIKE
from lessons.kit.values import Control, Evidence, Settings

IN_WORDS = {
    AFTER_GLYPHS: {ALIKE: AFTER_GLYPHS, UNLIKE: "digits dark on bright after glyphs"},
    AFTER_LOW: {ALIKE: AFTER_LOW, UNLIKE: "5 to 9 dark on bright after 0 to 4"},
    AFTER_ARMS: {ALIKE: "two colours of turned arms after six arms", UNLIKE: "two colours of wedges after six arms"},
}
NEVER = "never"
SHARES = "New skill: what is right. Old skill: what is left of it"
HALF_LOST: Control[int | str] = Control(
    name="half",
    label="Half of the old skill is lost after how many steps?",
    options=(5, 10, 20, 50, 100, 200, NEVER),
    default=200,
    help="The step at which it reads half as many glyphs as before.",
    slider=True,
)
LEFT = Control(
    name="left",
    label="Left of it in the end, in percent",
    options=tuple(range(0, 101, 10)),
    default=40,
    help="The glyphs it still reads, as a share of those it read before.",
    slider=True,
)


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """How long it took to learn what is now at stake."""
    table = evidence.table("backbone")
    glyphs = over_steps(table, "glyphs", "source")
    steps = int(table.step.max())
    (kinds,) = evidence.answer("kinds")["classes"]
    return curves([glyphs], "steps", (1, steps), title=f"{steps:,} steps of learning to tell {kinds} glyphs apart")


def picture(evidence: Evidence, settings: Settings, guess: Guess) -> Figure:
    """Both skills against steps: of a live run if there is one, else of the stored one; before the prediction the
    learner's curve alone."""
    live, revealed = evidence.has("live"), evidence.has("asked")
    shown = []
    if live or revealed:
        table = evidence.table("live") if live else evidence.table("stored", settings[RATE])
        shown = [over_steps(table, "new skill", "target"), over_steps(retention(table), "old skill", "source")]
    if guess and (not revealed or (settings[RATE], in_words(settings)) == (STANDARD, AFTER_GLYPHS)):
        shown.append(Curve(table=guessed(guess), name="your guess", role="guess"))
    kind = "live run" if live else "stored run" if revealed else "what you expect"
    return curves(shown, "steps", (1, STEPS), title=f"{SHARES} ({kind})", y="Share")


def in_words(settings: Settings) -> str:
    return IN_WORDS[settings[TASK]][settings[SIMILARITY]]


def guessed(guess: Guess) -> pd.DataFrame:
    """The learner's curve: whole at first, half at their step, and what they say is left in the end."""
    half = guess[HALF_LOST]
    places = {1: 1.0, STEPS: guess[LEFT] / 100} | ({half: HALF} if isinstance(half, int) else {})
    table = pd.DataFrame([{"x": x, "mean": share} for x, share in sorted(places.items())])
    return table.assign(low=table["mean"], high=table["mean"])


def views(evidence: Evidence, settings: Settings, guess: Guess) -> Views:
    """What comes first, while it is learned; one live net frame by frame; then every rate, as stored."""
    shown: Views = {}
    if evidence.has("first") and not evidence.has("live"):
        first = over_steps(evidence.table("first"), "0 to 4", "source")
        shown["First task"] = lambda: curves([first], "steps", (1, STEPS), title="First it learns 0 to 4")
    if evidence.has("live") and evidence.has("flips") and (settings[TASK] != AFTER_ARMS or evidence.has("maps")):
        title = f"What flipped, and when: one of the {LIVE} nets, {in_words(settings)}"
        maps = evidence.answers("maps").get(())
        shown["What flipped"] = lambda: played(evidence.answer("flips"), evidence.table("live"), maps, title)
    if evidence.tables("stored"):
        shown["Every rate"] = lambda: every_rate(evidence, settings)
    return shown


def every_rate(evidence: Evidence, settings: Settings) -> Figure:
    """What is left of both skills in the end, at every rate."""
    tables = evidence.tables("stored")
    new, old = (against({rate: final(of(table)) for rate, table in tables.items()}) for of in (pd.DataFrame, retention))
    shown = [Curve(table=new, name="new skill", role="target"), Curve(table=old, name="old skill", role="source")]
    mark = Mark(start=(settings[RATE], 0.0), end=(settings[RATE], 1.0), says="your rate")
    title = f"After {STEPS} steps at each rate, {in_words(settings)} (stored runs)"
    return curves(shown, "learning rate", (8e-5, 1.25e-2), [mark], title=title, y="Share")


def verdict(evidence: Evidence, guess: Guess) -> Verdict:
    old = retention(evidence.table("asked"))
    half = steps_until(old, HALF)
    did = "never" if math.isinf(half) else f"after {half:.0f} steps"
    said = NEVER if guess[HALF_LOST] == NEVER else f"after {guess[HALF_LOST]} steps"
    return [
        (f"half of the old skill is lost, {AFTER_GLYPHS}, rate {STANDARD:g}", said, did),
        (f"what is left of it after {STEPS} steps", f"{guess[LEFT]} %", percent(float(final(old).mean()))),
    ]
