"""What a class said, in numbers: how often each option, the median with its quartiles, the mean places of an order.
Draws nothing, and knows no lesson."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from lessons.kit.model.prediction import Order, Prediction
from lessons.kit.model.values import Control, Settings

Guesses = Sequence[Settings]  # one a learner, of what they said
QUARTILES = (0.25, 0.75)


def counts(slider: Control[Any], guesses: Guesses) -> dict[Any, int]:
    """How many said each of the options that anybody did, in the order of the options."""
    found = Counter(one[slider] for one in guesses if slider.name in one.values)
    return {option: found[option] for option in slider.options if found[option]}


def middle(slider: Control[Any], guesses: Guesses) -> Any:
    """The median: what half of those who said something said at most; of words without an order what most said."""
    return quantile(slider, guesses, 0.5)


def quantile(slider: Control[Any], guesses: Guesses, share: float) -> Any:
    """What this share of those who said something said at most; of words without an order what most said."""
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
    """The class as if it were one learner: the median, or another quantile, of what was said of each slider, where
    anybody did."""
    found: dict[str, Any] = {}
    for slider in prediction.sliders:
        if isinstance(slider, Order):
            if seen := places(slider, guesses):
                found[slider.name] = slider.format_items(list(seen))
        elif counts(slider, guesses):
            found[slider.name] = quantile(slider, guesses, share)
    return Settings(found)


def summary(slider: Control[Any], guesses: Guesses, low: str, middle: str, high: str) -> str:
    """What a class said of a slider, as what it is: a median with its spread, what most said, or a mean order. The
    values are handed in as they are to be read."""
    many = sum(slider.name in one.values for one in guesses)
    if isinstance(slider, Order):
        return f"by the mean places of {guess_count(many)}: {middle}"
    if not slider.slider:
        return f"most of {guess_count(many)}: {middle}"
    spread = f"half of them {low} to {high}" if low != high else f"half of them exactly {low}"
    return f"median of {guess_count(many)} {middle}" + f", {spread}" * (many > 1)


def guess_count(many: int) -> str:
    return f"{many} guess{'es' * (many != 1)}"


def places(order: Order, guesses: Guesses) -> dict[str, float]:
    """The mean place of every item, the first is 1, in the order that follows from it; none where nobody said one."""
    orders = [order.parse_items(one[order]) for one in guesses if order.name in one.values]
    if not orders:
        return {}
    mean = {item: sum(one.index(item) + 1 for one in orders) / len(orders) for item in order.items}
    return dict(sorted(mean.items(), key=lambda pair: pair[1]))
