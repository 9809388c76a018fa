"""Cuts the small set of emoji that ships out of two npm packages: `python -m core.worlds.emoji.make FOLDER`.

FOLDER holds the unpacked packages `google` and `twitter`. README.md says where they are from. Every vendor's sheet has
the same emoji at the same places, and `kinds.tsv` says which emoji each kind has, in the order of the sheets.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image

HERE = Path(__file__).parent
VENDORS = ("google", "twitter")
SIDE, COLUMNS, MOST = 64, 20, 20  # pixels of an emoji, emoji in a row of the sheet, emoji of a kind
KINDS = {  # by our name: the name in the packages
    "mammal": "animal-mammal",
    "bird": "animal-bird",
    "bug": "animal-bug",
    "fruit": "food-fruit",
    "vegetable": "food-vegetable",
    "flower": "plant-flower",
    "vehicle": "transport-ground",
    "clothing": "clothing",
    "tool": "tool",
    "building": "place-building",
    "instrument": "musical-instrument",
}
# emoji that do not show a thing of their kind, but a part of it, what it leaves behind, or something beside it
LEFT_OUT = """
    pig_nose feet feather wing spider_web microbe rosette busstop railway_track wheel traffic_light
    vertical_traffic_light construction fuelpump rotating_light octagonal_sign anchor motorway lipstick gem ring
    oil_drum hair_pick broken_chain prayer_beads bomb compression link chains bricks rock wood stadium
    building_construction
"""


def choose_emoji(listed: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Returns the emoji of a kind that both vendors have drawn. If there are too many, they are evenly spaced."""
    found = [one for one in listed if one["subcategory"] == kind and one["short_name"] not in LEFT_OUT.split()]
    found = [one for one in found if all(one[f"has_img_{vendor}"] for vendor in VENDORS)]
    found.sort(key=lambda one: int(one["sort_order"]))
    count = min(MOST, len(found))
    return [found[round(k * (len(found) - 1) / (count - 1))] for k in range(count)]


def main(folder: Path) -> None:
    listed = json.loads((folder / "google" / "package" / "emoji.json").read_text("utf-8"))
    kinds = {ours: choose_emoji(listed, theirs) for ours, theirs in KINDS.items()}
    for vendor in VENDORS:
        every = [one for row in kinds.values() for one in row]
        sheet = Image.new("RGB", (COLUMNS * SIDE, -(-len(every) // COLUMNS) * SIDE), "white")
        for k, one in enumerate(every):
            emoji = Image.open(folder / vendor / "package" / "img" / vendor / "64" / one["image"]).convert("RGBA")
            sheet.paste(emoji, (k % COLUMNS * SIDE, k // COLUMNS * SIDE), emoji)
        sheet.quantize(256, dither=Image.Dither.NONE).save(HERE / f"{vendor}.png", optimize=True)
    rows = [f"{name}\t{' '.join(one['short_name'] for one in row)}\n" for name, row in kinds.items()]
    (HERE / "kinds.tsv").write_text("".join(rows), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
