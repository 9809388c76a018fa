"""Reads and writes drawings as text. A drawing is a row of pen strokes: "10,20 15,40 30,90;5,5 60,5" is two strokes.

Coordinates are whole numbers from 0 to SIZE, with x to the right and y down. This module does not depend on torch,
nets or alphabets.
"""

from __future__ import annotations

import re

from core.experiment.checks import BadValue

SIZE = 100  # edge length of the square that the learner draws in
STROKES, POINTS = 40, 800  # the most strokes and points of one drawing
LONGEST = 8 * POINTS  # the most characters of a drawing as text
_POINT = "[0-9]{1,3},[0-9]{1,3}"
_DRAWING = re.compile(rf"{_POINT}(?:[ ;]{_POINT})*")

Stroke = tuple[tuple[int, int], ...]
Drawing = tuple[Stroke, ...]


def read(text: str) -> Drawing:
    """Reads a drawing from text. Raises BadValue with a sentence if the text is not a drawing."""
    if not isinstance(text, str) or len(text) > LONGEST or not _DRAWING.fullmatch(text):
        raise BadValue(
            "This is not a drawing. A drawing has strokes, and each point is two whole numbers from 0 to 100."
        )
    strokes = [[tuple(map(int, point.split(","))) for point in stroke.split()] for stroke in text.split(";")]
    return check_drawing(tuple(tuple((x, y) for x, y in stroke) for stroke in strokes))


def check_drawing(drawing: Drawing) -> Drawing:
    """Returns the drawing unchanged. Raises BadValue with a sentence if it is too large or outside the square."""
    if not 1 <= len(drawing) <= STROKES:
        raise BadValue(f"A drawing must have 1 to {STROKES} strokes, not {len(drawing)}.")
    points = [point for stroke in drawing for point in stroke]
    if not 1 <= len(points) <= POINTS or not all(drawing):
        raise BadValue(f"A drawing must have 1 to {POINTS} points, and at least one in each stroke.")
    if max(map(max, points)) > SIZE or min(map(min, points)) < 0:
        raise BadValue(f"The points of a drawing must lie between 0 and {SIZE}.")
    return drawing


def write(drawing: Drawing) -> str:
    """Writes a drawing as text."""
    return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in drawing)
