"""Tiny patches: the printed script trains the same patch as the run, and the findings follow from their tables."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import LabelledRun, Seeds, Settings
from lessons.kit.results.evidence import final, load_results
from lessons.tiny_patches.claims import enough
from lessons.tiny_patches.runs import ADAPTER, BIAS, FAR, HAND, HEAD, LOW_RANK, NEAR, patch, runs

LESSON = lessons()["tiny_patches"]
Printed = Callable[[str], list[str]]


@pytest.mark.parametrize(
    ("where", "method", "numbers"),
    [
        (NEAR, LOW_RANK, "774"),
        (NEAR, ADAPTER, "898"),
        (NEAR, BIAS, "322"),
        (FAR, HEAD, "130"),
        (HAND, LOW_RANK, "2,812"),
        (HAND, ADAPTER, "1,098"),
    ],
)
def test_the_script_trains_the_same_patch(where: str, method: str, numbers: str, printed: Printed) -> None:
    settings = Settings({"where": where, "method": method, "size": 2}, draw=0)
    said = " ".join(printed(LESSON.script(settings))).split()
    assert said[0] == numbers
    stored = final(load_results([LabelledRun("run", patch(where, method, 2, Seeds()))]).table("run"))
    # One other draw of labels: three standard deviations and what eight seeds leave open.
    assert abs(float(said[-1]) - stored.mean()) < 3 * stored.std() * (1 + 1 / 8) ** 0.5, (said, stored)


def test_the_smallest_rank_that_is_enough() -> None:
    full = np.array([0.90, 0.92])
    by_rank = {rank: np.full(2, mean) for rank, mean in {1: 0.7, 2: 0.89, 4: 0.88, 8: 0.95}.items()}
    assert enough(by_rank, full) == 2
    assert enough({1: by_rank[1]}, full) == float("inf")


def test_method_without_size_ignores_the_size() -> None:
    chosen = Settings({"method": BIAS, "where": NEAR})
    assert runs(chosen.but(size=1)) == runs(chosen.but(size=8))
    assert runs(chosen.but(method=LOW_RANK, size=1)) != runs(chosen.but(method=LOW_RANK, size=8))
