"""Panels of the player that are read: texts that change from frame to frame, and one text by a net's surprise.

Knows no screen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from core.check import BadValue
from lessons.kit.figures.player import large, packed, shaped, state_of

FULL = 12.0  # bits at which a token's tint is strongest


@dataclass(frozen=True, kw_only=True, eq=False)
class Texts:
    """A few texts below each other, each of which may be another at every frame."""

    title: str
    texts: Sequence[str] | Sequence[Sequence[str]]  # (frames, rows)
    prompts: Sequence[str] = ()  # a row: what stands before its text at every frame
    says: Sequence[str] | Sequence[Sequence[str]] = ()  # (frames, rows) a word at the end of each row
    states: ArrayLike = ()  # (frames, rows): NOTHING, RIGHT, LOST or WON_BACK
    words: Collection[str] = ()  # on a tint wherever they stand
    big: Sequence[str] = ()  # a frame: a large word above it

    def spec(self, marks: Sequence[str], names: int) -> dict[str, Any]:
        texts = shaped("Texts", self.texts, len(marks), -1)
        count = texts.shape[1]
        if len(self.prompts) not in (0, count):
            raise BadValue(f"Prompts must be one for each of {count} texts, not {len(self.prompts)}.")
        says = shaped("Says", self.says, len(marks), count) if len(self.says) else np.full((1, count), "")
        told = "; ".join(f"“{text}”" for text in texts[-1])
        return {
            "kind": "texts",
            "title": self.title,
            "alt": f"{self.title}, in the end: {told}.",
            "texts": texts.tolist(),
            "prompts": list(self.prompts),
            "says": says.tolist(),
            "states": packed(state_of(self.states, len(marks), count)),
            "words": sorted(self.words),
        } | large(self.big, len(marks))


@dataclass(frozen=True, kw_only=True, eq=False)
class Tokens:
    """One text, every token on a tint that says how surprised a net was by it; a token that is chosen says more."""

    title: str
    tokens: Sequence[str]
    bits: ArrayLike  # (frames, tokens)
    stories: Sequence[Sequence[str]]  # (frames, tokens): what is said when a token is chosen
    big: Sequence[str] = ()  # a frame: a large word above it

    def spec(self, marks: Sequence[str], names: int) -> dict[str, Any]:
        bits = shaped("Bits", self.bits, len(marks), len(self.tokens)).astype(float)
        stories = shaped("Stories", self.stories, len(marks), len(self.tokens))
        return {
            "kind": "tokens",
            "title": self.title,
            "alt": f"{self.title}: {''.join(self.tokens).strip()}",
            "tokens": list(self.tokens),
            "shares": np.clip(bits / FULL, 0, 1).round(3).tolist(),
            "stories": stories.tolist(),
        } | large(self.big, len(marks))
