"""What learners brought and a run stands on, as files in a bundle.

Each goes by its name in the store, which has the digest of what it says. Opening reads it as an upload is read, and
what was read must have that very name: so it needs nobody's word, and is kept where uploads are. Knows no torch.
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
    """Keep what a bundle has of these, by `content` of a file's name and the bytes it may have; where what follows
    refuses the bundle, all that was not here before is gone again."""
    new: list[tuple[UserDataKind, str]] = []
    try:
        for file, (kind, name) in user_data_of(run).items():
            data = content(file, kind.most)
            if data is None or kind.known(name):
                continue
            word, there = name.split("-")[1], set(kind.path(name).parent.glob("own-*"))
            found = kind.keep(data, f"{word}.{kind.ending}")
            if kind.path(found) not in there:  # else somebody brought the same before, and it stays
                new.append((kind, found))
            if found != name:
                refuse(f"what it has as {word} is not what its run was made with")
        yield
    except BaseException:
        for kind, name in new:
            storage.remove(kind.path(name))
        raise
