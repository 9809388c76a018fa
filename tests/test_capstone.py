"""The capstone: shipped runs fit the briefs, points are computed as stated, the advice wins, every week has a brief."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from core.store import store
from lessons.kit.capstone import choice_results, prices, search, tries, weekly
from lessons.kit.capstone.advice import advice
from lessons.kit.capstone.briefs import BRIEFS, COINS, POINTS_PER_MISS, Brief
from lessons.kit.capstone.choice_results import ChoiceResult
from lessons.kit.capstone.jobs import ALL, HEAD, JOBS, LOW_RANK, PIN, SCRATCH, UNPROTECTED, Choice
from lessons.kit.capstone.outcome_text import bills, choice_text, compared_outcomes, worth
from lessons.kit.capstone.tries import Try
from lessons.kit.capstone.workspace import EXPECTED, LABELS, METHOD, START, brief_workspace
from lessons.kit.figures.cost_accuracy_map import LabelledSpot, Spot, cost_accuracy_map
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results, Seeds
from lessons.kit.results.evidence import final, points
from tests.steps import violations

MARGIN = 3  # points that the advice may lie below the best that was searched
DAY = date(2026, 11, 26)
WAITS = "Before you can train, predict the accuracy"
WEEKS = sorted({weekly.week_of(DAY + timedelta(weeks=k)) for k in range(520)})


# --- Values and the search --------------------------------------------------------------------------------------------


def test_every_choice_starts_from_shipped_weights() -> None:
    for job in JOBS.values():
        assert len({job.run(choice) for choice in job.choices}) == len(job.choices)
        for offer in job.offers:
            path = offer.run and store.weights(offer.run)
            assert path is None or store.SHIPPED in path.parents
            assert (path is None) == (offer.name == SCRATCH)


def test_what_changes_nothing_is_the_same_choice() -> None:
    job = JOBS["digits"]
    assert job.plain(Choice("letters", HEAD, PIN, 5)) == Choice("letters", HEAD, UNPROTECTED, 5)
    assert job.plain(Choice(SCRATCH, HEAD, PIN, 5)) == Choice(SCRATCH, ALL, UNPROTECTED, 5)
    assert job.plain(Choice("letters", LOW_RANK, PIN, 5)) == Choice("letters", LOW_RANK, PIN, 5)


def test_what_ships_was_searched_for_these_briefs() -> None:
    told = choice_results.read_results(store.SHIPPED / choice_results.FILE)
    assert set(told["jobs"]) == set(JOBS) and set(told["briefs"]) == set(BRIEFS)
    for slug, brief in BRIEFS.items():
        ships = told["briefs"][slug]
        assert ships["digest"] == brief.digest, f"{slug} has changed: python -m lessons.kit.capstone.search"
        assert ships["best"] == brief.best.choice.key and ships["searched"] == len(brief.outcomes)
        assert ships["points"] == pytest.approx(brief.best.points, abs=0.01)
        assert not brief.best.missed_checks, "the best that is known meets every requirement"
    grids = {slug: choice_results.grid(slug) for slug in JOBS}
    assert search.write(grids) == (store.SHIPPED / choice_results.FILE).read_text("utf-8")


def test_brief_digest_covers_every_field() -> None:
    brief = BRIEFS["battery"]
    others = {"labels": (2, 5), "job": "dark"} | dict.fromkeys(("slug", "title", "story"), "other")
    changed = [replace(brief, **{f.name: others.get(f.name, 7)}) for f in fields(Brief)]
    assert len({one.digest for one in (brief, *changed)}) == len(changed) + 1


def test_missing_or_outdated_search_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file that is missing or of other runs counts as if nothing had been searched."""
    told = json.loads((store.SHIPPED / choice_results.FILE).read_text("utf-8"))
    monkeypatch.setattr(store, "SHIPPED", tmp_path / "missing")
    assert choice_results.grid("digits") == {}
    told["jobs"]["dark"]["runs"] = "0" * 20
    (tmp_path / choice_results.FILE).write_text(json.dumps(told), "utf-8")
    monkeypatch.setattr(store, "SHIPPED", tmp_path)
    assert choice_results.grid("dark") == {} and choice_results.grid("digits")


