"""The page for the learner's own data, and the sandbox, which accepts them too: given, shown, learned, removed."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit.testing.v1 import AppTest

from core.experiment.tasks import Table, Text
from core.user_data import album, corpus, table
from lessons.kit.model.values import Results, Settings
from lessons.kit.runs.recipes import reader
from lessons.kit.sandbox import link_codec
from lessons.kit.sandbox.experiment import describe_run, edit
from lessons.kit.sandbox.presets import presets
from lessons.kit.workspaces import own_data
from tests.test_corpus import LETTERS
from tests.test_own_data import POINTS, csv, folders, zipped

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def opened(workers_end: None) -> AppTest:
    def draw() -> None:
        from app.app_pages.own_data import show

        show()

    return AppTest.from_function(draw, default_timeout=60)


def said(test: AppTest) -> str:
    return " ".join(one.value for one in (*test.markdown, *test.caption, *test.warning, *test.error))


def at(test: AppTest, name: str) -> str:
    """Returns a value of the page's URL."""
    value = test.query_params[name]
    return value if isinstance(value, str) else value[0]


def give(test: AppTest, name: str, data: bytes) -> AppTest:
    uploader: Any = next(one for one in test.file_uploader if one.label == "A table or a zip file with pictures")
    return uploader.set_value((name, data, "application/octet-stream")).run()


def test_a_table_is_given_named_and_removed(opened: AppTest) -> None:
    opened.run()
    assert not opened.exception and "20 to 5,000 rows" in said(opened)  # before anything is given
    give(opened, "My *points*.csv", csv().encode())
    assert not opened.exception and not opened.warning
    name = at(opened, "own.data")
    assert name.startswith("own-mypoints-") and table.exists(name)
    assert r"**My \*points\*.csv**: 30 points" in said(opened)
    next(one for one in opened.button if one.label == "Remove").click().run()
    assert not table.exists(name) and "own.data" not in opened.query_params and not opened.exception


def test_zip_stays_in_use_after_bad_file(opened: AppTest) -> None:
    opened.run()
    give(opened, "strokes.zip", zipped(folders()))
    name = at(opened, "own.data")
    assert album.exists(name) and "12 pictures in 2 classes" in said(opened)
    give(opened, "bad.csv", csv().replace("10.0", "ten").encode())
    (warning,) = {one.value for one in opened.warning}  # below the popover, and in it
    assert "bad.csv cannot be used. Line 2, column 'b': 'ten' is not a number." in warning and len(opened.warning) == 2
    assert "You are still using **strokes.zip**" in warning and at(opened, "own.data") == name
    assert not opened.exception


@pytest.mark.parametrize("text", ["own-two-00000000", "../rings", "<img src=x>", "", "nan"])
def test_data_that_are_not_here_are_a_sentence(opened: AppTest, text: str) -> None:
    opened.query_params["own.data"] = text
    opened.run()
    gone = "no longer on the computer" if text.startswith("own-") else "it is rings instead"
    assert not opened.exception and gone in said(opened)


def test_own_data_picture_describes_the_data() -> None:
    name = table.keep(csv().encode(), "t.csv")
    (panel,) = json.loads(json.dumps(own_data.points(table.load(name)).spec["panels"]))
    assert [axis["name"] for axis in panel["axes"]] == ["a", "b"]
    assert [text for _, text in panel["axes"][0]["ticks"]] == ["0", "2", "4", "6"]  # in the file's units
    assert panel["axes"][0]["ticks"][0][0] == pytest.approx(-2)  # 0 is the smallest of a
    points = own_data.picture(Results(), Settings({"data": table.keep(csv().encode(), "t.csv")}), Settings())
    assert "30 points. Across: a. Up: b. Points of each class of kind: blue 10, red 20." in points.alt
    pictures = own_data.picture(Results(), Settings({"data": album.keep(zipped(folders()), "p.zip")}), Settings())
    assert (
        pictures.alt == "The first pictures of each of 2 classes. Pictures in all: level 6, up 6."
        and pictures.spec.count("<img") == 12
    )


