"""Cuts a finished delta to lower and lower ranks, and measures what the net can still do and how large the singular
values are."""

from __future__ import annotations

from typing import Any

from core import adapt
from core.experiment.tasks import Plane, Task
from core.measure import Learned, boundary
from core.nets import Theta, layer_of
from core.tensors.delta import between, spectrum, truncated


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int) -> dict[str, Any]:
    """Returns the results for each run, of its delta below the head.

    They are "accuracy" [task][rank][seed] at every one of `ranks`, and "spectrum" {layer: [singular value divided by
    the largest, the mean of all seeds]}. On the plane, they also have "maps" of the run's own task, by rank. The head
    is not cut, because it is new, like the head of a patch.
    """
    ranks = [rank for rank in (0, 1, 2, 4, 8, 16, 32, 64) if rank <= count]
    return {"ranks": ranks, "runs": [squeezed(learner, tasks, ranks) for learner in learned]}


def squeezed(learner: Learned, tasks: tuple[Task, ...], ranks: list[int]) -> dict[str, Any]:
    """Returns the results of one run at every rank."""
    assert learner.run.start
    start = {name: part for name, part in learner.thetas[learner.run.start].items() if layer_of(name) != "head"}
    delta = between(start, learner.theta)
    cuts = [learner.theta | adapt.apply_delta(start, truncated(delta, rank)) for rank in ranks]
    evaluators = [learner.evaluator(task) for task in tasks]
    found: dict[str, Any] = {
        "accuracy": [[evaluator.score(cut) for cut in cuts] for evaluator in evaluators],
        "spectrum": {layer_of(name): relative_spectrum(name, delta) for name in spectrum(delta)},
    }
    if isinstance(learner.run.task, Plane):
        found["maps"] = [boundary.decided(learner.net, cut) for cut in cuts]
    return found


def relative_spectrum(name: str, delta: Theta) -> list[float]:
    """Returns the singular values of a matrix divided by the largest, as the mean over seeds."""
    sizes = spectrum({name: delta[name]})[name]
    return [round(share, 4) for share in (sizes / sizes[:, :1]).mean(0).tolist()]
