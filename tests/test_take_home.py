"""What can be downloaded from a run and what can be brought.

Files are made on request, and a brought run says that it is one.
"""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from core.bundles import bundle
from core.experiment.spec import Run, Stage, digest
from core.experiment.tasks import GuestBook, Plane, Table
from core.serve import compute_values
from core.store import store
from core.user_data import table
from lessons.kit.results.scores_csv import scores_csv
from lessons.kit.take_home.archive import zipped
from tests.steps import through_the_findings
from tests.test_own_data import csv as csv_of_points

SVG = "{http://www.w3.org/2000/svg}"
RUN = Run(task=Plane(labels=20), net="mlp", stages=(Stage(steps=8, batch=16),), seeds=2, first_seed=83_000)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sets up another copy, which has never seen the run."""
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    store.clear_caches()
    yield
    store.clear_caches()


@pytest.fixture(scope="module")
def data() -> bytes:
    assert compute_values.perform(RUN) == "done"
    return bundle.pack(RUN)


def buttons(run: Run, is_owner: bool = True) -> AppTest:
    def page(told: str, is_owner: bool) -> None:
        import json

        from app.beats.take_home import take_home
        from app.state import data_owner
        from core.experiment.spec import from_json
        from core.user_data import user_data_kinds

        run = from_json(json.loads(told))
        for _, name in user_data_kinds.user_data_of(run).values() if is_owner else ():
            data_owner.claim(name)
        take_home(run)

    from core.experiment.spec import to_json

    return AppTest.from_function(page, kwargs={"told": json.dumps(to_json(run)), "is_owner": is_owner}).run()


def brought(**query: str) -> AppTest:
    def page() -> None:
        from app.app_pages.bundle import show

        show()

    test = AppTest.from_function(page, default_timeout=30)
    test.query_params.update(query)
    return test.run()


def said(test: AppTest) -> str:
    return " ".join(one.value for one in (*test.markdown, *test.caption, *test.warning, *test.success))


def test_csv_has_a_line_for_every_score(data: bytes) -> None:
    rows = list(csv.DictReader(io.StringIO(scores_csv(RUN, store.events(RUN)))))
    scores = [row for row in rows if row["unit"] == "accuracy"]
    points = [event for event in store.events(RUN) if event["kind"] == "point"]
    assert [(int(row["step"]), int(row["seed"]), row["task"], float(row["value"])) for row in scores] == [
        (p["step"], RUN.first_seed + k, "0", p["accuracy"]["0"][k]) for p in points for k in range(2)
    ]
    assert {row["unit"] for row in rows} == {"accuracy", "loss", "flops", "seconds"}


def pressed(run: Run, monkeypatch: pytest.MonkeyPatch, is_owner: bool = True) -> dict[str, bytes | str]:
    """Returns the file of every button, by its name."""
    made = dict[str, bytes | str]()

    def spy(label: str, data: Callable[[], bytes | str], name: str, *args: object, **kwargs: object) -> None:
        made[name] = data()

    with monkeypatch.context() as patched:
        patched.setattr("streamlit.download_button", spy)
        assert not buttons(run, is_owner).exception
    return made


def test_files_are_made_only_when_pressed(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("app.beats.take_home.zipped", lambda *args: 1 / 0)
        patched.setattr("core.bundles.bundle.pack", lambda *args: 1 / 0)
        assert not buttons(RUN).exception
    made, name = pressed(RUN, monkeypatch), "spirals-20-labels-from-scratch"
    assert [*made] == [f"{name}.zip", f"{name}.csv", f"{name}-bundle.zip"]
    assert made[f"{name}.zip"] == zipped(RUN) and made[f"{name}-bundle.zip"] == data
    assert str(made[f"{name}.csv"]).startswith("step,seed,task,unit,value\n")


def test_data_of_others_are_in_neither_zip(monkeypatch: pytest.MonkeyPatch) -> None:
    name = table.keep(csv_of_points().encode(), "My points.csv")
    run = replace(RUN, task=Table(table=name, labels=3))
    assert compute_values.perform(run) == "done"
    assert "It also contains the data that you uploaded." in said(buttons(run))
    assert "It does not contain the data, because someone else uploaded them." in said(buttons(run, is_owner=False))
    held = {is_owner: pressed(run, monkeypatch, is_owner) for is_owner in (True, False)}
    for is_owner, made in held.items():
        zips = [zipfile.ZipFile(io.BytesIO(file)).namelist() for file in made.values() if isinstance(file, bytes)]
        assert len(zips) == 1 + is_owner
        assert all(any(name in file for file in names) == is_owner for names in zips)


def test_a_look_at_the_buttons_costs_little(data: bytes) -> None:
    test = buttons(RUN)
    began = time.thread_time()
    for _ in range(5):
        test.run()
    assert (time.thread_time() - began) / 5 < 0.1  # the testing around it included


def test_unfinished_run_cannot_be_taken_home() -> None:
    assert "when it has finished" in said(buttons(Run(task=GuestBook(notes=51), net="writer")))


def drawn(slug: str, **query: str) -> AppTest:
    """Draws a page by its module, with these values in its link."""

    def page(slug: str) -> None:
        from importlib import import_module

        import_module(f"app.app_pages.{slug}").show()

    test = AppTest.from_function(page, kwargs={"slug": slug}, default_timeout=60)
    test.query_params.update(query)
    return test.run()


@pytest.mark.parametrize(
    ("slug", "query"),
    [
        ("drawing_board", {"draw.step": "Learn and guess", "draw.pressed": "1"}),
        ("own_data", {"own.pressed": "1"}),
        ("time_machine", {"time.pressed": "1"}),
    ],
)
def test_pages_without_an_ending_offer_it_too(slug: str, query: dict[str, str], workers_end: None) -> None:
    test = drawn(slug, **query)
    assert not test.exception
    assert "Press Train first. You can download a run when it has finished." in said(test)


# --- Brought --------------------------------------------------------------------------------------------------------


def test_bundle_page_shows_the_run_and_doubt(data: bytes, elsewhere: None) -> None:
    """The page says that the numbers are only somebody's word."""
    test = brought()
    test.session_state["bundle.refused"] = "This is no bundle."
    assert "This is no bundle." in said(test.run())
    name = bundle.unpack(data)
    test = brought(bundle=name)
    assert not test.exception
    assert "not checked here" in said(test) and "plane" in test.subheader[0].value.lower()
    assert "Train the same run here" in said(test) and "when it has finished" not in said(test)