def test_sandbox_takes_own_data_for_both_roles(workers_end: None) -> None:
    """Own data can be the target task and the source task."""

    def draw() -> None:
        from app.app_pages.sandbox import show

        show()

    test = AppTest.from_function(draw, default_timeout=60)
    test.query_params["sandbox.run"] = link_codec.write(edit(presets()["label_worth"], "task", "Table"))
    test.run()
    give(test, "t.csv", csv().encode())
    assert not test.exception and not test.warning
    run = link_codec.read(at(test, "sandbox.run"))
    assert isinstance(run.task, Table) and table.exists(run.task.table) and run.net == "mlp"
    assert any(one.label == "Table" and one.value == run.task.table for one in test.selectbox)
    source = edit(edit(run, "start.task", "Table"), "start.task.table", run.task.table)
    assert source.start and source.start.task == Table(table=run.task.table, labels=source.start.task.labels)  # type: ignore[attr-defined]


def paste(test: AppTest, text: str) -> AppTest:
    next(one for one in test.text_area if one.label == "Or paste a text here").set_value(text).run()
    assert not test.exception
    return test


def test_own_text_is_learned_and_removed(opened: AppTest) -> None:
    """The text is learned by both sides, pretrained and from scratch."""
    opened.run()
    assert "4,000 to 5,000,000 characters in Latin letters" in said(opened)  # before anything is given
    name = at(paste(opened, LETTERS), "own.data")
    assert name.startswith("own-pastedtext-") and corpus.is_own_text(name) and not opened.warning
    assert "characters on 20 pages. Every tenth page is used only for testing" in said(
        opened
    ) and "bits per character" in said(opened)
    labels = [one.label for one in opened.select_slider]
    assert labels == ["Training text for each net (thousand characters)"]  # a text has no labels
    paste(opened, "far too short")
    assert "You are still using **pasted text**" in said(opened) and at(opened, "own.data") == name
    assert corpus.keep(corpus.write(name).encode(), "pasted text") == name  # as it is taken home, it is taken again
    next(one for one in opened.button if one.label == "Remove").click().run()
    assert not corpus.is_own_text(name) and "own.data" not in opened.query_params and not opened.exception


def test_text_race_compares_english_with_scratch() -> None:
    settings = own_data.READING.defaults.but(data=corpus.keep(LETTERS.encode(), "letters.txt"))
    ours, theirs = (piece.of for piece in own_data.runs(settings))
    assert own_data.runs(own_data.READING.recorded_settings) == []  # asked for by whoever waits for runs
    assert ours.task == theirs.task and (ours.start, theirs.start) == (reader(), None)
    table = pd.DataFrame({"step": [0, 0, 40, 40], "seed": [0, 1] * 2, "bits": [4.0, 4, 3, 2], "bits 1": [2.0] * 4})
    both = Results({("race", (side,)): table for side in own_data.SIDES})
    shown = own_data.picture(both, settings, Settings())
    assert "fine-tuned: 4.00 at 0, 2.50 at 40" in shown.alt and "general text" in shown.alt
    assert "need 2.5 bits per character" in own_data.tells(both, settings)
    begun = Results({("race", ("pretrained",)): table})  # one side is a test ahead
    assert own_data.tells(begun, settings) == "" and "fine-tuned" in own_data.picture(begun, settings, Settings()).alt


def test_the_sandbox_takes_a_text(workers_end: None) -> None:
    def draw() -> None:
        from app.app_pages.sandbox import show

        show()

    test = AppTest.from_function(draw, default_timeout=60)
    test.query_params["sandbox.run"] = link_codec.write(presets()["new_subject"])
    paste(test.run(), LETTERS)
    run = link_codec.read(at(test, "sandbox.run"))
    assert isinstance(run.task, Text) and corpus.is_own_text(run.task.subject) and not test.warning
    assert any(one.label == "Subject" and one.value == run.task.subject for one in test.selectbox)
    paste(test, "far too short")
    assert "13 characters" in said(test) and link_codec.read(at(test, "sandbox.run")) == run


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_a_table_and_pictures_are_brought_and_learned(address: str, page: Page) -> None:
    page.goto(f"{address}/own")
    expect(page.get_by_text("360 points. Across: width").first).to_be_visible()
    for file, data, shown in (
        ("mine.csv", csv().encode(), "30 points"),
        ("strokes.zip", zipped(folders(40)), "22 pictures in 2 classes"),
    ):
        page.get_by_role("button", name=re.compile("Upload your own data")).click()
        kind = "application/octet-stream"
        page.locator("input[type=file]").first.set_input_files({"name": file, "mimeType": kind, "buffer": data})
        expect(page.get_by_text(shown).first).to_be_attached()
        page.keyboard.press("Escape")
        page.locator(".st-key-train button").click()
        expect(page.get_by_text(re.compile("Accuracy after 300 steps")).first).to_be_visible()
    page.get_by_text("The data", exact=True).click()
    expect(page.locator("img[alt=level]").first).to_be_visible()


