"""Reads the results that come with the app: lines of text with one file for each lesson, and weights in separate
files.

    <lesson>.jsonl                  one result a line: digest, label (which claim or page asks for it), weights (their
                                    SHA-256, if they ship), spec, and a run's events or a measure's answer
    weights/<digest>.safetensors    weights in half precision

A line begins with its digest, by which it is found. It is parsed only when it is needed. The caller says where the
files are.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

BEGINS = b'{"digest":"'


def write(line: dict[str, Any]) -> str:
    """Returns a result as one line of text."""
    assert next(iter(line)) == "digest"
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"


def table(path: Path) -> dict[str, Any]:
    """Reads a JSON file that ships beside the results. Returns an empty dict if it cannot be read."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return found
    except (OSError, ValueError):
        return {}


@lru_cache(maxsize=8)
def index(folder: Path) -> dict[str, tuple[Path, int]]:
    """Returns the file and the position of every result by its digest. Nothing is parsed, so this takes a few
    milliseconds."""
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        at = 0
        with path.open("rb") as file:
            for line in file:
                if line.startswith(BEGINS):
                    found[line[len(BEGINS) :].partition(b'"')[0].decode()] = path, at
                at += len(line)
    return found


@lru_cache(maxsize=2048)  # holds all of about nine hundred results, each of about ten thousand characters
def read(folder: Path, name: str) -> dict[str, Any] | None:
    """Returns a result by its digest, or None if it does not ship or its line is damaged. The caller must not modify
    it."""
    try:
        path, at = index(folder)[name]
        with path.open("rb") as file:
            file.seek(at)
            line: dict[str, Any] = json.loads(file.readline())
            return line if line["digest"] == name else None
    except (KeyError, OSError, ValueError):
        return None


def weights(folder: Path, name: str) -> Path:
    """Returns the path of a run's weights, if they ship."""
    return folder / "weights" / f"{name}.safetensors"
