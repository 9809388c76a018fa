"""Tries every goal of every page over a coarse grid of settings, to find out whether it can be met and whether it is
too easy.

`python -m lessons.kit.shipping.goals [names]` trains the runs that are needed and writes the results to
lessons/shipped/goals.json. The tests read this file. They check that no goal is met by an untrained net, by a setting
that does nothing, or by the default, and that every goal is met by some setting.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from core.experiment.spec import Run, digest
from core.store import shipped, store
from lessons.kit.lesson.catalogue import Workspace, lessons
from lessons.kit.lesson.explanation import Mission
from lessons.kit.model.values import LabelledRun, Measures, Results, Runs, Setting, Settings
from lessons.kit.results.evidence import load_results
from lessons.kit.sandbox.challenges import CHALLENGES, Challenge, candidates
from lessons.kit.sandbox.experiment import describe_run

FILE = "goals.json"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Holds one setting at which a goal is tried: its runs, the measures after them, and how they are judged."""

    sets: Mapping[str, Setting]  # the options that differ from the default, by control
    runs: Runs
    after: Measures = ()
    met: Callable[[Results], bool | None]
    rival: str = ""  # the name of the run that the learner's own run is compared with, which is always trained
    idle: bool = False  # True if this setting does nothing for the goal
    default: bool = False  # True if the page opens with this setting

    @property
    def outcome(self) -> dict[str, Any]:
        """Returns whether the goal is met at the end of the runs, and whether it was already met before the first
        step."""
        runs = load_results(self.runs)
        met = self.met(runs | load_results(self.after))
        own = [piece.key for piece in self.runs if str(piece) != self.rival]
        untrained = self.met(runs.up_to(dict.fromkeys(own, 0)))
        flags = {"idle": self.idle, "default": self.default, "met": bool(met), "met untrained": bool(untrained)}
        return {"sets": dict(self.sets), **flags}


@dataclass(frozen=True, kw_only=True)
class Goal:
    """Holds a goal in words, and the settings at which it is tried."""

    says: str
    trials: tuple[Trial, ...]

    @property
    def recipe(self) -> str:
        """Returns a digest of everything that is trained for the goal. If it has changed, the stored outcome is out
        of date."""
        runs = [piece.of for trial in self.trials for piece in trial.runs]
        measures = [piece.of for trial in self.trials for piece in trial.after]
        names = sorted({digest(value) for value in (*runs, *measures)})
        return hashlib.sha256(" ".join(names).encode()).hexdigest()[:20]


def goals() -> dict[str, Goal]:
    """Returns every mission and challenge, by the page that it is on."""
    found = {slug: of_mission(lesson, lesson.mission) for slug, lesson in lessons().items() if lesson.mission}
    found |= {f"time, {name}": of_mission(bench, bench.mission) for name, bench in time_machine() if bench.mission}
    return found | {f"sandbox, {slug}": of_challenge(challenge) for slug, challenge in CHALLENGES.items()}


def time_machine() -> list[tuple[str, Workspace]]:
    """Returns the time machine for every past that it offers."""
    from lessons.ways_to_remember import machine

    return [(name, machine.bench(name)) for name in machine.pasts.PAST.options]


def of_mission(bench: Workspace, mission: Mission) -> Goal:
    """Returns a mission with a trial for every combination of its `tries`, and for the default."""
    grid = [dict(zip(mission.tries, values)) for values in itertools.product(*mission.tries.values())]
    settings = dict.fromkeys([bench.defaults, *(bench.defaults.but(**choice) for choice in grid)])
    return Goal(says=mission.says, trials=tuple(trial(bench, mission, at) for at in settings))


def trial(bench: Workspace, mission: Mission, settings: Settings) -> Trial:
    """Returns the trial of a mission at these settings."""
    usual = bench.defaults.values
    return Trial(
        sets={name: value for name, value in settings.values.items() if value != usual[name]},
        runs=bench.runs(settings),
        after=bench.after(settings),
        met=lambda evidence: mission.met(evidence, settings),
        rival=mission.rival(settings),
        idle=mission.idle(settings),
        default=settings == bench.defaults,
    )


def of_challenge(challenge: Challenge) -> Goal:
    """Returns a challenge with a trial for every candidate of its search, and for the setting with which the page
    opens."""

    def met(run: Run, evidence: Results) -> bool:
        return challenge.is_met(run, evidence.table("race"))

    trials = [
        Trial(
            sets={"run": describe_run(run)},
            runs=[LabelledRun("race", run)],
            met=partial(met, run),
            default=run == challenge.start,
        )
        for run in dict.fromkeys([challenge.start, *candidates(challenge)])
    ]
    return Goal(says=challenge.says, trials=tuple(trials))


@cache
def outcomes() -> dict[str, Any]:
    """Returns the results of the last search, by goal: the words of the goal, its recipe, and the outcome of every
    trial."""
    return shipped.table(store.SHIPPED / FILE)


def main(names: list[str]) -> None:
    from lessons.kit.results.compute import compute

    found = dict(outcomes()) if (store.SHIPPED / FILE).exists() else {}
    every = goals()
    for name in names or every:
        goal = every[name]
        compute({piece.of for trial in goal.trials for piece in trial.runs})
        compute({piece.of for trial in goal.trials for piece in trial.after})
        tried = [trial.outcome for trial in goal.trials]
        found[name] = {"says": goal.says, "recipe": goal.recipe, "trials": tried}
        print(f"{name}: {sum(one['met'] for one in tried)} of {len(tried)} settings meet it")
    lines = [f"{json.dumps(name)}: {json.dumps(found[name], ensure_ascii=False)}" for name in every if name in found]
    (store.SHIPPED / FILE).write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