def test_one_cell_computed_again_is_what_ships(home: Path) -> None:
    from core.serve.compute_values import perform

    job, choice = JOBS["colours"], Choice("six arms", HEAD, UNPROTECTED, 100)
    run, ships = job.run(choice), choice_results.grid("colours")[choice]
    assert perform(run) == "done"
    again = ChoiceResult.read(points(run), ships.numbers)
    assert again.right == pytest.approx(ships.right, abs=1) and again.left == pytest.approx(ships.left, abs=1)
    assert again.operations == ships.operations
    measure = search.patches(job)[HEAD]
    assert perform(replace(measure, runs=(run,))) == "done"
    assert store.answer(replace(measure, runs=(run,)))["runs"][0]["trained"] == ships.numbers  # type: ignore[index]


# --- Points -----------------------------------------------------------------------------------------------------------


def test_points_subtract_coins_and_missed_checks() -> None:
    brief = replace(BRIEFS["battery"], label_price=2, computing_price=50, operations=3, reach=80, budget=500, keep=50)
    brief = replace(brief, patch=1000)
    one = brief.outcome(Choice("letters", ALL, PIN, 20), ChoiceResult(right=90, left=60, operations=2, numbers=650))
    assert (one.labels, one.for_labels, one.for_computing, one.coins) == (200, 400, 100, 500)
    assert [check.met for check in one.checks] == [True] * 5
    assert one.points == 90 - 500 / COINS
    worse = brief.outcome(one.choice, ChoiceResult(right=79.9, left=49.9, operations=3.1, numbers=1001))
    assert [check.met for check in worse.checks] == [False] * 5 and worse.missed_checks == 5
    assert worse.points == pytest.approx(79.9 - worse.coins / COINS - 5 * POINTS_PER_MISS)
    assert "accuracy 79.9 %, and the brief asks for at least 80 %." in worse.checks[0].says


def test_the_advice_wins() -> None:
    for slug, brief in BRIEFS.items():
        naive, advised, best = (compared_outcomes(brief)[kind] for kind in ("naive", "advised", "best"))
        assert advised.points > naive.points, slug
        assert not advised.missed_checks and best.points - advised.points <= MARGIN, slug
    assert f"in {len(BRIEFS)} of {len(BRIEFS)} briefs" in worth()


def test_the_briefs_differ_in_what_is_right() -> None:
    chosen = {slug: advice(brief)[0] for slug, brief in BRIEFS.items()}
    assert len({(one.method, one.protection, one.start) for one in chosen.values()}) >= 5
    assert {step.lesson for brief in BRIEFS.values() for step in advice(brief)[1]} <= set(lessons())
    met = {slug: sum(not one.missed_checks for one in brief.outcomes.values()) for slug, brief in BRIEFS.items()}
    assert all(0 < met[slug] < len(brief.outcomes) / 2 for slug, brief in BRIEFS.items()), met


# --- The brief of a week ----------------------------------------------------------------------------------------------


def test_every_week_has_a_solvable_brief() -> None:
    """The test covers ten years of weeks."""
    briefs = [weekly.brief_of.__wrapped__(week) for week in WEEKS]
    for week, brief in zip(WEEKS, briefs):
        assert brief and brief.slug == week and brief.job in JOBS
        assert brief.label_price in weekly.LABEL_PRICES[brief.job_of.net]
        assert brief.computing_price in weekly.COMPUTING_PRICES
        assert not brief.best.missed_checks
        naive, advised, best = (compared_outcomes(brief)[kind].points for kind in ("naive", "advised", "best"))
        assert best >= naive + weekly.SLACK and advised > naive, week
    assert {brief.job for brief in briefs if brief} == set(JOBS)
    assert len({replace(brief, slug="", title="") for brief in briefs if brief}) > 50
    again = weekly.brief_of.__wrapped__(WEEKS[3])
    assert again == briefs[3]


