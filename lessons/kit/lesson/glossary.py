"""Reads the glossary, glossary.md, and finds its terms in a text. It does not depend on any page.

In another language the glossary is glossary.<language>.md, with the same headings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lessons.kit.lesson.catalogue import sections
from lessons.kit.lesson.explanation import flat

TEXT = Path(__file__).with_name("glossary.md")
# Endings with which a word is also found.
ENDINGS = {"en": ("", "s"), "de": ("", "s", "e", "n", "en", "es", "er", "ern")}


@dataclass(frozen=True, kw_only=True)
class Term:
    """Holds one term and its explanation in two sentences: what it is, and why it matters or what it is in this app."""

    name: str
    also: tuple[str, ...]  # other names of the term
    forms: tuple[str, ...]  # words that mean the term when they are used in prose
    unlike: tuple[str, ...]  # phrases in which these words have another meaning
    entry: str
    lesson: str  # the slug of the lesson that shows the term


@cache
def terms(language: str = "en") -> dict[str, Term]:
    """Returns every term by its English name, in alphabetical order. A term without a translation is in English."""
    found = {name: term(name, body) for name, body in sections(TEXT.read_text("utf-8")).items()}
    if language != "en":
        there = sections(TEXT.with_suffix(f".{language}.md").read_text("utf-8"))
        found |= {name: term(name, f"lesson: {found[name].lesson}\n{body}") for name, body in there.items()}
    return dict(sorted(found.items(), key=lambda each: each[1].name.lower()))


def term(name: str, body: str) -> Term:
    """Reads a section of glossary.md: lines `also:`, `forms:`, `not:` and `lesson:`, an empty line, and the entry. In
    another language the section also has a line `name:`."""
    head, _, entry = body.partition("\n\n")
    lines = dict(line.split(": ", 1) for line in head.splitlines())
    also, forms, unlike = (tuple(filter(None, lines.get(key, "").split(", "))) for key in ("also", "forms", "not"))
    name = lines.get("name", name)
    return Term(name=name, also=also, forms=forms, unlike=unlike, entry=flat(entry), lesson=lines["lesson"])


@cache
def words(language: str) -> tuple[re.Pattern[str], dict[str, Term | None]]:
    """Returns a pattern that finds all words of all terms, the longest first, and the term of each word.

    The term is None for a phrase that means something else. Words are found with their endings too.
    """
    owners: dict[str, Term | None] = {}
    known = terms(language).values()
    for each in known:
        for word in (each.name, *each.also, *each.forms):
            owners |= {f"{word}{ending}".lower(): each for ending in ENDINGS[language]}
    owners |= {phrase.lower(): None for each in known for phrase in each.unlike if phrase.lower() not in owners}
    return pattern(*owners), owners


def pattern(*forms: str) -> re.Pattern[str]:
    """Returns a pattern that finds any of these forms as whole words. It ignores case and line breaks."""
    written = (r"\s+".join(map(re.escape, form.split())) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(written)})(?![\w-])", re.IGNORECASE)


def terms_in(text: str, language: str = "en") -> Iterator[tuple[re.Match[str], Term]]:
    """Yields every match of a term in a text, together with the term."""
    finds, owners = words(language)
    for found in finds.finditer(text):
        if owner := owners[flat(found[0]).lower()]:
            yield found, owner


def first_of_each(text: str, write: Callable[[str, Term], str], told: set[str], language: str = "en") -> str:
    """Returns the text with the first occurrence of every new term replaced by `write`. The terms in `told` are not
    new, and the terms that are found are added to it."""
    parts, end = [], 0
    for found, owner in terms_in(text, language):
        if owner.name not in told:
            told.add(owner.name)
            parts += [text[end : found.start()], write(found[0], owner)]
            end = found.end()
    return "".join([*parts, text[end:]])
