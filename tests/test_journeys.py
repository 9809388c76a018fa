"""A few journeys of a learner, in a real browser against a real server with an empty store."""

from __future__ import annotations

import re
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.steps import open_view, press, settled, through_the_findings

pytestmark = pytest.mark.browser
MOVING = re.compile(r"^[1-9][0-9,]* of [0-9,]+ steps, ")  # a race that has begun


@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_a_newcomer_predicts_runs_and_understands(server: tuple[str, psutil.Process], page: Page) -> None:
    page.goto(server[0])
    right = page.get_by_text(re.compile("^[0-9]+ % of the points are right")).first
    expect(right).to_be_visible()  # the spirals work at once
    page.get_by_role("slider", name="alpha").press("End")
    expect(page.get_by_text(re.compile("^(9[0-9]|100) % of the points are right")).first).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^All [0-9]+ lessons"))).to_be_visible()
    press(page, "minute tour")
    expect(page.get_by_role("heading", name="What is a label worth?")).to_be_visible()
    page.goto(f"{server[0]}/small_step")
    press(page, "Make a prediction")
    expect(page.get_by_role("button", name="That is my prediction")).to_be_disabled()  # nothing is chosen beforehand
    for turned in ("turned 15°", "turned \N{MINUS SIGN}15°"):
        hand = page.get_by_role("slider", name=turned)
        hand.press("ArrowLeft")
        expect(hand).not_to_have_attribute("aria-valuetext", "not said yet")
    expect(page).to_have_url(re.compile(r"small_step\.back="))
    press(page, "That is my prediction")
    expect(page.get_by_role("radio", name="The dial")).to_have_count(0)  # the answer comes after the question
    press(page, "Train 8 nets now")  # the second visitor is played what the first one computed
    expect(page.get_by_role("button", name="Run again with new data")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=re.compile(r"^Done\."))).to_have_count(1)  # is read out
    open_view(page, "Layer by layer")
    expect(page.get_by_text(re.compile(r"Your delta: \d+ % of the size of the weights"))).to_be_visible()
    page.get_by_text("Experiment").click()
    page.get_by_role("radio", name="third").click()
    expect(page.get_by_text(re.compile(r"Your delta of the third layer only"))).to_be_visible()
    press(page, "What happened?")
    through_the_findings(page)
    expect(page.get_by_text("you predicted").first).to_be_visible()
    press(page, "The evidence")
    expect(page.get_by_text("reproduced here").first).to_be_visible()
    page.goto(server[0])
    expect(page.get_by_role("button", name="Continue “")).to_be_visible()
    expect(page.get_by_text("You said").first).to_be_visible()


def race(page: Page, address: str, **settings: object) -> None:
    """Starts a race of two runs, which takes some twenty seconds on digits and two on the plane."""
    query = "".join(f"&fast_start.{name}={value}" for name, value in settings.items())
    page.goto(f"{address}/fast_start?fast_start.beat=Run&fast_start.committed=2{query}")
    press(page, "Train 16 nets now")


def test_a_run_can_be_stopped_and_begun_again(server: tuple[str, psutil.Process], page: Page) -> None:
    race(page, server[0], draw=60)
    stopped = page.get_by_text(re.compile("Stopped after [0-9,]+ of 2,000 steps"))
    press(page, "Stop")
    expect(stopped).to_be_visible()
    press(page, "Train 16 nets now")
    expect(page.get_by_text(MOVING)).to_be_visible()
    press(page, "Stop")
    expect(stopped).to_be_visible()


def test_reload_keeps_the_run_and_links_do_not(
    server: tuple[str, psutil.Process], page: Page, browser: Browser
) -> None:
    """Another browser that opens the link can watch the run but not stop it."""
    race(page, server[0], draw=90)
    expect(page.get_by_text(MOVING)).to_be_visible()
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        other.goto(page.url)
        expect(other.get_by_text(MOVING)).to_be_visible()
        expect(other.get_by_role("button", name="Train 16 nets now")).to_be_visible()
        expect(other.get_by_role("button", name="Stop")).to_have_count(0)
        cookies = {cookie["value"] for cookie in page.context.cookies()}
        assert not any(cookie in page.url for cookie in cookies)
    page.reload()
    expect(page.get_by_text(MOVING)).to_be_visible()
    press(page, "Stop")
    expect(page.get_by_text(re.compile("Stopped after [0-9,]+ of 2,000 steps"))).to_be_visible()


