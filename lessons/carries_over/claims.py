"""Defines the claim of this lesson: how many findings in small nets are also true of models that people use (R9)."""

from __future__ import annotations

from collections import Counter

import numpy as np

from lessons.carries_over.effects import CARRIES, DOES_NOT, EFFECTS, PARTLY, bounded, judge
from lessons.carries_over.runs import all_values
from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import resampled

MANY = 5  # how many of the effects have to carry over
Sizes = dict[str, tuple[np.ndarray, np.ndarray]]  # the effect on every seed in small nets, and on every real draw


def sizes(evidence: Results) -> Sizes:
    """Returns the two measurements of every effect that is known, by its key."""
    found = {effect.key: (effect.small.measured(evidence), effect.real.measured(evidence)) for effect in EFFECTS}
    return {key: (small, real) for key, (small, real) in found.items() if small is not None and real is not None}


def verdicts(known: Sizes) -> dict[str, str]:
    """Returns for every effect whether it carries over."""
    return {key: judge(bounded(small), bounded(real)) for key, (small, real) in known.items()}


def how_many(known: Sizes) -> int:
    return Counter(verdicts(known).values())[CARRIES]


def carried(evidence: Results) -> Finding:
    known = sizes(evidence)
    counts = Counter(verdicts(known).values())
    draws = min(len(each) for pair in known.values() for each in pair)
    again = [
        how_many({key: (small[draw], real[draw]) for key, (small, real) in known.items()}) for draw in resampled(draws)
    ]
    low, high = np.percentile(again, [2.5, 97.5])
    numbers = {f"{key}_small": percent(bounded(small)) for key, (small, _) in known.items()}
    numbers |= {f"{key}_real": percent(bounded(real)) for key, (_, real) in known.items()}
    return Finding(
        value=counts[CARRIES],
        low=float(low),
        high=float(high),
        checks=(
            Check(
                says=f"at least {MANY} of the nine effects are at least two thirds as large in the real model as in "
                "small nets",
                met=counts[CARRIES] >= MANY,
            ),
            Check(
                says="each of the nine effects is at least a third as large in the real model as in small nets",
                met=not counts[DOES_NOT],
            ),
        ),
        numbers=numbers
        | {"carries": str(counts[CARRIES]), "partly": str(counts[PARTLY]), "does_not": str(counts[DOES_NOT])},
    )


CLAIMS = (
    Claim(
        id="R9",
        statement=(
            "We measured nine effects in small nets, and again in a net for photos or a language model that people "
            "use. {carries} effects carry over: they are at least two thirds as large in the real model. {partly} "
            "carry over partly, because they are at least one third as large. {does_not} do not carry over."
        ),
        runs=all_values,
        finding=carried,
        statistic="number of the nine effects that are at least two thirds as large in the real model as in small nets",
        bar="At least five of the nine effects are at least two thirds as large in the real model, and none is less "
        "than a third as large.",
        paper="Kornblith et al. 2019, Do Better ImageNet Models Transfer Better?",
        paper_found="Nets that were better on ImageNet were also better on most other datasets after fine-tuning, but "
        "on some datasets pretraining hardly helped.",
    ),
)
