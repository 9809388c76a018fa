"""The learner's own data: which tables and zips of pictures are accepted or refused, and how nets learn them."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PIL import Image

from core import worlds
from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, digest
from core.experiment.tasks import Album, Table
from core.serve import compute_values, eviction
from core.user_data import album, corpus, picture_zip, small_pictures, storage, table
from lessons.kit.model.values import LabelledRun
from lessons.kit.results.evidence import final, load_results
from lessons.kit.runs.recipes import arms, backbone, fine_tuning

pytestmark = pytest.mark.usefixtures("home")

SENTENCE = r"^[A-Z].*\.$"
POINTS = [(k % 7 + k / 100, 10.0 - k / 3, "red" if k % 3 else "blue") for k in range(30)]


def csv(
    rows: list[tuple[float, float, str]] = POINTS, sign: str = ",", header: str = "a,b,kind", comma: bool = False
) -> str:
    lines = [header.replace(",", sign)] if header else []
    for x, y, word in rows:
        x_y = (str(one).replace(".", ",") if comma else str(one) for one in (x, y))
        lines.append(sign.join([*x_y, word]))
    return "\n".join(lines) + "\n"


def numbered(header: str, index: Iterable[object]) -> str:
    """Returns the same points with a column of row names."""
    return header + "\n" + "".join(f"{k},{x},{y},{word}\n" for k, (x, y, word) in zip(index, POINTS))


def kept(home: Path) -> list[Path]:
    """Returns all own data in the store, complete or not."""
    return [path for path in home.rglob("*") if path.is_file()]


# --- Tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        csv().encode(),
        csv().encode("utf-8-sig"),
        csv().replace("\n", "\r\n").encode(),
        csv(sign=";").encode(),
        csv(sign=";", comma=True).encode(),
        csv(sign="\t", comma=True).encode(),
        ("\n\n" + csv().replace("\n", "\n\n")).encode(),
        ("n,a,b,kind\n" + "".join(f"{k},{x},{y},{w}\n" for k, (x, y, w) in enumerate(POINTS))).encode(),
        ("kind,a,b\n" + "".join(f'"{w}", {x} ,{y}\n' for x, y, w in POINTS)).encode(),
        csv().encode("utf-16"),
        numbered(",a,b,kind", range(30)).encode(),
        numbered("Unnamed: 0,a,b,kind", range(30)).encode(),
        numbered(",a,b,kind", [(7 * k) % 31 for k in range(30)]).encode(),
        "".join(f"| {x} | {y} | {w} |\n" for x, y, w in [("a", "b", "kind"), ("---", ":--", "---"), *POINTS]).encode(),
        numbered('"a","b","kind"', [f'"{k + 1}"' for k in range(30)]).encode(),
        numbered("a b kind", [f'"{k + 1}"' for k in range(30)]).replace(",", "   ").encode(),
        numbered("id,a,b,kind", range(2, 92, 3)).encode(),
        (csv(sign=";", comma=True).replace("\n", ";\n")).encode(),
        (csv(sign=";", comma=True, header="") + "").replace("\n", ";\n").join(["a;b;kind\n", ""]).encode(),
        f"sep=;\n{csv(sign=';', comma=True)}".encode(),
        f'"sep=\t"\r\n{csv(sign=chr(9))}'.encode(),
        f"# of the summer\n#\n{csv()}# the end\n".encode(),
        f"# a,b,kind\n{csv(header='')}".encode(),
        f"My points\n\n{csv()}\nSource: my garden\n".encode(),
        csv().replace("\n", "\nmm,mm,\n", 1).encode(),
        csv(sign="|").encode(),
        csv().replace(",", " , ").encode(),
        csv([*POINTS[:9], ("", 1.0, "red"), (1.0, "NA", "blue"), (1.0, 2.0, ""), *POINTS[9:]]).encode(),  # type: ignore[list-item]
    ],
    ids=[
        "plain",
        "BOM",
        "CRLF",
        "semicolons",
        "decimal commas",
        "tabs",
        "empty lines",
        "numbered",
        "label first",
        "UTF-16",
        "index without a name",
        "pandas index",
        "shuffled index",
        "Markdown",
        "row names of R",
        "write.table of R",
        "filtered index",
        "empty last column",
        "empty last cells",
        "sep=;",
        "quoted sep",
        "comments",
        "header in a comment",
        "title and source",
        "units",
        "bars",
        "spaces",
        "gaps",
    ],
)
def test_columns_are_recognised_by_their_cells(data: bytes) -> None:
    found = table.read(data)
    assert found == table.read(csv().encode()) and found.notes[0].startswith("Read as UTF-")
    assert found.columns == ("a", "b", "kind") and found.names == ("blue", "red")
    assert list(zip(found.x, found.y)) == [(x, y) for x, y, _ in POINTS]
    assert np.ptp(found.points, 0).tolist() == [4, 4] and np.abs(found.points).max() == 2


def test_table_without_header_has_numeric_labels() -> None:
    rows = [(x, y, str(1 + (word == "red"))) for x, y, word in POINTS]
    found = table.read(csv(rows, header="").encode())
    assert found.columns == ("column 1", "column 2", "column 3") and found.names == ("1", "2")
    assert (
        table.read(csv([(x, y, "Käse" if w == "red" else w) for x, y, w in POINTS]).encode("cp1252")).names[0] == "Käse"
    )


def test_same_table_is_the_same_world() -> None:
    """The file that it came from does not matter."""
    one, two = (
        table.keep(csv().encode(), "My points!.csv"),
        table.keep(csv(sign=";", comma=True).encode(), "mypoints.txt"),
    )
    assert one == two == "own-mypoints-" + one[-8:] and table.exists(one)
    assert table.read(table.write(table.load(one)).encode()) == table.load(one)
    other = table.keep(csv([*POINTS, (1.5, 1.5, "red")]).encode(), "My points!.csv")
    assert digest(Run(task=Table(table=one), net="mlp")) != digest(Run(task=Table(table=other), net="mlp"))
    assert table.display_name(other) == "My points!.csv" and table.display_name("rings") == "rings"


def test_rows_that_repeat_stay_and_are_counted() -> None:
    name = table.keep(csv([*POINTS, *POINTS[:5]]).encode(), "t.csv")
    found = table.load(name)
    assert found.doubled == 5 and len(found.x) == 35 and "5 duplicate rows kept." in table.describe(name)
    assert table.keep(table.write(found).encode(), "t.csv") == name


BIG = [(1000.0 + 12 * k if k % 3 else 400.0 + k, k + 0.5, "red" if k % 3 else "blue") for k in range(30)]


@pytest.mark.parametrize(
    ("sign", "write", "y"),
    [
        ("\t", "{:,.0f}", "{:.1f}"),
        (",", '"{:,.0f}"', "{:.1f}"),
        (";", "{:,.1f}", "{:.1f}"),
        ("\t", "{:,.0f}", "{:.0f}.50"),
        (";", "german", "german"),
        ("\t", "german whole", "german"),
        (";", "spaces", "german"),
        (";", "Swiss", "{:.1f}"),
        (";", "german whole", "{:.0f}"),
        (";", "{:,.0f}", "{:.0f}"),
        (";", "{:.3f}", "{:.1f}"),
        (";", "german plain", "german"),
    ],
)
def test_thousands_are_read_as_their_writer_meant(sign: str, write: str, y: str) -> None:
    german = str.maketrans(",.", ".,")
    ways = {
        "german": lambda n: f"{n:,.1f}".translate(german),
        "german whole": lambda n: f"{n:,.0f}".translate(german),
        "german plain": lambda n: f"{n:.3f}".replace(".", ","),
        "spaces": lambda n: f"{n:,.1f}".translate(german).replace(".", "\u202f"),
        "Swiss": lambda n: f"{n:,.1f}".replace(",", "\u2019"),
    }
    told = (ways.get(how, how.format) for how in (write, y))
    a, b = told
    lines = [sign.join((a(x), b(int(up) if y == "{:.0f}.50" else up), word)) for x, up, word in BIG]
    found = table.read("\n".join([sign.join(("steps", "minutes", "kind")), *lines]).encode())
    assert list(found.x) == [x for x, _, _ in BIG]
    assert list(found.y) == [round(up) if y == "{:.0f}" else up for _, up, _ in BIG]


def test_doubtful_number_is_explained_after_reload() -> None:
    lines = "".join(f"{x:,.0f}\t{y}\t{word}\n" for x, y, word in BIG)
    name = table.keep(f"steps\tminutes\tkind\n{lines}".encode(), "t.txt")
    table.load_file.cache_clear()
    assert "“1,012” in steps was read as 1012." in table.describe(name)
    assert "Read as UTF-8: “steps minutes kind”." in table.describe(name)


def test_labels_and_columns_in_cyrillic_are_right() -> None:
    words = {"red": "долгий", "blue": "короткий"}
    rows = csv([(x, y, words[word]) for x, y, word in POINTS], sign=";", header="длина,время,вид", comma=True)
    name = table.keep(rows.encode("cp1251"), "t.csv")
    found = table.load(name)
    assert found.names == ("долгий", "короткий") and found.columns == ("длина", "время", "вид")
    assert "Read as Windows-1251 (Cyrillic): “длина;время;вид”." in table.describe(name)
    assert table.keep(rows.encode("koi8_r"), "t.csv", "koi8_r") == name  # what the file says, not how


def test_rows_with_gaps_are_left_out() -> None:
    """Only gaps in the chosen columns count."""
    rows = "".join(
        f"{'NA' if k in (3, 7) else x},{y},{'' if k > 5 else 1},{word}\n" for k, (x, y, word) in enumerate(POINTS)
    )
    name = table.keep(f"a,b,c,kind\n{rows}".encode(), "t.csv")
    assert len(table.load(name).x) == 28 and table.load(name).columns == ("a", "b", "kind")
    assert "2 rows left out, because a chosen column has a gap there." in table.describe(name)


def test_of_penguins_the_learner_chooses_columns() -> None:
    data = files("palmerpenguins").joinpath("data/penguins.csv").read_bytes()
    first = table.keep(data, "penguins.csv")
    found, left = table.load(first), table.column_choices(first)
    assert left and left.default == found.columns == ("bill_length_mm", "bill_depth_mm", "species")
    assert (len(found.x), found.names) == (342, ("Adelie", "Chinstrap", "Gentoo"))
    assert left.numbers == ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year")
    assert left.labels == ("species", "island", "sex", "year")
    other = table.with_columns(first, ("flipper_length_mm", "body_mass_g", "sex"))
    found = table.load(other)
    assert other != first and found.names == ("female", "male") and len(found.x) == 333
    assert "11 rows left out" in table.describe(other) and table.display_name(other) == "penguins.csv"
    assert table.with_columns(other, left.default) == first  # and back
    with pytest.raises(BadValue, match="'island' contains no numbers"):
        table.with_columns(first, ("island", "body_mass_g", "sex"))
    with pytest.raises(BadValue, match="no longer has a column of that name"):
        table.with_columns(first, ("mass", "body_mass_g", "sex"))


def test_codes_and_row_numbers_are_no_default_axes() -> None:
    rows = "".join(f"{900 + k},{k % 2},{k % 3},{'mf'[k % 2]},{20 + k / 7:.1f},{k * 1.7:.2f}\n" for k in range(40))
    found = table.columns(f"PassengerId,Survived,Pclass,Sex,Age,Fare\n{rows}".encode())
    assert found.default == ("Age", "Fare", "Sex")
    assert found.numbers == ("PassengerId", "Survived", "Pclass", "Age", "Fare")
    assert found.labels == ("Survived", "Pclass", "Sex")


def test_the_raw_penguins_are_read_too() -> None:
    found = table.read(files("palmerpenguins").joinpath("data/penguins-raw.csv").read_bytes())
    assert found.columns == ("Culmen Length (mm)", "Culmen Depth (mm)", "Species") and len(found.x) == 342


def test_iris_is_read_in_each_of_its_forms() -> None:
    data = files("sklearn").joinpath("datasets/data/iris.csv").read_bytes()
    found = table.read(data)
    assert (len(found.x), found.names) == (150, ("setosa", "versicolor", "virginica"))
    assert found.columns == ("column 1", "column 2", "class") and found.x[:2] == (5.1, 4.9)
    _, *rows = data.decode().split()
    names = ("Iris-setosa", "Iris-versicolor", "Iris-virginica")
    words = [f"{row[:-1]}{names[int(row[-1])]}" for row in rows]
    for header, lines in (
        ("sepal_length,sepal_width,petal_length,petal_width,species", words),
        ('"Sepal.Length","Sepal.Width","Petal.Length","Petal.Width","Species"', words),
        ("", words),
        (
            "Id,SepalLengthCm,SepalWidthCm,PetalLengthCm,PetalWidthCm,Species",
            [f"{k + 1},{w}" for k, w in enumerate(words)],
        ),
        (
            ",sepal length (cm),sepal width (cm),petal length (cm),petal width (cm),target",
            [f"{k},{r}" for k, r in enumerate(rows)],
        ),
    ):
        other = table.read("\n".join([header, *lines] if header else lines).encode())
        assert (other.x, other.y, other.labels) == (found.x, found.y, found.labels), header
    assert other.columns == ("sepal length (cm)", "sepal width (cm)", "target") and other.names == ("0", "1", "2")


def test_names_are_said_as_they_are() -> None:
    found = table.read(csv(header="bill_length_mm,body mass [g],kind").encode())
    assert (
        "bill_length_mm on the horizontal axis, body mass [g] on the vertical axis, and 2 classes in kind."
        in found.says
    )
    with pytest.raises(BadValue, match="Column 'bill_length_mm' has the same number"):
        table.read(csv([(1.5, y, word) for _, y, word in POINTS], header="bill_length_mm,b,kind").encode())


def test_stored_table_keeps_its_name() -> None:
    """Earlier versions kept labels that look like gaps and headers that look like numbers."""
    rows = "".join(f"{float(k)},{k * 1.625},{'NA' if k % 2 else 'none'}\n" for k in range(24))
    text = f"1 620,b,kind\n{rows}"
    name = storage.storage_name("old.csv", text.encode(), "table")
    storage.keep(table.path(name), "table", lambda part: part.write_text(text), "old.csv")
    assert table.load(name).names == ("NA", "none") and table.load(name).x[:2] == (0.0, 1.0)
    assert table.write(table.load(name)) == text and table.keep_again(text.encode(), "old.csv") == name


def with_cell(text: str, row: int = 5) -> bytes:
    lines = csv().splitlines()
    _, *rest = lines[row].split(",")
    lines[row] = ",".join([text, *rest])
    return "\n".join(lines).encode()


BAD_TABLES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "This is not a table"),
    "binary": (bytes(range(256)) * 9, "not plain text"),
    "prose": (b"It was a dark night.\n" * 30, "This is not a table"),
    "word": (with_cell("![x](http://e.com)"), r"Line 6, column 'a': '\\!\\\[x\\\]\(http"),
    "few left": (csv().replace(".", "NA.", 60).encode(), "20 to 5,000|0 columns of numbers"),
    "overflow": (with_cell("1e999"), "Line 6, column 'a'"),
    "far": (with_cell("1e13"), "numbers go up to 1e\\+12"),
    "long": (with_cell("9" * 200), "numbers go up to"),
    "ragged": (with_cell("1,2"), "Line 6 has 4 cells, but other lines have 3"),
    "endless": (b"1," * 400_000, "25,?000|columns|not a table|cells|400,001"),
    "large": (b"1,2,a\n" * 200_000, "at most 1 MB"),
    "few": (csv(POINTS[:10]).encode(), "20 to 5,000 rows, but this one has 10"),
    "many": (csv([(k, k, "ab"[k % 2]) for k in range(5001)]).encode(), "this one has 5,001"),
    "one class": (csv([(x, y, "red") for x, y, _ in POINTS]).encode(), "1 different labels"),
    "all differ": (csv([(x, y, f"w{k}") for k, (x, y, _) in enumerate(POINTS)]).encode(), "30 different labels"),
    "small class": (csv([*POINTS, (0, 0, "green")]).encode(), "'green' has 1 row"),
    "long label": (csv([(x, y, 30 * w) for x, y, w in POINTS]).encode(), "label of more than 100 letters"),
    "constant": (csv([(1, y, w) for _, y, w in POINTS]).encode(), "same number in every row"),
    "no numbers": (b"a,b,c\n" * 30, "0 columns of numbers and 1 of labels. It needs two columns of numbers"),
    "workbook": (b"PK\x03\x04 and so on", "zip file. Unpack it"),
    "old workbook": (b"\xd0\xcf\x11\xe0 and so on", "old Office file"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "why"), BAD_TABLES.values(), ids=[*BAD_TABLES])
def test_bad_table_gives_message_and_stores_nothing(data: bytes, why: str, home: Path) -> None:
    with pytest.raises(BadValue, match=SENTENCE) as caught:
        table.keep(data, "t.csv")
    caught.match(why)
    assert len(str(caught.value)) < 200 and not kept(home)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.one_of(some.binary(max_size=300), some.text(',;\t"\n\r1-.eEnaif', max_size=400).map(str.encode)))
def test_any_bytes_give_a_table_or_message(data: bytes) -> None:
    for whole in (data, csv().encode() + data):
        try:
            found = table.read(whole)
        except BadValue as error:
            assert str(error).endswith(".")
        else:
            assert table.read_canonical(table.write(found).encode(), gaps=True) == found


# --- Albums -----------------------------------------------------------------------------------------------------------


def picture(k: int, side: tuple[int, int] = (40, 30), mode: str = "L", kind: str = "PNG", ink: int = 0) -> bytes:
    """Draws an upright or level stroke, in its own place, on a bright ground if the ink is dark."""
    grey = np.full(side[::-1], 255 - ink, np.uint8)
    if k % 2:
        grey[4:-4, 8 + k % 11 : 12 + k % 11] = ink
    else:
        grey[8 + k % 11 : 12 + k % 11, 4:-4] = ink
    image = Image.fromarray(grey)
    if mode == "I;16":
        image = Image.fromarray(grey.astype(np.uint16) * 257)
    elif mode == "RGBA":
        clear = Image.merge("LA", (image, image.point(lambda v: 255 * (v == ink))))
        image = clear.convert("RGBA")
    elif mode != "L":
        image = image.convert(mode)
    told = io.BytesIO()
    image.save(told, kind)
    return told.getvalue()


def zipped(files: dict[str, bytes], change: Callable[[zipfile.ZipInfo], None] = lambda entry: None) -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            change(entry)
            archive.writestr(entry, data)
    return told.getvalue()


def folders(count: int = 12, above: str = "", **how: Any) -> dict[str, bytes]:
    return {f"{above}{('level', 'up')[k % 2]}/{k}.x": picture(k, **how) for k in range(count)}


@pytest.mark.parametrize(
    "how",
    [
        {}, {"kind": "JPEG"}, {"mode": "CMYK", "kind": "JPEG"}, {"mode": "I;16"}, {"mode": "RGBA"}, {"mode": "P"},
        {"mode": "1"}, {"kind": "GIF"}, {"kind": "BMP"}, {"kind": "WEBP"}, {"ink": 255}, {"ink": 255, "mode": "RGBA"},
    ],
    ids=str,
)  # fmt: skip
def test_pictures_become_bright_ink_on_dark(how: dict[str, Any]) -> None:
    found = album.read(zipped(folders(**how)))
    assert found.images.shape == (12, 28, 28) and found.names == ("level", "up")
    assert found.turned == (how.get("ink") != 255)
    assert np.median(found.images) < 40 < 200 < found.images.max()
    upright = found.images[found.labels == found.names.index("up")].astype(int)
    assert (upright.sum(1).max(1) > upright.sum(2).max(1)).all()  # columns of ink, so nothing was turned or swapped


@pytest.mark.parametrize(
    ("junk", "said"),
    [
        ({"__MACOSX/up/._1.x": b"x", "all/up/": b"", "all/.git/1.png": picture(0), "@eaDir/1.png": picture(1)}, ""),
        ({"all/.DS_Store": b"x", "all/up/Thumbs.db": b"x", "all/level/thumbs.DB": b"x"}, "3 files left out"),
        ({"all/up/notes.txt": b"by hand", "README.md": b"# Strokes"}, "2 files left out"),
        ({"all/labels.csv": b"1,up", "all/up/cut.png": picture(1)[:60]}, "2 files left out"),
        ({"all/up/x.mov": bytes(small_pictures.EACH + 1), "all/up/more.zip": zipped({"a": b"x"})}, "1 file left out"),
        ({"logo.png": picture(5)}, "1 picture outside the folders of the classes left out."),
        ({"all/cover.png": picture(5)}, "1 picture outside the folders of the classes left out."),
    ],
)
def test_files_without_picture_are_skipped_and_counted(junk: dict[str, bytes], said: str) -> None:
    found, plain = album.read(zipped(folders(above="all/") | junk)), album.read(zipped(folders()))
    assert np.array_equal(found.images, plain.images) and found.names == plain.names
    assert (said in " ".join(found.notes)) if said else not found.notes


@pytest.mark.parametrize(
    "path",
    [
        "{cls}\\{k}.x", "all\\{cls}\\{k}.x", "./{cls}/{k}.x", "{cls}/12:{k}.x", "a/b/c/{cls}/{k}.x", "{cls} /{k}.x",
        "{part}/{cls}/{k}.x", "{cls}/{part}/{k}.x", "data/{PART}/{cls}/{k}.x", "seg_{part}/seg_{part}/{cls}/{k}.x",
        "{part}_set/{cls}/{k}.x", "my data/{part}ing/{cls}/{k}.x", "archive/test/{cls}/{k}.x",
    ],
)  # fmt: skip
def test_folders_are_classes_however_they_are_packed(path: str) -> None:
    parts = ("test", "train", "train")
    named = {
        path.format(cls=("level", "up")[k % 2], k=k, part=parts[k % 3], PART=("VALIDATION", "Train")[k % 2]): picture(k)
        for k in range(12)
    }
    found = album.read(zipped(named))
    assert found.names == ("level", "up") and len(found.images) == 12
    merged = "part" in path.lower() or "test" in path
    assert any("put together" in note for note in found.notes) == merged


def test_pictures_deeper_within_a_class_count_for_it() -> None:
    more = {f"up/more/{k}.x": picture(k) for k in range(13, 23, 2)}
    found = album.read(zipped(folders() | more))
    assert found.names == ("level", "up") and (found.labels == 1).sum() > 6
    assert "Pictures in a subfolder belong to the class of the folder above it." in found.notes


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("utf-8", ("Größe", "Äpfel")), ("cp437", ("Größe", "Äpfel")), ("cp850", ("Größe", "Äpfel")),
        ("cp1252", ("Größe", "Äpfel")), ("utf-8", ("кошка", "собака")), ("cp866", ("кошка", "собака")),
        ("cp1251", ("кошка", "собака")), ("utf-8", ("犬たち", "猫たち")), ("cp932", ("いぬの写真", "表とソの写真")),
        ("gbk", ("小猫的照片", "小狗的照片")), ("euc_kr", ("강아지 사진", "고양이 사진")),
    ],
)  # fmt: skip
def test_unmarked_zip_names_are_decoded(code: str, names: tuple[str, str]) -> None:
    """Names without the UTF-8 mark are read in their own encoding."""
    told = zipped({f"{names[k % 2]}/{k}.x": picture(k) for k in range(12)})
    for name in names:  # zipfile marks what is not ASCII: the marks are taken off and the bytes put in
        told = told.replace(name.encode(), name.encode(code).ljust(len(name.encode()), b"~"))
    data, at = bytearray(told), -1
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + flags + 1] &= ~0x08
    assert {name.rstrip("~") for name in album.read(bytes(data)).names} == {*names}


def test_dark_and_bright_grounds_are_treated_alike() -> None:
    mixed = {f"{('level', 'up')[k % 2]}/{k}.x": picture(k, ink=255 * (k < 4)) for k in range(12)}
    name = album.keep(zipped(mixed), "mixed.zip")
    found = album.load(name)
    assert all(np.median(image) < 40 < 200 < image.max() for image in found.images)
    assert (
        found.negatives == 8
        and "8 of them had a bright background, so they are shown as negatives" in album.describe(name)
    )


def test_photographs_without_a_plain_ground_stay_positive() -> None:
    luck = np.random.default_rng(0)

    def scene(k: int) -> bytes:
        told = io.BytesIO()
        Image.fromarray(luck.integers(60, 256, (40, 40)).astype(np.uint8)).save(told, "PNG")
        return told.getvalue()

    found = album.read(zipped({f"{k % 2}/{k}.png": scene(k) for k in range(12)}))
    assert not found.turned and not found.negatives and found.images.mean() > 127


@pytest.mark.parametrize("kind", [table, album, corpus])
def test_a_file_of_another_kind_is_named(kind: Any) -> None:
    workbook = zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""})
    with pytest.raises(BadValue, match=r"an Excel workbook \(.xlsx\)\. Save its sheet as CSV"):
        kind.keep(workbook, "book.xlsx")
    document = zipped({"[Content_Types].xml": b"", "word/document.xml": b""})
    with pytest.raises(BadValue, match=r"a Word document \(.docx\)\. Save it as plain text"):
        kind.keep(document, "letter.docx")


def test_classes_are_named_in_the_sentence() -> None:
    many = album.read(zipped({f"class {k}/{j}.x": picture(j) for k in range(9) for j in range(4)}))
    assert (
        "36 pictures in 9 classes: “class 0”, “class 1”, “class 2”" in many.says
        and "“class 5” and 3 more." in many.says
    )


def test_stored_album_keeps_its_name() -> None:
    """An earlier version inverted whole albums. Stored pictures are not inverted again."""
    images = [np.full((28, 28), ground, np.uint8) for ground in (0, 9, 200, 30, 40, 50, 60, 255)]
    old = album.build_album(images, ["a", "b"] * 4, bright=True)
    data = album.zipped(old)
    for zip_of_then in (data, data.replace(picture_zip.OURS, b"x" * len(picture_zip.OURS))):
        name = album.keep(zip_of_then, "old.zip", again=True)
        assert np.array_equal(album.load(name).images, old.images)
    assert album.keep(data, "old.zip") == name  # as its owner downloaded it


def test_wide_pictures_keep_shape_and_duplicates_merge() -> None:
    found = album.read(zipped(folders(side=(60, 24)) | {"up/again.x": picture(1, side=(60, 24))}))
    assert found.doubled == 1 and len(found.images) == 12
    assert not found.images[:, :7].any() and not found.images[:, -7:].any()


def test_same_album_is_the_same_world() -> None:
    """It comes back unchanged from its own file."""
    one, two = album.keep(zipped(folders()), "Strokes.zip"), album.keep(zipped(folders(above="x/")), "strokes.zip")
    assert one == two and album.exists(one) and album.display_name(one) == "strokes.zip"
    whole, again = album.load(one), album.read(album.zipped(album.load(one)))
    assert np.array_equal(np.sort(whole.images, 0), np.sort(again.images, 0)) and whole.names == again.names


def photo(number: int, width: int = 4032, height: int = 3024) -> bytes:
    """Returns a photo as a phone takes it: a white bar on black, upright or level."""
    image, told = Image.new("RGB", (width, height)), io.BytesIO()
    across, place = number % 2, (1 + number % 5) * min(width, height) // 7
    image.paste((255, 255, 255), (0, place, width, place + 400) if across else (place, 0, place + 400, height))
    image.save(told, "JPEG")
    return told.getvalue()


def boasting(side: int) -> bytes:
    """Returns a JPEG whose header claims this width and height."""
    data = bytearray(photo(0, 16, 16))
    at = data.find(b"\xff\xc0")  # the header of its frame
    data[at + 5 : at + 9] = side.to_bytes(2, "big") * 2
    return bytes(data)


def test_photos_as_phones_take_them_are_made_small() -> None:
    found = album.read(zipped({f"{'level' if k % 2 else 'up'}/{k}.jpg": photo(k) for k in range(8)}))
    assert found.names == ("level", "up") and len(found.images) == 8 and not found.turned
    lit = found.images[found.labels == 0].astype(int)
    assert (lit.sum(2).max(1) > 28 * 150).all() and (lit.sum(1).max(1) < 28 * 100).all()  # a bar from side to side


def test_too_many_photo_pixels_give_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit counts the pixels of all photos together."""
    many = zipped({f"{k % 2}/{k}.jpg": photo(k) for k in range(8)})  # of 12 million each, which count for 3
    monkeypatch.setattr(picture_zip, "ALL_PIXELS", 23_000_000)
    with pytest.raises(BadValue, match=r"23 million pixels, photos \(JPEG\) 4 times as many"):
        album.read(many)


