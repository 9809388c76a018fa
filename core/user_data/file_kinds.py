"""Recognises files of the wrong kind, and tells the learner what to do with them. Does not import torch."""

from __future__ import annotations

import io
import zipfile

from core.experiment.checks import BadValue

SHEET = "Save its sheet as CSV and choose the CSV file."
PROSE = "Save it as plain text (.txt) and choose that file."
FOLDERS = "Pack the folders of pictures as a .zip file and choose that."
STARTS = {  # the first bytes of a file, its kind, and what to do
    b"%PDF": ("a PDF file", PROSE), b"{\\rtf": ("an RTF document", PROSE),
    b"\xd0\xcf\x11\xe0": ("an old Office file (.xls, .doc, .ppt)", "Save it as CSV or plain text and choose that."),
    b"\x89PNG": ("a single picture", FOLDERS), b"\xff\xd8\xff": ("a single picture", FOLDERS),
    b"GIF8": ("a single picture", FOLDERS), b"\x1f\x8b": ("a gzip file", "Unpack it and choose what is in it."),
    b"Rar!": ("a RAR archive", FOLDERS), b"7z\xbc\xaf": ("a 7-Zip archive", FOLDERS),
    b"PAR1": ("a Parquet file", "Save it as CSV and choose the CSV file."),
    b"SQLite format": ("a database", "Save one of its tables as CSV and choose the CSV file."),
}  # fmt: skip
PARTS = {  # folders in the zips that office programs write
    "xl/": ("an Excel workbook (.xlsx)", SHEET), "word/": ("a Word document (.docx)", PROSE),
    "ppt/": ("a PowerPoint file (.pptx)", PROSE), "Index/": ("a file of Numbers, Pages or Keynote", SHEET),
}  # fmt: skip
TYPES = {  # contents of the entry `mimetype` in other zips
    "opendocument.spreadsheet": ("an OpenDocument spreadsheet (.ods)", SHEET),
    "opendocument.text": ("an OpenDocument text (.odt)", PROSE),
    "opendocument": ("an OpenDocument file", PROSE), "epub": ("an e-book (.epub)", PROSE),
}  # fmt: skip


def is_heic(data: bytes) -> bool:
    """Returns whether a file is a photo in one of the formats that begin as HEIC and AVIF files do."""
    return data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")


def office(archive: zipfile.ZipFile) -> tuple[str, str] | None:
    """Returns the kind of a zip that an office program wrote, and what to do with it. Returns None for an ordinary
    zip."""
    names = archive.namelist()
    if "mimetype" in names:
        kind = (
            archive.read("mimetype")[:200].decode("ascii", "replace")
            if archive.getinfo("mimetype").file_size < 200
            else ""
        )
        return next((what for part, what in TYPES.items() if part in kind), None)
    if "[Content_Types].xml" in names or any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        return next((what for part, what in PARTS.items() if any(name.startswith(part) for name in names)), None)
    return None


def refuse_others(data: bytes, zips: bool = False) -> None:
    """Raises BadValue for a file of another kind, and names the kind.

    If `zips` is true, a zip is accepted unless an office program wrote it.
    """
    what = next((what for start, what in STARTS.items() if data.startswith(start)), None)
    if data.startswith(b"PK\x03\x04"):
        what = None if zips else ("a zip file", "Unpack it and choose what is in it.")
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                what = office(archive) or what
        except (OSError, ValueError, LookupError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile):
            pass  # it is damaged; a caller that wants a zip will report it
    if what:
        raise BadValue(f"This is {what[0]}. {what[1]}")
