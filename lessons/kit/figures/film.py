"""What one net loses, frame by frame: the old examples as they flip, both tasks' boundaries, both skills as lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure, percent
from lessons.kit.figures.player import (
    LOST,
    RIGHT,
    WON_BACK,
    Images,
    Line,
    Lines,
    Player,
    Space,
    packed,
    player,
    unpacked,
)

Answer = Mapping[str, Any]
Row = Sequence[Sequence[int]]  # [step, answer] wherever the answer changes
CLASSES = (*(f"arm {k}" for k in range(1, 7)), "colour 1", "colour 2")


def played(flips: Answer, table: pd.DataFrame, maps: Answer | None = None, title: str = "") -> Figure:
    """flips and maps as core/measure makes them of one run; table is that run's, the old task the first it watches."""
    (run,) = flips["runs"]
    steps, rows = run["steps"], run["answers"]
    truth = [one["truth"] for one in flips["examples"]]
    said = np.array([[answer_at(row, step) for row in rows] for step in steps])  # (frames, examples)
    states = fates(said == truth)
    stories = [story(row, t, flips["names"]) for row, t in zip(rows, truth)]
    old, new = (skill(table, column, steps) for column in ("accuracy 1", "accuracy"))
    if maps is None:
        short = [[brief(flips["names"][str(a)]) for a in row] for row in said]
        images = [one["image"] for one in flips["examples"]]
        heading = f"{len(images)} old examples, and what the net says they are"
        shown: list[Images | Space] = [Images(title=heading, images=images, says=short, states=states, stories=stories)]
    else:
        shown = planes(flips, maps, states, stories)
    lines = [
        Line(name="old skill", role="source", values=old / old[0]),
        Line(name="new skill", role="target", values=new),
    ]
    value = Player(
        marks=[f"step {step}" for step in steps],
        says=[sentence(row, share) for row, share in zip(states, new)],
        panels=[*shown, Lines(title="This net: what is left of the old skill, and the new one", lines=lines)],
        classes=CLASSES if maps else (),
        states=("right", "lost", "won back"),
        scrub="Step",
    )
    return player(value, title)


def answer_at(row: Row, step: int) -> int:
    return [answer for since, answer in row if since <= step][-1]


def fates(right: np.ndarray) -> np.ndarray:
    """right (frames, examples) -> RIGHT as long as nothing was lost, LOST, or WON_BACK where right again."""
    once_lost = np.logical_or.accumulate(~right, axis=0)
    return np.where(~right, LOST, np.where(once_lost, WON_BACK, RIGHT))


def story(row: Row, truth: int, names: Mapping[str, str]) -> str:
    """What became of one example that was known at first."""
    name = names[str(truth)]
    begins = name[0].upper() + name[1:]
    wrong = next((change for change in row if change[1] != truth), None)
    if wrong is None:
        return f"{begins}: right at every step."
    taken = names[str(wrong[1])]
    lost = (
        f"{begins}: right until step {wrong[0]}, then taken for {'another ' + taken[2:] if taken == name else taken}."
    )
    if row[-1][1] == truth:
        return f"{lost} Won back at step {row[-1][0]}."
    back = sum(answer == truth for _, answer in row) - 1
    return (
        f"{lost} It came back {'once' if back == 1 else f'{back} times'}, and was lost again."
        if back
        else f"{lost} It never came back."
    )


def brief(name: str) -> str:
    """A class in a word: a letter or a digit by itself, others by their kind."""
    return name.rstrip('"')[-1] if name.endswith('"') or name[-1].isdigit() else name.split()[1]


def skill(table: pd.DataFrame, column: str, steps: Sequence[int]) -> np.ndarray:
    """The first net's accuracy at each frame, between tests by a straight line."""
    mine = table[table.seed == table.seed.min()]
    return np.interp(steps, mine.step, mine[column])


def sentence(states: np.ndarray, new: float) -> str:
    lost, back = (int((states == one).sum()) for one in (LOST, WON_BACK))
    fate = f"Of {len(states)} old examples that it knew {lost} are lost and {back} won back"
    return f"{fate}; of the new task {percent(new)} is right."


def planes(flips: Answer, maps: Answer, states: np.ndarray, stories: Sequence[str]) -> list[Images | Space]:
    """The plane as each head sees it, with the old points on one and some new points on the other."""
    reach = maps["reach"]
    extent = (-reach, reach, -reach, reach)
    steps = [str(step) for step in flips["runs"][0]["steps"]]
    old, new = maps["maps"][0]
    points = np.array(maps["points"][1])
    return [
        Space(
            title="Old task: which of six arms?",
            areas=[old[step] for step in steps],
            xy=[one["at"] for one in flips["examples"]],
            classes=[one["truth"] for one in flips["examples"]],
            states=states,
            stories=stories,
            extent=extent,
        ),
        Space(
            title="New task: which of two colours?",
            areas=[packed(unpacked("Areas", new[step]) + 6) for step in steps],  # after the arms among CLASSES
            xy=points[:, :2],
            classes=points[:, 2].astype(int) + 6,
            extent=extent,
        ),
    ]