def bomb() -> bytes:
    """Returns a PNG whose header claims 3,000 pixels in width and height."""
    header = bytearray(picture(0))
    header[16:24] = (3000).to_bytes(4, "big") * 2
    header[29:33] = zlib.crc32(bytes(header[12:29])).to_bytes(4, "big")
    return bytes(header)


def linked(entry: zipfile.ZipInfo) -> None:
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16


def line() -> bytes:
    """Returns a picture that is a thousand times as high as it is wide."""
    told = io.BytesIO()
    Image.new("L", (1, 1000)).save(told, "PNG")
    return told.getvalue()


def locked(data: bytes) -> bytes:
    """Returns the same zip, with every entry marked as encrypted."""
    found, at = bytearray(data), -1
    while (at := found.find(b"PK\x01\x02", at + 1)) >= 0:
        found[at + 8] |= 1
    return bytes(found)


BAD_ALBUMS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "This is not a zip file"),
    "no zip": (b"PK but not really", "This is not a zip file"),
    "cut": (zipped(folders())[:-40], "This is not a zip file"),
    "nothing": (zipped({}), "0 files"),
    "large": (b"PK" + bytes(picture_zip.LARGEST), "at most 50 MB"),
    "up": (zipped(folders() | {"../up/9.x": picture(1)}), "points outside the zip file"),
    "absolute": (zipped(folders() | {"/etc/9.x": picture(1)}), "points outside the zip file"),
    "backslash": (zipped(folders() | {"..\\up\\9.x": picture(1)}), "points outside the zip file"),
    "links": (zipped(folders(), linked), "points outside the zip file"),
    "locked": (locked(zipped(folders())), "password"),
    "no pictures": (zipped({"up/more.zip": zipped(folders()), "up/a.svg": b"<svg/>"}), "no pictures in folders"),
    "drive": (zipped(folders() | {"C:\\up\\9.x": picture(1)}), "points outside the zip file"),
    "parts": (zipped({f"{('train', 'test')[k % 2]}/{k}.x": picture(k) for k in range(12)}), "parts of a dataset"),
    "workbook": (zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "Excel workbook .*as CSV"),
    "document": (zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "Word document .*plain text"),
    "spreadsheet": (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "OpenDocument spread"),
    "odt": (zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), "OpenDocument text .*plain text"),
    "bomb": (zipped(folders() | {"up/b.png": bomb()}), "more than 6 million pixels"),
    "boasting": (zipped(folders() | {"up/b.jpg": boasting(6_000)}), "more than 30 million pixels"),
    "narrow": (zipped(folders() | {"up/n.png": line()}), "too narrow"),
    "zeros": (zipped(folders() | {"up/z.png": bytes(small_pictures.EACH + 1)}), "larger than 10 MB"),
    "all zeros": (zipped({f"up/{k}.png": bytes(9_900_000) for k in range(11)}), "more than 100 MB"),
    "no folder": (zipped({"1.png": picture(1)}), "is not in a folder"),
    "one class": (zipped({f"up/{k}.x": picture(2 * k) for k in range(6)}), r"1 folder of pictures \(“up”\)"),
    "many classes": (zipped({f"{k}/{j}.x": picture(j) for k in range(21) for j in range(4)}), "21 folders"),
    "small class": (zipped(folders() | {"left/1.x": picture(1)}), "'left' has 1 different"),
    "many": (zipped({f"a/{k}.x": b"" for k in range(2001)}), "2,001 files"),
    "endless": (zipped({f"{k}/": b"" for k in range(6001)}), "6,001 entries"),
}


