"""Translates a text by finding the template from which it was made, and translates the values in its slots in turn."""

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
ADDRESS = re.compile(r"\S*[/_?=#`]\S*|\{\w+\}.*")  # an address or a name, not a text
WRAPPED = re.compile(r"(\(|“)(.+)(\)|”)", re.DOTALL)
ENDED = re.compile(r"(.+)([.:;])", re.DOTALL)
NAMED = re.compile(rf"(.+) ({NUMBER})", re.DOTALL)
COUNTED = re.compile(rf"({SIGN}[\d,.]+)( |-)(.+)", re.DOTALL)
MARKUP = r"( ?(?:\*\*|:material/\w+:|:[\w-]+\[|\]\([^)]*\)|[\[\]]|^- |^[;:] )+ ?)"
SEPARATORS = (MARKUP, r"(?<=[.!?:;])( )", r"( · |; )", r"(, )", r"(: )", r"( and )", r"( or )")
ENOUGH = 12  # a template with this many fixed letters may match although the text in a slot has no translation
LONG, LONGEST = 40, 1500  # in characters: no word is longer than LONG, and no text of the app than LONGEST
HIDDEN = re.compile(r"(<(style|script)\b.*?</\2>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
HEARD = re.compile(r"""\b(aria-label|alt|title|placeholder)="([^"]*)\"""")


# The number of letters on the page that are translated (True) and that are not (False), while they are being counted.
letters: ContextVar[Counter[bool] | None] = ContextVar("letters", default=None)


class Translator:
    """Translates texts into one language, by the translations of its templates."""

    def __init__(self, translations: Mapping[str, str]):
        self.translations = translations
        self.exact = {told: said for told, said in translations.items() if not SLOT.search(told)}
        templates = [Template(told, said) for told, said in translations.items() if SLOT.search(told)]
        self.templates = sorted(templates, key=lambda one: -one.weight)
        self.whole = lru_cache(maxsize=1 << 15)(self._whole)
        self.found = lru_cache(maxsize=1 << 15)(self._found)

    def translate(self, text: str) -> str | None:
        """Returns the translation of a line or of some sentences, or None if there is none."""
        flat = " ".join(text.split())
        if len(flat) > LONG and " " not in flat:
            return text  # this is not a text; it may be an image
        try:
            return self.found(flat) if 0 < len(flat) <= LONGEST else None
        except RecursionError:  # the text is nested too deeply to be one of the app's
            return None

    def _found(self, flat: str) -> str | None:
        return self.whole(flat) or self.translate_parts(flat, 0) or self.roughly(flat)

    def _whole(self, flat: str) -> str | None:
        """Returns the translation if the text matches one template and every slot of it can be translated."""
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
        """Returns the translation of the text in a slot, or None if there is none."""
        flat = text.strip()
        if not flat:
            return ""
        return self.whole(flat) or self.translate_parts(flat, 0)

    def translate_parts(self, flat: str, level: int) -> str | None:
        """Splits the text and translates the pieces one after the other. Each piece is as long as possible."""
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
        """Returns the separator between two pieces. A separator that is a word, such as "and", is translated."""
        return between.replace(word, self.exact.get(word, word)) if (word := between.strip()).isalpha() else between

    def roughly(self, flat: str) -> str | None:
        """Returns the translation by one template, and keeps any slot that cannot be translated.

        Such a slot contains, for example, a name that the learner has typed.
        """
        for template in self.templates:
            if template.weight >= ENOUGH and (parts := template.parts(flat)) is not None:
                said = [self.part(part) for part in parts]
                return template.filled([part if one is None else one for one, part in zip(said, parts)])
        return None

    def prose(self, text: str) -> str:
        """Translates Markdown or HTML. Texts without a translation stay in English."""
        if TAGS.search(text):
            parts = HIDDEN.split(text)  # repeats: a text, a tag, the name of a hidden element
            texts = [self.translate_trimmed(part) for part in parts[::3]]
            tags = [HEARD.sub(self.translate_match, tag) for tag in parts[1::3]]
            return "".join(one for pair in zip(texts, [*tags, ""]) for one in pair)
        return "".join(map(self.translate_trimmed, re.split(f"({BLOCK.pattern})", text)))

    def translate_trimmed(self, text: str) -> str:
        """Translates a text and keeps the white space at both ends."""
        flat = text.strip()
        begin = text.find(flat)
        said = self.translate(flat) if flat else ""
        counted = letters.get()
        if counted is not None and not ADDRESS.fullmatch(flat):
            counted[said is not None] += len(LETTER.findall(flat))
        return text if said is None else text[:begin] + said + text[begin + len(flat) :]

    def translate_match(self, found: re.Match[str]) -> str:
        """Translates the value of an HTML attribute."""
        return f'{found[1]}="{self.translate_trimmed(found[2])}"'


class Template:
    """Holds a template and its translation.

    Matching goes through the text once, however many slots the template has. A regular expression with many slots can
    take minutes for one text.
    """

    def __init__(self, told: str, said: str):
        self.literals = [Literal.parse(part) for part in SLOT.split(told)]
        self.saying = said
        self.slots = [int(slot[1:-1]) for slot in SLOT.findall(told)]
        bare = [literal.bare.strip() for literal in self.literals]
        self.weight = sum(map(len, bare))
        self.anchor = max(bare, key=len)

    def parts(self, text: str) -> list[str] | None:
        """Returns the texts in the slots, or None if the template does not match the text.

        Each slot is as short as possible.
        """
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
        """Returns the translation with these texts in its slots."""
        by_slot = dict(zip(self.slots, parts))
        return " ".join(SLOT.sub(lambda slot: by_slot.get(int(slot[0][1:-1]), ""), self.saying).split())


@dataclass(frozen=True, eq=False)
class Literal:
    """Holds the fixed text between two slots, without the spaces at its ends.

    Where it had a space, the text must have a space or end there, because the slot beside it may be empty.
    """

    bare: str
    before: bool  # True if a space stood before it
    after: bool  # True if a space stood after it

    @classmethod
    def parse(cls, text: str) -> Literal:
        """Creates a literal from the text between two slots."""
        bare = text.strip() or text  # a literal that is only a space is searched for as a space
        return cls(bare, bare != text and text.startswith(" "), bare != text and text.endswith(" "))

    def find(self, text: str, at: int) -> int:
        """Returns the first place of the literal at or after `at`, or -1 if there is none."""
        begin = text.find(self.bare, at)
        while begin >= 0 and not self.stands_at(text, begin):
            begin = text.find(self.bare, begin + 1)
        return begin

    def stands_at(self, text: str, begin: int) -> bool:
        """Returns whether the literal stands at this place of the text."""
        end = begin + len(self.bare)
        before = not self.before or text[begin - 1 : begin] in ("", " ")
        return text.startswith(self.bare, begin) and before and (not self.after or text[end : end + 1] in ("", " "))


def amounts(text: str) -> str:
    """Writes the numbers in a text with a decimal comma, as German and most European languages do."""
    return AMOUNT.sub(lambda found: found[1] + swapped(found[2]), text)


def swapped(number: str) -> str:
    """Exchanges the decimal point and the commas of a number, and adds the zero before a leading comma."""
    said = number.translate(str.maketrans(",.", ".,"))
    return f"0{said}" if said.startswith(",") else said


def files(language: str) -> Iterable[Path]:
    """Returns the translation files of a language."""
    return sorted([*ROOT.glob(f"app/i18n/{language}.po"), *ROOT.glob(f"lessons/*/{language}.po")])


def translations(language: str) -> dict[str, str]:
    """Returns every translation of a language by its template. Entries that translators left empty are not included."""
    found = (entry for path in files(language) for entry in polib.pofile(str(path)) if not entry.obsolete)
    return {entry.msgid: entry.msgstr for entry in found if entry.msgstr}
