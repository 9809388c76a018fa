"""Core's own code for one run in one file: what a script reaches of core, module by module, with what it imports.

What two modules call alike gets its module's name before it; a file that core loads by its name becomes a row of a
table; and what nothing uses goes. Works on the text (lessons/kit/scripts/meaning.py) and runs nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lessons.kit.scripts.meaning import (
    Functions,
    Module,
    Symbol,
    bound,
    defined,
    loads,
    module,
    resolved,
    understood,
    uses,
)
from lessons.kit.scripts.source import Block, Import, blocks, import_lines, parsed

LOADED = {  # what is asked of a file that is loaded by its name
    "adapt": ("phi", "delta"),
    "keep": ("prepare",),
    "nets": ("layers",),
    "worlds": ("classes", "train", "test", "scores", "loss", "UNIT"),
}


@dataclass(frozen=True)
class Part:
    """What one module gives to the file: a heading, and code."""

    title: str
    code: str


def flat(script: str, picked: Mapping[str, list[str]]) -> list[Part]:
    """A script's text with all of core that it reaches; picked: the files by folder that are loaded by their names."""
    own = understood("script", script)
    reached, order = reach(own, picked)
    called = names(own, reached, order)
    imports = [node for of in [own, *(module(name) for name in order)] for node in of.imports]
    parts = list[Part]()
    for of in [*(module(name) for name in order), own]:
        kept = of.blocks if of is own else [block for block in of.blocks if id(block) in reached[of.name]]
        texts = [rewritten(block, of, called) for block in kept]
        if of is own:
            tables = [table(folder, files, called) for folder, files in picked.items() if folder in reached["tables"]]
            parts += [Part("What is loaded by its name", "\n".join(tables))] if tables else []
        if texts:
            title = "The run" if of is own else f"{of.name}: {of.says}"
            parts.append(Part(title, joined(kept, texts)))
    parts = pruned(parts)
    used = {node.id for part in parts for node in ast.walk(parsed(part.code)) if isinstance(node, ast.Name)}
    imports += [node for node in parsed("from types import SimpleNamespace").body if isinstance(node, Import)]
    foreign = [node for node in imports if not (isinstance(node, ast.ImportFrom) and node.module == "__future__")]
    top = "\n".join(["from __future__ import annotations", "", *import_lines(foreign, used)])
    return [Part(ast.get_docstring(parsed(script)) or "", top), *parts]


def pruned(parts: list[Part]) -> list[Part]:
    """Without methods and definitions that nothing uses; the last part is what is done."""
    trees = [parsed(part.code) for part in parts]
    asked = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    slim = [Part(part.title, without_methods(part.code, asked)) for part in parts]
    every = [list(blocks(part.code)) for part in slim]
    needs = {id(block): words(block) for some in every for block in some}
    wanted = set[str]().union(*(needs[id(block)] for block in every[-1] if not defined(block.node)))
    while (
        more := set[str]().union(
            *(needs[id(block)] for some in every for block in some if wanted & set(defined(block.node)))
        )
        - wanted
    ):
        wanted |= more
    kept = [[block for block in some if not defined(block.node) or wanted & set(defined(block.node))] for some in every]
    after = [Part(part.title, joined(some, [block.text for block in some])) for part, some in zip(slim, kept) if some]
    return after if after == parts else pruned(after)


def words(block: Block) -> set[str]:
    return {node.id for node in ast.walk(block.node) if isinstance(node, ast.Name)} - set(defined(block.node))


def without_methods(code: str, asked: set[str]) -> str:
    """The code without methods whose names are never asked for; what is made from PyTorch's classes it asks itself."""
    lines = code.split("\n")
    methods = [
        (made, part)
        for made in parsed(code).body
        if isinstance(made, ast.ClassDef) and not any(isinstance(base, ast.Attribute) for base in made.bases)
        for part in made.body
        if isinstance(part, ast.FunctionDef) and not part.name.startswith("__") and part.name not in asked
    ]
    for _, part in reversed(methods):
        begin = min([part.lineno, *(one.lineno for one in part.decorator_list)]) - 1
        while not lines[begin - 1].strip():
            begin -= 1
        lines[begin : part.end_lineno] = []
    return "\n".join(lines)


