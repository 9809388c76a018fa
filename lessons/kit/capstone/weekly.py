"""The brief of a week: a job of which everything is known already, with other prices and requirements.

A brief follows from its week alone, the same everywhere, so its best solution is known as soon as it is asked. Knows no
clock: which week it is, is handed in.
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

WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")  # as ISO 8601 writes a week
FIRST, LAST = 2020, 2099  # years
LABEL_PRICES = {"conv": (0.5, 2, 4), "mlp": (0.2, 0.5, 1)}  # coins a label, by the job's net
COMPUTING_PRICES = (5, 20, 80)  # coins a billion operations
KEEPS = (0, 65)  # percent of the old skill
PATCHES = (0, 2000)  # numbers
SLACK = 4  # points: the requirement lies so far below the best that is known, and that so far above the naive choice
COST = 10  # points of what is right that limits may cost at most


def week_of(day: date) -> str:
    """2026-W48 is the 48th week of 2026."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def is_week(week: str) -> bool:
    """Whether there is such a week."""
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
    """The first of all, in the week's own order, at which there is something to decide; None where nothing was
    searched."""
    space = [*itertools.product(JOBS, range(3), COMPUTING_PRICES, KEEPS, PATCHES)]
    random.Random(week).shuffle(space)  # of a text: the same on every machine
    return next((brief for one in space if (brief := make_brief(week, *one))), None)


def make_brief(week: str, job: str, price: int, computing: float, keep: float, patch: int) -> Brief | None:
    """A brief with these prices and limits that asks for a little less than the best comes to, which so meets it; None
    where nothing can keep to the limits, or the naive choice does nearly as well."""
    if not grid(job) or (keep and all(offer.lies == WRONG for offer in JOBS[job].offers if offer.run)):
        return None  # not searched, or there is no skill worth keeping
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
