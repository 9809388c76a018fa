"""Defines the claims of this lesson, T1 and T2. On real sentences too, pretraining helps most when labels are few,
and the lead of a real encoder lasts longer."""

from __future__ import annotations

import numpy as np

from lessons.kind_words.runs import ABOUT, FEW, MANY, SIZES, SUBJECTS, real_runs, word_runs
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import interval, labels_to
from lessons.kit.results.label_savings import Accuracies, accuracies, best_accuracies


def pretrained(evidence: Results, subject: str) -> Accuracies:
    """Returns the accuracies of the nets that start from the film reader."""
    return accuracies(evidence, "pretrained", subject)


def scratch(evidence: Results, subject: str) -> Accuracies:
    """Returns the best accuracies of the nets from scratch."""
    return best_accuracies(evidence, "scratch best", subject)


def untouched(evidence: Results, subject: str) -> np.ndarray:
    """Returns the accuracy of the film reader on another subject, before it has seen any label of it."""
    table = evidence.table("pretrained", subject, FEW)
    return table[table.step == 0].accuracy.to_numpy()


def word_finding(evidence: Results) -> Finding:
    numbers, checks = {"few": str(FEW), "few_all": str(2 * FEW), "many": str(MANY), "many_all": str(2 * MANY)}, []
    for subject in SUBJECTS:
        ours, theirs = pretrained(evidence, subject), scratch(evidence, subject)
        gaps = {n: float(ours[n].mean() - theirs[n].mean()) for n in SIZES}
        needed = labels_to({n: float(each.mean()) for n, each in theirs.items()}, float(ours[FEW].mean()))
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
            Check(
                says=f"for {ABOUT.label_of(subject)}, with {FEW} labels per class the pretrained net is at least "
                "8 points more accurate than a net from scratch",
                met=gaps[FEW] >= 0.08,
            ),
            Check(
                says=f"for {ABOUT.label_of(subject)}, with {MANY} labels per class the pretrained net is at most 1 "
                "point more accurate than a net from scratch",
                met=gaps[MANY] <= 0.01,
            ),
        ]
    ahead = pretrained(evidence, "tweets")[FEW] - scratch(evidence, "tweets")[FEW]
    low, high = interval(100 * ahead)
    return Finding(
        value=100 * float(ahead.mean()),
        low=low,
        high=high,
        checks=tuple(checks),
        numbers=numbers,
    )


def encoder(evidence: Results, subject: str) -> Accuracies:
    """Returns the accuracies of the frozen sentence encoder."""
    return {n: np.array(draws) for n, draws in zip(SIZES, evidence.answer("encoder", subject)["accuracy"])}


def real_finding(evidence: Results) -> Finding:
    numbers, checks = {"few": str(FEW), "many": str(MANY)}, []
    for subject in SUBJECTS:
        real, films, theirs = encoder(evidence, subject), pretrained(evidence, subject), scratch(evidence, subject)
        for name, n, least in (("one", 1, 0), ("few", FEW, 8), ("many", MANY, 3)):
            numbers |= {
                f"{subject}_{name}": f"{100 * real[n].mean():.1f} %",
                f"{subject}_{name}_films": f"{100 * films[n].mean():.1f} %",
                f"{subject}_{name}_scratch": f"{100 * theirs[n].mean():.1f} %",
            }
            ahead = 100 * float(real[n].mean() - theirs[n].mean())
            says = (
                f"for {ABOUT.label_of(subject)}, with {n} labels per class the real model is at least {least} "
                "points more accurate than a net from scratch"
            )
            checks += [Check(says=says, met=ahead >= least)] if least else []
    lead = encoder(evidence, "tweets")[MANY] - scratch(evidence, "tweets")[MANY]
    low, high = interval(100 * lead)
    return Finding(
        value=100 * float(lead.mean()),
        low=low,
        high=high,
        checks=tuple(checks),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="T1",
        statement=(
            "A bag of words that was pretrained on sentences about films learns to tell kind from unkind tweets. With "
            "{few} labelled tweets per class, {few_all} in all, it judges {tweets_few_ours} of unseen tweets "
            "correctly and is {tweets_few_gap} points more accurate than a net from scratch, trained to its best. For "
            "sentences about products the lead is {products_few_gap} points. With {many} labels per class, the net "
            "from scratch judges {tweets_many_theirs} of the tweets correctly and the pretrained net "
            "{tweets_many_ours}. For sentences about products it is {products_many_theirs} and {products_many_ours}."
        ),
        runs=word_runs,
        finding=word_finding,
        statistic="percentage points of accuracy by which the pretrained net leads a net from scratch, trained to "
        f"its best, with {FEW} labelled tweets per class",
        bar=f"For tweets and for sentences about products, the pretrained net leads by at least 8 points with {FEW} "
        f"labels per class, and by at most 1 point with {MANY}.",
        paper="Howard & Ruder 2018, Universal Language Model Fine-tuning for Text Classification",
        paper_found="A pretrained language model that was fine-tuned on 100 labelled film reviews was as accurate as "
        "a model trained from scratch on 100 times as many.",
    ),
    Claim(
        id="T2",
        statement=(
            "A real sentence encoder stays frozen, and a linear probe on it learns to tell kind from unkind "
            "sentences. With {few} labels per class it judges {tweets_few} of unseen tweets correctly, a small net "
            "pretrained on films {tweets_few_films}, and a net from scratch {tweets_few_scratch}. For sentences about "
            "products it is {products_few}, {products_few_films} and {products_few_scratch}. With {many} labels per "
            "class it is {tweets_many}, {tweets_many_films} and {tweets_many_scratch} for tweets, and "
            "{products_many}, {products_many_films} and {products_many_scratch} for sentences about products."
        ),
        runs=real_runs,
        finding=real_finding,
        statistic="percentage points of accuracy by which the real sentence encoder leads a net from scratch, "
        f"trained to its best, with {MANY} labelled tweets per class",
        bar="For tweets and for sentences about products, the real encoder leads a net from scratch by at least 8 "
        f"points with {FEW} labels per class, and still by 3 with {MANY}.",
        paper="Reimers & Gurevych 2019, Sentence-BERT",
        paper_found="With a logistic regression on top, its sentence vectors did better than averaged word vectors "
        "on seven classification tasks, some of them about sentiment.",
    ),
)
