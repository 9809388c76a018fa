"""Whose data they are: which browsers brought a table, an album, a text or an alphabet, and how these are removed.

Only the browser that brought data may download or remove them. It is known by a secret of its own, of which a digest
is kept beside the data:

    tables/own-penguins-1a2b3c4d.csv       the data
    tables/own-penguins-1a2b3c4d.owners    a digest a line: two browsers may have brought the same file

Removing data removes every run, measure and bundle that was made from them. Whoever runs the server can do so too:

    python -m core.user_data.ownership                  lists what learners have brought
    python -m core.user_data.ownership NAME [NAME ...]  removes it

Imports no torch.
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
from core.store.folders import discard
from core.user_data.user_data_kinds import KINDS, user_data_of

DAYS = 30  # after which data that nobody uses are removed
GONE = (
    "The data of this link are no longer on the computer that serves this app. Whoever brought them has removed them, "
    f"or nobody used them for {DAYS} days."
)


class Gone(BadValue):
    """A link names data that are no longer here; the message is a sentence for the learner."""

    def __init__(self) -> None:
        super().__init__(GONE)


def path(name: str) -> Path | None:
    """Where data that somebody brought are kept; None where there are none of this name."""
    if not OWN.fullmatch(name):
        return None
    return next((kind.path(name) for kind in KINDS.values() if kind.path(name).exists()), None)


def check(*names: str) -> None:
    """Raises Gone where one of these names data that somebody brought and that are no longer here."""
    if any(OWN.fullmatch(name) and not path(name) for name in names):
        raise Gone


def check_run(run: Run) -> None:
    """Raises Gone where a run stands on data that are no longer here."""
    check(*(name for _, name in user_data_of(run).values()))


# --- Who brought them -----------------------------------------------------------------------------------------------


def claim(name: str, browser: str) -> None:
    """Notes that a browser brought these data; BadValue with a sentence where that cannot be written."""
    at = path(name)
    if at is None or owns(name, browser):
        return
    try:
        with owners(at).open("a", encoding="utf-8") as file:
            file.write(digest(name, browser) + "\n")
    except OSError as error:
        raise BadValue("The disk is full or cannot be written, so these data could not be kept.") from error


def owns(name: str, browser: str) -> bool:
    """Whether this browser brought these data."""
    at = path(name)
    return at is not None and digest(name, browser) in owner_digests(at)


def give_up(name: str, browser: str) -> None:
    """Removes data for the browser that brought them. Another browser that brought the same file keeps them."""
    at = path(name)
    if at is None or not owns(name, browser):
        return
    if others := [owner for owner in owner_digests(at) if owner != digest(name, browser)]:
        store.write_whole(owners(at), lambda part: part.write_text("\n".join(others) + "\n", "utf-8"))
    else:
        remove(name)


def digest(name: str, browser: str) -> str:
    return hashlib.sha256(f"{name} {browser}".encode()).hexdigest()


def owners(at: Path) -> Path:
    return at.with_name(f"{at.name.split('.')[0]}.owners")


def owner_digests(at: Path) -> list[str]:
    with suppress(OSError):
        return owners(at).read_text("utf-8").split()
    return []


# --- Removing -------------------------------------------------------------------------------------------------------


def remove(name: str) -> None:
    """Removes data that somebody brought, and all that was made from them. What is running on them is stopped."""
    if (at := path(name)) is None:
        return
    for file in files(at):
        file.unlink(missing_ok=True)
    for folder in made_from(name):
        with suppress(OSError, ValueError):
            store.mark_to_stop(from_json(json.loads((folder / "spec.json").read_text("utf-8"))))
        with suppress(OSError):
            discard(folder)
    store.clear_caches()


def files(at: Path) -> list[Path]:
    """The file of some data, and what is kept beside it: its name, its owners, what was found while reading it."""
    return [at, *(one for one in at.parent.glob(f"{at.name.split('.')[0]}.*") if one != at)]


def made_from(name: str) -> Iterator[Path]:
    """The folders of runs, measures and bundles that stand on some data."""
    for where, file in (("runs", "spec.json"), ("brought", "run.json")):
        for at in (store.home() / where).glob(f"*/{file}"):
            with suppress(OSError, UnicodeDecodeError):
                if f'"{name}"' in at.read_text("utf-8"):
                    yield at.parent


def all_user_data() -> list[tuple[str, Path]]:
    """All that learners have brought, by name, with its file."""
    found = {name: at for kind in KINDS.values() for at in kind.path("own-a-00000000").parent.glob("own-*.*")
             for name in [at.name.split(".")[0]] if at == kind.path(name)}  # fmt: skip
    return sorted(found.items())


def main(names: list[str]) -> int:
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
