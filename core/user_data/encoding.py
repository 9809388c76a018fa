"""Converts the bytes of a file to text, and says in which encoding the file was written.

UTF-8 is tried first, even with a few bad bytes. If a file is not UTF-8, it is read in every encoding of a short list.
The readings are ranked by how much they look like a language (core/user_data/plausibility.py). If charset-normalizer
agrees with the best reading, a smaller lead is enough to use it without asking. This module does not import torch.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

from charset_normalizer import from_bytes

from core.experiment.checks import BadValue
from core.user_data.plausibility import score

SAMPLE = 60_000  # bytes of a file that are used to find its encoding
NAMES = {  # common names of the encodings; of two encodings that read a file alike, the first is named
    "utf_8": "UTF-8", "utf_16_le": "UTF-16", "utf_16_be": "UTF-16 (big-endian)", "utf_32_le": "UTF-32",
    "utf_32_be": "UTF-32 (big-endian)", "cp1252": "Windows-1252 (Western European)",
    "mac_roman": "Mac OS Roman", "cp850": "DOS 850 (Western European)",
    "cp437": "DOS 437", "cp1250": "Windows-1250 (Central European)", "iso8859_2": "ISO 8859-2 (Central European)",
    "cp1254": "Windows-1254 (Turkish)", "cp1257": "Windows-1257 (Baltic)", "cp1251": "Windows-1251 (Cyrillic)",
    "koi8_r": "KOI8-R (Cyrillic)", "koi8_u": "KOI8-U (Cyrillic)", "iso8859_5": "ISO 8859-5 (Cyrillic)",
    "cp866": "DOS 866 (Cyrillic)", "cp1253": "Windows-1253 (Greek)",
    "iso8859_7": "ISO 8859-7 (Greek)", "cp1255": "Windows-1255 (Hebrew)", "iso8859_8": "ISO 8859-8 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)", "cp874": "Windows-874 (Thai)", "gb18030": "GB 18030 (Chinese)",
    "big5hkscs": "Big5 (Chinese)", "cp932": "Shift JIS (Japanese)", "euc_jp": "EUC-JP (Japanese)",
    "iso2022_jp": "ISO-2022-JP (Japanese)", "cp949": "EUC-KR (Korean)",
}  # fmt: skip
MARKS = (  # marks at the start of a file; those of UTF-32 come first because one of UTF-16 begins with the same bytes
    (codecs.BOM_UTF32_LE, "utf_32_le"), (codecs.BOM_UTF32_BE, "utf_32_be"), (codecs.BOM_UTF8, "utf_8"),
    (codecs.BOM_UTF16_LE, "utf_16_le"), (codecs.BOM_UTF16_BE, "utf_16_be"),
)  # fmt: skip
# files in these encodings hold bytes that no other text has
WIDE = ("utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be")
LEGACY = tuple(name for name in NAMES if name not in ("utf_8", *WIDE, "cp437", "iso2022_jp"))
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # characters that no text has
MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
WORDS = re.compile(rb"[^ \t\r\n,;\"]+")
NOBODYS = frozenset(
    b"\x81\x8d\x8f\x90\x9d\xfe\xff"
)  # bytes that stand for no letter, or for a rare letter, in Windows-1252
LOST = "\ufffd"  # stands for a byte that could not be read
# lead that the best reading needs: a constant, and a part that is divided by the root of the number of signs
CLEAR = 0.1, 0.8
MORE = 0.8  # readings that are further behind by this much are also shown, if the learner has to choose anyway
LEAST = -0.4  # lowest score of a reading that a person could have written
MOST = 8  # the most readings that are shown
OTHER = "This file is not plain text. Save it as text (.txt, UTF-8) and choose it again."


@dataclass(frozen=True)
class Reading:
    """Holds a file's text as one encoding reads it."""

    text: str
    encoding: str  # name of a Python codec
    lost: int = 0  # number of bytes that could not be read

    @property
    def name(self) -> str:
        return NAMES.get(self.encoding, self.encoding)

    @property
    def opening(self) -> str:
        """Returns the first line with a letter outside ASCII, or else the first line that is not empty, cut to 60
        characters."""
        lines = [" ".join(line.split()) for line in self.text[:SAMPLE].splitlines() if line.strip()]
        told = next((line for line in lines if not line.isascii()), lines[0] if lines else "")
        line = "".join(sign for sign in told if sign.isprintable())
        return line if len(line) <= 60 else line[:59].rstrip() + "…"

    @property
    def says(self) -> str:
        """Describes in a sentence or two how the file was read."""
        lost = f" {self.lost:,} {'byte' if self.lost == 1 else 'bytes'} could not be read." if self.lost else ""
        return f"Read as {self.name}: “{self.opening}”.{lost}"


def decode(data: bytes, encoding: str = "") -> Reading:
    """Returns the text of a file, in the given encoding or in the most likely one. Raises BadValue if the file is not
    text."""
    if encoding:
        return refuse_binary(read_as(data, encoding))
    return readings(data)[0]


