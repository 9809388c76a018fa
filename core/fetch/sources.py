"""Where every example comes from, and on what terms: sources.toml as values, and what of it is on this machine.

Knows no torch and no screen. `python -m core.fetch.sources` prints the table and the notes as NOTICE.md has them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from core.experiment.checks import check_choice

ROOT = Path(__file__).resolve().parents[2]
PLACES = {
    "ships": "copied into this repository",
    "package": "comes with a package that the app needs",
    "brought": "may be used, but is not copied into this repository; a command brings it",
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """One package that examples or a model come from, and the files that hold them here."""

    name: str  # as it is called on screen
    kind: str  # Pictures | Texts | Questions | Models
    what: str
    registry: str
    package: str
    version: str
    terms: str
    place: str  # a key of PLACES
    files: tuple[str, ...]  # from the root of the repository; inside the package where it comes with one
    note: str = ""  # what the terms want said, or who is to be cited
    form: str = "wheel"  # or sdist, where only that holds the data
    sha256: str = ""  # of the package in that form, where it is brought
    command: str = ""  # that brings it

    def __post_init__(self) -> None:
        check_choice("Place", self.place, tuple(PLACES))

    @property
    def origin(self) -> str:
        return f"{self.registry} `{self.package}` {self.version}".strip()

    @property
    def brings(self) -> str:
        """How it comes here."""
        how = {"ships": "ships", "package": "with the package", "brought": f"`{self.command}`"}
        return how[self.place]

    def size(self) -> int | None:
        """Bytes on this machine; None if not all of it is here."""
        try:
            return sum(path.stat().st_size for path in self.paths())
        except OSError:
            return None

    def paths(self) -> list[Path]:
        if self.place != "package":
            return [ROOT / file for file in self.files]
        try:
            package = metadata.distribution(self.package)
        except metadata.PackageNotFoundError as error:
            raise FileNotFoundError(f"The package {self.package} is not installed.") from error
        return [Path(str(package.locate_file(file))) for file in self.files]


def read() -> tuple[Source, ...]:
    rows = tomllib.loads(Path(__file__).with_name("sources.toml").read_text("utf-8"))["source"]
    return tuple(Source(**row | {"files": tuple(row["files"])}) for row in rows)


SOURCES = read()


def table(sources: Iterable[Source] = SOURCES) -> str:
    """The sources as a table in Markdown."""
    rows = [f"| {s.name} | {s.what} | {s.origin} | {s.terms} | {s.brings} |" for s in sources]
    return "\n".join(["| data | what it is | package | terms | how it comes here |", "|---|---|---|---|---|", *rows])


def notes() -> str:
    """What the terms want said."""
    return "\n\n".join(f"**{source.name}.** {source.note}" for source in SOURCES if source.note)


if __name__ == "__main__":
    print(f"{table()}\n\n{notes()}")
