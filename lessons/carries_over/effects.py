"""Defines the nine effects that this lesson compares. Each is measured twice: in small nets by a claim of an earlier
lesson, and in a model that people use by a claim of the lessons 19 and 20.

An effect is a share of the largest possible one. 0 means that there is no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lessons.carries_over import measurements
from lessons.carries_over.measurements import PHOTOS, SIX_EMOJI
from lessons.kit.lesson.catalogue import claims
from lessons.kit.model.values import LabelledRun, Results, Seeds, Setting, Values

MOST, SOME = (
    2 / 3,
    1 / 3,
)  # the real effect as a share of the small one: at least MOST carries over, at least SOME partly
CARRIES, PARTLY, DOES_NOT = "carries over", "partly", "does not"


@dataclass(frozen=True, kw_only=True)
class Side:
    """Holds one measurement of an effect: the results that it needs, and how it follows from them."""

    claim: str  # whose runs are used
    uses: tuple[tuple[Any, ...], ...]  # how the places of these results begin, each a role and a position
    effect: Callable[[Results], np.ndarray]  # returns the effect on every seed or draw, which may be below 0 or above 1

    def values(self, seeds: Seeds = Seeds()) -> Values:
        """Returns the results that the effect needs, with the claim before their role."""
        _, claim = claims()[self.claim]
        return [
            LabelledRun(f"{self.claim}: {piece.role}", piece.of, piece.x, name=str(piece))
            for piece in claim.runs(seeds)
            if any(piece.place[: len(use)] == use for use in self.uses)
        ]

    def measured(self, evidence: Results) -> np.ndarray | None:
        """Returns the effect on every seed or draw, or None if the results are not there yet."""
        known = evidence.under(f"{self.claim}: ")
        return self.effect(known) if len(known) else None


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Holds one finding of the course, with its two measurements."""

    name: str  # at most ten letters, because it stands beside the picture
    brief: str  # the finding in a few words
    finding: str  # and as a sentence that a learner can judge
    means: str  # what the percentage is a percentage of
    lesson: str  # where the small nets are from
    small: Side
    real: Side
    at: Mapping[str, Setting] = field(default_factory=dict)  # controls of that lesson for the same experiment
    nets: tuple[str, ...] = ()  # what the runs of the small nets are called, in their order

    @property
    def key(self) -> str:
        """Returns the name in a slot and in a URL."""
        return self.name.replace(" ", "_")


