"""Says what a run scored: "95.7 % accuracy". Knows no run and no torch."""

from __future__ import annotations

UNITS = ("accuracy", "bits", "error")  # what a run's own task is scored in: the first of these that it has
Scores = dict[str, dict[str, list[float]]]  # by unit, then by task ("0" is the run's own), a number for each net


def own_scores(scores: Scores) -> tuple[str, list[float]]:
    """Returns the unit that the run's own task is scored in, and the score of each net."""
    unit = next(unit for unit in (*UNITS, *scores) if unit in scores)
    return unit, scores[unit]["0"]


def score_text(unit: str, values: list[float]) -> str:
    """Returns the mean over nets with its unit."""
    mean = sum(values) / len(values)
    if unit == "accuracy":
        return f"{100 * mean:.1f} % accuracy"
    return f"{mean:.3f} {'bits a character' if unit == 'bits' else unit}"
