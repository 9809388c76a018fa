"""The stage: what is highlighted, told and tried, how walls and thumbnails are drawn, at which step a race is shown."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from app.beats.explain import settings_of
from app.beats.watch import own_results
from core.experiment.spec import Run, Stage
from core.experiment.tasks import Handwriting, Plane
from lessons.kit.figures import Figure
from lessons.kit.figures.answer_wall import Wall, walls
from lessons.kit.figures.curves import Curve, Mark, curves
from lessons.kit.figures.highlight import PALE, highlight
from lessons.kit.figures.player import LOST, RIGHT, WON_BACK, from_base64
from lessons.kit.figures.small_multiples import Small, small_multiples
from lessons.kit.figures.stacked_bars import Part, stacked_bars
from lessons.kit.figures.thumbnail_svg import EMPTY, thumbnail_svg
from lessons.kit.figures.word_weights import word_weights
from lessons.kit.lesson.catalogue import Lesson, claims, lessons
from lessons.kit.lesson.explanation import ExplainedFinding, Try
from lessons.kit.model.values import LabelledRun, Results, Settings, visible
from lessons.kit.results.evidence import align_progress, load_results
from lessons.kit.shipping import ship, thumbnails
from lessons.kit.shipping.claims import shipped
from tests.test_pages import page, to_the_ending

EACH = pytest.mark.parametrize("lesson", lessons().values(), ids=lessons())
WORDS = 60  # of a finding, or of the text beside a picture


def line(*values: float) -> pd.DataFrame:
    table = pd.DataFrame({"x": range(1, len(values) + 1), "mean": values})
    return table.assign(low=table["mean"] - 0.1, high=table["mean"] + 0.1)


def drawn() -> Figure:
    roles = {"ours": "pretrained", "theirs": "scratch"}
    shown = [Curve(table=line(0.2, 0.4), name=name, role=role) for name, role in roles.items()]
    return curves(shown, "steps", (1, 2), [Mark(start=(1, 0.2), end=(2, 0.2), says="worth 4 x labels")])


def opacity(series: dict[str, Any]) -> float:
    return float(series["lineStyle"].get("opacity", 1))


def test_highlighting_fades_everything_else() -> None:
    figure = highlight(drawn(), ("ours", "worth"))
    by_id = {series["id"]: series for series in figure.spec["series"]}
    assert opacity(by_id["ours"]) == 1 and opacity(by_id["theirs"]) == PALE
    assert by_id["theirs band"]["areaStyle"]["opacity"] < by_id["ours band"]["areaStyle"]["opacity"]
    assert opacity(by_id["theirs low"]) == 0  # the unseen edge of a band is not made visible
    assert by_id["mark 0"]["markLine"]["lineStyle"].get("opacity", 1) == 1
    assert figure.alt.startswith("Lit: ours, worth.")
    assert highlight(drawn(), ()) == drawn() and highlight(drawn(), ("nobody",)) == drawn()


def test_finding_names_its_highlights_and_view() -> None:
    told = ExplainedFinding.read("{lit: ours | theirs}\n**A title.** More.")
    assert (told.words, told.lit, told.view) == ("**A title.** More.", ("ours", "theirs"), "")
    assert ExplainedFinding.read("{view: Cost}\n**A title.**").view == "Cost"
    assert ExplainedFinding.read("**A title.**").lit == ()


def test_finding_is_shown_at_its_own_settings() -> None:
    told = ExplainedFinding.read("{view: Towers}\n{at: price=nothing; tasks=1}\n**A title.** More.")
    assert (told.words, told.view, told.at) == ("**A title.** More.", "Towers", {"price": "nothing", "tasks": "1"})
    lesson = lessons()["the_bill"]
    shown = settings_of(lesson, told, lesson.defaults)
    assert {name: str(shown.values[name]) for name in told.at} == told.at
    assert shown.but(**{name: lesson.defaults.values[name] for name in told.at}) == lesson.defaults


@EACH
def test_every_view_that_a_finding_names_is_there(lesson: Lesson) -> None:
    for told in map(ExplainedFinding.read, lesson.explained):
        settings, unsaid = settings_of(lesson, told, lesson.defaults), Settings()
        evidence = load_results(lesson.backdrop(settings)) | own_results(lesson, settings)
        views = lesson.views(evidence, settings, unsaid)
        assert not told.view or told.view in views, f"{lesson.slug}: {told.view} is none of {list(views)}"


@EACH
def test_no_title_states_an_unmet_check(lesson: Lesson) -> None:
    """A finding whose claim has an unmet check names the checks that its title states.

    Each of these is met, or is marked as not met, and then the title says so.
    """
    for told in map(ExplainedFinding.read, lesson.explained):
        stood_on = {name for name in re.findall(r"\{(\w+)\.", told.words) if name in claims()}
        checks = {check.says: check.met for name in stood_on for check in shipped(name).checks}
        if not all(checks.values()):
            assert told.shows, f"{told.title} stands on {stood_on}, which has an unmet check: say what it shows."
        for check in told.shows:
            met = checks[check.removeprefix("not: ")]
            assert met != check.startswith("not: "), (
                f"{told.title} states “{check}”, which is {'' if met else 'not '}met."
            )


@EACH
def test_pictures_are_drawn_from_the_first_test(lesson: Lesson) -> None:
    for settings in (
        lesson.defaults,
        *(lesson.defaults.but(**{c.name: o}) for c in lesson.controls for o in c.options),
    ):
        backdrop, runs = load_results(lesson.backdrop(settings)), lesson.runs(lesson.recorded_settings)
        for share in (0.01, 0.4, 1.0):
            evidence = backdrop | align_progress(load_results(runs), runs).partial_results(share)
            if lesson.runs(replace(settings, draw=0))[0].of != runs[0].of:
                evidence = backdrop  # other runs than those that ship
            for view in lesson.views(evidence, settings, Settings()).values():
                assert len(view().alt) > 20


@EACH
def test_what_is_to_be_tried_can_be_set(lesson: Lesson) -> None:
    attempt = Try.read(lesson.words["try"])
    controls = {control.name: control for control in lesson.controls}
    assert attempt.says and attempt.sets
    for name, text in attempt.sets.items():
        assert controls[name].read(text) in controls[name].options


@EACH
def test_words_are_few(lesson: Lesson) -> None:
    assert lesson.words["keep"].count(".") <= 1
    assert 3 <= len(lesson.explained) <= 5
    for told in map(ExplainedFinding.read, lesson.explained):
        assert told.words.startswith("**")
        assert len(told.words.split()) <= WORDS, f"{lesson.slug}: {told.words[:60]} has {len(told.words.split())} words"
    for beat in ("hook", "predict", "run"):
        assert len(lesson.words[beat].split()) <= WORDS, (
            f"{lesson.slug}, {beat}: {len(lesson.words[beat].split())} words"
        )


def test_suggestion_sets_controls_and_opens_the_run() -> None:
    test = to_the_ending(page("label_worth", beat="Explain", committed="2", pressed="1"))
    next(one for one in test.button if one.label == "Try it").click().run()
    assert test.query_params["label_worth.method"] == "all at once"
    assert test.query_params["label_worth.beat"] == "Run"
    assert not test.exception


# ---- walls


def answers(*rows: list[int]) -> list[dict[str, Any]]:
    return [{"step": step, "0": {"answers": row}} for step, row in enumerate(rows)]


def tiles(*truth: int) -> list[dict[str, Any]]:
    image = base64.b64encode(bytes(784)).decode()
    return [{"truth": one, "image": image} for one in truth]


def test_wall_counts_right_and_names_mistakes() -> None:
    wall = Wall(name="a net", behaviour=answers([1, 1, 1], [1, 2, 1]), examples=tiles(1, 2, 3))
    (panel,) = walls([wall]).spec["panels"]
    assert panel["big"] == ["1 of 3", "2 of 3"]
    assert panel["says"][0][1] == "1"
    assert from_base64("", panel["states"]).reshape(2, 3).tolist() == [[RIGHT, LOST, LOST], [RIGHT, RIGHT, LOST]]


def test_old_wall_shows_only_known_examples() -> None:
    """An example that was lost can be regained."""
    wall = Wall(name="old", behaviour=answers([1, 9, 3], [1, 2, 1], [7, 2, 3]), examples=tiles(1, 2, 3), old=True)
    (panel,) = walls([wall]).spec["panels"]
    assert panel["big"] == ["2 of 2", "1 of 2", "1 of 2"]
    assert from_base64("", panel["states"]).reshape(3, 2).tolist() == [[RIGHT, RIGHT], [RIGHT, LOST], [LOST, WON_BACK]]


def test_walls_show_only_tests_all_have_taken() -> None:
    one = Wall(name="one", behaviour=answers([1], [1], [1]), examples=tiles(1))
    other = replace(one, name="other", behaviour=answers([1], [1]))
    assert walls([one, other]).spec["marks"] == ["step 0", "step 1"]


def test_race_is_shown_at_its_slowest_side() -> None:
    sides = [
        LabelledRun("race", Run(task=Handwriting(labels=1), stages=(Stage(steps=steps),), seeds=1), name)
        for name, steps in (("fast", 100), ("slow", 200))
    ]
    tables = {
        ("race", ("fast",)): pd.DataFrame({"step": [0, 50, 100], "accuracy": [0.1, 0.5, 0.9]}),
        ("race", ("slow",)): pd.DataFrame({"step": [0, 50, 100], "accuracy": [0.1, 0.2, 0.3]}),
    }
    shown = align_progress(Results(tables), sides)
    assert shown.table("race", "fast").step.max() == 50
    assert shown.table("race", "slow").step.max() == 100
    assert not len(align_progress(Results({("race", ("fast",)): tables["race", ("fast",)]}), sides))


# ---- small charts, stacks, sentences, thumbnails


def test_small_charts_have_unique_ids_and_gaps() -> None:
    """Each chart can shade the gap between its curves."""
    low = Curve(table=line(0.2, 0.4), name="a", role="scratch")
    both = [low, Curve(table=line(0.5, 0.9), name="b", role="pretrained")]
    figure = small_multiples(
        [Small(title="few", shown=both, gap=True), Small(title="many", shown=[low])], "steps", (1, 2), (1, 2)
    )
    names = [series["id"] for series in figure.spec["series"]]
    assert len(names) == len(set(names))
    gap = next(series for series in figure.spec["series"] if series["id"] == "0 gap")
    assert [value for _, value in gap["data"]] == pytest.approx([30, 50])
    assert figure.ground and len(figure.ground.panes) == 2
    assert "few" in figure.alt and "many" in figure.alt


def test_towers_show_their_sums_and_parts() -> None:
    once, tasks = Part(name="once", amount=5, role="source"), Part(name="tasks", amount=4, role="pretrained", count=2)
    long = Part(name="tasks", amount=30, role="scratch", count=3)
    figure = stacked_bars([("a", [once, tasks]), ("b", [long])], 40, "seconds")
    sums = [one["label"]["formatter"] for one in figure.spec["series"][-1]["data"]]
    assert sums == ["9 seconds", "30 seconds"]
    assert "a: 9, of which once 5, tasks 4" in figure.alt


def test_words_are_told_by_more_than_their_colour() -> None:
    figure = word_weights({"words": [["good", 1.0], [" & ", 0.0], ["<bad>", -1.0]], "kind": 0.4})
    assert "solid" in figure.spec and "dashed" in figure.spec and "&lt;bad&gt;" in figure.spec
    assert figure.alt == "60 % unkind. Kind words: good. Unkind words: <bad>."


@EACH
def test_thumbnails_show_only_visible_results(lesson: Lesson) -> None:
    """Every lesson has one."""
    assert thumbnails.read()[lesson.slug] == thumbnails.thumbnail_of(lesson) != EMPTY
    evidence = load_results(visible(lesson.backdrop(lesson.defaults)))
    assert "nan" not in thumbnail_svg(lesson.hook(evidence, lesson.defaults))


@EACH
def test_recorded_run_ships_for_the_wait(lesson: Lesson) -> None:
    """It is played while the learner's own run waits."""
    stored = set(ship.values().values())
    assert {piece.of for piece in lesson.runs(lesson.recorded_settings)} <= stored
    assert {piece.of for piece in lesson.runs(lesson.recorded_settings)} != {
        piece.of for piece in lesson.runs(lesson.defaults)
    }


