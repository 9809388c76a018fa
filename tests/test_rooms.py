"""Rooms only import downwards, and docs/architecture.md draws them correctly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rooms import ROOT, TOPS, drawing, floors, rooms

MOST = 20  # files in a folder, where they are of mixed kinds
ALIKE = ("measure", "figures", "worlds")  # folders whose files are all of one kind
DOC = ROOT / "docs" / "architecture.md"


@pytest.mark.parametrize("top", TOPS)
def test_no_arrow_runs_back_up(top: str) -> None:
    needs = rooms(top)
    assert len(needs) > 5
    circle = needs.keys() - {name for floor in floors(needs) for name in floor}
    assert not circle, "these rooms need each other in a circle, or stand on rooms that do"


def test_a_circle_of_rooms_is_noticed() -> None:
    assert floors({"a": {"b"}, "b": {"a"}, "c": set(), "d": {"c"}}) == [["c"], ["d"]]


def test_no_folder_holds_more_than_a_drawer() -> None:
    for folder in sorted({path.parent for top in TOPS for path in (ROOT / top).rglob("*.py")}):
        files = [path for path in folder.iterdir() if path.suffix in (".py", ".js", ".css")]
        assert folder.name in ALIKE or len(files) <= MOST, f"{folder.relative_to(ROOT)} has {len(files)} files"


def test_the_architecture_is_drawn_as_it_is() -> None:
    drawn = re.search(r"<!-- rooms -->\n```\n(.*?)```\n<!-- /rooms -->", DOC.read_text("utf-8"), re.DOTALL)
    assert drawn and drawn[1].rstrip() == drawing(), "python -m tests.rooms prints it"


def test_every_file_that_the_doc_names_exists() -> None:
    named = re.findall(r"`((?:app|core|lessons|tests)/[\w/]+\.\w+)`", DOC.read_text("utf-8"))
    assert len(named) > 20
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_room_has_its_line() -> None:
    text = DOC.read_text("utf-8")
    for name in {room for top in TOPS for room in rooms(top)} - set(TOPS):
        last = Path(name).name
        assert f"`{name}`" in text or f"`{last}`" in text or "/".join(Path(name).parts[:2]) in text, name
