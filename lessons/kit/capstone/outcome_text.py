"""Describes outcomes in words: a choice, the requirements that are met or missed, how the points are counted, and the
bills."""

from __future__ import annotations

from functools import cache, lru_cache

import pandas as pd

from lessons.kit.capstone.advice import advice
from lessons.kit.capstone.briefs import BRIEFS, POINTS_PER_MISS, Brief, Outcome
from lessons.kit.capstone.jobs import SCRATCH, UNPROTECTED, Choice
from lessons.kit.figures import Figure
from lessons.kit.model.values import Seeds

NAMES = {"best": "best known", "naive": "naive", "advised": "as the lessons advise"}


def choice_text(choice: Choice) -> str:
    """Describes a choice in a few words."""
    protected = "" if choice.protection == UNPROTECTED else f", {choice.protection}"
    start = "random weights" if choice.start == SCRATCH else f"{choice.start}, {choice.method}{protected}"
    return f"{start}, {choice.labels} labels per class"


@lru_cache(maxsize=64)
def compared_outcomes(brief: Brief) -> dict[str, Outcome]:
    """Returns the outcomes that the learner's choice is compared with, by their kind on the map. It is empty if the
    job was not searched."""
    grid = brief.outcomes
    return {"best": brief.best, "naive": grid[brief.naive], "advised": grid[advice(brief)[0]]} if grid else {}


def coins(price: float) -> str:
    return f"{price:g} coin{'s' * (price != 1)}"


def facts(brief: Brief) -> list[str]:
    """Describes the prices, the nets on offer and the requirements, with one sentence for each."""
    sizes = brief.sizes
    time = f", and there is time for {brief.operations:g}" if brief.operations else ""
    asked = [f"{brief.reach:g} % right at least", f"{brief.budget:,.0f} coins spent at most"]
    asked += [f"{brief.keep:g} % of the old skill kept"] * bool(brief.keep)
    asked += [f"{brief.patch:,} numbers at most to ship with each customer"] * bool(brief.patch)
    return [
        f"**Labels**: {coins(brief.label_price)} each; {sizes[0]:,} to {sizes[-1]:,} for each of "
        f"{brief.job_of.classes} classes. **Computing**: {coins(brief.computing_price)} a billion operations{time}.",
        f"**To begin with**: {'; '.join(f'{offer.name} ({offer.says})' for offer in brief.job_of.offers)}.",
        f"**Asked for**: {', '.join(asked)}.",
    ]


def rules(brief: Brief) -> str:
    """Explains how points are counted."""
    return (
        f"A percent right is a point. {coins(brief.coins_a_point)} take a point away, and every requirement that is "
        f"missed takes {POINTS_PER_MISS}. What the backbone cost has been paid by somebody else."
    )


def verdict(one: Outcome) -> list[str]:
    """Returns a line for every requirement that says whether it is met or missed."""
    signs = {True: ":material/check_circle: Met:", False: ":material/cancel: Missed:"}
    return [f"{signs[bool(check.met)]} {check.says}" for check in one.checks]


def summed(yours: Outcome) -> str:
    """Summarizes an outcome in one line."""
    asked = len(yours.checks)
    met = (
        "every requirement met" if not yours.missed_checks else f"{yours.missed_checks} of {asked} requirements missed"
    )
    return f"Yours: {yours.points:.1f} points, {met}. Best known: {yours.brief.best.points:.1f}"


def headline(yours: Outcome) -> str:
    """Returns the points and all requirements, met or missed. It is short enough for a line above the picture."""
    signs = {True: ":green[:material/check_circle:] Met:", False: ":red[:material/cancel:] Missed:"}
    checks = " ".join(f"{signs[bool(check.met)]} {check.says}" for check in yours.checks)
    return f"**{summed(yours)}.** {checks}"


def compared(yours: Outcome) -> str:
    """Describes the points and how they are counted, and compares them with the best, the naive and the advised
    choice."""
    others = ", ".join(f"{NAMES[kind]} {one.points:.1f}" for kind, one in compared_outcomes(yours.brief).items())
    lost = f" minus {POINTS_PER_MISS * yours.missed_checks} for what was missed" * (yours.missed_checks > 0)
    points = yours.coins / yours.brief.coins_a_point
    paid = f"{yours.found.right:.1f} right minus {points:.1f} for {yours.coins:,.0f} coins{lost}"
    return f"**{yours.points:.1f} points**: {paid}. Others: {others}."


@cache
def worth() -> str:
    """Describes how much better the advised choices are than the naive ones, over all six briefs. It is empty if one
    of them was not searched."""
    every = [compared_outcomes(brief) for brief in BRIEFS.values()]
    if not all(every):
        return ""
    gains = [one["advised"].points - one["naive"].points for one in every]
    short = [one["best"].points - one["advised"].points for one in every]
    searched = sum(len(brief.outcomes) for brief in BRIEFS.values())
    return (
        f"What the lessons advise has more points than the naive choice (the first net on offer, all weights, the most "
        f"labels, no protection) in {sum(gain > 0 for gain in gains)} of {len(gains)} briefs, by {min(gains):.1f} to "
        f"{max(gains):.1f}. From the best of all {searched} choices that were searched, on {Seeds().count} nets each, "
        f"it is at most {max(short):.1f} points away. The order of the advice is the lessons'; its three numbers (what "
        "more labels bring, how much of the budget they may take, from when computing is dear) and some goals and "
        "prices of the briefs were set with these same runs in view."
    )


def bills(shown: dict[str, Outcome]) -> Figure:
    """Draws a table of the costs and results of several outcomes, side by side."""
    rows = {name: bill(one) for name, one in shown.items()}
    table = pd.DataFrame(rows)
    alt = "; ".join(
        f"{name}: " + ", ".join(f"{what} {value}" for what, value in row.items()) for name, row in rows.items()
    )
    return Figure(kind="table", spec=table, alt=f"{alt}.")


def bill(one: Outcome) -> dict[str, str]:
    """Returns the rows of one outcome, by their headings."""
    brief, found = one.brief, one.found
    kept = f"{found.left:.0f} %" if one.choice.start != SCRATCH else "there was none"
    return {
        "choice": choice_text(one.choice),
        "labels": f"{one.labels:,} at {brief.label_price:g}: {one.for_labels:,.0f} coins",
        "computing": f"{found.operations:.2f} billion operations at {brief.computing_price:g}: "
        f"{one.for_computing:,.0f} coins",
        "right": f"{found.right:.1f} %",
        **({"old skill left": kept} if brief.keep else {}),
        "numbers to ship": f"{found.numbers:,}",
        "requirements missed": str(one.missed_checks),
        "points": f"{one.points:.1f}",
    }
