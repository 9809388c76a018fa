"""The lesson plans name things that exist, their minutes add up, and every other number is one of a shipped claim."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lessons.kit.lesson.catalogue import BEATS, lessons
from lessons.kit.shipping.claims import shipped

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "teaching.md").read_text("utf-8")
PLANS = re.findall(r"^## In (\d+) minutes.*?(?=^## )", TEXT, re.MULTILINE | re.DOTALL)
CLAIMED = re.compile(r"([\d.,]+(?: %)?)<!-- (\w+)\.(\w+) -->")
ROW = re.compile(r"^\| (\d+)-(\d+) \| (.*?) \| ", re.MULTILINE)


def plan(minutes: str) -> list[tuple[int, int, str]]:
    part = TEXT[TEXT.index(f"## In {minutes} minutes") :].split("\n## ", 1)[0]
    return [(int(begins), int(ends), where) for begins, ends, where in ROW.findall(part)]


def test_there_are_four_plans() -> None:
    assert PLANS == ["25", "45", "60", "90"]


@pytest.mark.parametrize("minutes", PLANS)
def test_a_plan_fills_its_minutes_without_a_gap(minutes: str) -> None:
    rows = plan(minutes)
    assert [ends for _, ends, _ in rows] == [*(begins for begins, _, _ in rows[1:]), int(minutes)]
    assert rows[0][0] == 0 and all(begins < ends for begins, ends, _ in rows)


@pytest.mark.parametrize("minutes", PLANS)
def test_plan_follows_pages_and_order_of_beats(minutes: str) -> None:
    at: dict[str, int] = {}
    for _, _, where in plan(minutes):
        name = re.sub(r"\[(\w+)\]\(.*?\)", r"\1", where)
        slug, _, beat = name.partition(", ")
        assert slug in {*lessons(), "home", "again", "capstone", "the room"}
        if beat:
            assert at.get(slug, -1) < BEATS.index(beat)
            at[slug] = BEATS.index(beat)


def test_links_lead_to_what_is_there() -> None:
    found = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert found and all((ROOT / "docs" / link).exists() for link in found)
    wrong = re.findall(r"^\*\*(\w+): “", TEXT, re.MULTILINE)
    assert len(wrong) >= 6 and set(wrong) <= {*lessons()}


def test_numbers_in_plans_come_from_claims() -> None:
    claimed = CLAIMED.findall(TEXT)
    assert len(claimed) > 15
    for shown, claim, key in claimed:
        assert shown == shipped(claim).numbers[key].lstrip("+-"), (claim, key)
    rest = ROW.sub("", CLAIMED.sub("", TEXT))
    rest = re.sub(r"25, 45, 60 and 90 minutes|^## In \d+ minutes", "", rest, flags=re.MULTILINE)
    assert re.findall(r"\d+", rest) == []
