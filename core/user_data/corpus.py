"""Where the texts on a subject are, and texts of the learner's own as subjects like any other.

An own text is kept under a name with the digest of what it says, so that a run on it is a value: the same text is the
same subject on every machine. Knows no torch.
"""

from __future__ import annotations

import lzma
import re
import unicodedata
from collections import Counter
from pathlib import Path

from core.experiment.checks import BadValue, to_ascii
from core.experiment.tasks import OWN
from core.store import store
from core.user_data import encoding, provenance, storage
from core.user_data.file_kinds import refuse_others

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ROOT / "core" / "worlds" / "texts"
GENERAL = ("novel", "speeches", "articles")  # what general English is made of
BREAK = "\f"  # between two documents, in the files and as a token
TESTS = slice(5, None, 10)  # of the documents: every tenth
LEAST, MOST = 4_000, 5_000_000  # characters of an own text: a sixth of the fewest is more than a window to test on
ORDINARY = 10_000  # characters from which pages are as long as those of other texts
MEGABYTES = 10  # of a file or of what is pasted, whose letters may take more than a byte each
NAMES = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}  # of scripts
HEADER = re.compile(  # of Project Gutenberg, of today and of old
    r"\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG(?:[^*]|\*(?!\*\*))*\*{3}[^\n]*\n"
    r"|^\*END\*? ?THE SMALL PRINT[^\n]*\n",
    re.IGNORECASE | re.MULTILINE,
)
LICENCE = re.compile(
    r"\*{3} ?END OF (?:THE|THIS) PROJECT GUTENBERG|^\W*End of (?:The |This )?Project Gutenberg"
    r"|^\W*START: FULL LICENSE",
    re.IGNORECASE | re.MULTILINE,
)


def path(subject: str) -> Path:
    """The file of a subject, be it there or not; general English is several: GENERAL."""
    if OWN.fullmatch(subject):
        return store.home() / "texts" / f"{subject}.txt.xz"
    ships = TEXTS / f"{subject}.txt.xz"
    return ships if ships.exists() else TEXTS / "brought" / ships.name


def is_own_text(subject: str) -> bool:
    """Whether this is an own text that is on this machine."""
    return bool(OWN.fullmatch(subject)) and path(subject).exists()


def display_name(subject: str) -> str:
    """What its owner calls an own text: the name of its file; where that is not known, the word in its subject."""
    return storage.display_name(path(subject), subject)


def describe(subject: str) -> str:
    """What was read of a subject, in plain text."""
    found = documents(subject)
    letters = sum(map(len, found))
    test = "Every tenth page" if len(found) > 9 else "The sixth page"
    sentence = f"{letters:,} characters on {len(found):,} pages. {test} only tests. Accents are dropped."
    return provenance.with_notes(sentence, provenance.read(path(subject)).notes)


def write(subject: str) -> str:
    """A subject as a file: a form feed between two documents."""
    return BREAK.join(documents(subject))


def documents(subject: str) -> tuple[str, ...]:
    """All documents of a subject; BadValue with a sentence if they are not on this machine, or damaged."""
    how = "Choose its file again." if OWN.fullmatch(subject) else "`make texts` brings them."
    try:
        found = lzma.decompress(path(subject).read_bytes()).decode("ascii").split(BREAK)
    except OSError as error:
        raise BadValue(f"The texts on {subject} are not on this machine. {how}") from error
    except (lzma.LZMAError, UnicodeDecodeError) as error:
        raise BadValue(f"The texts on {subject} are damaged. {how}") from error
    if is_own_text(subject):
        store.mark_used(path(subject))
    return tuple(found)


def keep(data: bytes, name: str, code: str = "", again: bool = False) -> str:
    """Keep an own text, from a file of this name, and return its subject; BadValue with a sentence if it cannot be.
    `code`: the encoding that was chosen; `again`: the file was written here.

    Every tenth of its documents only tests. They are what form feeds divide; or a page each, where that would leave too
    little for a test.
    """
    if len(data) > MEGABYTES * 2**20:
        raise BadValue(f"This text has {len(data) / 2**20:.0f} MB; it may have {MEGABYTES}.")
    refuse_others(data)
    reading = encoding.decode(data, code)
    whole = reading.text.replace("\r\n", "\n").replace("\r", "\n")
    notes = [reading.says]
    if script := foreign_script(whole):
        raise BadValue(
            f"This text is written in {script} letters. The vocabulary knows only Latin ones, a to z, digits and the "
            "signs of an English keyboard: take a text in a language that is written so, or a program."
        )
    if not again and (book := without_licence(whole)) != whole:
        whole = book
        notes.append("Project Gutenberg's header and licence were left out.")
    found = pages(whole)
    text = BREAK.join(found)
    if len(text) < LEAST:
        raise BadValue(f"This text has {len(text):,} characters that the vocabulary knows; it takes {LEAST:,}.")
    if len(text) > MOST:
        raise BadValue(f"This text has {len(text):,} characters; it may have {MOST:,}.")
    subject = storage.storage_name(name, text.encode(), "text")
    packed = lzma.compress(text.encode("ascii"), preset=1)  # somebody waits: a tenth of a second a megabyte
    storage.keep(path(subject), "text", lambda part: part.write_bytes(packed), name)
    provenance.keep(path(subject), provenance.Provenance(tuple(notes), code))
    return subject


def pages(text: str) -> list[str]:
    """The documents of a text, in plain letters. Of a short one there are at least six, so that one of them tests."""
    found = [part for document in text.split(BREAK) if (part := to_ascii(document).strip())]
    if sum(map(len, found[TESTS])) >= LEAST // 10:
        return found
    joined = "\n\n".join(found)
    if len(joined) < LEAST:  # it is refused
        return [joined]
    return [piece.strip() for piece in cut(len(joined)).findall(joined) if piece.strip()]


def cut(length: int) -> re.Pattern[str]:
    """Where a text without breaks is cut: at a line end, else at a space, else anywhere."""
    low, high = (500, 1500) if length >= ORDINARY else (min(1250, length * 5 // 36), min(1500, max(1, length // 6)))
    return re.compile(rf".{{{low},{high}}}\n|.{{{low},{high}}}\s|.{{1,{high}}}", re.DOTALL)


def without_licence(text: str) -> str:
    """A book of Project Gutenberg's without its header and licence; any other text as it is."""
    start = max((found.end() for found in HEADER.finditer(text)), default=0)
    end = next((found.start() for found in LICENCE.finditer(text, start)), len(text))
    return text[start:end]


def foreign_script(text: str) -> str:
    """The script of most letters that have no plain form, "Cyrillic" or "CJK", if these are more than the others."""
    letters = [letter for letter in text[:200_000] if letter.isalpha()]
    lost = Counter(unicodedata.name(letter, "other").split()[0] for letter in letters if not to_ascii(letter))
    if 2 * lost.total() <= len(letters):
        return ""
    (script, _), *_ = lost.most_common(1)
    return NAMES.get(script, script.capitalize())
