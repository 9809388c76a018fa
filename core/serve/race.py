"""The sides of one request move together, however many workers are free: where one worker trains a side, it waits for
those that other workers train, and takes up those that nobody has taken up yet.

Knows no torch and not how a run is trained: a side is a generator that yields the share of its steps at its last test.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Sequence

from filelock import Timeout

from core.experiment.spec import Run
from core.store import store

Side = Generator[float, None, str]  # returns how it ended
AHEAD = 0.1  # of its steps: as far as one test is from the next, so nobody is a whole test ahead
GRACE = 0.5  # seconds in which another worker may begin a side before this one takes it up
PATIENCE = 10.0  # seconds after which a side in another worker that makes no progress is no longer waited for
LOOK = 0.02  # seconds between two looks at the others


class OtherSide:
    """A side that this worker does not train."""

    def __init__(self, run: Run):
        self.run = run
        self.begun = False  # somebody has been seen to train it
        self.reached, self.since = 0.0, time.monotonic()  # how far it has come, and since when

    @property
    def waits(self) -> bool:
        """Whether it is still to be taken up, and can be."""
        if self.begun or store.complete(self.run) or store.stop_mark(self.run).exists():
            return False
        return all(store.weights(run) for run in list(self.run.lineage())[1:])

    def holds(self, share: float) -> bool:
        """Whether a side at this share of its steps has to wait for this one. One that has ended holds nobody, nor does
        one that is stuck or was lost with its process."""
        if share < AHEAD or store.complete(self.run):
            return False
        now, running = time.monotonic(), store.is_being_written(self.run)
        if not running:
            return not self.begun and self.waits and now - self.since < GRACE
        reached = visible_progress(self.run)
        if not self.begun or reached != self.reached:
            self.begun, self.reached, self.since = True, reached, now
        return share - reached > AHEAD - 1e-9 and now - self.since < PATIENCE


def visible_progress(run: Run) -> float:
    """The share of its steps at the last test that anybody can see."""
    steps = [event["step"] for event in store.events(run) if event["kind"] == "point"]
    return steps[-1] / run.steps if steps else 0.0


def race(
    run: Run, others: Sequence[Run], train: Callable[[Run, float], Side], wait: float, at_once: Sequence[Run] = ()
) -> str:
    """Train a run, and of the others some at once, and those that nobody else begins; returns how the run ended.
    train(run, seconds) waits so long for whoever has the run in hand, and then raises Timeout."""
    elsewhere = {other: OtherSide(other) for other in others}
    mine = {side: train(side, wait) for side in (run, *(other for other in at_once if elsewhere[other].waits))}
    reached = dict.fromkeys(mine, 0.0)
    ended, failed, began = "", None, time.monotonic()
    while mine:
        if time.monotonic() - began > GRACE:
            for other in [each for each in elsewhere.values() if each.waits and not store.is_being_written(each.run)]:
                other.begun = True  # also if another worker comes first
                mine[other.run], reached[other.run] = train(other.run, 0), 0.0
        # Whoever is behind; and before that whoever has made the last step, whose weights are still to be kept.
        side = min(mine, key=lambda side: reached[side] % 1)
        away = [other for each, other in elsewhere.items() if each not in mine]
        if any(other.holds(reached[side] % 1) for other in away) and not any(map(stopping, mine)):
            time.sleep(LOOK)
            continue
        try:
            reached[side] = next(mine[side])
            continue
        except StopIteration as end:
            ended = end.value if side == run else ended
        except Timeout:
            ended = "elsewhere" if side == run else ended
        except Exception as error:
            failed = error if side == run else failed
            if side != run:
                logging.getLogger(__name__).exception("A side of a race failed.")
                store.mark_to_stop(side)  # its own turn would fail again
        del mine[side]
    if failed:
        raise failed
    return ended


def stopping(run: Run) -> bool:
    return store.stop_mark(run).exists()
