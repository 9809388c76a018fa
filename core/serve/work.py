"""What a worker does with a value: train it or measure it, and write every event to the store as it happens.

The only place where training meets the disk and the clock. Imports torch, so only workers import it.
"""

from __future__ import annotations

import errno
import hashlib
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import load_file, save

from core import measure
from core.check import BadValue
from core.measure import Learned
from core.nets import Theta
from core.serve import store
from core.serve.store import Event, Folder
from core.spec import Measure, Run, digest
from core.train import Done, Frame, Point, train
from core.worlds import glyphs, handwriting

FRAME = "frame"  # how the names of frames begin in the file of a run's weights


class TooLong(RuntimeError):
    """A run that used up its time; the message is a sentence for the learner."""


def warm_up() -> None:
    """Pay once, before anybody waits: torch's imports, the first optimiser of a process, the data."""
    torch.set_num_threads(1)
    torch.optim.Adam([torch.zeros(1, requires_grad=True)], fused=True)
    handwriting.digits()
    glyphs.catalogue()


def perform(value: Run | Measure, limit: float = 600, forget_mark: bool = True) -> str:
    """Compute a value into the store unless it is there, and all that it stands on: "done" or "stopped".

    limit is in seconds, for each run. A stopped run keeps its events for whoever watches, and begins anew when
    it is next asked for. A stop mark from before the call counts only for the engine, which removes it when asked.
    """
    mark = store.stop_mark(value)
    if forget_mark:
        mark.unlink(missing_ok=True)
    elif mark.exists():
        return "stopped"
    stands_on = value.runs if isinstance(value, Measure) else (value.start,) if value.start else ()
    ancestors = {ancestor: None for run in stands_on for ancestor in run.lineage()}
    for run in ancestors:
        if store.weights(run) is None and perform(run, limit, forget_mark) == "stopped":
            return "stopped"
    with store.writing(value) as folder:
        if folder is None:
            return "done"
        if isinstance(value, Measure):
            known, began = [learned(run) for run in value.runs], time.perf_counter()
            folder.write("answer.json", measure.answer(value, known) | {"seconds": time.perf_counter() - began})
        else:
            try:
                for event in recorded(value, folder, limit):
                    folder.append(event)
                    if event["kind"] == "stopped":
                        return "stopped"
            except Exception as error:
                folder.append({"kind": "failed", "message": sentence(error)})
                raise
        folder.finish()
    return "done"


def sentence(error: Exception) -> str:
    """What a learner is told about an error."""
    if isinstance(error, (BadValue, TooLong, store.Full)):
        return str(error)
    if getattr(error, "errno", None) == errno.ENOSPC:
        return str(store.Full())
    about = str(error).partition("\n")[0][:200]
    return f"Something went wrong while training: {type(error).__name__}{about and ', '}{about}"


def recorded(run: Run, folder: Folder, limit: float) -> Iterator[Event]:
    """A run's events as they are stored: when it started, its points with the seconds they took, how it ended."""
    mark = store.stop_mark(run)
    began = time.perf_counter()
    frames: Theta = {}
    yield {"kind": "start", "restarted": folder.restarted}
    for event in train(run, lineage(run.start) if run.start else {}):
        seconds = time.perf_counter() - began
        if mark.exists():
            yield {"kind": "stopped", "seconds": seconds}
            return
        if seconds > limit:
            raise TooLong(f"This run was stopped after {limit:.0f} seconds. Ask for fewer steps or fewer seeds.")
        if isinstance(event, Done):
            check = write_weights(event.theta | frames, folder.path / "weights.safetensors")
            yield {"kind": "done", "seconds": seconds, "sha256": check}
        elif isinstance(event, Frame):
            frames |= {f"{FRAME} {event.step} {name}": weight.half() for name, weight in event.theta.items()}
        elif isinstance(event, Point):
            point = asdict(event)
            if not run.exhibit:
                del point["exhibit"]
            yield {"kind": "point", "seconds": seconds} | point.pop("scores") | point


def write_weights(theta: Theta, path: Path) -> str:
    """Returns their SHA-256."""
    data = save({name: weight.contiguous() for name, weight in theta.items()})
    path.write_bytes(data)  # not save_file: its error on a full disk is no OSError
    return hashlib.sha256(data).hexdigest()


def lineage(run: Run) -> dict[Run, Theta]:
    """The stored weights of a run and of all it started from."""
    return {each: {n: w.float() for n, w in stored(each).items() if not n.startswith(FRAME)} for each in run.lineage()}


def learned(run: Run) -> Learned:
    """What a run has learned, with its frames."""
    frames: dict[int, Theta] = {}
    for name, weight in stored(run).items():
        if name.startswith(FRAME):
            _, step, name = name.split()
            frames.setdefault(int(step), {})[name] = weight.float()
    return Learned(run, lineage(run), dict(sorted(frames.items())))


def stored(run: Run) -> Theta:
    path = store.weights(run)
    if path is None:
        raise FileNotFoundError(f"The weights of run {digest(run)} are gone. Run it again.")
    return load_file(path)
