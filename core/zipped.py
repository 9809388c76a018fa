"""Pictures in a zip of folders: read as a net sees them, 28 x 28 and grey with bright ink, or refused in a sentence.

Whoever made the zip may mean harm. Nothing of it is written to a disk, and its bounds are looked at before it is
unpacked. Knows no torch.
"""

from __future__ import annotations

import io
import stat
import warnings
import zipfile
from pathlib import PurePosixPath

import numpy as np
from PIL import Image, ImageOps

from core import own
from core.check import BadValue

SIDE = 28
LARGEST, UNPACKED = 50, 100  # MB of a zip, and of what is in it
MOST = 2000  # pictures
FILES = 3 * MOST  # that a zip may list, with folders and what a system puts beside pictures
PIXELS, ALL_PIXELS = 25_000_000, 400_000_000  # of one picture, and of all
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
ARCHIVES = {".zip", ".gz", ".7z", ".rar", ".tar"}
SYSTEMS = {"thumbs.db", "desktop.ini", "__macosx"}  # what a system puts beside pictures


def pictures(data: bytes) -> list[tuple[str, np.ndarray]]:
    """Every picture (28, 28) uint8 with its folder's name, in order of the files' names; BadValue with a sentence if
    this is no zip of pictures."""
    if len(data) > LARGEST * 1_000_000:
        raise BadValue(f"This file is too large: a zip of pictures has at most {LARGEST} MB.")
    if data.count(b"PK\x01\x02") > FILES:  # each is an entry: to list them all would take long
        raise BadValue(f"This zip lists more than {FILES:,} files.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            found, left = [], ALL_PIXELS
            for entry in listed(zipped):
                picture, pixels = pictured(zipped.read(entry), own.quoted(entry.filename), left)
                found.append((own.called(PurePosixPath(entry.filename).parent.name, "folder"), picture))
                left -= pixels
            return found
    except BadValue:
        raise
    except Exception as error:  # what a damaged or made-up zip can do to zipfile is not listed anywhere
        raise BadValue("This file is no zip, or it is damaged. Zip the class folders again.") from error


def listed(zipped: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The pictures' entries in order of their names; BadValue with a sentence if something else is among them."""
    found = sorted((one for one in zipped.infolist() if meant(one)), key=lambda one: one.filename)
    for one in found:
        path, said = PurePosixPath(one.filename), own.quoted(one.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in one.filename or ":" in path.parts[0]:
            raise BadValue(f"This zip has a file that leads out of it, {said}. Zip the class folders again.")
        if stat.S_ISLNK(one.external_attr >> 16):
            raise BadValue(f"This zip has a link in it, {said}, instead of a picture.")
        if one.flag_bits & 1:
            raise BadValue("This zip is locked with a password. Zip the class folders without one.")
        if path.suffix.lower() in ARCHIVES:
            raise BadValue(f"This zip has another archive in it, {said}. Zip the class folders themselves.")
        if len(path.parts) < 2:
            raise BadValue(f"The picture {said} is in no folder: put every class in a folder of its name.")
    if not found:
        raise BadValue("This zip is empty. Zip a folder of pictures for each class.")
    if len(found) > MOST:
        raise BadValue(f"This zip has {len(found):,} files; it may have {MOST:,} pictures.")
    if len({len(PurePosixPath(one.filename).parts) for one in found}) > 1:
        raise BadValue(
            "Some class folders have folders in them. Put the pictures of a class side by side in its folder."
        )
    if sum(one.file_size for one in found) > UNPACKED * 1_000_000:
        raise BadValue(f"The pictures in this zip have more than {UNPACKED} MB once they are unpacked.")
    return found


def meant(entry: zipfile.ZipInfo) -> bool:
    """Whether somebody put it there, and no system."""
    parts = [part.lower() for part in PurePosixPath(entry.filename).parts]
    hidden = any(part in SYSTEMS or (part.startswith(".") and part != "..") for part in parts)
    return not (entry.is_dir() or hidden)


def pictured(data: bytes, said: str, left: int) -> tuple[np.ndarray, int]:
    """A file as a net will see it, (28, 28) uint8, and how many pixels it has; `left` may still be read."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            pixels = picture.width * picture.height
            if pixels > PIXELS:
                raise Image.DecompressionBombError
            if pixels > left:
                raise BadValue(
                    f"The pictures have more than {ALL_PIXELS // 1_000_000} million pixels. Make them smaller."
                )
            picture.draft("L", (8 * SIDE, 8 * SIDE))  # a photo is not unpacked larger than it has to be
            return small(grey(ImageOps.exif_transpose(picture))), pixels
    except BadValue:
        raise
    except Image.DecompressionBombError as error:  # Pillow says so of vast ones
        raise BadValue(f"The picture {said} is larger than {PIXELS // 1_000_000} million pixels.") from error
    except Exception as error:  # what a damaged picture can do to its decoder is not listed anywhere
        kinds = ", ".join(FORMATS[:-1])
        raise BadValue(f"The file {said} is no picture that can be read ({kinds} or {FORMATS[-1]}).") from error


def grey(picture: Image.Image) -> Image.Image:
    """In shades of grey; what is transparent becomes a ground that the rest stands out from."""
    if picture.mode.startswith(("I", "F")):  # 16 bits and more
        deep = np.asarray(picture, float)
        return Image.fromarray((255 * (deep - deep.min()) / max(np.ptp(deep), 1e-9)).astype(np.uint8))
    if picture.has_transparency_data:
        layers = picture.convert("RGBA")
        alpha, light = np.asarray(layers.getchannel("A")) / 255, np.asarray(layers.convert("RGB").convert("L"))
        ground = 0 if (alpha * light).sum() > 127 * alpha.sum() else 255
        return Image.fromarray((alpha * light + (1 - alpha) * ground).astype(np.uint8))
    return picture.convert("RGB").convert("L")


def small(picture: Image.Image) -> np.ndarray:
    """(28, 28) uint8: as wide as it is high by a strip of its ground, from black to white, and ink bright: darker than
    ink is the ground, which is what the edge shows most."""
    scale = SIDE / max(picture.size)
    width, height = (max(1, round(scale * length)) for length in picture.size)
    seen = np.asarray(ImageOps.autocontrast(picture.resize((width, height), Image.Resampling.BOX)))
    edge = np.median(np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]]))
    seen, edge = (255 - seen, 255 - edge) if edge > 127 else (seen, edge)
    square = np.full((SIDE, SIDE), round(edge), np.uint8)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    square[top : top + height, left : left + width] = seen
    return square
