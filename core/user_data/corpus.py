"""Reads and stores the texts on each subject, including the learner's own texts.

A learner's text is stored under a name that contains the digest of its contents. So a run that uses it is a value:
the same text is the same subject on every machine. This module does not import torch.
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
GENERAL = ("novel", "speeches", "articles")  # the subjects that make up general English
BREAK = "\f"  # between two documents, in the files and as a token
TESTS = slice(5, None, 10)  # every tenth document is for testing
# fewest and most characters of a learner's text; a sixth of the fewest is still longer than a window
LEAST, MOST = 4_000, 5_000_000
ORDINARY = 10_000  # texts from this number of characters on have pages of ordinary length
MEGABYTES = 10  # limit of a file or of pasted text, whose letters may take more than a byte each
NAMES = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}  # names of scripts
HEADER = re.compile(  # of Project Gutenberg, both today's form and the old one
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
    """Returns the path of a subject's file, which may not exist. General English has several files (GENERAL)."""
    if OWN.fullmatch(subject):
        return store.home() / "texts" / f"{subject}.txt.xz"
    ships = TEXTS / f"{subject}.txt.xz"
    return ships if ships.exists() else TEXTS / "brought" / ships.name


def is_own_text(subject: str) -> bool:
    """Returns whether this is a learner's own text that is on this machine."""
    return bool(OWN.fullmatch(subject)) and path(subject).exists()


def display_name(subject: str) -> str:
    """Returns the file name of a learner's text, or the word in its subject if the file name is not known."""
    return storage.display_name(path(subject), subject)


def describe(subject: str) -> str:
    """Describes how a subject was read, in plain text."""
    found = documents(subject)
    letters = sum(map(len, found))
    test = "Every tenth page" if len(found) > 9 else "The sixth page"
    sentence = f"{letters:,} characters on {len(found):,} pages. {test} is used only for testing. Accents are dropped."
    return provenance.with_notes(sentence, provenance.read(path(subject)).notes)


def write(subject: str) -> str:
    """Returns a subject as the text of a file, with a form feed between two documents."""
    return BREAK.join(documents(subject))


def documents(subject: str) -> tuple[str, ...]:
    """Returns a subject's documents. Raises BadValue with a sentence if they are damaged or not on this machine."""
    how = "Upload the file again." if OWN.fullmatch(subject) else "`make texts` downloads them."
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
    """Stores a learner's text from a file with this name, and returns its subject.

    Raises BadValue with a sentence if it cannot be stored. `code` is the encoding that the learner chose. `again`
    means that this app wrote the file. Documents are separated by form feeds. If that leaves too little for a test,
    every page is a document. Every tenth document is only used for testing.
    """
    if len(data) > MEGABYTES * 2**20:
        raise BadValue(f"This text has {len(data) / 2**20:.0f} MB, but it may have at most {MEGABYTES} MB.")
    refuse_others(data)
    reading = encoding.decode(data, code)
    whole = reading.text.replace("\r\n", "\n").replace("\r", "\n")
    notes = [reading.says]
    if script := foreign_script(whole):
        raise BadValue(
            f"This text is written in {script} letters. The nets can read only the Latin letters a to z, digits and "
            "the signs of an English keyboard. Choose a text in a language that uses them, or a program."
        )
    if not again and (book := without_licence(whole)) != whole:
        whole = book
        notes.append("Project Gutenberg's header and licence were left out.")
    found = pages(whole)
    text = BREAK.join(found)
    if len(text) < LEAST:
        raise BadValue(f"This text has {len(text):,} characters that the nets can read. It needs at least {LEAST:,}.")
    if len(text) > MOST:
        raise BadValue(f"This text has {len(text):,} characters, but it may have at most {MOST:,}.")
    subject = storage.storage_name(name, text.encode(), "text")
    # somebody is waiting; this takes a tenth of a second a megabyte
    packed = lzma.compress(text.encode("ascii"), preset=1)
    storage.keep(path(subject), "text", lambda part: part.write_bytes(packed), name)
    provenance.keep(path(subject), provenance.Provenance(tuple(notes), code))
    return subject


def pages(text: str) -> list[str]:
    """Splits a text into documents in plain letters. A short text has at least six, so that one of them is for
    testing."""
    found = [part for document in text.split(BREAK) if (part := to_ascii(document).strip())]
    if sum(map(len, found[TESTS])) >= LEAST // 10:
        return found
    joined = "\n\n".join(found)
    if len(joined) < LEAST:  # the text will be refused
        return [joined]
    return [piece.strip() for piece in cut(len(joined)).findall(joined) if piece.strip()]


def cut(length: int) -> re.Pattern[str]:
    """Returns where a text without breaks is cut: at a line end, else at a space, else anywhere."""
    low, high = (500, 1500) if length >= ORDINARY else (min(1250, length * 5 // 36), min(1500, max(1, length // 6)))
    return re.compile(rf".{{{low},{high}}}\n|.{{{low},{high}}}\s|.{{1,{high}}}", re.DOTALL)


def without_licence(text: str) -> str:
    """Removes the header and the licence from a book of Project Gutenberg. Other texts stay unchanged."""
    start = max((found.end() for found in HEADER.finditer(text)), default=0)
    end = next((found.start() for found in LICENCE.finditer(text, start)), len(text))
    return text[start:end]


def foreign_script(text: str) -> str:
    """Returns the commonest script among letters without a plain form, such as "Cyrillic" or "CJK", if they are the
    majority."""
    letters = [letter for letter in text[:200_000] if letter.isalpha()]
    lost = Counter(unicodedata.name(letter, "other").split()[0] for letter in letters if not to_ascii(letter))
    if 2 * lost.total() <= len(letters):
        return ""
    (script, _), *_ = lost.most_common(1)
    return NAMES.get(script, script.capitalize())
