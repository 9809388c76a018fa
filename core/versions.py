"""Says in the log that a package has another version than the code was written for."""

from __future__ import annotations

import logging


def warn_of_other_version(package: str, installed: str, written_for: str, consequence: str) -> None:
    """Writes one sentence into the log unless `installed` is `written_for`, or a version of that series.

    "1.67.2" belongs to the series "1.67". `consequence` says what may go wrong with another version.
    """
    if installed == written_for or installed.startswith((f"{written_for}.", f"{written_for}+")):
        return
    logging.getLogger(__name__).warning(
        "Headstart was written for %s %s, and %s is installed. It uses private parts of %s, so %s: install %s, or run "
        "the tests.",
        package,
        written_for,
        installed,
        package,
        consequence,
        written_for,
    )
