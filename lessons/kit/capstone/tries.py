"""Encodes the tries of a learner under a brief. Each try is a choice and a draw. Its results are in the store, as for
every run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from core.experiment.checks import BadValue
from core.experiment.spec import Run
from lessons.kit.capstone.briefs import Brief, Outcome
from lessons.kit.capstone.choice_results import ChoiceResult
from lessons.kit.capstone.jobs import METHODS, Choice
from lessons.kit.capstone.outcome_text import choice_text
from lessons.kit.figures import Figure
from lessons.kit.model.values import LabelledRun, Seeds
from lessons.kit.results.evidence import load_results

KEPT = 8  # how many of the latest tries are kept
LIVE = 4  # the number of nets in a learner's run
UNKNOWN = "This link contains tries that do not exist, so no earlier tries are shown."
WRITTEN = re.compile(r"\d{1,2}(\.\d{1,3}){4}")


class Try(NamedTuple):
    """Holds a run that the learner has made."""

    choice: Choice
    draw: int  # the number of the draw of labels, initial weights and batch order

    def run(self, brief: Brief) -> LabelledRun[Run]:
        """Returns the run of this try under a brief."""
        return LabelledRun("race", brief.job_of.run(self.choice, Seeds(LIVE, 100 * self.draw)), "yours", name="yours")


def write(tries: Sequence[Try], brief: Brief) -> str:
    """Encodes tries for a link, such as "0.4.0.3.1-0.0.0.1.1". The numbers are positions in the lists of options,
    followed by the draw."""
    every = options_of(brief)
    return "-".join(
        ".".join(str(options.index(part)) for options, part in zip(every, one.choice)) + f".{one.draw}" for one in tries
    )


def read(text: str, brief: Brief) -> tuple[Try, ...]:
    """Decodes tries from a link. Raises BadValue with a sentence if they are not valid."""
    found, every = [], options_of(brief)
    for part in text.split("-") if text else ():
        if not WRITTEN.fullmatch(part):
            raise BadValue(UNKNOWN)
        *places, draw = map(int, part.split("."))
        if not all(place < len(options) for place, options in zip(places, every)) or not draw:
            raise BadValue(UNKNOWN)
        start, method, protection, labels = (options[place] for place, options in zip(places, every))
        found.append(Try(Choice(str(start), str(method), str(protection), int(labels)), draw))
    return tuple(found[-KEPT:])


def options_of(brief: Brief) -> tuple[Sequence[str | int], ...]:
    """Returns the options for each part of a choice."""
    return tuple(offer.name for offer in brief.job_of.offers), METHODS, brief.job_of.protections, brief.sizes


def outcome(one: Try, brief: Brief) -> Outcome | None:
    """Returns the outcome of a try under the brief's prices, or None if its run is not stored or not finished."""
    piece = one.run(brief)
    evidence, known = load_results([piece]), brief.outcomes.get(brief.job_of.plain(one.choice))
    if not known or not evidence.has(*piece.place):
        return None
    table = evidence.table(*piece.place)
    if table.step.iloc[-1] < piece.of.steps:
        return None
    return brief.outcome(one.choice, ChoiceResult.read(table, known.found.numbers))


def tries_table(shown: Mapping[str, Outcome]) -> Figure:
    """Draws a table with one row for each outcome, with its points and how they are counted."""
    rows = {
        name: {
            "choice": choice_text(one.choice),
            "accuracy": f"{one.found.right:.1f} %",
            "coins": f"{one.coins:,.0f}",
            **({"old skill kept": f"{one.found.left:.0f} %"} if one.brief.keep else {}),
            "requirements missed": f"{one.missed_checks} of {len(one.checks)}",
            "points": f"{one.points:.1f}",
        }
        for name, one in shown.items()
    }
    alt = "; ".join(f"{name}: " + ", ".join(f"{k} {v}" for k, v in row.items()) for name, row in rows.items())
    return Figure(kind="table", spec=pd.DataFrame(rows).T, alt=f"{alt}.")
