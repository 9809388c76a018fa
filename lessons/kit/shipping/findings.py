"""Reads and writes the findings of all claims, which ship in one file, so that pages do not have to read the runs.
The file is made by lessons/kit/shipping/ship.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache

from core.store import shipped, store
from lessons.kit.lesson.catalogue import Check, Finding


def write(findings: Mapping[str, Finding]) -> str:
    """Returns the findings as JSON, by the ids of their claims."""
    plain = {name: asdict(finding) for name, finding in sorted(findings.items())}
    # Converts numbers of numpy.
    return json.dumps(plain, indent=1, ensure_ascii=False, default=lambda number: number.item()) + "\n"


@cache
def read() -> dict[str, Finding]:
    """Returns the findings that ship, by the ids of their claims."""
    return {name: finding(**told) for name, told in shipped.table(store.SHIPPED / "findings.json").items()}


def finding(checks: list[dict[str, object]], **told: object) -> Finding:
    """Makes a finding from its JSON."""
    return Finding(checks=tuple(Check(**check) for check in checks), **told)  # type: ignore[arg-type]
