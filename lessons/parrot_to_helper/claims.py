"""Defines the claims of this lesson: few examples are enough to obey, they teach a form, practice adds skills, and it
has a cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from core.experiment.tasks import COMBINATIONS, WHAT
from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Answer, Results
from lessons.kit.results.evidence import interval
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
    """Returns bits a character on general text, for every seed of every run."""
    return every_seed(run[0] for run in answer["accuracy"])


def every_seed(runs: Iterable[Sequence[float]]) -> np.ndarray:
    """Returns the values of all seeds of all runs as one array."""
    return np.concatenate([np.array(run) for run in runs])


def in_percent(values: np.ndarray) -> tuple[float, float, float]:
    """Returns the mean over seeds with its 95 % interval, in percent."""
    return 100 * float(values.mean()), *interval(100 * values)


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
            Check(says="the raw model answers in form at most twice in a hundred", met=raw[FORMED] <= 0.02),
            Check(says=f"after {MOST} examples it does so three times in four", met=seen[MOST] >= 0.75),
            Check(says="and on combinations that no example showed at least every other time", met=low >= 50),
            Check(says="it tells styles apart in 55 of 100 cases", met=style.mean() >= 0.55),
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
            Check(says="asked for unmet facts it answers in form four times in five", met=formed.mean() >= 0.8),
            Check(says="and is right at most five times in a hundred", met=right.mean() <= 0.05),
            Check(says="of its answers in form on style 70 of 100 are right", met=given["style"] >= 0.7),
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
            Check(says="practice adds 30 points to what needs no English", met=bool(skills.mean() - early >= 0.3)),
            Check(says="facts that no example showed stay at most five in a hundred", met=bool(facts.mean() <= 0.05)),
            Check(says="and so do verses put into new English", met=bool(share["in new English"].mean() <= 0.05)),
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
            Check(says="general text costs a tenth of a bit more, with every seed", met=bool((worse >= 0.1).all())),
            Check(says="reading it on the side saves half of that", met=bool(mixed.mean() <= worse.mean() / 2)),
            Check(says="at a price of ten points of form at most", met=obeyed["mixed"] >= obeyed["alone"] - 0.1),
        ),
        numbers={"raw": f"{before:.2f}", "most": str(MOST), "mixed_bits": f"{before + mixed.mean():.2f}"}
        | {f"bits{n}": f"{each.mean():.2f}" for n, each in after.items()}
        | {word: percent(share) for word, share in obeyed.items()},
    )


CLAIMS = (
    Claim(
        id="I1",
        statement=(
            "The raw model answers {raw_formed} of unseen instructions in the form they ask for. After {few} examples "
            "it is {formed40}, after {most} {formed600}. Of three combinations that were held out it is {held0}, "
            "{held1} and {held2}, together {held}. It names the style of a text rightly and in form in {style}."
        ),
        runs=obeying,
        finding=obeying_finding,
        statistic="percent of answers in form, to combinations of instructions that were held out",
        bar=f"raw at most two in a hundred; {MOST} examples three in four; held out one in two, by its whole interval",
        paper="Wei et al. 2022, Finetuned Language Models Are Zero-Shot Learners",
        paper_found="A model of 137 billion weights, tuned on over 60 data sets written as instructions, did better on "
        "kinds of task that were held out, and beat the larger GPT-3 without examples on 20 of 25 data sets.",
    ),
    Claim(
        id="I2",
        statement=(
            "Asked for French names and trivia it has not met, the model answers in form in {formed} of cases "
            "and rightly in {right}. Of its answers in form about style, where chance is a half, {style} are right."
        ),
        runs=facts_runs,
        finding=facts_finding,
        statistic="points by which answers in form exceed right answers, on facts",
        bar="facts: four in five in form and at most five in a hundred right; styles: 70 of 100 in form right",
        paper="Zhou et al. 2023, LIMA: Less Is More for Alignment",
        paper_found="A model of 65 billion weights was tuned on 1,000 chosen prompts and answers alone. From how well "
        "that worked, the authors conclude that nearly all knowledge comes from pretraining.",
    ),
    Claim(
        id="I4",
        statement=(
            "After {many} examples and {steps} steps the first of three words is copied rightly in {word} ({few} "
            "examples: {word_before}), two words are turned round in {reverse} ({reverse_before}), a word is put in "
            "capitals in {capitals} ({capitals_before}). Facts that no example showed are right in {facts}, verses in "
            "new English in {English}; of answers in form about real film reviews {real} are right, where half is "
            "chance. ({nets} nets.)"
        ),
        runs=practice_runs,
        finding=practice_finding,
        statistic="percent of right answers to what needs no English, after long practice",
        bar="practice adds 30 points to what needs no English; facts and verses stay at most five in a hundred",
        paper="Gudibande et al. 2023, The False Promise of Imitating Proprietary LLMs",
        paper_found="Models tuned on a stronger model's answers took on its style, but closed little of the gap on "
        "what those answers hardly covered, and were no more factual.",
    ),
    Claim(
        id="I3",
        statement=(
            "General text costs the raw model {raw} bits a character, and {bits600} after {most} examples of "
            "instructions. If as much of it is read beside them, it costs {mixed_bits}; and {mixed} of answers come "
            "in form, after {alone} without."
        ),
        runs=price_runs,
        finding=price_finding,
        statistic="bits a character that general text costs more",
        bar="a tenth of a bit or more, with every seed; reading on saves half of it, and ten points of form at most "
        "are lost",
        paper="Ouyang et al. 2022, Training language models to follow instructions with human feedback",
        paper_found="Tuned by human feedback, GPT-3 did worse on some public data sets; mixing pretraining text into "
        "the updates greatly reduced that.",
    ),
)
