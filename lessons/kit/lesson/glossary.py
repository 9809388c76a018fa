"""The field's terms as this app explains them: glossary.md as values, and where they stand in a text; in another
language glossary.<language>.md, under the same headings. Knows no page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lessons.kit.lesson.catalogue import sections
from lessons.kit.lesson.explanation import flat

TEXT = Path(__file__).with_name("glossary.md")
ENDINGS = {"en": ("", "s"), "de": ("", "s", "e", "n", "en", "es", "er", "ern")}  # with which a word is found, too


@dataclass(frozen=True, kw_only=True)
class Term:
    """One term, explained in two sentences: what it is, and why it matters or what it is in this app."""

    name: str
    also: tuple[str, ...]  # other names for it
    forms: tuple[str, ...]  # words in prose that stand for it
    unlike: tuple[str, ...]  # phrases in which these words mean something else, or nothing of the field
    entry: str
    lesson: str  # the slug of the lesson that shows it


@cache
def terms(language: str = "en") -> dict[str, Term]:
    """Every term by its English name, in alphabetical order; in English where it has no translation."""
    found = {name: term(name, body) for name, body in sections(TEXT.read_text("utf-8")).items()}
    if language != "en":
        there = sections(TEXT.with_suffix(f".{language}.md").read_text("utf-8"))
        found |= {name: term(name, f"lesson: {found[name].lesson}\n{body}") for name, body in there.items()}
    return dict(sorted(found.items(), key=lambda each: each[1].name.lower()))


def term(name: str, body: str) -> Term:
    """A section of glossary.md: lines `also:`, `forms:`, `not:` and `lesson:`, an empty line, the entry; in another
    language a line `name:` too."""
    head, _, entry = body.partition("\n\n")
    lines = dict(line.split(": ", 1) for line in head.splitlines())
    also, forms, unlike = (tuple(filter(None, lines.get(key, "").split(", "))) for key in ("also", "forms", "not"))
    name = lines.get("name", name)
    return Term(name=name, also=also, forms=forms, unlike=unlike, entry=flat(entry), lesson=lines["lesson"])


@cache
def words(language: str) -> tuple[re.Pattern[str], dict[str, Term | None]]:
    """What finds every word of every term, the longest first, and whose word each is (nobody's, where it stands for
    something else). Inflected it is found too."""
    owners: dict[str, Term | None] = {}
    known = terms(language).values()
    for each in known:
        for word in (each.name, *each.also, *each.forms):
            owners |= {f"{word}{ending}".lower(): each for ending in ENDINGS[language]}
    owners |= {phrase.lower(): None for each in known for phrase in each.unlike if phrase.lower() not in owners}
    return pattern(*owners), owners


def pattern(*forms: str) -> re.Pattern[str]:
    """Finds any of these as whole words, in either case and over line breaks."""
    written = (r"\s+".join(map(re.escape, form.split())) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(written)})(?![\w-])", re.IGNORECASE)


def terms_in(text: str, language: str = "en") -> Iterator[tuple[re.Match[str], Term]]:
    """Every place in a text where a term stands, with the term."""
    finds, owners = words(language)
    for found in finds.finditer(text):
        if owner := owners[flat(found[0]).lower()]:
            yield found, owner


def first_of_each(text: str, write: Callable[[str, Term], str], told: set[str], language: str = "en") -> str:
    """A text in which the first word of every term not told yet is written anew; from then on these are told."""
    parts, end = [], 0
    for found, owner in terms_in(text, language):
        if owner.name not in told:
            told.add(owner.name)
            parts += [text[end : found.start()], write(found[0], owner)]
            end = found.end()
    return "".join([*parts, text[end:]])
