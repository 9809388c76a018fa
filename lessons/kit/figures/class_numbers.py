"""Summarizes the guesses of a class in numbers: how often each option was chosen, the median with its quartiles, and
the mean places of an order. It draws nothing and does not depend on any lesson."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from lessons.kit.model.prediction import Order, Prediction
from lessons.kit.model.values import Control, Settings
from lessons.kit.model.wording import count_noun

Guesses = Sequence[Settings]  # the guesses of each learner
QUARTILES = (0.25, 0.75)


def counts(slider: Control[Any], guesses: Guesses) -> dict[Any, int]:
    """Returns how many learners chose each option, in the order of the options. Options that nobody chose are left
    out."""
    found = Counter(one[slider] for one in guesses if slider.name in one.values)
    return {option: found[option] for option in slider.options if found[option]}


def middle(slider: Control[Any], guesses: Guesses) -> Any:
    """Returns the median of the guesses. For options without an order, it returns the most frequent option."""
    return quantile(slider, guesses, 0.5)


def quantile(slider: Control[Any], guesses: Guesses, share: float) -> Any:
    """Returns a quantile of the guesses. For options without an order, it returns the most frequent option."""
    found = counts(slider, guesses)
    if not slider.slider:
        return max(found, key=found.__getitem__)
    enough, seen = share * sum(found.values()), 0
    for option, count in found.items():
        seen += count
        if seen >= enough:
            return option
    raise ValueError(slider.name)


def middles(prediction: Prediction, guesses: Guesses, share: float = 0.5) -> Settings:
    """Returns the guesses of the class as if it were one learner: the median, or another quantile, of each slider
    that somebody answered."""
    found: dict[str, Any] = {}
    for slider in prediction.sliders:
        if isinstance(slider, Order):
            if seen := places(slider, guesses):
                found[slider.name] = slider.format_items(list(seen))
        elif counts(slider, guesses):
            found[slider.name] = quantile(slider, guesses, share)
    return Settings(found)


def summary(slider: Control[Any], guesses: Guesses, low: str, middle: str, high: str) -> str:
    """Describes the guesses of a class for one slider: a median with its spread, the most frequent option, or a mean
    order.

    The values `low`, `middle` and `high` are already formatted.
    """
    many = sum(slider.name in one.values for one in guesses)
    if isinstance(slider, Order):
        return f"by the mean places of {count_noun(many, 'prediction')}: {middle}"
    if not slider.slider:
        return f"most of {count_noun(many, 'prediction')}: {middle}"
    spread = f"half of them {low} to {high}" if low != high else f"half of them exactly {low}"
    return f"median of {count_noun(many, 'prediction')} {middle}" + f", {spread}" * (many > 1)


def places(order: Order, guesses: Guesses) -> dict[str, float]:
    """Returns the mean place of every item, sorted by place, where 1 is the first. It is empty if nobody gave an
    order."""
    orders = [order.parse_items(one[order]) for one in guesses if order.name in one.values]
    if not orders:
        return {}
    mean = {item: sum(one.index(item) + 1 for one in orders) / len(orders) for item in order.items}
    return dict(sorted(mean.items(), key=lambda pair: pair[1]))
