"""Defines the control of this lesson, and its runs: those that the claims of other lessons already use."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Measure, Run
from lessons.carries_over.effects import BY_KEY, EFFECTS, Effect
from lessons.kit.model.values import Control, LabelledRun, Results, Runs, Seeds, Settings, Values, hide

LIVE = "live "  # before the role of a live run
# The small nets of these effects are trained in seconds, on backbones that ship.
TRIED = ("head_first", "head_start", "thin_patch", "high_rate", "replay")

EFFECT = Control(
    name="effect",
    label="Finding to try again",
    options=TRIED,
    default=TRIED[0],
    labels={key: BY_KEY[key].name for key in TRIED},
    help="We train the small nets of this finding again, with new data and new random weights.",
)


def chosen_effect(settings: Settings) -> Effect:
    """Returns the finding that the learner tries again."""
    return BY_KEY[settings[EFFECT]]


def runs(settings: Settings) -> Runs:
    """Returns the small nets of the chosen finding, on the learner's draw and from the backbone of the claim."""
    effect = chosen_effect(settings)
    trained = [(piece, piece.of) for piece in effect.small.values() if isinstance(piece.of, Run)]
    return [
        LabelledRun(LIVE + piece.role, replace(run, first_seed=100 * settings.draw), piece.x, name=name)
        for name, (piece, run) in zip(effect.nets, trained)
    ]


def small_values(seeds: Seeds) -> Values:
    """Returns the results in small nets, of all effects."""
    return [piece for effect in EFFECTS for piece in effect.small.values(seeds)]


def real_values(seeds: Seeds) -> Values:
    """Returns the results in the real models, of all effects."""
    pieces = [piece for effect in EFFECTS for piece in effect.real.values(seeds)]
    return list({(piece.key, piece.of): piece for piece in pieces}.values())  # two effects share some


def all_values(seeds: Seeds) -> Values:
    return [*small_values(seeds), *real_values(seeds)]


def backdrop(settings: Settings) -> Values:
    """Returns the results in small nets, which the learner may see, and the hidden results in the real models."""
    return [*small_values(Seeds()), *hide(real_values(Seeds()))]


def live_results(evidence: Results) -> Results:
    """Returns the results of the learner's own runs."""
    return evidence.under(LIVE)


def progress(evidence: Results, settings: Settings) -> float:
    """Returns the share of their steps that the learner's own runs have reached, or 0 if there are none."""
    known, pieces = live_results(evidence), chosen_effect(settings).small.values()
    shares = [
        piece.of.share_done(int(known.table(*piece.place).step.iloc[-1])) if known.has(*piece.place) else 0.0
        for piece in pieces
        if not isinstance(piece.of, Measure)
    ]
    return min(shares, default=0.0)
