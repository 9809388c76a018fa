"""Makes the brief of the week: a job that was already searched, with other prices and requirements.

The brief depends only on the week, so it is the same everywhere. Its best solution is known immediately. This module
does not read the clock, and the caller passes the week.
"""

from __future__ import annotations

import itertools
import math
import random
import re
from dataclasses import replace
from datetime import date
from functools import lru_cache

from lessons.kit.capstone.briefs import Brief
from lessons.kit.capstone.choice_results import grid
from lessons.kit.capstone.jobs import JOBS, WRONG

WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")  # a week in the form of ISO 8601
FIRST, LAST = 2020, 2099  # years
LABEL_PRICES = {"conv": (0.5, 2, 4), "mlp": (0.2, 0.5, 1)}  # coins for one label, by the net of the job
COMPUTING_PRICES = (5, 20, 80)  # coins for a billion operations
KEEPS = (0, 65)  # the share of the old skill that must be kept, in percent
PATCHES = (0, 2000)  # the most numbers that may ship
# Points: the required accuracy is this far below the best one, and the best is this far above the naive choice.
SLACK = 4
COST = 10  # the most points of accuracy that the limits may cost


def week_of(day: date) -> str:
    """Returns the week of a day. For example, 2026-W48 is the 48th week of 2026."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def is_week(week: str) -> bool:
    """Returns whether a week exists."""
    match = WEEK.fullmatch(week)
    if not match or not FIRST <= int(match[1]) <= LAST:
        return False
    try:
        date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=64)
def brief_of(week: str) -> Brief | None:
    """Returns the first brief, in the random order of the week, that has something to decide. Returns None if no job
    was searched."""
    space = [*itertools.product(JOBS, range(3), COMPUTING_PRICES, KEEPS, PATCHES)]
    random.Random(week).shuffle(space)  # the seed is a text, so the order is the same on every machine
    return next((brief for one in space if (brief := make_brief(week, *one))), None)


def make_brief(week: str, job: str, price: int, computing: float, keep: float, patch: int) -> Brief | None:
    """Returns a brief with these prices and limits that requires slightly less than the best choice achieves.

    Returns None if no choice meets the limits, or if the naive choice is almost as good.
    """
    if not grid(job) or (keep and all(offer.lies == WRONG for offer in JOBS[job].offers if offer.run)):
        return None  # not searched, or the old skill is not worth keeping
    year, number = week.split("-W")
    brief = Brief(
        slug=week,
        title=f"Week {int(number)} of {year}",
        story=JOBS[job].says,
        job=job,
        label_price=LABEL_PRICES[JOBS[job].net][price],
        computing_price=computing,
        reach=0,
        budget=math.inf,
        keep=keep,
        patch=patch,
    )
    best = brief.best
    if best.missed_checks or best.found.right < max(one.found.right for one in brief.outcomes.values()) - COST:
        return None
    reach, budget = math.floor(best.found.right - SLACK), 50 * math.ceil(2 * best.coins / 50)
    brief = replace(brief, reach=reach, budget=budget)
    naive = brief.outcomes[brief.naive]
    return brief if brief.best.points >= naive.points + SLACK else None