def test_a_week_is_that_of_its_date() -> None:
    assert weekly.week_of(DAY) == "2026-W48" == weekly.week_of(date(2026, 11, 29)) != weekly.week_of(date(2026, 11, 30))
    assert weekly.week_of(date(2027, 1, 1)) == "2026-W53"
    assert weekly.is_week("2026-W53") and not weekly.is_week("2027-W53")
    for text in ("", "2026-W00", "2026-W48x", "../2026", "9999-W01", "2026W48", "2026-W٤٨", "nan"):
        assert not weekly.is_week(text)


# --- What is seen -----------------------------------------------------------------------------------------------------


def test_the_map_says_what_it_draws() -> None:
    spots = [Spot(name="a", cost=10, right=50), Spot(name="b", cost=1000, right=90, missed=1)]
    named = [
        LabelledSpot(name="a", cost=10, right=50, kind="best"),
        LabelledSpot(name="a", cost=10, right=50, kind="advised"),
        LabelledSpot(name="b", cost=1000, right=90, missed=1, kind="yours"),
    ]
    shown = cost_accuracy_map(spots, named, (100, 40), (1, 3000), 30)
    rings, whole, *pins = shown.spec["data"]
    assert (rings["x"], whole["x"]) == ([1000], [10]) and rings["marker"]["symbol"] == "circle-open"
    assert [pin["y"] for pin in pins] == [[50], [50], [90]]
    (shade,) = shown.spec["layout"]["shapes"]
    assert (shade["x1"], shade["y0"]) == (100, 40)
    assert [note["text"] for note in shown.spec["layout"]["annotations"][1:]] == [
        "best known choice<br>the lessons' advice",
        "yours, 1 missed",
    ]
    assert "1 of 2 choices meet every requirement" in shown.alt
    assert "yours, 1 missed: b, 90.0 % for 1,000 coins" in shown.alt


def test_nothing_answers_before_the_learner_has_run() -> None:
    brief = BRIEFS["customers"]
    page = brief_workspace(brief)
    assert page.lacks(page.defaults) and not page.lacks(page.defaults.but(expected="80 %"))
    before = page.picture(Results(), page.defaults.but(expected="80 %"), page.defaults)
    assert before.spec["data"][2]["y"] == [80] and "your prediction" in before.alt
    assert not before.spec["data"][0]["x"] and "best" not in before.alt
    assert page.views(Results(), page.defaults, page.defaults) == {} and page.tells(Results(), page.defaults) == ""


def test_a_bill_has_every_number_of_its_outcome() -> None:
    one = BRIEFS["signs"].best
    shown = bills({"yours": one})
    assert choice_text(one.choice) in shown.alt and f"points {one.points:.1f}" in shown.alt
    assert shown.spec.loc["requirements missed", "yours"] == "0"


# --- The page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(workers_end: None, home: Path) -> AppTest:
    def capstone() -> None:
        from datetime import date

        from app.app_pages.capstone import show

        show(date(2026, 11, 26))

    return AppTest.from_function(capstone, default_timeout=60)


def told(test: AppTest) -> str:
    return " ".join(one.value for one in (*test.markdown, *test.caption, *test.warning))


def train(test: AppTest) -> object:
    return next(one for one in test.button if one.label.startswith("Train"))