@pytest.mark.parametrize(("data", "why"), BAD_ALBUMS.values(), ids=[*BAD_ALBUMS])
def test_bad_zip_gives_message_and_stores_nothing(data: bytes, why: str, home: Path) -> None:
    with pytest.raises(BadValue, match=SENTENCE) as caught:
        album.keep(data, "a.zip")
    caught.match(why)
    assert len(str(caught.value)) < 200 and not kept(home)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.data())
def test_damaged_zip_is_read_or_gives_message(draw: some.DataObject) -> None:
    data = bytearray(zipped(folders(8)))
    for _ in range(draw.draw(some.integers(1, 4))):
        data[draw.draw(some.integers(0, len(data) - 1))] = draw.draw(some.integers(0, 255))
    try:
        assert album.read(bytes(data)).images.shape[1:] == (28, 28)
    except BadValue as error:
        assert str(error).endswith(".")


# --- Worlds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", [Table(labels=5), Album(labels=5)], ids=["table", "album"])
def test_quarter_of_own_data_is_held_out(task: Table | Album) -> None:
    """Each seed draws its own labels from the rest."""
    world = worlds.load(task)
    x, y = world.train(task, range(3)).all_examples()
    classes = world.classes(task)
    assert all(torch.bincount(row, minlength=classes).tolist() == [5] * classes for row in y)
    assert not torch.equal(x[0], x[1]) and torch.equal(x[1], world.train(task, range(1, 2)).all_examples()[0][0])
    tested, truth = world.test(task)
    everything, _ = world.train(type(task)(labels=400), range(1)).all_examples()
    rows, held_out = ({row.numpy().tobytes() for row in part.flatten(1)} for part in (everything[0], tested))
    assert not rows & held_out and len(truth) == len(everything[0]) // 3
    assert world.names(task)[int(truth[0])] in world.names(task)


