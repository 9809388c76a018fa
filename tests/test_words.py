"""Texts are shown in the reader's language, from translations beside the source.

Texts that nobody reads stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from app.i18n import outgoing_messages
from app.i18n.collect import ROOT, SLOT, collected, in_prose, in_python, in_script, numbered
from app.i18n.language import AT, LANGUAGES, OWN
from app.i18n.translator import Template, Translator, files, translations
from app.untranslated import home, unsaid
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.lesson.glossary import terms, terms_in, words
from tests.conftest import ERRORS
from tests.steps import press

OTHERS = [code for code in LANGUAGES if code != OWN]
FILES = [path for code in OTHERS for path in files(code)]
MARKUP = re.compile(r"\*\*|\$|`|:material/\w+:|\]\(")
GERMAN = Translator(
    {
        "{0} of {1} steps, {2} s": "{0} von {1} Schritten, {2} s",
        "Accuracy after {0} steps: {1}.": "Richtig nach {0} Schritten: {1}.",
        "pretrained": "vortrainiert",
        "scratch": "von Grund auf",
        "{0} labels": "{0} Labels",
        "Digit {0}: what is it?": "Ziffer {0}: Was ist das?",
        "A net forgets.": "Ein Netz vergisst.",
        "and": "und",
    }
)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("1,200 of 1,500 steps, 3.1 s", "1.200 von 1.500 Schritten, 3,1 s"),
        (
            "Accuracy after 300 steps: pretrained 80 %, scratch 9.5 %.",
            "Richtig nach 300 Schritten: vortrainiert 80 %, von Grund auf 9,5 %.",
        ),
        ("Pretrained", "Vortrainiert"),
        ("**pretrained**: 5 labels", "**vortrainiert**: 5 Labels"),
        ("A net  forgets.\n", "Ein Netz vergisst."),
        ("A net forgets. A net forgets.", "Ein Netz vergisst. Ein Netz vergisst."),
        ("pretrained and scratch", "vortrainiert und von Grund auf"),
        (".53", "0,53"),
        ("-0.5", "-0,5"),
        ("small_step", "small_step"),
        ("Q", "Q"),
        ("nobody has written this", None),
    ],
)
def test_text_is_translated_by_its_template(told: str, said: str | None) -> None:
    assert GERMAN.translate(told) == said


def test_unknown_part_stays_within_translated_text() -> None:
    assert GERMAN.translate("Accuracy after 5 steps: Anna's net.") == "Richtig nach 5 Schritten: Anna's net."


@pytest.mark.parametrize(
    "text", ["a, " * 400, "( " * 700, "a: " * 400, "Anna " * 250, "** " * 400, ": x; y, z. " * 100]
)
def test_what_a_learner_has_made_up_breaks_nothing(text: str) -> None:
    assert Translator(translations("de")).prose(text).split()


def test_hostile_text_is_matched_in_one_pass() -> None:
    """It repeats the words of every template. A regular expression took minutes for such a text."""
    german = Translator(translations("de"))
    for template in german.templates:
        hostile = " x ".join(literal.bare * 12 for literal in template.literals if literal.bare) + " x"
        assert len(template.parts(f"{hostile} {hostile}") or template.slots) == len(template.slots)


@pytest.mark.parametrize(
    ("template", "text", "parts"),
    [
        ("{0} of {1}", "5 of 40", ["5", "40"]),
        ("{0} of {1}", "proof", None),
        ("{0} minutes {1}", "5 minutes", ["5", ""]),
        ("{0}{1} steps", "many steps", ["", "many"]),
        ("of {0}, of {1}.", "of a, of b, of c.", ["a", "b, of c"]),
        ("a {0} a", "a", None),
        ("{0} {1}", "a b c", ["a", "b c"]),
        ("x{0}", "yx", None),
    ],
)
def test_slots_take_as_little_as_they_can(template: str, text: str, parts: list[str] | None) -> None:
    assert Template(template, "").parts(text) == parts


def test_paragraphs_and_tags_stay_where_they_were() -> None:
    assert GERMAN.prose("A net forgets.\n\n- pretrained\n- scratch") == (
        "Ein Netz vergisst.\n\n- vortrainiert\n- von Grund auf"
    )
    told = '<p class="pretrained" title="pretrained">A net forgets. <b>scratch</b></p><style>pretrained</style>'
    assert GERMAN.prose(told) == (
        '<p class="pretrained" title="vortrainiert">Ein Netz vergisst. <b>von Grund auf</b></p>'
        "<style>pretrained</style>"
    )


def message(kind: str, **fields: str) -> ForwardMsg:
    made = ForwardMsg()
    for name, value in fields.items():
        setattr(getattr(made.delta.new_element, kind), name, value)
    return made


def test_labels_are_translated_and_ids_stay() -> None:
    """Values and keys stay too."""
    told = message("button", id="pretrained", label="pretrained", help="A net forgets.")
    outgoing_messages.translate_message(told, GERMAN)
    button = told.delta.new_element.button
    assert (button.id, button.label, button.help) == ("pretrained", "vortrainiert", "Ein Netz vergisst.")
    chart = {"series": [{"id": "scratch", "name": "scratch", "data": [["scratch", 0.5]], "type": "pretrained"}]}
    told = message("echarts_chart", spec=json.dumps(chart), alt="A net forgets.")
    outgoing_messages.translate_message(told, GERMAN)
    (series,) = json.loads(told.delta.new_element.echarts_chart.spec)["series"]
    assert series == {"id": "scratch", "name": "von Grund auf", "data": [["scratch", 0.5]], "type": "pretrained"}
    assert told.delta.new_element.echarts_chart.alt == "Ein Netz vergisst."


@pytest.mark.parametrize(
    ("told", "sent"),
    [
        ("Next: [2. Fast start](fast_start)", "Next: [2. Fast start](fast_start?lang=de)"),
        ("[In the sandbox](sandbox?sandbox.run=a1)", "[In the sandbox](sandbox?sandbox.run=a1&lang=de)"),
        ('<a href="the_bill" target="_blank">', '<a href="the_bill?lang=de" target="_blank">'),
        ("[All](#lessons), [a paper](https://example.org/one)", "[All](#lessons), [a paper](https://example.org/one)"),
    ],
)
def test_links_to_other_pages_ask_for_the_language(told: str, sent: str) -> None:
    carried = message("markdown", body=told)
    outgoing_messages.add_language_to_links(carried, "de")
    assert carried.delta.new_element.markdown.body == sent


def test_a_handle_sends_back_what_it_was_sent() -> None:
    way = {"name": "scratch", "label": "scratch", "options": [{"text": "pretrained", "place": 1}]}
    told = message("bidi_component", json=json.dumps({"handles": [{"x": way, "name": "scratch"}]}))
    outgoing_messages.translate_message(told, GERMAN)
    (handle,) = json.loads(told.delta.new_element.bidi_component.json)["handles"]
    assert handle == {"x": way | {"label": "von Grund auf"}, "name": "von Grund auf"}


def test_cards_and_rows_keep_their_names() -> None:
    """Only the names that are shown are German."""
    shown = {"cards": [{"name": "scratch", "called": "scratch"}], "rows": [{"name": "scratch", "called": "scratch"}]}
    told = message("bidi_component", json=json.dumps(shown | {"picked": "scratch"}))
    outgoing_messages.translate_message(told, GERMAN)
    named = {"name": "scratch", "called": "von Grund auf"}
    assert json.loads(told.delta.new_element.bidi_component.json) == {
        "cards": [named],
        "rows": [named],
        "picked": "scratch",
    }


def test_axis_labels_are_translated_and_data_stay() -> None:
    axes = {
        "xAxis": {"type": "category", "data": ["pretrained", "A\nnet\nforgets."]},
        "series": [{"data": ["scratch"]}],
    }
    told = message("echarts_chart", spec=json.dumps(axes))
    outgoing_messages.translate_message(told, GERMAN)
    shown = json.loads(told.delta.new_element.echarts_chart.spec)
    assert shown["xAxis"]["data"] == ["vortrainiert", "Ein\nNetz\nvergisst."]
    assert shown["series"] == axes["series"]


def test_frames_in_the_browser_are_translated() -> None:
    part = {"id": "1", "part": {"0 says": [["scratch"]], "0 images": [["scratch"]]}}
    told = message("bidi_component", id="scratch")
    told.delta.new_element.bidi_component.bytes = json.dumps(part).encode()
    outgoing_messages.translate_message(told, GERMAN)
    assert json.loads(told.delta.new_element.bidi_component.bytes) == {
        "id": "1",
        "part": {"0 says": [["von Grund auf"]], "0 images": [["scratch"]]},
    }


def test_scripts_receive_their_own_words_translated() -> None:
    script = "news.textContent = translated`Digit ${at + 1}: what is it?`"
    told = message("bidi_component", json="{}", js_content=script)
    outgoing_messages.translate_message(told, GERMAN)
    assert json.loads(told.delta.new_element.bidi_component.json)["words"] == {
        "Digit {0}: what is it?": "Ziffer {0}: Was ist das?"
    }


def test_texts_are_collected_from_code_scripts_and_prose() -> None:
    code = '"""No."""\ndef one(n):\n    "No."\n    return f"After {n:,} steps: <b>{\'yes\'}</b> it is"\n'
    assert [numbered(text) for text, _ in in_python(code)] == ["After {0} steps:", "{0}", "it is", "yes"]
    assert [numbered(text) for text, _ in in_script("a(translated`Digit ${k + 1} of ${n}`, `not ${this}`)")] == [
        "Digit {0} of {1}"
    ]
    prose = "## explain\n\n{lit: one | two}\n**Bold.** {S1.k} points.\n\n## recall\n\n### Why?\n- [x] So\n  Because.\n"
    found = [block for text, _ in in_prose(prose) for block in map(numbered, re.split(r"\n\s*\n", text)) if block]
    assert found == ["**Bold.** {0} points.", "Why?", "So", "Because."]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_translations_have_sources_slots_and_markup(path: Path) -> None:
    """Each one is of an existing text and keeps its slots and markup."""
    known = Translator({text.template: text.template for text in collected()})
    for entry in polib.pofile(str(path)):
        assert entry.msgstr, f"empty: {entry.msgid}"
        there = known.translate(entry.msgid) or all(
            map(known.translate, entry.msgid.split())
        )  # "EWC weak" is put together
        assert there, f"nobody says this any more: {entry.msgid}"
        assert set(SLOT.findall(entry.msgstr)) == set(SLOT.findall(entry.msgid)), entry.msgid
        assert sorted(MARKUP.findall(entry.msgstr)) == sorted(MARKUP.findall(entry.msgid)), entry.msgid


def test_every_text_has_one_translation() -> None:
    for code in OTHERS:
        every = [entry.msgid for path in files(code) for entry in polib.pofile(str(path))]
        assert len(every) == len(set(every)), {msgid for msgid in every if every.count(msgid) > 1}


@pytest.mark.usefixtures("home", "workers_end", "at_home")
@pytest.mark.parametrize("page", ["home", *(slug for slug, lesson in lessons().items() if lesson.on_path)])
@pytest.mark.parametrize("language", OTHERS)
def test_course_pages_have_no_english_left(language: str, page: str) -> None:
    assert unsaid(language, page) == []


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restores the functions that send messages to the browser after the test."""
    monkeypatch.setattr(outgoing_messages, "translator_for", outgoing_messages.translator_for)
    monkeypatch.setattr(ScriptRunContext, "enqueue", ScriptRunContext.enqueue)


