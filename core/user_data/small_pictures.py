"""Decodes pictures within limits, makes them small and grey, and decides whether their ground is bright. Does not
import torch."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from core.experiment.checks import BadValue, quote

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
# makes the pixels that are stored from a picture, whose name in a sentence it is given, too
Convert = Callable[[Image.Image, str], np.ndarray]


def decode(data: bytes, name: str, convert: Convert) -> tuple[np.ndarray, int] | None:
    """Decodes a picture with `convert`, and returns its pixels and how many pixels it counts for.

    Returns None if the file is not a picture. Raises BadValue with a sentence if it is too large, or not what `convert`
    needs.
    """
    said = quote(name)
    if len(data) > EACH:
        raise BadValue(f"The picture {said} is larger than {EACH // 1_000_000} MB.")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            pixels, photo = picture.width * picture.height, isinstance(picture, JpegImageFile)
            if pixels > (most := PHOTO if photo else PIXELS):
                raise BadValue(f"The picture {said} has more than {most // 1_000_000} million pixels.")
            return convert(picture, said), pixels // (LIGHT if photo else 1)
    except BROKEN as error:
        if isinstance(error, BadValue):
            raise
        return None


def small_grey(picture: Image.Image, said: str) -> np.ndarray:
    """Returns a picture as a grey uint8 image whose longer side is 28."""
    if max(picture.size) >= 2 * SIDE * min(picture.size):
        raise BadValue(f"The picture {said} is too narrow: nothing is left of it in {SIDE} x {SIDE}.")
    picture.draft("RGB", (4 * SIDE, 4 * SIDE))
    grey = ImageOps.exif_transpose(in_grey(picture))
    how = Image.Resampling.BOX if max(grey.size) > SIDE else Image.Resampling.BILINEAR
    return np.asarray(ImageOps.contain(grey, (SIDE, SIDE), how))


def eight_bits(picture: Image.Image) -> Image.Image:
    """Converts a picture with 16 bits of grey to 8 bits, and leaves any other picture as it is."""
    if not picture.mode.startswith("I"):
        return picture
    deep = np.asarray(picture).astype(np.int64)
    return Image.fromarray((deep.clip(0, 65535) >> 8).astype(np.uint8))


def in_grey(picture: Image.Image) -> Image.Image:
    """Converts a picture to 8 bits of grey. Transparent parts get a ground that contrasts with the ink."""
    picture = eight_bits(picture)
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
