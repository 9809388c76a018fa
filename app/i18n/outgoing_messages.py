"""Messages on their way to a browser, said in its language: every text that is read, and no name, value or key."""

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
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from app.i18n.collect import in_script, numbered
from app.i18n.language import AT, OWN, language, reader
from app.i18n.translator import Translator, letters, translations

# Fields of Streamlit's messages, and keys of what our charts and components are sent, with something to read in them.
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
UNSEEN = {"alt", "help"}  # of these, those that nobody sees who does not ask
SENT = ("json", "spec")  # fields with JSON in them
WRITTEN = re.compile(r"class=\"gloss(?:ary)?\"")  # said already: prose with terms, and the glossary
LINK = re.compile(r"""(?<=\]\()[a-z_]+(\?[^)\s]*)?(?=\))|(?<=href=")[a-z_]+(\?[^"]*)?(?=")""")  # to a page of ours
_enqueue = ScriptRunContext.enqueue


@cache
def translator_for(language: str) -> Translator:
    return Translator(translations(language))


def translate_option(text: Any) -> str:
    """A text in the learner's language: for the options of a widget, whose value stays what it is."""
    now = language()
    return str(text) if now == OWN else translator_for(now).prose(str(text))


def tabled(table: pd.DataFrame) -> pd.DataFrame:
    """A table in the learner's language: it is sent as Arrow, which nobody looks into on its way."""
    if language() == OWN:
        return table
    cells = table.map(lambda cell: translate_option(cell) if isinstance(cell, str) else cell)
    return cells.rename(columns=translate_option, index=translate_option)


def enqueue(context: ScriptRunContext, message: ForwardMsg) -> None:
    """As Streamlit's own, in the learner's language."""
    who = reader(context)
    if who.language != OWN:
        say(message, translator_for(who.language))
    if who.linked:
        carry(message, who.linked)
    _enqueue(context, message)


@contextmanager
def count_letters() -> Iterator[Counter[bool]]:
    """Counts the letters that are sent to a page's reader: how many are translated (True), and how many are not."""
    counted = Counter[bool]()
    mark = letters.set(counted)
    try:
        yield counted
    finally:
        letters.reset(mark)


@contextmanager
def without_counting() -> Iterator[None]:
    """What is read only by who asks for it says nothing of the language that most of a page is in."""
    mark = letters.set(None)
    try:
        yield
    finally:
        letters.reset(mark)


def main_language(counted: Counter[bool]) -> str:
    """Returns the language that most of a page is in, by what was counted as it was sent."""
    return language() if counted[True] > counted[False] else OWN


def listen() -> None:
    """From now on every message is said in its reader's language."""
    ScriptRunContext.enqueue = enqueue  # type: ignore[method-assign, assignment]


def carry(message: ForwardMsg, language: str) -> None:
    """Have links to other pages ask for the language: they may open a tab, which knows of no other."""
    kind = message.delta.new_element.WhichOneof("type") if message.WhichOneof("type") == "delta" else None
    if kind in ("markdown", "html"):
        element = getattr(message.delta.new_element, kind)
        element.body = LINK.sub(lambda at: f"{at[0]}{'&' if at[1] or at[2] else '?'}{AT}={language}", element.body)


def say(message: ForwardMsg, translator: Translator) -> None:
    if message.WhichOneof("type") in ("delta", "navigation"):
        reword(message, translator)


def reword(message: Message, translator: Translator) -> None:
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
    """JSON as charts and components get it; a component's script gets the words that it says itself, too."""
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
    """The templates of what a script says."""
    return tuple(dict.fromkeys(numbered(text) for text, _ in in_script(script)))


def part(told: bytes, translator: Translator) -> bytes:
    """Frames of a player that stay (app/components/player/player.py), by a panel's number and the key: "0 says"."""
    if b' says":' not in told:
        return told
    data = json.loads(told)
    for place, frames in data["part"].items():
        if place.endswith(" says"):
            data["part"][place] = reword_json(frames, translator.translate_trimmed, read=True)
    return json.dumps(data).encode()


def reword_json(data: Any, said: Callable[[str], str], read: bool = False) -> Any:
    """In its place: strings under KEYS, and the names on an axis. The name of a control stands beside its options, and
    that of a card or a row beside what it is called: such names are sent back, and not read."""
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
    return told.replace(" ", "\n") if "\n" in data and " " not in data else told  # a word a line
