"""The claims of this lesson, I1, I2 and I3: how little it takes to obey, that it is a form, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.spec import Instructions, Measure, Run, Stage, Text
from core.tasks import COMBINATIONS, HOW, WHAT
from lessons.catalogue import Check, Claim, Evidence, Finding, Values
from lessons.evidence import resampled
from lessons.figures import percent
from lessons.recipes import Seeds, reader

EXAMPLES = (25, 100, 400)
MOST = EXAMPLES[-1]
HELD_OUT = ("law or play, shouted", "old or new, doubted", "in French, shouted")
STYLES = ("old or new", "code or prose", "law or play")  # kinds whose answers can be told from how a text is written
FACTS = ("in French", "answer")  # kinds whose answers nobody can know who has not met them
RAW, SCRATCH = "raw", "from scratch"
RIGHT, FORMED = "right", "formed"
# Where nothing was pretrained every weight must move; the rate is that of the reader itself.
TUNING = Stage(method="last_k", size=3, steps=400, batch=8, rate=2e-3, anneal=True)
ANEW = Stage(steps=400, batch=8, rate=3e-3, anneal=True)


def tuned(examples: int, without: str, seeds: Seeds) -> Run:
    """The reader that ships after some examples of instructions: its two upper blocks and its head move."""
    task = Instructions(examples=examples, without=without)
    return Run(
        task=task, net="transformer", start=reader(), stages=(TUNING,), seeds=seeds.count, first_seed=seeds.first
    )


def from_scratch(seeds: Seeds) -> Run:
    """The same net after the same examples, without having read anything before."""
    task = Instructions(examples=MOST, without=HELD_OUT[0])
    return Run(task=task, net="transformer", stages=(ANEW,), seeds=seeds.count, first_seed=seeds.first)


def obeys(run: Run, count: int = 16) -> Measure:
    """How often it answers rightly, and how often in the right form, for every combination."""
    return Measure(
        kind="obedience", runs=(run,), tasks=tuple(Instructions(ask=name) for name in COMBINATIONS), count=count
    )


def reads(*runs: Run) -> Measure:
    """Bits a character on general text."""
    return Measure(kind="accuracy", runs=runs, tasks=(Text(),))


def name(examples: int, without: str) -> str:
    return f"{examples} without {without}"


def obeying(seeds: Seeds) -> Values:
    values: Values = {RAW: obeys(reader()), SCRATCH: obeys(from_scratch(seeds))}
    values |= {name(MOST, without): obeys(tuned(MOST, without, seeds)) for without in HELD_OUT}
    return values | {name(n, HELD_OUT[0]): obeys(tuned(n, HELD_OUT[0], seeds)) for n in EXAMPLES}


def shares(answer: dict[str, Any], what: str, names: Sequence[str]) -> np.ndarray:
    """The mean over some combinations of every seed: what is RIGHT or FORMED."""
    return np.mean([answer[what][0][COMBINATIONS.index(one)] for one in names], 0)


def ways(*kinds: str, without: str = "") -> list[str]:
    """The combinations of these kinds of instruction but for one."""
    return [f"{kind}, {how}" for kind in kinds or WHAT for how in HOW if f"{kind}, {how}" != without]


def held_out(evidence: Evidence, what: str) -> np.ndarray:
    """Of every seed, the mean over the combinations held out, each by the runs that never saw it."""
    return np.mean([shares(evidence[name(MOST, one)], what, [one]) for one in HELD_OUT], 0)


def interval(values: np.ndarray) -> tuple[float, float, float]:
    """Mean in percent, and where 95 of 100 resamplings of the seeds lie."""
    means = [100 * float(values[draw].mean()) for draw in resampled(len(values))]
    return 100 * float(values.mean()), float(np.percentile(means, 2.5)), float(np.percentile(means, 97.5))


def obeying_finding(evidence: Evidence) -> Finding:
    first = HELD_OUT[0]
    most = evidence[name(MOST, first)]
    raw = {what: shares(evidence[RAW], what, COMBINATIONS).mean() for what in (RIGHT, FORMED)}
    seen = {n: shares(evidence[name(n, first)], FORMED, ways(without=first)).mean() for n in EXAMPLES}
    unseen = {what: held_out(evidence, what) for what in (RIGHT, FORMED)}
    style = shares(most, RIGHT, ways(*STYLES, without=first))
    value, low, high = interval(unseen[FORMED])
    scratch = evidence[SCRATCH]
    numbers = {f"formed{n}": percent(share) for n, share in seen.items()}
    numbers |= {
        f"held{k}": percent(shares(evidence[name(MOST, one)], FORMED, [one]).mean()) for k, one in enumerate(HELD_OUT)
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
            Check(says="after 400 examples it does so three times in four", met=seen[MOST] >= 0.75),
            Check(says="and on combinations that no example showed at least every other time", met=low >= 50),
            Check(says="it tells styles apart in 55 of 100 cases", met=style.mean() >= 0.55),
        ),
        numbers=numbers,
    )


def facts_runs(seeds: Seeds) -> Values:
    return {name(MOST, HELD_OUT[0]): obeys(tuned(MOST, HELD_OUT[0], seeds))}


def facts_finding(evidence: Evidence) -> Finding:
    (answer,) = evidence.values()
    plain = [one for one in ways(*FACTS) if not one.endswith("twice")]
    well = [one for one in ways(*STYLES, without=HELD_OUT[0]) if not one.endswith("twice")]
    moods = [one for one in ways("good or bad") if not one.endswith("twice")]
    formed, right = shares(answer, FORMED, plain), shares(answer, RIGHT, plain)
    value, low, high = interval(formed - right)
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
            "word": percent(shares(answer, RIGHT, ways("first word")).mean()),
        },
    )


def price_runs(seeds: Seeds) -> Values:
    values: Values = {str(n): reads(tuned(n, HELD_OUT[0], seeds)) for n in EXAMPLES}
    return {RAW: reads(reader())} | values


def bits(answer: dict[str, Any]) -> np.ndarray:
    """Of every seed of the first run."""
    return np.array(answer["accuracy"][0][0])


def price_finding(evidence: Evidence) -> Finding:
    before = float(bits(evidence[RAW]).mean())
    after = {n: bits(evidence[str(n)]) for n in EXAMPLES}
    worse = after[MOST] - before
    spread = [float(worse[draw].mean()) for draw in resampled(len(worse))]
    return Finding(
        value=float(worse.mean()),
        low=float(np.percentile(spread, 2.5)),
        high=float(np.percentile(spread, 97.5)),
        checks=(
            Check(says="general text costs a tenth of a bit more, with every seed", met=bool((worse >= 0.1).all())),
        ),
        numbers={"raw": f"{before:.2f}", "most": str(MOST)}
        | {f"bits{n}": f"{one.mean():.2f}" for n, one in after.items()},
    )


CLAIMS = (
    Claim(
        id="I1",
        statement=(
            "The raw model answers {raw_formed} of unseen instructions in the form they ask for. After {few} examples "
            "it is {formed25}, after {most} {formed400}. Of three combinations that were held out it is {held0}, "
            "{held1} and {held2}, together {held}. It names the style of a text rightly and in form in {style}."
        ),
        runs=obeying,
        finding=obeying_finding,
        statistic="percent of answers in form, to combinations of instructions that were held out",
        bar="raw at most two in a hundred; 400 examples three in four; held out one in two, by its whole interval",
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
        id="I3",
        statement=(
            "General text costs the raw model {raw} bits a character, and {bits400} after {most} examples of "
            "instructions; nothing was done to protect it."
        ),
        runs=price_runs,
        finding=price_finding,
        statistic="bits a character that general text costs more",
        bar="a tenth of a bit or more, with every seed",
        paper="Ouyang et al. 2022, Training language models to follow instructions with human feedback",
        paper_found="Tuned by human feedback, GPT-3 did worse on some public data sets; mixing pretraining text into "
        "the updates greatly reduced that.",
    ),
)
