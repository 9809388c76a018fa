"""The claims of this lesson, S12 and S12b: a thin delta is enough if trained thin, and what it saves and costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.spec import Measure, Run, Stage
from core.tasks import Handwriting, Plane, Task
from lessons.kit.catalogue import Check, Claim, Evidence, Finding, Values
from lessons.kit.evidence import final, resampled, retention
from lessons.kit.figures import percent
from lessons.kit.recipes import Seeds, arms, backbone

NEAR, FAR, HAND = "two colours", "two colours, mirrored", "digits after glyphs"
LOW_RANK, ADAPTER, BIAS, HEAD, FULL = "low rank", "adapters", "biases", "head only", "full"
METHODS = {LOW_RANK: "low_rank", ADAPTER: "adapter", BIAS: "bias", HEAD: "probe", FULL: "full"}
SIZED = (LOW_RANK, ADAPTER)  # methods that have a size: a rank, a width
SIZES = (1, 2, 4, 8, 16)
RANKS = (1, 2, 4, 8, 16, 32, 64)  # to which a finished delta is cut
CLOSE = 0.02  # of full fine-tuning's accuracy: as good, for our purpose


@dataclass(frozen=True, kw_only=True)
class World:
    """A new task for a backbone, and the rate of each method: its best of four, on four seeds that nothing else uses.
    Where the rate depends on the size, it stands under the name with the size."""

    task: Task
    net: str
    steps: int
    batch: int
    rates: Mapping[str, float]


NEAR_RATES = {LOW_RANK: 1e-2, ADAPTER: 3e-3, BIAS: 1e-2, HEAD: 1e-2, FULL: 3e-3}
FAR_RATES = NEAR_RATES | {BIAS: 3e-2, FULL: 1e-2, "low rank 1": 3e-2}
WORLDS = {
    NEAR: World(task=Plane(ask="colour"), net="mlp", steps=600, batch=128, rates=NEAR_RATES),
    FAR: World(task=Plane(ask="colour", mirrored=True), net="mlp", steps=600, batch=128, rates=FAR_RATES),
    HAND: World(
        task=Handwriting(labels=400),
        net="conv",
        steps=900,
        batch=32,
        rates={LOW_RANK: 3e-3, ADAPTER: 3e-3, BIAS: 3e-3, HEAD: 3e-3, FULL: 1e-3},
    ),
}


def start(where: str, seeds: Seeds) -> Run:
    """The backbone: a net that knows the six arms, or the glyphs."""
    return backbone(seeds) if where == HAND else arms(seeds)


def patch(where: str, method: str, size: int, seeds: Seeds, begin: Run | None = None, watch: bool = True) -> Run:
    """The new task learned by one method, the old one tested along the way."""
    world, begin = WORLDS[where], begin or start(where, seeds)
    stage = Stage(
        method=METHODS[method],
        size=size if method in SIZED else 0,
        steps=world.steps,
        rate=world.rates.get(named(method, size), world.rates[method]),
        batch=world.batch,
    )
    return Run(
        task=world.task,
        net=world.net,
        start=begin,
        stages=(stage,),
        seeds=seeds.count,
        first_seed=seeds.first,
        watch=(begin.task,) if watch else (),
    )


def named(method: str, size: int) -> str:
    """What a method is called where all are compared."""
    return f"{method} {size}" if method in SIZED else method


EVERY = {named(m, s): (m, s) for m in METHODS for s in (SIZES if m in SIZED else (0,))}


def all_of(where: str, seeds: Seeds) -> dict[str, Run]:
    return {name: patch(where, method, size, seeds) for name, (method, size) in EVERY.items()}


def squeezed(full: Run) -> Measure:
    return Measure(kind="squeeze", runs=(full,), tasks=(full.task,), count=max(RANKS))


def sized(family: Mapping[str, Run]) -> Measure:
    return Measure(kind="patch", runs=tuple(family.values()))


def thin_runs(seeds: Seeds) -> Values:
    family = all_of(NEAR, seeds)
    return {**family, "cut": squeezed(family[FULL]), "sizes": sized(family)}


def trained(evidence: Evidence) -> dict[int, np.ndarray]:
    """Accuracies of every seed by the rank at which delta was trained."""
    return {rank: final(evidence[named(LOW_RANK, rank)]) for rank in SIZES}


def cut(answer: Evidence) -> dict[int, np.ndarray]:
    """Accuracies of every seed by the rank to which the finished delta was cut."""
    return dict(zip(answer["ranks"], np.array(answer["runs"][0]["accuracy"][0])))


def sizes(evidence: Evidence) -> dict[str, dict[str, Any]]:
    """By method and size, what core.measure.patch says of it."""
    return dict(zip(EVERY, evidence["sizes"]["runs"]))


def enough(by_rank: Mapping[int, np.ndarray], full: np.ndarray) -> float:
    """The smallest rank that comes close to full fine-tuning; inf if none does."""
    return min((rank for rank, one in by_rank.items() if one.mean() >= full.mean() - CLOSE), default=float("inf"))


def thin_finding(evidence: Evidence) -> Finding:
    full, thin, after = final(evidence[FULL]), trained(evidence), cut(evidence["cut"])
    rank = enough(thin, full)
    gaps = [float((thin[2][draw] - full[draw]).mean()) for draw in resampled(len(full))]
    size = sizes(evidence)
    one, sixteen, whole = (size[name] for name in (named(LOW_RANK, 1), named(LOW_RANK, 16), FULL))
    numbers = {f"trained{r}": percent(a.mean()) for r, a in thin.items()}
    numbers |= {f"cut{r}": percent(a.mean()) for r, a in after.items()}
    numbers |= {
        "full": percent(full.mean()),
        "head": percent(final(evidence[HEAD]).mean()),
        "moved1": percent(np.mean(one["moved"])),
        "moved16": percent(np.mean(sixteen["moved"])),
        "moved": percent(np.mean(whole["moved"])),
        "needs": f"{enough(after, full):g}",
        "one": f"{one['trained']:,}",
        "all": f"{one['all']:,}",
        "share": percent(one["trained"] / one["all"]),
    }
    return Finding(
        value=100 * float((thin[2] - full).mean()),
        low=100 * float(np.percentile(gaps, 2.5)),
        high=100 * float(np.percentile(gaps, 97.5)),
        checks=(
            Check(says="a delta trained at rank 1 or 2 comes within two points of full fine-tuning", met=rank <= 2),
            Check(
                says="full fine-tuning's own delta, cut when finished, needs rank 8 or more for that",
                met=enough(after, full) >= 8,
            ),
        ),
        numbers=numbers,
    )


def dear_runs(seeds: Seeds) -> Values:
    wanted = {FULL: (FULL, 0), "thin": (LOW_RANK, 1)}
    return {f"{name}, {where}": patch(where, *how, seeds) for where in WORLDS for name, how in wanted.items()}


def dear_finding(evidence: Evidence) -> Finding:
    learned = {name: final(table) for name, table in evidence.items()}
    kept = {name: final(retention(table)) for name, table in evidence.items()}
    worse = learned[f"{FULL}, {FAR}"] - learned[f"thin, {FAR}"]
    spread = [float(worse[draw].mean()) for draw in resampled(len(worse))]
    short = {NEAR: "near", FAR: "far", HAND: "hand"}
    numbers: dict[str, str] = {}
    for where, word in short.items():
        for name in (FULL, "thin"):
            numbers |= {
                f"{name}_{word}": percent(learned[f"{name}, {where}"].mean()),
                f"{name}_{word}_kept": percent(kept[f"{name}, {where}"].mean()),
            }
    return Finding(
        value=100 * float(worse.mean()),
        low=100 * float(np.percentile(spread, 2.5)),
        high=100 * float(np.percentile(spread, 97.5)),
        checks=(
            Check(
                says="learns less: on the far task rank 1 is five points or more below full", met=worse.mean() >= 0.05
            ),
            Check(
                says="forgets less: after digits, rank 1 has kept more of the glyphs than full",
                met=kept[f"thin, {HAND}"].mean() > kept[f"{FULL}, {HAND}"].mean(),
            ),
            Check(
                says="forgets less on the plane too",
                met=all(kept[f"thin, {w}"].mean() > kept[f"{FULL}, {w}"].mean() for w in (NEAR, FAR)),
            ),
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S12",
        statement=(
            "Two colours for six arms: trained at rank 1, with {one} of {all} numbers, delta reaches {trained1}, "
            "at rank 2 {trained2}; full fine-tuning {full}. Its delta, when it is finished, reaches {cut1} cut "
            "to rank 1 and {cut8} at rank 8; it needs rank {needs}."
        ),
        runs=thin_runs,
        finding=thin_finding,
        statistic="points by which rank 2 is above full fine-tuning",
        bar="rank 1 or 2 within two points of full; the finished delta needs rank 8 or more",
        paper="Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models",
        paper_found="On GPT-3 a rank as small as one sufficed, where two of the attention matrices were adapted.",
    ),
    Claim(
        id="S12b",
        statement=(
            "On a far task, the mirrored plane, rank 1 learns {thin_far} and full fine-tuning {full_far}. After "
            "digits rank 1 keeps {thin_hand_kept} of the accuracy on glyphs and full {full_hand_kept}; after colours "
            "{thin_near_kept} and {full_near_kept} of that on arms."
        ),
        runs=dear_runs,
        finding=dear_finding,
        statistic="points by which full is above rank 1 on the far task",
        bar="five points or more, and more of the old skill is kept in every world",
        paper="Biderman et al. 2024, LoRA Learns Less and Forgets Less",
        paper_found="On code and mathematics LoRA mostly fell short of full fine-tuning and kept more of the old "
        "skills; full fine-tuning's change had a rank 10 to 100 times higher than LoRA is usually given.",
    ),
)
