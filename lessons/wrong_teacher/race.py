"""Draws the race of this lesson: digits after two teachers and after none, as walls of digits and as curves."""

from __future__ import annotations

import pandas as pd

from lessons.kit.figures import Figure, percent
from lessons.kit.figures.answer_wall import Wall
from lessons.kit.figures.curves import curves, over_steps
from lessons.kit.figures.label_curves import racing
from lessons.kit.model.values import Results, Settings
from lessons.kit.results.evidence import final
from lessons.kit.runs.recipes import STEPS
from lessons.wrong_teacher.runs import side_names


def taught_walls(evidence: Results, settings: Settings) -> list[Wall]:
    """Returns walls with the answers of the first net of the two teachers, as they learn digits."""
    names = side_names(settings)
    sides = {side: evidence.behaviour("race", side) for side in ("pretrained", "rival")}
    if not all(sides.values()):
        return []
    digits = evidence.answer("wall")["tasks"][0]["examples"]
    whose = {"pretrained": "your teacher", "rival": "its rival"}
    return [
        Wall(name=f"{names[side]} ({whose[side]})", behaviour=told, examples=digits) for side, told in sides.items()
    ]


def teachers_race(sides: dict[str, pd.DataFrame], settings: Settings) -> Figure:
    """Draws the accuracy of two teachers and of no teacher against steps."""
    names, roles = side_names(settings), {"rival": "source"}
    shown = [over_steps(table, names[side], roles.get(side, side)) for side, table in sides.items()]
    return curves(
        shown, "training steps", (1, STEPS), title="Accuracy on unseen digits, after two teachers and after none"
    )


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the state of the race."""
    names, sides = side_names(settings), racing(evidence)
    if not sides:
        return ""
    right = ", ".join(f"{names[side]} {percent(float(final(sides[side]).mean()))}" for side in names if side in sides)
    return f"Accuracy after {max(int(table.step.max()) for table in sides.values()):,} steps: {right}."
