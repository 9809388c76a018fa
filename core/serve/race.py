"""Keeps the sides of one request level, however many workers are free.

A worker that trains one side waits for the sides that other workers train. It also begins the sides that nobody has
begun yet. This module does not import torch and does not know how a run is trained: a side is a generator that yields
the share of its steps at its last test.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Sequence

from filelock import Timeout

from core.experiment.spec import Run
from core.store import store

Side = Generator[float, None, str]  # returns how the run ended
AHEAD = 0.1  # share of the steps; about the distance between two tests, so no side is a whole test ahead
GRACE = 0.5  # seconds in which another worker may begin a side before this worker begins it
PATIENCE = 10.0  # seconds without progress after which this worker no longer waits for a side in another worker
LOOK = 0.02  # seconds between two looks at the other sides


class OtherSide:
    """A side that this worker does not train."""

    def __init__(self, run: Run):
        self.run = run
        self.begun = False  # whether somebody was seen to train it
        self.reached, self.since = 0.0, time.monotonic()  # its progress, and the time of its last progress

    @property
    def waits(self) -> bool:
        """Returns whether this side has not begun yet, and can begin."""
        if self.begun or store.complete(self.run) or store.stop_mark(self.run).exists():
            return False
        return all(store.weights(run) for run in list(self.run.lineage())[1:])

    def holds(self, share: float) -> bool:
        """Returns whether a side with this share of its steps done has to wait for this side. Nobody waits for a side
        that has ended, is stuck, or was lost with its process."""
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
    """Returns the share of the run's steps at its last stored test."""
    steps = [event["step"] for event in store.events(run) if event["kind"] == "point"]
    return run.share_done(steps[-1]) if steps else 0.0


def race(
    run: Run, others: Sequence[Run], train: Callable[[Run, float], Side], wait: float, at_once: Sequence[Run] = ()
) -> str:
    """Trains a run together with the other sides of its race, and returns how the run ended.

    It begins the runs in `at_once` immediately, and later those that nobody else begins. `train(run, seconds)` waits
    that long for another process that is computing the run, and then raises Timeout.
    """
    elsewhere = {other: OtherSide(other) for other in others}
    mine = {side: train(side, wait) for side in (run, *(other for other in at_once if elsewhere[other].waits))}
    reached = dict.fromkeys(mine, 0.0)
    ended, failed, began = "", None, time.monotonic()
    while mine:
        if time.monotonic() - began > GRACE:
            for other in [each for each in elsewhere.values() if each.waits and not store.is_being_written(each.run)]:
                other.begun = True  # also if another worker is quicker
                mine[other.run], reached[other.run] = train(other.run, 0), 0.0
        # The side that is furthest behind comes next. A side that has made its last step comes even before, so that
        # its weights are stored.
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
                logging.getLogger(__name__).exception("One side of the race failed.")
                store.mark_to_stop(side)  # it would fail again in its own turn
        del mine[side]
    if failed:
        raise failed
    return ended


def stopping(run: Run) -> bool:
    """Returns whether a run has a stop mark."""
    return store.stop_mark(run).exists()
