"""Defines the claims of this lesson, T1 and T2. On real sentences too, pretraining helps most when labels are few,
and the lead of a real encoder lasts longer."""

from __future__ import annotations

import numpy as np

from lessons.kind_words.runs import FEW, MANY, SIZES, SUBJECTS, real_runs, word_runs
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import final, interval, labels_to, oracle_best

Accuracies = dict[int, np.ndarray]  # the accuracy of every seed, by labels of each kind


def pretrained(evidence: Results, subject: str) -> Accuracies:
    """Returns the accuracies of the nets that start from the film reader."""
    return {n: final(table) for n, table in evidence.tables("pretrained", subject).items()}


def scratch(evidence: Results, subject: str) -> Accuracies:
    """Returns the best accuracies of the nets from scratch."""
    return {n: oracle_best(evidence.tables("scratch best", subject, n).values()) for n in SIZES}


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
            Check(says=f"{subject}: at least 8 points ahead with {FEW} labels of each kind", met=gaps[FEW] >= 0.08),
            Check(says=f"{subject}: at most a point ahead with {MANY} of each kind", met=gaps[MANY] <= 0.01),
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
            says = f"{subject}: at least {least} points ahead of scratch with {n} labels of each kind"
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
            "With {few} labelled tweets of each kind, {few_all} in all, a bag of words that has read about films "
            "judges {tweets_few_ours} of unseen tweets as people did, {tweets_few_gap} points more than scratch at its "
            "best; about products it is {products_few_gap} points ahead. With {many} of each kind scratch has "
            "{tweets_many_theirs} of the tweets against {tweets_many_ours}, and {products_many_theirs} against "
            "{products_many_ours} about products."
        ),
        runs=word_runs,
        finding=word_finding,
        statistic=f"points ahead of scratch at its best, {FEW} labelled tweets of each kind",
        bar=f"about tweets and about products: at least 8 points ahead with {FEW} labels of each kind, at most one "
        f"with {MANY}",
        paper="Howard & Ruder 2018, Universal Language Model Fine-tuning for Text Classification",
        paper_found="A pretrained language model, fine-tuned on 100 labelled film reviews, matched training from "
        "scratch on 100 times more.",
    ),
    Claim(
        id="T2",
        statement=(
            "With {few} labels of each kind a real sentence encoder, frozen, judges {tweets_few} of the tweets as "
            "people did (film reader {tweets_few_films}, scratch {tweets_few_scratch}) and {products_few} of what was "
            "said about products ({products_few_films}, {products_few_scratch}); with {many} of each it is "
            "{tweets_many} ({tweets_many_films}, {tweets_many_scratch}) and {products_many} ({products_many_films}, "
            "{products_many_scratch})."
        ),
        runs=real_runs,
        finding=real_finding,
        statistic=f"points that the encoder is ahead of scratch at its best, {MANY} labelled tweets of each kind",
        bar=f"about tweets and about products: at least 8 points ahead of scratch with {FEW} labels of each kind, and "
        f"still 3 with {MANY}",
        paper="Reimers & Gurevych 2019, Sentence-BERT",
        paper_found="Under a logistic regression its sentence vectors did better than averaged word vectors on seven "
        "tasks of classification, sentiment among them.",
    ),
)
