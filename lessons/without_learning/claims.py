"""Defines the claims of this lesson: a net learns from its prompt alone (S18), but only within the range of its
training (S18b)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Answer, Results
from lessons.kit.results.evidence import band_by_x
from lessons.without_learning.runs import AS_SEEN, BENT, EXAMPLES, FAR, SHIFTED, SHOWN, STEEP, WORLDS, context_runs

ENOUGH = 0.05  # error, as a share of the error of always answering 0
WORSE = 3.0  # the net fails if its error is this many times the error in the training range


def errors(answer: Answer, world: str) -> np.ndarray:
    """Returns the error of a run after 0, 1, ... examples, as a share of the error of always answering 0, with the
    shape (seeds, examples)."""
    return np.array(answer["error"][0][list(WORLDS).index(world)])


def fitted(answer: Answer, world: str) -> np.ndarray:
    """Returns the same error for least squares, with the shape (examples,)."""
    return np.array(answer["least squares"][list(WORLDS).index(world)])


def curve(errors: np.ndarray) -> pd.DataFrame:
    """Returns the curve of the errors (seeds, examples) against the number of examples."""
    return band_by_x(dict(enumerate(errors.T)))


def needed(error: np.ndarray) -> float:
    """Returns the number of examples after which the error is never above ENOUGH again, or inf if there is no such
    number. The shape of `error` is (examples,)."""
    above = np.flatnonzero(error > ENOUGH)
    after = above[-1] + 1 if len(above) else 0
    return float(after) if after < len(error) else float("inf")


def context_finding(evidence: Results) -> Finding:
    asked = evidence.answer("net")
    net, fit = errors(asked, AS_SEEN), fitted(evidence.answer("least squares"), AS_SEEN)
    there, none = net[:, SHOWN], net[:, 0]
    examples = needed(net.mean(0))
    numbers = {f"error{k}": share(net[:, k].mean()) for k in (0, 1, 2, 3, SHOWN, EXAMPLES)}
    numbers |= {f"fit{k}": share(fit[k]) for k in (1, 2, SHOWN)}
    numbers |= {"needs": f"{examples:g}", "fit_needs": f"{needed(fit):g}", "shown": str(SHOWN)}
    numbers |= {
        "nets": str(len(net)),
        "weights": f"{asked['weights']:,}",
        "changed": str(asked["changed"]),
    }
    half = 2 * there.std() / np.sqrt(len(there))
    return Finding(
        value=float(there.mean()),
        low=float(there.mean() - half),
        high=float(there.mean() + half),
        checks=(
            Check(says=f"error at most 5 % after {SHOWN} examples, in every net", met=bool(there.max() <= ENOUGH)),
            Check(says="error about 100 % with no example", met=bool(abs(none.mean() - 1) <= 0.1)),
            Check(says="no weight changed", met=asked["changed"] == 0),
        ),
        numbers=numbers,
    )


def share(error: float) -> str:
    """Writes an error as a percentage. Small errors have one decimal."""
    return f"{100 * error:.1f} %" if 0.0005 <= error < 0.1 else f"{100 * error:.0f} %"


def shift_finding(evidence: Results) -> Finding:
    net = {world: errors(evidence.answer("net"), world)[:, SHOWN] for world in WORLDS}
    fit = {world: float(fitted(evidence.answer("least squares"), world)[SHOWN]) for world in WORLDS}
    times = {world: net[world] / net[AS_SEEN] for world in SHIFTED}
    numbers = {"seen": share(net[AS_SEEN].mean()), "shown": str(SHOWN)}
    for name, world in (("far", FAR), ("steep", STEEP), ("bent", BENT)):
        numbers |= {name: share(net[world].mean()), f"{name}_fit": share(fit[world])}
        numbers |= {f"{name}_times": f"{net[world].mean() / net[AS_SEEN].mean():.0f}"}
    return Finding(
        value=float(times[FAR].mean()),
        low=float(times[FAR].min()),
        high=float(times[FAR].max()),
        checks=tuple(
            Check(
                says=f"{world}: {WORSE:g} times the error or more in at least seven of eight nets, least squares exact",
                met=bool((times[world] >= WORSE).mean() >= 7 / 8 and fit[world] <= 0.01),
            )
            for world in (FAR, STEEP)
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S18",
        statement=(
            "Shown {shown} points of a line it never met, a pretrained net errs by {error7} of what always saying 0 "
            "costs; shown none, by {error0}. It is below five percent from {needs} examples on; least squares needs "
            "{fit_needs}. Of {weights} weights {changed} changed."
        ),
        runs=context_runs,
        finding=context_finding,
        statistic=f"error after {SHOWN} examples, as a share of what always saying 0 costs",
        bar=f"at most .05 after {SHOWN} examples, five more than a line has numbers, and about 1 after none",
        paper="Garg, Tsipras, Liang & Valiant 2022, What Can Transformers Learn In-Context? A Case Study of Simple "
        "Function Classes",
        paper_found="A transformer trained on prompts of random linear functions predicted unseen ones about as well "
        "as least squares.",
    ),
    Claim(
        id="S18b",
        statement=(
            "After {shown} points the error is {seen} on lines like those it saw, {far} with points farther out "
            "({far_times} times as much) and {steep} on steeper lines ({steep_times} times as much). Least squares "
            "errs by {far_fit} and {steep_fit}. On bent lines, which no line fits, the net errs by {bent} and least "
            "squares by {bent_fit}."
        ),
        runs=context_runs,
        finding=shift_finding,
        statistic="times the error where points lie twice as far out (least and most of all nets)",
        bar=f"farther out and steeper: at least {WORSE:g} times the error in seven of eight nets, where least squares "
        "stays exact",
        paper="Naim, Fouilhé & Asher 2024, Re-examining learning linear functions in context",
        paper_found="Transformers trained on lines failed systematically on lines unlike those of their training. "
        "(Garg and colleagues had found them robust to several other shifts.)",
    ),
)
