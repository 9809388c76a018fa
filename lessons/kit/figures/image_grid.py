"""Draws small images with a word under each, in rows that wrap. It is used for the input of a net and for its
mistakes."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from lessons.kit.figures import ROLES, Figure
from lessons.kit.figures.player import IN_COLOUR

SIDE, TILE = 28, 64  # pixels of a grey image, and of a picture in colour
STYLE = (
    "display:flex;flex-wrap:wrap;gap:6px 8px;margin:4px 0 14px",
    "display:inline-block;text-align:center;font-size:0.8rem;line-height:1.25",
    "width:44px;height:44px;image-rendering:pixelated;border-radius:4px;display:block;background:#000;"
    f"box-shadow:0 0 0 1px {ROLES['note'][0]}66",
)


def image_grid(rows: Mapping[str, Sequence[Mapping[str, Any]]], alt: str, title: str = "") -> Figure:
    """Draws the images. `rows` holds a heading for each row of {"image", "says", "alt"}, with images in the form of
    core.measure.examples."""
    parts = []
    for heading, row in rows.items():
        cells = "".join(cell(one) for one in row)
        parts.append(
            f'<p style="margin:0"><strong>{html.escape(heading)}</strong></p><div style="{STYLE[0]}">{cells}</div>'
        )
    return Figure(kind="html", spec="".join(parts), alt=alt, title=title)


def cell(one: Mapping[str, Any]) -> str:
    word = html.escape(str(one.get("says", "")))
    alt = html.escape(str(one.get("alt", "")))
    return f'<span style="{STYLE[1]}"><img style="{STYLE[2]}" src="{png(one["image"])}" alt="{alt}">{word}</span>'


def small_picture(pixels: np.ndarray) -> str:
    """Converts a picture in colour, (side, side, 3) from 0 to 255, to a small WebP as a data URL."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).resize((TILE, TILE), Image.Resampling.BOX).save(buffer, "WEBP", quality=80)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def png(image: str) -> str:
    """Converts an image of 784 bytes in base64 to a PNG as a data URL. A picture in colour is a data URL already."""
    if image.startswith(IN_COLOUR):
        return image
    grey = np.frombuffer(base64.b64decode(image), np.uint8).reshape(SIDE, SIDE)
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
