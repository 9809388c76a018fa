"""Defines the claims of this lesson: few examples are enough to obey, they teach a form, practice adds skills, and it
has a cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from core.experiment.tasks import COMBINATIONS, WHAT
from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Answer, Results
from lessons.kit.results.evidence import in_percent, interval
from lessons.parrot_to_helper.runs import (
    EXAMPLES,
    FACTS,
    FORMED,
    GENERAL,
    HELD_OUT,
    MANY,
    MOST,
    PRACTICE,
    RAW,
    RIGHT,
    SCRATCH,
    SKILLS,
    STYLES,
    facts_runs,
    obeying,
    practice_runs,
    price_runs,
    ways,
)


def shares(answer: Answer, what: str, names: Sequence[str]) -> np.ndarray:
    """Returns the mean over some combinations for every seed of every run. `what` is RIGHT or FORMED."""
    return np.mean([every_seed(run[COMBINATIONS.index(one)] for run in answer[what]) for one in names], 0)


def bits(answer: Answer) -> np.ndarray:
    """Returns bits per character on general text, for every seed of every run."""
    return every_seed(run[0] for run in answer["accuracy"])


def every_seed(runs: Iterable[Sequence[float]]) -> np.ndarray:
    """Returns the values of all seeds of all runs as one array."""
    return np.concatenate([np.array(run) for run in runs])


def held_out(evidence: Results, what: str) -> np.ndarray:
    """Returns the mean over the held-out combinations for every seed. Each combination is tested on the runs that
    never saw it."""
    return np.mean([shares(evidence.answer("obeys", MOST, one), what, [one]) for one in HELD_OUT], 0)


def obeying_finding(evidence: Results) -> Finding:
    first = HELD_OUT[0]
    most = evidence.answer("obeys", MOST, first)
    raw = {what: shares(evidence.answer("obeys", RAW), what, COMBINATIONS).mean() for what in (RIGHT, FORMED)}
    seen = {n: shares(evidence.answer("obeys", n, first), FORMED, ways(without=first)).mean() for n in EXAMPLES}
    unseen = {what: held_out(evidence, what) for what in (RIGHT, FORMED)}
    style = shares(most, RIGHT, ways(*STYLES, without=first))
    value, low, high = in_percent(unseen[FORMED])
    scratch = evidence.answer("obeys", SCRATCH)
    numbers = {f"formed{n}": percent(share) for n, share in seen.items()}
    numbers |= {
        f"held{k}": percent(shares(evidence.answer("obeys", MOST, one), FORMED, [one]).mean())
        for k, one in enumerate(HELD_OUT)
    }
    numbers |= {
        "raw": percent(raw[RIGHT]),
        "raw_formed": percent(raw[FORMED]),
        "held": percent(unseen[FORMED].mean()),
        "held_right": percent(unseen[RIGHT].mean()),
        "style": percent(style.mean()),
        "scratch_formed": percent(shares(scratch, FORMED, ways(without=first)).mean()),
        "scratch_style": percent(shares(scratch, RIGHT, ways(*STYLES, without=first)).mean()),
        "twice": percent(shares(most, FORMED, [f"{kind}, twice" for kind in WHAT]).mean()),
        "most": str(MOST),
        "few": str(EXAMPLES[0]),
    }
    return Finding(
        value=value,
        low=low,
        high=high,
        checks=(
            Check(
                says="the pretrained net answers in the right form at most twice in a hundred cases",
                met=raw[FORMED] <= 0.02,
            ),
            Check(
                says=f"after {MOST} examples, the net answers in the right form at least three times in four",
                met=seen[MOST] >= 0.75,
            ),
            Check(
                says="on held-out combinations, the net answers in the right form at least every other time, by the "
                "whole interval",
                met=low >= 50,
            ),
            Check(
                says="the net names the style of a text correctly in at least 55 of 100 cases", met=style.mean() >= 0.55
            ),
        ),
        numbers=numbers,
    )


def facts_finding(evidence: Results) -> Finding:
    answer = evidence.answer("obeys", MOST, HELD_OUT[0])
    plain = [one for one in ways(*FACTS) if not one.endswith("twice")]
    well = [one for one in ways(*STYLES, without=HELD_OUT[0]) if not one.endswith("twice")]
    moods = [one for one in ways("good or bad") if not one.endswith("twice")]
    formed, right = shares(answer, FORMED, plain), shares(answer, RIGHT, plain)
    value, low, high = in_percent(formed - right)
    given = {
        word: shares(answer, RIGHT, names).mean() / shares(answer, FORMED, names).mean()
        for word, names in {"style": well, "mood": moods, "fact": plain}.items()
    }
    return Finding(
        value=value,
        low=low,
        high=high,
        checks=(
            Check(
                says="asked for facts that no example showed, the net answers in the right form at least four times "
                "in five",
                met=formed.mean() >= 0.8,
            ),
            Check(
                says="asked for these facts, the net is correct at most five times in a hundred",
                met=right.mean() <= 0.05,
            ),
            Check(
                says="of its answers in the right form about style, at least 70 of 100 are correct",
                met=given["style"] >= 0.7,
            ),
        ),
        numbers={
            "formed": percent(formed.mean()),
            "right": percent(right.mean()),
            "style": percent(given["style"]),
            "mood": percent(given["mood"]),
            "verses_formed": percent(shares(answer, FORMED, ways("in new English")).mean()),
            "verses": percent(shares(answer, RIGHT, ways("in new English")).mean()),
        },
    )


def practice_finding(evidence: Results) -> Finding:
    before, after = evidence.answer("obeys", MOST, HELD_OUT[0]), evidence.answer("obeys", MANY)
    numbers: dict[str, str] = {"few": str(MOST), "many": f"{MANY:,}", "steps": f"{PRACTICE.steps:,}"}
    share = {kind: shares(after, RIGHT, ways(kind)) for kind in WHAT}
    for kind in (*SKILLS, "in new English"):
        word = kind.split()[-1]
        numbers |= {word: percent(share[kind].mean())}
        numbers |= {f"{word}_before": percent(shares(before, RIGHT, ways(kind)).mean())}
    skills, facts = np.mean([share[kind] for kind in SKILLS], 0), np.mean([share[kind] for kind in FACTS], 0)
    early = float(shares(before, RIGHT, ways(*SKILLS)).mean())
    real = share["good or bad"] / shares(after, FORMED, ways("good or bad"))
    value, low, high = in_percent(skills)
    return Finding(
        value=value,
        low=low,
        high=high,
        checks=(
            Check(
                says="practice adds at least 30 points to skills that need no English",
                met=bool(skills.mean() - early >= 0.3),
            ),
            Check(
                says="facts that no example showed are correct at most five times in a hundred",
                met=bool(facts.mean() <= 0.05),
            ),
            Check(
                says="verses put into new English are correct at most five times in a hundred",
                met=bool(share["in new English"].mean() <= 0.05),
            ),
        ),
        numbers=numbers | {"real": percent(real.mean()), "facts": percent(facts.mean()), "nets": str(len(skills))},
    )


def price_finding(evidence: Results) -> Finding:
    first = HELD_OUT[0]
    before = float(bits(evidence.answer("price", RAW)).mean())
    after = {n: bits(evidence.answer("price", n)) for n in EXAMPLES}
    worse, mixed = after[MOST] - before, bits(evidence.answer("price", GENERAL)) - before
    low, high = interval(worse)
    obeyed = {
        word: float(shares(evidence.answer("obeys", *place), FORMED, ways(without=first)).mean())
        for word, place in {"alone": (MOST, first), "mixed": (GENERAL,)}.items()
    }
    return Finding(
        value=float(worse.mean()),
        low=low,
        high=high,
        checks=(
            Check(
                says="with every seed, the net needs at least a tenth of a bit per character more on general text",
                met=bool((worse >= 0.1).all()),
            ),
            Check(
                says="training on general text as well saves at least half of that",
                met=bool(mixed.mean() <= worse.mean() / 2),
            ),
            Check(
                says="this costs at most ten points of answers in the right form",
                met=obeyed["mixed"] >= obeyed["alone"] - 0.1,
            ),
        ),
        numbers={"raw": f"{before:.2f}", "most": str(MOST), "mixed_bits": f"{before + mixed.mean():.2f}"}
        | {f"bits{n}": f"{each.mean():.2f}" for n, each in after.items()}
        | {word: percent(share) for word, share in obeyed.items()},
    )


CLAIMS = (
    Claim(
        id="I1",
        statement=(
            "A pretrained language model answers {raw_formed} of unseen instructions in the form that they ask for. "
            "After fine-tuning on {few} examples, {formed40} of the answers have this form, and after {most} examples "
            "{formed600}. For three combinations of instructions that were held out, {held0}, {held1} and {held2} of "
            "the answers have it, {held} on average. The fine-tuned net names the style of a text correctly and in the "
            "right form in {style} of cases."
        ),
        runs=obeying,
        finding=obeying_finding,
        statistic="percentage of answers in the right form to combinations of instructions that were held out",
        bar=f"At most two in a hundred answers of the pretrained net are in the right form. After {MOST} examples, "
        "at least three in four are, and for held-out combinations at least one in two, by the whole interval.",
        paper="Wei et al. 2022, Finetuned Language Models Are Zero-Shot Learners",
        paper_found="A model with 137 billion weights was fine-tuned on over 60 datasets written as instructions. It "
        "improved on kinds of task that were held out, and beat the larger GPT-3 without examples on 20 of 25 "
        "datasets.",
    ),
    Claim(
        id="I2",
        statement=(
            f"A language model is fine-tuned on {MOST} instructions with their answers. Asked for French names and "
            "trivia that no example showed, it answers in the right form in {formed} of cases and correctly in "
            "{right}. Of its answers in the right form about the style of a text, where guessing gets half right, "
            "{style} are correct."
        ),
        runs=facts_runs,
        finding=facts_finding,
        statistic="percentage points by which answers in the right form are more frequent than correct answers, for "
        "facts that no example showed",
        bar="Of answers about facts, at least four in five are in the right form and at most five in a hundred are "
        "correct. Of the answers in the right form about style, at least 70 of 100 are correct.",
        paper="Zhou et al. 2023, LIMA: Less Is More for Alignment",
        paper_found="A model with 65 billion weights was fine-tuned only on 1,000 carefully chosen prompts and "
        "answers. It worked so well that the authors conclude that nearly all knowledge comes from pretraining.",
    ),
    Claim(
        id="I4",
        statement=(
            "A language model is fine-tuned on {many} instructions for {steps} steps. It then copies the first of "
            "three words correctly in {word} of cases (after {few} instructions: {word_before}), reverses two words in "
            "{reverse} ({reverse_before}), and writes a word in capitals in {capitals} ({capitals_before}). Facts that "
            "no example showed are correct in {facts} of cases, and verses in new English in {English}. Of answers in "
            "the right form about real film reviews, {real} are correct, where guessing gets half right. ({nets} nets.)"
        ),
        runs=practice_runs,
        finding=practice_finding,
        statistic="percentage of correct answers to instructions that need no English, after long practice",
        bar="Practice adds at least 30 points to skills that need no English. At most five in a hundred answers about "
        "facts and verses are correct.",
        paper="Gudibande et al. 2023, The False Promise of Imitating Proprietary LLMs",
        paper_found="Models fine-tuned on the answers of a stronger model copied its style. They closed little of the "
        "gap on tasks that these answers hardly covered, and they were no more factual.",
    ),
    Claim(
        id="I3",
        statement=(
            "A pretrained language model needs {raw} bits per character on general text, and {bits600} after it is "
            "fine-tuned on {most} instructions. If it trains on as much general text at the same time, it needs "
            "{mixed_bits}. Then {mixed} of its answers to instructions are in the right form, compared with {alone} "
            "without general text."
        ),
        runs=price_runs,
        finding=price_finding,
        statistic="how many more bits per character the net needs on general text after fine-tuning",
        bar="With every seed, the fine-tuned net needs at least a tenth of a bit per character more. If it also trains "
        "on general text, it saves half of this, and at most ten points of its answers lose the right form.",
        paper="Ouyang et al. 2022, Training language models to follow instructions with human feedback",
        paper_found="After fine-tuning with human feedback, GPT-3 did worse on some public datasets. Mixing "
        "pretraining text into the updates greatly reduced this loss.",
    ),
)
