"""The README's pictures are up to date with the app. `make pictures` takes them."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from tests.pictures import FOLDER, LARGEST, LARGEST_MOVING, PICTURES, SHOWN, SIZE, Picture
from tests.server import ROOT

EACH = pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)


@EACH
def test_picture_is_up_to_date(picture: Picture) -> None:
    said = "What it shows has changed: `make pictures`, look at it, and commit it."
    assert json.loads(SHOWN.read_text("utf-8"))[picture.name] == picture.digest(), said


@EACH
def test_a_picture_is_small_and_whole(picture: Picture) -> None:
    file = FOLDER / f"{picture.name}.webp"
    assert file.stat().st_size < (LARGEST_MOVING if picture.moves else LARGEST)
    with Image.open(file) as image:
        assert getattr(image, "n_frames", 1) > 10 if picture.moves else image.size == tuple(SIZE.values())


@EACH
def test_readme_embeds_picture_with_its_description(picture: Picture) -> None:
    assert f"![{picture.alt}](docs/pictures/{picture.name}.webp)" in (ROOT / "README.md").read_text("utf-8")


@EACH
def test_every_pattern_finds_what_is_shown(picture: Picture) -> None:
    assert all(list(ROOT.glob(pattern)) for pattern in picture.sources)


def test_no_picture_is_left_over() -> None:
    names = {one.name for one in PICTURES}
    assert {path.stem for path in FOLDER.glob("*.webp")} == names == json.loads(SHOWN.read_text("utf-8")).keys()
