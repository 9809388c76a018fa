"""Defines the parts of a lesson's explanation: a finding with its highlighted curves, one thing to try, and a goal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lessons.kit.model.values import Results, Setting, Settings, side_name
from lessons.kit.results.evidence import final

# The tags before a finding name the highlighted items, the view, the settings of its numbers if they are not the
# defaults, and the checks of claims that its title states.
TAGS = ("lit", "view", "at", "shows")
TAG = re.compile(rf"^\{{({'|'.join(TAGS)}): ([^}}]+)\}}\s*", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class ExplainedFinding:
    """Holds one finding of an explanation, and the part of the picture that it refers to."""

    words: str  # a title sentence in bold, and the text after it
    lit: tuple[str, ...] = ()  # names of highlighted curves, dots or rows; the others are dimmed
    view: str = ""  # the view that is shown with the finding instead of the picture
    at: Mapping[str, str] = field(default_factory=dict)  # controls away from their defaults, as the URL writes them
    # The checks that the title states, in the words of the claim, with "not: " before a check that is not met. If a
    # finding uses a claim with an unmet check, it must name that check: the tests compare it with the results.
    shows: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> ExplainedFinding:
        """Reads a finding from its text in text.md."""
        tags = dict(TAG.findall(text))
        lit, shows = (
            tuple(name.strip() for name in tags.get(tag, "").split("|") if name.strip()) for tag in ("lit", "shows")
        )
        return cls(
            words=TAG.sub("", text).strip(),
            lit=lit,
            view=tags.get("view", "").strip(),
            at=control_values(tags.get("at", "")),
            shows=shows,
        )

    @property
    def title(self) -> str:
        """Returns the sentence in bold."""
        return self.words.split("**")[1]


@dataclass(frozen=True, kw_only=True)
class Try:
    """Holds one thing to try at the end of a lesson, and the settings for it, as the URL writes them."""

    says: str
    sets: Mapping[str, str]  # values of controls, by their names

    @classmethod
    def read(cls, text: str) -> Try:
        """Reads a sentence that is followed by a last line of the form "control=value; control=value"."""
        says, _, line = text.strip().rpartition("\n")
        return cls(says=flat(says), sets=control_values(line))


def control_values(line: str) -> dict[str, str]:
    """Reads a line of the form "control=value; control=value"."""
    return {name.strip(): value.strip() for name, _, value in (pair.partition("=") for pair in line.split(";")) if name}


def never_idle(settings: Settings) -> bool:
    return False


def no_rival(settings: Settings) -> str:
    return ""


def no_advice(settings: Settings) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Mission:
    """Defines a goal for the learner. The page can check it from the results of the learner's runs.

    lessons/kit/shipping/goals.py tests every mission with all combinations of `tries`, and stores the results. The
    tests read these results. They check that no idle setting meets the goal, that some setting does, and that the
    default does not.
    """

    says: str  # "Find the rate at which ..."
    # Judges the learner's own runs; None if these settings have no such goal.
    met: Callable[[Results, Settings], bool | None]
    # The options that the search combines, by control; the other controls keep their defaults.
    tries: Mapping[str, tuple[Setting, ...]]
    idle: Callable[[Settings], bool] = never_idle  # returns whether these settings do nothing for the goal
    rival: Callable[[Settings], str] = no_rival  # returns the name of the run that the learner's own is compared with
    # Returns why these settings cannot reach the goal, for a learner who missed it.
    advice: Callable[[Settings], str] = no_advice


def race_sentence(evidence: Results, settings: Settings) -> str:
    """Returns one sentence with the accuracy of each side of a race. The learner reads it while the race is running."""
    stands = {side: table for side, table in sorted(evidence.tables("race").items()) if len(table)}
    if not stands or any("accuracy" not in table for table in stands.values()):
        return ""
    right = ", ".join(f"{side_name(side)} {100 * final(table).mean():.0f} %" for side, table in stands.items())
    step = int(max(table.step.to_numpy()[-1] for table in stands.values()))
    return f"Accuracy after {step:,} steps: {right}."


def flat(text: str) -> str:
    """Returns the text on one line, with single spaces."""
    return " ".join(text.split())