def test_small_class_gives_all_its_examples() -> None:
    name = table.keep(csv().encode(), "t.csv")
    y = worlds.load(Table()).train(Table(table=name, labels=400), range(1)).all_examples()[1][0]
    assert torch.bincount(y).tolist() == [8, 15]


def test_missing_or_damaged_data_asks_for_its_file() -> None:
    name = table.keep(csv().encode(), "t.csv")
    pictures = album.keep(zipped(folders()), "p.zip")
    for module, kept_as, path in ((table, name, table.path(name)), (album, pictures, album.path(pictures))):
        path.write_bytes(path.read_bytes()[:50])
        assert not module.exists(kept_as)
        with pytest.raises(BadValue, match=r"is damaged\. Upload the file again\."):
            module.load(kept_as)
        storage.remove(path)
        with pytest.raises(BadValue, match=r"not on this machine\. Upload the file again\."):
            module.load(kept_as)
        assert not path.with_suffix(".name").exists()
    assert table.keep(csv().encode(), "t.csv") == name and table.exists(name)


def test_own_data_are_evicted_when_store_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    name = table.keep(csv().encode(), "t.csv")
    pictures = album.keep(zipped(folders()), "p.zip")
    monkeypatch.setattr(eviction, "MOMENT", -1.0)
    monkeypatch.setenv("HEADSTART_STORE_LIMIT", str(100 / eviction.GB))
    eviction.tidy(every=0)
    assert not table.exists(name) and not album.exists(pictures)


@pytest.mark.parametrize("task", [Table(labels=10), Album(labels=10)], ids=["table", "album"])
def test_a_pretrained_net_learns_it_in_a_moment(task: Table | Album) -> None:
    points = isinstance(task, Table)
    start, net = (arms(), "mlp") if points else (backbone(), "conv")
    run = Run(task=task, net=net, start=start, stages=fine_tuning("lp_ft", steps=200), seeds=2, exhibit=9)
    assert compute_values.perform(run) == "done"
    evidence = load_results([LabelledRun("it", run)])
    assert final(evidence.table("it")).mean() > 0.7
    assert len(evidence.behaviour("it")[-1]["0"]["answers"]) > 8
    asked = Measure(
        kind="boundary" if points else "tracked_examples", runs=(run,) if points else (), tasks=(task,), count=9
    )
    assert compute_values.perform(asked) == "done"
