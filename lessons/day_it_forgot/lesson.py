"""Lesson 9: the day it forgot. What is left of the old skill while a net learns a new one."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from core.spec import Measure, Run
from core.tasks import Handwriting
from lessons.day_it_forgot.claims import (
    ALIKE,
    CLAIMS,
    HALF,
    RATE,
    RATES,
    UNLIKE,
    after_arms,
    after_glyphs,
    after_low,
    low_digits,
    rate_runs,
)
from lessons.day_it_forgot.played import played
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Lesson, Prediction, Question, Settings, Values
from lessons.kit.evidence import against, final, retention, steps_until
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.recipes import STEPS, Seeds, arms, backbone

AFTER_GLYPHS, AFTER_LOW, AFTER_ARMS = "digits after glyphs", "5 to 9 after 0 to 4", "colours after arms"
IN_WORDS = {
    AFTER_GLYPHS: {ALIKE: AFTER_GLYPHS, UNLIKE: "digits dark on bright after glyphs"},
    AFTER_LOW: {ALIKE: AFTER_LOW, UNLIKE: "5 to 9 dark on bright after 0 to 4"},
    AFTER_ARMS: {ALIKE: "two colours of turned arms after six arms", UNLIKE: "two colours of wedges after six arms"},
}
LIVE = 4  # nets of a live run: to test glyphs again and again takes more than half of its time
FRAMES = 40
NEVER = "never"
HALVES = (5, 10, 20, 50, 100, 200, NEVER)
FIRST, RUN = "first 0 to 4", "the new task"
SHARES = "New skill: what is right. Old skill: what is left of it"


def learning(settings: Settings, rate: float, seeds: Seeds) -> Run:
    similarity = settings["similarity"]
    if settings["task"] == AFTER_LOW:
        return after_low(rate, seeds, similarity)
    if settings["task"] == AFTER_ARMS:
        return after_arms(rate, seeds, arms(), similarity)
    return after_glyphs(rate, seeds, backbone(), similarity)


def runs(settings: Settings) -> Values:
    seeds = Seeds(LIVE, 100 * settings["draw"])
    values: Values = {FIRST: low_digits(seeds)} if settings["task"] == AFTER_LOW else {}
    return values | {RUN: replace(learning(settings, settings["rate"], seeds), frames=FRAMES)}


def after(settings: Settings) -> Values:
    """What becomes of single examples of the old task, and in the plane of both tasks' boundaries."""
    run = runs(settings)[RUN]
    assert isinstance(run, Run)
    (old,) = run.watch
    if settings["task"] != AFTER_ARMS:
        return {"flips": Measure(kind="flips", runs=(run,), tasks=(old,), count=33)}
    return {
        "flips": Measure(kind="flips", runs=(run,), tasks=(old,), count=90),
        "maps": Measure(kind="boundary", runs=(run,), tasks=(old, run.task), count=150),
    }


def backdrop(settings: Settings) -> Values:
    """Every run twice: what it shows of the new skill may be seen before the prediction, of the old one it may not."""
    values: Values = {"backbone": backbone(), "glyphs": rate_runs(Seeds())["glyphs"]}
    stored = {f"{rate:g}": learning(settings, rate, Seeds()) for rate in RATES}
    stored["asked"] = after_glyphs(RATE, Seeds())
    for label, run in stored.items():
        values |= {f"new {label}": run, f"old {label}": run}
    return values


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """How long it took to learn what is now at stake."""
    table = evidence["backbone"]
    glyphs = over_steps(table, "glyphs", "source")
    steps = int(table.step.max())
    (kinds,) = evidence["glyphs"]["classes"]
    return curves([glyphs], "steps", (1, steps), title=f"{steps:,} steps of learning to tell {kinds} glyphs apart")


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """Both skills against steps: of a live run if there is one, else of the stored one; before the prediction only the
    new one, of the run that is asked about."""
    live, here = RUN in evidence, f"{settings['rate']:g}"
    hidden = f"old {here}" not in evidence and not live
    here = "asked" if hidden else here
    new = evidence[RUN if live else f"new {here}"]
    shown = [over_steps(new, "new skill", "target")]
    if not hidden:
        shown.append(over_steps(retention(evidence[RUN if live else f"old {here}"]), "old skill", "source"))
    if guess and (hidden or (settings["rate"], in_words(settings)) == (RATE, AFTER_GLYPHS)):
        shown.append(Curve(table=guessed(guess), name="your guess", role="guess"))
    kind = "live" if live else "stored"
    return curves(shown, "steps", (1, STEPS), title=f"{SHARES} ({kind} run)", y="Share")


def in_words(settings: Settings) -> str:
    return IN_WORDS[settings["task"]][settings["similarity"]]


