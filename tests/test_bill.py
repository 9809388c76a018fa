"""What an accuracy costs and when a backbone pays for itself, against hand-worked bills."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results
from lessons.the_bill import money
from lessons.the_bill.bill import Books, Learning, Way, books, break_even, learning
from lessons.the_bill.claims import task_count
from lessons.the_bill.runs import open_books

# Two seeds that read 20 % untaught and 60 % on average after 100 steps of ten operations each.
RUN = Learning(
    rate=1e-3,
    labels=5,
    steps=np.array([0, 100]),
    operations=np.array([0.0, 1000.0]),
    accuracy=np.array([[0.2, 0.2], [0.5, 0.7]]),
)


def way(labels: int, operations: float) -> Way:
    return Way(rate=1e-3, labels=labels, steps=1, operations=operations)


def test_way_ends_where_mean_reaches_accuracy() -> None:
    """A way ends where the mean over seeds reaches the accuracy that is asked for."""
    found = RUN.way(0.4)
    assert found
    assert (found.steps, found.operations) == (pytest.approx(50), pytest.approx(500))
    assert RUN.way(0.65) is None
    other = RUN.way(0.65, np.array([1, 1]))  # the second seed alone: 90 % of the way from 0.2 to 0.7
    assert other
    assert other.steps == pytest.approx(90)


def test_task_cost_counts_operations_and_labels() -> None:
    assert way(5, 300).cost(price=2, speed=100) == pytest.approx(3 + 10 * 5 * 2)


def test_cheap_labels_change_the_cheapest_way() -> None:
    few, many, other = way(5, 900), way(50, 300), way(9, 9)
    bare = Books([], [], once=0, speed=100)
    assert bare.cheapest(([few, many], [other]), price=0) == (many, other)
    assert bare.cheapest(([few, many], [other]), price=0.1) == (
        few,
        other,
    )  # 6 s more of computing, 45 s less of labels


def test_break_even_divides_by_the_difference() -> None:
    assert break_even(once=100, ours=1, theirs=6) == pytest.approx(20)
    assert break_even(once=100, ours=6, theirs=6) == math.inf


def test_only_the_ratio_of_the_prices_counts() -> None:
    ours = replace(RUN, labels=2, operations=RUN.operations / 9)
    usual = Books([ours], [RUN], once=50, speed=100)
    slow = Books([ours], [RUN], once=500, speed=10)  # the same work on a computer ten times as slow
    ways = usual.ways(50)
    assert slow.tasks(ways, 1.0) == pytest.approx(usual.tasks(ways, 0.1))
    assert slow.tasks(ways, 0) == pytest.approx(usual.tasks(ways, 0))
    assert usual.tasks(ways, 0.1) < usual.tasks(ways, 0.01)


def test_a_table_becomes_arrays() -> None:
    rows = [(0, 0, 0.1, 0.0), (9, 0, 0.7, 18.0), (0, 1, 0.3, 0.0), (9, 1, 0.9, 18.0)]
    table = pd.DataFrame(rows, columns=["step", "seed", "accuracy", "flops"])
    run = learning(table, 20, 3e-3)
    assert (run.labels, run.rate, run.steps.tolist(), run.operations.tolist()) == (20, 3e-3, [0, 9], [0, 18])
    assert run.accuracy.tolist() == [[0.1, 0.3], [0.7, 0.9]]


def test_books_compare_equal_steps_and_best_scratch() -> None:
    """The books hold both sides at equal numbers of steps, and from scratch also at its best rate."""
    rows = [(0, 0, 0.1, 0.0, 0.0), (9, 0, 0.7, 18.0, 2.0)]
    table = pd.DataFrame(rows, columns=["step", "seed", "accuracy", "flops", "seconds"])
    places = [("pretrained", (5,)), ("scratch", (5,)), ("scratch best", (20, 3e-3)), ("race", ("scratch",))]
    known = books(Results(dict.fromkeys([*places, ("backbone", ())], table)))
    assert [run.labels for run in known.ours] == [5]
    assert [(run.labels, run.rate) for run in known.theirs] == [(5, 1e-3), (20, 3e-3)]
    assert (known.once, known.speed) == (2, 9)


def test_tasks_are_counted_whole() -> None:
    assert [task_count(tasks) for tasks in (0.2, 1.0, 1.2, 1234.5, math.inf)] == ["1", "1", "2", "1,235", "never"]


def test_own_case_is_worked_out_in_euros() -> None:
    """1,000 GPU-hours at 2 euros, and 10,000 labels at 5 cents a task, of which pretraining saves four fifths."""
    defaults = lessons()["the_bill"].defaults
    mine = money.case(defaults, factor=5.0)
    assert (mine.once, mine.labels_scratch, mine.labels_pretrained, mine.computing) == (2000, 500, 100, 2)
    assert mine.tasks == 5
    assert money.sentence(mine, 10) == "Pretraining pays for itself after 5 tasks. Over 10 tasks, it saves 2,000 euros."
    assert money.sentence(mine, 1).endswith("Over 1 task, it costs 1,600 euros more than it saves.")
    given = money.case(defaults.but(payer="somebody else"), factor=5.0)
    assert (
        money.sentence(given, 1) == "Pretraining pays for itself with the first task. Over 1 task, it saves 400 euros."
    )


def test_own_backbone_costs_less_than_a_cent() -> None:
    assert money.pretraining_cents(open_books().once) < 1
    assert 4 < money.label_factor() < 10  # lesson 1: from 4.9 to 8.8 times the labels
