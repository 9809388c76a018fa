"""Draws a figure as a thumbnail in SVG: its curves, dots, bars or images without words. The cards on the home page
use it."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from lessons.kit.figures import ROLES, Figure
from lessons.kit.figures.image_grid import SIDE, png
from lessons.kit.figures.player import COLOUR_SIDE, from_base64

WIDE, HIGH, EDGE = 160, 90, 6  # units of the drawing
MANY, MOST = 10, 24  # how many images and words are shown, at most
BELOW, ABOVE = (22, 96, 167), (201, 98, 8)  # colours of values below and above zero
FRAME = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}">{{}}</svg>'
EMPTY = FRAME.format("")
GREY, BLUE = ROLES["note"][0], ROLES["pretrained"][0]
PALETTE = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#6b2a5b", "#56b4e9", "#d9cc2b", "#b5400a", "#4a4fc4", "#50565e"]


def thumbnail_svg(figure: Figure) -> str:
    """Returns the thumbnail. It is an empty frame if this kind of figure has no thumbnail."""
    parts: Iterator[str] = iter(())
    if figure.kind == "chart":
        parts = chart(figure.spec)
    elif figure.kind == "player":
        parts = frames(figure.spec)
    elif figure.kind == "cards":
        parts = row([png(image) for card in figure.spec["cards"] for image in card["images"]][:MANY])
    elif figure.kind == "html":
        parts = pictures(figure.spec)
    return FRAME.format("".join(parts) or "".join(text_strokes(figure.alt)))


def text_strokes(text: str) -> Iterator[str]:
    """Draws a text as it would look from a distance, with one line for each word."""
    x, y = 8, 14
    for word in text.split()[:MOST]:
        wide = 3 * min(len(word), 12)
        if x + wide > WIDE - 8:
            x, y = 8, y + 14
        yield f'<rect x="{x}" y="{y}" width="{wide}" height="6" rx="2" fill="{GREY}" opacity="0.7"/>'
        x += wide + 5


def chart(spec: dict[str, Any]) -> Iterator[str]:
    """Draws the means of curves as lines, single values as dots, and bars as bars."""
    axes = [spec.get(name, {}) for name in ("xAxis", "yAxis")]
    logs = [isinstance(axis, dict) and axis.get("type") == "log" for axis in axes]
    seen = [one for one in spec["series"] if one.get("data") and one.get("symbolSize", 1) != 0]
    shown = [one for one in seen if one.get("lineStyle", {}).get("opacity", 1)]
    places = [(one, places_of(one["data"], logs)) for one in shown]
    every = [xy for _, each in places for xy in each]
    every += [(0.0, y) for one, each in places if one["type"] == "bar" for _, y in each]
    if not every:
        return
    low, high = np.min(every, 0), np.max(every, 0)
    span = np.maximum(high - low, 1e-9)

    def at(xy: tuple[float, float]) -> tuple[float, float]:
        x, y = (np.array(xy) - low) / span
        return round(EDGE + x * (WIDE - 2 * EDGE), 1), round(HIGH - EDGE - y * (HIGH - 2 * EDGE), 1)

    for one, each in places:
        colour = one.get("color") or one.get("itemStyle", {}).get("color") or GREY
        points = [at(xy) for xy in each]
        if one["type"] == "line" and len(points) > 1:
            dash = {"dashed": "6 4", "dotted": "2 4"}.get(one.get("lineStyle", {}).get("type"), "")
            path = " ".join(f"{x},{y}" for x, y in points)
            style = f'fill="none" stroke="{colour}" stroke-width="3" stroke-dasharray="{dash}"'
            yield f'<polyline points="{path}" {style}/>'
        elif one["type"] == "bar":
            yield from (
                f'<rect x="{min(at((0, 0))[0], x)}" y="{y - 3}" width="{abs(x - at((0, 0))[0]) + 1:.1f}" height="7" '
                f'fill="{colour}"/>'
                for x, y in points
            )
        elif one["type"] in ("line", "scatter"):
            yield from (f'<circle cx="{x}" cy="{y}" r="4.5" fill="{colour}"/>' for x, y in points)


def places_of(data: list[Any], logs: list[bool]) -> list[tuple[float, float]]:
    """Returns the coordinates of the data of a series, with logarithms on a logarithmic axis."""
    found = []
    for k, one in enumerate(data):
        value = one.get("value") if isinstance(one, dict) else one
        # For a bar the second number is its row, which goes down.
        pair = value if isinstance(value, (list, tuple)) else (value, -k)
        if len(pair) >= 2 and all(isinstance(v, (int, float)) for v in pair[:2]):
            x, y = (math.log10(max(v, 1e-9)) if log else float(v) for v, log in zip(pair, logs))
            found.append((x, y))
    return found


def frames(spec: dict[str, Any]) -> Iterator[str]:
    """Draws the last frame of the first panel: a map of areas, or images."""
    if spec["panels"][0].get("texts"):
        yield from lines_of(spec["panels"][0]["texts"][-1][:4])
        return
    if spec["panels"][0].get("signed") and spec["panels"][0]["columns"]:
        yield image(data_address(signed(spec["panels"][0], spec["first"])), (WIDE - HIGH) / 2, 0, HIGH, HIGH)
        return
    panel: dict[str, Any] = next(
        (one for one in spec["panels"] if one.get("areas") or one.get("width") in (SIDE, COLOUR_SIDE)), {}
    )
    if panel.get("areas"):
        side = panel["side"]
        classes = from_base64("Areas", panel["areas"][-1]).reshape(side, side)[::-1]
        colours = np.array([[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in PALETTE], np.uint8)
        yield image(data_address(colours[classes % len(PALETTE)]), 0, -(WIDE - HIGH) / 2, WIDE, WIDE)
    elif panel.get("images"):
        yield from row([png(one) for one in panel["images"][-1][:MANY]])


def signed(panel: dict[str, Any], frame: int) -> np.ndarray:
    """Returns the first image of a frame in two colours, with the shape (height, width, 3)."""
    values = (
        from_base64("Images", panel["images"][frame][0]).reshape(panel["height"], panel["width"]).astype(float) - 128
    )
    ends = np.array([BELOW, ABOVE])[(values > 0).astype(int)]
    share = abs(values)[..., None] / 128
    return (ends * share + 247 * (1 - share)).astype(np.uint8)


def lines_of(texts: list[str]) -> Iterator[str]:
    """Draws texts as lines whose length follows the length of the text, each after a line for its prompt."""
    for k, text in enumerate(texts):
        width, y = min(80, 8 + 2 * len(text)), 14 + 18 * k
        yield f'<rect x="8" y="{y}" width="56" height="8" rx="4" fill="{GREY}" opacity="0.45"/>'
        yield f'<rect x="70" y="{y}" width="{width}" height="8" rx="4" fill="{BLUE}"/>'


def pictures(html: str) -> Iterator[str]:
    """Draws the first images of a page, or else its first sketches."""
    if addresses := re.findall(r'src="(data:image/(?:png|webp);base64,[^"]+)"', html)[:MANY]:
        yield from row(addresses)
        return
    width, height = WIDE / 2, HIGH / 2
    for k, address in enumerate(re.findall(r'src="(data:image/svg[^"]+)"', html)[:4]):
        yield image(address, k % 2 * width, k // 2 * height, width, height)


def row(addresses: list[str]) -> Iterator[str]:
    """Draws images in rows of five."""
    columns, size = 5, 28
    for k, address in enumerate(addresses):
        yield image(address, 6 + (k % columns) * (size + 2), 15 + (k // columns) * (size + 4), size, size)


def image(address: str, x: float, y: float, width: float, height: float) -> str:
    return f'<image href="{address}" x="{x}" y="{y}" width="{width}" height="{height}"/>'


def data_address(colours: np.ndarray) -> str:
    """Converts an image with the shape (height, width, 3) to a PNG as a data URL."""
    buffer = io.BytesIO()
    Image.fromarray(colours).quantize(16).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
