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
OTHER = {FAR: "points twice as far out", STEEP: "lines three times as steep"}
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
            Check(
                says=f"after {SHOWN} examples, the error of every net is at most 5 % of the error of always "
                "answering 0",
                met=bool(there.max() <= ENOUGH),
            ),
            Check(
                says="without examples, the error is about 100 % of the error of always answering 0",
                met=bool(abs(none.mean() - 1) <= 0.1),
            ),
            Check(says="no weight changed while the nets answered", met=asked["changed"] == 0),
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
                says=f"with {OTHER[world]}, the error of at least seven of eight nets is at least {WORSE:g} times as "
                "large, and least squares stays exact",
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
            "A transformer pretrained on random lines reads points of a new line and predicts the next one. All "
            "errors are percentages of the error of always answering 0. After {shown} points the net's error is "
            "{error7}, and without points it is {error0}. It stays below five percent after {needs} points, and least "
            "squares needs {fit_needs}. While the net answers, {changed} of its {weights} weights change."
        ),
        runs=context_runs,
        finding=context_finding,
        statistic=f"mean squared error after {SHOWN} examples, as a share of the error of always answering 0",
        bar=f"After {SHOWN} examples, which is five more than a line has numbers, the error is at most 0.05 of the "
        "error of always answering 0. Without examples it is about 1.",
        paper="Garg, Tsipras, Liang & Valiant 2022, What Can Transformers Learn In-Context? A Case Study of Simple "
        "Function Classes",
        paper_found="A transformer trained on prompts of random linear functions predicted new linear functions "
        "about as well as least squares.",
    ),
    Claim(
        id="S18b",
        statement=(
            "A transformer pretrained on random lines predicts the next point of a new line from {shown} points. All "
            "errors are percentages of the error of always answering 0. On lines as in pretraining the net's error is "
            "{seen}. With points twice as far out it is {far} ({far_times} times as large), and on lines three times "
            "as steep it is {steep} ({steep_times} times as large). The error of least squares is {far_fit} and "
            "{steep_fit}. On parabolas, which no line fits, the net's error is {bent} and that of least squares "
            "{bent_fit}."
        ),
        runs=context_runs,
        finding=shift_finding,
        statistic="how many times as large the error is with points twice as far out (mean, smallest and largest of "
        "all nets)",
        bar="With points twice as far out and with lines three times as steep, the error of at least seven of eight "
        f"nets is at least {WORSE:g} times as large, and least squares stays exact.",
        paper="Naim, Fouilhé & Asher 2024, Re-examining learning linear functions in context",
        paper_found="Transformers trained on lines failed systematically on lines unlike those of their training. "
        "Garg and colleagues had found them robust to several other changes.",
    ),
)