def test_finished_race_can_run_with_another_draw(server: tuple[str, psutil.Process], page: Page) -> None:
    race(page, server[0], world="plane", draw=60)
    press(page, "Run again with new data")
    expect(page).to_have_url(re.compile("fast_start.draw=61"))
    expect(page.get_by_role("button", name="Run again with new data")).to_be_visible()


def test_player_stops_at_the_last_step(server: tuple[str, psutil.Process], page: Page) -> None:
    page.goto(f"{server[0]}/own?own.draw=7")
    page.get_by_role("button", name=re.compile("^Train 16 nets")).click()
    expect(page.get_by_text(re.compile(r"^600 of 600 steps"))).to_be_visible()
    expect(page.locator(".player .mark").first).to_have_text("step 300")


def test_killed_worker_is_replaced_and_page_says_so(server: tuple[str, psutil.Process], page: Page) -> None:
    race(page, server[0], draw=80)
    expect(page.get_by_text(MOVING)).to_be_visible()
    for process in server[1].children(recursive=True):
        if "forkserver" in " ".join(process.cmdline()):
            process.kill()
    expect(page.get_by_text("a worker was lost").first).to_be_visible()
    expect(page.get_by_text(MOVING)).to_be_visible()
    press(page, "Stop")
    expect(page.get_by_text(re.compile("Stopped after"))).to_be_visible()


def test_a_hostile_url_is_a_sentence(server: tuple[str, psutil.Process], page: Page) -> None:
    hostile = "label_worth.labels=1e99&label_worth.method=%3Cscript%3E&label_worth.committed=zzz&label_worth.draw=-1"
    page.goto(f"{server[0]}/label_worth?label_worth.beat=Run&{hostile}")
    expect(page.get_by_text("Labels per class cannot be").first).to_be_visible()
    expect(page.get_by_text("How to fine-tune cannot be").first).to_be_visible()
    expect(page.get_by_text("Committed cannot be").first).to_be_visible()
    press(page, "Skip, show me")
    expect(page.get_by_role("button", name=re.compile("Train 16 nets now|Run again with new data"))).to_be_visible()


def test_own_text_is_read_from_a_file(server: tuple[str, psutil.Process], page: Page, tmp_path: Path) -> None:
    page.goto(f"{server[0]}/new_subject?new_subject.beat=Run&new_subject.committed=2")
    page.get_by_text("Upload your own text, in Latin letters").click()
    chooser = page.locator("input[type=file]")
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(bytes(range(256)) * 100)
    chooser.set_input_files(picture)
    expect(page.get_by_text("photo.jpg cannot be used. This file is not plain text").last).to_be_visible()
    expect(page.get_by_text("You are still using Shakespeare").last).to_be_visible()
    expect(page.locator("[data-testid=stFileUploaderFile]")).to_have_count(0)
    expect(chooser).to_have_count(1)
    settled(page)  # a new place for a file has come instead of the one that was refused
    letters = tmp_path / "letters.txt"
    letters.write_text("".join(f"Letter {k}: the carriage leaves at noon, my dear.\n" for k in range(300)), "utf-8")
    chooser.set_input_files(letters)
    expect(page.get_by_role("radio", name="letters.txt")).to_be_visible()
    page.keyboard.press("Escape")
    press(page, "Train 4 nets now")
    expect(page.get_by_text("Three nets continue the same words").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"^[1-9]\d* of 80 steps"))).to_be_visible()
    expect(page).to_have_url(re.compile("new_subject.subject=own-letters-"))
    press(page, "Stop")
    expect(page.get_by_text(re.compile("Stopped after"))).to_be_visible()


def test_reload_continues_run_and_chart_is_kept(server: tuple[str, psutil.Process], page: Page) -> None:
    """The chart is updated and not drawn anew."""
    race(page, server[0], draw=40)
    expect(page.get_by_text(MOVING)).to_be_visible()
    chart = page.locator("[data-testid=stEChartsChart] svg, [data-testid=stEChartsChart] canvas").first
    chart.evaluate("e => e.mine = 1")
    said = page.get_by_text(MOVING)
    first = said.inner_text()
    expect(said).not_to_have_text(first)
    assert chart.evaluate("e => e.mine") == 1
    page.reload()
    expect(page.get_by_text(MOVING)).to_be_visible()
