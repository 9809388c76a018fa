"""Reads one picture of a zip as a small grey image, and decides whether its ground is bright. Does not import torch."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import numpy as np
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from core.experiment.checks import BadValue, quote
from core.user_data.zip_names import Entry

EACH = 10_000_000  # bytes of one picture
PIXELS = 6_000_000  # pixels of one picture
# A JPEG is decoded at an eighth of its size. 12 million pixels take 0.02 to 0.1 s, a quarter of the time of other
# formats.
PHOTO, LIGHT = 30_000_000, 4
SIDE = 28
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
ENDINGS = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".dib", ".webp")  # endings of picture files
# a ground is plain if at least this share of the border differs from its median by at most 32 grey levels
PLAIN, NEAR = 0.7, 32
BROKEN: tuple[type[Exception], ...] = (  # what Python and Pillow raise for damaged files
    OSError, ValueError, SyntaxError, struct.error, zlib.error, EOFError, LookupError, TypeError, RuntimeError,
    OverflowError, zipfile.BadZipFile, Image.DecompressionBombError,
)  # fmt: skip


def decoded(archive: zipfile.ZipFile, entry: Entry) -> tuple[np.ndarray, int] | None:
    """Decodes a picture as a grey uint8 image whose longer side is 28, and returns how many pixels it counts for.

    Returns None if the file is not a picture. Raises BadValue with a sentence if it is too large or too narrow.
    """
    said = quote(entry.name)
    with archive.open(entry.info) as file:
        data = file.read(EACH + 1)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            pixels, photo = picture.width * picture.height, isinstance(picture, JpegImageFile)
            if pixels > (most := PHOTO if photo else PIXELS):
                raise BadValue(f"The picture {said} has more than {most // 1_000_000} million pixels.")
            if max(picture.size) >= 2 * SIDE * min(picture.size):
                raise BadValue(f"The picture {said} is too narrow: nothing is left of it in {SIDE} x {SIDE}.")
            picture.draft("RGB", (4 * SIDE, 4 * SIDE))
            grey = ImageOps.exif_transpose(in_grey(picture))
            how = Image.Resampling.BOX if max(grey.size) > SIDE else Image.Resampling.BILINEAR
            return np.asarray(ImageOps.contain(grey, (SIDE, SIDE), how)), pixels // (LIGHT if photo else 1)
    except BROKEN as error:
        if isinstance(error, BadValue):
            raise
        return None


def in_grey(picture: Image.Image) -> Image.Image:
    """Converts a picture to 8 bits of grey. Transparent parts get a ground that contrasts with the ink."""
    if picture.mode.startswith("I"):
        deep = np.asarray(picture).astype(np.int64)
        return Image.fromarray((deep.clip(0, 65535) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        grey, opaque = (np.asarray(part, float) for part in (clear.convert("L"), clear.getchannel("A")))
        ground = 0 if (grey * opaque).sum() > 127 * opaque.sum() else 255
        return Image.fromarray(((grey * opaque + ground * (255 - opaque)) / 255).round().astype(np.uint8))
    return picture.convert("RGB").convert("L")


def edge(image: np.ndarray) -> float:
    """Returns the grey level of a picture's ground: the median along its border."""
    return float(np.median(np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])))


def bright_grounds(images: list[np.ndarray]) -> list[bool]:
    """Returns which pictures have a bright ground.

    If most pictures have no plain ground, they are photographs and stay as they are. Otherwise each picture is judged
    by the median along its border.
    """
    edges = [np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]]).astype(float) for image in images]
    plain = [float((np.abs(border - np.median(border)) <= NEAR).mean()) >= PLAIN for border in edges]
    return [2 * sum(plain) >= len(plain) and float(np.median(border)) > 127 for border in edges]


def square(image: np.ndarray) -> np.ndarray:
    """Centres an image on 28 x 28 pixels, and fills the rest with the grey of its border."""
    high, wide = image.shape
    whole = np.full((SIDE, SIDE), round(edge(image)), np.uint8)
    top, left = (SIDE - high) // 2, (SIDE - wide) // 2
    whole[top : top + high, left : left + wide] = image
    return whole
