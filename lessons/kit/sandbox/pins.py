"""Runs that the learner has pinned to compare them, each with a name of their own. They travel in the link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.check import BadValue, shown
from core.spec import Run, to_json
from lessons.kit.sandbox.experiment import brief, fits
from lessons.kit.sandbox.packed import REFUSED, pack, run_of, unpack

MOST = 6
NAME = 40  # letters


@dataclass(frozen=True)
class Pin:
    name: str
    run: Run

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not 0 < len(self.name) <= NAME or not self.name.isprintable():
            raise BadValue(f"A name has 1 to {NAME} letters on one line, not {shown(self.name)}.")


Pins = tuple[Pin, ...]


def write(pins: Sequence[Pin]) -> str:
    return pack([[pin.name, to_json(pin.run)] for pin in pins]) if pins else ""


def read(text: str) -> Pins:
    if not text:
        return ()
    data = unpack(text)
    if not isinstance(data, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in data):
        raise BadValue(REFUSED)
    return checked([Pin(name, fits(run_of(run))) for name, run in data])


def checked(pins: Sequence[Pin]) -> Pins:
    if len(pins) > MOST:
        raise BadValue(f"{MOST} runs can be pinned at once. Take one away first.")
    if len({pin.name for pin in pins}) < len(pins):
        raise BadValue("Another pinned run has this name.")
    return tuple(pins)


def pinned(pins: Pins, run: Run) -> Pins:
    """With one more, named after what it is; the same if it is there."""
    if any(pin.run == run for pin in pins):
        return pins
    name, taken = brief(run)[: NAME - 3], {pin.name for pin in pins}
    free = next(said for k in range(1, MOST + 2) if (said := f"{name} {k}" if k > 1 else name) not in taken)
    return checked([*pins, Pin(free, run)])


def renamed(pins: Pins, place: int, name: str) -> Pins:
    return checked([replace(pin, name=name.strip()) if k == place else pin for k, pin in enumerate(pins)])


def without(pins: Pins, place: int) -> Pins:
    return tuple(pin for k, pin in enumerate(pins) if k != place)
