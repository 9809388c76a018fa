"""The claim of this lesson, T1: on real sentences too, pretraining is worth most where labels are few."""

from __future__ import annotations

import numpy as np

from core.spec import Run, Sentiment, Stage
from lessons.catalogue import Check, Claim, Evidence, Finding, Values
from lessons.evidence import best, final, labels_to, resampled
from lessons.recipes import Seeds

FILMS = Sentiment(subject="films", labels=5000)  # all there are
SUBJECTS = ("tweets", "products")
SIZES = (1, 5, 10, 25, 50, 100, 250)  # labelled sentences of each kind
FEW, MANY = 5, 250
STEPS, BATCH = 300, 16
RATES = (1e-3, 3e-3, 1e-2)  # scratch at its best is the best of these, at its best moment
RATE = 1e-3  # of fine-tuning, and it ends where it ends

Curve = dict[int, np.ndarray]  # accuracy of every seed, by labels of each kind


def film_reader(seeds: Seeds = Seeds()) -> Run:
    """A bag of words that has read what people said of films: three seconds of one core."""
    return Run(task=FILMS, net="bag", stages=(Stage(steps=300, batch=64, rate=3e-3),), seeds=1, first_seed=seeds.first)


def judged(subject: str, labels: int, rate: float, seeds: Seeds, start: Run | None = None) -> Run:
    """Kind or unkind, learned from a few labels. The question is that of the films, so their head goes on too."""
    return Run(
        task=Sentiment(subject=subject, labels=labels),
        net="bag",
        start=start,
        stages=(Stage(steps=STEPS, batch=BATCH, rate=rate),),
        seeds=seeds.count,
        first_seed=seeds.first,
    )


def word_runs(seeds: Seeds) -> Values:
    values: Values = {}
    for subject in SUBJECTS:
        for n in SIZES:
            values[f"pretrained {subject} {n}"] = judged(subject, n, RATE, seeds, film_reader(seeds))
            values |= {f"scratch {subject} {n} at {rate:g}": judged(subject, n, rate, seeds) for rate in RATES}
    return values


def pretrained(evidence: Evidence, subject: str) -> Curve:
    found = {n: evidence.get(f"pretrained {subject} {n}") for n in SIZES}
    return {n: final(table) for n, table in found.items() if table is not None}


def scratch(evidence: Evidence, subject: str) -> Curve:
    """Every seed's best moment at the rate whose mean is best: more than anybody without the test set could have."""
    return {
        n: max((best(evidence[f"scratch {subject} {n} at {rate:g}"]) for rate in RATES), key=np.mean) for n in SIZES
    }


def untouched(evidence: Evidence, subject: str) -> np.ndarray:
    """What the film reader says of another subject before it has seen a single label of it."""
    table = evidence[f"pretrained {subject} {FEW}"]
    return table[table.step == 0].accuracy.to_numpy()


def word_finding(evidence: Evidence) -> Finding:
    numbers, checks = {"few": str(FEW), "few_all": str(2 * FEW), "many": str(MANY), "many_all": str(2 * MANY)}, []
    for subject in SUBJECTS:
        ours, theirs = pretrained(evidence, subject), scratch(evidence, subject)
        gaps = {n: float(ours[n].mean() - theirs[n].mean()) for n in SIZES}
        needed = labels_to({n: float(one.mean()) for n, one in theirs.items()}, float(ours[FEW].mean()))
        for name, n in (("few", FEW), ("many", MANY)):
            numbers |= {
                f"{subject}_{name}_ours": f"{100 * ours[n].mean():.1f} %",
                f"{subject}_{name}_theirs": f"{100 * theirs[n].mean():.1f} %",
                f"{subject}_{name}_gap": f"{100 * gaps[n]:.1f}",
            }
        numbers |= {
            f"{subject}_needed": f"{needed:.0f}",
            f"{subject}_untouched": f"{100 * untouched(evidence, subject).mean():.1f} %",
        }
        checks += [
            Check(says=f"{subject}: at least 8 points ahead with {FEW} labels of each kind", met=gaps[FEW] >= 0.08),
            Check(says=f"{subject}: at most a point ahead with {MANY} of each kind", met=gaps[MANY] <= 0.01),
        ]
    ahead = pretrained(evidence, "tweets")[FEW] - scratch(evidence, "tweets")[FEW]
    spread = 100 * ahead[resampled(len(ahead))].mean(1)
    return Finding(
        value=100 * float(ahead.mean()),
        low=float(np.percentile(spread, 2.5)),
        high=float(np.percentile(spread, 97.5)),
        checks=tuple(checks),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="T1",
        statement=(
            "With {few} labelled tweets of each kind, {few_all} in all, a bag of words that has read about films is right "
            "on {tweets_few_ours} of unseen tweets, {tweets_few_gap} points more than scratch at its best; about products "
            "it is {products_few_gap} points ahead. With {many} of each kind the lead is {tweets_many_gap} and "
            "{products_many_gap} points."
        ),
        runs=word_runs,
        finding=word_finding,
        statistic=f"points ahead of scratch at its best, {FEW} labelled tweets of each kind",
        bar=f"about tweets and about products: at least 8 points ahead with {FEW} labels of each kind, at most one with "
        f"{MANY}",
        paper="Howard & Ruder 2018, Universal Language Model Fine-tuning for Text Classification",
        paper_found="A pretrained language model, fine-tuned on 100 labelled film reviews, matched training from scratch "
        "on 100 times more.",
    ),
)
