"""The learner's own photos: which files are read or refused, what is stored of them, and how nets learn them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from core import worlds
from core.bundles import bundle
from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, Stage, digest
from core.experiment.tasks import Pictures
from core.serve import compute_values
from core.store import store
from core.user_data import ownership, photo_album, small_pictures, storage
from core.user_data.task_files import task_files
from core.user_data.user_data_kinds import user_data_of
from tests.test_own_data import SENTENCE, boasting, bomb, kept, zipped

pytestmark = pytest.mark.usefixtures("home")
COLOURS = {"cup": (200, 40, 40), "spoon": (40, 60, 200), "plate": (30, 160, 60)}


def photo(
    colour: tuple[int, ...], number: int = 0, size: tuple[int, int] = (160, 120), kind: str = "PNG", **how: Any
) -> bytes:
    """Returns a photo of a coloured square on grey. Every number is another place."""
    mode = {1: "L", 4: "RGBA"}.get(len(colour), "RGB")
    image, told = Image.new("RGB", size, (128, 128, 128)).convert(mode), io.BytesIO()
    left = size[0] // 4 + number
    image.paste(colour if len(colour) > 1 else colour[0], (left, size[1] // 3, left + size[0] // 3, 2 * size[1] // 3))
    image = image.convert(how.pop("mode", mode))
    image.save(told, kind, **how)
    return told.getvalue()


def photo_folders(each: int = 8, classes: tuple[str, ...] = ("cup", "spoon"), **how: Any) -> dict[str, bytes]:
    return {f"{name}/{k}.png": photo(COLOURS[name], k, **how) for name in classes for k in range(each)}


def collected(each: int = 8) -> dict[str, list[np.ndarray]]:
    return {
        name: [photo_album.read_photo(photo(COLOURS[name], k), "a.png") for k in range(each)]
        for name in ("spoon", "cup")
    }


# --- Reading ----------------------------------------------------------------------------------------------------------


def tall(kind: str, **how: Any) -> bytes:
    """Returns a picture whose left half is red and whose right half is blue."""
    image, told = Image.new("RGB", (64, 64), (220, 20, 20)), io.BytesIO()
    image.paste((20, 20, 220), (32, 0, 64, 64))
    image.convert(how.pop("mode", "RGB")).save(told, kind, **how)
    return told.getvalue()


@pytest.mark.parametrize(
    "how",
    [
        {"kind": "PNG"}, {"kind": "JPEG"}, {"kind": "JPEG", "mode": "CMYK"}, {"kind": "PNG", "mode": "RGBA"},
        {"kind": "PNG", "mode": "P"}, {"kind": "GIF"}, {"kind": "BMP"}, {"kind": "WEBP"},
        {"kind": "GIF", "save_all": True, "append_images": [Image.new("RGB", (64, 64), "green")]},
        {"kind": "WEBP", "save_all": True, "append_images": [Image.new("RGB", (64, 64), "green")]},
    ],
    ids=lambda how: f"{how['kind']} {how.get('mode', 'RGB')}" + " moving" * ("save_all" in how),
)  # fmt: skip
def test_every_kind_of_picture_keeps_its_colours(how: dict[str, Any]) -> None:
    found = photo_album.read_photo(tall(**how), "a.x").astype(int)
    assert found.shape == (128, 128, 3)
    left, right = found[:, 10], found[:, -10]
    assert (left[:, 0] > left[:, 2] + 80).all() and (right[:, 2] > right[:, 0] + 80).all()


@pytest.mark.parametrize(
    "deep", [Image.fromarray(np.full((40, 40), 200 * 257, np.uint16)), Image.new("L", (40, 40), 200)]
)
def test_grey_pictures_become_grey_photos(deep: Image.Image) -> None:
    told = io.BytesIO()
    deep.save(told, "PNG")
    assert (photo_album.read_photo(told.getvalue(), "a.png") == 200).all()


def test_transparent_parts_become_white() -> None:
    told = io.BytesIO()
    Image.new("RGBA", (40, 40), (10, 20, 30, 0)).save(told, "PNG")
    assert (photo_album.read_photo(told.getvalue(), "a.png") == 255).all()


def with_place(orientation: int) -> bytes:
    """Returns a photo whose file names where, when and by what it was taken, and that it has to be turned."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0132] = orientation, "Secret Camera", "2026:01:02 03:04:05"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0), 29: "2026:01:02"})
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0a private comment"
    return tall("JPEG", exif=exif, comment=b"a private remark")


