"""The claims of this lesson, S14 and S20: a score ranks backbones untrained, and more drawings make better ones."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np

from core.spec import Measure, Run, Stage
from core.tasks import Glyphs, Handwriting, Task
from lessons.kit.catalogue import Check, Claim, Evidence, Finding, Values
from lessons.kit.evidence import final, power_law, resampled
from lessons.kit.figures import percent
from lessons.kit.recipes import Seeds, fine_tuned, fine_tuning, source

# What each backbone learned before. All are the same net and had equally many looks at drawings.
WORLDS: dict[str, Glyphs] = {
    "all scripts": Glyphs(labels=80),
    "a quarter": Glyphs(labels=20),
    "a sixteenth": Glyphs(labels=5),
    "Latin": Glyphs(scripts="latin", labels=400),
    "Greek": Glyphs(scripts="greek", labels=400),
    "kana": Glyphs(scripts="kana", labels=400),
    "symbols": Glyphs(scripts="symbols", labels=200),
    "printed": Glyphs(labels=80, warp=0, slant=0),
    "turned": Glyphs(labels=80, turn=90),
    "inverted": Glyphs(labels=80, inverted=True),
    "shuffled": Glyphs(labels=80, shuffled=True),
    "wrong labels": Glyphs(labels=80, noise=1),
}
UNTRAINED = "untrained"
NAMES = (*WORLDS, UNTRAINED)
DIGITS = "digits"
JOBS: dict[str, Task] = {
    DIGITS: Handwriting(labels=10),
    "inverted digits": Handwriting(labels=10, inverted=True),
    "turned digits": Handwriting(labels=10, turn=90),
    "Cyrillic letters": Glyphs(scripts="cyrillic", labels=5),
}

SIZES = (10, 20, 40, 80, 160)  # drawings of each glyph
GLYPHS = 443  # of them
BACKBONES = 4  # of each size: they take most of the time that this lesson costs
PASSES = 5  # over the drawings; with more the small ones learn theirs by heart


def backbone_of(name: str, seeds: Seeds) -> Run:
    """A backbone of the zoo; the untrained one has made one step of a millionth."""
    if name == UNTRAINED:
        stages = (Stage(steps=1, batch=1, rate=1e-6),)
        return Run(task=Glyphs(labels=1), stages=stages, seeds=1, first_seed=seeds.first)
    return source(WORLDS[name], seeds)


def probe(start: Run, job: str, seeds: Seeds) -> Run:
    """A job done with the backbone's frozen features: what these are worth, and nothing else."""
    return Run(task=JOBS[job], start=start, stages=fine_tuning("probe"), seeds=seeds.count, first_seed=seeds.first)


def scores(kind: str, seeds: Seeds) -> Measure:
    """The score of every backbone for every job, on the same draws of labels as the runs get."""
    zoo = tuple(backbone_of(name, seeds) for name in NAMES)
    return Measure(kind=kind, runs=zoo, tasks=tuple(JOBS.values()), count=seeds.count, first_seed=seeds.first)


def score_runs(seeds: Seeds) -> Values:
    values: Values = {"LogME": scores("log_me", seeds), "LEEP": scores("leep", seeds)}
    for name in NAMES:
        start = backbone_of(name, seeds)
        values |= {f"own {name}": start, f"tuned {name}": fine_tuned(10, seeds=seeds, start=start)}
        values |= {f"found {job} {name}": probe(start, job, seeds) for job in JOBS}
    return values


def truth(evidence: Evidence, job: str) -> np.ndarray:
    """(backbones, seeds): accuracy of a probe."""
    return np.stack([final(evidence[f"found {job} {name}"]) for name in NAMES])


def scored(evidence: Evidence, kind: str, job: str) -> np.ndarray:
    """(backbones, draws)."""
    place = list(JOBS).index(job)
    return np.array([jobs[place] for jobs in evidence[kind]["score"]])


