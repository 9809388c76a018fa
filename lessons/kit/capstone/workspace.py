"""Defines the workspace of a brief: its controls, its run, the map and the bills. The page is
app/app_pages/capstone.py."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from lessons.kit.capstone.briefs import Brief, Outcome
from lessons.kit.capstone.jobs import METHODS, PROTECTIONS, SCRATCH, Choice
from lessons.kit.capstone.outcome_text import NAMES, bills, choice_text, compared, compared_outcomes, headline
from lessons.kit.capstone.tries import Try, outcome, tries_table
from lessons.kit.figures import Figure
from lessons.kit.figures.cost_accuracy_map import LabelledSpot, Spot, cost_accuracy_map
from lessons.kit.figures.curves import race
from lessons.kit.lesson.catalogue import Guess, Views, Workspace
from lessons.kit.model.prediction import SHARES, expected
from lessons.kit.model.values import Control, Results, Runs, Settings, Values

SLUG = "capstone"
UNSAID = "?"
YOURS = "yours"
LEARNING, LEARNED = "Training now", "Training"  # views of the learner's run
WAITS_FOR = {"expected": "the accuracy", "left": "how much of the old skill the net keeps"}
START = Control(name="backbone", label="Start from", options=("",), default="", help="")
METHOD = Control(
    name="method",
    label="What to train",
    options=METHODS,
    default=METHODS[-1],
    help="Head only: freeze all layers below the head. Biases: train only the biases and the head. Low rank: change "
    "each weight matrix by a low-rank patch. Head first: train the head, and then fine-tune all layers gently. All at "
    "once: train all layers from the first step. A net from scratch always trains all layers.",
)
PROTECTION = Control(
    name="protection",
    label="Protection of the old skill",
    options=("",),
    default="",
    help="Replay: practise one old example of each class again. LwF: keep the answers that the old net gave to the new "
    "examples. EWC: protect the weights that the old skill needs.",
)
LABELS = Control(
    name="labels", label="Labels per class", options=(0,), default=0, help="How many labels you buy.", slider=True
)
EXPECTED = Control(
    name="expected",
    label="Your prediction: final accuracy",
    options=(UNSAID, *SHARES),
    default=UNSAID,
    help="The share of unseen examples that your net gets right. Predict it before you train.",
    slider=True,
)
EXPECTED_LEFT = replace(
    EXPECTED,
    name="left",
    label="Your prediction: old skill kept",
    help="The share of the old skill that your net still has at the end.",
)


@dataclass(frozen=True)
class Desk:
    """Holds the controls of a brief, which start at the naive choice, and computes everything that depends on them."""

    brief: Brief
    tries: tuple[Try, ...] = ()  # earlier tries of the learner

    @property
    def deciding(self) -> tuple[Control[str], Control[str], Control[str], Control[int]]:
        """Returns the controls of the choice."""
        brief, naive = self.brief, self.brief.naive
        names = tuple(offer.name for offer in brief.job_of.offers)
        known = "; ".join(f"{offer.name}: {offer.says}" for offer in brief.job_of.offers if offer.run)
        return (
            replace(
                START,
                options=names,
                default=naive.start,
                help=f"{known}.",
                labels={SCRATCH: "from scratch"} if SCRATCH in names else {},
            ),
            METHOD,
            replace(
                PROTECTION,
                options=brief.job_of.protections,
                default=naive.protection,
                labels={name: PROTECTIONS[name] for name in brief.job_of.protections},
            ),
            replace(LABELS, options=brief.sizes, default=naive.labels),
        )

    @property
    def expecting(self) -> tuple[Control[str], ...]:
        """Returns the controls for what the learner expects. They include the old skill if the brief requires it."""
        return (EXPECTED, EXPECTED_LEFT) if self.brief.keep else (EXPECTED,)

    def choice(self, settings: Settings) -> Choice:
        """Returns the choice that the learner has set."""
        made = Choice(settings[START], settings[METHOD], settings[PROTECTION], settings[LABELS])
        return self.brief.job_of.plain(made)

    def lacks(self, settings: Settings) -> str:
        """Says what the learner must still answer before they can train."""
        missing = [WAITS_FOR[control.name] for control in self.expecting if settings[control] == UNSAID]
        return f"Before you can train, predict {' and '.join(missing)}." if missing else ""

    def runs(self, settings: Settings) -> Runs:
        return [Try(self.choice(settings), settings.draw).run(self.brief)]

    def own_outcome(self, evidence: Results, settings: Settings) -> Outcome | None:
        """Returns the outcome of the learner's run, or None if it is not finished."""
        if not evidence.has("race", YOURS):
            return None
        return outcome(Try(self.choice(settings), settings.draw), self.brief)

    def earlier(self, settings: Settings) -> dict[str, Outcome]:
        """Returns the outcomes of the other tries, by their names."""
        now = Try(self.choice(settings), settings.draw)
        every = {f"try {k}": outcome(one, self.brief) for k, one in enumerate(self.tries, 1) if one != now}
        return {name: one for name, one in every.items() if one}

    def picture(self, evidence: Results, settings: Settings, guess: Guess) -> Figure:
        """Draws the goal and the guess. When the learner's run is finished, it also draws all choices that were
        searched and the named ones."""
        brief, yours = self.brief, self.own_outcome(evidence, settings)
        spots: list[Spot] = []
        named: list[LabelledSpot] = []
        before = [
            LabelledSpot(**place(one), kind="earlier", label=name) for name, one in self.earlier(settings).items()
        ]
        if yours:
            spots = [Spot(**place(one)) for one in brief.outcomes.values()]
            named = [
                LabelledSpot(**place(one), kind=kind)
                for kind, one in (compared_outcomes(brief) | {"yours": yours}).items()
            ]
        elif settings[EXPECTED] != UNSAID and (there := brief.outcomes.get(self.choice(settings))):
            named = [LabelledSpot(**place(there) | {"right": expected(settings[EXPECTED]), "missed": 0}, kind="guess")]
        return cost_accuracy_map(spots, [*before, *named], (brief.budget, brief.reach), *ground(brief))

    def views(self, evidence: Results, settings: Settings, guess: Guess) -> Views:
        """Returns the curves of the learner's run, a table of the tries, and the bills."""
        shown: Views = {}
        yours, before = self.own_outcome(evidence, settings), self.earlier(settings)
        if evidence.has("race", YOURS):
            table, steps = evidence.table("race", YOURS), self.runs(settings)[0].of.steps
            # While the run is training, its curves are shown. When it is finished, the map is shown first.
            shown[LEARNED if yours else LEARNING] = lambda: race({"pretrained": table}, steps)
        if yours or before:
            mine = {YOURS: yours} if yours else {}
            known = {NAMES[kind]: one for kind, one in compared_outcomes(self.brief).items()} if yours else {}
            shown["Your tries"] = lambda: tries_table(before | mine | known)
        if yours:
            others = {NAMES[kind]: one for kind, one in compared_outcomes(self.brief).items()}
            shown["Costs"] = lambda: bills({YOURS: yours} | others)
        return shown

    def headline(self, evidence: Results, settings: Settings) -> str:
        """Returns the points and the requirements that were met and missed, once the run is finished."""
        yours = self.own_outcome(evidence, settings)
        return headline(yours) if yours else ""

    def tells(self, evidence: Results, settings: Settings) -> str:
        """Compares the result with what the learner expected and explains the points, once the run is finished."""
        yours = self.own_outcome(evidence, settings)
        return "\n\n".join([compare_with_guess(yours, settings), compared(yours)]) if yours else ""


