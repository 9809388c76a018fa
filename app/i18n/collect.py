"""Every text that stands in the source, as a template: what is filled in later is {0}, {1} and so on. A translator's
file beside it holds the same templates; a text's own file is the nearest above it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

from lessons.kit.lesson.catalogue import sections
from lessons.kit.lesson.explanation import TAG

ROOT = Path(__file__).parents[2]
FRAME = ROOT / "app" / "i18n"  # whose file has what is in app, core and lessons/kit
SLOT = re.compile(r"\{[^{}]*\}")
SAID = re.compile(r"\btranslated`([^`]*)`")  # in a script
HOLE = re.compile(r"\$\{(?:[^{}`]|\{[^{}]*\})*\}")
TAGS = re.compile(r"</?[a-zA-Z][^>]*>")
BLOCK = re.compile(r"\n\s*\n|\n(?=[-*] )")  # between paragraphs, and before an item of a list


@dataclass(frozen=True)
class Text:
    template: str
    where: str  # path:line
    folder: Path  # whose translators have it


def numbered(text: str) -> str:
    """A text on one line, with its slots in order: "{S8.left} of {total}" is "{0} of {1}"."""
    slots = count()
    return SLOT.sub(lambda slot: f"{{{next(slots)}}}", " ".join(text.split()))


@cache
def collected() -> tuple[Text, ...]:
    """All of it, and much that nobody reads, such as names of columns: a translator leaves that out."""
    found: list[Text] = []
    for top in ("app", "lessons", "core"):
        for path in sorted((ROOT / top).rglob("*")):
            read = next((READERS[end] for end in READERS if path.name.endswith(end)), None)
            if read:
                where, folder = path.relative_to(ROOT), owner(path)
                for text, line in read(path.read_text("utf-8")):
                    for block in map(numbered, BLOCK.split(text)):
                        if re.search(r"[^\W\d_]{2}", SLOT.sub("", block)):
                            found.append(Text(block, f"{where}:{line}", folder))
    return tuple(found)


def owner(path: Path) -> Path:
    """The folder with the translators' file: a lesson's own, or the frame's."""
    parts = path.relative_to(ROOT).parts
    return ROOT / "lessons" / parts[1] if parts[0] == "lessons" and parts[1] != "kit" and len(parts) > 2 else FRAME


def in_python(source: str) -> Iterator[tuple[str, int]]:
    """Strings that are no docstrings; of HTML what stands between its tags."""
    tree = ast.parse(source)
    within = {id(part) for node in ast.walk(tree) for part in not_alone(node)}
    for node in ast.walk(tree):
        if id(node) not in within and (text := literal_text(node)):
            parts = TAGS.split(text) if TAGS.search(text) else [text]
            yield from ((part, node.lineno) for part in parts)  # type: ignore[attr-defined]


def literal_text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def not_alone(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, the pieces of f-strings, and how their numbers are written."""
    if isinstance(node, ast.JoinedStr):
        yield from (part for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.FormattedValue) and node.format_spec:
        yield from ast.walk(node.format_spec)
    elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and isinstance((*node.body, node)[0], ast.Expr):
        yield node.body[0].value  # type: ignore[attr-defined]


def in_script(source: str) -> Iterator[tuple[str, int]]:
    """What a script of a page says."""
    for found in SAID.finditer(source):
        yield HOLE.sub("{}", found[1]), source.count("\n", 0, found.start()) + 1


def in_prose(source: str) -> Iterator[tuple[str, int]]:
    """A lesson's paragraphs; what is asked, answered and explained; what one may try, without what it sets."""
    for heading, body in sections(source).items():
        text = TAG.sub("", body)
        if heading == "try":
            text = text.strip().rpartition("\n")[0]
        if heading == "recall":
            text = re.sub(r"^(?:### |- \[[ x]\] )(.*)$", r"\n\n\1\n\n", text, flags=re.MULTILINE)
        yield text, source.count("\n", 0, source.find(f"## {heading}")) + 1


READERS = {".py": in_python, ".js": in_script, "text.md": in_prose}  # by the end of a file's name
