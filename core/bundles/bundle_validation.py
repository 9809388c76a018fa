"""Checks the files of a bundle: they are accepted only if a run on this machine could have written them.

Events are JSON. Weights are safetensors files: a header (8 bytes with its length, then JSON) and then the numbers,
which are read with numpy. torch is not needed, and nothing in a file is ever executed. Every refusal is a BadValue.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from typing import Any, NoReturn

import numpy as np

from core.bundles.weight_shapes import Shapes
from core.experiment.checks import BadValue
from core.experiment.spec import Run
from core.store.store import Event

UNIT = re.compile("[a-z]{1,20}")
POINT = {"kind", "seconds", "step", "stage", "flops", "loss", "exhibit"}  # the fields of a point that are not units
EXHIBITED = {"curve", "answers", "sure", "map", "reach", "texts", "formed", "right", "promise", "truth"}
MOST_SHOWN = 2500  # the most things that a run records about a task
FRAME = re.compile(r"frame (\d{1,6}) (\S{1,60})")  # the name of a frame's weights in core/serve/compute_values.py
HEADER = 1_000_000  # bytes
KINDS: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2")}


def refuse(what: str) -> NoReturn:
    """Raises BadValue with the reason why a bundle cannot be opened."""
    raise BadValue(f"This bundle cannot be opened: {what}.")


def read_json(data: bytes | str, what: str) -> Any:
    """Parses JSON, but refuses the three words for values that are not numbers (NaN and the infinities)."""
    try:
        return json.loads(data, parse_constant=lambda word: refuse(f"{what} has {word} where a number belongs"))
    except BadValue:
        raise
    except (RecursionError, ValueError):  # for example, a number with more digits than Python reads
        refuse(f"{what} is no JSON")


def number(told: Any, low: float = -1e300, high: float = 1e300) -> bool:
    """Returns whether a value is a number in this range. JSON can also hold integers that are too large for a float."""
    try:
        return type(told) in (int, float) and low <= float(told) <= high
    except OverflowError:
        return False


# --- Events ---------------------------------------------------------------------------------------------------------


def events(data: bytes, run: Run) -> list[Event]:
    """Parses the events of a complete run: a start, a point at every test, and the end. Refuses the bundle if they
    differ."""
    found = [read_json(line, "a line of its events") for line in data.splitlines()]
    if not (len(found) == len(run.tests) + 2 and all(isinstance(event, dict) for event in found)):
        refuse("its events are not one for every test of the run")
    begin, *points, end = found
    if not (begin.keys() == {"kind", "restarted"} and begin["kind"] == "start" and type(begin["restarted"]) is bool):
        refuse("its events do not begin with a start")
    if not (end.keys() == {"kind", "seconds", "sha256"} and end["kind"] == "done" and number(end["seconds"], 0)):
        refuse("its events do not end with the end of a run")
    if not (isinstance(end["sha256"], str) and re.fullmatch("[0-9a-f]{64}", end["sha256"])):
        refuse("its events name no checksum of the weights")
    for step, point in zip(run.tests, points):
        if not is_point(point, run, step):
            refuse(f"what its events say of step {step} is not what such a run says")
    if len({frozenset(point.keys() - {"exhibit"}) for point in points}) != 1:
        refuse("its events do not tell the same of every test")
    return found


def is_point(point: dict[str, Any], run: Run, step: int) -> bool:
    """Returns whether an event is a point that this run could have written at this step."""
    units = point.keys() - POINT
    return (
        POINT - {"exhibit"} <= point.keys()
        and point["kind"] == "point"
        and type(point["step"]) is int
        and point["step"] == step
        and point["stage"] in [stage.method for stage in run.stages]
        and all(number(point[name], 0) for name in ("seconds", "flops"))
        and isinstance(point["loss"], list)
        and len(point["loss"]) == run.seeds
        and all(loss is None or number(loss) for loss in point["loss"])
        and bool(units)
        and all(UNIT.fullmatch(unit) and is_scores(point[unit], unit, run) for unit in units)
        and ("exhibit" not in point or (bool(run.exhibit) and is_exhibit(point["exhibit"], run)))
    )


def places(run: Run) -> set[str]:
    """Returns the positions of the tasks on which a run is tested. Its own task is "0"."""
    return {str(k) for k in range(1 + len(run.watch))}


def is_scores(told: Any, unit: str, run: Run) -> bool:
    """Returns whether these are scores by task, with a number for each seed. An accuracy must be in [0, 1]."""
    low, high = (0, 1) if unit == "accuracy" else (-1e12, 1e12)
    return (
        isinstance(told, dict)
        and bool(told)
        and told.keys() <= places(run)
        and all(isinstance(seeds, list) and len(seeds) == run.seeds for seeds in told.values())
        and all(number(score, low, high) for seeds in told.values() for score in seeds)
    )


def is_exhibit(told: Any, run: Run) -> bool:
    """Returns whether these are records of tracked examples that this run could have written."""
    return (
        isinstance(told, dict)
        and told.keys() <= places(run)
        and all(isinstance(each, dict) and each.keys() <= EXHIBITED for each in told.values())
        and all(is_shown(each, run) for task in told.values() for each in task.values())
    )


def is_shown(told: Any, run: Run) -> bool:
    """Returns whether this is a list of answers, texts or numbers, or the cells of a map in base64."""
    if isinstance(told, str):
        try:
            return len(base64.b64decode(told, validate=True)) == run.exhibit**2
        except ValueError:
            return False
    if not isinstance(told, list):
        return number(told)
    return len(told) <= MOST_SHOWN and all(
        type(one) is bool or number(one) or (isinstance(one, str) and len(one) <= 2000) for one in told
    )


# --- Weights --------------------------------------------------------------------------------------------------------


def largest(run: Run, shapes: Shapes) -> int:
    """Returns the most bytes that a file of these weights may have."""
    numbers = sum(math.prod(shape) for shape in shapes.values())
    return HEADER + 4 * numbers + 2 * run.frames * numbers // run.seeds


def check_weights(data: bytes, run: Run, shapes: Shapes, sha256: str) -> None:
    """Checks that a safetensors file holds all weights of the run in these shapes, all finite, and the frames that
    the run recorded. Refuses the bundle if it does not."""
    if hashlib.sha256(data).hexdigest() != sha256:
        refuse("its weights are not those whose checksum its events name")
    length = int.from_bytes(data[:8], "little")
    if not 2 <= length <= min(HEADER, len(data) - 8):
        refuse("its weights are no safetensors file")
    header, room = read_json(data[8 : 8 + length], "the header of its weights"), len(data) - 8 - length
    if not (isinstance(header, dict) and all(isinstance(entry, dict) for entry in header.values())):
        refuse("the header of its weights names no tensors")
    header.pop("__metadata__", None)
    missing, steps, end = shapes.keys() - header.keys(), set[int](), 0
    if missing:
        refuse("some of its weights are missing")
    for name, entry in sorted(header.items(), key=begins):
        frame, wanted = FRAME.fullmatch(name), shapes.get(name)
        if frame and frame[2] in shapes and int(frame[1]) <= run.steps:
            steps.add(int(frame[1]))
            wanted = (1, *shapes[frame[2]][1:])
        if wanted is None or entry.keys() != {"dtype", "shape", "data_offsets"} or entry["shape"] != list(wanted):
            refuse("it has weights, or shapes of weights, that its run does not leave")
        kind = KINDS.get(entry["dtype"]) if isinstance(entry["dtype"], str) else None
        if kind is None or entry["data_offsets"] != [end, end + math.prod(wanted) * kind.itemsize]:
            refuse("its weights do not lie in their file as safetensors do")
        begin, end = entry["data_offsets"]
        if (
            end > room
            or not np.isfinite(np.frombuffer(data, kind, (end - begin) // kind.itemsize, 8 + length + begin)).all()
        ):
            refuse("it has weights that are no numbers, or that end too early")
    if end != room or len(steps) > run.frames:
        refuse("its file of weights holds more than weights")


def begins(entry: tuple[str, dict[str, Any]]) -> float:
    """Returns the position at which a tensor begins, or -1 if the header does not say. Such a tensor is refused
    later."""
    try:
        return float(entry[1]["data_offsets"][0])
    except (KeyError, IndexError, TypeError, ValueError, OverflowError):
        return -1.0
