"""The table of sources names everything that ships, notices and page follow it, and missing texts name a command."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.experiment.checks import BadValue
from core.fetch import sources
from core.fetch.sources import PLACES, SOURCES

HERE = Path(__file__).resolve().parent.parent


def test_notices_say_what_the_table_of_sources_says() -> None:
    notice = (HERE / "NOTICE.md").read_text("utf-8")
    assert sources.table() in notice and sources.notes() in notice
    texts = [one for one in SOURCES if one.kind == "Texts"]
    assert sources.table(texts) in (HERE / "core" / "worlds" / "texts" / "README.md").read_text("utf-8")


def test_shipped_sources_are_present() -> None:
    for source in SOURCES:
        assert source.place == "brought" or source.size(), source.name


def test_what_ships_is_all_in_the_table() -> None:
    there = {path.relative_to(HERE).as_posix() for path in (HERE / "core" / "worlds").rglob("*.xz")}
    there |= {path.relative_to(HERE).as_posix() for path in (HERE / "core" / "worlds").rglob("*.png")}
    assert there <= {file for source in SOURCES for file in source.files}


def test_downloaded_sources_are_pinned_with_a_command() -> None:
    makefile = (HERE / "Makefile").read_text("utf-8")
    ignored = [line for line in (HERE / ".gitignore").read_text("utf-8").splitlines() if line.startswith("core/")]
    for source in (one for one in SOURCES if one.place == "brought"):
        assert len(source.sha256) == 64 and source.version and not source.version.endswith("*")
        assert f"\n{source.command.removeprefix('make ')}:" in makefile
        assert all(any(map(file.startswith, ignored)) for file in source.files)


def test_a_source_is_in_one_of_three_places() -> None:
    with pytest.raises(BadValue, match="ships, package, brought"):
        replace(SOURCES[0], place="elsewhere")
    assert {source.place for source in SOURCES} == set(PLACES)


def page() -> AppTest:
    def draw() -> None:
        from app.app_pages.data_sources import show

        show()

    return AppTest.from_function(draw, default_timeout=60).run()


def test_page_states_origin_terms_and_notes() -> None:
    """The page lists every source."""
    test = page()
    assert not test.exception
    said = " ".join(str(one.value) for kind in ("markdown", "caption") for one in test.get(kind))
    for source in SOURCES:
        assert all(part in said for part in (source.what, source.origin, source.terms, source.note))


def test_page_names_missing_sources_and_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    brought = next(source for source in SOURCES if source.place == "brought")
    monkeypatch.setattr(
        "app.app_pages.data_sources.SOURCES", (replace(brought, files=("nothing/of/it.xz",)), SOURCES[0])
    )
    test = page()
    badges = [one.value for one in test.markdown if "badge" in one.value]
    assert "Not on this machine" in badges[1]
    assert "On this machine" in badges[3]
    assert test.code[0].value == brought.command
    assert brought.command in test.info[0].value
