"""Whether this browser brought some data, for the pages that take, return and remove them (core/serve/ownership.py)."""

from __future__ import annotations

from app.parts.workers import me
from core.serve import along, ownership
from core.spec import Run
from core.tasks import OWN


def claim(name: str) -> None:
    """Notes that this browser brought these data."""
    ownership.claim(name, me()[1])


def owns(name: str) -> bool:
    return ownership.owns(name, me()[1])


def may_download(name: str) -> bool:
    """Whether this browser may have these data: it brought them, or they come with the app."""
    return not OWN.fullmatch(name) or owns(name)


def may_download_all(run: Run) -> bool:
    """Whether this browser may have all data that a run stands on."""
    return all(may_download(name) for _, name in along.things(run).values())


def give_up(name: str) -> None:
    """Removes data that this browser brought, and all that was made from them."""
    ownership.give_up(name, me()[1])
