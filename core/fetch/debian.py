"""Downloads data that come as a Debian package, with apt-get. Nothing of the package is installed or executed: only its
data are read from the archive."""

from __future__ import annotations

import hashlib
import io
import lzma
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from core.fetch.sources import NotBrought, Source

SIDE, ROOM = 128, 120  # pixels of a picture, and of the thing on it
STAMPS = "usr/share/tuxpaint/stamps"
# Folders of photos by our name of the kind, in the order of SIX in core/worlds/pictures.py.
FOLDERS = {
    "mammal": "animals/mammals",
    "bird": "animals/birds",
    "bug": "animals/insects",
    "fruit": "food/fruit",
    "vegetable": "food/vegetables",
    "flower": "plants/flowers",
}
DRAWN = frozenset(("hedgehog", "edward_bear", "echidna"))  # drawings and a toy among the photos


def fetch(source: Source, folder: Path) -> Path:
    """Downloads the archive of the package, and compares its SHA-256."""
    if not shutil.which("apt-get"):
        raise NotBrought(f"{source.origin} is fetched with apt-get, which this machine does not have.")
    wanted = f"{source.package}={source.version}"
    done = subprocess.run(["apt-get", "download", wanted], cwd=folder, capture_output=True, text=True)
    archive = next(folder.glob("*.deb"), None)
    if done.returncode or archive is None:
        last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise NotBrought(f"{source.origin} could not be fetched. apt-get says: {last}")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != source.sha256:
        raise NotBrought(source.wrong_checksum)
    return archive


def data_of(archive: bytes) -> bytes:
    """Returns the tar archive with the files of a Debian package, whose own archive is a row of members with heads of
    60 bytes."""
    at = 8
    while at < len(archive):
        name, size = archive[at : at + 16].decode().strip(" /"), int(archive[at + 48 : at + 58])
        if name.startswith("data.tar.xz"):
            return lzma.decompress(archive[at + 60 : at + 60 + size])
        at += 60 + size + size % 2
    raise NotBrought("The package holds no data that can be read.")


def photos(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yields one file with the photos of six kinds, on white, and their kinds."""
    found: list[tuple[str, str, np.ndarray]] = []
    with tarfile.open(fileobj=io.BytesIO(data_of(archive.read_bytes()))) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            kind = kind_of(path)
            data = tar.extractfile(member) if kind and member.isfile() else None
            if kind and data:
                found.append((kind, str(path), on_white(data.read())))
    found.sort(key=lambda one: (list(FOLDERS).index(one[0]), one[1]))
    file = io.BytesIO()
    np.savez_compressed(
        file, pixels=np.stack([pixels for _, _, pixels in found]), kinds=np.array([kind for kind, _, _ in found])
    )
    yield "photos.npz", file.getvalue()


def kind_of(path: PurePosixPath) -> str:
    """Returns the kind of a photo of the package, or "" for drawings and other files."""
    if path.suffix != ".png" or "cartoon" in path.parts or path.stem in DRAWN or path.stem.endswith(("mirror", "flip")):
        return ""
    return next((kind for kind, folder in FOLDERS.items() if f"{STAMPS}/{folder}/" in str(path)), "")


def on_white(data: bytes) -> np.ndarray:
    """Returns a picture as pixels (3, 128, 128), in the middle of a white square."""
    picture = Image.open(io.BytesIO(data)).convert("RGBA")
    picture.thumbnail((ROOM, ROOM))
    ground = Image.new("RGB", (SIDE, SIDE), "white")
    ground.paste(picture, ((SIDE - picture.width) // 2, (SIDE - picture.height) // 2), picture)
    return np.array(ground).transpose(2, 0, 1)
