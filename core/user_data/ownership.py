"""Records which browsers uploaded a table, an album, a text or an alphabet, and removes such data.

Only the browser that uploaded data may download or remove them. A browser is recognised by its own secret, and a
digest of the secret is stored beside the data:

    tables/own-penguins-1a2b3c4d.csv       the data
    tables/own-penguins-1a2b3c4d.owners    a digest a line: two browsers may have uploaded the same file

Removing data removes every run, measure and bundle that was made from them. The person who runs the server can do so
too:

    python -m core.user_data.ownership                  lists the data of all learners
    python -m core.user_data.ownership NAME [NAME ...]  removes these data

This module does not import torch.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from core.experiment.checks import BadValue
from core.experiment.spec import Run, from_json
from core.experiment.tasks import OWN
from core.store import store
from core.store.folders import remove_path
from core.user_data.user_data_kinds import KINDS, user_data_of

DAYS = 30  # data that nobody has used for this number of days are removed
GONE = (
    "The data of this link are no longer on the computer that serves this app. Their owner has removed them, or nobody "
    f"has used them for {DAYS} days."
)


class Gone(BadValue):
    """This error is raised if a link names data that no longer exist. The message is a sentence for the learner."""

    def __init__(self) -> None:
        super().__init__(GONE)


def path(name: str) -> Path | None:
    """Returns the path of a learner's data, or None if there are none of this name."""
    if not OWN.fullmatch(name):
        return None
    return next((kind.path(name) for kind in KINDS.values() if kind.path(name).exists()), None)


def check(*names: str) -> None:
    """Raises Gone if one of these names stands for a learner's data that no longer exist."""
    if any(OWN.fullmatch(name) and not path(name) for name in names):
        raise Gone


def check_run(run: Run) -> None:
    """Raises Gone if a run depends on data that no longer exist."""
    check(*(name for _, name in user_data_of(run).values()))


# --- Who brought them -----------------------------------------------------------------------------------------------


def claim(name: str, browser: str) -> None:
    """Notes that a browser uploaded these data. Raises BadValue with a sentence if the note cannot be written."""
    at = path(name)
    if at is None or owns(name, browser):
        return
    try:
        with owners(at).open("a", encoding="utf-8") as file:
            file.write(digest(name, browser) + "\n")
    except OSError as error:
        raise BadValue("The disk is full or cannot be written, so these data could not be kept.") from error


def owns(name: str, browser: str) -> bool:
    """Returns whether this browser uploaded these data."""
    at = path(name)
    return at is not None and digest(name, browser) in owner_digests(at)


def give_up(name: str, browser: str) -> None:
    """Removes data for the browser that uploaded them. If another browser uploaded the same file, the data stay for
    it."""
    at = path(name)
    if at is None or not owns(name, browser):
        return
    if others := [owner for owner in owner_digests(at) if owner != digest(name, browser)]:
        store.write_whole(owners(at), lambda part: part.write_text("\n".join(others) + "\n", "utf-8"))
    else:
        remove(name)


def digest(name: str, browser: str) -> str:
    """Returns the digest of a browser's secret for these data."""
    return hashlib.sha256(f"{name} {browser}".encode()).hexdigest()


def owners(at: Path) -> Path:
    """Returns the path of the file that lists the owners of some data."""
    return at.with_name(f"{at.name.split('.')[0]}.owners")


def owner_digests(at: Path) -> list[str]:
    """Returns the digests of all browsers that uploaded some data."""
    with suppress(OSError):
        return owners(at).read_text("utf-8").split()
    return []


# --- Removing -------------------------------------------------------------------------------------------------------


def remove(name: str) -> None:
    """Removes a learner's data and everything that was made from them. Runs that use them are stopped."""
    if (at := path(name)) is None:
        return
    for file in files(at):
        file.unlink(missing_ok=True)
    for folder in made_from(name):
        with suppress(OSError, ValueError):
            store.mark_to_stop(from_json(json.loads((folder / "spec.json").read_text("utf-8"))))
        with suppress(OSError):
            remove_path(folder)
    store.clear_caches()


def files(at: Path) -> list[Path]:
    """Returns the files of some data: the data, their display name, their owners, and notes from reading them."""
    return [at, *(one for one in at.parent.glob(f"{at.name.split('.')[0]}.*") if one != at)]


def made_from(name: str) -> Iterator[Path]:
    """Yields the folders of all runs, measures and bundles that depend on some data."""
    for where, file in (("runs", "spec.json"), ("brought", "run.json")):
        for at in (store.home() / where).glob(f"*/{file}"):
            with suppress(OSError, UnicodeDecodeError):
                if f'"{name}"' in at.read_text("utf-8"):
                    yield at.parent


def all_user_data() -> list[tuple[str, Path]]:
    """Returns the names and paths of all data that learners have uploaded."""
    found = {name: at for kind in KINDS.values() for at in kind.path("own-a-00000000").parent.glob("own-*.*")
             for name in [at.name.split(".")[0]] if at == kind.path(name)}  # fmt: skip
    return sorted(found.items())


def main(names: list[str]) -> int:
    """Lists the data of all learners, or removes those with these names."""
    if unknown := [name for name in names if path(name) is None]:
        print(f"There is nothing called {', '.join(unknown)} here.", file=sys.stderr)
        return 1
    for name in names:
        remove(name)
    for name, at in [] if names else all_user_data():
        size, unused = sum(file.stat().st_size for file in files(at)), time.time() - at.stat().st_mtime
        print(f"{name}  {size / 1000:,.0f} kB  last used {unused / 86400:.0f} days ago")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
