"""What the claims' runs say, as it ships: pages show it without reading a run. Made by lessons/kit/shipping/ship.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache

from core.store import shipped, store
from lessons.kit.lesson.catalogue import Check, Finding


def write(findings: Mapping[str, Finding]) -> str:
    """Findings by the ids of their claims, as JSON."""
    plain = {name: asdict(finding) for name, finding in sorted(findings.items())}
    return json.dumps(plain, indent=1, ensure_ascii=False, default=lambda number: number.item()) + "\n"  # numpy's


@cache
def read() -> dict[str, Finding]:
    """The findings that ship, by the ids of their claims."""
    return {name: finding(**told) for name, told in shipped.table(store.SHIPPED / "findings.json").items()}


def finding(checks: list[dict[str, object]], **told: object) -> Finding:
    return Finding(checks=tuple(Check(**check) for check in checks), **told)  # type: ignore[arg-type]