def test_tests_of_a_run_are_known_beforehand() -> None:
    run = Run(task=Plane(), net="mlp", stages=(Stage(steps=30, batch=8),), seeds=1)
    assert run.tests[0] == 0 and run.tests[-1] == 30 and run.tests == sorted(set(run.tests))


def test_finding_lights_the_small_chart_it_names() -> None:
    """The other charts fade, also the bands and gaps in them."""
    lesson = lessons()["fast_start"]
    evidence = load_results(lesson.backdrop(lesson.defaults))
    figure = highlight(lesson.picture(evidence, lesson.defaults, Settings()), ("Points, 400 labels per arm",))
    opacities = {
        (series["xAxisIndex"] == 3, series["itemStyle"]["opacity"])
        for series in figure.spec["series"]
        if "itemStyle" in series
    }
    assert opacities == {(False, PALE)}
    named = {one for told in lesson.explained for one in ExplainedFinding.read(told).lit}
    assert named <= {title["text"] for title in figure.spec["title"]}


def test_first_picture_is_an_early_race() -> None:
    lesson = lessons()["fast_start"]
    figure = lesson.hook(load_results(visible(lesson.backdrop(lesson.defaults))), lesson.defaults)
    assert [panel["title"] for panel in figure.spec["panels"]] == ["pretrained", "from scratch"]
    assert figure.spec["first"] == 0 and len(figure.spec["marks"]) > 5
    assert figure.spec["marks"][-1].split()[-1] in lesson.words["hook"]


def test_frozen_weights_stay_in_the_sketch() -> None:
    lesson = lessons()["what_was_learned"]
    figure = lesson.hook(load_results(visible(lesson.backdrop(lesson.defaults))), lesson.defaults)
    sketch = figure.spec["panels"][-1]
    first, last = sketch["images"][0], sketch["images"][-1]
    stays = {name: one == other for name, one, other in zip(sketch["says"][0], first, last)}
    assert stays == {
        "old net": True, "trained copy": False, "frozen copy": True, "frozen random": True, "shuffled copy": False,
    }  # fmt: skip
    assert first[0] == first[1] == first[2] != first[4]
    assert sorted(from_base64("Old", first[0])) == sorted(from_base64("Shuffled", first[4]))