@pytest.mark.parametrize("slug", [*BRIEFS, "2026-W48", "2031-W07"])
def test_every_brief_opens_with_an_open_question(opened: AppTest, slug: str) -> None:
    """Train stays disabled until the learner has made a prediction."""
    opened.query_params["capstone.brief"] = slug
    opened.run()
    assert not opened.exception and not opened.warning
    assert "**Requirements**" in told(opened) and "Met:" not in told(opened)
    assert train(opened).disabled and WAITS in told(opened)  # type: ignore[attr-defined]
    next(one for one in opened.select_slider if one.key == f"capstone.{slug}.expected").set_value("70 %").run()
    asks_more = any(one.key == f"capstone.{slug}.left" for one in opened.select_slider)
    assert train(opened).disabled == asks_more  # type: ignore[attr-defined]
    assert ("Before you can train, predict how much of the old skill the net keeps." in told(opened)) == asks_more


@pytest.mark.parametrize("text", ["x", "2027-W53", "<img src=x>"])
def test_unknown_brief_gives_message(opened: AppTest, text: str) -> None:
    opened.query_params["capstone.brief"] = text
    opened.run()
    assert not opened.exception and len(opened.warning) == 1 and "it is postcodes instead" in told(opened)


def test_finished_run_is_checked_and_compared(opened: AppTest) -> None:
    """The page compares the finished run with the prediction and with the best outcome."""
    from core.serve.compute_values import perform

    brief, choice = BRIEFS["customers"], Choice("six arms", HEAD, UNPROTECTED, 20)
    run = brief.job_of.run(choice, Seeds(4, 100))
    assert perform(run) == "done"
    at = {START: choice.start, METHOD: choice.method, LABELS: choice.labels, EXPECTED: "95 %"}
    opened.query_params["capstone.brief"] = brief.slug
    for control, value in at.items():
        opened.query_params[f"capstone.{brief.slug}.{control.name}"] = str(value)
    opened.query_params[f"capstone.{brief.slug}.pressed"] = "1"
    opened.run()
    assert not opened.exception and not opened.warning
    right = 100 * final(points(run)).mean()
    assert f"You predicted an accuracy of 95 %, and it is {right:.0f} %." in told(opened)
    assert len(re.findall("Met:|Missed:", told(opened))) == 3 and "Points of other choices: best known" in told(opened)
    assert choice_text(advice(brief)[0]) in told(opened) and "1. What is a label worth?" not in told(opened)


def opened_at(opened: AppTest, brief: Brief, tried: Try, **more: str) -> AppTest:
    """Opens the page with a requested run of this brief."""
    at = dict(zip((START.name, METHOD.name, "protection", LABELS.name), map(str, tried.choice)))
    at |= {"draw": str(tried.draw), "expected": "80 %", "left": "50 %", "pressed": "1"} | more
    opened.query_params["capstone.brief"] = brief.slug
    for name, value in at.items():
        opened.query_params[f"capstone.{brief.slug}.{name}"] = value
    return opened.run()


CHEAP = (Try(Choice("six arms", HEAD, UNPROTECTED, 20), 1), Try(Choice("six arms", LOW_RANK, UNPROTECTED, 20), 1))


def test_tries_are_kept_and_compared(opened: AppTest) -> None:
    from core.serve.compute_values import perform

    brief = BRIEFS["customers"]
    for tried in CHEAP:
        assert perform(tried.run(brief).of) == "done"
        opened_at(opened, brief, tried)
    assert not opened.exception
    kept = "".join(opened.query_params[f"capstone.{brief.slug}.tries"])
    assert tries.read(kept, brief) == CHEAP
    spec = next(json.loads(one.proto.spec) for one in opened.get("plotly_chart"))
    assert any("try 1" in one["text"] for one in spec["layout"]["annotations"])
    one, other = (tries.outcome(tried, brief) for tried in CHEAP)
    assert one and other
    table = tries.tries_table({"try 1": one, "yours": other}).spec
    assert [*table.index] == ["try 1", "yours"] and [*table.points] == [f"{each.points:.1f}" for each in (one, other)]


def test_points_and_requirements_stand_above_the_picture(opened: AppTest) -> None:
    from core.serve.compute_values import perform

    brief, tried = BRIEFS["customers"], CHEAP[0]
    assert perform(tried.run(brief).of) == "done"
    opened_at(opened, brief, tried)
    above = next(one.value for one in opened.markdown if one.value.startswith("**You have "))
    assert len(re.findall("Met:|Missed:", above)) == 3 and "The best known choice has " in above


