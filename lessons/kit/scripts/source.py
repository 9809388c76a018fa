"""Writes the source code of a script with other values of its constants. The result is one file that contains only
the code that these values need.

It edits the text of the code, so that comments are kept. It does not depend on any lesson and does not run anything.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).resolve().parents[3]
WRITTEN_OUT = (
    "lessons.kit.scripts.parts",
    "lessons.kit.scripts.attention",
    "lessons.kit.scripts.eye",
    "core.experiment.guest_book_words",
)  # imports from these modules are replaced by their code
CALLED = {"PIL": "pillow"}  # packages by the name under which they are imported, if pip has another one
Import = ast.Import | ast.ImportFrom
PARSING = Lock()


def render_script(script: str, title: str, **constants: object) -> str:
    """Returns a script with these constants, without the code that they make unnecessary. `script` is the name of its
    module."""
    text = written_out(resolve_branches(with_constants(text_of(script), **constants)))
    imported = {name for node in ast.walk(parse(text)) for name in packages(node)}
    needs = "# Needs: pip install " + " ".join(sorted(CALLED.get(name, name) for name in imported if group(name) == 1))
    if any(group(name) == 2 for name in imported):
        needs = "# Needs: Headstart's requirements, and its folder to run in"
    elif re.search(r"\"(lessons|core)/", text):
        needs += ", and Headstart's folder to run in"
    return f"# {title}\n{needs}\n{text}"


@lru_cache(maxsize=64)
def parse(text: str) -> ast.Module:
    """Parses the text. The result is cached, so the caller must not change it. The lock is needed because before
    Python 3.12 two threads cannot parse at the same time."""
    with PARSING:
        return ast.parse(text)


@cache
def text_of(module: str) -> str:
    """Returns the source code of a module."""
    return (ROOT / module.replace(".", "/")).with_suffix(".py").read_text("utf-8")


# --- Constants -----------------------------------------------------------------------------------------------------


def with_constants(source: str, **values: object) -> str:
    """Returns the source code with other values for the constants at its top. Raises KeyError if a constant does not
    exist."""
    for name, value in values.items():
        places = {constant(node): node.value for node in parse(source).body if isinstance(node, ast.Assign)}
        if not name or name not in places:
            raise KeyError(f"The script has no constant {name}.")
        source = with_expression(source, places[name], literal(value))
    return source


def constant(node: ast.stmt) -> str:
    """Returns the name that a statement assigns a value to, or "" if it does something else."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return name
    return ""


def literal(value: object) -> str:
    """Returns a value as Python code, with strings in double quotes."""
    if isinstance(value, list | tuple):
        inner = ", ".join(map(literal, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner},)" if len(value) == 1 else f"({inner})"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def with_expression(source: str, node: ast.expr, text: str) -> str:
    """Returns the source code with one expression replaced."""
    lines = source.encode().splitlines(keepends=True)  # ast counts bytes
    assert node.end_lineno is not None
    before = [*lines[: node.lineno - 1], lines[node.lineno - 1][: node.col_offset]]
    after = [lines[node.end_lineno - 1][node.end_col_offset :], *lines[node.end_lineno :]]
    return b"".join([*before, text.encode(), *after]).decode()


# --- Branches ------------------------------------------------------------------------------------------------------


