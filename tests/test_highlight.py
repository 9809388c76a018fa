"""What a finding highlights: everything that it names is in its picture, and the rest becomes pale."""

from __future__ import annotations

import numpy as np
import pytest

from app.beats.explain import findings, settings_of
from app.beats.watch import own_results
from lessons.kit.figures import Figure
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.highlight import PALE, highlight, is_named, name_of, parts
from lessons.kit.figures.ranked_rows import Row, ranked_rows
from lessons.kit.figures.scatter import Axis, Dot, scatter
from lessons.kit.lesson.catalogue import Lesson, lessons
from lessons.kit.lesson.explanation import ExplainedFinding
from lessons.kit.model.values import Settings, defaults
from lessons.kit.results.evidence import load_results


def shown_with(lesson: Lesson, told: ExplainedFinding) -> list[Figure]:
    """Returns what a finding shows, without a prediction and with one."""
    settings = settings_of(lesson, told, lesson.defaults)
    evidence = load_results(lesson.backdrop(settings)) | own_results(lesson, settings)
    guesses = Settings(), defaults(lesson.sliders)
    if told.view:
        return [lesson.views(evidence, settings, guess)[told.view]() for guess in guesses]
    return [lesson.picture(evidence, settings, guess) for guess in guesses]


@pytest.mark.parametrize("lesson", lessons().values(), ids=lessons())
def test_everything_that_a_finding_lights_is_there(lesson: Lesson) -> None:
    for told in map(ExplainedFinding.read, lesson.explained):
        if not told.lit:
            continue
        plain, guessed = shown_with(lesson, told)
        named = parts(plain) + parts(guessed)
        lost = [name for name in told.lit if not any(is_named(part, [name]) for part in named)]
        assert not lost, f"“{told.title}” lights {lost}, but its picture has only {sorted(set(named))}"
        assert highlight(plain, told.lit).alt == f"Lit: {', '.join(told.lit)}. {plain.alt}"


def test_highlighted_rows_are_named_for_the_browser() -> None:
    figure = ranked_rows([Row(name="upright", value=1.0), Row(name="on their side"), Row(name="clothing")], (0, 2))
    lit = highlight(figure, ("upright", "clothing"))
    assert lit.spec["lit"] == ["upright", "clothing"] and lit.alt.startswith("Lit: upright, clothing. From top")
    assert "lit" not in figure.spec and highlight(figure, ("nobody",)) == figure == highlight(figure, ())


def test_highlighted_bars_keep_their_colours() -> None:
    values = {"first word, correct": 90.0, "first word, right form": 95.0}
    figure = bars([Bar(name=name, values=np.array([one, one - 9])) for name, one in values.items()], "answers")
    bar, spread, number = highlight(figure, ("first word, correct",)).spec["series"]
    assert [one["itemStyle"].get("opacity", 1) for one in bar["data"]] == [1, PALE]
    assert ["lineStyle" in first for first, _ in spread["markLine"]["data"]] == [False, True]
    assert [one["label"].get("opacity", 1) for one in number["data"]] == [1, 0.35]


def test_highlighted_dot_shows_its_name() -> None:
    dots = [Dot(name="weak", x=1, y=1, named=False), Dot(name="strong", x=2, y=2, named=False)]
    figure = highlight(scatter(dots, Axis(name="old"), Axis(name="new")), ("weak",))
    assert [one["label"]["show"] for one in figure.spec["series"]] == [True, False]


def test_finding_lights_the_dot_of_its_number() -> None:
    """A finding quotes L2-SP at the strength that costs as much as EWC does, which is not the middle one."""
    lesson = lessons()["ways_to_remember"]
    told = next(one for one in map(ExplainedFinding.read, lesson.explained) if "L2-SP" in " ".join(one.lit))
    dots = {one["name"]: one["data"][0][0] for one in shown_with(lesson, told)[0].spec["series"] if "name" in one}
    quoted = {f"{dots[name]:.0f}" for name in told.lit}
    assert quoted == {"81", "33"}


def test_bracket_and_its_finding_say_one_number() -> None:
    lesson = lessons()["label_worth"]
    told = next(one for one in findings(lesson) if one.at and "worth" in one.lit)
    (mark,) = (part for part in parts(shown_with(lesson, told)[0]) if part.startswith("worth"))
    assert f"{mark.split()[1]} labels without pretraining" in " ".join(told.words.split())


@pytest.mark.parametrize("lesson", lessons().values(), ids=lessons())
def test_findings_light_the_runs_of_their_numbers(lesson: Lesson) -> None:
    """The numbers are of stored runs, so a lit curve is the same with and without the learner's own run."""
    for told in map(ExplainedFinding.read, lesson.explained):
        settings = settings_of(lesson, told, lesson.defaults)
        stored = load_results(lesson.backdrop(settings))
        both = stored | own_results(lesson, settings)
        plain, beside = (lesson.picture(evidence, settings, Settings()) for evidence in (stored, both))
        if told.view or plain.kind != "chart":
            continue
        lit = {name_of(one): one["data"] for one in plain.spec["series"] if is_named(name_of(one), told.lit)}
        now = {name_of(one): one["data"] for one in beside.spec["series"]}
        assert all(now.get(name) == data for name, data in lit.items()), f"“{told.title}” lights other runs"