def test_place_date_and_camera_are_not_stored(home: Path) -> None:
    """The photo is turned as its file says."""
    plain, turned = (photo_album.read_photo(with_place(k), "a.jpg").astype(int) for k in (1, 6))
    assert np.abs(plain[:, 10] - turned[10]).mean() < 12  # what was left is above
    files = {f"{name}/{k}.jpg": with_place(k) for name in ("a", "b") for k in range(1, 9)}
    name = photo_album.keep(zipped(files), "trip.zip")
    photo_album.keep_collected({key: [plain.astype(np.uint8) + k for k in range(4)] for key in "ab"})
    assert len(kept(home)) == 6
    for path in kept(home):
        whole = path.read_bytes()
        if path.suffix == ".npz":
            with zipfile.ZipFile(path) as archive:
                assert set(archive.namelist()) == {"images.npy", "labels.npy", "names.npy", "doubled.npy"}
                whole = b"".join(map(archive.read, archive.namelist()))
        for secret in (b"Secret", b"private", b"2026:01", b"Exif", b"GPS", b"JFIF"):
            assert secret not in whole and secret.decode().encode("utf-32-le") not in whole
    assert b"private" not in photo_album.zipped(photo_album.load(name))


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
BAD_PHOTOS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is not a picture"),
    "text": (b"hello", "is not a picture"),
    "cut": (photo((1, 2, 3))[:60], "is not a picture"),
    "one pixel": (photo((1, 2, 3), size=(1, 1)), "too small. It needs at least 16 pixels"),
    "narrow": (photo((1, 2, 3), size=(1000, 1)), "too small"),
    "bomb": (bomb(), "more than 6 million pixels"),
    "boasting": (boasting(6_000), "more than 30 million pixels"),
    "large": (photo((1, 2, 3)) + bytes(small_pictures.EACH), "larger than 10 MB"),
    "HEIC": (HEIC, "Save it as JPEG"),
    "AVIF": (HEIC.replace(b"heic", b"avif", 1), "Save it as JPEG"),
    "TIFF": (photo((1, 2, 3), kind="TIFF"), "is not a picture"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a picture"),
}


@pytest.mark.parametrize(("data", "why"), BAD_PHOTOS.values(), ids=[*BAD_PHOTOS])
def test_bad_photo_gives_a_sentence(data: bytes, why: str) -> None:
    with pytest.raises(BadValue, match=SENTENCE) as caught:
        photo_album.read_photo(data, "[x](y).jpg")
    caught.match(why)
    assert "[x]" not in str(caught.value)


BAD_ZIPS: dict[str, tuple[bytes, str]] = {
    "no zip": (b"PK but not really", "This is not a zip file"),
    "one class": (zipped(photo_folders(classes=("cup",))), r"1 folder of pictures \(“cup”\)"),
    "30 classes": (zipped({f"{k}/{j}.png": photo((9 * j, 5, 5)) for k in range(30) for j in range(4)}), "30 folders"),
    "few": (zipped(photo_folders(3)), "has 3 different pictures, but every class needs 4"),
    "same": (zipped({f"{k % 2}/{k}.png": photo((5, 5, 5)) for k in range(12)}), "has 1 different picture"),
    "tiny": (zipped(photo_folders() | {"cup/x.png": photo((1, 2, 3), size=(1, 1))}), "too small"),
    "bomb": (zipped(photo_folders() | {"cup/x.png": bomb()}), "more than 6 million pixels"),
    "no pictures": (zipped({"cup/a.heic": HEIC}), "no pictures in folders"),
    "outside": (zipped(photo_folders() | {"../cup/x.png": photo((1, 2, 3))}), "points outside the zip file"),
}


@pytest.mark.parametrize(("data", "why"), BAD_ZIPS.values(), ids=[*BAD_ZIPS])
def test_bad_zip_of_photos_stores_nothing(data: bytes, why: str, home: Path) -> None:
    with pytest.raises(BadValue, match=SENTENCE) as caught:
        photo_album.keep(data, "a.zip")
    caught.match(why)
    assert not kept(home)


BAD_COLLECTIONS: dict[str, tuple[dict[str, list[np.ndarray]], str]] = {
    "nothing": ({}, "You have pictures of 0 classes"),
    "one class": ({"cup": collected()["cup"]}, r"1 class \(“cup”\)\. The nets need 2 to 20 classes"),
    "30 classes": ({str(k): collected(4)["cup"] for k in range(30)}, "of 30 classes"),
    "few": (collected(3), "Class 'cup' has 3 different pictures, but every class needs 4"),
    "same": ({name: 5 * images[:1] for name, images in collected().items()}, "1 different picture"),
    "many": ({name: 1001 * images[:1] for name, images in collected(1).items()}, "You have 2,002 photos"),
    "parts": (dict(zip(("train", "test"), collected().values())), "Name what the photos show"),
}


@pytest.mark.parametrize(("photos", "why"), BAD_COLLECTIONS.values(), ids=[*BAD_COLLECTIONS])
def test_bad_collection_stores_nothing(photos: dict[str, list[np.ndarray]], why: str, home: Path) -> None:
    with pytest.raises(BadValue, match=SENTENCE) as caught:
        photo_album.keep_collected(photos)
    caught.match(why)
    assert not kept(home)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" my  cup ", "my cup"), ("../up", "up"), ("a/b\\c", "a b c"), ("C:", "C"), ("._x", "x"), ("...", ""),
        ("__MACOSX", "MACOSX"), ("x" * 99, "x" * 40), ("Käse", "Käse"), ("चम्मच", "चम्मच"), ("\0\u202e", ""),
    ],
)  # fmt: skip
def test_class_names_can_be_folders(typed: str, name: str) -> None:
    assert photo_album.clean_name(typed) == name
    if name:
        photos = collected()
        found = photo_album.build([*photos["cup"], *photos["spoon"]], [name] * 8 + ["!"] * 8)
        assert photo_album.read(photo_album.zipped(found)).names == found.names == ("!", name)


