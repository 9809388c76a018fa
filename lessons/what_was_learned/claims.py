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
                says="frozen copied layers lead frozen random ones by 15 points or more from two layers on, though the "
                "random ones have their best rate, their best moment and four times the steps",
                met=min(lead[1:].mean(1)) >= 0.15,
            ),
            Check(
                says="with all layers trained, copying more never makes it worse",
                met=all(a.mean() <= b.mean() for a, b in pairwise(tuned)),
            ),
            Check(says="freezing the last copied layer as well costs 5 points or more", met=cost >= 0.05),
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
                says="on digits freezing the last copied layer too does not hurt", met=near[3].mean() >= near[2].mean()
            ),
            Check(says="on inverted digits it costs 10 points or more", met=bool((far[2] - far[3]).mean() >= 0.10)),
            Check(says="on both, copied layers beat random ones however many are frozen", met=min(leads) > 0),
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
                says=f"{where}, shuffled weights keep less than half of what copied ones gain over scratch",
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
                Check(says=f"{name}: likeness falls with depth", met=bool((np.diff(mean[0]) < 0).all())),
                Check(says=f"{name}: fine-tuned above scratch in every layer", met=bool((mean[0] > mean[1]).all())),
            )
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S3",
        statement=(
            "On the spirals a net whose first one, two or three layers are copied and frozen gets {frozen1}, {frozen2} "
            "and {frozen3} of the points right; with as many frozen random layers it is {random1}, {random2} and "
            "{random3}. If the copied layers go on learning, it is {tuned1}, {tuned2} and {tuned3}."
        ),
        runs=layer_runs,
        finding=layer_finding,
        statistic="least lead of frozen copied layers over frozen random ones at their best, from two layers on, in "
        "points",
        bar="15 points or more from two layers on; copying and training everything does not fall; freezing the last "
        "copied layer does",
        paper=YOSINSKI,
        paper_found="Features of the first layers served another task as well as their own, those of later layers less "
        "and less; fine-tuning them mended it, and frozen random layers soon failed.",
    ),
    Claim(
        id="S3b",
        statement=(
            "On digits freezing two copied layers gives {near2} and freezing all three {near3}; on digits in dark ink "
            "on a bright ground it is {far2} and {far3}. Three frozen random layers reach {near_random3} and "
            "{far_random3}."
        ),
        runs=distance_runs,
        finding=distance_finding,
        statistic="points that the last copied layer is worth more, frozen, on the nearer task than on the farther one",
        bar="harmless on the near task, 10 points or more on the far one, and never worse than random layers",
        paper=YOSINSKI,
        paper_found="The farther the new task, the worse the higher layers served it; even then they beat random ones.",
    ),
    Claim(
        id="S3c",
        statement=(
            "With all layers copied and trained the lead over scratch, in equal steps, is {plane_gain} points on the "
            "spirals and {digits_gain} on the digits. With the same weights shuffled within their layers it is "
            "{plane_rest} and {digits_rest}."
        ),
        runs=size_runs,
        finding=size_finding,
        statistic="share of the head start on the spirals that shuffled weights keep, in percent",
        bar="less than half of it is left in both worlds",
        paper="Raghu et al. 2019, Transfusion: Understanding Transfer Learning for Medical Imaging",
        paper_found="Weights drawn at random with the sizes of pretrained ones kept part of the gain in speed; the "
        "features that were used again were those of the lowest layers.",
    ),
    Claim(
        id="S4",
        statement=(
            "Beside the net that it began as, a fine-tuned one sees new spirals with a likeness of {plane_tuned1}, "
            "{plane_tuned2} and {plane_tuned3} from the first layer to the last, one from scratch with "
            "{plane_scratch1}, {plane_scratch2} and {plane_scratch3}; on digits it is {digits_tuned1}, "
            "{digits_tuned2} and {digits_tuned3} against {digits_scratch1}, {digits_scratch2} and {digits_scratch3}."
        ),
        runs=move_runs,
        finding=move_finding,
        statistic="least lead in likeness (CKA) of the fine-tuned net over scratch, over all worlds and layers, in "
        "percent",
        bar="falls with depth, and above scratch in every layer of every world",
        paper="Kornblith et al. 2019, Similarity of Neural Network Representations Revisited; Raghu et al. 2019, "
        "Transfusion",
        paper_found="Fine-tuned nets stayed like the net they began as, most of all in their lowest layers.",
    ),
)
