"""Escapes text from users for pages that read Markdown."""

from __future__ import annotations

import re


def escaped(text: str) -> str:
    """Returns the text so that Markdown shows it as it is, without formatting and links."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~$:@]|(?<=www)\.)", r"\\\1", text)
