"""Defines the claims of this lesson. A low-rank change is enough if it is trained at this rank (S12). It learns less
than full fine-tuning if the new task is far away, and it forgets less (S12b)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import final, interval, retention
from lessons.tiny_patches.runs import (
    CLOSE,
    EVERY,
    FAR,
    FULL,
    HAND,
    HEAD,
    LOW_RANK,
    NEAR,
    SIZES,
    THIN,
    dear_runs,
    method_label,
    thin_runs,
)


def accuracy_by_rank(evidence: Results, where: str) -> dict[int, np.ndarray]:
    """Returns the accuracies of every seed, by the rank at which the delta was trained."""
    return {rank: final(evidence.table("patch", where, method_label(LOW_RANK, rank))) for rank in SIZES}


def cut(evidence: Results, where: str) -> dict[int, np.ndarray]:
    """Returns the accuracies of every seed, by the rank to which the full delta was cut."""
    answer = evidence.answer("cut", where)
    return dict(zip(answer["ranks"], np.array(answer["runs"][0]["accuracy"][0])))


def sizes(evidence: Results, where: str) -> dict[str, dict[str, Any]]:
    """Returns the answers of core.measure.weight_changes, by method and size."""
    return dict(zip(EVERY, evidence.answer("sizes", where)["runs"]))


def enough(by_rank: Mapping[int, np.ndarray], full: np.ndarray) -> float:
    """Returns the smallest rank that is close to full fine-tuning, or inf if there is none."""
    return min((rank for rank, each in by_rank.items() if each.mean() >= full.mean() - CLOSE), default=float("inf"))


def thin_finding(evidence: Results) -> Finding:
    full, head = (final(evidence.table("patch", NEAR, name)) for name in (FULL, HEAD))
    thin, after, size = accuracy_by_rank(evidence, NEAR), cut(evidence, NEAR), sizes(evidence, NEAR)
    rank = enough(thin, full)
    low, high = interval(100 * (thin[2] - full))
    thinnest, sixteen, whole = (size[name] for name in (THIN, method_label(LOW_RANK, 16), FULL))
    numbers = {f"trained{r}": percent(a.mean()) for r, a in thin.items()}
    numbers |= {f"cut{r}": percent(a.mean()) for r, a in after.items()}
    numbers |= {
        "full": percent(full.mean()),
        "head": percent(head.mean()),
        "moved1": percent(np.mean(thinnest["moved"])),
        "moved16": percent(np.mean(sixteen["moved"])),
        "moved": percent(np.mean(whole["moved"])),
        "needs": f"{enough(after, full):g}",
        "one": f"{thinnest['trained']:,}",
        "all": f"{thinnest['all']:,}",
        "share": percent(thinnest["trained"] / thinnest["all"]),
    }
    return Finding(
        value=100 * float((thin[2] - full).mean()),
        low=low,
        high=high,
        checks=(
            Check(says="a change trained at rank 1 or 2 comes within two points of full fine-tuning", met=rank <= 2),
            Check(
                says="the finished change of full fine-tuning, when it is cut, needs rank 8 or more for that",
                met=enough(after, full) >= 8,
            ),
        ),
        numbers=numbers,
    )


def dear_finding(evidence: Results) -> Finding:
    tables = evidence.tables("patch")
    learned = {key: final(table) for key, table in tables.items()}
    left = {key: float(final(retention(table)).mean()) for key, table in tables.items()}
    worse = learned[FAR, FULL] - learned[FAR, THIN]
    low, high = interval(100 * worse)
    short = {NEAR: "near", FAR: "far", HAND: "hand"}
    numbers: dict[str, str] = {}
    for where, word in short.items():
        for name, key in ((FULL, "full"), (THIN, "thin")):
            numbers |= {
                f"{key}_{word}": percent(learned[where, name].mean()),
                f"{key}_{word}_kept": percent(left[where, name]),
            }
    return Finding(
        value=100 * float(worse.mean()),
        low=low,
        high=high,
        checks=(
            Check(
                says="LoRA learns less: on the mirrored arms, a patch of rank 1 is at least five points behind full "
                "fine-tuning",
                met=worse.mean() >= 0.05,
            ),
            Check(
                says="LoRA forgets less: after learning digits, a net with a patch of rank 1 keeps more of its "
                "accuracy on glyphs than after full fine-tuning",
                met=left[HAND, THIN] > left[HAND, FULL],
            ),
            Check(
                says="LoRA also forgets less after both tasks with spiral arms",
                met=all(left[w, THIN] > left[w, FULL] for w in (NEAR, FAR)),
            ),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S12",
        statement=(
            "A net with {all} weights can tell six spiral arms apart and learns to tell two colours apart on them. A "
            "patch of rank 1, with {one} trained numbers, gets {trained1} of unseen points right, a patch of rank 2 "
            "{trained2}, and full fine-tuning {full}. If the finished change of full fine-tuning is cut to rank 1, the "
            "net gets {cut1} right, and at rank 8 {cut8}. It needs rank {needs} to come within two points."
        ),
        runs=thin_runs,
        finding=thin_finding,
        statistic="percentage points of accuracy by which a patch of rank 2 is ahead of full fine-tuning",
        bar="A patch of rank 1 or 2 comes within two points of full fine-tuning. The finished change of full "
        "fine-tuning, when it is cut, needs rank 8 or more for that.",
        paper="Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models",
        paper_found="In GPT-3, patches of rank 1 were enough when two of the attention matrices were adapted.",
    ),
    Claim(
        id="S12b",
        statement=(
            "Nets that know six spiral arms learn two colours on mirrored arms. With a patch of rank 1 they get "
            "{thin_far} of unseen points right, and with full fine-tuning {full_far}. Nets that know glyphs keep "
            "{thin_hand_kept} of their accuracy on glyphs if they learn digits with a patch of rank 1, and "
            "{full_hand_kept} with full fine-tuning. Nets that learn two colours on the arms that they know keep "
            "{thin_near_kept} and {full_near_kept} of their accuracy on arms."
        ),
        runs=dear_runs,
        finding=dear_finding,
        statistic="percentage points of accuracy by which full fine-tuning is ahead of a patch of rank 1 on mirrored "
        "arms",
        bar="On the mirrored arms the patch is at least five points behind, and on every task it keeps more of the old "
        "skill than full fine-tuning.",
        paper="Biderman et al. 2024, LoRA Learns Less and Forgets Less",
        paper_found="On code and mathematics, LoRA mostly learned less than full fine-tuning and kept more of the old "
        "skills. The change of full fine-tuning had a rank 10 to 100 times higher than LoRA is usually given.",
    ),
)
