"""Defines the claims of this lesson, S11 and S11b: fine-tuning is a small step, and the step can be stopped anywhere
on the way."""

from __future__ import annotations

import numpy as np

from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Answer, Results
from lessons.kit.results.evidence import bootstrap, interval
from lessons.small_step.runs import FLAT, UNSEEN, dial_runs, size_runs

DIP = 0.02  # the smallest drop in accuracy that counts


def accuracy(answer: Answer, task: int) -> np.ndarray:
    """Returns the accuracy with the shape (alphas, seeds). Task 0 is the old task, and task 1 is the new one."""
    return np.array(answer["accuracy"][task])


def alpha_index(answer: Answer, alpha: float) -> int:
    return int(answer["alphas"].index(alpha))


def inside(answer: Answer) -> slice:
    """Returns the alphas from 0 to 1."""
    return slice(alpha_index(answer, 0.0), alpha_index(answer, 1.0) + 1)


def lead(old: np.ndarray, new: np.ndarray) -> float:
    """Returns the smallest lead of the mean of both tasks over the straight line between its ends. It is below 0 if
    the mean dips.

    The shape of `old` and `new` is (alphas from 0 to 1, seeds).
    """
    both = ((old + new) / 2).mean(1)
    return float((both - np.linspace(both[0], both[-1], len(both)))[1:-1].min())


def smooth(old: np.ndarray, new: np.ndarray) -> bool:
    """Returns whether the old task never rises by DIP on the way, and the new task never falls by DIP."""
    falling, rising = old.mean(1), new.mean(1)
    return bool(
        (falling - np.minimum.accumulate(falling)).max() < DIP and (np.maximum.accumulate(rising) - rising).max() < DIP
    )


def halves(old: np.ndarray, new: np.ndarray) -> bool:
    """Returns whether one alpha keeps half of the old net's advantage on its task, and has half of the new net's
    advantage."""
    falling, rising = old.mean(1), new.mean(1)
    middle_old, middle_new = (falling[0] + falling[-1]) / 2, (rising[0] + rising[-1]) / 2
    return bool(((falling >= middle_old) & (rising >= middle_new)).any())


def dial_finding(evidence: Results) -> Finding:
    checks, leads, dials = [], {}, evidence.answers("dial")
    for name, answer in dials.items():
        old, new = (accuracy(answer, task)[inside(answer)] for task in (0, 1))
        leads[name] = lead(old, new)
        if name in ("arms", "digits"):
            checks += [
                Check(
                    says=f"{name}: from the old net to the new one, neither task ever goes back by 2 points",
                    met=smooth(old, new),
                ),
                Check(
                    says=f"{name}: the mean accuracy on both tasks never falls 2 points below a straight line "
                    f"between the nets",
                    met=leads[name] > -DIP,
                ),
                Check(says=f"{name}: some alpha keeps at least half of the gain on each task", met=halves(old, new)),
            ]
    arms = dials["arms"]
    old, new = (accuracy(arms, task)[inside(arms)] for task in (0, 1))
    low, high = bootstrap(lambda draw: 100 * lead(old[:, draw], new[:, draw]), old.shape[1])
    numbers = {f"dip_{name}": f"{-100 * least:.0f}" for name, least in leads.items()}
    for name, answer in dials.items():
        for place, alpha in (("start", 0.0), ("half", 0.5), ("end", 1.0)):
            for task, number in (("old", 0), ("new", 1)):
                numbers[f"{name}_{task}_{place}"] = percent(
                    float(accuracy(answer, number)[alpha_index(answer, alpha)].mean())
                )
    for k, (name, alpha) in enumerate(zip(("back", "between", "beyond"), UNSEEN), 2):
        numbers[name] = percent(float(accuracy(arms, k)[alpha_index(arms, alpha)].mean()))
    return Finding(
        value=100 * leads["arms"],
        low=low,
        high=high,
        checks=tuple(checks),
        numbers=numbers,
    )


def size_finding(evidence: Results) -> Finding:
    moved, before = (np.array(evidence.answer("dial", name)["size"]) for name in ("fine_tuned", "pretrained"))
    layers = np.array([evidence.answer("dial", "fine_tuned")["sizes"][name] for name in FLAT])  # (layers, seeds)
    low, high = interval(100 * moved)
    small, tenfold = bool(moved.mean() < 0.16), bool(before.mean() > 10 * moved.mean())
    uneven = bool(layers.mean(1).max() > 2 * layers.mean(1).min())
    numbers = {name: percent(float(np.mean(answer["size"]))) for name, answer in evidence.answers("dial").items()}
    numbers |= {name: percent(float(share)) for name, share in zip(FLAT, layers.mean(1))}
    return Finding(
        value=100 * float(moved.mean()),
        low=low,
        high=high,
        checks=(
            Check(says="fine-tuning moves the weights by less than 16 percent of their size", met=small),
            Check(says="pretraining moved the weights at least ten times as far", met=tenfold),
            Check(says="one layer moves at least twice as far as another, compared with its size", met=uneven),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S11",
        statement=(
            "A net that knows six spiral arms is fine-tuned on turned arms. The difference between the new and the old "
            "weights is delta. The old net gets {arms_old_start} of the old arms and {arms_new_start} of the turned "
            "arms right, and the new net {arms_old_end} and {arms_new_end}. If we add half of delta to the old "
            "weights, without any training, the net gets {arms_old_half} and {arms_new_half} right."
        ),
        runs=dial_runs,
        finding=dial_finding,
        statistic="smallest lead of the mean accuracy on both tasks over a straight line between the two nets, in "
        "percentage points",
        bar="From the old net to the new one, neither task ever goes back by two points, and the mean accuracy on both "
        "tasks never falls two points below a straight line. Some alpha keeps at least half of the gain on each task. "
        "All this holds for arms and for digits.",
        paper="Wortsman et al. 2022, Robust Fine-Tuning of Zero-Shot Models",
        paper_found="The authors mixed the weights of CLIP before and after fine-tuning. From one end to the other, "
        "the mixtures trade the old skills smoothly for the new task, and some mixtures beat both ends.",
    ),
    Claim(
        id="S11b",
        statement=(
            "Fine-tuning a net on turned spiral arms moved its weights by {fine_tuned} of their size. The first layer "
            "moved by {hidden1} of its size and the third layer by {hidden3}. Pretraining had moved the weights by "
            "{pretrained} of their size."
        ),
        runs=size_runs,
        finding=size_finding,
        statistic="size of the change by fine-tuning, in percent of the size of the weights",
        bar="Fine-tuning moves the weights by less than 16 percent of their size, and pretraining moved them at least "
        "ten times as far. One layer moves at least twice as far as another.",
        paper="Radiya-Dixit & Wang 2020, How Fine Can Fine-Tuning Be?",
        paper_found="The weights of fine-tuned BERT models stay close to the weights of the pretrained model. How "
        "close they stay differs from layer to layer.",
    ),
)
