"""Finds out whether this browser has uploaded some data.

Pages need to know this before they accept, return or remove data (core/user_data/ownership.py).
"""

from __future__ import annotations

from app.state.engine import me
from core.experiment.spec import Run
from core.experiment.tasks import OWN
from core.user_data import ownership, user_data_kinds


def claim(name: str) -> None:
    """Records that this browser brought these data."""
    ownership.claim(name, me()[1])


def owns(name: str) -> bool:
    """Returns whether this browser brought these data."""
    return ownership.owns(name, me()[1])


def may_download(name: str) -> bool:
    """Returns whether this browser may download these data: it brought them, or they come with the app."""
    return not OWN.fullmatch(name) or owns(name)


def may_download_all(run: Run) -> bool:
    """Returns whether this browser may download all data that a run uses."""
    return all(may_download(name) for _, name in user_data_kinds.user_data_of(run).values())


def give_up(name: str) -> None:
    """Removes data that this browser brought, and everything that was made from them."""
    ownership.give_up(name, me()[1])
