"""A text said in another language: by the template it was made from, with what was filled in said in turn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polib

from app.i18n.collect import BLOCK, ROOT, SLOT, TAGS

SIGN = "[-\N{MINUS SIGN}+~]?"
LETTER = re.compile(r"[^\W\d_]")
AMOUNT = re.compile(rf"(?<![\w.,])({SIGN})(\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?![\w,.]*\d)")
NUMBER = rf"{SIGN}[\d,.]+(?: ?(?:%|°|s|ms|kB|MB|x))?"
UNIT = re.compile(NUMBER)
ADDRESS = re.compile(r"\S*[/_?=#`]\S*|\{\w+\}.*")  # nothing that is read
WRAPPED = re.compile(r"(\(|“)(.+)(\)|”)", re.DOTALL)
ENDED = re.compile(r"(.+)([.:;])", re.DOTALL)
NAMED = re.compile(rf"(.+) ({NUMBER})", re.DOTALL)
COUNTED = re.compile(rf"({SIGN}[\d,.]+)( |-)(.+)", re.DOTALL)
MARKUP = r"( ?(?:\*\*|:material/\w+:|:[\w-]+\[|\]\([^)]*\)|[\[\]]|^- |^[;:] )+ ?)"
SEPARATORS = (MARKUP, r"(?<=[.!?:;])( )", r"( · |; )", r"(, )", r"(: )", r"( and )", r"( or )")
ENOUGH = 12  # letters of a template's own by which it is known though a part of it is not
LONG, LONGEST = 40, 1500  # characters, which no word has, and no text of ours
HIDDEN = re.compile(r"(<(style|script)\b.*?</\2>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
HEARD = re.compile(r"""\b(aria-label|alt|title|placeholder)="([^"]*)\"""")


# How many letters of the page that is drawn are translated (True) and how many are not, where somebody counts.
letters: ContextVar[Counter[bool] | None] = ContextVar("letters", default=None)


class Translator:
    """A language, by the translations of templates."""

    def __init__(self, translations: Mapping[str, str]):
        self.translations = translations
        self.exact = {told: said for told, said in translations.items() if not SLOT.search(told)}
        templates = [Template(told, said) for told, said in translations.items() if SLOT.search(told)]
        self.templates = sorted(templates, key=lambda one: -one.weight)
        self.whole = lru_cache(maxsize=1 << 15)(self._whole)
        self.found = lru_cache(maxsize=1 << 15)(self._found)

    def translate(self, text: str) -> str | None:
        """A line, a sentence or several; None where it cannot be said."""
        flat = " ".join(text.split())
        if len(flat) > LONG and " " not in flat:
            return text  # no text: an image, perhaps
        try:
            return self.found(flat) if 0 < len(flat) <= LONGEST else None
        except RecursionError:  # nobody of ours writes so deeply
            return None

    def _found(self, flat: str) -> str | None:
        return self.whole(flat) or self.translate_parts(flat, 0) or self.roughly(flat)

    def _whole(self, flat: str) -> str | None:
        """As one template, of which all parts can be said."""
        if not LETTER.search(flat) or UNIT.fullmatch(flat):
            return amounts(flat)
        if len(flat) == 1 or ADDRESS.fullmatch(flat):
            return flat
        if flat in self.exact:
            return self.exact[flat]
        for template in self.templates:
            if (parts := template.parts(flat)) is not None:
                said = [self.part(one) for one in parts]
                if None not in said:
                    return template.filled([one or "" for one in said])
        if flat[0].isupper() and (small := self.whole(flat[0].lower() + flat[1:])):
            return small[0].upper() + small[1:]
        if (ended := ENDED.fullmatch(flat)) and (rest := self.whole(ended[1])):
            return rest + ended[2]
        if (wrapped := WRAPPED.fullmatch(flat)) and (inner := self.part(wrapped[2])):
            return wrapped[1] + inner + wrapped[3]
        if (counted := COUNTED.fullmatch(flat)) and (what := self.part(counted[3])):
            return amounts(counted[1]) + counted[2] + what
        if (named := NAMED.fullmatch(flat)) and (what := self.part(named[1])):
            return f"{what} {amounts(named[2])}"
        return None

    def part(self, text: str) -> str | None:
        flat = text.strip()
        if not flat:
            return ""
        return self.whole(flat) or self.translate_parts(flat, 0)

    def translate_parts(self, flat: str, level: int) -> str | None:
        """As several, one after the other: as long ones as can be said."""
        if level == len(SEPARATORS):
            return None
        pieces = re.split(SEPARATORS[level], flat)
        if len(pieces) == 1:
            return self.translate_parts(flat, level + 1)
        told, at = [], 0
        while at < len(pieces):
            for end in range(len(pieces), at, -2):
                some = "".join(pieces[at:end])
                said = some if not some.strip() else self.whole(some) if some != flat else None
                if said is None and end == at + 1:
                    said = self.translate_parts(some, level + 1)
                if said is not None:
                    told += [said, *map(self.joint, pieces[end : end + 1])]
                    at = end + 1
                    break
            else:
                return self.translate_parts(flat, level + 1)
        return "".join(told)

    def joint(self, between: str) -> str:
        """A sign, or a word such as "and"."""
        return between.replace(word, self.exact.get(word, word)) if (word := between.strip()).isalpha() else between

    def roughly(self, flat: str) -> str | None:
        """As one template, with what cannot be said as it is: a name, or something of the learner's own."""
        for template in self.templates:
            if template.weight >= ENOUGH and (parts := template.parts(flat)) is not None:
                said = [self.part(part) for part in parts]
                return template.filled([part if one is None else one for one, part in zip(said, parts)])
        return None

    def prose(self, text: str) -> str:
        """Markdown or HTML: what can be said of it, in its place."""
        if TAGS.search(text):
            parts = HIDDEN.split(text)  # text, a tag, the name of what is hidden, text, ...
            texts = [self.translate_trimmed(part) for part in parts[::3]]
            tags = [HEARD.sub(self.translate_match, tag) for tag in parts[1::3]]
            return "".join(one for pair in zip(texts, [*tags, ""]) for one in pair)
        return "".join(map(self.translate_trimmed, re.split(f"({BLOCK.pattern})", text)))

    def translate_trimmed(self, text: str) -> str:
        """With the white space at its ends."""
        flat = text.strip()
        begin = text.find(flat)
        said = self.translate(flat) if flat else ""
        counted = letters.get()
        if counted is not None and not ADDRESS.fullmatch(flat):
            counted[said is not None] += len(LETTER.findall(flat))
        return text if said is None else text[:begin] + said + text[begin + len(flat) :]

    def translate_match(self, found: re.Match[str]) -> str:
        return f'{found[1]}="{self.translate_trimmed(found[2])}"'


