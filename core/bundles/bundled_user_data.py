"""Stores learners' data that a run depends on from the files of a bundle.

Each file is named as in the store, with the digest of its contents. Opening a bundle reads the file like an upload,
and the result must have the same name. So the file need not be trusted, and is stored where uploads are. This module
does not import torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.bundles.bundle_validation import refuse
from core.experiment.spec import Run
from core.user_data import storage
from core.user_data.user_data_kinds import UserDataKind, user_data_of


@contextmanager
def keep_bundled(run: Run, content: Callable[[str, int], bytes | None]) -> Iterator[None]:
    """Stores the data in a bundle. `content` returns the bytes of a file, given its name and its limit in bytes.

    If the code inside the `with` block refuses the bundle, all data that were new are removed again.
    """
    new: list[tuple[UserDataKind, str]] = []
    try:
        for file, (kind, name) in user_data_of(run).items():
            data = content(file, kind.most)
            if data is None or kind.known(name):
                continue
            word, there = name.split("-")[1], set(kind.path(name).parent.glob("own-*"))
            found = kind.keep(data, f"{word}.{kind.ending}")
            if kind.path(found) not in there:  # otherwise somebody uploaded the same data before, and they stay
                new.append((kind, found))
            if found != name:
                refuse(f"what it has as {word} is not what its run was made with")
        yield
    except BaseException:
        for kind, name in new:
            storage.remove(kind.path(name))
        raise
