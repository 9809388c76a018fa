"""Defines the claims R7 and R8: how small a patch may be, and what practising the model's own old answers protects."""

from __future__ import annotations

import numpy as np

from core.experiment.brought_models import LANGUAGE_MODEL
from core.experiment.brought_tasks import ENGLISH
from core.experiment.spec import Keep, Measure, Run, Stage
from core.experiment.tasks import ModelTexts
from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import LabelledRun, Results, Seeds, Values
from lessons.kit.results.chat_answers import FORM, PLAIN, TRUE, shares
from lessons.kit.results.evidence import in_percent, interval
from lessons.real_language_model.runs import ASKED, BARE, GENTLE, HOT, RANK, STEPS, TRAINED, patch_runs, task, tuned

WEIGHTS = 134_515_008  # of the model
PATCH_NUMBERS = 305_280  # a column and a row for each of the seven matrices of the thirty blocks
KEPT = 16  # old answers that are practised again
WAYS = {"gentle": GENTLE, "hot": HOT}  # bare answers are trained at two rates, each with and without replay
MOVED, POINTS_BEHIND = 0.01, 5  # conditions: bits per character, and percentage points


def before_tuning() -> Run:
    """Returns the language model with its own old answers as its task, so that a run from it can practise them."""
    return Run(task=ModelTexts(), net="smollm2", brought=LANGUAGE_MODEL, stages=(), seeds=1)


def replaying(seed: int, rate: float) -> Run:
    """Returns the model after sixteen bare answers, with as many of its own old answers in every step."""
    return Run(
        task=task(BARE, seed),
        net="smollm2",
        start=before_tuning(),
        stages=(Stage(method="low_rank_blocks", size=RANK, steps=STEPS, batch=4, rate=rate),),
        seeds=1,
        first_seed=seed,
        exhibit=ASKED,
        keep=(Keep(method="replay", count=KEPT),),
    )


def replay_runs(seeds: Seeds) -> Values:
    """Returns bare answers at both rates, with and without replay, and how far each model has moved away from what it
    wrote before."""
    found: list[LabelledRun[Run | Measure]] = []
    for k in range(seeds.count):
        seed = seeds.first + k
        runs = {rate: tuned(BARE, seed, WAYS[rate]) for rate in WAYS}
        runs |= {f"{rate} replay": replaying(seed, WAYS[rate]) for rate in WAYS}
        found += [LabelledRun(way, run, k, name=f"{way}, draw {k}") for way, run in runs.items()]
        # The scores of these tasks are bits per character, although the measure is called accuracy.
        tests = (ModelTexts(), ModelTexts(source=ENGLISH))
        away = Measure(kind="accuracy", runs=(before_tuning(), *runs.values()), tasks=tests)
        found.append(LabelledRun("moved", away, k))
    return found


def drift(evidence: Results) -> dict[str, np.ndarray]:
    """Returns how many more bits per character each model needs than before training, by the way to train, with the
    shape (draws, 2): its own old answers, and English."""
    found = np.array([answer["accuracy"] for _, answer in sorted(evidence.answers("moved").items())])[..., 0]
    ways = [*WAYS, *(f"{rate} replay" for rate in WAYS)]
    return {way: found[:, k + 1] - found[:, 0] for k, way in enumerate(ways)}


def small_patch(evidence: Results) -> Finding:
    patch, full = (shares(evidence, TRUE, -1, way) for way in TRAINED)
    formed = {way: float(shares(evidence, FORM, -1, way).mean()) for way in TRAINED}
    before = shares(evidence, TRUE, 0, "patch")
    value, low, high = in_percent(patch - full)
    return Finding(
        value=value,
        low=low,
        high=high,
        checks=(
            Check(
                says="after 30 steps, at least 90 % of the answers have the form of the examples, with a patch of rank "
                "1 and with all weights trained",
                met=min(formed.values()) >= 0.9,
            ),
            Check(
                says=f"with the patch, the share of true answers is at most {POINTS_BEHIND} percentage points lower "
                "than with all weights trained",
                met=value >= -POINTS_BEHIND,
            ),
            Check(
                says="the patch has at most a hundredth of the numbers of the model",
                met=PATCH_NUMBERS <= WEIGHTS / 100,
            ),
        ),
        numbers={
            "before": percent(float(before.mean())),
            "patch": percent(float(patch.mean())),
            "full": percent(float(full.mean())),
            "patch_form": percent(formed["patch"]),
            "full_form": percent(formed["full"]),
            "numbers": f"{PATCH_NUMBERS:,}",
            "weights": f"{WEIGHTS:,}",
            "times": f"{WEIGHTS / PATCH_NUMBERS:.0f}",
        },
    )


