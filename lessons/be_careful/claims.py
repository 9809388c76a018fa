"""The claims of this lesson: a reward pursued too far (S16), none at all (S17), and what was taught lost (S16b)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from core.spec import GuestBook, Preferences, Run, Stage
from lessons.catalogue import Check, Claim, Evidence, Finding, Values
from lessons.evidence import reached, resampled
from lessons.recipes import Seeds

RL, DPO = "RL", "DPO"
AIMS = {
    RL: Stage(aim="policy_gradient", steps=80, rate=2e-3, batch=64),
    DPO: Stage(aim="dpo", steps=80, rate=1e-3, batch=32),
}
BETAS = (0.1, 0.3, 1.0, 3.0)  # how tight the leash is
LOOSE, GOOD = 0.1, 0.3
NO_MIX, MIX = 0.0, 3.0
LEVELS = (1, 2, 4, 8)  # nats a note from the pretrained net, where RL and DPO are compared
INNOCENT = 10  # steps


def writer(seeds: Seeds) -> Run:
    """The net that has read the guest book: 19,200 looks at 4,000 notes."""
    stages = (Stage(steps=300, batch=64, rate=5e-3, anneal=True),)
    return Run(task=GuestBook(), net="writer", stages=stages, seeds=1, first_seed=seeds.first)


def rewarded(method: str, beta: float, mix: float, seeds: Seeds, start: Run | None = None, clicks: str = "") -> Run:
    """The writer, made to please; without a start it is made from these seeds too."""
    return Run(
        task=Preferences(clicks=clicks),
        net="writer",
        start=start or writer(seeds),
        stages=(replace(AIMS[method], beta=beta, mix=mix),),
        seeds=seeds.count,
        first_seed=seeds.first,
        frames=9,
    )


def innocent(run: Run, polite: bool = False) -> Run:
    """The same net after a few steps on a hundred ordinary notes that nobody chose for anything, at the rate at which
    it was pretrained; polite leaves the notes with an unkind word out."""
    assert isinstance(run.task, Preferences)
    task = replace(run.task, notes=100, polite=polite)
    return replace(run, task=task, start=run, stages=(Stage(steps=INNOCENT, rate=5e-3, batch=32),), frames=0)


def sweep(method: str, seeds: Seeds) -> Values:
    return {f"{method} {beta:g}": rewarded(method, beta, NO_MIX, seeds) for beta in BETAS}


def mean(table: pd.DataFrame, draw: np.ndarray | None = None) -> pd.DataFrame:
    """A run's marks at every test, step by step, on average over seeds, or over those that are drawn."""
    marks = ["promised", "preferred", "unkind", "kl", "bits"]
    first = table.seed.min()
    chosen = np.arange(table.seed.nunique()) if draw is None else draw
    weight = table.seed.map(lambda seed: (chosen == seed - first).mean())
    return table[marks].mul(weight, axis=0).groupby(table.step).sum().reset_index()


def ends(table: pd.DataFrame, mark: str) -> np.ndarray:
    """The last mark of every seed."""
    return table[table.step == table.step.max()].sort_values("seed")[mark].to_numpy()


def interval(values: list[float]) -> tuple[float, float]:
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)


# --- S16 ------------------------------------------------------------------------------------------------------------


def proxy_runs(seeds: Seeds) -> Values:
    return sweep(RL, seeds) | {f"{RL} mixed": rewarded(RL, LOOSE, MIX, seeds)}


def fall(table: pd.DataFrame, draw: np.ndarray | None = None) -> float:
    """How far the truth ends below its best moment."""
    curve = mean(table, draw).preferred
    return float(curve.max() - curve.iloc[-1])


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
    low, high = interval([fall(loose, draw) for draw in resampled(loose.seed.nunique(), 200)])
    return Finding(
        value=100 * fall(loose),
        low=100 * low,
        high=100 * high,
        checks=(
            Check(says="without much leash the truth first rises by 3 points or more", met=rise >= 0.03),
            Check(says="and then falls by 20 points or more", met=fall(loose) >= 0.2),
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


def frontier(evidence: Evidence, method: str, level: float, draw: np.ndarray | None = None) -> float:
    """The truth at this distance from the pretrained net, with the leash that suits it best; nan if none gets there."""
    found = [float("nan")]
    for beta in BETAS:
        curve = mean(evidence[f"{method} {beta:g}"], draw)
        if (step := reached(curve.step.to_numpy(), curve.kl.to_numpy(), level)) < np.inf:
            found.append(float(np.interp(step, curve.step, curve.preferred)))
    return float(np.nanmax(found)) if len(found) > 1 else found[0]


def dpo_finding(evidence: Evidence) -> Finding:
    seeds = evidence[f"{RL} {LOOSE:g}"].seed.nunique()
    at = {name: {k: frontier(evidence, name, k) for k in LEVELS} for name in (RL, DPO)}
    ahead = {k: at[DPO][k] - at[RL][k] for k in LEVELS}
    far = LEVELS[-1]
    spread = [frontier(evidence, DPO, far, draw) - frontier(evidence, RL, far, draw) for draw in resampled(seeds, 100)]
    low, high = interval([one for one in spread if one == one])
    best = {name: max(mean(evidence[f"{name} {b:g}"]).preferred.max() for b in BETAS) for name in (RL, DPO)}
    numbers = {f"{name.lower()}{k}": percent(at[name][k]) for name in (RL, DPO) for k in LEVELS}
    numbers |= {f"best_{name.lower()}": percent(best[name]) for name in (RL, DPO)}
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


def left(evidence: Evidence, method: str, after: str, draw: np.ndarray | slice = slice(None)) -> float:
    """How much of the restraint is left: of the unkind notes it no longer wrote, the share it still does not write."""
    table = evidence[method]
    before = table[table.step == 0].sort_values("seed").unkind.to_numpy()[draw].mean()
    taught, now = (ends(evidence[name], "unkind")[draw].mean() for name in (method, f"{method} {after}"))
    return float((before - now) / (before - taught))


def unlearned_finding(evidence: Evidence) -> Finding:
    seeds = evidence[RL].seed.nunique()
    spread = [left(evidence, RL, "innocent", draw) for draw in resampled(seeds, 400)]
    low, high = interval(spread)
    kept = {(m, after): left(evidence, m, after) for m in (RL, DPO) for after in ("innocent", "polite")}
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
            "On a loose leash the reader's preference for what the net writes rises from {start} to {peak}, {peak_kl} "
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
            "At {level8} nats a note from the pretrained net DPO is preferred {dpo8} of the time, RL {rl8}; at "
            "{level4} it is {dpo4} against {rl4}, at {level2} {dpo2} against {rl2}, at {level1} {dpo1} against {rl1}, "
            "each with the leash that suits it best there."
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
            "of DPO's: unkind notes go from {rl_taught} back to {rl_after}, and from {dpo_taught} to {dpo_after}. With "
            "the unkind ones taken out of these notes, {rl_polite_left} and {dpo_polite_left} are left."
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
