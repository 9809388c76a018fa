"""Make what ships: the backbone and the default runs of every lesson. `python -m lessons.kit.ship`

Everything that a lesson's pages and claims stand on is computed unless it is stored already, and copied to
lessons/shipped. Weights go along only of runs that a live run starts from without the page training them first,
and of those that are asked about what a learner places or types.
"""

from __future__ import annotations

import itertools
import shutil
from dataclasses import replace
from functools import cache

from core.serve import store
from core.spec import Measure, Run, digest
from lessons.kit.catalogue import Lesson, lessons
from lessons.kit.claims import compute
from lessons.kit.values import Measures, Piece, Seeds, Settings


@cache
def values() -> dict[str, Run | Measure]:
    """All that ships, by digest."""
    wanted = [piece.of for lesson in lessons().values() for piece in of(lesson)]
    return {digest(value): value for value in [*wanted, *starts()]}


def of(lesson: Lesson) -> list[Piece[Run | Measure]]:
    """All that a lesson's claims and pages stand on."""
    claimed = [piece for claim in lesson.claims for piece in claim.runs(Seeds())]
    shown = [
        piece for choice in every_setting(lesson) for piece in (*lesson.backdrop(choice), *answers(lesson, choice))
    ]
    return [*claimed, *shown]


def every_setting(lesson: Lesson) -> list[Settings]:
    """Everything that the controls of a lesson can be set to, at the first draw."""
    options = [[(control.name, value) for value in control.options] for control in lesson.controls]
    return [replace(lesson.defaults, values=dict(choice)) for choice in itertools.product(*options)]


def answers(lesson: Lesson, choice: Settings) -> Measures:
    """What is asked about the sheet as it is at first, of runs that the page does not train."""
    live = {piece.of for piece in lesson.runs(choice)}
    return [piece for piece in lesson.asks(choice) if not live & set(piece.of.runs)]


@cache
def starts() -> frozenset[Run]:
    """What live runs start from, unless the page trains it before their eyes; and whom a lesson's sheet asks."""
    every = [(lesson, choice) for lesson in lessons().values() for choice in every_setting(lesson)]
    live = [{piece.of for piece in lesson.runs(choice)} for lesson, choice in every]
    begun = {run.start for runs in live for run in runs if run.start and run.start not in runs}
    asked = [piece.of.runs for lesson, choice in every for piece in answers(lesson, choice)]
    return frozenset(begun.union(*asked))


def main() -> None:
    everything = values()
    compute(everything.values())
    for name in {path.name for path in store.SHIPPED.glob("*")} - set(everything):
        shutil.rmtree(store.SHIPPED / name)  # of values that no lesson asks for any more
    for value in everything.values():
        if not (store.SHIPPED / digest(value)).exists():
            store.ship(value, with_weights=value in starts())
    size = sum(path.stat().st_size for path in store.SHIPPED.rglob("*") if path.is_file())
    print(f"{len(everything)} results ship, {size / 2**20:.1f} MB")


if __name__ == "__main__":
    main()
