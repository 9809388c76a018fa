"""Reads the scripts and style sheets of the browser components, which are files in app/components."""

from __future__ import annotations

from pathlib import Path

COMPONENTS = Path(__file__).parents[1]


def scripts(*names: str) -> str:
    """Returns these scripts joined in this order."""
    return "\n".join((COMPONENTS / f"{name}.js").read_text("utf-8") for name in names)


def style(name: str) -> str:
    """Returns a style sheet."""
    return (COMPONENTS / f"{name}.css").read_text("utf-8")
