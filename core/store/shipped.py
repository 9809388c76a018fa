"""What came with the app and is only read: results as lines of text, one file a lesson, and weights apart.

    <lesson>.jsonl                  one result a line: digest, label (which claim or page asks for it), weights (their
                                    SHA-256, if they ship), spec, and a run's events or a measure's answer
    weights/<digest>.safetensors    weights in half precision

A line is found by its digest, with which it begins, and parsed when it is asked for. Knows not where the files are.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

BEGINS = b'{"digest":"'


def write(line: dict[str, Any]) -> str:
    """A result as one line."""
    assert next(iter(line)) == "digest"
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"


def table(path: Path) -> dict[str, Any]:
    """What stands in a file of JSON that ships beside the results; empty where it cannot be read."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return found
    except (OSError, ValueError):
        return {}


@lru_cache(maxsize=8)
def index(folder: Path) -> dict[str, tuple[Path, int]]:
    """The file of every result and where its line begins, by its digest: a few milliseconds, and nothing is parsed."""
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        at = 0
        with path.open("rb") as file:
            for line in file:
                if line.startswith(BEGINS):
                    found[line[len(BEGINS) :].partition(b'"')[0].decode()] = path, at
                at += len(line)
    return found


@lru_cache(maxsize=2048)  # all of some nine hundred, each of some ten thousand characters
def read(folder: Path, name: str) -> dict[str, Any] | None:
    """A result by its digest, or None if it does not ship or its line is damaged. Only to be read."""
    try:
        path, at = index(folder)[name]
        with path.open("rb") as file:
            file.seek(at)
            line: dict[str, Any] = json.loads(file.readline())
            return line if line["digest"] == name else None
    except (KeyError, OSError, ValueError):
        return None


def weights(folder: Path, name: str) -> Path:
    """Where a run's weights stand, if they ship."""
    return folder / "weights" / f"{name}.safetensors"