@pytest.mark.parametrize("text", ["x", "9.9.9.9.1", "0.0.0.0.0", "0.0.0.0.1-", "1" * 500, "<img src=x>", "٣.0.0.0.1"])
def test_tries_that_cannot_be_are_a_sentence(opened: AppTest, text: str) -> None:
    opened.query_params["capstone.postcodes.tries"] = text
    opened.run()
    assert not opened.exception and len(opened.warning) == 1 and "tries that do not exist" in opened.warning[0].value


def test_only_the_latest_tries_are_kept() -> None:
    brief = BRIEFS["customers"]
    many = [Try(CHEAP[0].choice, draw) for draw in range(1, 12)]
    assert tries.read(tries.write(many, brief), brief) == tuple(many[-tries.KEPT :])


def test_own_prices_change_points_and_best() -> None:
    brief = BRIEFS["postcodes"]
    same = prices.with_prices(brief, prices.of_brief(brief))
    assert same.best.choice == brief.best.choice and same.best.points == brief.best.points
    own = prices.Prices(label=0.5, hour=100, hourly=50, budget=2000, worth=50)
    mine = prices.with_prices(brief, own)
    one = mine.outcomes[brief.naive]
    assert one.coins == pytest.approx(one.labels * 0.5 + one.found.operations * 2)
    assert one.points == pytest.approx(one.found.right - one.coins / 50 - POINTS_PER_MISS * one.missed_checks)
    assert mine.best.points == max(each.points for each in mine.outcomes.values())
    dear = prices.with_prices(brief, replace(own, label=1000, worth=1))
    assert dear.best.choice.labels == min(brief.sizes)  # labels at a thousand coins: as few as can be bought
    assert prices.read(prices.write(own)) == own


def test_an_engineer_enters_prices_and_takes_them_back(opened: AppTest) -> None:
    opened.run()
    opened.number_input(key="capstone.postcodes.prices.label").set_value(0.25).run()
    assert not opened.exception and "a label costs 0.25 coins" in told(opened)
    assert "uses the briefs' own prices" in told(opened)
    next(one for one in opened.button if one.label == "Back to the brief's prices").click().run()
    assert "a label costs 4 coins" in told(opened)


@pytest.mark.parametrize("text", ["", "1;2", "nan;1;1;1;1", "0;1;1;1;1", "1;1;1;1;inf", "a;b;c;d;e", "1;1;1;1;-5"])
def test_prices_that_cannot_be_are_a_sentence(opened: AppTest, text: str) -> None:
    opened.query_params["capstone.postcodes.prices"] = text
    opened.run()
    assert not opened.exception and len(opened.warning) == 1 and "brief's own prices instead" in opened.warning[0].value


@pytest.mark.browser
def test_a_brief_is_solved_by_keyboard(address: str, page: Page) -> None:
    page.goto(f"{address}/capstone?capstone.brief=customers")
    button = page.get_by_role("button", name="Train 4 nets now")
    expect(button).to_be_disabled()
    low_rank = page.get_by_role("radio", name="low rank").or_(page.get_by_role("button", name="low rank"))
    low_rank.focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("customers.method=low"))
    slider = page.get_by_role("slider", name="Your prediction: final accuracy")
    slider.focus()
    for _ in range(18):
        page.keyboard.press("ArrowRight")
    expect(button).to_be_enabled()
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"^You predicted an accuracy of \d+ %, and it is \d+ %"))).to_be_visible()
    expect(page.get_by_text("Met:").first).to_be_visible()
    assert violations(page) == []
    page.get_by_text("Prediction and result", exact=True).click()
    expect(page.get_by_label(re.compile(r"yours.*: six arms, low rank, .* coins")).first).to_be_visible()
