"""Defines the claims of this lesson, S3 and S4: which layers are general, and which layers change."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import bootstrap, final, interval, oracle_best
from lessons.kit.runs.transfers import DIGITS, INVERTED, LAYERS, SPIRALS
from lessons.what_was_learned.runs import (
    COPIES,
    FROZEN,
    RANDOM,
    SHUFFLED,
    TUNED,
    distance_runs,
    layer_runs,
    move_runs,
    size_runs,
)

YOSINSKI = "Yosinski et al. 2014, How Transferable Are Features in Deep Neural Networks?"
FAR, NEAR = INVERTED, DIGITS


def finals(evidence: Results, way: str, world: str) -> np.ndarray:
    """Returns the final accuracy with the shape (layers copied from 0 on, seeds)."""
    tables = [evidence.table("scratch", world), *(evidence.table(way, world, n) for n in COPIES)]
    return np.stack([final(table) for table in tables])


def random_at_best(evidence: Results, world: str) -> np.ndarray:
    """Returns the best accuracy at the best learning rate with the shape (layers from 1 on, seeds), over the stored
    runs and those with more steps."""
    return np.stack([
        oracle_best([evidence.table(RANDOM, world, n), *evidence.tables("random best", world, n).values()])
        for n in COPIES
    ])  # fmt: skip


def in_points(values: np.ndarray) -> tuple[float, float, float]:
    """Returns the mean over seeds with its 95 % interval, in points."""
    return float(100 * values.mean()), *interval(100 * values)


def shares(**arrays: np.ndarray) -> dict[str, str]:
    """Returns numbers for sentences: the mean over seeds of every row, numbered from its first layer."""
    return {f"{name}{k}": percent(float(row.mean())) for name, rows in arrays.items() for k, row in enumerate(rows)}


def signed(values: np.ndarray) -> str:
    """Writes a mean over seeds in points, with its sign."""
    return f"{100 * values.mean():+.0f}".replace("-", "\N{MINUS SIGN}")


def layer_finding(evidence: Results) -> Finding:
    frozen, tuned, equal = (finals(evidence, way, SPIRALS) for way in (FROZEN, TUNED, RANDOM))
    random = random_at_best(evidence, SPIRALS)
    lead = frozen[1:] - random
    least = min(lead[1:], key=np.mean)
    value, low, high = in_points(least)
    cost = float((frozen[2] - frozen[3]).mean())
    numbers = shares(frozen=frozen, tuned=tuned, random=equal) | shares(best_random=np.stack([equal[0], *random]))
    numbers |= {"patient": percent(float(final(evidence.table("patient")).mean()))}
    return Finding(
        value=value,
        low=low,
        high=high,
        checks=(
            Check(
                says="with two or three layers, frozen copied layers lead frozen random layers by at least 15 points, "
                "even if the random ones get their best learning rate, their best step and four times the steps",
                met=min(lead[1:].mean(1)) >= 0.15,
            ),
            Check(
                says="if all layers are trained, copying more layers never lowers the accuracy",
                met=all(a.mean() <= b.mean() for a, b in pairwise(tuned)),
            ),
            Check(says="freezing the third copied layer as well costs at least 5 points", met=cost >= 0.05),
        ),
        numbers=numbers | {"cost": f"{100 * cost:.0f}"},
    )


def distance_finding(evidence: Results) -> Finding:
    near, far = (finals(evidence, FROZEN, world) for world in (NEAR, FAR))
    random = {world: random_at_best(evidence, world) for world in (NEAR, FAR)}
    leads = [(copied[1:] - random[world]).mean(1).min() for copied, world in ((near, NEAR), (far, FAR))]
    value, low, high = in_points((near[3] - near[2]) - (far[3] - far[2]))
    numbers = shares(near=near, far=far)
    numbers |= shares(near_random=np.stack([near[0], *random[NEAR]]), far_random=np.stack([far[0], *random[FAR]]))
    return Finding(
        value=value,
        low=low,
        high=high,
        checks=(
            Check(
                says="on digits, freezing the third copied layer as well does not lower the accuracy",
                met=near[3].mean() >= near[2].mean(),
            ),
            Check(
                says="on inverted digits, freezing the third copied layer as well costs at least 10 points",
                met=bool((far[2] - far[3]).mean() >= 0.10),
            ),
            Check(
                says="on both tasks, any number of frozen copied layers beats the same number of frozen random layers",
                met=min(leads) > 0,
            ),
        ),
        numbers=numbers,
    )


def size_finding(evidence: Results) -> Finding:
    kept: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    numbers: dict[str, str] = {}
    for name, world in (("plane", SPIRALS), ("digits", DIGITS)):
        tuned, shuffled = (finals(evidence, way, world) for way in (TUNED, SHUFFLED))
        gain, rest = tuned[LAYERS] - tuned[0], shuffled[LAYERS] - tuned[0]
        kept[name] = (gain, rest)
        numbers |= {f"{name}_gain": signed(gain), f"{name}_rest": signed(rest)}
        numbers |= {f"{name}_shuffled": percent(float(shuffled[LAYERS].mean()))}
    gain, rest = kept["plane"]
    low, high = bootstrap(lambda draw: 100 * rest[draw].mean() / gain[draw].mean(), len(gain))
    return Finding(
        value=100 * float(rest.mean() / gain.mean()),
        low=low,
        high=high,
        checks=tuple(
            Check(
                says=f"{where}, shuffled weights keep less than half of the lead that copied weights have over a net "
                f"from scratch",
                met=bool(kept[name][1].mean() < 0.5 * kept[name][0].mean()),
            )
            for name, where in (("plane", "on the spirals"), ("digits", "on the digits"))
        ),
        numbers=numbers,
    )


def move_finding(evidence: Results) -> Finding:
    # (tuned and scratch, layers, seeds)
    likeness = {name: np.array(answer["cka"]) for name, answer in evidence.answers("likeness").items()}
    means = {name: each.mean(2) for name, each in likeness.items()}
    leads = np.stack([(tuned - scratch).min(0) for tuned, scratch in likeness.values()]).min(0)
    value, low, high = in_points(leads)
    numbers = {
        f"{short}_{net}{layer}": percent(float(means[name][k, layer - 1]))
        for short, name in (("plane", SPIRALS), ("digits", DIGITS), ("inverted", INVERTED))
        for k, net in enumerate(("tuned", "scratch"))
        for layer in COPIES
    }
    return Finding(
        value=value,
        low=low,
        high=high,
        checks=tuple(
            check
            for name, mean in means.items()
            for check in (
                Check(
                    says=f"{name}: the similarity to the pretrained net falls from layer to layer",
                    met=bool((np.diff(mean[0]) < 0).all()),
                ),
                Check(
                    says=f"{name}: every layer of the fine-tuned net is more similar to it than that of a net from "
                    f"scratch",
                    met=bool((mean[0] > mean[1]).all()),
                ),
            )
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S3",
        statement=(
            "A net learns which of two colours the points of turned spirals have. Its first one, two or three layers "
            "are copied from a net that was pretrained on spiral arms. If these layers are frozen, it gets {frozen1}, "
            "{frozen2} and {frozen3} of unseen points right. With the same number of frozen random layers it gets "
            "{random1}, {random2} and {random3} right. If the copied layers are trained as well, it gets {tuned1}, "
            "{tuned2} and {tuned3} right."
        ),
        runs=layer_runs,
        finding=layer_finding,
        statistic="smallest lead in accuracy of two or three frozen copied layers over frozen random layers at their "
        "best, in percentage points",
        bar="With two or three layers, frozen copied layers lead by at least 15 points. Copying more layers never "
        "lowers the accuracy if all layers are trained, but freezing the third copied layer does.",
        paper=YOSINSKI,
        paper_found="The features of the first layers worked for another task as well as for their own, those of later "
        "layers less and less. Fine-tuning removed this loss, and frozen random layers soon failed.",
    ),
    Claim(
        id="S3b",
        statement=(
            "A net pretrained on glyphs reads {near2} of unseen digits if its first two layers are frozen, and {near3} "
            "if all three are frozen. On digits in dark ink on a bright background it reads {far2} and {far3}. With "
            "three frozen random layers, nets read {near_random3} and {far_random3} of these two kinds of digits."
        ),
        runs=distance_runs,
        finding=distance_finding,
        statistic="percentage points that freezing the third copied layer gains on digits, minus what it gains on "
        "digits in dark ink on a bright background",
        bar="Freezing the third layer does no harm on the similar task and costs at least 10 points on the distant "
        "one. Frozen copied layers always beat frozen random ones.",
        paper=YOSINSKI,
        paper_found="The more distant the new task was, the less useful were the higher layers. Even then they beat "
        "random layers.",
    ),
    Claim(
        id="S3c",
        statement=(
            "A net whose three layers are copied from a pretrained net and then trained is {plane_gain} points more "
            "accurate than a net from scratch on the spirals and {digits_gain} points on the digits, after the same "
            "number of steps. If the copied weights are shuffled within each layer, the lead is {plane_rest} and "
            "{digits_rest} points."
        ),
        runs=size_runs,
        finding=size_finding,
        statistic="percentage of the lead over a net from scratch that shuffled weights keep, on the spirals",
        bar="On the spirals and on the digits, shuffled weights keep less than half of the lead.",
        paper="Raghu et al. 2019, Transfusion: Understanding Transfer Learning for Medical Imaging",
        paper_found="Random weights of the same sizes as pretrained ones kept a part of the gain in training speed. "
        "Only the features of the lowest layers were reused.",
    ),
    Claim(
        id="S4",
        statement=(
            "The similarity (CKA) says how much two layers arrange the same examples in the same way. The three layers "
            "of a net that was fine-tuned on turned spirals are {plane_tuned1}, {plane_tuned2} and {plane_tuned3} "
            "similar to those of the pretrained net, and the layers of a net from scratch are {plane_scratch1}, "
            "{plane_scratch2} and {plane_scratch3} similar. On digits the fine-tuned layers are {digits_tuned1}, "
            "{digits_tuned2} and {digits_tuned3} similar, and those from scratch {digits_scratch1}, {digits_scratch2} "
            "and {digits_scratch3}."
        ),
        runs=move_runs,
        finding=move_finding,
        statistic="smallest lead in similarity (CKA, in percent) to the pretrained net of a fine-tuned layer over the "
        "same layer of a net from scratch, over all tasks and layers",
        bar="The similarity falls from layer to layer. On every task, each layer of the fine-tuned net is more similar "
        "to the pretrained net than the same layer of a net from scratch.",
        paper="Kornblith et al. 2019, Similarity of Neural Network Representations Revisited; Raghu et al. 2019, "
        "Transfusion",
        paper_found="Fine-tuned nets stayed similar to the pretrained net that they started from, most of all in their "
        "lowest layers.",
    ),
)
