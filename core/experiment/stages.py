"""Defines the parts of a run: a stage of training (Stage), and what protects old skills (Keep)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from core.experiment.checks import module_names
from core.experiment.fields import Bounded, Choice, Flag, FloatRange, IntRange, bounded

RATES = 1e-6, 1  # lowest and highest learning rate
STEPS, EXAMPLES = 20_000, 40_000_000  # limits of one stage; the examples are counted over all of its nets


def most_steps(batch: int, seeds: int) -> int:
    """Returns the largest number of steps that a stage with this batch size and number of seeds may have."""
    return min(STEPS, EXAMPLES // (batch * seeds))


def aims() -> tuple[str, ...]:
    """Returns the names of what a stage can minimise: the task's loss, or one of the methods in core/align."""
    return ("task", *module_names("align"))


@dataclass(frozen=True, kw_only=True)
class Stage(Bounded):
    """One period of training: the method that changes the weights, the number of steps and the learning rate."""

    method: str = bounded(
        "full", Choice("Method", partial(module_names, "adapt")), "Which weights are trained, and how."
    )
    size: int = bounded(
        0, IntRange("Size", 0, 64), "The number of last layers, the rank or the width that the method uses."
    )
    steps: int = bounded(
        300, IntRange("Steps", 1, STEPS), "The number of training steps. The optimizer is Adam."
    )  # Kingma & Ba 2015
    rate: float = bounded(
        1e-3, FloatRange("Learning rate", *RATES), "How far the weights of the head move in one step."
    )
    decay: float = bounded(  # Howard & Ruder 2018
        1.0, FloatRange("Decay", 1, 100), "How many times slower each layer learns than the one above it."
    )
    batch: int = bounded(32, IntRange("Batch", 1, 512), "The number of examples in one training step.")
    anneal: bool = bounded(  # Loshchilov & Hutter 2017
        False, Flag("Anneal"), "The learning rate rises in the first steps and then falls along a cosine curve."
    )
    aim: str = bounded(
        "task", Choice("Aim", aims), "Training minimizes the loss of the task, or a loss from preferences."
    )
    beta: float = bounded(
        0.1, FloatRange("Beta", 0, 100),
        "For preferences: the strength of the penalty for drifting away from the pretrained net.",
    )  # fmt: skip
    mix: float = bounded(0.0, FloatRange("Mix", 0, 100), "For preferences: the weight of the loss of the task.")


@dataclass(frozen=True, kw_only=True)
class Keep(Bounded):
    """A way to protect the skills that a run's ancestors have learned: a penalty that is added to the loss."""

    method: str = bounded(
        "replay", Choice("Way to remember", partial(module_names, "keep")), "What protects the old skill."
    )
    strength: float = bounded(
        1.0, FloatRange("Strength", 0, 1e7), "The weight of the protection. The loss of the new task has weight 1."
    )
    count: int = bounded(
        1, IntRange("Old examples per class", 1, 400),
        "The number of old examples of each class that are kept, or looked at once.",
    )  # fmt: skip
