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
                says="on Shakespeare and on law, five steps of fine-tuning beat the best result of a net from scratch",
                met=all(float(early[subject].mean()) > 0 for subject in near),
            ),
            Check(
                says="on code, pretraining gains less than half as much as on Shakespeare or on law",
                met=bool(gains[FAR].mean() < min(gains[subject].mean() for subject in near) / 2),
            ),
            Check(
                says="after every subject, the net needs at least 0.05 bits per character more on general English",
                met=all(float(numbers[f"{subject}_lost"]) >= 0.05 for subject in SUBJECTS),
            ),
        ),
        numbers=numbers,
    )


def at_best(evidence: Results, kilobytes: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the best loss of every seed in bits per character: pretrained, and from scratch with the better of two
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
                says="the advantage of pretraining shrinks with every increase in text",
                met=all(gain[a] > gain[b] for a, b in pairwise(SLICES)),
            ),
            Check(
                says="a net from scratch needs at least ten times the smallest amount of text to match the fine-tuned "
                "net, by its whole interval",
                met=low >= 10,
            ),
            Check(
                says="with the smallest amount of text, the net ends at least 0.05 bits above its best, and with the "
                "largest at most 0.02 bits",
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
            "A language model is pretrained on general English and fine-tuned on 50 thousand characters of "
            "Shakespeare, law or code. On Shakespeare and law, {early} steps are enough to beat every net from "
            "scratch. At its best it needs {shakespeare_best} bits per character on unseen Shakespeare (from scratch: "
            "{shakespeare_scratch}), {law_best} on law (from scratch: {law_scratch}) and {code_best} on code (from "
            "scratch: {code_scratch}). On general English it needed {general} bits before, and then "
            "{shakespeare_general}, {law_general} and {code_general}."
        ),
        runs=domains,
        finding=domain_finding,
        statistic="bits per character by which five steps of fine-tuning are ahead of the best net from scratch, "
        "averaged over Shakespeare and law",
        bar="On Shakespeare and on law, five steps of fine-tuning are ahead of every net from scratch. On code, "
        "pretraining gains less than half as much as there. After every subject, the net needs at least 0.05 bits per "
        "character more on general English.",
        paper="Gururangan et al. 2020, Don't Stop Pretraining: Adapt Language Models to Domains and Tasks",
        paper_found="A second phase of pretraining, on texts from the field of the task, helped in all four fields "
        "that were tried.",
    ),
    Claim(
        id="S21b",
        statement=(
            "A language model is pretrained on general English and fine-tuned on {few} thousand characters of "
            "Shakespeare. At its best it needs {ours5} bits per character on unseen pages, and a net from scratch "
            "needs {scratch5}. With {many} thousand characters they need {ours150} and {scratch150}. From scratch it "
            "takes {worth} thousand characters, {times} times as many, to match the net fine-tuned on {few} thousand. "
            "That net is best after {turn} steps. After {last} steps it is {worse} bits worse, because it overfits."
        ),
        runs=sliced,
        finding=slice_finding,
        statistic="how many times as much text a net from scratch needs to match the net fine-tuned on the smallest "
        "amount",
        bar="The advantage of pretraining shrinks with every increase in text. A net from scratch needs at least ten "
        "times the smallest amount to match the fine-tuned net. Only the net with the smallest amount overfits.",
        paper="Hernandez et al. 2021, Scaling Laws for Transfer",
        paper_found="Pretraining multiplied the effective amount of text for fine-tuning. The factor was larger when "
        "there was less text.",
    ),
)