def test_same_photos_are_the_same_album() -> None:
    """Photos come back unchanged from their own file, and duplicates are left out."""
    one = photo_album.keep(zipped(photo_folders() | {"cup/again.png": photo(COLOURS["cup"])}), "Table ware.zip")
    two = photo_album.keep_collected(collected())
    first, second = photo_album.load(one), photo_album.load(two)
    assert first.doubled == 1 and "1 duplicate photo left out" in photo_album.describe(one)
    assert np.array_equal(first.images, second.images) and one[-8:] == two[-8:]
    assert photo_album.display_name(one) == "Table ware.zip" and photo_album.display_name(two) == "my photos"
    assert photo_album.keep(photo_album.zipped(first), "Table ware.zip") == one
    assert [*second.by_class] == ["cup", "spoon"] and len(second.by_class["cup"]) == 8


def test_missing_or_damaged_photos_give_a_sentence() -> None:
    name = photo_album.keep_collected(collected())
    photo_album.path(name).write_bytes(photo_album.path(name).read_bytes()[:50])
    assert not photo_album.exists(name) and not photo_album.exists("../x")
    with pytest.raises(BadValue, match=r"is damaged\. Bring the photos again\."):
        photo_album.load(name)
    storage.remove(photo_album.path(name))
    with pytest.raises(BadValue, match="is not on this machine"):
        worlds.load(Pictures(source=name)).classes(Pictures(source=name))


# --- Worlds -----------------------------------------------------------------------------------------------------------


def test_quarter_of_the_photos_is_held_out() -> None:
    photos = collected(12)
    name = photo_album.keep_collected(photos | {"cup": photos["cup"][:6]})
    task = Pictures(source=name, labels=3)
    world = worlds.load(task)
    assert world.names(task) == ("cup", "spoon") and world.classes(task) == 2
    x, y = world.test(task)
    assert y.tolist() == [0, 1, 1, 1] and x.shape == (4, 3, 128, 128) and -1 <= x.min() < x.max() <= 1
    drawn, labels = world.train(task, range(3)).all_examples()
    assert drawn.shape == (3, 6, 3, 128, 128) and all(torch.bincount(row).tolist() == [3, 3] for row in labels)
    assert torch.equal(drawn[1], world.train(task, range(1, 2)).all_examples()[0][0])
    everything, truth = world.train(replace(task, labels=400), range(1)).all_examples()
    assert torch.bincount(truth[0]).tolist() == [5, 9]
    rows = [{row.numpy().tobytes() for row in part} for part in (everything[0], x)]
    assert not rows[0] & rows[1] and len(rows[0]) == 14
    shown = world.exhibit(task, 9)
    assert [one["truth"] for one in shown] == y.tolist() and shown[0]["image"].startswith("data:image/webp")
    assert task_files(task) == [photo_album.path(name)] and task.question != Pictures().question


def small_net(name: str) -> Run:
    stages = (Stage(steps=20, batch=8, rate=3e-3),)
    return Run(task=Pictures(source=name, labels=4), net="colour_conv", stages=stages, seeds=2, exhibit=9)


def test_small_net_learns_the_photos() -> None:
    run = small_net(photo_album.keep_collected(collected()))
    assert compute_values.perform(run) == "done"
    (*_, point, _) = store.events(run)
    assert min(point["accuracy"]["0"]) > 0.7 and len(point["exhibit"]["0"]["answers"]) == 4
    shown = Measure(kind="tracked_examples", runs=(), tasks=(run.task,), count=9)
    assert compute_values.perform(shown) == "done"


def test_photos_travel_with_the_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = photo_album.keep_collected(collected())
    run = small_net(name)
    assert [*user_data_of(run)] == [f"{name}.zip"]
    assert compute_values.perform(run) == "done"
    data = bundle.pack(run)
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path / "elsewhere"))
    assert not photo_album.exists(name)
    found = bundle.load(bundle.unpack(data))
    assert found and found.run == run and photo_album.exists(name) and bundle.pack(run, found) == data


def test_removing_photos_removes_what_they_taught() -> None:
    name = photo_album.keep_collected(collected(4))
    ownership.claim(name, "me")
    run = small_net(name)
    assert compute_values.perform(run) == "done" and ownership.owns(name, "me")
    assert name in dict(ownership.all_user_data())
    ownership.give_up(name, "me")
    assert not photo_album.exists(name) and not (store.home() / "runs" / digest(run)).exists()
    with pytest.raises(ownership.Gone):
        ownership.check_run(run)
