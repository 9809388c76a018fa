"""Writes small phrases that many texts share."""

from __future__ import annotations


def count_noun(number: int, what: str) -> str:
    """Returns a number with its noun, such as "1 lesson" or "2 lessons"."""
    return f"{number} {what}{'s' * (number != 1)}"
