"""The claims of this lesson, S3 to S5: which layers are general, what moves, and where solutions lie."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from lessons.kit.catalogue import Check, Evidence, Finding, Values
from lessons.kit.evidence import best, final, resampled
from lessons.kit.figures import percent
from lessons.kit.recipes import Seeds
from lessons.what_was_learned import worlds
from lessons.what_was_learned.worlds import (
    COPIES,
    DIGITS,
    FROZEN,
    INVERTED,
    LAYERS,
    PATIENCE,
    RANDOM,
    RANDOM_RATES,
    SHUFFLED,
    SPIRALS,
    TUNED,
    WORLDS,
)

FAR, NEAR = (INVERTED, DIGITS)


def transfer(world: str, seeds: Seeds, arms: tuple[str, ...] = worlds.ARMS) -> Values:
    """The layer-transfer curves of a world: every arm at every number of layers, and nothing copied."""
    values: Values = {f"scratch {world}": worlds.scratch(WORLDS[world], seeds)}
    for arm in arms:
        values |= {f"{arm} {n} {world}": worlds.copy(WORLDS[world], arm, n, seeds) for n in COPIES}
    return values


def finals(evidence: Evidence, arm: str, world: str) -> np.ndarray:
    """(layers copied from 0 on, seeds): accuracy in the end."""
    tables = [evidence[f"scratch {world}"], *(evidence[f"{arm} {n} {world}"] for n in COPIES)]
    return np.stack([final(table) for table in tables])


def random_runs(world: str, seeds: Seeds, layers: tuple[int, ...] = COPIES) -> Values:
    return {
        f"random {n} at {rate:g} {world}": worlds.random_best(WORLDS[world], n, rate, seeds)
        for n in layers
        for rate in RANDOM_RATES
    }


def random_at_best(evidence: Evidence, world: str) -> np.ndarray:
    """(layers from 1 on, seeds): the best moments at the best rate, of the stored arm and of runs with more steps."""
    kept = []
    for n in COPIES:
        longer = [evidence.get(f"random {n} at {rate:g} {world}") for rate in RANDOM_RATES]
        tables = [evidence[f"{RANDOM} {n} {world}"], *(table for table in longer if table is not None)]
        kept.append(max((best(table) for table in tables), key=np.mean))
    return np.stack(kept)


def interval(values: np.ndarray, times: float = 100) -> tuple[float, float, float]:
    """Mean over seeds with its 95 % interval, in points."""
    means = [values[draw].mean() for draw in resampled(len(values))]
    return times * values.mean(), times * np.percentile(means, 2.5), times * np.percentile(means, 97.5)


def shares(**arrays: np.ndarray) -> dict[str, str]:
    """Numbers for prose: the mean over seeds of every row, counted from its first layer."""
    return {f"{name}{k}": percent(float(row.mean())) for name, rows in arrays.items() for k, row in enumerate(rows)}


def signed(values: np.ndarray) -> str:
    """A mean over seeds in points, with its sign."""
    return f"{100 * values.mean():+.0f}".replace("-", "\N{MINUS SIGN}")


def layer_runs(seeds: Seeds) -> Values:
    values = transfer(SPIRALS, seeds, (FROZEN, TUNED, RANDOM)) | random_runs(SPIRALS, seeds)
    return values | {"patient scratch": worlds.scratch(WORLDS[SPIRALS], seeds, PATIENCE)}


def layer_finding(evidence: Evidence) -> Finding:
    frozen, tuned, equal = (finals(evidence, arm, SPIRALS) for arm in (FROZEN, TUNED, RANDOM))
    random = random_at_best(evidence, SPIRALS)
    lead = frozen[1:] - random
    least = min(lead[1:], key=np.mean)
    value, low, high = interval(least)
    cost = float((frozen[2] - frozen[3]).mean())
    numbers = shares(frozen=frozen, tuned=tuned, random=equal) | shares(best_random=np.stack([equal[0], *random]))
    numbers |= {"patient": percent(float(final(evidence["patient scratch"]).mean()))}
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


def distance_runs(seeds: Seeds) -> Values:
    values = {label: run for world in (NEAR, FAR) for label, run in transfer(world, seeds, (FROZEN, RANDOM)).items()}
    return values | random_runs(NEAR, seeds, (LAYERS,)) | random_runs(FAR, seeds, (LAYERS,))


def distance_finding(evidence: Evidence) -> Finding:
    near, far = (finals(evidence, FROZEN, world) for world in (NEAR, FAR))
    random = {world: random_at_best(evidence, world) for world in (NEAR, FAR)}
    leads = [(one[1:] - random[world]).mean(1).min() for one, world in ((near, NEAR), (far, FAR))]
    value, low, high = interval((near[3] - near[2]) - (far[3] - far[2]))
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


def size_runs(seeds: Seeds) -> Values:
    return {
        label: run for world in (SPIRALS, DIGITS) for label, run in transfer(world, seeds, (TUNED, SHUFFLED)).items()
    }


def size_finding(evidence: Evidence) -> Finding:
    kept: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    numbers: dict[str, str] = {}
    for name, world in (("plane", SPIRALS), ("digits", DIGITS)):
        tuned, shuffled = (finals(evidence, arm, world) for arm in (TUNED, SHUFFLED))
        gain, rest = tuned[LAYERS] - tuned[0], shuffled[LAYERS] - tuned[0]
        kept[name] = (gain, rest)
        numbers |= {f"{name}_gain": signed(gain), f"{name}_rest": signed(rest)}
        numbers |= {f"{name}_shuffled": percent(float(shuffled[LAYERS].mean()))}
    gain, rest = kept["plane"]
    ratios = [rest[draw].mean() / gain[draw].mean() for draw in resampled(len(gain))]
    return Finding(
        value=100 * float(rest.mean() / gain.mean()),
        low=100 * float(np.percentile(ratios, 2.5)),
        high=100 * float(np.percentile(ratios, 97.5)),
        checks=tuple(
            Check(
                says=f"{where}, shuffled weights keep less than half of what copied ones gain over scratch",
                met=bool(kept[name][1].mean() < 0.5 * kept[name][0].mean()),
            )
            for name, where in (("plane", "on the spirals"), ("digits", "on the digits"))
        ),
        numbers=numbers,
    )


def move_runs(seeds: Seeds) -> Values:
    return {f"cka {name}": worlds.cka(world, seeds) for name, world in WORLDS.items()}


def move_finding(evidence: Evidence) -> Finding:
    found = {name: np.array(evidence[f"cka {name}"]["cka"]) for name in WORLDS}  # (tuned and scratch, layers, seeds)
    means = {name: one.mean(2) for name, one in found.items()}
    leads = np.stack([(one[0] - one[1]).min(0) for one in found.values()]).min(0)
    value, low, high = interval(leads)
    numbers = {
        f"{short}_{arm}{layer}": percent(float(means[name][k, layer - 1]))
        for short, name in (("plane", SPIRALS), ("digits", DIGITS), ("inverted", INVERTED))
        for k, arm in enumerate(("tuned", "scratch"))
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


def basin_runs(seeds: Seeds) -> Values:
    return {f"line {name}": worlds.line(WORLDS[name], seeds) for name in (SPIRALS, DIGITS)}


def barriers(answer: dict[str, list[list[list[float]]]]) -> np.ndarray:
    """(pair, seeds): the mean of the two ends minus the lowest place between them (Frankle et al. 2020)."""
    lines = np.array(answer["accuracy"])  # (pair, place, seeds)
    return (lines[:, 0] + lines[:, -1]) / 2 - lines.min(1)


def basin_finding(evidence: Evidence) -> Finding:
    found = {name: barriers(evidence[f"line {name}"]) for name in (SPIRALS, DIGITS)}
    numbers = {
        f"{short}_{pair}": f"{100 * row.mean():.1f}" if row.mean() < 0.1 else f"{100 * row.mean():.0f}"
        for short, name in (("plane", SPIRALS), ("digits", DIGITS))
        for pair, row in zip(("tuned", "scratch", "heads"), found[name])
    }
    value, low, high = interval(found[SPIRALS][1] - found[SPIRALS][0])
    return Finding(
        value=value,
        low=low,
        high=high,
        checks=tuple(
            check
            for name, (tuned, scratch, _) in found.items()
            for check in (
                Check(says=f"{name}: between two fine-tuned nets at most 2 points are lost", met=tuned.mean() <= 0.02),
                Check(says=f"{name}: between two from scratch at least 10", met=scratch.mean() >= 0.10),
            )
        ),
        numbers=numbers,
    )
