"""What a run begins with: its initial weights, and the penalties that protect what its ancestors learned."""

from __future__ import annotations

import torch
from torch import Tensor

from core import keep, nets
from core.experiment.spec import Run
from core.keep import Penalty
from core.nets import Net, Theta
from core.worlds import generator


def initial_weights(run: Run, net: Net, ancestors: dict[Run, Theta], seeds: range) -> Theta:
    """Returns random weights, into which the weights of the start are copied: its backbone or its first layers, and
    its head if both tasks ask the same question. If the start has only one seed, all seeds get its weights. If the
    run is scrambled, the copied weights are shuffled.

    The weights of a large model that others have trained are not copied for each seed, and nothing else is drawn that
    would be replaced at once.
    """
    if run.brought:
        return ancestors[run]
    if run.start and run.start.brought and not (run.copied or run.scrambled):
        kept = ancestors[run.start]
        if run.start.task.question != run.task.question:
            kept = {name: weight for name, weight in kept.items() if nets.layer_of(name) != "head"}
            kept |= nets.fresh({"head": net["head"]}, rngs("weights", seeds, 0))
        return keep.for_each_seed(kept, run.seeds)
    theta = nets.fresh(net, rngs("weights", seeds, 0))
    if run.start:
        same = run.start.task.question == run.task.question
        copied = list(net)[: run.copied or None]
        for name, weight in ancestors[run.start].items():
            if (layer := nets.layer_of(name)) in copied and (same or layer != "head"):
                theta[name] = weight.expand(run.seeds, *weight.shape[1:]).contiguous()
                if run.scrambled:
                    theta[name] = scrambled(theta[name], rngs(f"scramble {name}", seeds, 0))
    return theta


def is_patch(run: Run) -> bool:
    """Returns whether the weights of a run follow from its start and from what its only stage has trained. This is so
    if it began with all weights of a model that others have trained."""
    same = run.start is not None and run.start.task.question == run.task.question
    return bool(run.start and run.start.brought and same and len(run.stages) == 1 and not (run.copied or run.scrambled))


def scrambled(weight: Tensor, rngs: list[torch.Generator]) -> Tensor:
    """Shuffles the weights of each seed in a tensor (seeds, ...). The sizes of the weights stay, but the function
    that they compute is lost. This is a stricter control than new random numbers with the same mean and variance
    (Raghu et al. 2019)."""
    return torch.stack([w.flatten()[torch.randperm(w.numel(), generator=g)].view_as(w) for w, g in zip(weight, rngs)])


def protection(run: Run, start: Theta, ancestors: dict[Run, Theta]) -> list[Penalty]:
    """Returns the penalties that are added to the loss so that the net does not forget the tasks of its ancestors."""
    if not run.keep:
        return []
    old_tasks, seeds = keep.old_tasks(run, ancestors), run.seed_range
    return [
        keep.load(way.method).prepare(way, old_tasks, start, rngs("keep", seeds, k)) for k, way in enumerate(run.keep)
    ]


def rngs(purpose: str, seeds: range, number: int) -> list[torch.Generator]:
    """Returns one random generator for each seed."""
    return [generator(f"{purpose} {number}", seed) for seed in seeds]