@lru_cache(maxsize=4)  # a page first asks whether a file is clear and then reads it
def readings(data: bytes) -> tuple[Reading, ...]:
    """Returns the possible readings of a file, most likely first. With more than one, only a person can decide."""
    data = data.rstrip(b"\x1a")  # DOS ended a text with this byte
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return (refuse_binary(decode_leniently(data[len(mark) :], encoding)),)
    if CONTROLS.search(data[:SAMPLE].decode("latin-1")):
        return (read_wide(data),)
    found = decode_leniently(data, "utf_8")
    stray = found.lost <= 3 and NOBODYS.issuperset(byte for byte in data if byte > 127)
    if not found.lost or stray or len(MULTIBYTE.findall(data)) >= 2 * found.lost:
        return (refuse_binary(read_iso2022(data) or found),)
    return rank_readings(data)


def rank_readings(data: bytes) -> tuple[Reading, ...]:
    """Returns the readings of a file that is not UTF-8, in old encodings. Raises BadValue if none looks like a
    language."""
    sample = sample_words(data)
    told = {encoding: sample.decode(encoding, "replace") for encoding in LEGACY}
    scores = {encoding: score(text, encoding) for encoding, text in told.items()}
    ranked = sorted(LEGACY, key=lambda encoding: -scores[encoding].mean)
    first = scores[ranked[0]]
    if first.mean < LEAST and first.signs > 8:
        raise BadValue("The encoding of this file is unknown. Save it as UTF-8 text and choose it again.")
    always, few = CLEAR
    lead = (always + few / max(1, first.signs) ** 0.5) / (2 if detect(sample) == told[ranked[0]] else 1)
    alike: dict[str, str] = {}  # by text, because many encodings agree about a file
    for encoding in ranked:
        alike.setdefault(told[encoding], encoding)
    behind = {e: first.mean - scores[e].mean for e in alike.values() if scores[e].mean > LEAST}
    near = [e for e in behind if behind[e] < lead]
    plausible = [e for e in behind if behind[e] < lead + MORE] if len(near) > 1 else ranked[:1]
    return tuple(refuse_binary(decode_leniently(data, encoding)) for encoding in plausible[:MOST])


def detect(sample: bytes) -> str:
    """Returns the reading of charset-normalizer as a second opinion. It is often wrong about a few words, and empty
    if the file has a bad byte."""
    best = from_bytes(sample[:10_000], cp_isolation=list(LEGACY)).best() if len(sample) > 60 else None
    return str(best) if best else ""


def sample_words(data: bytes) -> bytes:
    """Returns the words of a file that are not ASCII, each only once and up to a limit.

    A label in a hundred rows is one word, not a hundred pieces of evidence. No East Asian letter has one of these
    separators as its second byte.
    """
    words = dict.fromkeys(word for word in WORDS.findall(data[: 20 * SAMPLE]) if not word.isascii())
    return b"\n".join(words)[:SAMPLE]


def read_wide(data: bytes) -> Reading:
    """Reads a file with bytes that only wide encodings have. Raises BadValue if the file is not text."""
    found: list[tuple[float, Reading]] = []
    for encoding in WIDE:
        reading = decode_leniently(data, encoding)
        if reading.lost <= len(data) // 1000 and not CONTROLS.search(reading.text):
            found.append((score(reading.text[:SAMPLE], encoding, every=True).mean, reading))
    found = [one for one in found if one[0] >= 0.2]
    if not found:
        raise BadValue(OTHER)
    return max(found, key=lambda one: one[0])[1]


def read_iso2022(data: bytes) -> Reading | None:
    """Reads a file in ISO-2022-JP, which is ASCII with signs that switch between alphabets. Returns None if it is not
    one."""
    if b"\x1b$" not in data:
        return None
    try:
        return Reading(data.decode("iso2022_jp"), "iso2022_jp")
    except UnicodeDecodeError:
        return None


def read_as(data: bytes, encoding: str) -> Reading:
    """Reads a file in one of the encodings in NAMES, without the mark at its start."""
    if encoding not in NAMES:
        raise BadValue("This app does not know this encoding.")
    mark = next((mark for mark, marked in MARKS if marked == encoding and data.startswith(mark)), b"")
    return decode_leniently(data[len(mark) :], encoding)


def decode_leniently(data: bytes, encoding: str) -> Reading:
    """Decodes a file so that a bad byte loses only itself, and counts the bad bytes."""
    text = data.decode(encoding, "replace")
    before = data.count(LOST.encode()) if encoding == "utf_8" else 0  # these were lost before, in another program
    return Reading(text, encoding, text.count(LOST) - before)


def refuse_binary(reading: Reading) -> Reading:
    """Returns the reading unchanged. Raises BadValue if it has characters that no text has."""
    if CONTROLS.search(reading.text):
        raise BadValue(OTHER)
    return reading
