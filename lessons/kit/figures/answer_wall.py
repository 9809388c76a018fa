"""Draws walls of tiles that show the answers of nets to the same examples at every test.

A tile is right or wrong. For an old skill, a tile is right, lost, or won back. The walls are drawn from the answers
that runs record (core/training/tracked_examples.py), both for live runs and for recordings.
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
    COLOUR_SIDE,
    IN_COLOUR,
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

Examples = Sequence[Mapping[str, Any]]  # each is {"truth", "image" or "at"}
KINDS = {"a Greek letter": "Γ", "a Cyrillic letter": "Я", "a kana": "か", "a symbol": "☆"}
RIGHT_OR_WRONG, FATES = ("right", "wrong", ""), ("right", "lost", "won back")


@dataclass(frozen=True, kw_only=True)
class Wall:
    """Holds the answers of one net to some examples at every test. They are shown as a wall of tiles, or for the
    plane as a map with points."""

    name: str
    behaviour: Sequence[Behaviour]
    examples: Examples
    task: str = "0"  # the task of the examples: "0" is the net's own task, "1" is the first task that it watches
    brief: Mapping[int, str] | None = None  # a letter for each class, if it is not the number of the class
    full: Sequence[str] = ()  # the full names of the classes, which do not fit on a tile; the tiles show short names
    names: Sequence[str] = ()  # the names of the classes for the stories of examples; without names there are none
    # Whether this is an old skill: only examples that were right at first are shown, and wrong ones count as lost.
    old: bool = False
    columns: int = 8
    axes: tuple[PlaneAxis, PlaneAxis] | None = None  # the axes of a plane, in the units of the measured values
    shift: int = 0  # the number that is added to a class to get its place among the player's classes

    @cached_property
    def tests(self) -> dict[int, Mapping[str, Any]]:
        """Returns the answers by step."""
        return {test["step"]: test[self.task] for test in self.behaviour if self.task in test}

    @cached_property
    def shown_examples(self) -> list[int]:
        """Returns the numbers of the examples that are shown."""
        first = self.tests[min(self.tests)]["answers"]
        return [k for k, one in enumerate(self.examples) if not self.old or first[k] == one["truth"]]

    def answers(self, steps: Sequence[int]) -> np.ndarray:
        """Returns the answers to the examples that are shown, with the shape (tests, examples)."""
        tests = self.tests
        return np.array([tests[step]["answers"] for step in steps])[:, self.shown_examples]

    def right(self, steps: Sequence[int]) -> np.ndarray:
        """Returns which of these answers are right, with the shape (tests, examples)."""
        return self.answers(steps) == np.array([self.examples[k]["truth"] for k in self.shown_examples])

    def panel(self, steps: Sequence[int]) -> Images | Space:
        """Returns the panel for the player: images, or the plane with its map."""
        answers, right = self.answers(steps), self.right(steps)
        examples = [self.examples[k] for k in self.shown_examples]
        big = [f"{int(row.sum())} of {len(row)}" for row in right]
        stories = [story(row, steps, one["truth"], self.names) for row, one in zip(answers.T.tolist(), examples)]
        told = stories if self.names else ()
        brief = dict(enumerate(short_names(self.full))) if self.full else self.brief or {}
        if "image" in examples[0]:
            coloured = examples[0]["image"].startswith(IN_COLOUR)
            return Images(
                title=self.name,
                images=[one["image"] for one in examples],
                width=COLOUR_SIDE if coloured else Images.width,
                height=COLOUR_SIDE if coloured else Images.height,
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
    """Draws the walls side by side, at the steps that all of them have tested, with the curves of `beside` next to
    them.

    They open at the last step. If the learner chooses a step with the scrubber, they open at this step.
    """
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
    """Adds a number to every class of a decision map."""
    return to_base64(from_base64("Areas", areas) + shift) if shift else areas


def class_letter(name: str) -> str:
    """Returns one letter for a class, for the corner of a tile. A Latin letter or a digit is shown itself, and other
    classes are shown by a sign of their kind."""
    return name.rstrip('"')[-1] if name.endswith('"') or name[-1].isdigit() else KINDS.get(name, "?")


def fates(right: np.ndarray) -> np.ndarray:
    """Returns the state of each example at each test. The state is RIGHT if the example was never lost, LOST if it is
    wrong, and WON_BACK if it is right again. The shape of `right` is (tests, examples)."""
    once_lost = np.logical_or.accumulate(~right, axis=0)
    return np.where(~right, LOST, np.where(once_lost, WON_BACK, RIGHT))


def story(answers: Sequence[int], steps: Sequence[int], truth: int, names: Sequence[str]) -> str:
    """Describes what happened to an example that was right at first. It is empty if the classes have no names."""
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
    """Returns one sentence with the number of right answers of each wall."""
    said = ", ".join(f"{name}, {n} of {of} right" for name, (n, of) in counts.items())
    return f"After 1 step: {said}." if step == 1 else f"After {step:,} steps: {said}."
