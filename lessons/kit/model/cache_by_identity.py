"""Caches the results of functions by the identity of their first argument.

It is meant for tables and lists that nobody changes after they are made.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

Thing = TypeVar("Thing")
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Same:
    """Wraps an object so that it can be the key of a cache. The key holds the object, so no other object can take its
    place in memory."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def cache_by_identity(most: int) -> Callable[[Callable[Concatenate[Thing, P], T]], Callable[Concatenate[Thing, P], T]]:
    """Returns a decorator that caches the last `most` results of a function.

    The key is the identity of the first argument together with the values of the other arguments.
    """

    def remembering(function: Callable[Concatenate[Thing, P], T]) -> Callable[Concatenate[Thing, P], T]:
        @lru_cache(maxsize=most)
        def remembered(key: Same, *rest: Hashable, **named: Hashable) -> T:
            return function(key.value, *rest, **named)  # type: ignore[arg-type]

        @wraps(function)
        def asked(value: Thing, *rest: P.args, **named: P.kwargs) -> T:
            return remembered(Same(value), *rest, **named)  # type: ignore[arg-type]

        return asked  # type: ignore[return-value]

    return remembering
