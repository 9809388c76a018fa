"""Defines prices that an engineer sets for a brief: a label, an hour of computing, the budget, and the value of a
point.

The runs that were searched do not change. Only the points, the bills and the best choice are computed again.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, fields

from core.experiment.checks import BadValue
from lessons.kit.capstone.briefs import COINS, Brief

LEAST, MOST = 0.001, 1e9


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Holds prices in any currency. Its unit is called a coin."""

    label: float  # for one label
    hour: float  # for an hour of computing
    hourly: float = 1.0  # how many billions of operations take an hour
    budget: float  # the most that may be spent
    worth: float = float(COINS)  # the value of one more percent of accuracy, which is a point

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if not (math.isfinite(value) and LEAST <= value <= MOST):
                raise BadValue(
                    f"A price must be a number from {LEAST:g} to {MOST:,.0f}. You see the brief's own prices instead."
                )


@dataclass(frozen=True)
class PricedBrief(Brief):
    """Defines a brief with other prices. Its requirements stay the same."""

    worth: float = float(COINS)

    @property
    def coins_a_point(self) -> float:
        return self.worth


def of_brief(brief: Brief) -> Prices:
    """Returns the prices of a brief, which are the first ones on the page."""
    return Prices(label=brief.label_price, hour=brief.computing_price, budget=brief.budget)


def with_prices(brief: Brief, prices: Prices) -> Brief:
    """Returns the brief with these prices."""
    told = {one.name: getattr(brief, one.name) for one in fields(brief)}
    told |= {"label_price": prices.label, "computing_price": prices.hour / prices.hourly, "budget": prices.budget}
    return PricedBrief(**told, worth=prices.worth)


def write(prices: Prices) -> str:
    """Encodes the prices for a link."""
    return ";".join(f"{value:g}" for value in astuple(prices))


def read(text: str) -> Prices:
    """Decodes the prices from a link. Raises BadValue with a sentence if they are not valid."""
    try:
        values = [float(part) for part in text.split(";")]
        label, hour, hourly, budget, worth = values
    except ValueError as error:
        raise BadValue(
            "This link should contain five prices, but it does not. You see the brief's own prices instead."
        ) from error
    return Prices(label=label, hour=hour, hourly=hourly, budget=budget, worth=worth)
