"""Draws a sentence with every word coloured by its weight for a net, and with the answer of the net in large type."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from lessons.kit.figures import ROLES, Figure, percent

FULL = 1.2  # the weight at which the colour is strongest
KIND, UNKIND = ROLES["source"][0], "#c8352b"
STYLE = "display:inline-block;border-radius:4px;padding:0 2px;border-bottom:"


def word_weights(told: dict[str, Any], title: str = "") -> Figure:
    """Draws the sentence. `told` is {"words": [[word, weight], ...], "kind"}, in the form of
    core/measure/word_weights.py.

    Kind words have a solid line below them and unkind words have a dashed line, so that they can be told apart
    without their colour.
    """
    kind, words = told["kind"], told["words"]
    parts = "".join(word(text, weight) for text, weight in words)
    says = f"{percent(kind)} kind" if kind >= 0.5 else f"{percent(1 - kind)} unkind"
    spec = (
        f'<p style="font-size:1.5rem;line-height:2.1;margin:.5rem 0;white-space:pre-wrap">{parts}</p>'
        f'<p style="font-size:1.9rem;font-weight:700;margin:.2rem 0">{says}</p>'
        f'<p style="margin:0"><span style="{STYLE}4px solid {KIND}">kind words</span> &nbsp; '
        f'<span style="{STYLE}4px dashed {UNKIND}">unkind words</span></p>'
    )
    return Figure(kind="html", spec=spec, alt=f"{says}. {heaviest(words)}", title=title)


def word(text: str, weight: float) -> str:
    share = min(1.0, abs(weight) / FULL)
    if share < 0.05:
        return html.escape(text)
    colour, line = (KIND, "solid") if weight > 0 else (UNKIND, "dashed")
    shade = f"{int(90 * share):02x}"  # the opacity in hexadecimal
    style = f"{STYLE}{1 + 4 * share:.0f}px {line} {colour};background:{colour}{shade}"
    return f'<span style="{style}">{html.escape(text)}</span>'


def heaviest(words: Sequence[Sequence[Any]]) -> str:
    """Returns the words with the largest weights on each side."""
    kind = [text for text, weight in sorted(words, key=lambda one: -one[1]) if weight > 0.05 * FULL][:3]
    unkind = [text for text, weight in sorted(words, key=lambda one: one[1]) if weight < -0.05 * FULL][:3]
    return f"Kind words: {', '.join(kind) or 'none'}. Unkind words: {', '.join(unkind) or 'none'}."
