"""Names and sentences that somebody else wrote, as plain text for a page that reads Markdown."""

from __future__ import annotations

import re


def escaped(text: str) -> str:
    """The text as it is, not as Markdown, and no link."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~$:@]|(?<=www)\.)", r"\\\1", text)
