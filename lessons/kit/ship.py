"""Make what ships: the backbone and the default runs of every lesson. `python -m lessons.kit.ship`

Everything that a lesson's pages and claims stand on is computed unless it is stored already, and copied to
lessons/shipped. Weights go along only of runs that a live run starts from without the page training them first,
and of those that are asked about what a learner places or types.
"""

from __future__ import annotations

import itertools
import shutil
from functools import cache

from core.serve import store
from core.spec import Measure, Run, digest
from lessons.kit.catalogue import Lesson, Settings, Values, lessons
from lessons.kit.claims import compute
from lessons.kit.recipes import Seeds


@cache
def values() -> dict[str, Run | Measure]:
    """All that ships, by digest."""
    found: dict[str, Run | Measure] = {}
    for lesson in lessons().values():
        wanted = [claim.runs(Seeds()) for claim in lesson.claims]
        wanted += [lesson.backdrop(choice) for choice in every_setting(lesson)]
        wanted += [answers(lesson, choice) for choice in every_setting(lesson)]
        found |= {digest(value): value for some in wanted for value in some.values()}
    return found | {digest(run): run for run in starts()}


def every_setting(lesson: Lesson) -> list[Settings]:
    """Everything that the controls of a lesson can be set to, at the first draw."""
    options = [[(control.name, value) for value in control.options] for control in lesson.controls]
    return [dict(choice) | {"draw": 1} for choice in itertools.product(*options)]


def answers(lesson: Lesson, choice: Settings) -> Values:
    """What is asked about the sheet as it is at first, of runs that the page does not train."""
    if lesson.sheet is None:
        return {}
    live = set(lesson.runs(choice).values())
    asked = lesson.asks(choice, lesson.sheet.given)
    return {label: one for label, one in asked.items() if isinstance(one, Measure) and not live & set(one.runs)}


@cache
def starts() -> frozenset[Run]:
    """What live runs start from, unless the page trains it before their eyes; and whom a lesson's sheet asks."""
    every = [(lesson, choice) for lesson in lessons().values() for choice in every_setting(lesson)]
    live = [set(lesson.runs(choice).values()) for lesson, choice in every]
    found = {run.start for some in live for run in some if isinstance(run, Run) and run.start and run.start not in some}
    asked = [one for lesson, choice in every for one in answers(lesson, choice).values() if isinstance(one, Measure)]
    return frozenset(found.union(*(one.runs for one in asked)))


def main() -> None:
    everything = values()
    compute(everything)
    for name in {path.name for path in store.SHIPPED.glob("*")} - set(everything):
        shutil.rmtree(store.SHIPPED / name)  # of values that no lesson asks for any more
    for value in everything.values():
        if not (store.SHIPPED / digest(value)).exists():
            store.ship(value, with_weights=value in starts())
    size = sum(path.stat().st_size for path in store.SHIPPED.rglob("*") if path.is_file())
    print(f"{len(everything)} results ship, {size / 2**20:.1f} MB")


if __name__ == "__main__":
    main()