def guessed(guess: Settings) -> pd.DataFrame:
    """The learner's curve: whole at first, half at their step, and what they say is left in the end."""
    places = {1: 1.0, STEPS: guess["left"] / 100} | ({} if guess["half"] == NEVER else {guess["half"]: HALF})
    table = pd.DataFrame([{"x": x, "mean": share} for x, share in sorted(places.items())])
    return table.assign(low=table["mean"], high=table["mean"])


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """What comes first, while it is learned; then both skills."""
    if FIRST in evidence and RUN not in evidence:
        first = over_steps(evidence[FIRST], "0 to 4", "source")
        return [curves([first], "steps", (1, STEPS), title="First it learns 0 to 4")]
    return [picture(evidence, settings, guess)]


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """One live net frame by frame; then every rate, as stored; nothing as long as the old skill is hidden."""
    old, new = ({rate: evidence.get(f"{skill} {rate:g}") for rate in RATES} for skill in ("old", "new"))
    if any(table is None for table in old.values()):
        return []
    shown = [
        Curve(table=against({rate: final(table) for rate, table in new.items()}), name="new skill", role="target"),
        Curve(
            table=against({rate: final(retention(table)) for rate, table in old.items()}),
            name="old skill",
            role="source",
        ),
    ]
    chosen = Mark(start=(settings["rate"], 0.0), end=(settings["rate"], 1.0), says="your rate")
    title = f"After {STEPS} steps at each rate, {in_words(settings)} (stored runs)"
    every = curves(shown, "learning rate", (8e-5, 1.25e-2), [chosen], title=title, y="Share")
    measured = "flips" in evidence and (settings["task"] != AFTER_ARMS or "maps" in evidence)
    if not (measured and RUN in evidence):
        return [every]
    title = f"What flipped, and when: one of the {LIVE} nets, {in_words(settings)}"
    return [played(evidence["flips"], evidence[RUN], evidence.get("maps"), title), every]


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    old = retention(evidence["old asked"])
    half = steps_until(old, HALF)
    did = "never" if math.isinf(half) else f"after {half:.0f} steps"
    said = NEVER if guess["half"] == NEVER else f"after {guess['half']} steps"
    return [
        (f"half of the old skill is lost, {AFTER_GLYPHS}, rate {RATE:g}", said, did),
        (f"what is left of it after {STEPS} steps", f"{guess['left']} %", percent(float(final(old).mean()))),
    ]


def script(settings: Settings) -> str:
    run = runs(settings)[RUN]
    assert isinstance(run, Run) and run.start
    title = f"{in_words(settings)}, rate {settings['rate']:g}"
    if settings["task"] == AFTER_ARMS:
        return scripts.plane(run, title)
    if settings["task"] == AFTER_GLYPHS:
        return scripts.digits(run, f"{title}; its last line is the new skill")
    assert isinstance(run.task, Handwriting)
    both = scripts.old(run.start) | scripts.constants(run)
    return scripts.shown("lessons.day_it_forgot.script", title, INVERTED=run.task.inverted, **both)


QUESTIONS = (
    Question(
        asks="While a net is fine-tuned its loss falls smoothly and its test accuracy rises. What do you know of the "
        "skill that it had before?",
        options={
            "It is still there: a lost skill would show in the loss": "The loss is computed on the new examples only. In this lesson it looked fine at every rate.",
            "Nothing, until you test the old skill": "Yes. Nothing in training looks at the old task. Keep a test of it and run it along the way.",
            "It is gone": "Probably damaged, but how much depends on the rate and on the tasks. Only a test can say.",
        },
        right="Nothing, until you test the old skill",
    ),
    Question(
        asks="The head that names glyphs was not touched at all while the net learned digits. Why did it fail?",
        options={
            "The features under it moved": "Yes. It still reads the same 64 numbers, but they no longer mean what they meant.",
            "A head wears out if it is not used": "Unused weights keep their values exactly. What they are applied to has changed.",
            "Digits took the places of glyphs among its answers": "That can happen where both tasks share a head. Here the digits had a head of their own.",
        },
        right="The features under it moved",
    ),
    Question(
        asks="You lower the learning rate tenfold, and much more of the old skill is left after the same number of "
        "steps. What else should you look at before you call it solved?",
        options={
            "How well the new skill was learned in these steps": "Yes. A net that hardly moves forgets little and learns little. Compare at equal progress on the new task.",
            "Whether the loss went down": "It will have, a little. That says nothing about either test.",
            "Nothing: less forgetting is what was wanted": "Not training at all would forget even less. The new skill was the point.",
        },
        right="How well the new skill was learned in these steps",
    ),
)

LESSON = Lesson(
    number=9,
    title="The day it forgot",
    covers=("B3",),
    question="What happens to the old skill?",
    controls=(
        Control(
            name="rate",
            label="Learning rate",
            options=RATES,
            default=RATE,
            help="How far Adam moves the weights at every step on the new task.",
            slider=True,
        ),
        Control(
            name="task",
            label="What is learned after what",
            options=(AFTER_GLYPHS, AFTER_LOW, AFTER_ARMS),
            default=AFTER_GLYPHS,
            help="Digits after glyphs: the glyphs keep a head of their own, which nobody touches. 5 to 9 after 0 to 4: "
            "a net from scratch, and one head for both. Colours after arms: points in the plane, and a head for each.",
        ),
        Control(
            name="similarity",
            label="The new task is",
            options=(ALIKE, UNLIKE),
            default=ALIKE,
            help="Alike: bright digits on a dark ground, as the glyphs were; the same spiral arms, a little turned. "
            "Unlike: dark digits on a bright ground; straight wedges where the arms were.",
        ),
    ),
    prediction=Prediction(
        asks=f"Digits after glyphs, {STEPS} steps at a learning rate of {RATE:g}. What becomes of the skill with glyphs?",
        sliders=(
            Control(
                name="half",
                label="Half of the old skill is lost after how many steps?",
                options=HALVES,
                default=200,
                help="The step at which it reads half as many glyphs as before.",
                slider=True,
            ),
            Control(
                name="left",
                label="Left of it in the end, in percent",
                options=tuple(range(0, 101, 10)),
                default=40,
                help="The glyphs it still reads, as a share of those it read before.",
                slider=True,
            ),
        ),
        hidden="old",
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
