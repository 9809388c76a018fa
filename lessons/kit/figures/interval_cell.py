"""Draws a value with its interval in the space of one word. The value is a dot, the interval is a line, and a mark
shows where there is no effect."""

from __future__ import annotations


def number(value: float) -> str:
    """Writes a number with three significant digits."""
    written = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return written.replace("-", "\N{MINUS SIGN}")


def interval_cell(value: float, low: float, high: float, none: float = 0.0) -> str:
    """Returns HTML that is drawn by the style sheet of the page. The positions are shares of its width."""
    start, end = min(none, low), max(none, high)
    places = {"none": none, "low": low, "at": value, "high": high}
    style = "; ".join(f"--{name}: {(x - start) / (end - start):.3f}" for name, x in places.items())
    says = f"{number(value)}, interval {number(low)} to {number(high)}, beside {none:g}"
    return f'<span class="whisker" role="img" aria-label="{says}" style="{style}"><i></i></span>'
