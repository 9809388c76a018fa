"""Trains or measures a value in a worker, and writes every event to the store as it happens.

This is the only place where training meets the disk and the clock. The module imports torch, so only workers import
it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TypeVar

import torch
from safetensors.torch import load_file, save

from core import adapt, keep, measure
from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, digest
from core.measure import Learned
from core.nets import Theta
from core.pretrained import real_weights
from core.serve.race import Side, race
from core.store import folders, store
from core.store.folders import Folder
from core.store.store import Event
from core.tensors.torch_private import check_version
from core.training.report import Done, Frame, Point
from core.training.train import train
from core.worlds import glyphs, handwriting

T = TypeVar("T")
TRIES = 3  # how often a job is tried again if its files disappear
PATIENCE = 600.0  # seconds to wait for another process that computes the same value
# how the names of frames, and of what was trained on top of a model of others, begin in the file of a run's weights
FRAME, PATCH = "frame", "patch"


class TooLong(RuntimeError):
    """This error is raised if a run used up its processor time. The message is a sentence for the learner."""


def warm_up() -> None:
    """Imports torch and loads data before the first job, so that no learner has to wait for it.

    Another version of torch than expected gets a sentence in the log.
    """
    check_version()
    torch.set_num_threads(1)
    handwriting.digits()
    glyphs.catalogue()


def perform(
    value: Run | Measure,
    limit: float = 600,
    forget_mark: bool = True,
    others: Sequence[Run] = (),
    wait: float = PATIENCE,
    at_once: Sequence[Run] = (),
) -> str:
    """Computes a value and everything that it depends on, and stores them, unless they are stored already.

    Returns "done", "stopped", or "elsewhere" if another process has been computing the value for longer than `wait`.
    `limit` is in seconds of processor time for each run. A run stays level with the `others`, the other sides of its
    race. The runs in `at_once` begin here at once. A stopped run keeps its events for whoever watches, and starts
    from the beginning when it is requested again. A stop mark from before the call only counts for the engine, which
    removes it at a new request.
    """
    mark = store.stop_mark(value)
    if forget_mark:
        store.mark_to_stop(value, False)
    elif mark.exists():
        return "stopped"
    if isinstance(value, Measure):
        return measure_into_store(value, limit, forget_mark)
    if not at_hand([value.start] if value.start else [], limit, forget_mark):
        return "stopped"
    return race(value, others, partial(train_as_side, limit), wait, at_once)


def at_hand(runs: Sequence[Run], limit: float, forget_mark: bool) -> bool:
    """Trains these runs and all that they started from, if their weights are missing. Returns False if a run was
    stopped."""
    for run in dict.fromkeys(run for start in runs for run in start.lineage()):
        if store.weights(run) is None and perform(run, limit, forget_mark) == "stopped":
            return False
        store.mark_used(store.home() / "runs" / digest(run) / store.USED)
    return True


def measure_into_store(value: Measure, limit: float, forget_mark: bool, tries: int = TRIES) -> str:
    """Computes the answer of a measure and stores it."""
    if not at_hand(value.runs, limit, forget_mark):
        return "stopped"
    try:
        with folders.writing(value, PATIENCE) as folder:
            if folder:
                known, began = [load_learned(run) for run in value.runs], time.thread_time()
                folder.write("answer.json", measure.answer(value, known) | {"seconds": time.thread_time() - began})
                folder.finish()
        return "done"
    except FileNotFoundError:  # the store was removed, or weights were evicted, at this moment
        if tries == 1:
            raise
        return measure_into_store(value, limit, forget_mark, tries - 1)


def sentence(error: Exception) -> str:
    """Returns the message for the learner about an error. The error itself is in the log."""
    if isinstance(error, (BadValue, TooLong, folders.Unwritable)):
        return str(error)
    if isinstance(error, OSError) and error.errno in folders.WHY:
        return folders.WHY[error.errno]
    return "Something went wrong during this computation. Try again. If that does not help, choose other settings."


def train_as_side(limit: float, run: Run, wait: float, tries: int = TRIES) -> Side:
    """Trains a run as one side of a race, and stores it.

    After every event, it yields the share of the run's steps at the last test. If the store is removed meanwhile, the
    run starts again in a new store.
    """
    try:
        return (yield from train_into_store(limit, run, wait, again=tries < TRIES))
    except FileNotFoundError:
        if tries == 1:
            raise
    return (yield from train_as_side(limit, run, wait, tries - 1))


def train_into_store(limit: float, run: Run, wait: float, again: bool) -> Side:
    """Trains a run and stores it, without further attempts."""
    with folders.writing(run, wait) as folder:
        if folder is None:
            return "done"
        folder.restarted |= again
        reached = 0.0
        try:
            for event in stored_events(run, folder, limit):
                if event:
                    folder.append(event)
                    if event["kind"] == "stopped":
                        return "stopped"
                    reached = run.share_done(event["step"]) if event["kind"] == "point" else reached
                yield reached
        except Exception as error:
            folder.append({"kind": "failed", "message": sentence(error)})
            raise
        folder.finish()
    return "done"


def stored_events(run: Run, folder: Folder, limit: float) -> Iterator[Event | None]:
    """Yields the events of a run in their stored form: its start, its points with the processor time so far, and its
    end. Yields None if there is nothing to store."""
    mark = store.stop_mark(run)
    frames: Theta = {}
    yield {"kind": "start", "restarted": folder.restarted}
    first = run if run.brought else run.start
    ancestors = lineage(first) if first else {}
    for event, seconds in timed(train(run, ancestors)):
        if mark.exists():
            yield {"kind": "stopped", "seconds": seconds}
            return
        if seconds > limit:
            raise TooLong(
                f"This run used its {limit:.0f} seconds of processor time and was stopped. Choose a smaller setting, "
                "or press Train again."
            )
        if isinstance(event, Done):
            check = write_weights(stored_form(run, event, ancestors) | frames, folder.path / "weights.safetensors")
            yield {"kind": "done", "seconds": seconds, "sha256": check}
        elif isinstance(event, Frame):
            frames |= {f"{FRAME} {event.step} {name}": weight.half() for name, weight in event.theta.items()}
            yield None
        elif isinstance(event, Point):
            point = asdict(event)
            if not run.exhibit:
                del point["exhibit"]
            yield {"kind": "point", "seconds": seconds} | point.pop("scores") | point
        else:
            yield None


def timed(events: Iterator[T]) -> Iterator[tuple[T, float]]:
    """Yields each event with the processor time in seconds that all events have taken. Waiting, and other runs, do
    not count."""
    seconds = 0.0
    while True:
        began = time.thread_time()
        try:
            event = next(events)
        except StopIteration:
            return
        seconds += time.thread_time() - began
        yield event, seconds


def write_weights(theta: Theta, path: Path) -> str:
    """Writes weights to a file and returns its SHA-256."""
    data = save({name: weight.contiguous() for name, weight in theta.items()})
    path.write_bytes(data)  # save_file is not used because its error on a full disk is not an OSError
    return hashlib.sha256(data).hexdigest()


def stored_form(run: Run, end: Done, ancestors: dict[Run, Theta]) -> Theta:
    """Returns what is stored of a run's weights: all of them, or what distinguishes them from a model of others that
    the run started from, which is a hundred times larger."""
    if run.brought:
        return {}
    if end.patch:
        return {f"{PATCH} {name}": part for name, part in end.patch.items()}
    if run.start and run.start.brought:
        known = ancestors[run.start]
        return {n: w for n, w in end.theta.items() if n not in known or w.data_ptr() != known[n].data_ptr()}
    return end.theta


def lineage(run: Run) -> dict[Run, Theta]:
    """Loads the weights of a run and of all runs that it started from."""
    found: dict[Run, Theta] = {}
    for each in reversed(list(run.lineage())):
        found[each] = whole_weights(each, found)
    return found


def whole_weights(run: Run, ancestors: dict[Run, Theta]) -> Theta:
    """Loads the weights of a run, whose `ancestors` are loaded already."""
    if run.brought:
        return real_weights.load_theta(run.net)
    stored = {n: w.float() for n, w in stored_weights(run).items() if not n.startswith(FRAME)}
    if not (run.start and run.start.brought):
        return stored
    start = keep.for_each_seed(ancestors[run.start], run.seeds)
    patch = {n.removeprefix(f"{PATCH} "): w for n, w in stored.items() if n.startswith(PATCH)}
    method = adapt.load(run.stages[-1].method)
    return adapt.apply_delta(start, method.delta(start, patch)) if patch else start | stored


def load_learned(run: Run) -> Learned:
    """Loads a run's weights and frames."""
    frames: dict[int, Theta] = {}
    for name, weight in ({} if run.brought else stored_weights(run)).items():
        if name.startswith(FRAME):
            _, step, name = name.split()
            frames.setdefault(int(step), {})[name] = weight.float()
    return Learned(run, lineage(run), dict(sorted(frames.items())))


def stored_weights(run: Run) -> Theta:
    """Loads all tensors from the file that holds the weights of a run. Raises FileNotFoundError if it is gone."""
    path = store.weights(run)
    if path is None:
        raise FileNotFoundError(f"The weights of run {digest(run)} are gone. Run it again.")
    return load_file(path)
