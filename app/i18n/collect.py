"""Collects every text of the source code as a template.

In a template, {0}, {1} and so on stand for values that are filled in later. A translation file contains the same
templates. The file of a text is the nearest one in the folders above it.
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
FRAME = ROOT / "app" / "i18n"  # its translation file covers app, core and lessons/kit
SLOT = re.compile(r"\{[^{}]*\}")
SAID = re.compile(r"\btranslated`([^`]*)`")  # a text in a JavaScript file
HOLE = re.compile(r"\$\{(?:[^{}`]|\{[^{}]*\})*\}")
TAGS = re.compile(r"</?[a-zA-Z][^>]*>")
BLOCK = re.compile(r"\n\s*\n|\n(?=[-*] )")  # splits at empty lines and before list items


@dataclass(frozen=True)
class Text:
    """Holds one text of the source code as a template."""

    template: str
    where: str  # path:line
    folder: Path  # the folder of the translation file that this text belongs to


def numbered(text: str) -> str:
    """Returns the text on one line, with its slots numbered in order: "{S8.left} of {total}" becomes "{0} of {1}"."""
    slots = count()
    return SLOT.sub(lambda slot: f"{{{next(slots)}}}", " ".join(text.split()))


@cache
def collected() -> tuple[Text, ...]:
    """Returns all templates of the source code.

    The list also contains many strings that no learner reads, such as names of columns. Translators leave these out.
    """
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
    """Returns the folder of the translation file for this path: the lesson's own folder, or the folder of the app."""
    parts = path.relative_to(ROOT).parts
    return ROOT / "lessons" / parts[1] if parts[0] == "lessons" and parts[1] != "kit" and len(parts) > 2 else FRAME


def in_python(source: str) -> Iterator[tuple[str, int]]:
    """Yields the strings of a Python file that are not docstrings, each with its line. HTML is split at its tags."""
    tree = ast.parse(source)
    within = {id(part) for node in ast.walk(tree) for part in not_alone(node)}
    for node in ast.walk(tree):
        if id(node) not in within and (text := literal_text(node)):
            parts = TAGS.split(text) if TAGS.search(text) else [text]
            yield from ((part, node.lineno) for part in parts)  # type: ignore[attr-defined]


def literal_text(node: ast.AST) -> str:
    """Returns the text of a string or an f-string, with {} for each value of the f-string. Other nodes return ""."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def not_alone(node: ast.AST) -> Iterator[ast.AST]:
    """Yields the nodes that are not texts of their own.

    These are docstrings, the pieces of f-strings, and their format specifications.
    """
    if isinstance(node, ast.JoinedStr):
        yield from (part for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.FormattedValue) and node.format_spec:
        yield from ast.walk(node.format_spec)
    elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and isinstance((*node.body, node)[0], ast.Expr):
        yield node.body[0].value  # type: ignore[attr-defined]


def in_script(source: str) -> Iterator[tuple[str, int]]:
    """Yields each text of a JavaScript file that is marked for translation, together with its line number."""
    for found in SAID.finditer(source):
        yield HOLE.sub("{}", found[1]), source.count("\n", 0, found.start()) + 1


def in_prose(source: str) -> Iterator[tuple[str, int]]:
    """Yields the texts of a lesson's text.md, each with its line.

    These are its paragraphs, its questions with their answers and explanations, and its suggestions to try. The
    settings below a suggestion are left out.
    """
    for heading, body in sections(source).items():
        text = TAG.sub("", body)
        if heading == "try":
            text = text.strip().rpartition("\n")[0]
        if heading == "recall":
            text = re.sub(r"^(?:### |- \[[ x]\] )(.*)$", r"\n\n\1\n\n", text, flags=re.MULTILINE)
        yield text, source.count("\n", 0, source.find(f"## {heading}")) + 1


# the reader of each kind of file, by the end of the file's name
READERS = {".py": in_python, ".js": in_script, "text.md": in_prose}
