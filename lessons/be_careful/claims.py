"""Defines the claims of this lesson: a reward that is pursued too far (S16), training without a reward model (S17),
and restraint that is lost again (S16b)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lessons.be_careful.runs import (
    BETAS,
    DPO,
    INNOCENT,
    LOOSE,
    ORDINARY,
    POLITE,
    RL,
    frontier_runs,
    proxy_runs,
    unlearned_runs,
)
from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import bootstrap, reached

LEVELS = (1, 2, 4, 8)  # nats a note from the pretrained net at which RL and DPO are compared
UNITS = ("promised", "preferred", "unkind", "kl", "bits")


def by_seed(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Returns the test results of a run in each unit, with the shape (tests, seeds)."""
    return {unit: table.pivot(index="step", columns="seed", values=unit).to_numpy() for unit in UNITS}


def mean(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the test results at every step, as means over seeds."""
    return table.groupby("step")[list(UNITS)].mean().reset_index()


def ends(table: pd.DataFrame, unit: str) -> np.ndarray:
    """Returns the last value of every seed in this unit."""
    return table[table.step == table.step.max()].sort_values("seed")[unit].to_numpy()


# --- S16 ------------------------------------------------------------------------------------------------------------


def fall(truth: np.ndarray, draw: np.ndarray | slice = slice(None)) -> float:
    """Returns how far the truth ends below its best moment, as a mean over these seeds. The shape of `truth` is
    (tests, seeds)."""
    curve = truth[:, draw].mean(1)
    return float(curve.max() - curve[-1])


def tax(evidence: Results, promised: float) -> float:
    """Returns how many more bits a word general notes cost when the promise reaches this level, with the best leash
    and no mix."""
    paid = []
    for beta in BETAS:
        curve = mean(evidence.table("pleased", RL, beta))
        if (step := reached(curve.step.to_numpy(), curve.promised.to_numpy(), promised)) < np.inf:
            paid.append(float(np.interp(step, curve.step, curve.bits) - curve.bits.iloc[0]))
    return min(paid)


def proxy_finding(evidence: Results) -> Finding:
    loose = evidence.table("pleased", RL, LOOSE)
    curve, mixed = mean(loose), mean(evidence.table("mixed"))
    top = int(curve.preferred.argmax())
    best, last = curve.iloc[top], curve.iloc[-1]
    rise = float(best.preferred - curve.preferred.iloc[0])
    kept = {beta: float(ends(evidence.table("pleased", RL, beta), "preferred").mean()) for beta in BETAS}
    leash = max(kept, key=lambda beta: kept[beta])
    with_mix = float(mixed.bits.iloc[-1] - mixed.bits.iloc[0])
    without = tax(evidence, float(mixed.promised.iloc[-1]))
    truth = by_seed(loose)["preferred"]
    low, high = bootstrap(lambda draw: 100 * fall(truth, draw), truth.shape[1])
    return Finding(
        value=100 * fall(truth),
        low=low,
        high=high,
        checks=(
            Check(
                says="on a loose leash, the share of notes that raters prefer first rises by at least 3 points",
                met=rise >= 0.03,
            ),
            Check(says="on a loose leash, that share then falls by at least 20 points", met=fall(truth) >= 0.2),
            Check(
                says="the reward model's promise goes on rising while raters like the notes less",
                met=bool(last.promised > best.promised),
            ),
            Check(
                says="raters like the final notes best with a leash that is neither the loosest nor the tightest",
                met=leash in BETAS[1:-1],
            ),
            Check(
                says="at the same promise, mixing in ordinary notes cuts the extra loss on ordinary notes at least "
                "in half",
                met=with_mix <= without / 2,
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


# --- S17 ------------------------------------------------------------------------------------------------------------


Known = dict[str, list[dict[str, np.ndarray]]]  # by method, the test results for each leash


def frontier(known: Known, method: str, level: float, draw: np.ndarray | slice = slice(None)) -> float:
    """Returns the truth at this distance from the pretrained net with the best leash, or nan if no leash gets that
    far."""
    reading = []
    for tested in known[method]:
        kl, truth = (tested[unit][:, draw].mean(1) for unit in ("kl", "preferred"))
        test = reached(np.arange(len(kl)), kl, level)
        if test < np.inf:
            reading.append(float(np.interp(test, np.arange(len(kl)), truth)))
    return max(reading, default=float("nan"))


def dpo_finding(evidence: Results) -> Finding:
    known = {name: [by_seed(table) for table in evidence.tables("pleased", name).values()] for name in (RL, DPO)}
    seeds = known[RL][0]["kl"].shape[1]
    at = {name: {k: frontier(known, name, k) for k in LEVELS} for name in (RL, DPO)}
    ahead = {k: at[DPO][k] - at[RL][k] for k in LEVELS}
    far = LEVELS[-1]

    def lead(draw: np.ndarray) -> float:
        return 100 * (frontier(known, DPO, far, draw) - frontier(known, RL, far, draw))

    low, high = bootstrap(lead, seeds, 400)
    best = {name: max(tested["preferred"].mean(1).max() for tested in known[name]) for name in (RL, DPO)}
    numbers = {f"{name.lower()}{k}": percent(at[name][k]) for name in (RL, DPO) for k in LEVELS}
    numbers |= {f"best_{name.lower()}": percent(best[name]) for name in (RL, DPO)}
    numbers |= {f"loose_{name.lower()}": percent(known[name][0]["preferred"][-1].mean()) for name in (RL, DPO)}
    numbers |= {f"loose_{name.lower()}_kl": f"{known[name][0]['kl'][-1].mean():.0f}" for name in (RL, DPO)}
    return Finding(
        value=100 * ahead[far],
        low=low,
        high=high,
        checks=tuple(
            Check(
                says=f"at a drift of {k} (nats per note), raters prefer DPO's notes at least as often as RL's",
                met=ahead[k] >= 0,
            )
            for k in LEVELS
        ),
        numbers=numbers | {f"level{k}": str(k) for k in LEVELS},
    )


# --- S16b -----------------------------------------------------------------------------------------------------------


def restraint_left(evidence: Results, method: str, notes: str, draw: np.ndarray | slice = slice(None)) -> float:
    """Returns the share of the restraint that is left. The restraint is the drop in unkind notes that the reward has
    taught."""
    unkind = by_seed(evidence.table("taught", method))["unkind"][:, draw].mean(1)
    now = by_seed(evidence.table("afterwards", method, notes))["unkind"][-1][draw].mean()
    return float((unkind[0] - now) / (unkind[0] - unkind[-1]))


def unlearned_finding(evidence: Results) -> Finding:
    seeds = evidence.table("taught", RL).seed.nunique()
    low, high = bootstrap(lambda draw: 100 * restraint_left(evidence, RL, ORDINARY, draw), seeds)
    kept = {
        (method, notes): restraint_left(evidence, method, notes) for method in (RL, DPO) for notes in (ORDINARY, POLITE)
    }
    numbers = {"steps": str(INNOCENT), "notes": "100"}
    for method in (RL, DPO):
        name, table = method.lower(), evidence.table("taught", method)
        ordinary, polite = (evidence.table("afterwards", method, notes) for notes in (ORDINARY, POLITE))
        numbers |= {
            f"{name}_before": percent(table[table.step == 0].unkind.mean()),
            f"{name}_taught": percent(ends(table, "unkind").mean()),
            f"{name}_after": percent(ends(ordinary, "unkind").mean()),
            f"{name}_polite": percent(ends(polite, "unkind").mean()),
            f"{name}_left": percent(kept[method, ORDINARY]),
            f"{name}_polite_left": percent(kept[method, POLITE]),
        }
    return Finding(
        value=100 * kept[RL, ORDINARY],
        low=low,
        high=high,
        checks=tuple(
            Check(
                says=f"after {INNOCENT} steps on ordinary notes, at most half of the drop in unkind notes that {m} "
                "had reached is left",
                met=kept[m, ORDINARY] <= 0.5,
            )
            for m in (RL, DPO)
        ),
        numbers=numbers,
    )


CLAIMS = (
    Claim(
        id="S16",
        statement=(
            "A net that writes guest book notes is trained with RL to please a reward model. The leash is a penalty "
            "for drifting away from the pretrained net. On a loose leash, raters prefer its notes to ordinary notes "
            "{start} of the time at first, {peak} at a drift of {peak_kl} nats per note and {end} at the end, while "
            "the reward model promises {promise}. With a leash of {leash} the final notes are best ({kept}), and with "
            "the tightest leash they reach {tight}. At the same promise, the loss on ordinary notes rises by {tax} "
            "bits per word, or by {mixed_tax} if ordinary notes are mixed into the training."
        ),
        runs=proxy_runs,
        finding=proxy_finding,
        statistic="points by which the share of notes that raters prefer ends below its best, on a loose leash",
        bar="On a loose leash, the share of notes that raters prefer rises by 3 points and then falls by 20, while "
        "the reward model's promise rises. The final notes are best with a leash of medium strength. Mixing in "
        "ordinary notes halves the extra loss on ordinary notes.",
        paper="Gao, Schulman & Hilton 2023, Scaling Laws for Reward Model Overoptimization; Ouyang et al. 2022, "
        "Training language models to follow instructions with human feedback",
        paper_found="Optimizing a learned reward too far made the true reward fall. Mixing pretraining text into the "
        "training restored much of what the model had lost on general tasks.",
    ),
    Claim(
        id="S17",
        statement=(
            "A net that writes guest book notes is trained to please raters, either with RL on a reward model or with "
            "DPO directly on their choices. At a drift of {level8} nats per note from the pretrained net, raters "
            "prefer DPO's notes to ordinary notes {dpo8} of the time and RL's notes {rl8}. At {level4} nats they "
            "prefer DPO's notes {dpo4} and RL's notes {rl4} of the time, at {level2} nats {dpo2} and {rl2}, and at "
            "{level1} nat {dpo1} and {rl1}. Each method uses the leash that suits it best at that drift. On the "
            "loosest leash DPO ends at {loose_dpo} with a drift of {loose_dpo_kl} nats, and RL ends at {loose_rl} "
            "with a drift of {loose_rl_kl} nats."
        ),
        runs=frontier_runs,
        finding=dpo_finding,
        statistic=f"points by which raters prefer DPO's notes more often than RL's, at a drift of {LEVELS[-1]} (nats "
        "per note)",
        bar="At a drift of 1, 2, 4 and 8 nats per note, raters prefer DPO's notes at least as often as RL's.",
        paper="Rafailov et al. 2023, Direct Preference Optimization: Your Language Model is Secretly a Reward Model",
        paper_found="When models learned to write positive film reviews, DPO had the highest reward at every drift "
        "from the start. It was ahead of PPO, a method of RL, even when PPO was given the true reward.",
    ),
    Claim(
        id="S16b",
        statement=(
            "A net that writes guest book notes has learned from raters to avoid unkind words. {steps} more steps on "
            "{notes} ordinary notes undo much of this: {rl_left} of the drop in unkind notes is left after RL, and "
            "{dpo_left} after DPO. Before any reward {rl_before} of its notes were unkind. With RL the share goes from "
            "{rl_taught} back to {rl_after}, and with DPO from {dpo_taught} to {dpo_after}. If the unkind notes are "
            "removed from those {notes}, {rl_polite} of the net's notes are unkind after RL and {dpo_polite} after DPO."
        ),
        runs=unlearned_runs,
        finding=unlearned_finding,
        statistic="percentage of RL's drop in unkind notes that is left after ten steps on ordinary notes",
        bar=f"After {INNOCENT} steps on ordinary notes, at most half of the drop in unkind notes is left, for RL and "
        "for DPO.",
        paper="Qi et al. 2023, Fine-tuning Aligned Language Models Compromises Safety, Even When Users Do Not Intend "
        "To!",
        paper_found="Fine-tuning on harmless data also weakened the safety of chat models that had been aligned, "
        "though less than harmful examples did.",
    ),
)