@pytest.mark.parametrize("language", OTHERS)
def test_terms_are_explained_in_every_language(language: str) -> None:
    assert terms(language).keys() == terms().keys()
    for name, term in terms(language).items():
        assert term.entry != terms()[name].entry and term.lesson == terms()[name].lesson
        assert term in [owner for _, owner in terms_in(term.name, language)], name
    _, owners = words(language)
    assert {owner.name for owner in owners.values() if owner} == {term.name for term in terms(language).values()}


@pytest.mark.usefixtures("workers_end", "at_home")
def test_unknown_language_gives_message() -> None:
    page = home("xx'<b>").run()
    assert [one.value for one in page.warning] == ["Headstart speaks English (lang=en) and Deutsch (lang=de) only."]
    assert AT not in page.query_params and page.title[0].value == "See what pretraining is worth"


ENGLISH = re.compile(r"\b(the|and|of|with|you|your|is|are|steps?|labels? per|what|how)\b", re.IGNORECASE)


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """Opens a page as a visitor whose browser speaks German."""
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    yield page
    assert page.locator(ERRORS).count() == 0
    context.close()


def in_german(page: Page) -> None:
    """Asserts that everything shown or read out is German."""
    every = "[...document.querySelectorAll('.stMain [aria-label], .stMain [aria-valuetext]')]"
    assert page.locator(ERRORS).count() == 0
    heard = page.evaluate(f"{every}.flatMap(node => [node.ariaLabel, node.ariaValueText]).filter(Boolean)")
    seen = page.locator(".stMain").inner_text() + "\n" + "\n".join(heard)
    assert [line for line in seen.splitlines() if ENGLISH.search(line)] == []


