"""Defines the briefs of the capstone: a job, its prices, its requirements, and the score of an outcome.

Points are counted in the same way in all briefs. One percent of accuracy on unseen examples is one point. A hundred
coins cost one point, and each requirement that is not met costs POINTS_PER_MISS points.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache

from lessons.kit.capstone.choice_results import ChoiceResult, Grid, grid, runs_digest
from lessons.kit.capstone.jobs import JOBS, CapstoneTask, Choice
from lessons.kit.lesson.catalogue import Check

COINS = 100  # coins that cost one point
POINTS_PER_MISS = 20  # points that each missed requirement costs


@dataclass(frozen=True)
class Brief:
    """Defines a task for an engineer, with its prices and its requirements. A requirement of 0 means that there is
    none."""

    slug: str
    title: str
    story: str
    job: str  # a key of JOBS
    label_price: float  # coins for one label
    computing_price: float  # coins for a billion operations
    reach: float  # the least accuracy on unseen examples, in percent
    budget: float  # the most coins that may be spent
    operations: float = 0  # the most operations in billions, because time is limited
    keep: float = 0  # the least share of the old skill that must be kept, in percent
    patch: int = 0  # the most numbers that may ship with every customer
    labels: tuple[int, ...] = ()  # the numbers of labels per class on offer; () offers all that the job has

    @property
    def job_of(self) -> CapstoneTask:
        return JOBS[self.job]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Returns the numbers of labels per class that are on offer."""
        return self.labels or self.job_of.labels

    @property
    def coins_a_point(self) -> float:
        """Returns how many coins cost one point."""
        return COINS

    @property
    def digest(self) -> str:
        """Returns a name for the brief and all the runs that it depends on."""
        told = json.dumps([asdict(self), runs_digest(self.job_of)], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:20]

    @property
    def naive(self) -> Choice:
        """Returns the naive choice: the first net on offer, all weights fine-tuned on the most labels, and no
        protection."""
        return self.job_of.plain(Choice(self.job_of.offers[0].name, "all at once", "nothing", self.sizes[-1]))

    def outcome(self, choice: Choice, found: ChoiceResult) -> Outcome:
        """Returns the outcome of a choice under this brief."""
        return Outcome(self, self.job_of.plain(choice), found)

    def outcomes_of(self, found: Grid) -> dict[Choice, Outcome]:
        """Returns the outcome of every choice on offer under this brief."""
        return {choice: self.outcome(choice, one) for choice, one in found.items() if choice.labels in self.sizes}

    def best_of(self, found: Grid) -> Outcome:
        """Returns the outcome with the most points."""
        return max(self.outcomes_of(found).values(), key=lambda one: one.points)

    @property
    def outcomes(self) -> dict[Choice, Outcome]:
        """Returns the outcomes of all choices that were searched, or nothing if the job was not searched."""
        return searched(self)

    @property
    def best(self) -> Outcome:
        """Returns the best outcome that is known."""
        return self.best_of(grid(self.job))


@lru_cache(maxsize=64)  # every rerun of the page asks for it
def searched(brief: Brief) -> dict[Choice, Outcome]:
    """Returns the outcomes of a brief. The result is cached, so the caller must not change it."""
    return brief.outcomes_of(grid(brief.job))


@dataclass(frozen=True)
class Outcome:
    """Holds the result of a choice under a brief."""

    brief: Brief
    choice: Choice
    found: ChoiceResult

    @property
    def labels(self) -> int:
        """Returns the number of labels that were bought."""
        return self.brief.job_of.classes * self.choice.labels

    @property
    def for_labels(self) -> float:
        """Returns the coins that were spent on labels."""
        return self.labels * self.brief.label_price

    @property
    def for_computing(self) -> float:
        """Returns the coins that were spent on computing."""
        return self.found.operations * self.brief.computing_price

    @property
    def coins(self) -> float:
        """Returns all coins that were spent."""
        return self.for_labels + self.for_computing

    @property
    def checks(self) -> list[Check]:
        """Returns every requirement as a sentence with the result."""
        brief, found = self.brief, self.found
        made = [
            Check(
                says=f"accuracy {found.right:.1f} %, and the brief asks for at least {brief.reach:g} %.",
                met=found.right >= brief.reach,
            ),
            Check(
                says=f"{self.coins:,.0f} coins spent, out of a budget of {brief.budget:,.0f}.",
                met=self.coins <= brief.budget,
            ),
        ]
        if brief.operations:
            met = found.operations <= brief.operations
            made.append(
                Check(
                    says=f"{found.operations:.1f} billion operations, and there is time for {brief.operations:g}.",
                    met=met,
                )
            )
        if brief.keep:
            met = found.left >= brief.keep
            made.append(
                Check(
                    says=f"{found.left:.0f} % of the old skill kept, and the brief asks for at least {brief.keep:g} %.",
                    met=met,
                )
            )
        if brief.patch:
            met = found.numbers <= brief.patch
            made.append(
                Check(says=f"{found.numbers:,} numbers to send, and the brief allows {brief.patch:,}.", met=met)
            )
        return made

    @property
    def missed_checks(self) -> int:
        """Returns the number of requirements that are not met."""
        return sum(not check.met for check in self.checks)

    @property
    def points(self) -> float:
        """Returns the score of the outcome."""
        return self.found.right - self.coins / self.brief.coins_a_point - POINTS_PER_MISS * self.missed_checks


BRIEFS = {
    brief.slug: brief
    for brief in (
        Brief(
            slug="postcodes",
            title="Labels are expensive",
            story="A post office wants a net that reads handwritten digits. A clerk has to label them, and clerks are "
            "expensive. The net may forget everything that it learned before.",
            job="digits",
            label_price=4,
            computing_price=5,
            reach=85,
            budget=1000,
        ),
        Brief(
            slug="battery",
            title="Computing is expensive",
            story="A device in a cellar reads the digits of a meter, and it trains its net on a battery. Labels cost "
            "almost nothing, because somebody has already typed in every bill. The net must still be able to read "
            "what it could read before.",
            job="digits",
            label_price=0.1,
            computing_price=300,
            reach=90,
            budget=1000,
            operations=2,
            keep=90,
        ),
        Brief(
            slug="signs",
            title="It must not forget",
            story="Customers already use a net that reads letters in light ink on a dark background. Now it has to "
            "read digits too, in dark ink on a light background. The customers still send letters, and they would "
            "notice every letter that the net forgets.",
            job="dark",
            label_price=1,
            computing_price=10,
            reach=77,
            budget=1500,
            keep=70,
        ),
        Brief(
            slug="customers",
            title="A patch for each of 500 customers",
            story="Each of your 500 customers divides six spiral arms into two colours in their own way. All customers "
            "share one backbone. You store and send a separate change of its weights to each of them, so that change "
            "must be small.",
            job="colours",
            label_price=1,
            computing_price=10,
            reach=84,
            budget=1200,
            patch=500,
        ),
        Brief(
            slug="mirror",
            title="A very different task, and labels are cheap",
            story="The spiral arms wind the other way, and your net has to predict the colour of a point instead of "
            "its arm. A machine labels the points for almost nothing.",
            job="mirrored",
            label_price=0.2,
            computing_price=10,
            reach=85,
            budget=800,
        ),
        Brief(
            slug="bargain",
            title="A bargain of a backbone",
            story="You can have two pretrained nets for free, because something went wrong when they were trained. "
            "Your net has to read digits, and the price of labels is fair.",
            job="misled",
            label_price=0.5,
            computing_price=10,
            reach=86,
            budget=1500,
        ),
    )
}
