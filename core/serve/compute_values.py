"""What a worker does with a value: train it or measure it, and write every event to the store as it happens.

The only place where training meets the disk and the clock. Imports torch, so only workers import it.
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

from core import measure
from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, digest
from core.measure import Learned
from core.nets import Theta
from core.serve.race import Side, race
from core.store import folders, store
from core.store.folders import Folder
from core.store.store import Event
from core.training.train import Done, Frame, Point, train
from core.worlds import glyphs, handwriting

T = TypeVar("T")
TRIES = 3  # how often something is begun that loses what it stands on
PATIENCE = 600.0  # seconds that a process waits for another that computes what it needs
FRAME = "frame"  # how the names of frames begin in the file of a run's weights


class TooLong(RuntimeError):
    """A run that used up its processor time; the message is a sentence for the learner."""


def warm_up() -> None:
    """Pay once, before anybody waits: torch's imports, the data."""
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
    """Compute a value into the store unless it is there, and all that it stands on: "done", "stopped", or "elsewhere"
    if another process has been at it for longer than `wait`.

    limit is in seconds of processor time, for each run. A run moves together with the other sides of its race, of which
    some begin here at once. A stopped run keeps its events for whoever watches, and begins anew when it is next asked
    for. A stop mark from before the call counts only for the engine, which removes it when asked.
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
    """Train what is missing of these runs and of all that they started from; False if one of them is stopped."""
    for run in dict.fromkeys(run for start in runs for run in start.lineage()):
        if store.weights(run) is None and perform(run, limit, forget_mark) == "stopped":
            return False
        store.mark_used(store.home() / "runs" / digest(run) / store.USED)
    return True


def measure_into_store(value: Measure, limit: float, forget_mark: bool, tries: int = TRIES) -> str:
    """Answer a measure into the store."""
    if not at_hand(value.runs, limit, forget_mark):
        return "stopped"
    try:
        with folders.writing(value, PATIENCE) as folder:
            if folder:
                known, began = [load_learned(run) for run in value.runs], time.thread_time()
                folder.write("answer.json", measure.answer(value, known) | {"seconds": time.thread_time() - began})
                folder.finish()
        return "done"
    except FileNotFoundError:  # somebody removed the store, or weights were let go at this moment
        if tries == 1:
            raise
        return measure_into_store(value, limit, forget_mark, tries - 1)


def sentence(error: Exception) -> str:
    """What a learner is told about an error; what it was stands in the log."""
    if isinstance(error, (BadValue, TooLong, folders.Unwritable)):
        return str(error)
    if isinstance(error, OSError) and error.errno in folders.WHY:
        return folders.WHY[error.errno]
    return "Something went wrong while this was being computed. Try it again; if that does not help, choose otherwise."


def train_as_side(limit: float, run: Run, wait: float, tries: int = TRIES) -> Side:
    """Train a run into the store as a side of a race: yields after every event which share of its steps had been made
    at the last test. Where somebody removes the store, it is made again and the run begun again."""
    try:
        return (yield from train_into_store(limit, run, wait, again=tries < TRIES))
    except FileNotFoundError:
        if tries == 1:
            raise
    return (yield from train_as_side(limit, run, wait, tries - 1))


def train_into_store(limit: float, run: Run, wait: float, again: bool) -> Side:
    """Train a run into the store, once."""
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
                    reached = event["step"] / run.steps if event["kind"] == "point" else reached
                yield reached
        except Exception as error:
            folder.append({"kind": "failed", "message": sentence(error)})
            raise
        folder.finish()
    return "done"


def stored_events(run: Run, folder: Folder, limit: float) -> Iterator[Event | None]:
    """A run's events as they are stored: when it started, its points with the processor time they took, how it ended;
    None where nothing is to be stored."""
    mark = store.stop_mark(run)
    frames: Theta = {}
    yield {"kind": "start", "restarted": folder.restarted}
    for event, seconds in timed(train(run, lineage(run.start) if run.start else {})):
        if mark.exists():
            yield {"kind": "stopped", "seconds": seconds}
            return
        if seconds > limit:
            raise TooLong(
                f"This run used its {limit:.0f} seconds of processor time and was stopped. Choose a smaller setting, "
                "or press Train again."
            )
        if isinstance(event, Done):
            check = write_weights(event.theta | frames, folder.path / "weights.safetensors")
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
    """Each event, and the processor time in seconds that all of them have taken: no wait, and no other run, counts."""
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
    """Returns their SHA-256."""
    data = save({name: weight.contiguous() for name, weight in theta.items()})
    path.write_bytes(data)  # not save_file: its error on a full disk is no OSError
    return hashlib.sha256(data).hexdigest()


def lineage(run: Run) -> dict[Run, Theta]:
    """The stored weights of a run and of all it started from."""
    return {
        each: {n: w.float() for n, w in stored_weights(each).items() if not n.startswith(FRAME)}
        for each in run.lineage()
    }


def load_learned(run: Run) -> Learned:
    """What a run has learned, with its frames."""
    frames: dict[int, Theta] = {}
    for name, weight in stored_weights(run).items():
        if name.startswith(FRAME):
            _, step, name = name.split()
            frames.setdefault(int(step), {})[name] = weight.float()
    return Learned(run, lineage(run), dict(sorted(frames.items())))


def stored_weights(run: Run) -> Theta:
    path = store.weights(run)
    if path is None:
        raise FileNotFoundError(f"The weights of run {digest(run)} are gone. Run it again.")
    return load_file(path)
