"""Prices of an engineer's own for a brief: a label, an hour of computing, the budget, what a point is worth. The runs
that were searched stay the same, so points, bills and the best choice follow anew."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, fields

from core.experiment.checks import BadValue
from lessons.kit.capstone.briefs import COINS, Brief

LEAST, MOST = 0.001, 1e9


@dataclass(frozen=True, kw_only=True)
class Prices:
    """In a currency of one's own, whose unit is called a coin."""

    label: float  # of one label
    hour: float  # of an hour of computing
    hourly: float = 1.0  # billions of operations that stand for an hour
    budget: float  # that may be spent
    worth: float = float(COINS)  # of one percent more that is right, which is a point

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if not (math.isfinite(value) and LEAST <= value <= MOST):
                raise BadValue(f"A price is a number from {LEAST:g} to {MOST:,.0f}; the brief's prices hold instead.")


@dataclass(frozen=True)
class PricedBrief(Brief):
    """A brief under other prices. What is asked for stays."""

    worth: float = float(COINS)

    @property
    def coins_a_point(self) -> float:
        return self.worth


def of_brief(brief: Brief) -> Prices:
    """The brief's own prices, to begin with."""
    return Prices(label=brief.label_price, hour=brief.computing_price, budget=brief.budget)


def with_prices(brief: Brief, prices: Prices) -> Brief:
    """The brief under these prices."""
    told = {one.name: getattr(brief, one.name) for one in fields(brief)}
    told |= {"label_price": prices.label, "computing_price": prices.hour / prices.hourly, "budget": prices.budget}
    return PricedBrief(**told, worth=prices.worth)


def write(prices: Prices) -> str:
    """As a link says it."""
    return ";".join(f"{value:g}" for value in astuple(prices))


def read(text: str) -> Prices:
    """What a link says; BadValue with a sentence where that cannot be."""
    try:
        values = [float(part) for part in text.split(";")]
        label, hour, hourly, budget, worth = values
    except ValueError as error:
        raise BadValue("These are no five prices; the brief's prices hold instead.") from error
    return Prices(label=label, hour=hour, hourly=hourly, budget=budget, worth=worth)
