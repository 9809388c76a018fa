"""From stored values to tables, and what is read from tables: the statistics that figures and claims share.

Knows no lesson and no screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from core.experiment.spec import Measure, Run
from core.store import store
from lessons.kit.model.cache_by_identity import cache_by_identity
from lessons.kit.model.values import Answer, Behaviour, Key, Results, Runs, Values

COLUMNS = ["step", "stage", "seconds", "flops", "seed", "accuracy", "loss"]


def load_results(values: Values) -> Results:
    """What is known of each value so far. Unknown ones are left out."""
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
    """A race as it stands: these runs cut to the share of their steps that all of them have reached, so that a page
    shows all sides at the same moment. A side that has no point yet holds the others at nothing. What another of them
    starts from is no side of the race."""
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
    """What a run's first net did at its tests, if the run records it: {"step", "0": of its own task, "1": of the first
    it watches, ...}, each as core/training/tracked_examples.py says. Tests at which nothing was shown are left out."""
    return moments(store.events(run)) if run.exhibit else []


@cache_by_identity(1024)
def moments(events: list[store.Event]) -> list[Behaviour]:
    """Nobody may write to it."""
    return [{"step": event["step"]} | event["exhibit"] for event in events if event.get("exhibit")]


def points(run: Run) -> pd.DataFrame:
    """A run's points, one row a test and seed. Of its own task a column for each unit that its world marks in, such as
    accuracy in [0, 1]; of the tasks it watches "accuracy 1", "accuracy 2", ..."""
    return table(store.events(run), run.seeds, run.first_seed)


@cache_by_identity(1024)
def table(events: list[store.Event], seeds: int, first_seed: int) -> pd.DataFrame:
    """Nobody may write to it."""
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
    """What a point says of every net, by unit, then by task."""
    return {unit: by_task for unit, by_task in event.items() if isinstance(by_task, dict) and unit != "exhibit"}


@cache_by_identity(1024)
def final(table: pd.DataFrame) -> np.ndarray:
    """The last accuracy of every seed: rows are in the order of steps, and of each in that of seeds."""
    steps = table.step.to_numpy()
    return table.accuracy.to_numpy()[steps == steps[-1]]


@cache_by_identity(512)
def retention(table: pd.DataFrame) -> pd.DataFrame:
    """The same table, its accuracy now what is left of the first task it watches, as a share of every seed's own
    accuracy before the first step."""
    before = table[table.step == 0].set_index("seed")["accuracy 1"]
    return table.assign(accuracy=table["accuracy 1"] / table.seed.map(before))


@cache_by_identity(1024)
def best(table: pd.DataFrame) -> np.ndarray:
    """Every seed's best accuracy at any test: early stopping by an oracle, the kindest reading of a run."""
    return table.groupby("seed").accuracy.max().to_numpy()


@cache_by_identity(1024)
def band(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and one standard deviation over seeds at every step: step, mean, low, high."""
    steps, at, seeds = np.unique(table.step.to_numpy(), return_inverse=True, return_counts=True)
    accuracy = table.accuracy.to_numpy()
    mean = np.bincount(at, accuracy) / seeds
    spread = (np.bincount(at, (accuracy - mean[at]) ** 2) / seeds) ** 0.5
    return pd.DataFrame({"step": steps, "mean": mean, "low": mean - spread, "high": mean + spread})


def steps_to(table: pd.DataFrame, accuracy: float) -> float:
    """Steps until the mean over seeds first reaches an accuracy, between tests by a straight line; inf if never."""
    curve = band(table)
    return reached(curve.step.to_numpy(), curve["mean"].to_numpy(), accuracy)


def reached(x: np.ndarray, y: np.ndarray, goal: float) -> float:
    """Where a curve first reaches a goal, between its points by a straight line; inf if nowhere."""
    above = np.flatnonzero(y >= goal)
    if not len(above):
        return float("inf")
    k = above[0]
    if k == 0:
        return float(x[0])
    return float(np.interp(goal, y[k - 1 : k + 1], x[k - 1 : k + 1]))


def steps_until(table: pd.DataFrame, accuracy: float) -> float:
    """Steps until the mean over seeds first falls to an accuracy, as steps_to."""
    return steps_to(table.assign(accuracy=1 - table.accuracy), 1 - accuracy)


def until(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """A table up to the first test at which the mean over seeds is there."""
    there = band(table).query("mean >= @level").step
    return table[table.step <= there.min()] if len(there) else table


def band_by_x(accuracies: Mapping[int, np.ndarray] | Mapping[float, np.ndarray]) -> pd.DataFrame:
    """A curve's table (x, mean, low, high) from the accuracies of every seed at each x."""
    rows = [
        {"x": x, "mean": a.mean(), "low": a.mean() - a.std(), "high": a.mean() + a.std()} for x, a in accuracies.items()
    ]
    return pd.DataFrame(rows)


def labels_to(curve: Mapping[int, float], accuracy: float) -> float:
    """Labels per class at which a curve {labels: accuracy} reaches an accuracy, on a log scale; inf if it never is."""
    sizes = sorted(curve)
    climbing = np.maximum.accumulate([curve[size] for size in sizes])
    if accuracy > climbing[-1]:
        return float("inf")
    if accuracy <= climbing[0]:
        return float(sizes[0])
    k = int(np.searchsorted(climbing, accuracy))
    return float(np.exp(np.interp(accuracy, climbing[k - 1 : k + 1], np.log(sizes[k - 1 : k + 1]))))


def fit_power_law(x: Sequence[float], y: np.ndarray) -> tuple[float, float, float]:
    """The power law nearest to y at x: its exponent (positive where y falls), its value at 1, and by how much at most
    it misses a value, as a share."""
    slope, start = np.polyfit(np.log(x), np.log(y), 1)
    law = np.exp(start + slope * np.log(x))
    return -float(slope), float(np.exp(start)), float(np.abs(law / y - 1).max())


def of_seeds(table: pd.DataFrame, seeds: np.ndarray | slice) -> pd.DataFrame:
    """A table of some of its seeds, by their place, as often as they are named."""
    wide = table.pivot(index="step", columns="seed", values="accuracy").iloc[:, seeds]
    wide.columns = pd.RangeIndex(len(wide.columns), name="seed")
    return wide.stack().rename("accuracy").reset_index()


def oracle_best(tables: Iterable[pd.DataFrame]) -> np.ndarray:
    """Of runs that differ in their rate, every seed's best moment at the rate whose mean is best: more than anybody
    without the test set could have."""
    return max((best(table) for table in tables), key=np.mean)


def resampled(seeds: int, times: int = 1000) -> np.ndarray:
    """(times, seeds) indices that draw the seeds again with replacement: a bootstrap (Efron 1979)."""
    return np.random.default_rng(0).integers(seeds, size=(times, seeds))


def bootstrap(statistic: Callable[[np.ndarray], float], seeds: int, times: int = 1000) -> tuple[float, float]:
    """The 95 % interval of a statistic over seeds, as low and high; it is handed the indices of a draw of seeds."""
    low, high = np.percentile([statistic(draw) for draw in resampled(seeds, times)], [2.5, 97.5])
    return float(low), float(high)


def interval(values: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of the mean over seeds, as low and high."""
    return bootstrap(lambda draw: float(values[draw].mean()), len(values))