EFFECTS = (
    Effect(
        name="head start",
        brief="a head start with one label per class",
        finding="With one label per class, a pretrained net is far ahead of a net from scratch.",
        means="of what the pretrained net can do beyond guessing, the net from scratch lacks this share",
        lesson="label_worth",
        small=Side(claim="S1", uses=(("pretrained", 1), ("scratch best", 1)), effect=measurements.head_start),
        real=Side(
            claim="R1", uses=(("eye", PHOTOS, 1), ("small", PHOTOS, 1)), effect=measurements.head_start_of_the_eye
        ),
        at={"labels": 1},
        nets=("pretrained", *(f"from scratch, learning rate {rate}" for rate in ("0.0005", "0.001", "0.003"))),
    ),
    Effect(
        name="head first",
        brief="training the head first",
        finding="With two labels per class, training the head first is better than training everything at once.",
        means="of what a net can do beyond guessing if its head is trained first, a net that trains everything at once "
        "lacks this share",
        lesson="label_worth",
        small=Side(claim="S10", uses=(("lp_ft", 2), ("full", 2)), effect=measurements.head_first),
        real=Side(
            claim="R3", uses=(("way", "head first"), ("way", "all at once")), effect=measurements.head_first_of_the_eye
        ),
        nets=("head first", "everything at once"),
    ),
    Effect(
        name="near helps",
        brief="similar pictures help much more",
        finding="Pretraining helps much more if its pictures resemble those of the new task.",
        means="of the lead after pretraining on similar pictures, pretraining on other pictures loses this share",
        lesson="wrong_teacher",
        small=Side(
            claim="S13",
            uses=(("after", "upright", "lp_ft", 10), ("after", "clothing", "lp_ft", 10), ("scratch best", 10)),
            effect=measurements.near,
        ),
        real=Side(
            claim="R2",
            uses=tuple((role, source, 2) for role in ("eye", "untrained") for source in (PHOTOS, SIX_EMOJI)),
            effect=measurements.near_of_the_eye,
        ),
        at={"world": "clothing"},
    ),
    Effect(
        name="thin patch",
        brief="a thin patch learns as much",
        finding="A patch of rank 1 learns as much as training all weights.",
        means="of what training all weights gains, the patch gains this share",
        lesson="tiny_patches",
        small=Side(
            claim="S12",
            uses=(("patch", "two colours", "low rank 1"), ("patch", "two colours", "full")),
            effect=measurements.patch,
        ),
        real=Side(claim="R7", uses=(("patch",), ("full",)), effect=measurements.patch_of_the_model),
        nets=("patch of rank 1", "all weights"),
    ),
    Effect(
        name="form first",
        brief="a form is learned, facts are not",
        finding="Fine-tuning on a few answers teaches their form, but not the facts.",
        means="this share of all answers has the right form, but is not true",
        lesson="parrot_to_helper",
        small=Side(claim="I2", uses=(("obeys",),), effect=measurements.form),
        real=Side(claim="R5", uses=(("tuned", "bare", 3e-4),), effect=measurements.form_of_the_model),
    ),
    Effect(
        name="forgetting",
        brief="new learning destroys old skill",
        finding="A net that learns something new forgets its old skill.",
        means="of what the net could do before, it has lost this share",
        lesson="day_it_forgot",
        small=Side(claim="S6", uses=(("5 to 9 after 0 to 4",),), effect=measurements.forgetting),
        real=Side(claim="R3", uses=(("kept", "all at once"),), effect=measurements.forgetting_of_the_eye),
    ),
    Effect(
        name="high rate",
        brief="a high learning rate forgets more",
        finding="A learning rate that is ten times as high makes a net forget more.",
        means="of what is left of the old skill at the lower rate, this share is gone at the higher rate",
        lesson="day_it_forgot",
        small=Side(claim="S7", uses=(("glyphs", 3e-4), ("glyphs", 3e-3)), effect=measurements.high_rate),
        real=Side(
            claim="R6",
            uses=(("tuned", "bare", 3e-4), ("tuned", "bare", 3e-3)),
            effect=measurements.high_rate_of_the_model,
        ),
        at={"task": "digits after glyphs"},
        nets=("learning rate 0.0003", "learning rate 0.003"),
    ),
    Effect(
        name="prompt",
        brief="a prompt teaches without training",
        finding="Examples in the prompt teach a net a new task, although no weight changes.",
        means="of the largest possible improvement, the examples bring this share",
        lesson="without_learning",
        small=Side(claim="S18", uses=(("net",),), effect=measurements.prompt),
        real=Side(claim="R5", uses=(("ways",),), effect=measurements.prompt_of_the_model),
    ),
    Effect(
        name="replay",
        brief="practice saves the old skill",
        finding="Practising a few old examples again (replay) saves most of the old skill.",
        means="of the old skill that is lost without replay, replay saves this share",
        lesson="ways_to_remember",
        small=Side(
            claim="S8",
            uses=(("scene", "digits after glyphs", "naive"), ("scene", "digits after glyphs", "replay middle")),
            effect=measurements.replay,
        ),
        real=Side(claim="R8", uses=(("hot",), ("hot replay",)), effect=measurements.replay_of_the_model),
        nets=("without replay", "with replay"),
    ),
)
BY_KEY = {effect.key: effect for effect in EFFECTS}


def judge(small: float, real: float) -> str:
    """Returns whether an effect carries over, from its sizes in small nets and in a real model."""
    return CARRIES if real >= MOST * small else PARTLY if real >= SOME * small else DOES_NOT


def bounded(effect: np.ndarray) -> float:
    """Returns the mean effect as a share from 0 to 1."""
    return float(np.clip(effect.mean(), 0, 1))
