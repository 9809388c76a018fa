"""The scripts and style sheets of the browser's components: files beside this one."""

from __future__ import annotations

from pathlib import Path

COMPONENTS = Path(__file__).parents[1]


def scripts(*names: str) -> str:
    """These scripts as one, in this order."""
    return "\n".join((COMPONENTS / f"{name}.js").read_text("utf-8") for name in names)


def style(name: str) -> str:
    return (COMPONENTS / f"{name}.css").read_text("utf-8")
