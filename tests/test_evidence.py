"""The evidence page: every claim with its receipt, found and sorted by the URL. No other page shows codes."""

from __future__ import annotations

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from app.app_pages.evidence import by_code
from lessons.kit.figures.interval_cell import interval_cell, number
from lessons.kit.lesson.catalogue import BEATS, claims, lessons
from lessons.kit.shipping import claims as kit
from lessons.kit.shipping.claims import shipped

HOSTILE = ["nan", "-5", "<img src=x onerror=alert(1)>", "🙂" * 300, "../../etc/passwd", "two\nlines"]
CODE = re.compile(rf"(?<![\w/+=])(?:{'|'.join(claims())})(?![\w/+=])")


def page(**url: str) -> AppTest:
    def draw() -> None:
        from app.app_pages.evidence import show

        show()

    test = AppTest.from_function(draw, default_timeout=60)
    for name, value in url.items():
        test.query_params[f"evidence.{name}"] = value
    return test.run()


def rows(test: AppTest) -> str:
    """Returns the claims as HTML, or nothing if no claim is shown."""
    return unescape(test.main.get("html")[-1].proto.body) if test.main.get("html") else ""


def codes(test: AppTest) -> list[str]:
    return re.findall(r"</span><code>(\w+)</code>", rows(test))


def test_every_claim_stands_there_with_its_whole_receipt() -> None:
    test = page()
    assert not test.exception
    assert sorted(codes(test)) == sorted(claims())
    html = rows(test)
    for name, (lesson, claim) in claims().items():
        found = shipped(name)
        parts = [claim.statement.format(**found.numbers), claim.paper, claim.paper_found, claim.bar[1:], lesson.title]
        parts += [number(found.low), number(found.high), *(check.says for check in found.checks)]
        parts.append(f"python -m lessons.claims {name} --check")
        assert all(part in html for part in parts), name
        assert html.count(f"{name} --check") == 1


def test_no_claim_is_computed_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def computed(*_: object) -> None:
        raise AssertionError("a claim was computed")

    shipped.cache_clear()
    monkeypatch.setattr(kit, "compute_finding", computed)
    assert len(codes(page())) == len(claims())


@pytest.mark.parametrize("slug", lessons())
def test_a_lesson_has_its_own_claims(slug: str) -> None:
    assert set(codes(page(lesson=slug))) == {claim.id for claim in lessons()[slug].claims}


def test_result_filter_shows_claims_with_that_status() -> None:
    for status in ("reproduced", "partly", "not"):
        test = page(status=status)
        assert set(codes(test)) == {name for name in claims() if shipped(name).status == status}
        assert codes(test) or "No claim fits" in test.info[0].value


def test_a_search_finds_papers_words_and_codes() -> None:
    assert "S10" in codes(page(find="kumar"))
    assert "S8b" in codes(page(find="EWC five tasks"))
    assert codes(page(find="s1")) == ["S1"]
    test = page(find="zebra")
    assert not codes(test)
    assert "No claim fits" in test.info[0].value


def test_a_claim_that_is_alone_is_open() -> None:
    assert "<details open>" in rows(page(find="S10"))
    assert "<details open>" not in rows(page())


def test_the_url_says_what_is_filtered() -> None:
    test = page()
    test.text_input[0].set_value("forgetting").run()
    assert test.query_params["evidence.find"] == "forgetting"
    some = codes(test)
    assert 0 < len(some) < len(claims())
    test.selectbox[0].set_value("day_it_forgot").run()
    assert test.query_params["evidence.lesson"] == "day_it_forgot"
    assert set(codes(test)) < set(some)
    test.text_input[0].set_value("").run()
    assert "evidence.find" not in test.query_params
    assert codes(test) == codes(page(lesson="day_it_forgot"))


def test_claims_are_sorted_as_chosen() -> None:
    """The order is by lesson, by result or by code."""
    known = claims()
    numbers = [known[code][0].number for code in codes(page())]
    assert numbers == sorted(numbers)
    statuses = [shipped(code).status for code in codes(page(order="result"))]
    assert statuses == sorted(statuses, key=["not", "partly", "reproduced"].index)
    assert codes(page(order="code")) == sorted(known, key=by_code)
    assert sorted(["S10", "S2", "S11b", "S11", "B1"], key=by_code) == ["B1", "S2", "S10", "S11", "S11b"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["lesson", "status", "order"])
def test_hostile_url_gives_default_and_message(name: str, text: str) -> None:
    test = page(**{name: text})
    assert not test.exception
    assert len(test.warning) == 1
    assert len(codes(test)) == len(claims())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_search_finds_nothing_or_is_refused(text: str) -> None:
    test = page(find=text)
    assert not test.exception
    refused = len(text) > 60 or "\n" in text
    assert len(test.warning) == refused
    assert "onerror" not in rows(test)
    assert not refused or len(codes(test)) == len(claims())


def test_claim_without_runs_names_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(claim: str) -> None:
        raise kit.Missing(claim)

    monkeypatch.setattr("app.app_pages.evidence.shipped", missing)
    test = page()
    assert not test.exception
    assert rows(test).count("make shipped") == len(claims())


def test_interval_cell_describes_what_it_draws() -> None:
    """The interval stays inside its cell."""
    drawn = interval_cell(6.2, 4.7, 9.4, none=1)
    assert 'aria-label="6.2, interval 4.7 to 9.4, beside 1"' in drawn
    assert re.findall(r"--(\w+): ([\d.]+)", drawn) == [
        ("none", "0.000"),
        ("low", "0.440"),
        ("at", "0.619"),
        ("high", "1.000"),
    ]
    assert "--none: 1.000" in interval_cell(-5, -6, -4)
    assert [number(x) for x in (1234.5, 243.2, 6.21, -0.379)] == ["1,234", "243", "6.21", "−0.379"]  # noqa: RUF001


def shown(test: AppTest) -> list[str]:
    """Returns everything that a page shows, as it is sent.

    It leaves out pictures, and also commands and scripts, because they need codes.
    """
    sent = [str(getattr(one, "proto", "")) for one in (*test.main, *test.sidebar) if one.type != "code"]
    return [re.sub(r"data:image/[^\"')\\]*", "", text) for text in sent]


@pytest.mark.usefixtures("workers_end")
@pytest.mark.parametrize("slug", lessons())
def test_no_lesson_shows_a_code(slug: str) -> None:
    def draw(slug: str) -> None:
        from app.app_pages.lesson import show
        from lessons.kit.lesson.catalogue import lessons

        show(lessons()[slug])

    for beat in BEATS:
        test = AppTest.from_function(draw, kwargs={"slug": slug}, default_timeout=60)
        test.query_params |= {f"{slug}.beat": beat, f"{slug}.committed": "1", f"{slug}.pressed": "1"}
        found = [CODE.findall(text) for text in shown(test.run())]
        assert not any(found), (beat, found)


@pytest.mark.usefixtures("workers_end")
def test_no_other_page_shows_a_code() -> None:
    def draw() -> None:
        from app.app_pages import data_sources, glossary, real_model

        real_model.show()
        data_sources.show()
        glossary.show()

    for test in (AppTest.from_file("../app/main.py", default_timeout=60), AppTest.from_function(draw)):
        assert not [text for text in shown(test.run()) if CODE.search(text)]


def test_a_code_would_be_seen() -> None:
    assert {code for text in shown(page()) for code in CODE.findall(text)} >= set(claims())
