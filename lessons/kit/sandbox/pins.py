"""Runs that the learner has pinned to compare them, each with a name of their own. They travel in the link."""

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
NAME = 40  # letters


@dataclass(frozen=True)
class Pin:
    name: str
    run: Run

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not 0 < len(self.name) <= NAME or not self.name.isprintable():
            raise BadValue(f"A name has 1 to {NAME} letters on one line, not {quoted_value(self.name)}.")


Pins = tuple[Pin, ...]


def write(pins: Sequence[Pin]) -> str:
    return pack([[pin.name, to_json(pin.run)] for pin in pins]) if pins else ""


def read(text: str) -> Pins:
    if not text:
        return ()
    data = unpack(text)
    if not isinstance(data, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in data):
        raise BadValue(REFUSED)
    return check_pins([Pin(name, fits(run_of(run))) for name, run in data])


def check_pins(pins: Sequence[Pin]) -> Pins:
    if len(pins) > MOST:
        raise BadValue(f"{MOST} runs can be pinned at once. Take one away first.")
    if len({pin.name for pin in pins}) < len(pins):
        raise BadValue("Another pinned run has this name.")
    return tuple(pins)


def add_pin(pins: Pins, run: Run) -> Pins:
    """With one more; the same if it is there. Names that nobody chose are made anew, so that they differ in what the
    runs differ in."""
    if any(pin.run == run for pin in pins):
        return pins
    return renamed_pins(pins, [*(pin.run for pin in pins), run])


def renamed_pins(before: Pins, runs: Sequence[Run]) -> Pins:
    """These runs as pins: a name that somebody chose stays, every other follows from what is pinned beside it."""
    was = {pin.run: pin.name for pin in before}
    made = dict(zip(was, names([*was])))  # what each was called, if nobody chose
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
    """What each of these runs is called: briefly, and where others would be called alike, with what they differ in
    first, since a name beside a curve is cut: "rate 0.001, full, 5 labels". What is still alike gets a number."""
    found: list[str] = []
    for run in runs:
        alike = [other for other in runs if brief(other) == brief(run)]
        name = fitting([*differences(run, alike), brief(run)])
        free = (f"{name[: NAME - 3]} {k}" for k in range(2, len(runs) + 2))
        found.append(next(each for each in (name, *free) if each not in found))
    return found


def fitting(parts: Sequence[str]) -> str:
    """As many of these parts as a name has room for, from the first on; the last of them cut between two words."""
    name = ", ".join(parts)
    return name if len(name) <= NAME else name[: NAME + 1].rpartition(" ")[0].rstrip(",")


def differences(run: Run, others: Sequence[Run]) -> list[str]:
    """The fewest controls in which a run differs from each of these, the shortest first: "rate 0.001". Its stage is
    named only where the same control of another stage is among them."""
    mine, *theirs = [{one.path: one for group in dials_by_group(other) for one in group} for other in (run, *others)]
    theirs = [other for other in theirs if other != mine]

    def apart(paths: Sequence[str]) -> bool:
        return all(any(p in other and other[p].value != mine[p].value for p in paths) for other in theirs)

    differ = [path for path in mine if not same(path, mine, theirs)]
    differ.sort(key=lambda path: mine[path].kind == "source")  # rather in what way the sources differ
    few = (some for count in range(len(differ) + 1) for some in combinations(differ[:8], count) if apart(some))
    dials = [mine[path] for path in next(few, tuple(differ))]
    several = Counter(dial.knob for dial in dials)
    told = []
    for dial in dials:
        label, _, stage = (
            dial.label.lower().replace("learning rate", "rate").replace(" per class", "").partition(", stage ")
        )
        label = "source " * dial.path.startswith("start.") + label
        named = f"{label} {stage}".strip() if several[dial.knob] > 1 else label
        if dial.kind == "source":
            told.append(f"from {origin(run.start)}")
        elif dial.kind == "switch":
            told.append(named if dial.value else f"not {named}")
        else:
            told.append(f"{named} {shown_value(dial.value)}")
    return sorted(told, key=len)


def same(path: str, mine: Mapping[str, Dial], theirs: Sequence[Mapping[str, Dial]]) -> bool:
    """Whether a control stands alike in all of these."""
    return all(path not in other or other[path].value == mine[path].value for other in theirs)


def rename_pin(pins: Pins, place: int, name: str) -> Pins:
    return check_pins([replace(pin, name=name.strip()) if k == place else pin for k, pin in enumerate(pins)])


def remove_pin(pins: Pins, place: int) -> Pins:
    return renamed_pins(pins, [pin.run for k, pin in enumerate(pins) if k != place])
