"""What a lesson tells: a finding with what is lit beside it, one thing to try, a goal, where a race stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lessons.kit.model.values import Results, Setting, Settings
from lessons.kit.results.evidence import final

# Before a finding: what is lit, which view is shown, and which checks of claims its title states.
TAG = re.compile(r"^\{(lit|view|shows): ([^}]+)\}\s*", re.MULTILINE)


def count_noun(number: int, what: str) -> str:
    """So many of them: "1 lesson", "2 lessons"."""
    return f"{number} {what}{'s' * (number != 1)}"


@dataclass(frozen=True, kw_only=True)
class ExplainedFinding:
    """One finding of an explanation, and what of the picture goes with it."""

    words: str  # a title sentence in bold, and what follows it
    lit: tuple[str, ...] = ()  # names of curves, dots or rows: the others are dimmed
    view: str = ""  # the view that is shown with it, instead of the picture
    # The checks that the title states, as the claim words them, with "not: " before a check that is not met. A finding
    # that uses a claim with an unmet check must name them: the tests compare them with what the runs say.
    shows: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> ExplainedFinding:
        tags = dict(TAG.findall(text))
        lit, shows = (
            tuple(name.strip() for name in tags.get(tag, "").split("|") if name.strip()) for tag in ("lit", "shows")
        )
        return cls(words=TAG.sub("", text).strip(), lit=lit, view=tags.get("view", "").strip(), shows=shows)

    @property
    def title(self) -> str:
        """The sentence in bold."""
        return self.words.split("**")[1]


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


def never_idle(settings: Settings) -> bool:
    return False


def no_rival(settings: Settings) -> str:
    return ""


def no_advice(settings: Settings) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Mission:
    """A goal that the page can check, by what the learner has run.

    lessons/kit/shipping/goals.py searches every mission over `tries` and stores what it finds. The tests read from
    there that no idle setting meets the goal, that some setting does, and that the default does not.
    """

    says: str  # "Find the rate at which ..."
    met: Callable[[Results, Settings], bool | None]  # by the learner's own runs; None where there is no such goal
    tries: Mapping[
        str, tuple[Setting, ...]
    ]  # the options that the search combines, by control; others stay as they are
    idle: Callable[[Settings], bool] = never_idle  # settings that do nothing for the goal
    rival: Callable[[Settings], str] = no_rival  # the run that the learner's own is compared with, by its name
    advice: Callable[[Settings], str] = no_advice  # where the goal was missed: why these settings cannot reach it


def race_sentence(evidence: Results, settings: Settings) -> str:
    """Where the sides of a race stand, in one sentence: what the learner reads while it goes on."""
    stands = {side: table for side, table in sorted(evidence.tables("race").items()) if len(table)}
    if not stands or any("accuracy" not in table for table in stands.values()):
        return ""
    right = ", ".join(f"{side} {100 * final(table).mean():.0f} %" for side, table in stands.items())
    return f"Right after {max(table.step.to_numpy()[-1] for table in stands.values()):,} steps: {right}."


def flat(text: str) -> str:
    return " ".join(text.split())
