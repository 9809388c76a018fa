"""The claims of this lesson: a reward pursued too far (S16), none at all (S17), and what was taught lost (S16b)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lessons.be_careful.recipe import (
    BETAS,
    DPO,
    GOOD,
    INNOCENT,
    LOOSE,
    MIX,
    NO_MIX,
    RL,
    innocent,
    rewarded,
    sweep,
)
from lessons.kit.catalogue import Check, Claim, Evidence, Finding, Values
from lessons.kit.evidence import reached, resampled
from lessons.kit.recipes import Seeds

LEVELS = (1, 2, 4, 8)  # nats a note from the pretrained net, where RL and DPO are compared
MARKS = ("promised", "preferred", "unkind", "kl", "bits")


def by_seed(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """A run's marks (tests, seeds)."""
    return {mark: table.pivot(index="step", columns="seed", values=mark).to_numpy() for mark in MARKS}


def mean(table: pd.DataFrame) -> pd.DataFrame:
    """A run's marks at every test, step by step, on average over seeds."""
    return table.groupby("step")[list(MARKS)].mean().reset_index()


def ends(table: pd.DataFrame, mark: str) -> np.ndarray:
    """The last mark of every seed."""
    return table[table.step == table.step.max()].sort_values("seed")[mark].to_numpy()


def interval(values: Sequence[float] | np.ndarray) -> tuple[float, float]:
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)


# --- S16 ------------------------------------------------------------------------------------------------------------


def proxy_runs(seeds: Seeds) -> Values:
    return sweep(RL, seeds) | {f"{RL} mixed": rewarded(RL, LOOSE, MIX, seeds)}


def fall(truth: np.ndarray, draw: np.ndarray | slice = slice(None)) -> float:
    """How far the truth (tests, seeds) ends below its best moment, on average over these seeds."""
    curve = truth[:, draw].mean(1)
    return float(curve.max() - curve[-1])


def tax(evidence: Evidence, promised: float) -> float:
    """Bits a word that general notes have become dearer when so much is promised, with the kindest leash and no mix."""
    found = []
    for beta in BETAS:
        curve = mean(evidence[f"{RL} {beta:g}"])
        if (step := reached(curve.step.to_numpy(), curve.promised.to_numpy(), promised)) < np.inf:
            found.append(float(np.interp(step, curve.step, curve.bits) - curve.bits.iloc[0]))
    return min(found)


def proxy_finding(evidence: Evidence) -> Finding:
    loose = evidence[f"{RL} {LOOSE:g}"]
    curve, mixed = mean(loose), mean(evidence[f"{RL} mixed"])
    top = int(curve.preferred.argmax())
    best, last = curve.iloc[top], curve.iloc[-1]
    rise = float(best.preferred - curve.preferred.iloc[0])
    kept = {beta: float(ends(evidence[f"{RL} {beta:g}"], "preferred").mean()) for beta in BETAS}
    leash = max(kept, key=lambda beta: kept[beta])
    with_mix = float(mixed.bits.iloc[-1] - mixed.bits.iloc[0])
    without = tax(evidence, float(mixed.promised.iloc[-1]))
    truth = by_seed(loose)["preferred"]
    low, high = interval([fall(truth, draw) for draw in resampled(truth.shape[1])])
    return Finding(
        value=100 * fall(truth),
        low=100 * low,
        high=100 * high,
        checks=(
            Check(says="without much leash the truth first rises by 3 points or more", met=rise >= 0.03),
            Check(says="and then falls by 20 points or more", met=fall(truth) >= 0.2),
            Check(says="while the promise goes on rising", met=bool(last.promised > best.promised)),
            Check(says="the truth ends best with a leash neither loosest nor tightest", met=leash in BETAS[1:-1]),
            Check(
                says="at the same promise a pretraining mix pays half of the tax or more", met=with_mix <= without / 2
            ),
        ),
        numbers={
            "start": percent(curve.preferred.iloc[0]),
            "peak": percent(best.preferred),
            "peak_promise": percent(best.promised),
            "peak_kl": f"{best.kl:.1f}",
            "end": percent(last.preferred),
            "promise": percent(last.promised),
            "end_kl": f"{last.kl:.0f}",
            "leash": f"{leash:g}",
            "kept": percent(kept[leash]),
            "tight": percent(kept[BETAS[-1]]),
            "mixed": percent(mixed.preferred.iloc[-1]),
            "mixed_promise": percent(mixed.promised.iloc[-1]),
            "tax": f"{without:.2f}",
            "mixed_tax": f"{with_mix:.2f}",
            "full_tax": f"{last.bits - curve.bits.iloc[0]:.1f}",
            "bits": f"{curve.bits.iloc[0]:.1f}",
        },
    )


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


