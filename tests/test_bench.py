"""The benchmark measures what it says; how fast the machine is, no test asserts."""

from __future__ import annotations

from core.bench import steps
from core.spec import Run, Stage
from core.tasks import Plane

RUN = Run(task=Plane(labels=20), net="mlp", stages=(Stage(steps=600, batch=16),), seeds=2)


def test_a_step_takes_time_in_both_loops() -> None:
    assert steps.stacked(RUN) > 0
    assert steps.plain(steps.mlp(), RUN, fused=True) > 0


def test_glyphs_are_counted_by_the_second() -> None:
    drawn = steps.drawing()
    assert drawn.ours > 100
    assert drawn.ratio is None
