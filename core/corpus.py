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

from core import own
from core.check import BadValue, plain
from core.serve import store
from core.tasks import OWN

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "core" / "worlds" / "texts"
GENERAL = ("novel", "speeches", "articles")  # what general English is made of
BREAK = "\f"  # between two documents, in the files and as a token
TESTS = slice(5, None, 10)  # of the documents: every tenth
LEAST, MOST = 10_000, 5_000_000  # characters of an own text
MEGABYTES = 10  # of a file or of what is pasted, whose letters may take more than a byte each
NAMES = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}  # of scripts
CUT = re.compile(r".{500,1500}\n|.{500,1500}\s|.{1,1500}", re.DOTALL)  # where it has no breaks: at a line end, a space


def path(subject: str) -> Path:
    """The file of a subject, be it there or not; general English is several: GENERAL."""
    if OWN.fullmatch(subject):
        return store.home() / "texts" / f"{subject}.txt.xz"
    ships = TEXTS / f"{subject}.txt.xz"
    return ships if ships.exists() else TEXTS / "brought" / ships.name


def known(subject: str) -> bool:
    """Whether this is an own text that is on this machine."""
    return bool(OWN.fullmatch(subject)) and path(subject).exists()


def called(subject: str) -> str:
    """What its owner calls an own text: the name of its file; where that is not known, the word in its subject."""
    return own.called(path(subject), subject)


def says(subject: str) -> str:
    """What was read of a subject, in a sentence."""
    found = documents(subject)
    letters = sum(map(len, found))
    return f"{letters:,} characters on {len(found):,} pages. Every tenth only tests; accents were dropped."


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
    if known(subject):
        store.use(path(subject))
    return tuple(found)


def keep(data: bytes, name: str) -> str:
    """Keep an own text, from a file of this name, and return its subject; BadValue with a sentence if it cannot be.

    Every tenth of its documents only tests. They are what form feeds divide; or a page each, where that would leave too
    little for a test.
    """
    if len(data) > MEGABYTES * 2**20:
        raise BadValue(f"This text has {len(data) / 2**20:.0f} MB; it may have {MEGABYTES}.")
    text = decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    found = [part for document in text.split(BREAK) if (part := plain(document).strip())]
    if sum(map(len, found[TESTS])) < LEAST // 10:
        found = [piece.strip() for piece in CUT.findall("\n\n".join(found)) if piece.strip()]
    text = BREAK.join(found)
    if script := foreign(decoded(data)):
        raise BadValue(
            f"This text is written in {script} letters. The vocabulary knows only Latin ones, a to z, digits and the "
            "signs of an English keyboard: take a text in a language that is written so, or a program."
        )
    if len(text) < LEAST:
        raise BadValue(f"This text has {len(text):,} characters that the vocabulary knows; it takes {LEAST:,}.")
    if len(text) > MOST:
        raise BadValue(f"This text has {len(text):,} characters; it may have {MOST:,}.")
    subject = own.named(name, text.encode(), "text")
    packed = lzma.compress(text.encode("ascii"), preset=1)  # somebody waits: a tenth of a second a megabyte
    own.keep(path(subject), "text", lambda part: part.write_bytes(packed), name)
    return subject


def decoded(data: bytes) -> str:
    """A file's text; BadValue if it is none."""
    for code in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(code)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1a]", text):
            return text
    raise BadValue("This file is not plain text. Save it as text (.txt, UTF-8) and choose it again.")


def foreign(text: str) -> str:
    """The script of most letters that have no plain form, "Cyrillic" or "CJK", if these are more than the others."""
    letters = [letter for letter in text[:200_000] if letter.isalpha()]
    lost = Counter(unicodedata.name(letter, "other").split()[0] for letter in letters if not plain(letter))
    if 2 * lost.total() <= len(letters):
        return ""
    (script, _), *_ = lost.most_common(1)
    return NAMES.get(script, script.capitalize())
