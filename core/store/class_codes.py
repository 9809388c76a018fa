"""Defines the short codes of classes: six letters and digits that a learner types instead of opening the class's
link.

A code is part of its class and ends with it. It is much easier to guess than the link, so the number of wrong codes
is limited. The limits are counted in this process: servers that share a store each count separately. This module does
not depend on pages.
"""

from __future__ import annotations

import secrets
import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from threading import Lock

from core.experiment.checks import BadValue

# Signs that look alike are not used: 0 O D Q, 1 I L, 2 Z, 5 S, 8 B, V. This leaves 113 million codes.
SIGNS = "ACEFGHJKMNPRTUWXY34679"
LENGTH = 6
WINDOW = 600.0  # seconds for which a wrong code is counted
# limits in that time; the limit of an address is high because all learners of a school share one
BROWSER, ADDRESS, SERVER = 10, 60, 300
EMPTY = "Type the six letters and digits that your teacher shows."
NONE = "No class has this code now. Check the six letters and digits, or open the link of the class."
MANY = "You have entered too many wrong codes. Open the link or the QR code of the class, or wait ten minutes."


def new_code(taken: Collection[str]) -> str:
    """Returns a code that no class has yet."""
    while (code := "".join(secrets.choice(SIGNS) for _ in range(LENGTH))) in taken:
        continue
    return code


def in_halves(code: str) -> str:
    """Returns a code in two halves, as a learner reads it: "K7M 3PW"."""
    return f"{code[: LENGTH // 2]} {code[LENGTH // 2 :]}".strip()


def without_signs(text: str) -> str:
    """Returns what a learner typed as codes are kept: in capitals, without spaces, dashes and other signs."""
    return "".join(sign for sign in text.upper() if sign.isalnum())[: LENGTH + 1]


class WrongCodes:
    """Counts recent wrong codes by browser, by address, and for the whole server."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.times: defaultdict[str, deque[float]] = defaultdict(deque)

    def many(self, limits: Sequence[tuple[str, int]]) -> bool:
        """Returns whether one of the counters has reached its limit."""
        since = time.monotonic() - WINDOW
        with self.lock:
            for name in [*self.times]:
                while self.times[name] and self.times[name][0] < since:
                    self.times[name].popleft()
                if not self.times[name]:
                    del self.times[name]
            return any(len(self.times.get(name, ())) >= most for name, most in limits)

    def add(self, limits: Sequence[tuple[str, int]]) -> None:
        """Counts a wrong code on every counter."""
        with self.lock:
            for name, _ in limits:
                self.times[name].append(time.monotonic())


wrong = WrongCodes()


def find(text: str, codes: Callable[[], Mapping[str, str]], browser: str, address: str) -> str:
    """Returns the value of `codes` for the code that a browser at this address has typed.

    Raises BadValue with a sentence if no class has the code, or if too many codes were wrong.
    """
    if not without_signs(text):
        raise BadValue(EMPTY)
    limits = [("server", SERVER), (f"browser {browser}", BROWSER)]
    limits += [(f"address {address}", ADDRESS)] if address else []
    if wrong.many(limits):
        raise BadValue(MANY)
    if found := codes().get(without_signs(text)):
        return found
    wrong.add(limits)
    raise BadValue(NONE)
