"""Defines the claims of this lesson, S20 and S20b: loss falls along a straight line, for drawings and for text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import bootstrap, final, fit_power_law, interval
from lessons.kit.runs.downstream_tasks import DIGITS, DOWNSTREAM_TASKS
from lessons.kit.runs.text_adaptation import bits
from lessons.more_data.runs import DRAWINGS, GLYPHS, KNOWN, SIZES, TEXT, TEXTS, TIMES, size_runs, text_runs

SHORT = dict(zip(DOWNSTREAM_TASKS, ("digits", "inverted", "turned", "letters")))


def losses(evidence: Results, material: str) -> dict[int, np.ndarray]:
    """Returns the known losses by multiples of the smallest amount, with the shape (seeds,). Their unit is nats for
    drawings, and bits per character for text."""
    if material == TEXT:
        known = evidence.tables("amount")
        return {times: bits(known[size])[-1] for times, size in zip(TIMES, TEXTS) if size in known}
    answer = evidence.answer("loss" if evidence.has("loss") else "known loss")
    return {times: np.array(tasks[0]) for times, tasks in zip(TIMES, answer["loss"])}


def share_of_loss(evidence: Results, material: str) -> dict[int, np.ndarray]:
    """Returns the losses (seeds,) as shares of the mean loss at the smallest amount."""
    found = losses(evidence, material)
    return {times: each / found[1].mean() for times, each in found.items()}


def extended(shares: dict[int, np.ndarray], times: int = TIMES[-1]) -> float:
    """Returns the share of the loss that the straight line through the known amounts predicts."""
    exponent, start, _ = fit_power_law(KNOWN, np.array([shares[known].mean() for known in KNOWN]))
    return float(start * times**-exponent)


def gained(evidence: Results, job: str) -> np.ndarray:
    """Returns how much better a probe is with the largest amount than with the smallest, with the shape (seeds,)."""
    few, many = (final(evidence.table("size", job, size)) for size in (SIZES[0], SIZES[-1]))
    return np.asarray(many - few)


def size_finding(evidence: Results) -> Finding:
    loss, shares = np.array(list(losses(evidence, DRAWINGS).values())), share_of_loss(evidence, DRAWINGS)
    exponent, _, missed = fit_power_law(SIZES, loss.mean(1))
    low, high = bootstrap(lambda draw: fit_power_law(SIZES, loss[:, draw].mean(1))[0], loss.shape[1])
    read = {job: [float(final(evidence.table("size", job, size)).mean()) for size in SIZES] for job in DOWNSTREAM_TASKS}
    rising = {job: all(a < b for a, b in pairwise(shares)) for job, shares in read.items()}
    numbers = {
        "exponent": f"{exponent:.2f}",
        "missed": f"{100 * missed:.1f}",
        "double": f"{100 * (1 - 2**-exponent):.0f}",
        "few": f"{GLYPHS * SIZES[0]:,}",
        "many": f"{GLYPHS * SIZES[-1]:,}",
        "backbones": str(loss.shape[1]),
        "ahead": percent(extended(shares)),
        "left": percent(float(shares[TIMES[-1]].mean())),
    }
    numbers |= {f"loss{size}": f"{nats:.2f}" for size, nats in zip(SIZES, loss.mean(1))}
    for job, key in SHORT.items():
        numbers |= {f"{key}{size}": percent(share) for size, share in zip(SIZES, read[job])}
        numbers |= {f"{key}_gain": f"{100 * gained(evidence, job).mean():.0f}"}
        numbers |= dict(
            zip((f"{key}_low", f"{key}_high"), (f"{end:.0f}" for end in interval(100 * gained(evidence, job))))
        )
    return Finding(
        value=exponent,
        low=low,
        high=high,
        checks=(
            Check(says="with every number of drawings, the loss lies within 10 % of a power law", met=missed <= 0.10),
            Check(
                says="with every larger number of drawings, a probe on the backbone reads more digits",
                met=rising[DIGITS],
            ),
        ),
        numbers=numbers,
    )


def text_finding(evidence: Results) -> Finding:
    loss, shares = np.array(list(losses(evidence, TEXT).values())), share_of_loss(evidence, TEXT)
    exponent, _, missed = fit_power_law(TEXTS, loss.mean(1))
    low, high = bootstrap(lambda draw: fit_power_law(TEXTS, loss[:, draw].mean(1))[0], loss.shape[1])
    numbers = {f"bits{size}": f"{mean:.2f}" for size, mean in zip(TEXTS, loss.mean(1))}
    numbers |= {
        "exponent": f"{exponent:.2f}", "missed": f"{100 * missed:.1f}", "double": f"{100 * (1 - 2**-exponent):.0f}",
        "few": f"{TEXTS[0]}", "many": f"{TEXTS[-1]:,}", "nets": str(loss.shape[1]),
        "ahead": percent(extended(shares)), "left": percent(float(shares[TIMES[-1]].mean())),
    }  # fmt: skip
    return Finding(
        value=exponent,
        low=low,
        high=high,
        checks=(
            Check(says="with every amount of text, the loss lies within 10 % of a power law", met=missed <= 0.10),
            Check(says="the loss falls with every doubling of the text", met=bool((np.diff(loss.mean(1)) < 0).all())),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S20",
        statement=(
            "Nets learn to tell glyphs apart from {few} to {many} drawings, {backbones} nets from each number. Their "
            "loss on unseen drawings follows a power law: it falls by {double} % whenever the number of drawings "
            "doubles and is never more than {missed} % away from a straight line on logarithmic axes. The accuracy of "
            "a new head for digits on their features rises from {digits10} to {digits160}."
        ),
        runs=size_runs,
        finding=size_finding,
        statistic="exponent of the power law of the loss against the number of drawings",
        bar="The loss lies within 10 % of a power law with every number of drawings, and more drawings always give a "
        "higher accuracy on digits.",
        paper="Hestness et al. 2017, Deep Learning Scaling is Predictable, Empirically; Kaplan et al. 2020, Scaling "
        "Laws for Neural Language Models",
        paper_found="In translation, language modelling, vision and speech, the test error fell as a power law of the "
        "amount of training data, over orders of magnitude.",
    ),
    Claim(
        id="S20b",
        statement=(
            "Language models learn from {few} to {many} thousand characters, which they read four times, {nets} nets "
            "from each amount. Their loss on unseen text follows a power law: it falls by {double} % whenever the text "
            "doubles, from {bits50} to {bits800} bits per character, and is never more than {missed} % away from a "
            "straight line on logarithmic axes."
        ),
        runs=text_runs,
        finding=text_finding,
        statistic="exponent of the power law of the loss against the amount of text",
        bar="The loss lies within 10 % of a power law with every amount of text, and falls with every doubling.",
        paper="Kaplan et al. 2020, Scaling Laws for Neural Language Models",
        paper_found="The loss of language models fell as a power law of the data, the size of the model and the "
        "computing, over more than six orders of magnitude.",
    ),
)
