"""The time machine: futures are runs that begin where the past was, both are shown, and the page works."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from core.experiment.spec import Keep, Run, Stage, from_json, to_json
from core.experiment.tasks import Plane, Text
from core.serve import compute_values
from core.store import store
from lessons.kit.model.values import LabelledRun, Results
from lessons.kit.results.evidence import load_results
from lessons.ways_to_remember import machine
from lessons.ways_to_remember.machine import futures, pasts
from lessons.ways_to_remember.machine.pasts import PAST as PAST_OF
from lessons.ways_to_remember.machine.pasts import past

pytestmark = pytest.mark.usefixtures("home")

ARMS = Run(task=Plane(labels=30), net="mlp", stages=(Stage(steps=40, batch=16, rate=1e-2),), seeds=2)
SHORT = (Stage(method="probe", steps=8, batch=16), Stage(steps=12, batch=16, rate=1e-2))
PAST = Run(
    task=Plane(labels=30, ask="colour"), net="mlp", start=ARMS, stages=SHORT, seeds=2, watch=(ARMS.task,), exhibit=6
)


def both(step: int) -> Results:
    """Returns the results of a short past and of a future that was protected from a step on."""
    future = machine.future(PAST, step, (Keep(method="replay"),))
    for run in (PAST, future):
        compute_values.perform(run)
    wall = machine.Measure(kind="tracked_examples", runs=(), tasks=(*PAST.watch, PAST.task), count=PAST.exhibit)
    compute_values.perform(wall)
    return load_results([LabelledRun("past", PAST), LabelledRun("future", future), LabelledRun("wall", wall)])


@pytest.mark.parametrize("name", PAST_OF.options)
def test_future_starts_anywhere_and_survives_json(name: str) -> None:
    """It can begin at every moment and be sent to a worker."""
    bench = machine.bench(name)
    assert bench.turn
    for step in bench.turn.options:
        back, on = (piece.of for piece in bench.runs(bench.defaults.but(at=step)))
        assert on.start == back and back.steps == step
        assert on.steps == (past(name).planned - step or past(name).planned)
        assert from_json(json.loads(json.dumps(to_json(on)))) == on
    for way in machine.KEEP.options:
        for how in machine.HOWS:
            (_, future) = bench.runs(bench.defaults.but(keep=way, how=how))
            assert bool(future.of.keep) == (way != machine.NOTHING)


def test_past_ships_with_the_app() -> None:
    for name in PAST_OF.options:
        bench = machine.bench(name)
        assert all(store.complete(piece.of) for piece in bench.backdrop(bench.defaults))
        assert (
            bench.picture(load_results(bench.backdrop(bench.defaults)), bench.defaults, bench.defaults).kind == "player"
        )


def test_futures_agree_until_the_chosen_moment() -> None:
    step = PAST.tests[4]
    evidence = both(step)
    whole = futures.join_runs(evidence.table("past"), evidence.table("future"), step)
    past = evidence.table("past")
    same = whole[whole.step <= step].reset_index(drop=True)
    before = past[past.step <= step].reset_index(drop=True)
    assert same[["step", "seed", "accuracy", "accuracy 1"]].equals(before[["step", "seed", "accuracy", "accuracy 1"]])
    assert whole.step.max() == PAST.planned
    spec = futures.tiles(PAST, evidence, step).spec
    went, mine = (panel for panel in spec["panels"] if panel["kind"] == "space")
    shown = [int(mark.split()[1]) for mark in spec["marks"]]
    agree = [a == b for a, b in zip(went["areas"], mine["areas"])]
    assert all(agree[k] for k, at in enumerate(shown) if at <= step) and not agree[-1]
    assert spec["leaves"] and f"After {PAST.planned} steps" in spec["says"][-1]
    picture = futures.both_skills(PAST, evidence, step)
    assert "new, your future" in picture.alt and f"marked at {step}" in picture.alt


def test_a_future_tells_both_skills() -> None:
    evidence = both(PAST.tests[4])
    assert re.match(r"Accuracy on the new task: \d+ %. In the past it was \d+ % in the end\.", futures.tells(evidence))


def test_past_without_old_skill_shows_new_alone() -> None:
    alone = replace(PAST, watch=())
    compute_values.perform(alone)
    picture = futures.both_skills(alone, load_results([LabelledRun("past", alone)]), 5)
    assert "new, as it was" in picture.alt and "old" not in picture.alt


def test_runs_on_pictures_or_points_can_be_revisited() -> None:
    text = pasts.text(replace(PAST, watch=(), exhibit=0))
    assert pasts.is_past(text)
    again = past(text)
    assert again.watch == (ARMS.task,) and again.exhibit and again.task == PAST.task
    future = machine.future(again, 5)
    assert pasts.takes(future) and past(pasts.text(future)) == future  # a future can be the past of another
    assert not past(pasts.text(ARMS)).watch and len(machine.bench(pasts.text(ARMS)).controls) == 3
    stages = (Stage(steps=20_000, batch=1, rate=2e-6), Stage(steps=100, batch=512, rate=2e-6))
    bench = machine.bench(pasts.text(replace(ARMS, stages=stages, first_seed=1_000_000)))
    for times in machine.TIMES.options:
        (_, long) = bench.runs(replace(bench.defaults.but(at=1, times=times), draw=3))
        assert long.of.steps == 20_000 and long.of.stages[0].rate == max(1e-6, times * 2e-6)
    for refused in (Run(task=Text(), net="transformer"), Run(task=Plane(), net="mlp", stages=(Stage(steps=1),))):
        assert not pasts.is_past(pasts.text(refused))
    for hostile in ("", "x", "A" * 7000, "../../etc/passwd", pasts.text(PAST)[:-9]):
        assert not pasts.is_past(hostile)


# ---- the page


@pytest.fixture
def opened(workers_end: None) -> AppTest:
    def page() -> None:
        from app.app_pages.time_machine import show

        show()

    return AppTest.from_function(page, default_timeout=60)


@pytest.mark.parametrize(("name", "text"), [("past", "<img src=x>"), ("at", "nan"), ("at", "4000"), ("keep", "📌")])
def test_bad_url_value_gives_message(opened: AppTest, name: str, text: str) -> None:
    opened.query_params[f"time.{name}"] = text
    opened.run()
    assert not opened.exception and [one for one in opened.warning if "instead" in one.value]


def test_own_run_is_trained_before_going_back(opened: AppTest) -> None:
    text = pasts.text(replace(PAST, exhibit=0))
    opened.query_params["time.past"] = text
    opened.run()
    assert not opened.exception and not opened.warning
    assert [one for one in opened.button if one.label == f"Train {PAST.seeds} nets now"] and not opened.select_slider
    compute_values.perform(past(text))
    opened.run()
    assert not opened.exception and opened.select_slider[0].label == "Go back to step"
    step = opened.select_slider[0].options[3]
    opened.select_slider[0].set_value(step).run()
    for piece in machine.bench(text).runs(machine.bench(text).defaults.but(at=int(step))):
        compute_values.perform(piece.of)
    opened.run()
    next(one for one in opened.button if one.label == "Use this future as the new past").click().run()
    assert not opened.exception and opened.query_params["time.past"] != [text]
    assert "time.at" not in opened.query_params and opened.select_slider[0].label == "Go back to step"


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_forgetting_is_undone_from_chosen_step(address: str, page: Page) -> None:
    page.goto(f"{address}/time")
    scrubber = page.get_by_role("slider", name="Step", exact=True)
    expect(page.get_by_role("slider")).to_have_count(1)  # of steps; the learning rate is folded
    scrubber.press("End")
    expect(page.get_by_text("After 300 steps: Old skill, as it was, 7 of 36 right.")).to_be_visible()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/time?time.at=197")
    expect(page.get_by_text("Go back to step 197")).to_be_visible()
    expect(scrubber).to_have_attribute("aria-valuetext", "step 197")
    expect(page.locator("[data-testid=stBaseButton-primary], .leave:visible")).to_have_count(1)
    page.get_by_text("replay: practise old examples", exact=True).click()
    expect(page).to_have_url(re.compile("time.keep="))
    page.locator(".st-key-train button").click()
    expect(page.get_by_text("Done: bring back half of the old skill that was lost")).to_be_visible(timeout=60_000)
    told = page.get_by_text(
        re.compile(r"After 300 steps: .* as it was, 7 of 36 right, .* your future, \d\d of 36 right")
    )
    expect(told).to_be_visible()
    scrubber.press("Home")
    expect(page.get_by_role("button", name="Go back to this step instead")).to_be_visible()
    expect(page.get_by_text("Go back to step 197")).to_be_visible()  # to look at a future sets nothing
    page.get_by_text("Both skills", exact=True).click()
    expect(page.get_by_role("slider", name="Go back to step")).to_have_attribute("aria-valuetext", "197")
    expect(page.get_by_role("img", name=re.compile("old, your future: .* marked at 197"))).to_be_visible()
    page.reload()
    expect(told).to_be_visible()
