"""Draws the tables and albums that come with the app, from random numbers: `python -m core.worlds.albums.make`."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw

from core.user_data import album, table
from core.user_data.small_pictures import SIDE

CORNERS = {"square": 4, "star": 10, "triangle": 3}  # the corners of a star are alternately near and far from its middle


def rings(luck: random.Random) -> str:
    """Returns a table of three rings around one centre, which no straight line separates."""
    rows = ["width,height,ring"]
    for k, name in enumerate(("inner", "middle", "outer")):
        for _ in range(120):
            angle, radius = luck.uniform(0, 2 * math.pi), luck.gauss(2 + 3 * k, 0.7)
            rows.append(f"{20 + radius * math.cos(angle):.2f},{12 + radius * math.sin(angle):.2f},{name}")
    return "\n".join(rows) + "\n"


def shape(name: str, luck: random.Random) -> Image.Image:
    """Draws the dark outline of one shape on a bright ground, with random position, size and rotation."""
    image = Image.new("L", (112, 112), 245)
    x, y, size = luck.uniform(46, 66), luck.uniform(46, 66), luck.uniform(26, 42)
    count, turn, wide = CORNERS.get(name, 60), luck.uniform(0, 2 * math.pi), luck.randint(6, 11)
    far = [size * (0.45 if name == "star" and k % 2 else 1) for k in range(count)]
    angles = [turn + 2 * math.pi * k / count for k in range(count)]
    corners = [(x + r * math.cos(a), y + r * math.sin(a)) for r, a in zip(far, angles)]
    ImageDraw.Draw(image).line([*corners, *corners[:2]], fill=20, width=wide, joint="curve")
    return image.resize((SIDE, SIDE), Image.Resampling.BOX)


def main() -> None:
    import numpy as np

    luck = random.Random(0)
    table.path("rings").write_text(table.write(table.read(rings(luck).encode())), "utf-8")
    names = [name for name in ("circle", *CORNERS) for _ in range(80)]
    found = album.build_album([255 - np.asarray(shape(name, luck)) for name in names], names, bright=True)
    album.path("shapes").write_bytes(album.to_npz(found))


if __name__ == "__main__":
    main()
