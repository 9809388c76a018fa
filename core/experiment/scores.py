"""Writes the score of a run as text, such as "95.7 % accuracy". Does not depend on runs or torch."""

from __future__ import annotations

# the units in which a run's own task is scored; the first unit that the run has is used
UNITS = ("accuracy", "bits", "error")
Scores = dict[str, dict[str, list[float]]]  # by unit, then by task ("0" is the run's own task): one number for each net


def own_scores(scores: Scores) -> tuple[str, list[float]]:
    """Returns the unit that the run's own task is scored in, and the score of each net."""
    unit = next(unit for unit in (*UNITS, *scores) if unit in scores)
    return unit, scores[unit]["0"]


def score_text(unit: str, values: list[float]) -> str:
    """Returns the mean over nets with its unit."""
    mean = sum(values) / len(values)
    if unit == "accuracy":
        return f"{100 * mean:.1f} % accuracy"
    return f"{mean:.3f} {'bits per character' if unit == 'bits' else unit}"
