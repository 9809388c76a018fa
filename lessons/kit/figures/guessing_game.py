"""A game of guessing what comes next: the learner types, then sees what stood there and what a net had expected.

Played in the browser; the server hears nothing of it. Knows no screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lessons.kit.figures import Figure, percent


@dataclass(frozen=True, kw_only=True)
class Round:
    """One text, how it really goes on, and what a net had expected there."""

    before: str
    after: str
    expected: Sequence[tuple[str, float]]  # the likeliest tokens with their probabilities
    bits: float  # how surprised the net was

    @property
    def spec(self) -> dict[str, Any]:
        likeliest = self.expected[0][0]
        named = [(token.strip() or "(a line's end)", chance) for token, chance in self.expected]
        return {
            "before": self.before,
            "after": self.after.strip(),
            "expected": [[token, chance, percent(chance)] for token, chance in named],
            "among": among_how_many(self.bits),
            "right": likeliest.strip() == self.after.strip(),
        }


def among_how_many(bits: float) -> str:
    """So many bits in plain English: as unsure as when choosing among so many."""
    count = 2**bits
    return f"{count:.1f}" if count < 10 else f"{count:,.0f}"


def guessing_game(rounds: Sequence[Round], title: str = "") -> Figure:
    """The text alternative tells the texts alone: what comes next is what is asked."""
    told = "; ".join(f"“{one.before} …”" for one in rounds)
    spec = {"rounds": [one.spec for one in rounds]}
    return Figure(kind="game", spec=spec, alt=f"What comes next? {told}", title=title)
