"""Lesson 21: effects in small nets beside the same effects in models that people use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lessons.carries_over.claims import sizes, verdicts
from lessons.carries_over.effects import CARRIES, DOES_NOT, EFFECTS, PARTLY, Effect, bounded, judge
from lessons.carries_over.measurements import lacks
from lessons.carries_over.pictures import SORTED, growing, meanings, own_effect
from lessons.carries_over.runs import EFFECT, TRIED, live_results, progress
from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import claims, lessons
from lessons.kit.model.values import LabelledRun, Results, Seeds, Settings, visible
from lessons.kit.results.evidence import load_results
from lessons.kit.shipping.claims import shipped

LESSON = lessons()["carries_over"]
STORED = load_results(LESSON.backdrop(LESSON.defaults))


def stored_as_live(key: str) -> tuple[Settings, Results]:
    """Returns the settings for an effect, and its recorded runs in the place of the learner's own."""
    settings = replace(LESSON.defaults.but(effect=key), draw=0)
    return settings, STORED | load_results(LESSON.runs(settings))


def test_an_effect_is_judged_by_its_share() -> None:
    assert [judge(0.6, real) for real in (0.9, 0.41, 0.3, 0.19)] == [CARRIES, CARRIES, PARTLY, DOES_NOT]
    assert bounded(np.array([1.5, 1.9])) == 1 and bounded(np.array([-0.4, 0.2])) == 0
    assert lacks(np.array([0.9, 0.9]), np.array([0.5, 0.1]), 0.1) == pytest.approx([0.5, 1.0])


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.key)
def test_sizes_follow_from_the_numbers_of_claims(effect: Effect) -> None:
    """Every size is computed from runs that ship, and small nets show the effect on every seed."""
    small, real = sizes(STORED)[effect.key]
    assert len(small) >= 8 and len(real) >= 8
    assert small.mean() - 2 * small.std() / len(small) ** 0.5 > 0


def test_sizes_agree_with_the_lessons() -> None:
    """Two sizes, computed from the rounded numbers of the claims."""
    known = sizes(STORED)
    forgotten = percentages("R3")["gentle_kept"]
    assert known["forgetting"][1].mean() == pytest.approx(1 - forgotten, abs=0.01)
    first, at_once = (percentages("S10")[name] for name in ("first2", "full2"))
    assert known["head_first"][0].mean() == pytest.approx((first - at_once) / (first - 0.1), abs=0.02)
    patch, full, before = (percentages("R7")[name] for name in ("patch", "full", "before"))
    assert known["thin_patch"][1].mean() == pytest.approx((patch - before) / (full - before), abs=0.08)


def percentages(claim: str) -> dict[str, float]:
    """Returns the percentages among the numbers of a claim, as shares."""
    numbers = shipped(claim).numbers
    return {name: float(text[:-2]) / 100 for name, text in numbers.items() if text.endswith(" %")}


def test_nothing_real_is_shown_before_the_prediction() -> None:
    seen = load_results(visible(LESSON.backdrop(LESSON.defaults)))
    assert sizes(seen) == {} and LESSON.views(seen, LESSON.defaults, Settings()) == {}
    drawn = LESSON.picture(seen, LESSON.defaults, Settings())
    assert "real model" not in drawn.alt.replace("then real model", "")
    assert "real model" in LESSON.picture(STORED, LESSON.defaults, Settings()).alt.replace("then real model", "")


@pytest.mark.parametrize("key", TRIED)
def test_the_chosen_dot_moves_while_nets_train(key: str) -> None:
    """In the end it is where the recorded runs are, because here they are the same."""
    settings, evidence = stored_as_live(key)
    assert own_effect(STORED, settings) is None
    assert progress(evidence, settings) == 1
    assert own_effect(evidence, settings) == pytest.approx(bounded(sizes(STORED)[key][0]))
    part = live_results(evidence).partial_results(0.3)
    begun = STORED | Results(
        *({(f"live {role}", at): one for (role, at), one in kind.items()} for kind in vars(part).values())
    )
    assert 0 < progress(begun, settings) < 1
    name = key.replace("_", " ")
    assert f"{name}” is {percent(own_effect(begun, settings) or 0)}" in LESSON.tells(begun, settings)
    drawn = LESSON.picture(begun, settings, Settings())
    assert f"{name}: small nets {percent(own_effect(begun, settings) or 0)}" in drawn.alt


def test_live_runs_are_those_of_the_claim() -> None:
    for key in TRIED:
        settings, _ = stored_as_live(key)
        effect = next(effect for effect in EFFECTS if effect.key == key)
        theirs = {piece.of for piece in claims()[effect.small.claim][1].runs(Seeds())}
        mine = LESSON.runs(settings)
        assert len(mine) == len(effect.nets) and {piece.of for piece in mine} <= theirs
        assert len({str(piece) for piece in mine}) == len(mine)
        others = LESSON.runs(replace(settings, draw=3))
        assert all(isinstance(piece, LabelledRun) and piece.of.first_seed == 300 for piece in others)


def test_verdict_compares_with_the_sorting() -> None:
    guess = Settings({control.name: PARTLY for control in SORTED.values()})
    judged = verdicts(sizes(STORED))
    rows = LESSON.verdict_rows(STORED, guess)
    assert [(you, did) for _, you, did in rows] == [(PARTLY, judged[control.name]) for control in SORTED.values()]
    # the answers differ, so it does not help to say the same of all
    assert len({judged[control.name] for control in SORTED.values()}) > 1


def test_every_effect_says_what_it_measures() -> None:
    table = meanings(STORED)
    assert list(table.spec.index) == [effect.name for effect in EFFECTS] and all(table.spec["what it measures"])
    for key in EFFECT.options:
        assert "small nets" in growing(STORED, LESSON.defaults.but(effect=key)).alt
