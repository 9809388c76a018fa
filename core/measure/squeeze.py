"""A finished delta cut to lower and lower ranks: what the net can still do, and how its directions compare in size."""

from __future__ import annotations

from typing import Any

from core import adapt
from core.delta import between, spectrum, truncated
from core.measure import Learned, boundary
from core.nets import Theta, layer_of
from core.spec import Measure
from core.tasks import Plane


def measure(value: Measure, learned: list[Learned]) -> dict[str, Any]:
    """For each run, of its delta below the head: "accuracy" [task][rank][seed], at every one of `ranks`; "spectrum"
    {layer: [singular value over the largest, the mean of all seeds]}; and on the plane "maps" of its own task, by rank.

    The head is not cut: like that of a patch, it is all new.
    """
    ranks = [rank for rank in (0, 1, 2, 4, 8, 16, 32, 64) if rank <= value.count]
    return {"ranks": ranks, "runs": [squeezed(one, value, ranks) for one in learned]}


def squeezed(one: Learned, value: Measure, ranks: list[int]) -> dict[str, Any]:
    assert one.run.start
    start = {name: part for name, part in one.thetas[one.run.start].items() if layer_of(name) != "head"}
    delta = between(start, one.theta)
    cuts = [one.theta | adapt.moved(start, truncated(delta, rank)) for rank in ranks]
    exams = [one.exam(task) for task in value.tasks]
    found: dict[str, Any] = {
        "accuracy": [[exam.score(cut) for cut in cuts] for exam in exams],
        "spectrum": {layer_of(name): shares(name, delta) for name in spectrum(delta)},
    }
    if isinstance(one.run.task, Plane):
        found["maps"] = [boundary.decided(one.net, cut) for cut in cuts]
    return found


def shares(name: str, delta: Theta) -> list[float]:
    sizes = spectrum({name: delta[name]})[name]
    return [round(share, 4) for share in (sizes / sizes[:, :1]).mean(0).tolist()]