@pytest.mark.browser
def test_early_pasted_text_stays(address: str, page: Page) -> None:
    """While the page waits for its first answers it redraws itself, and the next click follows at once."""
    for data in ("shapes", "rings"):
        page.goto(f"{address}/own?own.data={data}&own.labels=3")
        page.get_by_role("button", name=re.compile("Upload your own data")).click()
        page.get_by_label("Or paste a text here").fill(LETTERS)
        page.locator(".st-key-header h1").click()
        expect(page.get_by_text("characters on 20 pages").first).to_be_attached()
        expect(page).to_have_url(re.compile("own-pastedtext"))
        page.wait_for_timeout(1000)  # two looks of the page
        expect(page).to_have_url(re.compile("own-pastedtext"))


@pytest.mark.browser
def test_data_belong_to_the_browser_that_brought_them(address: str, page: Page, browser: Browser) -> None:
    page.goto(f"{address}/own")
    page.get_by_role("button", name=re.compile("Upload your own data")).click()
    points = {"name": "ours.csv", "mimeType": "text/csv", "buffer": csv().encode()}
    page.locator("input[type=file]").first.set_input_files(points)
    expect(page).to_have_url(re.compile("own-ours"))
    link = page.url
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        other.goto(link)
        expect(other.get_by_text("Someone else uploaded these data").first).to_be_visible()
        expect(other.get_by_role("button", name="Remove")).to_have_count(0)
        page.reload()  # a new session of the same browser
        page.get_by_role("button", name="Remove").click()
        expect(page).not_to_have_url(re.compile("own-ours"))
        other.goto(link)
        expect(other.get_by_text("no longer on the computer that serves this app")).to_be_visible()
        expect(other.locator(".st-key-train")).to_have_count(0)


def button(test: AppTest, label: str) -> Any:
    return next(one for one in test.button if one.label == label)


def test_columns_are_chosen_by_their_file_names(opened: AppTest) -> None:
    opened.run()
    data = files("palmerpenguins").joinpath("data/penguins.csv").read_bytes()
    give(opened, "penguins.csv", data)
    first = at(opened, "own.data")
    assert (
        "bill_length_mm on the horizontal axis, bill_depth_mm on the vertical axis, and 3 classes in species"
        in said(opened).replace("\\", "")
    )
    boxes = {one.label: one for one in opened.selectbox}
    assert {label: box.value for label, box in boxes.items()} == {
        "Horizontal axis": "bill_length_mm", "Vertical axis": "bill_depth_mm", "Label to learn": "species",
    }  # fmt: skip
    assert (
        boxes["Horizontal axis"].options[-2:] == ["body_mass_g", "year"]
        and "island" not in boxes["Horizontal axis"].options
    )
    boxes["Label to learn"].select("island").run()
    assert at(opened, "own.data") != first and "classes in island" in said(opened)
    {one.label: one for one in opened.selectbox}["Vertical axis"].select(
        "bill_length_mm"
    ).run()  # the two change places
    assert (
        "bill_depth_mm on the horizontal axis, bill_length_mm on the vertical axis" in said(opened).replace("\\", "")
        and not opened.exception
    )
    again = AppTest.from_function(_shown, default_timeout=60)  # a reload in the same browser
    again.query_params["own.data"] = at(opened, "own.data")
    again.session_state["me"] = opened.session_state["me"]
    again.run()
    assert [one.value for one in again.selectbox] == ["bill_depth_mm", "bill_length_mm", "island"]
    assert "2 rows left out" in said(again) and "Read as UTF-8" in said(again)


