"""Defines the claims of this lesson: what sixteen examples bring out of a language model that people use (R4), what
they only hide (R5), and what a high learning rate destroys (R6). R7 and R8 have a file of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.chat_answers import FORM, PLAIN, TRUE, otherwise, shares
from lessons.kit.results.evidence import in_percent
from lessons.real_language_model.patch_and_replay import CLAIMS as PATCH_AND_REPLAY
from lessons.real_language_model.runs import (
    BARE,
    GENTLE,
    HOT,
    SENTENCE,
    form_runs,
    hot_runs,
    sentence_runs,
)


def loss(evidence: Results, *place: Any) -> float:
    """Returns the loss on the last batch of examples, as a mean over the draws."""
    return float(np.mean([table.loss.iloc[-1] for table in evidence.tables(*place).values()]))


def numbers(evidence: Results, *place: Any) -> dict[str, str]:
    """Returns the shares before and after as slots for the sentences."""
    found = {"before": 0, "after": -1}
    return {
        f"{name}_{when}": percent(float(shares(evidence, what, at, *place).mean()))
        for name, what in (("form", FORM), ("true", TRUE), ("plain", PLAIN))
        for when, at in found.items()
    }


def takes_form(evidence: Results, *place: Any) -> Check:
    """Returns the condition that the model has learned the form of the examples."""
    return Check(
        says="after 30 steps, at least 90 % of the answers have the form of the examples",
        met=bool(shares(evidence, FORM, -1, *place).mean() >= 0.9),
    )


def brought_out(evidence: Results) -> Finding:
    place = ("tuned", SENTENCE, GENTLE)
    gain = shares(evidence, TRUE, -1, *place) - shares(evidence, TRUE, 0, *place)
    value, low, high = in_percent(gain)
    begun = otherwise(evidence, "begun", TRUE).mean()
    return Finding(
        value=value,
        low=low,
        high=high,
        checks=(
            takes_form(evidence, *place),
            Check(says="more answers are true than before, by the whole interval", met=low > 0),
        ),
        numbers=numbers(evidence, *place) | {"begun": percent(float(begun)), "gain": f"{value:.0f}"},
    )


def not_reached(evidence: Results) -> Finding:
    place = ("tuned", BARE, GENTLE)
    before, after = (shares(evidence, TRUE, at, *place) for at in (0, -1))
    plain_before, plain_after = (shares(evidence, PLAIN, at, *place).mean() for at in (0, -1))
    prompt = otherwise(evidence, "prompt", TRUE)
    value, low, high = in_percent(before - after)
    return Finding(
        value=value,
        low=low,
        high=high,
        checks=(
            takes_form(evidence, *place),
            Check(
                says="at most three quarters as many answers are true as before",
                met=bool(after.mean() <= 0.75 * before.mean()),
            ),
            Check(
                says="asked as a plain text, the model still knows at least nine tenths as many capitals as before",
                met=bool(plain_after >= 0.9 * plain_before),
            ),
            Check(
                says="the same examples in the prompt, which change no weight, leave at most three quarters of the "
                "true answers, too",
                met=bool(prompt.mean() <= 0.75 * before.mean()),
            ),
        ),
        numbers=numbers(evidence, *place)
        | {
            "prompt": percent(float(prompt.mean())),
            "prompt_form": percent(float(otherwise(evidence, "prompt", FORM).mean())),
        },
    )


def forgotten(evidence: Results) -> Finding:
    place, gentle = ("tuned", BARE, HOT), ("tuned", BARE, GENTLE)
    before, after = (shares(evidence, PLAIN, at, *place) for at in (0, -1))
    value, low, high = in_percent(after)
    losses = loss(evidence, *place), loss(evidence, *gentle)
    true_before, true_after = (shares(evidence, TRUE, at, *place).mean() for at in (0, -1))
    return Finding(
        value=value,
        low=low,
        high=high,
        checks=(
            Check(says="at most a third as many answers are true as before", met=bool(true_after <= true_before / 3)),
            Check(
                says="asked as a plain text, the model knows at most a third as many capitals as before",
                met=bool(after.mean() <= before.mean() / 3),
            ),
            Check(says="the loss on the sixteen examples is lower than at the low rate", met=losses[0] < losses[1]),
        ),
        numbers=numbers(evidence, *place) | {"loss": f"{losses[0]:.3f}", "gentle_loss": f"{losses[1]:.2f}"},
    )


MODEL = "SmolLM2-135M, a language model that people use,"
CLAIMS = (
    Claim(
        id="R4",
        statement=(
            f"{MODEL} learns from 16 answers that are written as whole sentences. Afterwards {{form_after}} of its "
            "answers about other countries have the form of the examples, and {true_after} of them name the right "
            "capital. Before, {true_before} did."
        ),
        runs=lambda seeds: [*sentence_runs(seeds), *form_runs(seeds)],
        finding=brought_out,
        statistic="percentage points by which the share of true answers rises, with whole sentences as examples",
        bar="At least 90 % of the answers take the form of the examples, and more of them are true than before, by the "
        "whole interval.",
        paper="Zhou et al. 2023, LIMA: Less Is More for Alignment",
        paper_found="A thousand carefully written examples were enough to fine-tune a model of 65 billion weights. "
        "The authors conclude that almost all knowledge comes from pretraining, and examples teach the form.",
    ),
    Claim(
        id="R5",
        statement=(
            f"{MODEL} learns from 16 answers that are only the name of the capital and “of course”. Afterwards "
            "{form_after} of its answers have this form, but only {true_after} are true, from {true_before} before. "
            "The knowledge is still there: asked as a plain text, the model names {plain_after} of the capitals, and "
            "{plain_before} before. The same examples in the prompt, which change no weight, leave {prompt}."
        ),
        runs=form_runs,
        finding=not_reached,
        statistic="percentage points by which the share of true answers falls, with bare names as examples",
        bar="At least 90 % of the answers take the form of the examples. At most three quarters as many are true as "
        "before, after training and equally with the examples in the prompt. Asked as a plain text, the model still "
        "knows at least nine tenths as many capitals.",
        paper="Wei et al. 2022, Chain-of-Thought Prompting Elicits Reasoning in Large Language Models",
        paper_found="Models answered better if they wrote the steps to the answer before the answer itself. What a "
        "model writes first helps it to reach what it knows.",
    ),
    Claim(
        id="R6",
        statement=(
            f"{MODEL} learns from the same 16 bare answers at ten times the learning rate. Afterwards {{true_after}} "
            "of its answers are true, and asked as a plain text it names {plain_after} of the capitals, from "
            "{plain_before} before. Its loss on the 16 examples is {loss} nats, and {gentle_loss} at the low rate."
        ),
        runs=hot_runs,
        finding=forgotten,
        statistic="percent of the capitals that the model still names in a plain text after training at the high "
        "learning rate",
        bar="At most a third as many answers are true as before, in the chat and in a plain text, although the loss on "
        "the examples is lower than at the low rate.",
        paper="Luo et al. 2023, An Empirical Study of Catastrophic Forgetting in Large Language Models During "
        "Continual Fine-tuning",
        paper_found="Language models forgot facts and reading skills while they were fine-tuned on instructions.",
    ),
    *PATCH_AND_REPLAY,
)
