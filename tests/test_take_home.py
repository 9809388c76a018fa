"""What can be taken from a run and what can be brought: made when asked for, and a brought run says that it is one."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from safetensors.numpy import load
from streamlit.testing.v1 import AppTest

from core.serve import bundle, store, work
from core.spec import Run, Stage, digest
from core.tasks import GuestBook, Plane
from lessons.kit.numbers import numbers
from tests.server import served
from tests.steps import through_the_findings

SVG = "{http://www.w3.org/2000/svg}"
RUN = Run(task=Plane(labels=20), net="mlp", stages=(Stage(steps=8, batch=16),), seeds=2, first_seed=83_000)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another copy, which has never seen the run."""
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    store.forget()
    yield
    store.forget()


@pytest.fixture(scope="module")
def data() -> bytes:
    assert work.perform(RUN) == "done"
    return bundle.made(RUN)


def buttons(run: Run) -> AppTest:
    def page(told: str) -> None:
        import json

        from app.parts.take_home import take_home
        from core.spec import from_json

        take_home(from_json(json.loads(told)))

    from core.spec import to_json

    return AppTest.from_function(page, kwargs={"told": json.dumps(to_json(run))}).run()


def brought(**query: str) -> AppTest:
    def page() -> None:
        from app.bundle import show

        show()

    test = AppTest.from_function(page, default_timeout=30)
    test.query_params.update(query)
    return test.run()


def said(test: AppTest) -> str:
    return " ".join(one.value for one in (*test.markdown, *test.caption, *test.warning, *test.success))


def test_every_score_of_a_run_is_a_line_of_its_numbers(data: bytes) -> None:
    rows = list(csv.DictReader(io.StringIO(numbers(RUN, store.events(RUN)))))
    scores = [row for row in rows if row["unit"] == "accuracy"]
    points = [event for event in store.events(RUN) if event["kind"] == "point"]
    assert [(int(row["step"]), int(row["seed"]), row["task"], float(row["value"])) for row in scores] == [
        (p["step"], RUN.first_seed + k, "0", p["accuracy"]["0"][k]) for p in points for k in range(2)
    ]
    assert {row["unit"] for row in rows} == {"accuracy", "loss", "flops", "seconds"}


def test_a_look_makes_nothing_and_a_press_makes_the_file(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    made = dict[str, bytes | str]()

    def spy(label: str, data: object, name: str, *args: object, disabled: bool, **kwargs: object) -> None:
        assert callable(data) and not disabled
        made[name] = data()

    monkeypatch.setattr("core.serve.bundle.made", lambda *args: 1 / 0)
    test = buttons(RUN)
    assert not test.exception
    monkeypatch.undo()
    monkeypatch.setattr("streamlit.download_button", spy)
    buttons(RUN)
    name = digest(RUN)
    assert made[f"{name}.zip"] == data
    weights = made[f"{name}.safetensors"]
    assert isinstance(weights, bytes) and load(weights)["head.weight"].shape == (2, 64, 6)
    assert json.loads(made[f"{name}.ipynb"])["nbformat"] == 4 and "Plane" in str(made[f"{name}.py"])
    assert str(made[f"{name}.csv"]).startswith("step,seed,task,unit,value\n")


def test_a_look_at_the_buttons_costs_little(data: bytes) -> None:
    test = buttons(RUN)
    began = time.thread_time()
    for _ in range(5):
        test.run()
    assert (time.thread_time() - began) / 5 < 0.1  # the testing around it included


def test_what_has_no_script_says_so_where_the_button_is() -> None:
    run = Run(task=GuestBook(notes=50), net="writer", stages=(Stage(steps=1, batch=4),), seeds=1, first_seed=83_000)
    assert work.perform(run) == "done"
    assert "A script can be made of" in said(buttons(run))
    assert "has ended" in said(buttons(Run(task=GuestBook(notes=51), net="writer")))


# --- Brought --------------------------------------------------------------------------------------------------------


def test_who_opens_a_bundle_sees_the_run_and_whose_word_it_is(data: bytes, elsewhere: None) -> None:
    test = brought()
    test.session_state["bundle.refused"] = "This is no bundle."
    assert "This is no bundle." in said(test.run())
    name = bundle.opened(data)
    test = brought(bundle=name)
    assert not test.exception
    assert "somebody's word" in said(test) and "plane" in test.subheader[0].value.lower()
    assert "Run the same here" in said(test) and "has ended" not in said(test)


def test_a_bundle_that_is_true_here_is_said_to_be(data: bytes) -> None:
    test = brought(bundle=bundle.opened(data))
    assert "the very same at every test" in said(test)


def test_a_forged_bundle_is_confronted_with_what_was_found_here(data: bytes) -> None:
    from tests.test_bundle import Files, packed, unpacked

    files: Files = unpacked(data)
    lines = [json.loads(line) for line in files[f"{digest(RUN)}.jsonl"].splitlines()]
    for line in lines[1:-1]:
        line["accuracy"]["0"] = [1.0, 1.0]
    files[f"{digest(RUN)}.jsonl"] = "\n".join(map(json.dumps, lines)).encode()
    test = brought(bundle=bundle.opened(packed(files)))
    assert "It says 100 % at the end; made here it was" in said(test)
    assert store.events(RUN)[1]["accuracy"]["0"][0] < 1


def test_a_link_to_a_bundle_that_is_not_here_says_so(elsewhere: None) -> None:
    for name in ("0" * 20, "../runs", "<script>"):
        assert "not on this machine" in said(brought(bundle=name))


@pytest.mark.browser
def test_the_picture_on_the_stage_is_saved_as_it_stands_there(
    page: Page, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with served("app/main.py", HEADSTART_STORE=str(tmp_path_factory.mktemp("store"))) as (address, _):
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
        expect(page.get_by_text("save pixels as PNG")).to_be_visible()
    written = [node.text for node in ElementTree.parse(tmp_path / "picture.svg").iter(f"{SVG}text")]
    assert {"Accuracy on unseen examples; shaded: what the head start is worth", "Points, 400 labels per arm"} < {
        *written
    }
    picture = Image.open(tmp_path / "picture.png").convert("RGB")
    assert box and picture.width >= 2 * box["width"] and picture.height >= 2 * box["height"]
    colours = picture.resize((200, 200)).getcolors(40_000) or []
    assert len(colours) > 50 and max(colours)[1] == (255, 255, 255)