def test_bundle_confirmed_by_this_store_says_so(data: bytes) -> None:
    test = brought(bundle=bundle.unpack(data))
    assert "has exactly these scores" in said(test)


def test_forged_bundle_is_compared_with_own_results(data: bytes) -> None:
    from tests.test_bundle import Files, packed, unpacked

    files: Files = unpacked(data)
    lines = [json.loads(line) for line in files[f"{digest(RUN)}.jsonl"].splitlines()]
    for line in lines[1:-1]:
        line["accuracy"]["0"] = [1.0, 1.0]
    files[f"{digest(RUN)}.jsonl"] = "\n".join(map(json.dumps, lines)).encode()
    test = brought(bundle=bundle.unpack(packed(files)))
    assert "ends at 100 %, but the same run trained here ends at" in said(test)
    assert store.events(RUN)[1]["accuracy"]["0"][0] < 1


def test_link_to_missing_bundle_says_so(elsewhere: None) -> None:
    for name in ("0" * 20, "../runs", "<script>"):
        assert "not on this machine" in said(brought(bundle=name))


@pytest.mark.browser
def test_stage_picture_is_saved_as_shown(address: str, page: Page, tmp_path: Path) -> None:
    query = "fast_start.beat=Explain&fast_start.committed=2&fast_start.pressed=1"
    page.goto(f"{address}/fast_start?{query}")
    through_the_findings(page)
    page.get_by_role("button", name="Take it home").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="The picture on the stage (PNG)").press("Enter")
    coming.value.save_as(tmp_path / "picture.png")
    assert coming.value.suggested_filename == "headstart-fast_start.png"
    box = page.locator(".st-key-stage canvas").first.bounding_box()
    page.get_by_role("radio", name="SVG").click()
    save = page.get_by_role("button", name="The picture on the stage (SVG)")
    expect(page.locator(".st-key-stage [data-testid=stEChartsChart] svg text").first).to_be_visible()
    with page.expect_download() as coming:
        save.press("Enter")
    coming.value.save_as(tmp_path / "picture.svg")
    assert coming.value.suggested_filename == "headstart-fast_start.svg"
    page.evaluate("document.querySelector('.st-key-stage [data-testid=stEChartsChart]').remove()")
    save.press("Enter")  # no chart is left
    expect(page.get_by_text("Save it as PNG instead")).to_be_visible()
    written = [node.text for node in ElementTree.parse(tmp_path / "picture.svg").iter(f"{SVG}text")]
    assert "Points, 400 labels per arm" in written
    assert any(str(text).startswith("Accuracy on unseen examples") for text in written)
    picture = Image.open(tmp_path / "picture.png").convert("RGB")
    assert box and picture.width >= 2 * box["width"] and picture.height >= 2 * box["height"]
    colours = picture.resize((200, 200)).getcolors(40_000) or []
    assert len(colours) > 50 and max(colours)[1] == (255, 255, 255)