class Template:
    """What a text was made from, and how that is said. A text is looked through once, however it is made up: a regular
    expression with many slots can take minutes over it."""

    def __init__(self, told: str, said: str):
        self.literals = [Literal.parse(part) for part in SLOT.split(told)]
        self.saying = said
        self.slots = [int(slot[1:-1]) for slot in SLOT.findall(told)]
        bare = [literal.bare.strip() for literal in self.literals]
        self.weight = sum(map(len, bare))
        self.anchor = max(bare, key=len)

    def parts(self, text: str) -> list[str] | None:
        """What was filled in, each slot as little as can be; None where the text is not made from this."""
        first, *between, last = self.literals
        if self.anchor not in text or not first.stands_at(text, 0):
            return None
        filled, at = [], len(first.bare)
        for literal in (*between, last):
            begin = literal.find(text, at if literal is not last else max(at, len(text) - len(last.bare)))
            if begin < 0:
                return None
            filled.append(text[at:begin].strip())
            at = begin + len(literal.bare)
        return filled

    def filled(self, parts: list[str]) -> str:
        by_slot = dict(zip(self.slots, parts))
        return " ".join(SLOT.sub(lambda slot: by_slot.get(int(slot[0][1:-1]), ""), self.saying).split())


@dataclass(frozen=True, eq=False)
class Literal:
    """What stands between two slots, without the spaces at its ends. Where these were, a space stands or the text ends:
    what is filled in beside it may be empty."""

    bare: str
    before: bool  # whether a space was there
    after: bool

    @classmethod
    def parse(cls, text: str) -> Literal:
        bare = text.strip() or text  # nothing but a space is looked for as that
        return cls(bare, bare != text and text.startswith(" "), bare != text and text.endswith(" "))

    def find(self, text: str, at: int) -> int:
        """Where it stands first, from there on; -1 where it does not."""
        begin = text.find(self.bare, at)
        while begin >= 0 and not self.stands_at(text, begin):
            begin = text.find(self.bare, begin + 1)
        return begin

    def stands_at(self, text: str, begin: int) -> bool:
        end = begin + len(self.bare)
        before = not self.before or text[begin - 1 : begin] in ("", " ")
        return text.startswith(self.bare, begin) and before and (not self.after or text[end : end + 1] in ("", " "))


def amounts(text: str) -> str:
    """Numbers with a comma for decimals, as German and most of Europe write them."""
    return AMOUNT.sub(lambda found: found[1] + swapped(found[2]), text)


def swapped(number: str) -> str:
    said = number.translate(str.maketrans(",.", ".,"))
    return f"0{said}" if said.startswith(",") else said


def files(language: str) -> Iterable[Path]:
    return sorted([*ROOT.glob(f"app/i18n/{language}.po"), *ROOT.glob(f"lessons/*/{language}.po")])


def translations(language: str) -> dict[str, str]:
    """All that translators have written; what they left empty is not there."""
    found = (entry for path in files(language) for entry in polib.pofile(str(path)) if not entry.obsolete)
    return {entry.msgid: entry.msgstr for entry in found if entry.msgstr}
