"""Defines the panels of the player that show text: texts that change from frame to frame, and one text coloured by the
surprise of a net.

It does not depend on the screen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lessons.kit.figures.player import RIGHT, large, shaped, state_of, texts

SHORT = 60  # characters of a text that are shown in a row
NOTHING_WRITTEN = "(nothing)"  # stands for an empty text
FULL = 12.0  # the bits at which the colour of a token is strongest


@dataclass(frozen=True, kw_only=True, eq=False)
class Texts:
    """Defines a panel with texts, with or without prompts, and with check marks that show which conditions each text
    meets."""

    title: str
    says: Sequence[str] | Sequence[Sequence[str]]  # (frames, rows) the texts
    prompts: Sequence[str] = ()  # for each row: the prompt before the text
    # Check marks by name (frames, rows): NOTHING, RIGHT or LOST.
    lamps: Mapping[str, ArrayLike] = field(default_factory=dict)
    notes: Sequence[str] = ()  # for each row: a word on a badge beside its prompt, or ""
    ends: Sequence[str] | Sequence[Sequence[str]] = ()  # (frames, rows) a word at the end of a row
    words: Collection[str] = ()  # words that are coloured everywhere
    big: Sequence[str] = ()  # for each frame: a large word above it, such as a count

    def spec(self, marks: Sequence[str], names: int) -> dict[str, Any]:
        frames = len(marks)
        says = shaped("Texts", self.says, frames, len(self.prompts) or -1)
        rows = says.shape[1]
        lamps = {name: state_of(states, frames, rows) for name, states in self.lamps.items()}
        lit = [f"{name} {int((states[-1] == RIGHT).sum())} of {rows}" for name, states in lamps.items()]
        prompts = self.prompts or [""] * rows
        written = [f"{prompt} {text or NOTHING_WRITTEN}".strip() for prompt, text in zip(prompts, says[-1])]
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
    """Defines a panel with one text in which the colour of every token shows how surprised a net was. The learner can
    select a token to read more."""

    title: str
    tokens: Sequence[str]
    bits: ArrayLike  # (frames, tokens)
    stories: Sequence[Sequence[str]]  # (frames, tokens): the text that is shown when a token is selected
    big: Sequence[str] = ()  # for each frame: a large word above it

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


def first_words(text: str) -> str:
    """Returns the part of a text that fits into a row, in one line. An empty text becomes "(nothing)", so that nobody
    takes it for a missing answer."""
    words = " ".join(text.split()) or NOTHING_WRITTEN
    return words if len(words) <= SHORT else words[:SHORT] + " ..."


def quote_token(token: str) -> str:
    """Quotes a token for a label or a sentence. A token of white space is described in words."""
    blank = {"": "(a space)", "\n": "(the end of a line)", "\f": "(the end of a text)"}
    return f"“{visible(token)}”" if token.strip() else blank.get(token.strip(" "), "(white space)")


def visible(token: str) -> str:
    """Makes the invisible characters of a token visible. A space becomes an open box, a line break becomes an arrow,
    and other characters that cannot be printed become dots."""
    seen = token.replace(" ", "␣").replace("\n", "↵").replace("\f", "the end")
    return "".join(letter if letter.isprintable() else "·" for letter in seen)
