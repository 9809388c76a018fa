"""Bundles, stores, progress files, links and values from before the names in the code changed still open.

tests/from_before/README.md says what each file is.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from core.bundles import bundle
from core.experiment.spec import Measure, Run, digest, from_json, to_json
from core.experiment.tasks import Plane
from core.store import folders, store
from lessons.kit.lesson import progress
from lessons.kit.lesson.progress import MissedQuestion, Progress

BEFORE = Path(__file__).with_name("from_before")
VALUES = json.loads((BEFORE / "values.json").read_text("utf-8"))
LINKS = json.loads((BEFORE / "links.json").read_text("utf-8"))
SETTINGS = ("selectbox", "select_slider", "toggle", "radio", "text_input", "multiselect", "button_group", "checkbox")
OLD_KINDS = {"dial": "interpolation", "exhibit": "tracked_examples", "reads": "classify_drawing"}

pytestmark = pytest.mark.usefixtures("workers_end")


@pytest.fixture
def old_store(home: Path) -> Path:
    """Returns a store that an older version has written."""
    with zipfile.ZipFile(BEFORE / "store.zip") as archive:
        archive.extractall(home)
    store.clear_caches()
    return home


def text_of(test: AppTest) -> str:
    return " ".join(str(one.value) for kind in ("subheader", "markdown", "caption") for one in test.get(kind))


def value_of(kind: str) -> Run | Measure:
    """Returns the stored value whose kind or net has this old name."""
    (found,) = (from_json(one["json"]) for one in VALUES if kind in (one["json"].get("kind"), one["json"].get("net")))
    return found


@pytest.mark.parametrize("stored", VALUES, ids=lambda stored: stored["digest"])
def test_old_values_keep_digest_and_json(stored: dict[str, object]) -> None:
    value = from_json(stored["json"])
    assert digest(value) == stored["digest"] and to_json(value) == stored["json"]


def test_old_names_are_read_as_new_names() -> None:
    for old, new in OLD_KINDS.items():
        measure = value_of(old)
        assert isinstance(measure, Measure) and measure.kind == new
    run = value_of("dense")
    assert isinstance(run, Run) and run.net == "mlp_image"


def test_old_bundle_opens_and_shows_its_run(home: Path) -> None:
    def draw() -> None:
        from app.app_pages.bundle import show

        show()

    name = bundle.unpack((BEFORE / "bundle.zip").read_bytes())
    opened = bundle.load(name)
    assert opened and isinstance(opened.run.task, Plane) and opened.run.start
    assert all(store.finished(opened.events(run)) and opened.weights(run) for run in opened.run.lineage())
    page = AppTest.from_function(draw, default_timeout=60)
    page.query_params["bundle"] = name
    page.run()
    assert not page.exception and not page.warning
    assert "From a bundle, not checked here" in text_of(page) and page.subheader[0].value.startswith("Plane")


def test_old_store_is_read_and_not_recomputed(old_store: Path) -> None:
    """The engine computes only what is not complete, and a worker is given no folder for what is intact."""
    names = sorted(path.name for path in (old_store / "runs").iterdir())
    dial, wall, patch, dense = (value_of(name) for name in ("dial", "exhibit", "mlp", "dense"))
    assert all(store.complete(value) for value in (dial, wall, patch, dense))
    for value in (dial, wall, patch):
        assert store.is_intact(value)
        with folders.writing(value) as folder:
            assert folder is None
    assert isinstance(dial, Measure) and isinstance(patch, Run) and isinstance(dense, Run)
    answer = store.answer(dial)
    assert answer and len(answer["alphas"]) == 41
    assert store.weights(patch) and store.events(dense)[-1]["kind"] == "done"
    assert sorted(path.name for path in (old_store / "runs").iterdir()) == names


def test_old_progress_file_restores_what_it_held() -> None:
    data = (BEFORE / "progress.json").read_bytes()
    held = json.loads(data)
    names = {"label_worth.30a2f68c": "label_worth.2", "kind_words.c056d750": "kind_words.2"}
    missed = {names[at]: MissedQuestion(**one) for at, one in held["missed"].items()}
    lessons = frozenset({"label_worth", "new_subject"})
    found = {"label_worth": "82 % with 2 labels"}
    seen = {"label_worth": 5, "new_subject": 3}
    assert progress.read(data) == Progress(seen, found, missed, lessons, frozenset({"label_worth"}))


def open_link(link: str) -> AppTest:
    """Opens the page of a link, without a browser."""

    def draw(page: str) -> None:
        from datetime import date
        from importlib import import_module

        from app.app_pages import capstone, lesson
        from lessons.kit.lesson.catalogue import lessons

        modules = {"own": "own_data", "time": "time_machine", "draw": "drawing_board"}
        if page in lessons():
            lesson.show(lessons()[page])
        elif page == "capstone":
            capstone.show(date(2026, 11, 26))
        else:
            import_module(f"app.app_pages.{modules.get(page, page)}").show()

    parts = urlsplit(link)
    test = AppTest.from_function(draw, kwargs={"page": parts.path[1:]}, default_timeout=60)
    for name, value in parse_qsl(parts.query):
        test.query_params[name] = value
    return test.run()


@pytest.mark.parametrize("old", LINKS, ids=[f"{k}-{urlsplit(each['link']).path[1:]}" for k, each in enumerate(LINKS)])
def test_old_link_opens_with_its_settings(old_store: Path, old: dict[str, object]) -> None:
    """A setting that is no longer valid would give a warning and disappear from the URL."""
    link = str(old["link"])
    test = open_link(link)
    assert not test.exception and not test.warning and not test.error
    now = {name: "".join(value) for name, value in test.query_params.items()}
    assert {name: now.get(name) for name, _ in parse_qsl(urlsplit(link).query)} == dict(parse_qsl(urlsplit(link).query))
    widgets = {one.key: str(one.value) for kind in SETTINGS for one in test.get(kind) if one.key}
    assert isinstance(old["shows"], dict)
    assert {key: widgets.get(key) for key in old["shows"]} == old["shows"]
