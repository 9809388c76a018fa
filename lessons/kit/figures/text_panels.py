"""Panels of the player that are read: texts that change from frame to frame, and one text by a net's surprise.

Knows no screen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lessons.kit.figures.player import RIGHT, large, shaped, state_of, texts

FULL = 12.0  # bits at which a token's tint is strongest


@dataclass(frozen=True, kw_only=True, eq=False)
class Texts:
    """What is written, after prompts or alone, with lamps that say what is true of it."""

    title: str
    says: Sequence[str] | Sequence[Sequence[str]]  # (frames, rows) what is written
    prompts: Sequence[str] = ()  # a row: after what
    lamps: Mapping[str, ArrayLike] = field(default_factory=dict)  # by name (frames, rows): NOTHING, RIGHT or LOST
    notes: Sequence[str] = ()  # a row: a word on a badge beside its prompt, or ""
    ends: Sequence[str] | Sequence[Sequence[str]] = ()  # (frames, rows) a word at the end of a row
    words: Collection[str] = ()  # on a tint wherever they are written
    big: Sequence[str] = ()  # a frame: a large word above it, such as a count

    def spec(self, marks: Sequence[str], names: int) -> dict[str, Any]:
        frames = len(marks)
        says = shaped("Texts", self.says, frames, len(self.prompts) or -1)
        rows = says.shape[1]
        lamps = {name: state_of(states, frames, rows) for name, states in self.lamps.items()}
        lit = [f"{name} {int((states[-1] == RIGHT).sum())} of {rows}" for name, states in lamps.items()]
        prompts = self.prompts or [""] * rows
        written = [f"{prompt} {text or '(nothing)'}".strip() for prompt, text in zip(prompts, says[-1])]
        return {
            "kind": "texts",
            "title": self.title,
            "alt": f"{self.title}: in the end {'; '.join([*written, *lit])}",
            "prompts": list(self.prompts),
            "texts": says.tolist(),
            "lamps": [{"name": name, "states": states.tolist()} for name, states in lamps.items()],
            "notes": texts("Notes", self.notes, rows),
            "ends": shaped("Ends", self.ends, frames, rows).tolist() if len(self.ends) else [],
            "words": sorted(self.words),
        } | large(self.big, frames)


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


def visible(token: str) -> str:
    """A token as it can be seen: a space as an open box, a line's end as an arrow, what is no letter as a dot."""
    seen = token.replace(" ", "␣").replace("\n", "↵").replace("\f", "the end")
    return "".join(letter if letter.isprintable() else "·" for letter in seen)
