"""Reads one picture of an archive as a small grey image, and sees whether its ground is bright. Knows no torch."""

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
PIXELS = 6_000_000  # of one picture
# A JPEG is decoded at an eighth of its size: 12 million pixels in 0.02 to 0.1 s, a quarter of what others take.
PHOTO, LIGHT = 30_000_000, 4
SIDE = 28
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
ENDINGS = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".dib", ".webp")  # of pictures
PLAIN, NEAR = 0.7, 32  # of a plain ground: the share of the border that is so near its median
BROKEN: tuple[type[Exception], ...] = (  # what Python and Pillow raise where bytes are not what they should be
    OSError, ValueError, SyntaxError, struct.error, zlib.error, EOFError, LookupError, TypeError, RuntimeError,
    OverflowError, zipfile.BadZipFile, Image.DecompressionBombError,
)  # fmt: skip


def decoded(archive: zipfile.ZipFile, entry: Entry) -> tuple[np.ndarray, int] | None:
    """One picture, grey, its longer side 28, uint8; and how many pixels it counts for. None if the file is none."""
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
    """8 bits of grey, what is transparent on a ground that its ink stands out from."""
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
    """The grey of a picture's ground: the median along its border."""
    return float(np.median(np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])))


def bright_grounds(images: list[np.ndarray]) -> list[bool]:
    """Which pictures have a bright ground, each for itself. Photographs without a plain ground stay as they are, unless
    they are few among drawings."""
    edges = [np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]]).astype(float) for image in images]
    plain = [float((np.abs(border - np.median(border)) <= NEAR).mean()) >= PLAIN for border in edges]
    return [2 * sum(plain) >= len(plain) and float(np.median(border)) > 127 for border in edges]


def square(image: np.ndarray) -> np.ndarray:
    """In the middle of 28 x 28, the rest as its border is."""
    high, wide = image.shape
    whole = np.full((SIDE, SIDE), round(edge(image)), np.uint8)
    top, left = (SIDE - high) // 2, (SIDE - wide) // 2
    whole[top : top + high, left : left + wide] = image
    return whole
