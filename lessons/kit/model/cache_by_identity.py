"""Remember what is made of an object by which object it is, as of tables and lists that nobody writes to."""

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
    """An object as a key; while it is one, no other object can have its place in memory."""

    it: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)


def cache_by_identity(most: int) -> Callable[[Callable[Concatenate[Thing, P], T]], Callable[Concatenate[Thing, P], T]]:
    """A function whose last answers are remembered, by its first argument's identity and the others' values."""

    def remembering(function: Callable[Concatenate[Thing, P], T]) -> Callable[Concatenate[Thing, P], T]:
        @lru_cache(maxsize=most)
        def remembered(key: Same, *rest: Hashable, **named: Hashable) -> T:
            return function(key.it, *rest, **named)  # type: ignore[arg-type]

        @wraps(function)
        def asked(it: Thing, *rest: P.args, **named: P.kwargs) -> T:
            return remembered(Same(it), *rest, **named)  # type: ignore[arg-type]

        return asked  # type: ignore[return-value]

    return remembering