def old_answers(evidence: Results) -> Finding:
    away = drift(evidence)
    own = {way: each[:, 0] for way, each in away.items()}
    english = {way: each[:, 1] for way, each in away.items()}
    plain = {way: shares(evidence, PLAIN, -1, way) for way in away}
    saved = plain["hot replay"] - plain["hot"]
    value, low, high = in_percent(saved)
    formed = [float(shares(evidence, FORM, -1, f"{rate} replay").mean()) for rate in WAYS]
    numbers = {f"own_{slot(way)}": f"{each.mean():+.2f}" for way, each in own.items()}
    numbers |= {f"english_{slot(way)}": f"{each.mean():+.2f}" for way, each in english.items()}
    numbers |= {f"plain_{slot(way)}": percent(float(each.mean())) for way, each in plain.items()}
    numbers |= {f"true_{slot(way)}": percent(float(shares(evidence, TRUE, -1, way).mean())) for way in away}
    return Finding(
        value=value,
        low=low,
        high=high,
        checks=(
            Check(
                says=f"at the low rate with replay, the model needs at most {MOVED} bits per character more for "
                "English than before training",
                met=bool(english["gentle replay"].mean() <= MOVED),
            ),
            Check(
                says="at the low rate, the model needs fewer bits for its other old answers with replay than "
                "without, by the whole interval",
                met=interval(own["gentle"] - own["gentle replay"])[0] > 0,
            ),
            Check(
                says="at the high rate, the model names more capitals in a plain text with replay than without, by the "
                "whole interval",
                met=low > 0,
            ),
            Check(
                says="with replay, at least 90 % of the answers have the form of the examples, at both rates",
                met=min(formed) >= 0.9,
            ),
        ),
        numbers=numbers
        | {
            "plain_before": percent(float(shares(evidence, PLAIN, 0, "hot").mean())),
            "true_before": percent(float(shares(evidence, TRUE, 0, "hot").mean())),
            "kept": str(KEPT),
        },
    )


def slot(way: str) -> str:
    """Returns the name of a way in a slot."""
    return way.replace(" ", "_")


MODEL = "SmolLM2-135M, a language model that people use,"
CLAIMS = (
    Claim(
        id="R7",
        statement=(
            f"{MODEL} learns from 16 answers that are written as whole sentences, once with a patch of rank 1 "
            "({numbers} numbers) and once with all its weights, which are {times} times as many. Afterwards {patch} "
            "and {full} of its answers about other countries are true, and {patch_form} and {full_form} have the form "
            "of the examples. Before, {before} were true."
        ),
        runs=patch_runs,
        finding=small_patch,
        statistic="percentage points by which the share of true answers is higher with a patch of rank 1 than with all "
        "weights trained",
        bar="At least 90 % of the answers take the form of the examples in both cases. The share of true answers is at "
        "most 5 percentage points lower with the patch, which has at most a hundredth of the numbers.",
        paper="Hu et al. 2022, LoRA: Low-Rank Adaptation of Large Language Models",
        paper_found="Patches of rank 1 to 8 did as well as training all weights of language models with up to 175 "
        "billion weights.",
    ),
    Claim(
        id="R8",
        statement=(
            f"{MODEL} learns from 16 bare answers, and in every step it also practises some of {{kept}} answers that "
            "it gave to everyday questions before (replay). At the high learning rate it then names {plain_hot_replay} "
            "of the capitals in a plain text, {plain_hot} without replay, and {plain_before} before training. At the "
            "low rate, {true_gentle_replay} of its answers are true with replay and {true_gentle} without. English "
            "then takes it {english_gentle_replay} bits per character with replay, and {english_gentle} without, "
            "compared with the model before training."
        ),
        runs=replay_runs,
        finding=old_answers,
        statistic="percentage points by which replay raises the share of capitals that the model still names in a "
        "plain text after training at the high rate",
        bar="At the low rate, English takes at most 0.01 bits per character more than before training, and the "
        "model needs fewer bits for its other old answers with replay than without, by the whole interval. At the high "
        "rate, replay keeps more capitals, by the whole interval. At least 90 % of the new answers take the form of "
        "the examples.",
        paper="Scialom et al. 2022, Fine-tuned Language Models are Continual Learners",
        paper_found="A language model learned eight new tasks one after the other and kept the earlier ones, if it "
        "practised one percent of their examples again.",
    ),
)
