"""Tables and albums of a learner's own: what is read, what is refused and why, and that nets learn from them."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from core import album, own, table, worlds, zipped
from core.check import BadValue
from core.exhibit import examples
from core.serve import room, store, work
from core.spec import Measure, Run, Stage, digest
from core.tasks import ALBUMS, OWN, TABLES, Album, Table
from core.worlds.plane import REACH
from lessons.kit.evidence import final, points

ROWS = [(f"{k}.5", f"{k * k % 17}", "cat" if k % 3 else "dog") for k in range(40)]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    return tmp_path


def csv(*more: tuple[str, ...], head: str = "x,y,kind\n", by: str = ",") -> bytes:
    return (head + "".join(by.join(row) + "\n" for row in (*ROWS, *more))).encode()


def with_commas(row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(cell.replace(".", ",") for cell in row)


# --- Tables ---------------------------------------------------------------------------------------------------------


GOOD = {
    "commas": csv(),
    "no header": csv(head=""),
    "semicolons": csv(by=";", head="x;y;kind\n"),
    "decimal commas": "".join(";".join(with_commas(row)) + "\r\n" for row in [("x", "y", "kind"), *ROWS]).encode(),
    "decimal commas, no header": "".join(";".join(with_commas(row)) + "\n" for row in ROWS).encode(),
    "tabs": csv(by="\t", head="x\ty\tkind\n"),
    "a byte order mark": b"\xef\xbb\xbf" + csv(),
    "quotes, spaces, empty lines": b"\n\n" + csv(head='"x", "y", "kind"\n').replace(b",cat", b', "cat"') + b"\n\n,,\n",
    "labels first": ("kind,x,y\n" + "".join(f"{kind},{x},{y}\n" for x, y, kind in ROWS)).encode(),
    "rows counted": (",x,y,kind\n" + "".join(f"{k},{','.join(row)}\n" for k, row in enumerate(ROWS))).encode(),
}


@pytest.mark.parametrize("how", GOOD)
def test_a_table_is_found_by_what_is_in_it(how: str) -> None:
    found, plain = table.read(GOOD[how], "Mine.csv"), table.read(csv(), "Mine.csv")
    assert (found.points, found.labels, found.classes) == (plain.points, plain.labels, ("cat", "dog"))
    assert found.points[2] == (2.5, 4.0) and found.counts == (26, 14) and found.name == "Mine.csv"
    named = ("column 1", "column 2", "column 3") if "no header" in how else ("x", "y", "kind")
    assert found.columns == named


def test_labels_may_be_numbers_and_letters_of_latin_1() -> None:
    rows = "".join(f"{k},{k % 7},{k % 11}\n" for k in range(60))
    assert table.read(rows.encode(), "n.csv").classes == tuple(map(str, range(11)))
    rows = "class,a,b\n" + "".join(f"{k % 2},{k},{k % 7}\n" for k in range(60))
    assert table.read(rows.encode(), "n.csv").columns == ("a", "b", "class")
    latin = csv().replace(b"cat", "k\u00e4tzchen".encode("latin-1"))
    assert table.read(latin, "l.csv").classes == ("dog", "k\u00e4tzchen")


def test_of_more_numbers_the_first_two_columns_are_taken() -> None:
    rows = "a,b,c,species\n" + "".join(f"{k},{k % 7},{k % 5},{'pq'[k % 2]}\n" for k in range(60))
    assert table.read(rows.encode(), "n.csv").columns == ("a", "b", "species")


ENDLESS = b"1,2,a\n" * 5002
BAD_TABLES: list[tuple[bytes, str]] = [
    (b"", "no table: its rows"),
    (b"\n\n ,, \n", "no table: its rows"),
    (b"just words\nand more of them\n", "no table: its rows"),
    (b"1,2\n" * 30, "no table: its rows"),
    (b"%PDF\x00\x01", "not plain text"),
    (csv().decode().encode("utf-16"), "not plain text"),
    (csv(("nan", "1", "cat")), "Line 42, column “x”: a number must stand here, and it is “nan”."),
    (csv(("1", "-inf", "cat")), "Line 42, column “y”: a number must stand here, and it is “-inf”."),
    (csv(("1", "", "cat")), "Line 42, column “y”: a number must stand here, and it is empty."),
    (csv(("1", "many", "cat")), "Line 42, column “y”: a number must stand here, and it is “many”."),
    (csv(("1e999", "1", "cat")), "Line 42, column “x”: a number must stand here"),
    (csv(("9" * 99, "1", "cat")), "Line 42, column “x”: a number must stand here"),
    (csv(("1", "2", " ")), "Line 42, column “kind”: a label must stand here, and it is empty."),
    (csv(("1", "2")), "Line 42 does not fit: cells in it 2, in the first line 3."),
    (csv(("1", "2", "c" * 300)), "Line 42 has a cell of more than 200"),
    (csv() + b'"1,2,cat\n' * 9, "Line"),
    (csv(head="x,y,kind" + ",z" * 60 + "\n"), "63 columns"),
    (csv(("1", "2", "emu")), "“emu” has 1"),
    (csv().replace(b"dog", b"cat"), "2 to 20 different labels; column “kind” has 1."),
    (b"".join(b"%d,%d,k%d\n" % (k, k % 7, k % 21) for k in range(210)), "has 21."),
    (b"\n".join(csv().splitlines()[:15]), "20 to 5,000 rows"),
    (ENDLESS, "it may have 5,000"),
    (b"".join(b"1,%d,%s\n" % (k, b"ab"[k % 2 :][:1]) for k in range(40)), "the same number in every row"),
    (b"".join(b"p,%d,%s\n" % (k, b"ab"[k % 2 :][:1]) for k in range(40)), "not two such columns"),
    (b" " * 2_000_001, "at most 2 MB"),
    (b'"' * 200_000, "."),
]


@pytest.mark.parametrize("data, why", BAD_TABLES, ids=range(len(BAD_TABLES)))
def test_a_file_that_is_no_table_is_a_sentence_and_leaves_nothing(data: bytes, why: str, home: Path) -> None:
    with pytest.raises(BadValue, match=r"^[A-Z].*\.$") as refused:
        table.keep(table.read(data, "x.csv"))
    assert why in str(refused.value) and len(str(refused.value)) < 200
    assert list(home.iterdir()) == []


# --- Albums -----------------------------------------------------------------------------------------------------------


def picture(kind: int, mode: str = "L", form: str = "PNG", size: tuple[int, int] = (40, 60), **how: Any) -> bytes:
    """A dark bar on white, upright or lying."""
    seen = np.full(size[::-1], 255, np.uint8)
    seen[5:-5, 15:22] = seen[25:32, 5:-5] = 255
    seen[slice(8, -8) if kind else slice(26, 32), slice(16, 22) if kind else slice(6, -6)] = 20
    made, file = Image.fromarray(seen), io.BytesIO()
    if mode == "RGBA":
        made = Image.merge("RGBA", [*[Image.new("L", size, 0)] * 3, Image.fromarray(255 - seen)])
    elif mode == "I;16":
        made = Image.fromarray(seen.astype(np.uint16) * 257)
    else:
        made = made.convert(mode)
    made.save(file, form, **how)
    return file.getvalue()


def zip_of(files: dict[str, bytes], **how: Any) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **how) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return file.getvalue()


def bars(under: str = "", ending: str = "png", each: int = 4, **how: Any) -> dict[str, bytes]:
    names = ("lying", "upright")
    return {f"{under}{names[k]}/{n}.{ending}": picture(k, **how) for k in range(2) for n in range(each)}


KINDS: dict[str, dict[str, Any]] = {
    "grey": {}, "colour": {"mode": "RGB"}, "palette": {"mode": "P"}, "one bit": {"mode": "1"},
    "transparent": {"mode": "RGBA"}, "16 bit": {"mode": "I;16"}, "JPEG": {"form": "JPEG"}, "GIF": {"form": "GIF"},
    "CMYK JPEG": {"mode": "CMYK", "form": "JPEG"}, "BMP": {"form": "BMP"}, "WebP": {"form": "WEBP"},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_every_kind_become_bright_ink_on_black(kind: str) -> None:
    found = album.read(zip_of(bars(**KINDS[kind])), "Bars.zip")
    assert found.classes == ("lying", "upright") and found.counts == (4, 4) and found.images.shape == (8, 28, 28)
    upright, lying = found.images[-1], found.images[0]
    assert upright[5:-5, 12:15].mean() > 150 and lying[12:15, 8:-8].mean() > 150
    assert np.median(upright) < 30 and np.median(lying) < 30
    assert upright[:, :4].max() < 30  # as wide as it was: the rest is ground


def test_bright_ink_on_black_stays_as_it_is_and_a_thin_strip_is_a_picture() -> None:
    dark = album.ready("signs")
    again = album.read(album.as_zip(dark), "signs.zip")
    assert np.array_equal(again.images, dark.images) and again.classes == dark.classes
    strips = bars(size=(40, 60)) | {"lying/strip.png": picture(0, size=(2000, 40))}
    assert album.read(zip_of(strips), "s.zip").counts == (5, 4)


@pytest.mark.parametrize("under", ["My pictures/", "a/b/c/"])
def test_class_folders_may_lie_deeper_and_what_systems_add_is_nothing(under: str) -> None:
    more = {"__MACOSX/lying/._0.png": b"junk", f"{under}lying/.DS_Store": b"junk", f"{under}Thumbs.db": b"junk"}
    with_folders = {under: b"", f"{under}lying/": b""}
    assert album.read(zip_of(with_folders | bars(under) | more), "d.zip").counts == (4, 4)


def link() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, data in bars().items():
            made.writestr(name, data)
        entry = zipfile.ZipInfo("lying/link.png")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(entry, "/etc/passwd")
    return file.getvalue()


def locked() -> bytes:
    data = bytearray(zip_of(bars()))
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def bomb() -> bytes:
    return zip_of(bars() | {f"lying/{n}.bmp": bytes(30_000_000) for n in range(4)}, compression=zipfile.ZIP_DEFLATED)


def vast(side: int) -> bytes:
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    return file.getvalue()


def noise() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((128, 128), 90).save(file, "PNG")
    return file.getvalue()


GOOD_PNG = picture(0)
BAD_ALBUMS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "no zip"),
    "no zip": (lambda: b"PK\x03\x04 and so on" * 40, "no zip"),
    "cut off": (lambda: zip_of(bars())[:-40], "no zip"),
    "damaged": (lambda: zip_of(bars()).replace(b"IDAT", b"IDAX"), "damaged"),
    "empty": (lambda: zip_of({}), "is empty"),
    "only folders": (lambda: zip_of({"a/": b"", "b/": b""}), "is empty"),
    "one class": (lambda: zip_of({f"a/{n}.png": GOOD_PNG for n in range(9)}), "2 to 20 class folders, not 1"),
    "21 classes": (lambda: zip_of({f"k{k}/{n}.png": GOOD_PNG for k in range(21) for n in range(4)}), "not 21"),
    "a small class": (lambda: zip_of(bars(each=3)), "needs 4 pictures, of which one tests; “lying” has 3"),
    "no folders": (lambda: zip_of({"a.png": GOOD_PNG}), "“a.png” is in no folder"),
    "folders in a class": (lambda: zip_of(bars() | {"lying/more/a.png": GOOD_PNG}), "have folders in them"),
    "no picture": (lambda: zip_of(bars() | {"lying/a.png": b"hello"}), "“lying/a.png” is no picture"),
    "half a picture": (lambda: zip_of(bars() | {"lying/a.png": noise()[:9000]}), "is no picture"),
    "a text": (lambda: zip_of(bars() | {"lying/readme.txt": b"hello"}), "is no picture"),
    "SVG": (lambda: zip_of(bars() | {"lying/a.svg": b"<svg onload='x()'/>"}), "is no picture"),
    "out of it": (lambda: zip_of(bars() | {"../../lying/a.png": GOOD_PNG}), "leads out of it"),
    "absolute": (lambda: zip_of(bars() | {"/etc/lying/a.png": GOOD_PNG}), "leads out of it"),
    "a drive": (lambda: zip_of(bars() | {"C:/lying/a.png": GOOD_PNG}), "leads out of it"),
    "a link": (link, "has a link in it"),
    "locked": (locked, "locked with a password"),
    "nested": (lambda: zip_of(bars() | {"lying/a.zip": zip_of(bars())}), "another archive"),
    "a bomb": (bomb, "more than 100 MB once they are unpacked"),
    "a vast picture": (lambda: zip_of(bars() | {"lying/vast.png": vast(6000)}), "larger than 25 million pixels"),
    "a vaster one": (lambda: zip_of(bars() | {"lying/vast.png": vast(14_000)}), "larger than 25 million pixels"),
    "too many": (lambda: zip_of({f"a/{n}.png": b"" for n in range(2001)}), "2,001 files; it may have 2,000"),
    "far too many": (lambda: zip_of({f"a/.{n}": b"" for n in range(6001)}), "more than 6,000 files"),
    "too large": (lambda: bytes(50_000_001), "at most 50 MB"),
}


@pytest.mark.parametrize("how", BAD_ALBUMS)
def test_a_zip_that_is_no_album_is_a_sentence_and_leaves_nothing(how: str, home: Path) -> None:
    make, why = BAD_ALBUMS[how]
    data = make()
    with pytest.raises(BadValue, match=r"^[A-Z].*\.$") as refused:
        album.keep(album.read(data, "x.zip"))
    assert why in str(refused.value) and len(str(refused.value)) < 220
    assert list(home.iterdir()) == []


def test_pictures_are_not_read_beyond_what_all_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "ALL_PIXELS", 7 * 40 * 60)
    with pytest.raises(BadValue, match=r"million pixels\. Make them smaller"):
        album.read(zip_of(bars()), "x.zip")


# --- Kept -----------------------------------------------------------------------------------------------------------


def mine(which: ModuleType, name: str) -> Any:
    return table.read(csv(), name) if which is table else album.read(zip_of(bars()), name)


def task(name: str) -> Table | Album:
    return Table(table=name) if table.known(name) else Album(album=name)


@pytest.mark.parametrize("which", [table, album], ids=["table", "album"])
def test_what_is_kept_has_the_digest_of_what_is_in_it_and_its_owner_s_name(which: Any, home: Path) -> None:
    one, other = (which.keep(mine(which, name)) for name in ("Käse & <b>.csv", "other.csv"))
    assert OWN.fullmatch(one) and one.rsplit("-")[-1] == other.rsplit("-")[-1] and one.startswith("own-kseb-")
    assert which.called(one) == "Käse & <b>.csv" and which.keep(mine(which, "Käse & <b>.csv")) == one
    assert digest(Run(task=task(one), net="mlp" if which is table else "conv")) != digest(Run(task=task(other)))
    file, whole = which.path(one), which.path(one).read_bytes()
    assert [thing.path for thing in room.things()] == [file, which.path(other)] or len([*room.things()]) == 2
    for damaged in (b"", whole[: len(whole) // 2], b"{}", b"\x80\x04K\x01.", whole[::-1]):
        which.stored.cache_clear()
        file.write_bytes(damaged)
        assert not which.known(one)
        with pytest.raises(BadValue, match=r"is damaged\. Choose its"):
            which.load(one)
    file.unlink()
    with pytest.raises(BadValue, match=r"not on this machine\. Choose its"):
        which.load(one)
    for name in ("own-x-00000000", "../albums/x", "", "own-x-0000000g"):
        assert not which.known(name)


def test_the_digests_of_what_is_in_a_file_stay_as_they_are() -> None:
    """A change here makes other examples of the same file."""
    assert table.keep(table.ready()) == "own-crescents-d2f1bdcd"
    assert table.keep(table.read(csv(), "a.csv")) == table.keep(table.read(GOOD["decimal commas"], "a.csv"))


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "write_whole", full)
    for which in (table, album):
        with pytest.raises(BadValue, match="disk is full"):
            which.keep(mine(which, "f.csv"))  # type: ignore[attr-defined]


# --- Learned --------------------------------------------------------------------------------------------------------


EVERY = [*(Table(table=name) for name in TABLES), *(Album(album=name) for name in ALBUMS)]


@pytest.mark.parametrize("task", EVERY, ids=lambda task: task.question)
def test_a_quarter_only_tests_and_a_class_with_fewer_gives_what_it_has(task: Table | Album) -> None:
    world = worlds.load(task)
    x, y = world.test(task)
    classes = world.classes(task)
    assert len(world.names(task)) == classes and y.bincount().tolist() == [len(y) // classes] * classes
    pool = world.train(replace(task, labels=400), range(2))
    assert pool.size == 3 * len(y)
    seen = {tuple(one.flatten().tolist()) for one in pool.every()[0].flatten(0, 1)}
    assert not seen & {tuple(one.flatten().tolist()) for one in x}
    few = world.train(replace(task, labels=2), range(3)).every()
    assert few[1].shape == (3, 2 * classes) and not torch.equal(few[0][0], few[0][1])
    noisy = world.train(replace(task, labels=400, noise=1.0), range(1)).every()[1]
    assert (noisy != pool.every()[1][:1]).float().mean() > 0.5
    assert {one["name"] for one in examples(task, 40)} == set(world.names(task))


def test_a_table_fills_the_plane_and_can_be_turned() -> None:
    x, _ = worlds.load(Table()).rows(Table())
    assert x.abs().amax(0).tolist() == pytest.approx([2, 2]) and x.abs().max() < REACH
    turned, _ = worlds.load(Table()).rows(Table(turn=90))
    assert torch.allclose(turned, torch.stack([-x[:, 1], x[:, 0]], 1), atol=1e-5)


def test_an_own_table_is_learned_and_its_map_is_seen() -> None:
    name = table.keep(table.read(table.as_csv(table.ready()).encode(), "trees.csv"))
    stage = Stage(steps=150, rate=3e-3, batch=32)
    run = Run(task=Table(table=name, labels=30), net="mlp", stages=(stage,), seeds=2, exhibit=30)
    asked = Measure(kind="boundary", runs=(run,), tasks=(run.task,), count=9)
    assert [work.perform(value) for value in (run, asked)] == ["done", "done"]
    assert final(points(run)).min() > 0.9
    assert any("map" in event["exhibit"]["0"] for event in store.events(run) if event.get("exhibit"))
    assert len((store.answer(asked) or {})["points"][0]) == 9


def test_an_own_album_is_learned_and_can_be_gone_on_from() -> None:
    name = album.keep(album.read(album.as_zip(album.ready("wardrobe")), "clothes.zip"))
    run = Run(task=Album(album=name, labels=20), stages=(Stage(steps=60, rate=2e-3, batch=32),), seeds=1)
    then = Run(task=Album(album="signs", labels=20), start=run, stages=(Stage(steps=60, rate=2e-3),), seeds=1)
    assert [work.perform(value) for value in (run, then)] == ["done", "done"]
    assert final(points(run)).min() > 0.75 and final(points(then)).min() > 0.5


def test_what_is_not_here_fails_a_run_with_a_sentence() -> None:
    run = Run(task=Table(table="own-gone-12345678"), net="mlp", stages=(Stage(steps=1),), seeds=1)
    with pytest.raises(BadValue, match="not on this machine"):
        work.perform(run)


def test_names_can_be_shown() -> None:
    assert own.called("a\x00b\n" + "x" * 100, "y") == "ab" + "x" * 38
    assert own.called("\u202e\x07", "folder") == "folder" == own.called(None, "folder")