# --- S17 ------------------------------------------------------------------------------------------------------------


Known = dict[str, list[dict[str, np.ndarray]]]  # by method, the marks of each leash


def frontier(known: Known, method: str, level: float, draw: np.ndarray | slice = slice(None)) -> float:
    """The truth at this distance from the pretrained net, with the leash that suits it best; nan if none gets there."""
    found = []
    for marks in known[method]:
        kl, truth = (marks[name][:, draw].mean(1) for name in ("kl", "preferred"))
        test = reached(np.arange(len(kl)), kl, level)
        if test < np.inf:
            found.append(float(np.interp(test, np.arange(len(kl)), truth)))
    return max(found, default=float("nan"))


def dpo_finding(evidence: Evidence) -> Finding:
    known = {name: [by_seed(evidence[f"{name} {beta:g}"]) for beta in BETAS] for name in (RL, DPO)}
    seeds = known[RL][0]["kl"].shape[1]
    at = {name: {k: frontier(known, name, k) for k in LEVELS} for name in (RL, DPO)}
    ahead = {k: at[DPO][k] - at[RL][k] for k in LEVELS}
    far = LEVELS[-1]
    spread = [frontier(known, DPO, far, draw) - frontier(known, RL, far, draw) for draw in resampled(seeds, 400)]
    low, high = interval([one for one in spread if one == one])
    best = {name: max(marks["preferred"].mean(1).max() for marks in known[name]) for name in (RL, DPO)}
    numbers = {f"{name.lower()}{k}": percent(at[name][k]) for name in (RL, DPO) for k in LEVELS}
    numbers |= {f"best_{name.lower()}": percent(best[name]) for name in (RL, DPO)}
    numbers |= {f"loose_{name.lower()}": percent(known[name][0]["preferred"][-1].mean()) for name in (RL, DPO)}
    numbers |= {f"loose_{name.lower()}_kl": f"{known[name][0]['kl'][-1].mean():.0f}" for name in (RL, DPO)}
    return Finding(
        value=100 * ahead[far],
        low=100 * low,
        high=100 * high,
        checks=tuple(
            Check(says=f"at {k} nats a note DPO is preferred as often or more", met=ahead[k] >= 0) for k in LEVELS
        ),
        numbers=numbers | {f"level{k}": str(k) for k in LEVELS},
    )


# --- S16b -----------------------------------------------------------------------------------------------------------


def unlearned_runs(seeds: Seeds) -> Values:
    values: Values = {}
    for method in (RL, DPO):
        run = rewarded(method, GOOD, NO_MIX, seeds)
        values |= {method: run, f"{method} innocent": innocent(run), f"{method} polite": innocent(run, polite=True)}
    return values


def left(evidence: Evidence, method: str, after: str, draws: np.ndarray) -> np.ndarray:
    """How much of the restraint is left, for each draw of seeds: of the unkind notes it no longer wrote, the share it
    still does not write."""
    unkind = by_seed(evidence[method])["unkind"]
    before, taught = unkind[0][draws].mean(1), unkind[-1][draws].mean(1)
    now = by_seed(evidence[f"{method} {after}"])["unkind"][-1][draws].mean(1)
    return (before - now) / (before - taught)