@pytest.mark.browser
def test_german_visitor_gets_a_german_lesson(address: str, reader: Page) -> None:
    reader.goto(address)
    expect(reader.get_by_role("heading", name="Sieh, was Vortraining wert ist")).to_be_visible()
    expect(reader.locator("html")).to_have_attribute("lang", "de")
    expect(reader.get_by_role("button", name="Abspielen")).to_be_visible()
    in_german(reader)
    reader.get_by_role("button", name=re.compile("Minuten-Tour")).click()
    expect(reader.get_by_role("heading", name="Was ist ein Label wert?")).to_be_visible()
    reader.get_by_role("button", name="Es ist eine 3", exact=True).click()
    expect(reader).to_have_url(re.compile(r"label_worth\.given=3"))
    in_german(reader)
    reader.goto(f"{address}/small_step")
    press(reader, "Sag etwas voraus")
    for turned in ("um 15°", "um \N{MINUS SIGN}15°"):
        hand = reader.get_by_role("slider", name=f"{turned} gedreht")
        hand.press("ArrowLeft")
        expect(hand).not_to_have_attribute("aria-valuetext", "noch nicht gesagt")
    in_german(reader)
    press(reader, "Das ist meine Vorhersage")
    press(reader, "Jetzt 8 Netze trainieren")
    expect(reader.get_by_role("button", name="Noch einmal mit neuen Daten")).to_be_visible()
    in_german(reader)
    reader.get_by_text("Versuch", exact=True).click()
    reader.get_by_role("radio", name="dritte").click()
    expect(reader).to_have_url(re.compile(r"small_step\.\w+=third"))  # what is chosen is called the same everywhere
    press(reader, "Was ist passiert?")
    expect(reader.get_by_text(re.compile(r"^Befund 1 von \d+$"))).to_be_visible()
    in_german(reader)
    reader.get_by_role("radio", name="Erinnern").click()
    expect(reader.get_by_role("button", name="Das ist meine Antwort").first).to_be_visible()
    reader.locator(".stRadio").first.get_by_role("radio").first.check(force=True)
    press(reader, "Das ist meine Antwort")
    expect(reader.get_by_text("Warum sind die anderen Antworten falsch?")).to_be_visible()
    in_german(reader)
    reader.goto(f"{address}/sandbox")  # of which most is in English
    expect(reader.get_by_role("heading", name="Sandkasten")).to_be_visible()
    expect(reader.locator("html")).to_have_attribute("lang", "en")
    reader.goto(f"{address}/?{AT}=en")
    expect(reader.get_by_role("heading", name="See what pretraining is worth")).to_be_visible()
    reader.goto(f"{address}/label_worth?{AT}=en")
    expect(reader.get_by_role("button", name="Make a prediction")).to_be_visible()
    expect(reader.locator("html")).to_have_attribute("lang", "en")
