"""Holds the runs that the learner has pinned in order to compare them. Each pin has a name, and all pins are part of
the link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from core.experiment.checks import BadValue, quoted_value
from core.experiment.spec import Run, to_json
from lessons.kit.sandbox.dials import Dial, dials_by_group
from lessons.kit.sandbox.dials import option_text as shown_value
from lessons.kit.sandbox.experiment import brief, fits, origin
from lessons.kit.sandbox.link_codec import REFUSED, pack, run_of, unpack

MOST = 6
NAME = 40  # the largest number of characters in a name


@dataclass(frozen=True)
class Pin:
    """Holds a pinned run and its name."""

    name: str
    run: Run

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not 0 < len(self.name) <= NAME or not self.name.isprintable():
            raise BadValue(f"A name must have 1 to {NAME} characters on one line. {quoted_value(self.name)} does not.")


Pins = tuple[Pin, ...]


def write(pins: Sequence[Pin]) -> str:
    """Encodes the pins for the link."""
    return pack([[pin.name, to_json(pin.run)] for pin in pins]) if pins else ""


def read(text: str) -> Pins:
    """Decodes the pins from the link. Raises BadValue with a sentence if they are not valid."""
    if not text:
        return ()
    data = unpack(text)
    if not isinstance(data, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in data):
        raise BadValue(REFUSED)
    return check_pins([Pin(name, fits(run_of(run))) for name, run in data])


def check_pins(pins: Sequence[Pin]) -> Pins:
    """Returns the pins. Raises BadValue with a sentence if there are too many or if two have the same name."""
    if len(pins) > MOST:
        raise BadValue(f"You can pin at most {MOST} runs. Unpin one first.")
    if len({pin.name for pin in pins}) < len(pins):
        raise BadValue("Another pinned run has this name.")
    return tuple(pins)


def add_pin(pins: Pins, run: Run) -> Pins:
    """Returns the pins with one more run, or the same pins if the run is already pinned.

    Names that the learner did not choose are made again, so that they show how the runs differ.
    """
    if any(pin.run == run for pin in pins):
        return pins
    return renamed_pins(pins, [*(pin.run for pin in pins), run])


def renamed_pins(before: Pins, runs: Sequence[Run]) -> Pins:
    """Returns these runs as pins. A name that the learner chose stays, and all other names are made again."""
    was = {pin.run: pin.name for pin in before}
    made = dict(zip(was, names([*was])))  # the names that were made automatically
    chosen = {run: name for run, name in was.items() if name != made[run] and run in runs}
    taken, found = set(chosen.values()), []
    for run, name in zip(runs, names(runs)):
        if run not in chosen:
            numbered = (f"{name[: NAME - 3]} {k}" for k in range(2, len(runs) + len(taken) + 2))
            name = next(each for each in (name, *numbered) if each not in taken)
            taken.add(name)
        found.append(Pin(chosen.get(run, name), run))
    return check_pins(found)


def names(runs: Sequence[Run]) -> list[str]:
    """Returns a short name for each run.

    If several runs would have the same name, it begins with the controls in which they differ, because a name beside
    a curve is cut off: "rate 0.001, full, 5 labels". Names that are still the same get a number.
    """
    found: list[str] = []
    for run in runs:
        alike = [other for other in runs if brief(other) == brief(run)]
        name = fitting([*differences(run, alike), brief(run)])
        free = (f"{name[: NAME - 3]} {k}" for k in range(2, len(runs) + 2))
        found.append(next(each for each in (name, *free) if each not in found))
    return found


def fitting(parts: Sequence[str]) -> str:
    """Joins as many of the parts as fit into a name, beginning with the first. The last part is cut between two
    words."""
    name = ", ".join(parts)
    return name if len(name) <= NAME else name[: NAME + 1].rpartition(" ")[0].rstrip(",")


def differences(run: Run, others: Sequence[Run]) -> list[str]:
    """Returns the smallest set of controls in which a run differs from each of the others, such as "rate 0.001". The
    shortest comes first.

    The stage is named only if the set contains the same control of another stage.
    """
    mine, *theirs = [{one.path: one for group in dials_by_group(other) for one in group} for other in (run, *others)]
    theirs = [other for other in theirs if other != mine]

    def apart(paths: Sequence[str]) -> bool:
        return all(any(p in other and other[p].value != mine[p].value for p in paths) for other in theirs)

    differ = [path for path in mine if not same(path, mine, theirs)]
    differ.sort(key=lambda path: mine[path].kind == "source")  # prefer the ways in which the sources differ
    few = (some for count in range(len(differ) + 1) for some in combinations(differ[:8], count) if apart(some))
    dials = [mine[path] for path in next(few, tuple(differ))]
    several = Counter(dial.field_name for dial in dials)
    told = []
    for dial in dials:
        label, _, stage = (
            dial.label.lower().replace("learning rate", "rate").replace(" per class", "").partition(", stage ")
        )
        label = "source " * dial.path.startswith("start.") + label
        named = f"{label} {stage}".strip() if several[dial.field_name] > 1 else label
        if dial.kind == "source":
            told.append(f"from {origin(run.start)}")
        elif dial.kind == "switch":
            told.append(named if dial.value else f"not {named}")
        else:
            told.append(f"{named} {shown_value(dial.value)}")
    return sorted(told, key=len)


def same(path: str, mine: Mapping[str, Dial], theirs: Sequence[Mapping[str, Dial]]) -> bool:
    """Returns whether a control has the same value in all of these runs."""
    return all(path not in other or other[path].value == mine[path].value for other in theirs)


def rename_pin(pins: Pins, place: int, name: str) -> Pins:
    return check_pins([replace(pin, name=name.strip()) if k == place else pin for k, pin in enumerate(pins)])


def remove_pin(pins: Pins, place: int) -> Pins:
    """Returns the pins without one of them. The other automatic names are made again."""
    return renamed_pins(pins, [pin.run for k, pin in enumerate(pins) if k != place])