def tau(a: np.ndarray, b: np.ndarray) -> float:
    """How far two lists agree on the order of each pair: 1 on all, -1 on none, 0 by chance (Kendall 1938)."""
    return float(np.mean([np.sign((a[i] - a[j]) * (b[i] - b[j])) for i, j in combinations(range(len(a)), 2)]))


def score_finding(evidence: Evidence) -> Finding:
    found = {job: truth(evidence, job) for job in JOBS}
    score = {job: scored(evidence, "LogME", job) for job in JOBS}
    taus = {job: tau(score[job].mean(1), found[job].mean(1)) for job in JOBS}
    others = float(np.mean([one for job, one in taus.items() if job != DIGITS]))
    tuned = np.array([final(evidence[f"tuned {name}"]).mean() for name in NAMES])
    own = np.array([final(evidence[f"own {name}"]).mean() for name in NAMES])
    digits, best = found[DIGITS].mean(1), score[DIGITS].mean(1)
    spread = [
        tau(score[DIGITS][:, draw].mean(1), found[DIGITS][:, draw].mean(1))
        for draw in resampled(found[DIGITS].shape[1])
    ]
    asked = len(NAMES) * len(JOBS) * found[DIGITS].shape[1]  # scores that were computed
    ms = 1000 * evidence["LogME"]["seconds"] / asked
    runs = [evidence[f"found {job} {name}"] for job in JOBS for name in NAMES]
    training = 1000 * sum(float(run.seconds.max()) for run in runs) / asked
    swapped = [
        abs(digits[i] - digits[j])
        for i, j in combinations(range(len(NAMES)), 2)
        if (digits[i] - digits[j]) * (best[i] - best[j]) < 0
    ]
    hits = sum(int(score[job].mean(1).argmax() == found[job].mean(1).argmax()) for job in JOBS)
    numbers = {
        "count": str(len(NAMES)),
        "swapped": str(len(swapped)),
        "all_pairs": str(len(NAMES) * (len(NAMES) - 1) // 2),
        "apart": f"{100 * max(swapped, default=0):.1f}",
        "hits": str(hits),
        "leep_favourite": NAMES[int(scored(evidence, "LEEP", DIGITS).mean(1).argmax())],
        "untrained": percent(digits[NAMES.index(UNTRAINED)]),
        "tau": f"{taus[DIGITS]:.2f}",
        "others": f"{others:.2f}",
        "tuned": f"{tau(best, tuned):.2f}",
        "leep": f"{tau(scored(evidence, 'LEEP', DIGITS).mean(1), digits):.2f}",
        "own": f"{tau(own, digits):.2f}",
        "pairs": f"{5 * (taus[DIGITS] + 1):.0f}",
        "ms": f"{ms:.0f}",
        "training": f"{training:.0f}",
        "cheaper": f"{training / ms:.0f}",
    }
    for name, key in (("printed", "printed"), ("all scripts", "all"), ("Latin", "latin"), ("wrong labels", "wrong")):
        numbers |= {f"{key}_own": percent(own[NAMES.index(name)]), f"{key}": percent(digits[NAMES.index(name)])}
    for job, key in zip(JOBS, ("digits", "inverted", "turned", "letters")):
        numbers |= {f"best_{key}": NAMES[int(found[job].mean(1).argmax())], f"tau_{key}": f"{taus[job]:.2f}"}
    return Finding(
        value=taus[DIGITS],
        low=float(np.percentile(spread, 2.5)),
        high=float(np.percentile(spread, 97.5)),
        checks=(
            Check(
                says="tau is at least 0.6 between the score and a probe's accuracy on digits", met=taus[DIGITS] >= 0.6
            ),
            Check(says="also where every weight is fine-tuned", met=tau(best, tuned) >= 0.6),
            Check(says="also on average over the three other jobs", met=others >= 0.6),
        ),
        numbers=numbers,
    )


def pretrained(size: int, seeds: Seeds) -> Run:
    """Backbones from so many drawings of each glyph, trained until their loss on unseen ones is about lowest."""
    steps = round(PASSES * GLYPHS * size / 64)
    slow = steps * 3 // 10  # in the end ten times slower, to settle
    stages = (Stage(steps=steps - slow, batch=64, rate=2e-3), Stage(steps=slow, batch=64, rate=4e-4))
    return Run(task=Glyphs(labels=size), stages=stages, seeds=min(seeds.count, BACKBONES), first_seed=seeds.first)


def size_runs(seeds: Seeds) -> Values:
    """Backbones of every size, how surprised they are by unseen glyphs, and what their features are worth."""
    few = Seeds(min(seeds.count, BACKBONES), seeds.first)
    sizes = [pretrained(size, seeds) for size in SIZES]
    values: Values = {"loss": Measure(kind="loss", runs=tuple(sizes), tasks=(Glyphs(),))}
    for size, start in zip(SIZES, sizes):
        values |= {f"size {job} {size}": probe(start, job, few) for job in JOBS}
    return values


def losses(evidence: Evidence) -> np.ndarray:
    """(sizes, seeds) in nats."""
    return np.array([tasks[0] for tasks in evidence["loss"]["loss"]])


def size_finding(evidence: Evidence) -> Finding:
    loss = losses(evidence)
    exponent, _, missed = power_law(SIZES, loss.mean(1))
    spread = [power_law(SIZES, loss[:, draw].mean(1))[0] for draw in resampled(loss.shape[1])]
    found = {job: [float(final(evidence[f"size {job} {size}"]).mean()) for size in SIZES] for job in JOBS}
    rising = {job: all(a < b for a, b in pairwise(shares)) for job, shares in found.items()}
    numbers = {
        "exponent": f"{exponent:.2f}",
        "missed": f"{100 * missed:.1f}",
        "double": f"{100 * (1 - 2**-exponent):.0f}",
        "few": f"{GLYPHS * SIZES[0]:,}",
        "many": f"{GLYPHS * SIZES[-1]:,}",
        "backbones": str(loss.shape[1]),
    }
    numbers |= {f"loss{size}": f"{one:.2f}" for size, one in zip(SIZES, loss.mean(1))}
    for job, key in zip(JOBS, ("digits", "inverted", "turned", "letters")):
        numbers |= {f"{key}{size}": percent(share) for size, share in zip(SIZES, found[job])}
    return Finding(
        value=exponent,
        low=float(np.percentile(spread, 2.5)),
        high=float(np.percentile(spread, 97.5)),
        checks=(
            Check(says="the loss lies within 10 % of a power law at every size", met=missed <= 0.10),
            Check(says="a probe reads more digits at every larger size", met=rising[DIGITS]),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S14",
        statement=(
            "LogME, which trains nothing, ranks {count} backbones for digits nearly as their accuracy does: Kendall's "
            "tau {tau}, and {others} on average over three other jobs. Accuracy on what a backbone itself was trained "
            "on ranks them with a tau of {own}."
        ),
        runs=score_runs,
        finding=score_finding,
        statistic="Kendall's tau between score and accuracy on digits",
        bar="at least 0.6 on digits, probed and fine-tuned, and on average over the other jobs",
        paper="You et al. 2021, LogME: Practical Assessment of Pre-trained Models for Transfer Learning",
        paper_found="LogME ranked pretrained models for vision and language nearly as fine-tuning them did, up to "
        "3,000 times faster.",
    ),
    Claim(
        id="S20",
        statement=(
            "On drawn glyphs the loss falls as a power law from {few} drawings to {many}: by {double} % whenever they "
            "double, never more than {missed} % from a straight line on log axes. Digits read from the features rise "
            "from {digits10} to {digits160}. ({backbones} backbones of each size.)"
        ),
        runs=size_runs,
        finding=size_finding,
        statistic="exponent of the power law of loss against drawings",
        bar="within 10 % of a power law at every size; accuracy on digits higher at every larger size",
        paper="Hestness et al. 2017, Deep Learning Scaling is Predictable, Empirically; Kaplan et al. 2020, Scaling "
        "Laws for Neural Language Models",
        paper_found="In translation, language, vision and speech the test error fell as a power law of the training "
        "data over orders of magnitude.",
    ),
)