def unlearned_finding(evidence: Evidence) -> Finding:
    seeds = evidence[RL].seed.nunique()
    low, high = interval(left(evidence, RL, "innocent", resampled(seeds)))
    every = np.arange(seeds)[None]
    kept = {
        (m, after): float(left(evidence, m, after, every)[0]) for m in (RL, DPO) for after in ("innocent", "polite")
    }
    numbers = {"steps": str(INNOCENT), "notes": "100"}
    for method in (RL, DPO):
        name, table = method.lower(), evidence[method]
        numbers |= {
            f"{name}_before": percent(table[table.step == 0].unkind.mean()),
            f"{name}_taught": percent(ends(table, "unkind").mean()),
            f"{name}_after": percent(ends(evidence[f"{method} innocent"], "unkind").mean()),
            f"{name}_polite": percent(ends(evidence[f"{method} polite"], "unkind").mean()),
            f"{name}_left": percent(kept[method, "innocent"]),
            f"{name}_polite_left": percent(kept[method, "polite"]),
        }
    return Finding(
        value=100 * kept[RL, "innocent"],
        low=100 * low,
        high=100 * high,
        checks=tuple(
            Check(
                says=f"at most half of what {m} taught is left after {INNOCENT} steps", met=kept[m, "innocent"] <= 0.5
            )
            for m in (RL, DPO)
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S16",
        statement=(
            "On a loose leash the rater's preference for what the net writes rises from {start} to {peak}, {peak_kl} "
            "nats a note away from the pretrained net, and then falls to {end}, while the reward model's promise "
            "climbs to {promise}. The best end, {kept}, has a leash of {leash}; the tightest ends at {tight}. At the "
            "same promise ordinary notes cost {tax} bits a word more without a pretraining mix, {mixed_tax} with it."
        ),
        runs=proxy_runs,
        finding=proxy_finding,
        statistic="points by which the truth ends below its best, loose leash",
        bar="the truth rises by 3 points and falls by 20 while the promise climbs; a middle leash ends best; a mix "
        "pays half of the tax",
        paper="Gao, Schulman & Hilton 2023, Scaling Laws for Reward Model Overoptimization; Ouyang et al. 2022, "
        "Training language models to follow instructions with human feedback",
        paper_found="Optimizing a proxy reward too far ended by harming the true one; mixing in updates on pretraining "
        "text made up for much of what general tasks had lost.",
    ),
    Claim(
        id="S17",
        statement=(
            "{level8} nats a note away from the pretrained net DPO is preferred {dpo8} of the time, RL {rl8}; {level4} "
            "nats away it is {dpo4} against {rl4}, {level2} nats {dpo2} against {rl2}, and {level1} nat {dpo1} against "
            "{rl1}, each with the leash that suits it best there. On the loosest leash DPO ends at {loose_dpo}, RL at "
            "{loose_rl}, {loose_dpo_kl} and {loose_rl_kl} nats away."
        ),
        runs=lambda seeds: sweep(RL, seeds) | sweep(DPO, seeds),
        finding=dpo_finding,
        statistic=f"points by which DPO is ahead of RL at {LEVELS[-1]} nats a note",
        bar="at 1, 2, 4 and 8 nats a note DPO is preferred at least as often as RL",
        paper="Rafailov et al. 2023, Direct Preference Optimization: Your Language Model is Secretly a Reward Model",
        paper_found="On making film reviews positive, DPO had the best reward at every distance from the start, ahead "
        "of PPO even when that was given the true reward.",
    ),
    Claim(
        id="S16b",
        statement=(
            "{steps} steps on {notes} ordinary notes leave {rl_left} of the restraint that RL taught, and {dpo_left} "
            "of DPO's: unkind notes go from {rl_taught} back to {rl_after}, and from {dpo_taught} to {dpo_after}; "
            "before any reward they were {rl_before}. With the unkind ones taken out of these notes, "
            "{rl_polite} and {dpo_polite} are unkind afterwards."
        ),
        runs=unlearned_runs,
        finding=unlearned_finding,
        statistic="share of the restraint that is left after RL, in %",
        bar=f"at most half of the restraint is left after {INNOCENT} steps, for RL and for DPO",
        paper="Qi et al. 2023, Fine-tuning Aligned Language Models Compromises Safety, Even When Users Do Not Intend "
        "To!",
        paper_found="Fine-tuning on benign data weakened the safety of aligned chat models too, though less than "
        "harmful examples did.",
    ),
)
