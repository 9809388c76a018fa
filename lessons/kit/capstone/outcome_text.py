"""Describes outcomes in words: a choice, the requirements that are met or missed, how the points are counted, and the
bills."""

from __future__ import annotations

from functools import cache, lru_cache

import pandas as pd

from lessons.kit.capstone.advice import advice
from lessons.kit.capstone.briefs import BRIEFS, POINTS_PER_MISS, Brief, Outcome
from lessons.kit.capstone.jobs import PROTECTIONS, SCRATCH, UNPROTECTED, Choice
from lessons.kit.figures import Figure
from lessons.kit.model.values import Seeds

NAMES = {"best": "best known choice", "naive": "naive choice", "advised": "the lessons' advice"}


def choice_text(choice: Choice) -> str:
    """Describes a choice in a few words."""
    protected = "" if choice.protection == UNPROTECTED else f", {PROTECTIONS[choice.protection]}"
    start = "from scratch" if choice.start == SCRATCH else f"{choice.start}, {choice.method}{protected}"
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
    time = f", and there is time for {brief.operations:g} billion" if brief.operations else ""
    asked = [f"an accuracy of at least {brief.reach:g} %", f"at most {brief.budget:,.0f} coins spent"]
    asked += [f"at least {brief.keep:g} % of the old skill kept"] * bool(brief.keep)
    asked += [f"at most {brief.patch:,} numbers to send to each customer"] * bool(brief.patch)
    offers = "; ".join(f"{offer.name} ({offer.says})" for offer in brief.job_of.offers if offer.run)
    return [
        f"**Prices**: a label costs {coins(brief.label_price)}, and you can buy {sizes[0]:,} to {sizes[-1]:,} labels "
        f"for each of {brief.job_of.classes} classes. A billion operations of computing cost "
        f"{coins(brief.computing_price)}{time}.",
        f"**You can start from**: {offers}; or from scratch.",
        f"**Requirements**: {', '.join(asked)}.",
    ]


def rules(brief: Brief) -> str:
    """Explains how points are counted."""
    return (
        f"Each percent of accuracy on unseen examples is one point. You lose one point for every "
        f"{coins(brief.coins_a_point)} that you spend, and {POINTS_PER_MISS} points for each requirement that you "
        "miss. Someone else has already paid for pretraining the backbone."
    )


def verdict(one: Outcome) -> list[str]:
    """Returns a line for every requirement that says whether it is met or missed."""
    signs = {True: ":material/check_circle: Met:", False: ":material/cancel: Missed:"}
    return [f"{signs[bool(check.met)]} {check.says}" for check in one.checks]


def summed(yours: Outcome) -> str:
    """Summarizes an outcome in one line."""
    asked = len(yours.checks)
    met = (
        "you meet every requirement"
        if not yours.missed_checks
        else f"you miss {yours.missed_checks} of {asked} requirements"
    )
    return f"You have {yours.points:.1f} points, and {met}. The best known choice has {yours.brief.best.points:.1f}"


def headline(yours: Outcome) -> str:
    """Returns the points and all requirements, met or missed. It is short enough for a line above the picture."""
    signs = {True: ":green[:material/check_circle:] Met:", False: ":red[:material/cancel:] Missed:"}
    checks = " ".join(f"{signs[bool(check.met)]} {check.says}" for check in yours.checks)
    return f"**{summed(yours)}.** {checks}"


def compared(yours: Outcome) -> str:
    """Describes the points and how they are counted, and compares them with the best, the naive and the advised
    choice."""
    others = ", ".join(f"{NAMES[kind]} {one.points:.1f}" for kind, one in compared_outcomes(yours.brief).items())
    lost = f" minus {POINTS_PER_MISS * yours.missed_checks} for missed requirements" * (yours.missed_checks > 0)
    points = yours.coins / yours.brief.coins_a_point
    paid = f"{yours.found.right:.1f} for the accuracy, minus {points:.1f} for {yours.coins:,.0f} coins{lost}"
    return f"**{yours.points:.1f} points**: {paid}. Points of other choices: {others}."


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
        f"The naive choice is to fine-tune all weights of the first net on offer, with the most labels and no "
        f"protection. The choice that the lessons advise has more points in {sum(gain > 0 for gain in gains)} of "
        f"{len(gains)} briefs, by {min(gains):.1f} to {max(gains):.1f} points. We tried all {searched} choices with "
        f"{Seeds().count} nets each, and the advised choice is at most {max(short):.1f} points worse than the best of "
        "them. The steps of the advice come from the lessons. But we looked at these same runs when we set its three "
        "numbers (how many points more labels add, how much of the budget they may cost, and when computing counts as "
        "expensive), and when we set some prices and requirements of the briefs."
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
    kept = f"{found.left:.0f} %" if one.choice.start != SCRATCH else "no old skill"
    return {
        "choice": choice_text(one.choice),
        "labels": f"{one.labels:,} for {brief.label_price:g} each: {one.for_labels:,.0f} coins",
        "computing": f"{found.operations:.2f} billion operations for {brief.computing_price:g} each: "
        f"{one.for_computing:,.0f} coins",
        "accuracy": f"{found.right:.1f} %",
        **({"old skill kept": kept} if brief.keep else {}),
        "numbers to send": f"{found.numbers:,}",
        "requirements missed": str(one.missed_checks),
        "points": f"{one.points:.1f}",
    }
