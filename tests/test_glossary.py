"""The glossary: technical words on pages have entries, entries have pages, and words in prose open entries."""

from __future__ import annotations

import re
from functools import cache

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from app.beats.lesson_text import GLOSS, filled, glossed
from app.i18n.collect import collected
from lessons.kit.lesson.catalogue import Lesson, lessons
from lessons.kit.lesson.glossary import TEXT, Term, pattern, terms, terms_in
from lessons.kit.model.values import Settings
from lessons.kit.results.evidence import load_results
from tests.server import ROOT

HOSTILE = ["nan", "<img src=x onerror=alert(1)>", "🙂" * 300, "../../etc/passwd", "two\nlines"]
VOCABULARY = [
    line
    for line in TEXT.with_name("vocabulary.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@cache
def pages() -> dict[str, str]:
    """Returns the text of every lesson's pages at their defaults, and of the home page."""
    test = AppTest.from_file("../app/main.py", default_timeout=60).run()
    home = " ".join(str(one.value) for kind in ("title", "markdown", "button") for one in test.get(kind))
    return {"home": home} | {slug: " \n ".join(said(lesson)) for slug, lesson in lessons().items()}


def said(lesson: Lesson) -> list[str]:
    settings, unsaid = lesson.defaults, Settings()
    evidence = load_results(lesson.backdrop(settings))
    figures = [lesson.hook(evidence, settings), lesson.picture(evidence, settings, unsaid)]
    figures += [view() for view in lesson.views(evidence, settings, unsaid).values()]
    controls = (*lesson.controls, *lesson.prediction.sliders, *((lesson.sheet,) if lesson.sheet else ()))
    parts = [lesson.title, lesson.question, lesson.prediction.asks, *lesson.words.values()]
    parts += [text for control in controls for text in (control.label, control.help)]
    parts += [text for figure in figures for text in (figure.title, figure.alt)]
    for question in lesson.questions:
        parts += [question.asks, *question.options, *question.options.values()]
    for claim in lesson.claims:
        parts += [claim.statement, claim.statistic, claim.bar, claim.paper_found]
    return parts


@pytest.mark.usefixtures("workers_end")
@pytest.mark.parametrize("word", VOCABULARY)
def test_technical_words_on_pages_have_entries(word: str) -> None:
    names = {name.lower() for term in terms().values() for name in (term.name, *term.also, *term.forms)}
    finds = pattern(word, f"{word}s")
    where = [page for page, text in pages().items() if finds.search(text)]
    assert not where or word.lower() in names, f"{word} stands on {where} and not in lessons/kit/lesson/glossary.md"


@pytest.mark.usefixtures("workers_end")
def test_every_entry_stands_on_a_page() -> None:
    used = {term.name for text in pages().values() for _, term in terms_in(text)}
    assert set(terms()) - used == set()


@pytest.mark.parametrize("term", terms().values(), ids=terms())
def test_entries_have_two_sentences_and_a_lesson(term: Term) -> None:
    assert len(re.findall(r"[.!?](?=\s|$)", term.entry)) == 2
    assert len(term.entry) < 260
    assert term.lesson in lessons()
    assert not re.search(r"[<{*`]", term.entry)


def test_no_word_belongs_to_two_entries() -> None:
    owned = [word.lower() for term in terms().values() for word in (term.name, *term.also, *term.forms)]
    assert sorted(owned) == sorted(set(owned))


def test_entries_that_texts_quote_exist() -> None:
    texts = [text for lesson in lessons().values() for text in said(lesson)]
    assert {name for text in texts for name in GLOSS.findall(text)} <= set(terms())
    assert filled("What is it? {gloss:replay}") == f"What is it? {terms()['replay'].entry}"


# --- Glosses -------------------------------------------------------------------------------------------------------


def opened(text: str) -> list[tuple[str, str]]:
    """Returns the words that open an entry, each with its entry."""
    return re.findall(r">([^<]+)</button><span popover[^>]*><b>([^<]+)</b>", glossed(text, "label_worth", "hook"))


def test_only_the_first_mention_opens_an_entry() -> None:
    assert opened("Replay helps. So does replay, or EWC.") == [("Replay", "replay"), ("EWC", "EWC")]


def test_longest_term_opens_the_entry() -> None:
    """Plurals and line breaks within a term are recognised."""
    assert opened("A head start for **learning\nrates** and heads") == [
        ("head start", "head start"),
        ("learning\nrates", "learning rate"),
        ("heads", "head"),
    ]


def test_a_word_that_means_something_else_opens_nothing() -> None:
    assert opened("A score will rank all thirteen, a small step at any rate. Ahead, lowlabel, tokenless.") == []


def test_formulas_code_and_links_stay_as_they_are() -> None:
    text = "$token + token$ and `token` and [a token](token)"
    assert glossed(text, "label_worth", "hook") == text


def test_entry_links_to_its_lesson() -> None:
    """On the lesson's own page the entry has no link."""
    lesson = terms()["replay"].lesson
    assert f'href="{lesson}"' in glossed("replay", "label_worth", "hook")
    assert "href" not in glossed("replay", lesson, "hook")


def test_glosses_of_a_page_have_unique_ids() -> None:
    for slug, lesson in lessons().items():
        html = "".join(glossed(filled(text), slug, name) for name, text in lesson.words.items())
        ids = re.findall(r'popover id="([^"]+)"', html)
        assert ids and len(ids) == len(set(ids))
        assert ids == re.findall(r'popovertarget="([^"]+)"', html)


# --- The page ------------------------------------------------------------------------------------------------------


def page(find: str = "") -> AppTest:
    def draw() -> None:
        from app.app_pages.glossary import show

        show()

    test = AppTest.from_function(draw, default_timeout=60)
    if find:
        test.query_params["glossary.find"] = find
    return test.run()


def entries(test: AppTest) -> list[str]:
    return re.findall(r"<dt>([^<]+?) ?<", test.main.get("html")[-1].proto.body) if test.main.get("html") else []


def test_glossary_page_has_all_entries_and_links() -> None:
    test = page()
    assert not test.exception
    assert [name.replace("&#x27;", "'") for name in entries(test)] == list(terms())
    links = re.findall(r'href="(\w+)"', test.main.get("html")[-1].proto.body)
    assert len(links) == len(terms()) and set(links) <= set(lessons())


def test_search_lists_names_before_entries() -> None:
    """The search finds names, other names and words in entries."""
    assert entries(page("cross-entropy")) == ["loss"]
    assert entries(page("elastic"))[0] == "EWC"
    found = entries(page("replay"))
    assert found[0] == "replay"
    test = page("zebra")
    assert not entries(test)
    assert "No entry" in test.info[0].value


def test_the_url_says_what_is_searched() -> None:
    test = page()
    test.text_input[0].set_value("replay").run()
    assert test.query_params["glossary.find"] == "replay"
    assert entries(test) == entries(page("replay"))
    test.text_input[0].set_value("").run()
    assert "glossary.find" not in test.query_params
    assert len(entries(test)) == len(terms())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_search_finds_nothing_or_is_refused(text: str) -> None:
    test = page(text)
    assert not test.exception
    refused = len(text) > 60 or "\n" in text
    assert len(test.warning) == refused
    assert len(entries(test)) == (len(terms()) if refused else 0)


@pytest.mark.browser
def test_gloss_opens_and_closes_by_every_input(address: str, page: Page) -> None:
    """It opens by hover, key and tap and closes by Escape."""
    page.goto(f"{address}/day_it_forgot")
    word = page.locator(".gloss button").first
    entry = page.locator(".gloss [popover]").first
    expect(word).to_be_visible()
    expect(entry).to_be_hidden()
    word.hover()
    expect(entry).to_be_visible()
    page.mouse.move(2, 2)
    expect(entry).to_be_hidden()
    word.focus()
    page.keyboard.press("Enter")
    expect(entry).to_be_visible()
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    word.click()
    expect(entry).to_be_visible()
    box = entry.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390


ONE_NAME = (ROOT / "docs" / "architecture.md").read_text("utf-8").split("## One name each")[1]
ROWS = [[cell.strip() for cell in row.split("|")] for row in ONE_NAME.splitlines() if row.count("|") == 5][2:]
OTHERS = {name: others.replace(", ", "|") for _, name, _, others, _, _ in ROWS if others}
# Titles of papers, and names in the code.
ALLOWED = re.compile(r"(neural|connectionist|pretrained) networks?|`\w+`", re.IGNORECASE)


def stored_options() -> set[str]:
    """Returns the options that the screen shows under a label. Links keep their old names."""
    controls = [control for lesson in lessons().values() for control in (*lesson.controls, *lesson.sliders)]
    return {str(option) for control in controls for option in control.labels}


@pytest.mark.parametrize("name", OTHERS)
def test_a_thing_has_one_name(name: str) -> None:
    wrong = re.compile(rf"\b({OTHERS[name]})s?\b", re.IGNORECASE)
    texts = {text.template for text in collected() if str(text.where).startswith("lessons/")} - stored_options()
    found = {text for text in texts if len(text.split()) > 3 and wrong.search(ALLOWED.sub("", text))}
    assert found == set()
