"""Walls of tiles: the same examples as nets answer them, test by test. A tile is right or wrong; of an old skill, it is
right, lost, or won back. Drawn of what runs record of their behaviour (core/training/tracked_examples.py), live and
played alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lessons.kit.figures import Figure
from lessons.kit.figures.plane_axes import PlaneAxis
from lessons.kit.figures.player import (
    LOST,
    NOTHING,
    RIGHT,
    WON_BACK,
    Images,
    Lines,
    Player,
    Space,
    from_base64,
    player,
    to_base64,
)
from lessons.kit.figures.short_names import short_names
from lessons.kit.model.values import Behaviour

Examples = Sequence[Mapping[str, Any]]  # {"truth", "image" or "at"}
KINDS = {"a Greek letter": "Γ", "a Cyrillic letter": "Я", "a kana": "か", "a symbol": "☆"}
RIGHT_OR_WRONG, FATES = ("right", "wrong", ""), ("right", "lost", "won back")


@dataclass(frozen=True, kw_only=True)
class Wall:
    """What one net answers to some examples, at every test: a wall of tiles, or in the plane its map with points."""

    name: str
    behaviour: Sequence[Behaviour]
    examples: Examples
    task: str = "0"  # which of its tasks they are about: "0" its own, "1" the first that it watches
    brief: Mapping[int, str] | None = None  # a class in a letter, where that is not its number
    full: Sequence[str] = ()  # the classes' whole names, for which tiles have no room: they get short ones
    names: Sequence[str] = ()  # of the classes, in stories; none are told without
    old: bool = False  # a skill that it had: only what was right at first is shown, and what no longer is was lost
    columns: int = 8
    axes: tuple[PlaneAxis, PlaneAxis] | None = None  # of a plane, in the units of what was measured
    shift: int = 0  # of class numbers, to their place among the player's classes

    @cached_property
    def tests(self) -> dict[int, Mapping[str, Any]]:
        """What was answered, by step."""
        return {test["step"]: test[self.task] for test in self.behaviour if self.task in test}

    @cached_property
    def shown_examples(self) -> list[int]:
        """The examples that are shown, by number."""
        first = self.tests[min(self.tests)]["answers"]
        return [k for k, one in enumerate(self.examples) if not self.old or first[k] == one["truth"]]

    def answers(self, steps: Sequence[int]) -> np.ndarray:
        """(tests, examples that are shown)"""
        tests = self.tests
        return np.array([tests[step]["answers"] for step in steps])[:, self.shown_examples]

    def right(self, steps: Sequence[int]) -> np.ndarray:
        return self.answers(steps) == np.array([self.examples[k]["truth"] for k in self.shown_examples])

    def panel(self, steps: Sequence[int]) -> Images | Space:
        answers, right = self.answers(steps), self.right(steps)
        examples = [self.examples[k] for k in self.shown_examples]
        big = [f"{int(row.sum())} of {len(row)}" for row in right]
        stories = [story(row, steps, one["truth"], self.names) for row, one in zip(answers.T.tolist(), examples)]
        told = stories if self.names else ()
        brief = dict(enumerate(short_names(self.full))) if self.full else self.brief or {}
        if "image" in examples[0]:
            return Images(
                title=self.name,
                images=[one["image"] for one in examples],
                says=[[brief.get(int(a), str(a)) for a in row] for row in answers],
                full={brief[k]: name for k, name in enumerate(self.full)},
                states=fates(right) if self.old else np.where(right, RIGHT, LOST),
                columns=self.columns,
                big=big,
                stories=told,
            )
        tests = [self.tests[step] for step in steps]
        reach = tests[0]["reach"]
        states = fates(right) if self.old else np.where(right, NOTHING, LOST)
        return Space(
            title=self.name,
            areas=[shift_classes(test["map"], self.shift) for test in tests],
            sure=[test["sure"] for test in tests],
            xy=[one["at"] for one in examples],
            classes=[one["truth"] + self.shift for one in examples],
            states=np.where(states == RIGHT, NOTHING, states),
            extent=(-reach, reach, -reach, reach),
            big=big,
            stories=told,
            axes=self.axes,
        )


def walls(
    shown: Sequence[Wall],
    beside: Callable[[list[int]], Sequence[Lines]] = lambda steps: (),
    classes: Sequence[str] = (),
    title: str = "",
    leaves: str = "",
    choice: int | None = None,
) -> Figure:
    """The walls side by side at the tests that all have taken, with curves `beside` them at these steps. They open at
    the end; or, where the learner chooses a step with the scrubber, at the one that is chosen."""
    steps = sorted(set.intersection(*(set(wall.tests) for wall in shown)))
    counts = {wall.name: wall.right(steps).sum(1) for wall in shown}
    value = Player(
        marks=[f"step {step}" for step in steps],
        says=[
            sentence(step, {wall.name: (counts[wall.name][k], len(wall.shown_examples)) for wall in shown})
            for k, step in enumerate(steps)
        ],
        panels=[*(wall.panel(steps) for wall in shown), *beside(steps)],
        classes=classes,
        states=FATES if any(wall.old for wall in shown) else RIGHT_OR_WRONG,
        first=len(steps) - 1 if choice is None else min(range(len(steps)), key=lambda k: abs(steps[k] - choice)),
        scrub="Step",
        leaves=leaves,
        chooses=choice is not None,
    )
    return player(value, title)


def shift_classes(areas: str, shift: int) -> str:
    return to_base64(from_base64("Areas", areas) + shift) if shift else areas


def class_letter(name: str) -> str:
    """A class in a letter, on a tile's corner: a Latin letter or a digit by itself, others by a sign of their kind."""
    return name.rstrip('"')[-1] if name.endswith('"') or name[-1].isdigit() else KINDS.get(name, "?")


def fates(right: np.ndarray) -> np.ndarray:
    """right (tests, examples) -> RIGHT as long as nothing was lost, LOST, or WON_BACK where right again."""
    once_lost = np.logical_or.accumulate(~right, axis=0)
    return np.where(~right, LOST, np.where(once_lost, WON_BACK, RIGHT))


def story(answers: Sequence[int], steps: Sequence[int], truth: int, names: Sequence[str]) -> str:
    """What became of one example that was right at first; nothing where classes have no names."""
    if not names:
        return ""
    name = names[truth]
    begins = name[0].upper() + name[1:]
    wrong = next((k for k, answer in enumerate(answers) if answer != truth), None)
    if wrong is None:
        return f"{begins}: right at every step."
    taken = names[answers[wrong]]
    what = f"another {taken[2:]}" if taken == name else taken
    lost = f"{begins}: right until step {steps[wrong]}, then taken for {what}."
    backs = [k for k in range(wrong, len(steps)) if answers[k] == truth and answers[k - 1] != truth]
    if answers[-1] == truth:
        return f"{lost} Won back at step {steps[backs[-1]]}."
    if not backs:
        return f"{lost} It never came back."
    return f"{lost} It came back {'once' if len(backs) == 1 else f'{len(backs)} times'}, and was lost again."


def sentence(step: int, counts: Mapping[str, tuple[int, int]]) -> str:
    return f"After {step:,} steps: " + ", ".join(f"{name}, {n} of {of} right" for name, (n, of) in counts.items()) + "."