def reach(own: Module, picked: Mapping[str, list[str]]) -> tuple[dict[str, set[object]], list[str]]:
    """The blocks that are needed of each module, and the modules, those first that others stand on."""
    reached: dict[str, set[object]] = {"tables": set()}
    order = list[str]()

    def visit(block: Block, of: Module) -> None:
        for use in uses(block, of):
            take(use.symbol)
        for _, folder, _ in loads(block):
            if folder not in reached["tables"]:
                reached["tables"].add(folder)
                for name in picked[folder]:
                    for symbol in offered(folder, name):
                        take(symbol)

    def take(symbol: Symbol) -> None:
        if symbol[0] == own.name:
            return
        of = module(symbol[0])
        kept = reached.setdefault(of.name, set())
        for block in of.blocks:
            if symbol[1] in defined(block.node) and id(block) not in kept:
                kept.add(id(block))
                visit(block, of)

    def stand(name: str) -> None:
        if name in order or name not in reached:
            return
        waiting.add(name)
        for known in module(name).means.values():
            other = known if isinstance(known, str) else resolved(known)[0]
            if other not in waiting:
                stand(other)
        order.append(name)

    for block in own.blocks:
        visit(block, own)
    waiting = set[str]()
    for name in list(reached):
        if name != "tables":
            stand(name)
    return reached, order


def offered(folder: str, name: str) -> list[Symbol]:
    """What a file of a folder has of what is asked of such files."""
    means = module(f"core.{folder}.{name}").means
    return [resolved((f"core.{folder}.{name}", asked)) for asked in LOADED[folder] if asked in means]


def names(own: Module, reached: Mapping[str, set[object]], order: list[str]) -> dict[Symbol, str]:
    """What each symbol is called in the file: as in its module, unless something else there is called so."""
    kept = [(of, block) for name in order if (of := module(name)) for block in of.blocks if id(block) in reached[name]]
    kept += [(own, block) for block in own.blocks]
    symbols = list(dict.fromkeys((of.name, name) for of, block in kept for name in defined(block.node)))
    taken = [name for _, name in symbols]
    hidden: set[Symbol] = set()
    for of, block in kept:
        inside = set[str]().union(*(bound(node) for node in ast.walk(block.node) if isinstance(node, Functions)))
        hidden |= {use.symbol for use in uses(block, of) if use.symbol[1] in inside}
    outside = {alias.asname or alias.name for of, _ in kept for node in of.imports for alias in node.names}

    def called(symbol: Symbol) -> str:
        place, name = symbol
        clear = taken.count(name) == 1 and symbol not in hidden and name not in outside
        return name if clear or place == own.name else f"{place.split('.')[-1]}_{name}"

    found = {symbol: called(symbol) for symbol in symbols}
    assert len(set(found.values())) == len(found), "two things would be called alike"
    return found


def rewritten(block: Block, of: Module, called: Mapping[Symbol, str]) -> str:
    """A block's text with the names that things have in the file."""
    edits = [(use.node, called[use.symbol]) for use in uses(block, of) if use.symbol in called]
    edits += [(node, f"{folder}_by_name[{name}]") for node, folder, name in loads(block)]  # type: ignore[misc]
    lines = block.text.encode().split(b"\n")
    for node, text in sorted(edits, key=lambda edit: (edit[0].lineno, edit[0].col_offset), reverse=True):
        assert node.end_lineno == node.lineno
        line = lines[node.lineno - 1]
        lines[node.lineno - 1] = line[: node.col_offset] + text.encode() + line[node.end_col_offset :]
    said = b"\n".join(lines).decode()
    if isinstance(block.node, ast.FunctionDef | ast.ClassDef):
        name = block.node.name
        said = re.sub(rf"^(def|class) {name}\b", rf"\1 {called[of.name, name]}", said, count=1, flags=re.MULTILINE)
    return said


def table(folder: str, files: list[str], called: Mapping[Symbol, str]) -> str:
    """The files of a folder by their names."""
    rows = []
    for name in files:
        means = module(f"core.{folder}.{name}").means
        parts = [
            f"{asked}={called[resolved((f'core.{folder}.{name}', asked))]}"
            for asked in LOADED[folder]
            if asked in means
        ]
        rows.append(f'    "{name}": SimpleNamespace({", ".join(parts)}),')
    return f"{folder}_by_name = {{\n" + "\n".join(rows) + "\n}"


def joined(kept: list[Block], texts: list[str]) -> str:
    text, before = "", False
    for block, said in zip(kept, texts):
        defines = isinstance(block.node, ast.FunctionDef | ast.ClassDef)
        text += "\n" * (0 if not text else 2 if defines or before else int(block.apart)) + said + "\n"
        before = defines
    return text.rstrip()
