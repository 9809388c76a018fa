"""Computes values that are not stored, on all workers, and says how it goes: for commands, not for pages."""

from __future__ import annotations

import sys
import time
from collections.abc import Collection

from core.experiment.spec import Measure, Run


def compute(values: Collection[Run | Measure]) -> None:
    """Have everything computed that is not stored, and say how it goes."""
    from core.serve.engine import Engine, Limits

    engine = Engine(Limits(seconds=7200))  # a language model takes longer than any learner would wait
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
