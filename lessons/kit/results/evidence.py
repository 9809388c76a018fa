"""Makes tables from stored results, and computes the statistics that figures and claims share.

This module does not depend on any lesson or on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.experiment.spec import Measure, Run
from core.store import store
from lessons.kit.model.cache_by_identity import cache_by_identity
from lessons.kit.model.values import Answer, Behaviour, Key, Results, Runs, Values

COLUMNS = ["step", "stage", "seconds", "flops", "seed", "accuracy", "loss"]


def load_results(values: Values) -> Results:
    """Loads the results of each value that are known so far. Values without results are left out."""
    tables: dict[Key, pd.DataFrame] = {}
    answers: dict[Key, Answer] = {}
    behaviours: dict[Key, list[Behaviour]] = {}
    for piece in values:
        if isinstance(piece.of, Measure):
            if (answer := store.answer(piece.of)) is not None:
                answers[piece.key] = answer
        elif len(table := points(piece.of)):
            tables[piece.key] = table
            if seen := behaviour(piece.of):
                behaviours[piece.key] = seen
    return Results(tables, answers, behaviours)


def align_progress(evidence: Results, pieces: Runs) -> Results:
    """Cuts the results of a race so that all sides are shown at the same moment.

    Each run is cut to the share of its steps that all sides have reached. If one side has no point yet, no points are
    shown. A run that another run starts from is not a side of the race.
    """
    begun_from = {ancestor for piece in pieces for ancestor in list(piece.of.lineage())[1:]}
    sides = [piece for piece in pieces if piece.of not in begun_from]
    ends = {
        piece.key: evidence.table(*piece.place).step.to_numpy()[-1] for piece in sides if evidence.has(*piece.place)
    }
    if len(ends) < len({piece.key for piece in sides}):
        return evidence.up_to(dict.fromkeys(ends, -1))
    share = min((ends[piece.key] / piece.of.steps for piece in sides), default=1.0)
    return evidence.up_to({piece.key: share * piece.of.steps + 1e-6 for piece in sides})


def behaviour(run: Run) -> list[Behaviour]:
    """Returns what the first net of a run answered at its tests, if the run recorded it.

    Each entry is {"step", "0": its own task, "1": the first task that it watches, ...}, in the form of
    core/training/tracked_examples.py. Tests at which nothing was recorded are left out.
    """
    return moments(store.events(run)) if run.exhibit else []


@cache_by_identity(1024)
def moments(events: list[store.Event]) -> list[Behaviour]:
    """Returns the recorded answers of a list of events. The result is cached, so the caller must not change it."""
    return [{"step": event["step"]} | event["exhibit"] for event in events if event.get("exhibit")]


def points(run: Run) -> pd.DataFrame:
    """Returns the points of a run as a table, with one row for each test and seed.

    The run's own task has one column for each unit that its world measures, such as accuracy in [0, 1]. The tasks
    that it watches have the columns "accuracy 1", "accuracy 2", ...
    """
    return table(store.events(run), run.seeds, run.first_seed)


@cache_by_identity(1024)
def table(events: list[store.Event], seeds: int, first_seed: int) -> pd.DataFrame:
    """Makes a table from a list of events. The result is cached, so the caller must not change it."""
    rows = []
    for event in events:
        if event["kind"] != "point":
            continue
        for k in range(seeds):
            row = {name: event[name] for name in ("step", "stage", "seconds", "flops")}
            row |= {"seed": first_seed + k, "loss": event["loss"][k]}
            row |= {
                unit if task == "0" else f"{unit} {task}": of_task[k]
                for unit, by_task in scores(event).items()
                for task, of_task in by_task.items()
            }
            rows.append(row)
    return pd.DataFrame(rows, columns=None if rows else COLUMNS)


def scores(event: store.Event) -> dict[str, dict[str, list[float]]]:
    """Returns the scores of every net at a point, by unit and then by task."""
    return {unit: by_task for unit, by_task in event.items() if isinstance(by_task, dict) and unit != "exhibit"}


@cache_by_identity(1024)
def final(table: pd.DataFrame) -> np.ndarray:
    """Returns the last accuracy of every seed. The rows must be sorted by step, and then by seed."""
    steps = table.step.to_numpy()
    return table.accuracy.to_numpy()[steps == steps[-1]]


def final_of_draws(evidence: Results, role: str, *place: Any) -> np.ndarray:
    """Returns the last accuracy of each draw, if every draw is a run of one net and its number ends its place."""
    return np.array([final(table)[0] for _, table in sorted(evidence.tables(role, *place).items())])


@cache_by_identity(512)
def retention(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the table with the accuracy replaced by the share of the old skill that is left.

    The share is the accuracy on the first task that the run watches, divided by the same seed's accuracy before the
    first step.
    """
    before = table[table.step == 0].set_index("seed")["accuracy 1"]
    return table.assign(accuracy=table["accuracy 1"] / table.seed.map(before))


@cache_by_identity(1024)
def best(table: pd.DataFrame) -> np.ndarray:
    """Returns the best accuracy of every seed at any test. This is early stopping by an oracle, the most favourable
    way to read a run."""
    return table.groupby("seed").accuracy.max().to_numpy()


