"""What a lesson tells: a finding with what is lit beside it, one thing to try, a goal, where a race stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lessons.kit.evidence import final
from lessons.kit.values import Evidence, Settings

TAG = re.compile(r"^\{(lit|view): ([^}]+)\}\s*", re.MULTILINE)  # before a finding: what is lit, or which view is shown


def counted(number: int, what: str) -> str:
    """So many of them: "1 lesson", "2 lessons"."""
    return f"{number} {what}{'s' * (number != 1)}"


@dataclass(frozen=True, kw_only=True)
class Told:
    """One finding of an explanation, and what of the picture goes with it."""

    words: str  # a title sentence in bold, and what follows it
    lit: tuple[str, ...] = ()  # names of curves, dots or rows: the others are dimmed
    view: str = ""  # the view that is shown with it, instead of the picture

    @classmethod
    def read(cls, text: str) -> Told:
        tags = dict(TAG.findall(text))
        lit = tuple(name.strip() for name in tags.get("lit", "").split("|") if name.strip())
        return cls(words=TAG.sub("", text).strip(), lit=lit, view=tags.get("view", "").strip())


@dataclass(frozen=True, kw_only=True)
class Try:
    """One thing to try at the end of a lesson, and what it sets, as the URL writes it."""

    says: str
    sets: Mapping[str, str]  # controls by name

    @classmethod
    def read(cls, text: str) -> Try:
        """A sentence, and on the last line "control=value; control=value"."""
        says, _, line = text.strip().rpartition("\n")
        sets = dict(pair.strip().split("=", 1) for pair in line.split(";"))
        return cls(says=flat(says), sets=sets)


@dataclass(frozen=True, kw_only=True)
class Mission:
    """A goal that the page can check, by what the learner has run."""

    says: str  # "Find the rate at which ..."
    met: Callable[[Evidence, Settings], bool]  # of the evidence of their own runs


def standing(evidence: Evidence, settings: Settings) -> str:
    """Where the sides of a race stand, in one sentence: what the learner reads while it goes on."""
    stands = {side: table for side, table in sorted(evidence.tables("race").items()) if len(table)}
    if not stands or any("accuracy" not in table for table in stands.values()):
        return ""
    right = ", ".join(f"{side} {100 * final(table).mean():.0f} %" for side, table in stands.items())
    return f"Right after {max(table.step.to_numpy()[-1] for table in stands.values()):,} steps: {right}."


def flat(text: str) -> str:
    return " ".join(text.split())
