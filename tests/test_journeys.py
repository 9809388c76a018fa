"""A few journeys of a learner, in a real browser against a real server with an empty store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from conftest import served
from playwright.sync_api import Page, expect

from lessons.kit.catalogue import lessons

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, psutil.Process]]:
    """The app as `make run` starts it, with a store of its own; its address and its process."""
    with served("app/main.py", HEADSTART_STORE=str(tmp_path_factory.mktemp("store"))) as found:
        yield found


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_a_newcomer_predicts_runs_and_understands(server: tuple[str, psutil.Process], page: Page) -> None:
    page.goto(server[0])
    press(page, "Start with")
    expect(page.get_by_role("heading", name="A small step from a good place")).to_be_visible()
    press(page, "Make a prediction")
    expect(page.get_by_role("button", name="That is my prediction")).to_be_disabled()  # nothing is chosen beforehand
    page.get_by_role("radio", name="50", exact=True).click()
    thumb = page.get_by_role("slider").first
    thumb.focus()
    before = thumb.get_attribute("aria-valuetext")
    thumb.press("ArrowRight")
    expect(thumb).not_to_have_attribute("aria-valuetext", before or "")
    expect(page).to_have_url(re.compile(r"small_step\.half="))
    press(page, "That is my prediction")
    expect(page.get_by_role("radio", name="The editor")).to_have_count(0)  # the answer comes after the question
    press(page, "Train 8 nets now")  # the second visitor is played what the first one computed
    expect(page.get_by_role("button", name="Again, with another draw")).to_be_visible()
    page.get_by_role("radio", name="The editor").click()
    expect(page.get_by_text(re.compile(r"Your delta: \d+ % of the weights"))).to_be_visible()
    page.get_by_text("Experiment").click()
    page.get_by_role("radio", name="third").click()
    expect(page.get_by_text(re.compile(r"Your delta of the third layer only"))).to_be_visible()
    press(page, "What happened there?")
    expect(page.get_by_text("Finding 1 of")).to_be_visible()
    while not page.get_by_text("you said").count():
        press(page, "Next")
        page.wait_for_timeout(300)
    page.get_by_text("What this rests on").click()
    expect(page.get_by_text("reproduced here").first).to_be_visible()
    page.goto(server[0])
    expect(page.get_by_role("button", name="Continue with")).to_be_visible()


@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_a_screen_holds_header_rail_picture_and_train(server: tuple[str, psutil.Process], page: Page) -> None:
    """At 1280 x 800 all at once; on a phone the picture stays in view while Train is reached."""
    wide = page.viewport_size is not None and page.viewport_size["width"] == 1280
    page.set_viewport_size({"width": 1280, "height": 800} if wide else {"width": 390, "height": 844})
    for slug in [slug for slug, lesson in lessons().items() if lesson.on_path]:
        page.goto(f"{server[0]}/{slug}?{slug}.beat=Run&{slug}.committed=2")
        train = page.locator(".st-key-train button")
        expect(train).to_be_visible()
        train.scroll_into_view_if_needed()
        for key in ("train", "picture", *(["header", "rail"] if wide else [])):
            expect(page.locator(f".st-key-{key}").first).to_be_in_viewport(ratio=0.9)


def race(page: Page, address: str, **settings: object) -> None:
    """A race of two runs, just begun: on digits it takes some twenty seconds, on the plane two."""
    query = "".join(f"&fast_start.{name}={value}" for name, value in settings.items())
    page.goto(f"{address}/fast_start?fast_start.beat=Run&fast_start.committed=2{query}")
    press(page, "Train 16 nets now")


def test_a_run_can_be_stopped_and_begun_again(server: tuple[str, psutil.Process], page: Page) -> None:
    race(page, server[0], draw=60)
    stopped = page.get_by_text(re.compile("scratch: stopped at step"))
    press(page, "Stop")
    expect(stopped).to_be_visible()
    press(page, "Train 16 nets now")
    expect(page.get_by_text(re.compile(r"scratch: step [1-9]")).first).to_be_visible()
    press(page, "Stop")
    expect(stopped).to_be_visible()


def test_a_race_that_is_over_can_be_run_with_another_draw(server: tuple[str, psutil.Process], page: Page) -> None:
    race(page, server[0], world="plane", draw=60)
    press(page, "Again, with another draw")
    expect(page).to_have_url(re.compile("fast_start.draw=61"))
    expect(page.get_by_text("scratch: 8 nets").first).to_be_visible()
    expect(page.get_by_role("button", name="Again, with another draw")).to_be_visible()


def test_a_killed_worker_is_replaced_and_the_page_says_so(server: tuple[str, psutil.Process], page: Page) -> None:
    race(page, server[0], draw=80)
    expect(page.get_by_text(re.compile(r"scratch: step [1-9]")).first).to_be_visible()
    for process in server[1].children(recursive=True):
        if "spawn_main" in " ".join(process.cmdline()):
            process.kill()
    expect(page.get_by_text("a worker was lost").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"scratch: step [1-9]")).first).to_be_visible()
    press(page, "Stop")
    expect(page.get_by_text(re.compile("scratch: stopped at step"))).to_be_visible()


def test_a_hostile_url_is_a_sentence(server: tuple[str, psutil.Process], page: Page) -> None:
    hostile = "label_worth.labels=1e99&label_worth.method=%3Cscript%3E&label_worth.committed=zzz&label_worth.draw=-1"
    page.goto(f"{server[0]}/label_worth?label_worth.beat=Run&{hostile}")
    expect(page.get_by_text("Labels a class cannot be").first).to_be_visible()
    expect(page.get_by_text("How to fine-tune cannot be").first).to_be_visible()
    expect(page.get_by_text("Committed cannot be").first).to_be_visible()
    press(page, "Skip, show me")
    expect(page.get_by_role("button", name=re.compile("Train 16 nets now|Again, with another draw"))).to_be_visible()


def test_a_text_of_ones_own_is_read_from_a_file(server: tuple[str, psutil.Process], page: Page, tmp_path: Path) -> None:
    page.goto(f"{server[0]}/new_subject?new_subject.beat=Run&new_subject.committed=2")
    page.get_by_text("Take a text of your own, in Latin letters").click()
    chooser = page.locator("input[type=file]")
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(bytes(range(256)) * 100)
    chooser.set_input_files(picture)
    expect(page.get_by_text("photo.jpg was not taken. This file is not plain text").last).to_be_visible()
    expect(page.get_by_text("Still in use: shakespeare").last).to_be_visible()
    expect(page.locator("[data-testid=stFileUploaderFile]")).to_have_count(0)
    expect(chooser).to_have_count(1)
    letters = tmp_path / "letters.txt"
    letters.write_text("".join(f"Letter {k}: the carriage leaves at noon, my dear.\n" for k in range(300)), "utf-8")
    chooser.set_input_files(letters)
    expect(page.get_by_role("radio", name="letters.txt")).to_be_visible()
    page.keyboard.press("Escape")
    press(page, "Train 4 nets now")
    expect(page.get_by_text("Three nets go on from the same words").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"^[1-9]\d* of 80 steps"))).to_be_visible()
    expect(page).to_have_url(re.compile("new_subject.subject=own-letters-"))
    press(page, "Stop")
    expect(page.get_by_text(re.compile("Stopped after"))).to_be_visible()


def test_a_refreshed_page_goes_on_and_its_chart_keeps_its_place(server: tuple[str, psutil.Process], page: Page) -> None:
    race(page, server[0], draw=40)
    expect(page.get_by_text(re.compile(r"scratch: step [1-9]")).first).to_be_visible()
    chart = page.locator("[data-testid=stEChartsChart] svg, [data-testid=stEChartsChart] canvas").first
    chart.evaluate("e => e.mine = 1")
    said = page.get_by_text(re.compile(r"scratch: step \d")).first
    first = said.inner_text()
    expect(said).not_to_have_text(first)
    assert chart.evaluate("e => e.mine") == 1
    page.reload()
    expect(page.get_by_text(re.compile(r"scratch: (step [1-9]|8 nets)")).first).to_be_visible()
