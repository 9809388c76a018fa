"""Defines a game in which the learner guesses the next word of a text. Then they see the true word and the
predictions of a net.

The game is played in the browser and sends nothing to the server. This module does not depend on the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lessons.kit.figures import Figure, percent


@dataclass(frozen=True, kw_only=True)
class Round:
    """Holds one text, its true continuation, and the predictions of a net."""

    before: str
    after: str
    expected: Sequence[tuple[str, float]]  # the most likely tokens with their probabilities
    bits: float  # the surprise of the net, in bits

    @property
    def spec(self) -> dict[str, Any]:
        """Returns the round in the form that the browser reads."""
        likeliest = self.expected[0][0]
        named = [(name_token(token), chance) for token, chance in self.expected]
        return {
            "before": self.before,
            "after": self.after.strip(),
            "expected": [[token, chance, percent(chance)] for token, chance in named],
            "among": among_how_many(self.bits),
            "right": likeliest.strip() == self.after.strip(),
        }


def name_token(token: str) -> str:
    """Returns the token without spaces around it. A token of white space is described in words."""
    return token.strip() or ("(a line's end)" if token.strip(" ") else "(a space)")


def among_how_many(bits: float) -> str:
    """Explains a number of bits: it returns the number of equally likely options that would be as uncertain."""
    count = 2**bits
    return f"{count:.1f}" if count < 10 else f"{count:,.0f}"


def guessing_game(rounds: Sequence[Round], title: str = "") -> Figure:
    """Draws the game. Its text alternative has only the texts, because the learner must guess the continuations."""
    told = "; ".join(f"“{one.before} …”" for one in rounds)
    spec = {"rounds": [one.spec for one in rounds]}
    return Figure(kind="game", spec=spec, alt=f"What comes next? {told}", title=title)
