"""Defines the claims of this lesson, S21 and S21b: how much pretraining helps on another subject, and with how little
text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import bootstrap, interval, labels_to
from lessons.kit.runs.text_adaptation import PRETRAINED, SCRATCH, SLICE, SLICES, bits
from lessons.new_subject.runs import FAR, MOST, SLICED, SUBJECTS, domains, sliced

EARLY = 5  # the steps of fine-tuning that must beat the best result of scratch


def domain_finding(evidence: Results) -> Finding:
    numbers: dict[str, str] = {}
    gains, early = {}, {}
    for subject in SUBJECTS:
        ours, scratch = (evidence.table(side, subject, SLICE) for side in (PRETRAINED, MOST))
        curve, general = bits(ours), bits(ours, "bits 1")
        least = bits(scratch).min(0).mean()
        steps = np.sort(ours.step.unique())
        early[subject] = least - curve[steps <= EARLY][-1]
        gains[subject] = least - curve.min(0)
        numbers |= {
            f"{subject}_nothing": f"{bits(scratch)[0].mean():.2f}",
            f"{subject}_zero": f"{curve[0].mean():.2f}", f"{subject}_best": f"{curve.min(0).mean():.2f}",
            f"{subject}_scratch": f"{least:.2f}", f"{subject}_general": f"{general[-1].mean():.2f}",
            f"{subject}_gain": f"{gains[subject].mean():.2f}",
            f"{subject}_lost": f"{(general[-1] - general[0]).mean():.2f}",
        }  # fmt: skip
        numbers["general"], numbers["early"] = f"{general[0].mean():.2f}", f"{steps[steps <= EARLY][-1]}"
    near = [subject for subject in SUBJECTS if subject != FAR]
    value = np.mean([early[subject] for subject in near], 0)
    low, high = interval(value)
    return Finding(
        value=float(value.mean()),
        low=low,
        high=high,
        checks=(
            Check(
                says="on plays and law five steps of the pretrained net beat all that scratch ever reaches",
                met=all(float(early[subject].mean()) > 0 for subject in near),
            ),
            Check(
                says="code gains less than half as much as either",
                met=bool(gains[FAR].mean() < min(gains[subject].mean() for subject in near) / 2),
            ),
            Check(
                says="general text is forgotten everywhere, by 0.05 bits a character or more",
                met=all(float(numbers[f"{subject}_lost"]) >= 0.05 for subject in SUBJECTS),
            ),
        ),
        numbers=numbers,
    )


def at_best(evidence: Results, kilobytes: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the best loss of every seed in bits a character: pretrained, and from scratch with the better of two
    numbers of steps."""
    sides = (PRETRAINED, SCRATCH, MOST)
    ours, *scratch = (bits(evidence.table(side, SLICED, kilobytes)).min(0) for side in sides)
    return ours, min(scratch, key=lambda each: float(each.mean()))


def slice_finding(evidence: Results) -> Finding:
    few, many = SLICES[0], SLICES[-1]
    best = {kilobytes: at_best(evidence, kilobytes) for kilobytes in SLICES}
    gain = {kilobytes: float(scratch.mean() - ours.mean()) for kilobytes, (ours, scratch) in best.items()}
    curves = {kilobytes: bits(evidence.table(PRETRAINED, SLICED, kilobytes)) for kilobytes in SLICES}
    worse = {kilobytes: curve[-1] - curve.min(0) for kilobytes, curve in curves.items()}
    steps = np.sort(evidence.table(PRETRAINED, SLICED, few).step.unique())
    scratch = {kilobytes: -float(theirs.mean()) for kilobytes, (_, theirs) in best.items()}  # a curve that increases
    ours = best[few][0]
    worth = labels_to(scratch, -float(ours.mean())) / few
    low, high = bootstrap(lambda draw: labels_to(scratch, -float(ours[draw].mean())) / few, len(ours))
    numbers = {f"ours{k}": f"{a.mean():.2f}" for k, (a, _) in best.items()}
    numbers |= {f"scratch{k}": f"{b.mean():.2f}" for k, (_, b) in best.items()}
    return Finding(
        value=worth,
        low=low,
        high=high,
        checks=(
            Check(
                says="the gain falls from every amount to the next",
                met=all(gain[a] > gain[b] for a, b in pairwise(SLICES)),
            ),
            Check(
                says="scratch needs ten times the least text to be as good as the reader on it, by its whole interval",
                met=low >= 10,
            ),
            Check(
                says="on the least it ends 0.05 bits above its best, on the most within 0.02",
                met=bool(worse[few].mean() >= 0.05 and worse[many].mean() <= 0.02),
            ),
        ),
        numbers=numbers
        | {
            "few": str(few), "many": str(many), "worth": f"{worth * few:.0f}", "times": f"{worth:.0f}",
            "worse": f"{worse[few].mean():.2f}",
            "turn": str(steps[int(curves[few].mean(1).argmin())]), "last": str(steps[-1]),
        },
    )  # fmt: skip


CLAIMS = (
    Claim(
        id="S21",
        statement=(
            "After {early} steps on 50 thousand characters the reader is below all that scratch ever reaches on plays "
            "and on law. At its best it pays {shakespeare_best} bits a character for Shakespeare, scratch "
            "{shakespeare_scratch}; for law {law_best} and {law_scratch}; for code {code_best} and {code_scratch}. "
            "General text, {general} before, then costs it {shakespeare_general}, {law_general} and {code_general}."
        ),
        runs=domains,
        finding=domain_finding,
        statistic="bits a character that five steps are below scratch at its best, on plays and law",
        bar="above zero on both; code gains less than half as much; general text is forgotten by 0.05 bits or more",
        paper="Gururangan et al. 2020, Don't Stop Pretraining: Adapt Language Models to Domains and Tasks",
        paper_found="A second phase of pretraining on a task's own domain helped in all four domains that were tried.",
    ),
    Claim(
        id="S21b",
        statement=(
            "On {few} thousand characters of Shakespeare the reader gets to {ours5} bits a character at its best, "
            "scratch to {scratch5}; on {many} thousand to {ours150} and {scratch150}. To be as good as the reader on "
            "{few} thousand, scratch needs {worth} thousand, {times} times as much. With {few} thousand the reader is "
            "best after {turn} steps and {worse} bits worse after {last}: it has begun to learn its few pages by heart."
        ),
        runs=sliced,
        finding=slice_finding,
        statistic="times the text that scratch needs to be as good as the reader on the least",
        bar="the gain falls from every amount to the next; scratch needs ten times the least text to be as good as the "
        "reader on it; only few pages are learned by heart",
        paper="Hernandez et al. 2021, Scaling Laws for Transfer",
        paper_found="Pretraining acted as a multiplier of the text to fine-tune on, the greater the less there was.",
    ),
)
