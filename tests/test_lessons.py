"""Checks every lesson: its parts fit together, and its stored results are those of today's values."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys

import pytest

from app.beats.lesson_text import filled
from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, digest, from_json, to_json
from core.store import store
from lessons.kit.figures import Figure
from lessons.kit.lesson.catalogue import CHAPTERS, Lesson, lessons
from lessons.kit.lesson.explanation import TAG
from lessons.kit.model.prediction import Order
from lessons.kit.model.values import Settings, defaults, visible
from lessons.kit.results.evidence import load_results
from lessons.kit.shipping import ship
from lessons.kit.shipping.claims import shipped

EACH = pytest.mark.parametrize("lesson", lessons().values(), ids=lessons())
SLOT = re.compile(r"\{(\w+)\.(\w+)\}")


def prediction(lesson: Lesson) -> Settings:
    return defaults(lesson.prediction.sliders)


@EACH
def test_a_lesson_has_every_beat_and_few_controls(lesson: Lesson) -> None:
    assert {"hook", "predict", "run", "explain", "carry"} <= set(lesson.words)
    assert lesson.chapter in CHAPTERS
    assert 1 <= lesson.in_reach <= min(4, len(lesson.controls))
    assert len(lesson.controls) <= 9  # those that are not in reach are folded
    assert len(lesson.questions) >= 2
    assert lesson.claims


@EACH
def test_numbers_in_prose_come_from_claims(lesson: Lesson) -> None:
    for words in lesson.words.values():
        for claim, name in SLOT.findall(words):
            assert name in shipped(claim).numbers, f"{lesson.slug}: no claim gives {claim}.{name}"


@EACH
def test_prose_types_no_result_as_digits(lesson: Lesson) -> None:
    for heading, words in lesson.words.items():
        said = re.findall(r"\d+(?:\.\d+)?\s*(?:%|points|times)", TAG.sub("", SLOT.sub("", words)))  # a tag names checks
        assert not said, f"{lesson.slug}, {heading}: {said} is typed, not computed"


@EACH
def test_every_default_is_an_option(lesson: Lesson) -> None:
    for control in (*lesson.controls, *lesson.prediction.sliders):
        assert control.default in control.options or isinstance(control, Order)
        assert control.read(str(control.default)) == control.default


@EACH
@pytest.mark.parametrize("text", ["", "nan", "1e999", "-1", "<script>", "🙂" * 500, "../../etc/passwd", "None"])
def test_a_hostile_setting_is_a_sentence(lesson: Lesson, text: str) -> None:
    for control in (*lesson.controls, *lesson.prediction.sliders):
        with pytest.raises(BadValue, match=re.escape(control.label[:8])) as error:
            control.read(text)
        assert len(str(error.value)) < 200


@EACH
def test_every_setting_gives_runs_and_described_figures(lesson: Lesson) -> None:
    for settings in in_pairs(ship.every_setting(lesson)):
        for piece in lesson.runs(settings):
            assert from_json(json.loads(json.dumps(to_json(piece.of)))) == piece.of
        evidence = load_results(lesson.backdrop(settings))
        figures = [lesson.hook(evidence, settings), lesson.picture(evidence, settings, prediction(lesson))]
        unsaid = Settings()
        views = lesson.views(evidence, settings, unsaid)
        assert all(len(name) < 24 for name in views)
        for figure in [*figures, *(view() for view in views.values())]:
            assert isinstance(figure, Figure)
            assert len(figure.alt) > 20
            assert "nan" not in figure.alt


def in_pairs(every: list[Settings]) -> list[Settings]:
    """Returns few settings that together cover nearly every pair of values of two controls."""
    missing = [set(itertools.combinations(settings.values.items(), 2)) for settings in every]
    chosen = []
    while any(missing):
        best = max(range(len(every)), key=lambda k: len(missing[k]))
        chosen.append(every[best])
        missing = [pairs - set(itertools.combinations(every[best].values.items(), 2)) for pairs in missing]
    return chosen


def test_pairs_leave_no_pair_out() -> None:
    every: list[Settings] = [Settings({"a": a, "b": b, "c": c}) for a in range(4) for b in range(3) for c in range(3)]
    chosen = in_pairs(every)
    for one, two in (("a", "b"), ("a", "c"), ("b", "c")):
        assert {(s.values[one], s.values[two]) for s in chosen} == {(s.values[one], s.values[two]) for s in every}
    assert len(chosen) < len(every) / 2


@EACH
def test_hidden_results_have_no_visible_copy(lesson: Lesson) -> None:
    """No hidden result also has a visible label, at any setting, and some results are hidden."""
    for settings in ship.every_setting(lesson):
        pieces = lesson.backdrop(settings)
        hidden = {digest(piece.of) for piece in pieces if piece.hidden}
        assert hidden
        told = [str(piece) for piece in visible(pieces) if digest(piece.of) in hidden]
        assert not told, f"{lesson.slug} shows under another name what it hides: {told}"


@EACH
def test_texts_before_prediction_reveal_no_answer(lesson: Lesson) -> None:
    """No text, label or help shows what the verdict tells later. The test above covers the pictures."""
    evidence = load_results(lesson.backdrop(lesson.defaults))
    shown = [filled(lesson.words[heading]) for heading in ("hook", "predict")]
    shown += [lesson.prediction.asks, *(slider.label + slider.help for slider in lesson.prediction.sliders)]
    for what, _, did in lesson.verdict(evidence, prediction(lesson)):
        if re.search(r"\d", did) and len(did) > 2:  # a word or a bare digit may be an option as well
            assert not any(re.search(rf"(?<![\d.]){re.escape(did)}(?!\d)", text) for text in shown), (what, did)


@EACH
def test_picture_changes_after_the_prediction(lesson: Lesson) -> None:
    settings, guess = lesson.defaults, prediction(lesson)
    before = lesson.picture(load_results(visible(lesson.backdrop(settings))), settings, guess)
    assert before.spec != lesson.picture(load_results(lesson.backdrop(settings)), settings, guess).spec


@EACH
def test_the_verdict_confronts_every_prediction(lesson: Lesson) -> None:
    evidence = load_results(lesson.backdrop(lesson.defaults))
    assert len(lesson.verdict(evidence, prediction(lesson))) == len(lesson.prediction.sliders)


def test_lessons_are_listed_as_json() -> None:
    listed = json.loads(subprocess.check_output([sys.executable, "-m", "lessons", "--json"]))
    assert [one["slug"] for one in listed] == list(lessons())
    assert all(set(one) == {"number", "slug", "title", "covers", "controls", "claims"} for one in listed)


def test_lessons_ask_only_for_runs_and_measures() -> None:
    assert all(isinstance(value, Run | Measure) for value in ship.values().values())


@EACH
def test_live_races_use_shipped_or_visible_backbones(lesson: Lesson) -> None:
    for settings in ship.every_setting(lesson):
        runs = [piece.of for piece in lesson.runs(settings)]
        for start in {run.start for run in runs if run.start}:
            assert start in runs or start.brought or store.weights(start), f"{settings} trains a backbone out of sight"
