"""Defines the claims of this lesson, S22 and S5: children of one backbone are in one valley of the loss, and their
mean is as good as they are."""

from __future__ import annotations

import numpy as np

from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Answer, Results
from lessons.kit.results.evidence import interval
from lessons.kit.runs.transfers import DIGITS, SPIRALS
from lessons.one_valley.runs import ASKED, FAR, NEAR, basin_runs, valley_runs


def accuracy_along(answer: Answer, pair: int, what: str = "accuracy") -> np.ndarray:
    """Returns the values on the line between two of the three nets of a plane, with the shape (places, seeds)."""
    return np.array(answer["lines"][pair][what])


def middle(line: np.ndarray) -> np.ndarray:
    """Returns the values half way, with the shape (seeds,). This point is the mean of the weights of the two nets."""
    return line[len(line) // 2]


def valley_finding(evidence: Results) -> Finding:
    near, far = (evidence.answer("plane", which, ASKED) for which in (NEAR, FAR))
    kin, away = accuracy_along(near, 0), accuracy_along(far, 0)
    kin_loss, away_loss = accuracy_along(near, 0, "loss"), accuracy_along(far, 0, "loss")
    mean, half = middle(kin), middle(away)
    won = mean - (kin[0] + kin[-1]) / 2
    short = mean - np.maximum(kin[0], kin[-1])
    lost = np.minimum(away[0], away[-1]) - half
    lower = np.minimum(kin_loss[0], kin_loss[-1]) - middle(kin_loss)
    low, high = interval(100 * won)
    numbers = {
        "a": percent(float(kin[0].mean())),
        "b": percent(float(kin[-1].mean())),
        "a1": f"{100 * kin[0].mean():.1f} %",
        "b1": f"{100 * kin[-1].mean():.1f} %",
        "mean": percent(float(mean.mean())),
        "mean1": f"{100 * mean.mean():.1f} %",
        "won": f"{100 * won.mean():.1f}",
        "stranger": percent(float(away[-1].mean())),
        "half": percent(float(half.mean())),
        "lost": f"{100 * lost.mean():.0f}",
        "parent": percent(float(accuracy_along(near, 1)[-1].mean())),
        "loss_a": f"{kin_loss[0].mean():.2f}",
        "loss_b": f"{kin_loss[-1].mean():.2f}",
        "loss_mean": f"{middle(kin_loss).mean():.2f}",
        "loss_half": f"{middle(away_loss).mean():.1f}",
        "loss_stranger": f"{away_loss[-1].mean():.2f}",
        "apart": f"{np.mean(near['lines'][0]['length']):.1f}",
        "moved": f"{np.mean(near['lines'][1]['length']):.1f}",
        "far": f"{np.mean(far['lines'][0]['length']):.0f}",
        "times": f"{np.mean(far['lines'][0]['length']) / np.mean(near['lines'][0]['length']):.0f}",
    }
    return Finding(
        value=100 * float(won.mean()),
        low=low,
        high=high,
        checks=(
            Check(
                says="the average of two nets fine-tuned from one backbone is at most half a point less accurate than "
                "the better one",
                met=bool(short.mean() >= -0.005),
            ),
            Check(says="its accuracy is higher than the mean accuracy of the two nets", met=bool(won.mean() > 0)),
            Check(says="its loss is lower than the loss of each of the two nets", met=bool(lower.mean() > 0)),
            Check(
                says="the net from scratch is as accurate as a fine-tuned net, within two points",
                met=bool(abs((away[-1] - away[0]).mean()) <= 0.02),
            ),
            Check(
                says="the net half way to the net from scratch is at least 20 points less accurate than the worse of "
                "the two",
                met=bool(lost.mean() >= 0.20),
            ),
        ),
        numbers=numbers,
    )


def barriers(answer: Answer) -> np.ndarray:
    """Returns the mean of the two ends minus the lowest value between them, with the shape (pair, seeds) (Frankle et
    al. 2020)."""
    lines = np.array(answer["accuracy"])  # (pair, place, seeds)
    return (lines[:, 0] + lines[:, -1]) / 2 - lines.min(1)


def basin_finding(evidence: Results) -> Finding:
    lost = {name: barriers(answer) for name, answer in evidence.answers("line").items()}
    numbers = {
        f"{short}_{pair}": f"{100 * row.mean():.1f}" if row.mean() < 0.1 else f"{100 * row.mean():.0f}"
        for short, name in (("plane", SPIRALS), ("digits", DIGITS))
        for pair, row in zip(("tuned", "scratch", "heads"), lost[name])
    }
    more = 100 * (lost[SPIRALS][1] - lost[SPIRALS][0])
    low, high = interval(more)
    return Finding(
        value=float(more.mean()),
        low=low,
        high=high,
        checks=tuple(
            check
            for name, (tuned, scratch, _) in lost.items()
            for check in (
                Check(
                    says=f"{name}: on the line between two fine-tuned nets, at most 2 points of accuracy are lost",
                    met=tuned.mean() <= 0.02,
                ),
                Check(
                    says=f"{name}: on the line between two nets from scratch, at least 10 points are lost",
                    met=scratch.mean() >= 0.10,
                ),
            )
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S22",
        statement=(
            "Two nets are fine-tuned from one backbone, each on its own 20 labels per class. They read {a1} and {b1} "
            "of unseen digits, and a net with the average of their weights reads {mean1}. A net from scratch reads "
            "{stranger}, but the net half way between it and a fine-tuned net reads only {half}."
        ),
        runs=valley_runs,
        finding=valley_finding,
        statistic="accuracy of the average of two fine-tuned nets, minus the mean accuracy of the two, in percentage "
        "points",
        bar="The average of two fine-tuned nets is at most half a point less accurate than the better one, more "
        "accurate than the two are on average, and has a lower loss. Half way to an equally good net from scratch, at "
        "least 20 points are lost.",
        paper="Neyshabur et al. 2020, What Is Being Transferred in Transfer Learning?; Wortsman et al. 2022, Model "
        "Soups",
        paper_found="Nets that were fine-tuned from the same weights lie in one flat basin of the loss. The average of "
        "the weights of many fine-tuned CLIP models was more accurate than the best of them.",
    ),
    Claim(
        id="S5",
        statement=(
            "On the straight line between the weights of two nets that were fine-tuned from one backbone, accuracy "
            "falls by at most {plane_tuned} points on the spirals and {digits_tuned} points on the digits. Between two "
            "nets from scratch it falls by {plane_scratch} and {digits_scratch} points."
        ),
        runs=basin_runs,
        finding=basin_finding,
        statistic="percentage points of accuracy lost on the line between two nets from scratch, minus those lost "
        "between two fine-tuned nets, on the spirals",
        bar="At most 2 points are lost on the line between two fine-tuned nets, and at least 10 points between two "
        "nets from scratch.",
        paper="Neyshabur et al. 2020, What Is Being Transferred in Transfer Learning?",
        paper_found="There was no barrier in the loss between two nets that were fine-tuned from the same weights, but "
        "there was one between two nets from scratch.",
    ),
)
