"""Sketches the four ways to remember: what is stored, and what training may not change."""

from __future__ import annotations

from collections.abc import Callable

from lessons.kit.figures import ROLES, Figure, svg_address

OLD, NEW, STILL = ROLES["source"][0], ROLES["target"][0], ROLES["note"][0]  # colours
WEIGHTS = (0.9, 0.15, 0.6, 0.1, 0.3)  # how much each weight of the sketch matters for the old skill
MOVES = (4, 22, 8, 26, 16)  # how far each weight moves


def tile(x: float, letter: str, colour: str) -> str:
    """Draws one example of a batch."""
    box = f'<rect x="{x}" y="22" width="30" height="30" rx="5" fill="{colour}"/>'
    name = f'<text x="{x + 15}" y="43" font-size="18" fill="#fff" text-anchor="middle">{letter}</text>'
    return box + name


def replay() -> str:
    """Draws a batch of new digits with one old glyph in it."""
    shown = [tile(12 + 36 * k, letter, NEW) for k, letter in enumerate("372")]
    return "".join(shown) + tile(132, "Ж", OLD)


def answers(x: float) -> str:
    heights = (12, 34, 20, 8)
    bars = (
        f'<rect x="{x + 14 * k}" y="{56 - high}" width="10" height="{high}" fill="{OLD}"/>'
        for k, high in enumerate(heights)
    )
    return "".join(bars)


def lwf() -> str:
    """Draws the answers of the old head to a new digit, before and after training. They must stay the same."""
    sign = f'<text x="94" y="46" font-size="24" fill="{STILL}" text-anchor="middle">=</text>'
    return answers(16) + sign + answers(116)


def springs(stiffness: tuple[float, ...], moves: tuple[int, ...]) -> str:
    """Draws weights that are held near their old values by springs. A thick line is a stiff spring."""
    shown = ""
    for k, (stiff, move) in enumerate(zip(stiffness, moves)):
        x = 22 + 34 * k
        shown += f'<line x1="{x}" y1="14" x2="{x}" y2="{20 + move}" stroke="{OLD}" stroke-width="{1 + 6 * stiff:.1f}"/>'
        shown += f'<rect x="{x - 6}" y="10" width="12" height="4" fill="{STILL}"/>'
        shown += f'<circle cx="{x}" cy="{24 + move}" r="6" fill="{NEW}"/>'
    return shown


def ewc() -> str:
    """Draws stiff springs on the weights that mattered, and loose ones on the others."""
    return springs(WEIGHTS, MOVES)


def l2_sp() -> str:
    """Draws equally stiff springs on all weights."""
    return springs((0.4,) * 5, (12,) * 5)


SKETCHES: dict[str, tuple[Callable[[], str], str]] = {
    "Replay": (
        replay,
        "puts a few old drawings (green) into every batch of new digits, so that the net practises them again.",
    ),
    "LwF": (
        lwf,
        "keeps the old answers: what the old head says about the new digits must stay the same while the net trains.",
    ),
    "EWC": (
        ewc,
        "protects important weights: each is held near its old value as if by a spring, stiffer if it mattered.",
    ),
    "L2-SP": (l2_sp, "holds all weights near their old values, with equally stiff springs."),
}


def sketch_address(drawing: str) -> str:
    """Returns the drawing of a sketch as the address of an image."""
    return svg_address(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 180 64">{drawing}</svg>')


def four_ways() -> Figure:
    """Draws the four ways to remember side by side, each with one sentence."""
    cards = (
        f'<div style="border:1px solid {STILL}55;border-radius:10px;padding:.6rem .9rem">'
        f'<img src="{sketch_address(sketch())}" alt="" style="width:100%;height:110px"/>'
        f'<p style="margin:.3rem 0 0"><b>{name}</b> {words}</p></div>'
        for name, (sketch, words) in SKETCHES.items()
    )
    grid = "display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:.75rem"
    alt = "Four ways to protect an old skill. " + " ".join(f"{name} {words}" for name, (_, words) in SKETCHES.items())
    return Figure(
        kind="html", spec=f'<div style="{grid}">{"".join(cards)}</div>', alt=alt, title="Four ways to remember"
    )