def test_others_may_train_but_not_download_or_remove(opened: AppTest) -> None:
    opened.run()
    give(opened, "points.csv", csv().encode())
    name = at(opened, "own.data")
    assert "but they cannot download or remove them" in said(opened)
    other = AppTest.from_function(_shown, default_timeout=60)  # another browser that has the link
    other.query_params["own.data"] = name
    other.run()
    assert "Someone else uploaded these data" in said(other) and not other.exception
    assert not [one for one in other.button if one.label == "Remove"]
    assert [one for one in other.button if one.label.startswith("Train ")]
    next(one for one in opened.button if one.label == "Remove").click().run()
    assert not table.exists(name)
    other.run()
    assert "no longer on the computer" in other.error[0].value
    assert not [one for one in other.button if one.label.startswith("Train ")]  # nothing is put in their place
    next(one for one in other.button if one.label == "Go on without them").click().run()
    assert not other.error and [one for one in other.button if one.label.startswith("Train ")]


def _shown() -> None:
    from app.app_pages.own_data import show

    show()


def test_a_person_chooses_among_readings_of_a_file(opened: AppTest) -> None:
    opened.run()
    rows = csv([(x, y, "\u05db\u05df" if word == "red" else "\u05dc\u05d0") for x, y, word in POINTS])
    give(opened, "answers.csv", rows.encode("cp1255"))
    assert "own.data" not in opened.query_params and not opened.exception
    (asked,) = opened.radio
    assert "answers.csv does not say which encoding it uses" in asked.label
    hebrew = next(text for text in asked.options if "\u05dc\u05d0" in text)
    assert "Windows-1255" in hebrew and len(asked.options) > 1
    asked.set_value(next(code for code in ("cp1255", "iso8859_8") if "1255" in hebrew)).run()
    button(opened, "Use this encoding").click().run()
    assert table.load(at(opened, "own.data")).names == ("\u05db\u05df", "\u05dc\u05d0") and not opened.radio
    give(opened, "answers.csv", rows.encode("cp1255"))
    button(opened, "Cancel the upload").click().run()
    assert not opened.radio and "own.data" in opened.query_params


def test_a_refusal_stays_when_another_place_takes_something(opened: AppTest) -> None:
    opened.run()
    give(opened, "bad.csv", b"no table")
    paste(opened, LETTERS)
    assert {"bad.csv" in one.value for one in opened.warning} == {True}
    paste(opened, "far too short")
    give(opened, "t.csv", csv().encode())
    assert {"pasted text" in one.value for one in opened.warning} == {True}


def test_limits_and_where_data_go_are_said(opened: AppTest) -> None:
    opened.run()
    assert "a table (.csv) with 20 to 5,000 rows (up to 1 MB)" in said(opened)
    assert "stored on the computer that serves this app" in said(opened)


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_a_refusal_is_seen_and_the_popover_closes(address: str, page: Page) -> None:
    page.goto(f"{address}/own")
    door = page.get_by_role("button", name=re.compile("Upload your own data"))
    door.click()
    inside = page.locator("[data-testid=stPopoverBody]")
    bad = {"name": "bad.csv", "mimeType": "text/csv", "buffer": b"no table"}
    page.locator("input[type=file]").first.set_input_files(bad)
    expect(inside.get_by_text("bad.csv cannot be used.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("bad.csv cannot be used.").last).to_be_visible()
    door.click()
    good = {"name": "mine.csv", "mimeType": "text/csv", "buffer": csv().encode()}
    page.locator("input[type=file]").first.set_input_files(good)
    expect(page.get_by_text("30 points").first).to_be_attached()
    expect(inside).to_have_count(0)
    expect(page.get_by_text("cannot be used")).to_have_count(0)
    expect(page.locator(".st-key-train button")).to_be_visible()


def test_sandbox_uses_the_tables_own_name() -> None:
    name = table.keep(csv().encode(), "bill_length [mm].csv")
    run = edit(edit(presets()["label_worth"], "task", "Table"), "task.table", name)
    assert r"'bill_length \[mm\].csv')" in describe_run(run) and "own-" not in describe_run(run)
