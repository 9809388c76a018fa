"""A drawing as strokes of a pen, written as a short text: "10,20 15,40 30,90;5,5 60,5" is two strokes.

Coordinates are whole numbers from 0 to SIZE, x to the right and y down. Knows no torch, no net and no alphabet.
"""

from __future__ import annotations

import re

from core.experiment.checks import BadValue

SIZE = 100  # of the square that is drawn in
STROKES, POINTS = 40, 800  # of one drawing, at most
LONGEST = 8 * POINTS  # characters
_POINT = "[0-9]{1,3},[0-9]{1,3}"
_DRAWING = re.compile(rf"{_POINT}(?:[ ;]{_POINT})*")

Stroke = tuple[tuple[int, int], ...]
Drawing = tuple[Stroke, ...]


def read(text: str) -> Drawing:
    """The strokes that a text describes; BadValue with a sentence if it describes none."""
    if not isinstance(text, str) or len(text) > LONGEST or not _DRAWING.fullmatch(text):
        raise BadValue("This is no drawing: it takes strokes of points, each two whole numbers from 0 to 100.")
    strokes = [[tuple(map(int, point.split(","))) for point in stroke.split()] for stroke in text.split(";")]
    return check_drawing(tuple(tuple((x, y) for x, y in stroke) for stroke in strokes))


def check_drawing(drawing: Drawing) -> Drawing:
    """The same drawing; BadValue with a sentence if it is too much or nowhere."""
    if not 1 <= len(drawing) <= STROKES:
        raise BadValue(f"A drawing has 1 to {STROKES} strokes, not {len(drawing)}.")
    points = [point for stroke in drawing for point in stroke]
    if not 1 <= len(points) <= POINTS or not all(drawing):
        raise BadValue(f"A drawing has 1 to {POINTS} points, and every stroke has some.")
    if max(map(max, points)) > SIZE or min(map(min, points)) < 0:
        raise BadValue(f"The points of a drawing lie between 0 and {SIZE}.")
    return drawing


def write(drawing: Drawing) -> str:
    return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in drawing)
