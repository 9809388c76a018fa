"""Translates the messages that the server sends to a browser.

Every text that a learner reads is translated. Names, values and keys stay as they are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache, lru_cache
from typing import Any

import pandas as pd
from google.protobuf.message import Message

from app.i18n.collect import in_script, numbered
from app.i18n.language import AT, OWN, language, reader
from app.i18n.translator import Translator, letters, translations
from app.streamlit_fixes import rewrite_outgoing_messages

# The fields of Streamlit's messages, and the keys in the data of our charts and components, that contain readable
# text.
FIELDS = {"label", "help", "body", "placeholder", "alt", "text", "title", "page_name", "section_header", "sections"}
KEYS = {"alt", "label", "name", "title", "flag", "flagged", "says", "big", "unit", "scrub", "marks", "states", "text"}
KEYS |= {
    "classes",
    "formatter",
    "goal",
    "leaves",
    "ticks",
    "ends",
    "written",
    "stories",
    "note",
    "notes",
    "ask",
    "axes",
    "called",
}
UNSEEN = {"alt", "help"}  # those that learners do not see unless they ask for them
SENT = ("json", "spec")  # the fields that contain JSON
# HTML that is translated before: prose with glossary terms, and the glossary
WRITTEN = re.compile(r"class=\"gloss(?:ary)?\"")
# a link to a page of the app
LINK = re.compile(r"""(?<=\]\()[a-z_]+(\?[^)\s]*)?(?=\))|(?<=href=")[a-z_]+(\?[^"]*)?(?=")""")


@cache
def translator_for(language: str) -> Translator:
    """Returns the translator for a language. It is created once."""
    return Translator(translations(language))


def translate_option(text: Any) -> str:
    """Translates the text of a widget's option into the learner's language. The value of the widget stays as it is."""
    now = language()
    return str(text) if now == OWN else translator_for(now).prose(str(text))


def tabled(table: pd.DataFrame) -> pd.DataFrame:
    """Translates a table into the learner's language.

    A table has to be translated before it is sent, because it is sent as Arrow, which `reword` does not open.
    """
    if language() == OWN:
        return table
    cells = table.map(lambda cell: translate_option(cell) if isinstance(cell, str) else cell)
    return cells.rename(columns=translate_option, index=translate_option)


def translate(page: Any, message: Message) -> None:
    """Translates a message of a page into the learner's language."""
    who = reader(page)
    if who.language != OWN:
        translate_message(message, translator_for(who.language))
    if who.linked:
        add_language_to_links(message, who.linked)


@contextmanager
def count_letters() -> Iterator[Counter[bool]]:
    """Counts the letters that are sent to the reader of a page.

    The counter has the number of letters that are translated (True) and of those that are not (False).
    """
    counted = Counter[bool]()
    mark = letters.set(counted)
    try:
        yield counted
    finally:
        letters.reset(mark)


@contextmanager
def without_counting() -> Iterator[None]:
    """Does not count the letters of texts that learners read only if they ask for them.

    Such texts do not tell us in which language most of the page is written.
    """
    mark = letters.set(None)
    try:
        yield
    finally:
        letters.reset(mark)


def main_language(counted: Counter[bool]) -> str:
    """Returns the language of most of the page, from the letters that were counted while it was sent."""
    return language() if counted[True] > counted[False] else OWN


def listen() -> None:
    """Makes Streamlit translate every message from now on."""
    rewrite_outgoing_messages(translate)


def add_language_to_links(message: Message, language: str) -> None:
    """Adds the language to the links in a message that lead to other pages of the app.

    Such a link may open a new tab, and a new tab does not know the language of this session.
    """
    kind = message.delta.new_element.WhichOneof("type") if message.WhichOneof("type") == "delta" else None
    if kind in ("markdown", "html"):
        element = getattr(message.delta.new_element, kind)
        element.body = LINK.sub(lambda at: f"{at[0]}{'&' if at[1] or at[2] else '?'}{AT}={language}", element.body)


def translate_message(message: Message, translator: Translator) -> None:
    """Translates a message if it draws something or lists the pages. Other messages stay as they are."""
    if message.WhichOneof("type") in ("delta", "navigation"):
        reword(message, translator)


def reword(message: Message, translator: Translator) -> None:
    """Translates every readable field of a message in place."""
    for field, value in message.ListFields():
        if field.message_type is not None:
            for one in value if field.is_repeated else [value]:
                if isinstance(one, Message):
                    reword(one, translator)
        elif field.name in SENT and isinstance(value, str):
            setattr(message, field.name, spec(value, translator, message))
        elif field.name == "bytes":
            setattr(message, field.name, part(value, translator))
        elif field.name in UNSEEN:
            with without_counting():
                setattr(message, field.name, translator.prose(value))
        elif field.name in FIELDS and field.type == field.TYPE_STRING:
            if field.is_repeated:
                value[:] = [translator.prose(one) for one in value]
            elif not WRITTEN.search(value):
                setattr(message, field.name, translator.prose(value))


def spec(told: str, translator: Translator, message: Message) -> str:
    """Translates the JSON data of a chart or a component.

    A component also receives translations of the texts that its own script contains.
    """
    try:
        data = json.loads(told)
    except ValueError:
        return told
    reword_json(data, translator.translate_trimmed)
    if isinstance(data, dict) and (script := getattr(message, "js_content", "")):
        words = {template: translator.translations.get(template) for template in scripted(script)}
        data |= {"words": words} if any(words.values()) else {}
    return json.dumps(data)


@lru_cache(maxsize=64)
def scripted(script: str) -> tuple[str, ...]:
    """Returns the templates of the texts in a script."""
    return tuple(dict.fromkeys(numbered(text) for text, _ in in_script(script)))


def part(told: bytes, translator: Translator) -> bytes:
    """Translates the texts in one part of the data of a player (app/components/player/player.py).

    Each key names a panel by its number and one of its fields, for example "0 says".
    """
    if b' says":' not in told:
        return told
    data = json.loads(told)
    for place, frames in data["part"].items():
        if place.endswith(" says"):
            data["part"][place] = reword_json(frames, translator.translate_trimmed, read=True)
    return json.dumps(data).encode()


def reword_json(data: Any, said: Callable[[str], str], read: bool = False) -> Any:
    """Translates the strings in JSON data that are under one of the KEYS, and the names on an axis.

    The data are changed in place. A "name" beside "options" or "called" is not translated. It identifies a control, a
    card or a row, and the browser sends it back to the server.
    """
    if isinstance(data, dict):
        named = data.get("type") == "category"
        for key, value in data.items():
            if key != "options" and not (key == "name" and data.keys() & {"options", "called"}):
                with without_counting() if key in UNSEEN else nullcontext():
                    data[key] = reword_json(value, said, key in KEYS or (key == "data" and named))
        return data
    if isinstance(data, list):
        data[:] = [reword_json(one, said, read) for one in data]
        return data
    if not (read and isinstance(data, str)):
        return data
    told = said(data)
    # the original has one word on each line
    return told.replace(" ", "\n") if "\n" in data and " " not in data else told
