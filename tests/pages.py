"""What each page costs the server."""

from __future__ import annotations

from typing import Any


def bench() -> dict[str, Any]:
    return {}
