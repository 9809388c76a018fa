"""Encodes values as short texts for a link, and decodes them. A link comes from outside the app, so an invalid one is
rejected with a sentence."""

from __future__ import annotations

import base64
import json
import zlib
from functools import lru_cache
from typing import Any

from core.experiment.checks import BadValue
from core.experiment.spec import Run, from_json, to_json

LONGEST = 6000  # the largest number of characters of a text in a link
LARGEST = 60_000  # the largest number of bytes after decompression
REFUSED = "This link does not contain an experiment that this app can run."


def pack(data: Any) -> str:
    """Encodes JSON as a text of letters, digits, - and _."""
    text = json.dumps(data, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpack(text: str) -> Any:
    """Decodes a text to JSON. Raises BadValue with a sentence if the text is too long or not valid."""
    if len(text) > LONGEST:
        raise BadValue(f"This link is too long. The link of an experiment may have at most {LONGEST:,} characters.")
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode(text + "=" * (-len(text) % 4), "-_", validate=True), LARGEST)
        if not unpacking.eof:
            raise BadValue(REFUSED)
        return json.loads(data)
    except (ValueError, zlib.error, RecursionError) as error:
        raise BadValue(REFUSED) from error


@lru_cache(maxsize=1024)
def write(run: Run) -> str:
    return pack(to_json(run))


@lru_cache(maxsize=1024)  # errors are raised, so they are not cached
def read(text: str) -> Run:
    return run_of(unpack(text))


def run_of(data: Any) -> Run:
    """Makes a run from its JSON. Raises BadValue with a sentence if it does not describe a run."""
    try:
        run = from_json(data)
    except BadValue:
        raise
    except (TypeError, ValueError, RecursionError, AttributeError) as error:
        raise BadValue(REFUSED) from error
    if not isinstance(run, Run):
        raise BadValue(REFUSED)
    return run
