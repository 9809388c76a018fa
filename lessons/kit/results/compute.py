"""Computes values that are not stored yet, on all workers, and prints the progress. It is used by commands, and not
by the pages of the app."""

from __future__ import annotations

import sys
import time
from collections.abc import Collection

from core.experiment.spec import Measure, Run


def compute(values: Collection[Run | Measure]) -> None:
    """Computes all values that are not stored yet and prints the progress. Raises RuntimeError if a run fails or is
    stopped."""
    from core.serve.engine import Engine, Limits

    engine = Engine(Limits(seconds=7200))  # training a language model takes longer than any learner would wait
    try:
        engine.ask(list(values), "claims")
        waiting = set(values)
        while waiting:
            states = {value: engine.state(value) for value in waiting}
            waiting = {value for value, state in states.items() if state.kind in ("queued", "running", "absent")}
            for state in states.values():
                if state.kind in ("failed", "stopped"):
                    raise RuntimeError(state.message or "A run was stopped.")
            print(f"\r{len(values) - len(waiting)} of {len(values)} results", end="", file=sys.stderr, flush=True)
            time.sleep(0.5)
        print(file=sys.stderr)
    finally:
        engine.close()
