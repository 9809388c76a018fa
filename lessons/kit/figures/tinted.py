"""Text as a model read it: every token on a tint that says how surprised the model was, and what it had expected."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from lessons.kit.figures import Figure, percent

FULL = 12.0  # bits at which the tint is strongest
STYLE = """<style>
.tinted p {margin: 0 0 2px; font-size: .8rem; opacity: .75}
.tinted div {line-height: 1.9; margin: 0 0 12px; overflow-wrap: anywhere; white-space: pre-wrap}
.tinted span {position: relative; border-radius: 3px; padding: 1px 0; border-bottom: var(--w) solid #c8352b;
  background: rgba(200, 53, 43, var(--a))}
.tinted span:hover::after, .tinted span:focus::after {content: attr(data-says); position: absolute; z-index: 9; left: 0;
  top: 1.7em; width: max-content; max-width: 15rem; white-space: pre-line; font-size: .8rem; line-height: 1.4;
  padding: 6px 9px; border-radius: 6px; background: #262730; color: #fff}
</style>"""


def tinted(rows: Mapping[str, Sequence[Mapping[str, Any]]], title: str = "") -> Figure:
    """rows: a heading for each row of {"token", "bits", "said": [[token, probability], ...]}."""
    parts, told = [], []
    for heading, row in rows.items():
        mean = sum(one["bits"] for one in row) / max(1, len(row))
        worst = max(row, key=lambda one: one["bits"], default=None)
        says = f"{heading}: {mean:.1f} bits a token on average"
        says += f", most at “{visible(worst['token'])}” with {worst['bits']:.1f}" if worst else ""
        told.append(says)
        cells = "".join(cell(one) for one in row)
        parts.append(f'<p>{html.escape(heading)}</p><div role="group" aria-label="{html.escape(says)}">{cells}</div>')
    return Figure(
        kind="html", spec=f'{STYLE}<div class="tinted">{"".join(parts)}</div>', alt="; ".join(told) + ".", title=title
    )


def cell(one: Mapping[str, Any]) -> str:
    share = min(1.0, one["bits"] / FULL)
    expected = ", ".join(f"“{visible(token)}” {percent(chance)}" for token, chance in one["said"])
    says = html.escape(f"“{visible(one['token'])}”: {one['bits']:.1f} bits\nexpected {expected}", quote=True)
    look = f"--a:{0.55 * share:.2f};--w:{4 * share:.1f}px"
    return (
        f'<span tabindex="0" style="{look}" data-says="{says}" aria-label="{says}">{html.escape(one["token"])}</span>'
    )


def visible(token: str) -> str:
    """A token as it can be seen: a space as an open box, a line's end as an arrow."""
    return token.replace(" ", "␣").replace("\n", "↵").replace("\f", "the end")