def resolve_branches(source: str) -> str:
    """Returns the source code with only the branch that is taken, for every `if` that depends only on constants."""
    tree, known = parse(source), {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and (name := constant(node)):
            try:
                known[name] = ast.literal_eval(node.value)
            except ValueError:
                continue
    for choice in ast.walk(tree):  # the outermost one first
        if not isinstance(choice, ast.If | ast.IfExp):
            continue
        asked = {name.id for name in ast.walk(choice.test) if isinstance(name, ast.Name)}
        if asked and asked <= known.keys():
            yes = bool(eval(ast.unparse(choice.test), {}, known))
            if isinstance(choice, ast.If):
                return resolve_branches(with_branch(source, choice, yes))
            kept = ast.get_source_segment(source, choice.body if yes else choice.orelse)
            return resolve_branches(with_expression(source, choice, kept or ""))
    return source


def with_branch(source: str, choice: ast.If, yes: bool) -> str:
    """Returns the source code with one branch in place of the whole statement. If there is no such branch, the
    comment above it is removed too."""
    lines = source.split("\n")
    first, last = choice.lineno - 1, choice.end_lineno
    begin, end = choice.test.end_lineno or 0, choice.body[-1].end_lineno or 0
    if not yes and choice.orelse:
        begin, end = end, choice.orelse[-1].end_lineno or 0
        while not (word := lines[begin].strip()).startswith(("else:", "elif ")):
            begin += 1
        if word.startswith("elif "):
            branch = [lines[begin].replace("elif ", "if ", 1), *lines[begin + 1 : end]]
            return "\n".join(lines[:first] + branch + lines[last:])
        begin += 1
    elif not yes:
        begin = end
        while lines[first - 1].strip().startswith("#"):
            first -= 1
    inner = (choice.body if yes else choice.orelse or choice.body)[0].col_offset
    branch = [line[min(inner - choice.col_offset, len(line) - len(line.lstrip())) :] for line in lines[begin:end]]
    return "\n".join(lines[:first] + branch + lines[last:])


# --- One file ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """Holds a statement at the top level of a module, with the comments above it."""

    node: ast.stmt
    text: str
    apart: bool  # whether there is a blank line before it

    @property
    def name(self) -> str:
        """Returns the name that it defines, or "" if it defines none."""
        if isinstance(self.node, ast.FunctionDef | ast.ClassDef):
            return self.node.name
        return constant(self.node)

    @property
    def uses(self) -> set[str]:
        """Returns the names that it uses."""
        names = {node.id for node in ast.walk(self.node) if isinstance(node, ast.Name)}
        return names - {self.name}


def blocks(source: str) -> Iterator[Block]:
    """Yields the statements at the top level of a module, with the comments above them."""
    lines, begin = source.split("\n"), 0
    for node in parse(source).body:
        text = "\n".join(lines[begin : node.end_lineno])
        yield Block(node, text.strip("\n"), text.startswith("\n"))
        begin = node.end_lineno or 0


def written_out(source: str) -> str:
    """Returns the source code as one file. The code that it uses from WRITTEN_OUT is placed before its first action,
    and unused code is removed."""
    own = list(blocks(source))
    imports = [block.node for block in own if isinstance(block.node, Import)]
    others = list[Block]()
    for node in imports[:]:
        if isinstance(node, ast.ImportFrom) and node.module in WRITTEN_OUT:
            shared = list(blocks(text_of(node.module)))
            imports += [block.node for block in shared if isinstance(block.node, Import)]
            others += needed([block for block in shared if block.name], {alias.name for alias in node.names})
    top = [block for block in own if docstring(block.node)]
    rest = [block for block in own if not isinstance(block.node, Import) and block not in top]
    values = next((k for k, block in enumerate(rest) if not block.name.isupper()), len(rest))
    body = needed(rest[:values] + others + rest[values:], set())
    used = set[str]().union(*(block.uses for block in body))
    return join([*(block.text for block in top), "\n".join(import_lines(imports, used))], body)


def docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def needed(body: list[Block], names: set[str]) -> list[Block]:
    """Returns the blocks without unused definitions. Definitions with these names are kept."""
    names = names.union(*(block.uses for block in body if not block.name))
    while more := set[str]().union(*(block.uses for block in body if block.name in names)) - names:
        names |= more
    return [block for block in body if not block.name or block.name in names]


def import_lines(imports: Iterable[Import], used: set[str]) -> list[str]:
    """Returns the imports that are used, one on each line, in the usual order."""
    plain, from_ = set[str](), dict[str, set[str]]()
    for node in imports:
        for alias in node.names:
            if (alias.asname or alias.name.split(".")[0]) not in used:
                continue
            said = ast.unparse(alias)
            if isinstance(node, ast.Import):
                plain.add(said)
            elif node.module and node.module not in WRITTEN_OUT:
                from_.setdefault(node.module, set()).add(said)
    lines = [(group(name), 0, f"import {name}") for name in plain]
    lines += [(group(name), 1, f"from {name} import {', '.join(sorted(some))}") for name, some in from_.items()]
    text, before = list[str](), 0
    for place, _, line in sorted(lines):
        text += [""] * (bool(text) and place != before) + [line]
        before = place
    return text


def packages(node: ast.AST) -> set[str]:
    """Returns the packages that an import statement needs. It is empty for any other node."""
    modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    return {module.split(".")[0] for module in modules}


def group(module: str) -> int:
    """Returns 0 for the standard library, 1 for a package, and 2 for our own code."""
    package = module.split(".")[0].split(" ")[0]
    return 0 if package in sys.stdlib_module_names else 2 if package in ("core", "lessons") else 1


def join(top: list[str], body: list[Block]) -> str:
    """Writes the blocks one after the other, with the usual blank lines."""
    text, before = "\n\n".join(filter(None, top)) + "\n", False
    for k, block in enumerate(body):
        defines = isinstance(block.node, ast.FunctionDef | ast.ClassDef)
        apart = 2 if defines or before else int(block.apart or not k)
        text += "\n" * apart + re.sub(r"\n{3,}", "\n\n", block.text) + "\n"
        before = defines
    return text