def compare_with_guess(yours: Outcome, settings: Settings) -> str:
    """Compares what the learner expected with the result."""
    right = EXPECTED.label_of(settings[EXPECTED])
    said = [f"You predicted an accuracy of {right}, and it is {yours.found.right:.0f} %."]
    if yours.brief.keep:
        left = EXPECTED_LEFT.label_of(settings[EXPECTED_LEFT])
        said.append(f"You predicted that the net keeps {left} of the old skill, and it keeps {yours.found.left:.0f} %.")
    return " ".join(said)


def place(one: Outcome) -> dict[str, Any]:
    """Returns the position of an outcome on the map."""
    return {"name": choice_text(one.choice), "cost": one.coins, "right": one.found.right, "missed": one.missed_checks}


def ground(brief: Brief) -> tuple[tuple[float, float], float]:
    """Returns the ends of the cost axis and the lowest accuracy that is shown, so that all choices that were searched
    fit."""
    costs = [one.coins for one in brief.outcomes.values()] or [1.0]
    least = min((one.found.right for one in brief.outcomes.values()), default=0)
    return (0.6 * min(costs), 1.8 * max(*costs, brief.budget)), 10 * math.floor((least - 4) / 10)


def nothing(settings: Settings) -> Values:
    return ()


@lru_cache(maxsize=64)
def brief_workspace(brief: Brief, tries: tuple[Try, ...] = ()) -> Workspace:
    """Returns the workspace of a brief and its earlier tries. It is cached, because other caches use it as a key."""
    desk = Desk(brief, tries)
    return Workspace(
        slug=f"{SLUG}.{brief.slug}",
        controls=(*desk.deciding, *desk.expecting),
        in_reach=len(desk.deciding) + len(desk.expecting),
        runs=desk.runs,
        backdrop=nothing,
        picture=desk.picture,
        views=desk.views,
        tells=desk.tells,
        lacks=desk.lacks,
        plays=False,
        headline=desk.headline,
        moving=(LEARNING,),
        words={"run": ""},
    )
