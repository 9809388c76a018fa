"""Draws the rooms of the house from the code's imports: `python -m tests.rooms` prints them for docs/architecture.md.

A room is a folder with modules. A lesson is one room with everything in it. The files in ALONE are rooms, too. A room
stands one floor above the highest room that it imports from.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOPS = ("core", "lessons", "app")
LESSON = "lessons/<lesson>"
ALONE = (Path("app/streamlit_fixes.py"),)  # files that are a room of their own


def rooms(*tops: str) -> dict[str, set[str]]:
    """Returns every room of these packages, and the rooms that it imports from."""
    needs: dict[str, set[str]] = {}
    for top in tops:
        for path in sorted((ROOT / top).rglob("*.py")):
            here = room(path.relative_to(ROOT))
            needs.setdefault(here, set())
            needs[here] |= {
                there for name in imported(path) if (there := room_of(name)) and there.split("/")[0] in tops
            }
    return {here: others - {here} for here, others in needs.items()}


def room(module: Path) -> str:
    """Returns the room of a module, whose path begins at the repository's folder."""
    if module in ALONE:
        return module.with_suffix("").as_posix()
    parts = module.parent.parts
    return LESSON if parts[0] == "lessons" and len(parts) > 1 and parts[1] != "kit" else "/".join(parts)


def room_of(name: str) -> str | None:
    """Returns the room of an imported module or of a name in one. It is None if the import is not ours."""
    path = Path(*name.split("."))
    for candidate in (
        path.with_suffix(".py"),
        path / "__init__.py",
        path.parent.with_suffix(".py"),
        path.parent / "__init__.py",
    ):
        if path.parts[0] in TOPS and (ROOT / candidate).exists():
            return room(candidate)
    return None


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floors(needs: dict[str, set[str]]) -> list[list[str]]:
    """Returns the rooms floor by floor, from the ground up. Rooms that import each other in a circle have no floor."""
    found: list[list[str]] = []
    left = dict(needs)
    while ground := sorted(name for name, others in left.items() if not others & left.keys()):
        found.append(ground)
        left = {name: others for name, others in left.items() if name not in ground}
    return found


def drawing() -> str:
    """Returns the house as text, its roof first. Each floor imports only from floors below it."""
    lines: list[str] = []
    for top in reversed(TOPS):
        needs = rooms(top)
        lines.append(f"{top}/")
        for number, floor in reversed(list(enumerate(floors(needs), 1))):
            lines.append(f"  {number:2}  {'   '.join(name.removeprefix(f'{top}/') for name in floor)}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(drawing())