@cache_by_identity(1024)
def band(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the mean and one standard deviation over seeds at every step, with the columns step, mean, low and
    high."""
    steps, at, seeds = np.unique(table.step.to_numpy(), return_inverse=True, return_counts=True)
    accuracy = table.accuracy.to_numpy()
    mean = np.bincount(at, accuracy) / seeds
    spread = (np.bincount(at, (accuracy - mean[at]) ** 2) / seeds) ** 0.5
    return pd.DataFrame({"step": steps, "mean": mean, "low": mean - spread, "high": mean + spread})


def steps_to(table: pd.DataFrame, accuracy: float) -> float:
    """Returns the number of steps until the mean over seeds first reaches an accuracy. Values between two tests are
    interpolated linearly. The result is inf if the accuracy is never reached."""
    curve = band(table)
    return reached(curve.step.to_numpy(), curve["mean"].to_numpy(), accuracy)


def reached(x: np.ndarray, y: np.ndarray, goal: float) -> float:
    """Returns the x at which a curve first reaches a goal. Values between two points are interpolated linearly. The
    result is inf if the goal is never reached."""
    above = np.flatnonzero(y >= goal)
    if not len(above):
        return float("inf")
    k = above[0]
    if k == 0:
        return float(x[0])
    return float(np.interp(goal, y[k - 1 : k + 1], x[k - 1 : k + 1]))


def steps_until(table: pd.DataFrame, accuracy: float) -> float:
    """Returns the number of steps until the mean over seeds first falls to an accuracy, in the same way as
    `steps_to`."""
    return steps_to(table.assign(accuracy=1 - table.accuracy), 1 - accuracy)


def until(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """Returns the table up to the first test at which the mean over seeds reaches `level`."""
    there = band(table).query("mean >= @level").step
    return table[table.step <= there.min()] if len(there) else table


def band_by_x(accuracies: Mapping[int, np.ndarray] | Mapping[float, np.ndarray]) -> pd.DataFrame:
    """Returns the table of a curve (x, mean, low, high) from the accuracies of every seed at each x."""
    rows = [
        {"x": x, "mean": a.mean(), "low": a.mean() - a.std(), "high": a.mean() + a.std()} for x, a in accuracies.items()
    ]
    return pd.DataFrame(rows)


def line_by_x(values: Mapping[int, float] | Mapping[float, float]) -> pd.DataFrame:
    """Returns the table of a curve without a band, from the value at each x."""
    return without_band(pd.DataFrame({"x": list(values), "mean": list(values.values())}))


def without_band(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the table of a curve without its band: low and high are the mean."""
    return table.assign(low=table["mean"], high=table["mean"])


def in_percent(values: np.ndarray) -> tuple[float, float, float]:
    """Returns the mean over seeds with its 95 % interval, in percent."""
    return 100 * float(values.mean()), *interval(100 * values)


def labels_to(curve: Mapping[int, float], accuracy: float) -> float:
    """Returns the number of labels per class at which a curve {labels: accuracy} reaches an accuracy.

    The curve is interpolated on a log scale. The result is inf if the accuracy is never reached.
    """
    sizes = sorted(curve)
    climbing = np.maximum.accumulate([curve[size] for size in sizes])
    if accuracy > climbing[-1]:
        return float("inf")
    if accuracy <= climbing[0]:
        return float(sizes[0])
    k = int(np.searchsorted(climbing, accuracy))
    return float(np.exp(np.interp(accuracy, climbing[k - 1 : k + 1], np.log(sizes[k - 1 : k + 1]))))


def fit_power_law(x: Sequence[float], y: np.ndarray) -> tuple[float, float, float]:
    """Fits a power law to the values `y` at `x`.

    Returns its exponent, which is positive if y falls, its value at x = 1, and its largest relative error.
    """
    slope, start = np.polyfit(np.log(x), np.log(y), 1)
    law = np.exp(start + slope * np.log(x))
    return -float(slope), float(np.exp(start)), float(np.abs(law / y - 1).max())


def of_seeds(table: pd.DataFrame, seeds: np.ndarray | slice) -> pd.DataFrame:
    """Returns a table with the seeds at these positions. A seed that is named twice appears twice."""
    wide = table.pivot(index="step", columns="seed", values="accuracy").iloc[:, seeds]
    wide.columns = pd.RangeIndex(len(wide.columns), name="seed")
    return wide.stack().rename("accuracy").reset_index()


def oracle_best(tables: Iterable[pd.DataFrame]) -> np.ndarray:
    """Returns the best accuracy of every seed at the best learning rate, from runs that differ in their learning
    rate.

    The best learning rate is the one with the highest mean. Nobody could do this well without looking at the test
    set.
    """
    return max((best(table) for table in tables), key=np.mean)


def resampled(seeds: int, times: int = 1000) -> np.ndarray:
    """Returns indices (times, seeds) that sample the seeds with replacement: a bootstrap (Efron 1979)."""
    return np.random.default_rng(0).integers(seeds, size=(times, seeds))


def bootstrap(statistic: Callable[[np.ndarray], float], seeds: int, times: int = 1000) -> tuple[float, float]:
    """Returns the 95 % interval (low, high) of a statistic over seeds. The statistic is a function of the indices of
    the sampled seeds."""
    low, high = np.percentile([statistic(draw) for draw in resampled(seeds, times)], [2.5, 97.5])
    return float(low), float(high)


def interval(values: np.ndarray) -> tuple[float, float]:
    """Returns the 95 % interval (low, high) of the mean over seeds."""
    return bootstrap(lambda draw: float(values[draw].mean()), len(values))
