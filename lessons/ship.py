"""Make what ships: the backbone and the default runs of every lesson. `python -m lessons.ship`

Everything that a lesson's pages and claims stand on is computed unless it is stored already, and copied to
lessons/shipped. Weights go along only where runs that are made live start from them.
"""

from __future__ import annotations

import itertools
import shutil

from core import store
from core.spec import Measure, Run, digest
from lessons.catalogue import lessons
from lessons.claims import compute
from lessons.recipes import Seeds, backbone


def values() -> dict[str, Run | Measure]:
    """All that ships, by digest."""
    found: dict[str, Run | Measure] = {}
    for lesson in lessons().values():
        wanted = [claim.runs(Seeds()) for claim in lesson.claims]
        options = [[(control.name, value) for value in control.options] for control in lesson.controls]
        wanted += [lesson.backdrop(dict(choice) | {"draw": 0}) for choice in itertools.product(*options)]
        found |= {digest(value): value for some in wanted for value in some.values()}
    return found | {digest(backbone()): backbone()}


def main() -> None:
    everything = values()
    compute(everything)
    for name in {path.name for path in store.SHIPPED.glob("*")} - set(everything):
        shutil.rmtree(store.SHIPPED / name)  # of values that no lesson asks for any more
    for value in everything.values():
        if not (store.SHIPPED / digest(value)).exists():
            store.ship(value, with_weights=value == backbone())
    size = sum(path.stat().st_size for path in store.SHIPPED.rglob("*") if path.is_file())
    print(f"{len(everything)} results ship, {size / 2**20:.1f} MB")


if __name__ == "__main__":
    main()
