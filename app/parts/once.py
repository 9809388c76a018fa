"""What every look at a page asks a lesson for, and gets alike for the same settings: made once, of late."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from lessons.kit.catalogue import Bench
from lessons.kit.values import Settings


@lru_cache(maxsize=1024)
def once(lesson: Bench, what: str, settings: Settings) -> Any:
    """What one of the lesson's functions of settings says, such as its runs. Only to be read."""
    function: Callable[[Settings], Any] = getattr(lesson, what)
    return function(settings)
