"""Ways to remember: its statistics against hand-worked cases, and its scripts against its runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from core.experiment.spec import Run
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import LabelledRun, Results, Seeds, Settings, visible
from lessons.kit.results.evidence import final, load_results, retention
from lessons.kit.runs.recipes import backbone
from lessons.kit.shipping.claims import shipped
from lessons.ways_to_remember.claims import best, grid, keeps, leads, old
from lessons.ways_to_remember.layerwise_forgetting import even_best, forgotten
from lessons.ways_to_remember.pictures import plane
from lessons.ways_to_remember.runs import (
    COUNTS,
    DARK,
    FREEZE,
    LEVELS,
    METHODS,
    NAIVE,
    PLAIN_NAMES,
    ROW,
    SLOW_STEPS,
    TASKS,
    digits,
    row,
    thawing,
    ways,
)
from lessons.ways_to_remember.side_figures import kept_examples

Printed = Callable[[str], list[str]]


def test_one_dot_glides_over_the_kept_examples() -> None:
    lesson = lessons()["ways_to_remember"]
    known = load_results(lesson.backdrop(lesson.defaults))
    spec = kept_examples(known).spec
    assert spec["marks"] == ["0 kept", *(f"{count} kept" for count in COUNTS)]
    one = f"{100 * final(retention(known.table('scene', DARK, 'replay middle'))).mean():.0f} %"
    assert one in spec["says"][1] and spec["panels"][0]["count"] == 2
    assert "Kept examples" in lesson.views(known, lesson.defaults, Settings())


def test_picture_says_which_ways_reach_the_goal() -> None:
    lesson = lessons()["ways_to_remember"]
    known = load_results(lesson.backdrop(lesson.defaults))
    assert lesson.picture(known, lesson.defaults, Settings()).title.endswith("Reached by replay")
    shown = load_results(visible(lesson.backdrop(lesson.defaults)))
    assert "Reached by" not in lesson.picture(shown, lesson.defaults, Settings()).title


def ended(new: float, *olds: float) -> pd.DataFrame:
    """Returns a run of two seeds that ended with these accuracies, one seed a tenth lower and one a tenth higher."""
    rows = [
        {"step": step, "seed": seed, "accuracy": new + off if step else 0.1, "flops": float(step), "loss": 1.0}
        | {f"accuracy {k}": one + off if step else 0.9 for k, one in enumerate(olds, 1)}
        for step in (0, 10)
        for seed, off in ((0, -0.1), (1, 0.1))
    ]
    return pd.DataFrame(rows)


def test_best_strength_keeps_most_among_affordable() -> None:
    tables = {NAIVE: ended(0.8, 0.2)}
    tables |= {"EWC weak": ended(0.79, 0.3), "EWC middle": ended(0.76, 0.5), "EWC strong": ended(0.74, 0.7)}
    assert best(tables, "EWC") == "EWC middle"  # strong would cost six points
    assert old(tables["EWC middle"]).tolist() == pytest.approx([0.4, 0.6])


def test_unaffordable_method_counts_at_its_weakest() -> None:
    tables = {NAIVE: ended(0.8, 0.2)} | {f"EWC {level}": ended(0.5, 0.7) for level in LEVELS}
    assert best(tables, "EWC") == "EWC weak"


def test_goal_counts_kept_accuracy_and_its_cost() -> None:
    tables = {NAIVE: ended(0.8, 0.2)} | {
        f"{method} {level}": ended(0.78, 0.3) for method in METHODS for level in LEVELS
    }
    assert not any(keeps(tables, method) for method in METHODS) and not leads(tables)  # ten points are not twenty
    tables |= {"EWC middle": ended(0.76, 0.41), "L2-SP middle": ended(0.74, 0.41)}
    assert keeps(tables, "EWC") and leads(tables)
    assert not keeps(tables, "L2-SP")  # it would cost six points


def test_every_check_says_in_which_scene_it_holds() -> None:
    checks = shipped("S8").checks
    assert {check.says.partition(",")[0] for check in checks} == {"on dark digits", "on plain digits"}
    assert [check.met for check in checks if check.says.startswith("on dark digits, L2-SP")] == [False]


def test_plane_names_share_a_row_and_shift() -> None:
    tables = {way: ended(0.8, 0.5) for way in (NAIVE, FREEZE, *ways())}
    drawn = plane(tables, "EWC middle", {}, {}, "").spec["series"]
    named = [one for one in drawn if one.get("label", {}).get("show")]
    assert len(named) == 2 + len(METHODS)
    assert {(one["labelLayout"]["y"], one["labelLayout"]["moveOverlap"]) for one in named} == {(14, "shiftX")}


def test_task_grid_fills_a_triangle() -> None:
    found = grid({1: ended(0.8), 2: ended(0.7, 0.5), 3: ended(0.6, 0.4, 0.3)})
    assert found.shape == (TASKS, TASKS, 2)
    means = found.mean(-1)
    assert means[:3, :3][np.tril_indices(3)].tolist() == pytest.approx([0.8, 0.5, 0.7, 0.4, 0.3, 0.6])
    assert np.isnan(means[np.triu_indices(TASKS, 1)]).all() and np.isnan(means[3:]).all()


def test_forgetting_is_learned_minus_final_accuracy() -> None:
    learned, left = np.array([[0.9], [0.8], [0.7]]), np.array([[0.5], [0.7], [0.7]])
    assert forgotten(learned, left).tolist() == pytest.approx([0.25])  # (0.4 + 0.1) / 2; the last cannot be forgotten


def test_even_rate_is_compared_at_its_best() -> None:
    at = {2.5e-4: ended(0.9, 0.95), 5e-4: ended(0.95, 0.9), 1e-3: ended(0.98, 0.5), 2e-3: ended(0.99, 0.4)}
    evidence = Results({("even", (rate,)): table for rate, table in at.items()})
    assert even_best(evidence) is at[1e-3]  # the lower rates have not learned the new task


def test_gradual_unfreezing_takes_no_extra_steps() -> None:
    """It takes the same number of steps as one rate for all layers."""
    stages = thawing(5e-4, 1.0)
    assert [stage.size for stage in stages] == [1, 2, 3, 4]  # of the net's four layers, from the head down
    assert sum(stage.steps for stage in stages) == SLOW_STEPS


def test_rows_share_their_first_task() -> None:
    """Each row is one lineage of runs."""
    for way in (NAIVE, *ways()):
        runs = row(way, Seeds(2))
        assert runs[0] == row(NAIVE, Seeds(2))[0]
        assert all(later.start == earlier for earlier, later in pairwise(runs))
        assert [len(run.watch) for run in runs] == list(range(TASKS))
        assert all(bool(run.keep) == (way != NAIVE) for run in runs[1:])


def test_all_ways_learn_equal_digits_and_start() -> None:
    runs = [digits(DARK, way, Seeds(2), backbone()) for way in ways()]
    assert len({(run.task, run.start, run.stages) for run in runs}) == 1
    assert len({run.keep for run in runs}) == len(METHODS) * len(LEVELS)


@pytest.mark.parametrize(("scene", "method"), [(DARK, "EWC"), (DARK, "replay"), (ROW, "EWC"), (ROW, "LwF")])
def test_script_learns_and_remembers_like_the_run(scene: str, method: str, printed: Printed) -> None:
    lesson = lessons()["ways_to_remember"]
    plain = next(name for name, known in PLAIN_NAMES.items() if known == method)
    settings = replace(lesson.defaults.but(scene=scene, method=plain), draw=0)
    said = printed(lesson.script(settings))
    run = row(f"{method} middle", Seeds())[-1] if scene == ROW else digits(scene, f"{method} middle", Seeds())
    assert isinstance(run, Run)
    table = load_results([LabelledRun("run", run)]).table("run")
    if scene == ROW:
        marks = [float(word) for word in said[-1].split(":")[1].split()]
        expected = [final(table.assign(accuracy=table[f"accuracy {k}"])) for k in range(1, TASKS)] + [final(table)]
        pairs = [(np.mean(marks), np.stack(expected).mean(0)), (marks[-1], expected[-1])]
    else:
        glyphs, new = (float(line.split()[1]) for line in said[-2:])
        before = table[table.step == 0]["accuracy 1"].mean()
        pairs = [(glyphs / before, final(retention(table))), (new, final(table))]
    for mark, stored in pairs:  # one other draw of labels, as the other scripts are tested
        assert abs(mark - stored.mean()) < 3 * max(stored.std(), 0.01) * (1 + 1 / 8) ** 0.5, (mark, stored)
