"""The sandbox's page: its controls, pinned runs, a sweep and a challenge, by link and by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from app.app_pages.sandbox import takes
from core.experiment.spec import Run, Stage
from core.experiment.tasks import Handwriting
from lessons.kit.model.values import LabelledRun
from lessons.kit.results.evidence import load_results
from lessons.kit.sandbox import link_codec, pins, sweep
from lessons.kit.sandbox.challenges import CHALLENGES, solutions
from lessons.kit.sandbox.presets import presets

pytestmark = pytest.mark.usefixtures("home")

QUICK = link_codec.write(Run(task=Handwriting(labels=1), stages=(Stage(steps=3, batch=4),), seeds=2))


@pytest.fixture
def opened(workers_end: None) -> AppTest:
    def sandbox() -> None:
        from app.app_pages.sandbox import show

        show()

    return AppTest.from_function(sandbox, default_timeout=60)


def said(test: AppTest) -> str:
    return " ".join(one.value for one in (*test.markdown, *test.caption, *test.warning, *test.error, *test.success))


def param(test: AppTest, name: str) -> str:
    value = test.query_params.get(f"sandbox.{name}", "")
    return value[0] if isinstance(value, list) else value


def widget(test: AppTest, key: str) -> Any:
    kinds = (test.selectbox, test.select_slider, test.toggle, test.button, test.text_input, test.multiselect)
    return next(one for kind in kinds for one in kind if one.key == f"sandbox.{key}")


def now(test: AppTest) -> Run:
    return link_codec.read(param(test, "run"))


def at(test: AppTest, **query: str) -> AppTest:
    for name, value in query.items():
        test.query_params[f"sandbox.{name}"] = value
    test.run()
    assert not test.exception
    return test


def test_a_control_changes_the_experiment_and_the_link(opened: AppTest) -> None:
    at(opened)
    assert "Handwriting (2 labels) after glyphs (400 labels)" in said(opened)
    widget(opened, "dial.task.labels").set_value(20).run()
    assert now(opened).task == Handwriting(labels=20)
    widget(opened, "dial.task").set_value("Plane").run()
    assert now(opened).net == "mlp" and not opened.exception
    widget(opened, "preset").set_value("ways_to_remember").run()
    assert now(opened) == presets()["ways_to_remember"]
    for group in ("Model", "Method", "Keeping"):
        at(opened, group=group)
    widget(opened, "dial.keep").set_value("ewc").run()
    assert now(opened).keep[0].method == "ewc" and not opened.warning


def test_changed_controls_are_marked_after_a_run(opened: AppTest) -> None:
    at(opened, run=link_codec.write(presets()["label_worth"]), pressed="1")
    assert "You have changed" not in said(opened) and "Your net is at **81" in said(opened)
    widget(opened, "dial.task.labels").set_value(50).run()
    assert "You have changed labels per class from 2 to 50" in said(opened)
    assert re.search(r"The next run (will take about \d+ s|takes under a second)\.", said(opened))


def test_first_run_has_no_comparison_note(opened: AppTest) -> None:
    at(opened, run=link_codec.write(presets()["label_worth"]))
    widget(opened, "dial.task.labels").set_value(50).run()
    assert "last run" not in said(opened) and not opened.exception


def test_finished_run_shows_a_verdict(opened: AppTest) -> None:
    at(opened, run=link_codec.write(presets()["label_worth"]), pressed="1")
    assert re.search(
        r"\*\*Your net is better than the net from scratch\*\*, by \d\d\.\d points \(95 % interval: ", said(opened)
    )


def test_duration_is_estimated_from_the_last_run() -> None:
    """The last run has to be of the same net."""
    last = presets()["label_worth"]
    took = load_results([LabelledRun("last", last)]).table("last").seconds.max()
    for longer in (replace(last, seeds=32), replace(last, stages=last.stages * 4)):
        more = takes(longer, last)
        assert (
            more
            == f"The next run will take about {took * (4 if longer.seeds == last.seeds else 32 / last.seeds):.0f} s."
        )
    assert takes(presets()["small_step"], last) == ""  # points are another matter


def test_bet_is_compared_with_the_result(opened: AppTest) -> None:
    at(opened, run=link_codec.write(presets()["label_worth"]), pressed="1", bet="50 %")
    assert re.search(r"You predicted 50 %, and it is 3\d points more", said(opened))


def test_a_run_is_pinned_named_and_taken_away(opened: AppTest) -> None:
    at(opened, run=link_codec.write(presets()["label_worth"]))
    widget(opened, "pin").click().run()
    assert [pin.run for pin in pins.read(param(opened, "pins"))] == [presets()["label_worth"]]
    at(opened, step="Compare", view="Table")
    widget(opened, "pin.0").set_value("Mine <b>").run()
    assert pins.read(param(opened, "pins"))[0].name == "Mine <b>"
    (table,) = opened.dataframe
    assert list(table.value.name)[:1] == ["Mine <b>"] and 75 < table.value["new task"][0] < 90
    at(opened, view="One run")
    assert "Handwriting (2 labels)" in said(opened)
    widget(opened, "pin.0.gone").click().run()
    assert param(opened, "pins") == "" and not opened.exception


@pytest.mark.parametrize("name", ["run", "pins", "sweep", "challenge", "group", "step", "bet"])
@pytest.mark.parametrize("text", ["x", "a" * 7000, "<img src=x>", "task.labels:99;;"])
def test_a_bad_link_is_a_sentence(opened: AppTest, name: str, text: str) -> None:
    at(opened, **{"step": "Train" if name in ("group", "challenge") else "Sweep"} | {name: text})
    assert len(opened.warning) == 1 and "<" not in opened.warning[0].value
    assert any(one.key == "sandbox.step" for one in opened.get("button_group"))


def test_a_sweep_is_chosen_bounded_and_asked_for(opened: AppTest) -> None:
    at(opened, run=QUICK, step="Sweep")
    assert any(one.label == "Train 5 runs (10 nets)" for one in opened.button)  # it starts from nothing: one side
    widget(opened, "axis.1").set_value("stages.0.method").run()
    axes = sweep.read(param(opened, "sweep"), link_codec.read(QUICK))
    assert [axis.dial.path for axis in axes] == ["task.labels", "stages.0.method"] and len(axes[1].values) == 3
    widget(opened, "axis.0.values").set_value([1, 2]).run()
    assert any(one.label == "Train 6 runs (12 nets)" for one in opened.button)
    at(opened, sweep="task.labels:1,2,5,10,20,50;stages.0.rate:0.001,0.002,0.005,0.01,0.02,0.05")
    assert "at most 30 runs, but these are 36" in said(opened)


def test_a_challenge_is_set_up_checked_and_met(opened: AppTest) -> None:
    goal = CHALLENGES["few"]
    at(opened, step="Challenges", challenge="few")
    widget(opened, "challenge.begin").click().run()
    assert now(opened) == goal.start and param(opened, "step") == "" and not opened.exception
    at(opened, step="Challenges")
    assert "You have not trained this experiment" in said(
        opened
    ) or ":material/radio_button_unchecked: an accuracy of 88 %" in said(opened)
    widget(opened, "challenge.best").click().run()
    assert now(opened) == solutions()["few"].run


def test_a_sweep_over_labels_trains_both_sides(opened: AppTest) -> None:
    at(opened, run=link_codec.write(presets()["label_worth"]), step="Sweep")
    pieces = sweep.runs(presets()["label_worth"], sweep.read("task.labels:1,2,5,10,20", presets()["label_worth"]))
    assert {piece.role for piece in pieces} == {sweep.PRETRAINED, sweep.SCRATCH}
    assert any(re.match(r"Train \d+ runs", one.label) for one in opened.button)
    at(opened, sweep="start:nothing,glyphs 400 labels 10000 steps")
    assert not opened.warning and not opened.exception


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_pinned_run_is_there_tomorrow(address: str, page: Page) -> None:
    """The learner trains an experiment, pins it and comes back."""
    page.goto(f"{address}/sandbox?sandbox.run={QUICK}")
    page.get_by_role("button", name="Train 2 nets now").click()
    expect(page.get_by_text(re.compile("^3 of 3 steps"))).to_be_visible()
    expect(
        page.get_by_role("figure", name=re.compile(r"Accuracy .*against .*steps.*\. yours: .* % at 0"))
    ).to_be_visible()
    page.get_by_role("button", name="Pin this run").click()
    expect(page.get_by_role("button", name="Pinned")).to_be_visible()
    page.wait_for_function("localStorage.getItem('headstart pins')")  # a moment after the page shows it
    page.goto(f"{address}/sandbox?sandbox.step=Compare")  # the link names no pins: the browser has noted them
    expect(page.get_by_label("Name of pinned run 1")).to_have_value(re.compile("scratch, 1 label"))
    expect(page.get_by_role("figure", name=re.compile("scratch, 1 label.*: .* % at 0"))).to_be_visible()
    page.get_by_text("Sweep", exact=True).click()
    expect(page.get_by_role("button", name=re.compile(r"^Train \d+ runs"))).to_be_visible()
