"""What a script's text and core's mean to each other: modules in blocks of text, and which name in them is whose.

Works on the text, so that comments stay, and runs nothing. Of values the fields stay, without what checks their bounds.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from lessons.kit.scripts.source import ROOT, Block, Import, blocks, docstring, parsed, text_of

Symbol = tuple[str, str]  # a module, and what it calls something
STAND_INS = "lessons.kit.scripts.stand_ins"
REPLACED = {("core.corpus", "documents"): "documents", ("core.alphabet", "load"): "load"}
Functions = ast.FunctionDef | ast.Lambda


@dataclass
class Module:
    """A module's text in blocks, and what its names mean."""

    name: str
    blocks: list[Block]
    means: dict[str, Symbol | str] = field(default_factory=dict)  # what a name is here: a symbol, or a module of ours
    imports: list[Import] = field(default_factory=list)

    @property
    def says(self) -> str:
        """The first sentence of its docstring."""
        text = ast.get_docstring(parsed(text_of_any(self.name))) or ""
        return re.split(r"(?<=\.)\s|\n\n", text)[0].replace("\n", " ").rstrip(".")


def text_of_any(module: str) -> str:
    folder = ROOT / module.replace(".", "/")
    return (folder / "__init__.py").read_text("utf-8") if folder.is_dir() else text_of(module)


def is_ours(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    return module.split(".")[0] in ("core", "lessons") and (path.is_dir() or path.with_suffix(".py").exists())


@cache
def module(name: str) -> Module:
    return understood(name, text_of_any(name))


def understood(name: str, text: str) -> Module:
    every = [plainer(block, name) for block in blocks(text)]
    made = Module(name, [block for block in every if not isinstance(block.node, Import) and not docstring(block.node)])
    for block in every:
        if isinstance(block.node, ast.ImportFrom) and is_ours(block.node.module or ""):
            for alias in block.node.names:
                whole = f"{block.node.module}.{alias.name}"
                known = whole if is_ours(whole) else (block.node.module or "", alias.name)
                made.means[alias.asname or alias.name] = known
        elif isinstance(block.node, Import):
            made.imports.append(block.node)
    made.means |= {called: (name, called) for block in made.blocks for called in defined(block.node)}
    return made


# --- Values without their bounds, files where they are ----------------------------------------------------------------


def plainer(block: Block, name: str) -> Block:
    """A block as a script has it: values without bounds, and what it finds beside itself found from the folder."""
    text = re.sub(r"Path\(__file__\)(\.resolve\(\))?", f'Path("{name.replace(".", "/")}.py")', block.text)
    if isinstance(block.node, ast.ClassDef) and name in ("core.tasks", "core.spec"):
        text = unbound(text)
    node = parsed(text).body[0] if text.strip() else block.node
    return Block(node, text, block.apart)


def unbound(text: str) -> str:
    """A value's class with its fields and properties, without what checks them."""
    text = text.replace("(Knobbed)", "")
    (made,) = parsed(text).body
    assert isinstance(made, ast.ClassDef)
    lines = text.split("\n")
    for part in reversed(made.body):
        begin, end = part.lineno - 1, part.end_lineno or 0
        if isinstance(part, ast.FunctionDef) and part.name == "__post_init__":
            while not lines[begin - 1].strip():
                begin -= 1
            lines[begin:end] = []
        elif isinstance(part, ast.AnnAssign) and isinstance(part.value, ast.Call) and called_knob(part.value):
            default, _, told = part.value.args
            segments = (part.target, part.annotation, default)
            name, kind, first = (ast.get_source_segment(text, segment) for segment in segments)
            lines[begin:end] = [f"    {name}: {kind} = {first}  # {ast.literal_eval(told)}"]
    return "\n".join(lines).rstrip()


def called_knob(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "knob"


# --- What refers to what ----------------------------------------------------------------------------------------------


def defined(node: ast.stmt) -> list[str]:
    """The names that a statement at the top of a module gives a meaning, or adds to."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = [*node.targets] if isinstance(node, ast.Assign) else []
    targets += [node.target] if isinstance(node, ast.AnnAssign | ast.AugAssign) else []
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]


def bound(function: Functions) -> set[str]:
    """The names that are a function's own."""
    args = function.args
    names = {arg.arg for arg in [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg] if arg}
    body = function.body if isinstance(function.body, list) else [function.body]
    for node in (node for part in body for node in ast.walk(part)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, Import):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return names


def outer(node: ast.AST, own: frozenset[str] = frozenset()) -> Iterator[ast.Name]:
    """Every name in a statement that is the module's, not a function's own."""
    if isinstance(node, ast.Name):
        if node.id not in own:
            yield node
        return
    inside, within = own, set[int]()
    if isinstance(node, Functions):
        inside = own | bound(node)
        body = node.body if isinstance(node.body, list) else [node.body]
        within = set(map(id, body))
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        own = inside = own | {
            name.id for made in node.generators for name in ast.walk(made.target) if isinstance(name, ast.Name)
        }
    elif isinstance(node, ast.ClassDef):
        fields = {id(part.target) for part in node.body if isinstance(part, ast.AnnAssign)}
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.AnnAssign) and id(child.target) in fields:
                yield from outer(child.annotation, own)
                yield from outer(child.value, own) if child.value else ()
            else:
                yield from outer(child, own)
        return
    for child in ast.iter_child_nodes(node):
        yield from outer(child, inside if id(child) in within else own)


@dataclass(frozen=True)
class Use:
    """A place in a block's text that means a symbol."""

    node: ast.Name | ast.Attribute
    symbol: Symbol


def uses(block: Block, of: Module) -> list[Use]:
    above = {id(node.value): node for node in ast.walk(block.node) if isinstance(node, ast.Attribute)}
    found = []
    for name in outer(block.node):
        known = of.means.get(name.id)
        if isinstance(known, tuple):
            found.append(Use(name, resolved(known)))
        elif known:
            attribute = above[id(name)]
            found.append(Use(attribute, resolved((known, attribute.attr))))
    return found


def resolved(symbol: Symbol) -> Symbol:
    """Where something is defined that a module may have from another."""
    if symbol in REPLACED:
        return resolved((STAND_INS, REPLACED[symbol]))
    if not is_ours(symbol[0]):
        return symbol
    known = module(symbol[0]).means.get(symbol[1], symbol)
    return known if known == symbol or isinstance(known, str) else resolved(known)  # type: ignore[return-value]


def loads(block: Block) -> Iterator[tuple[ast.Call, str, str]]:
    """Where a file of core is loaded by its name: the call, the folder, and the text that says the name."""
    for node in ast.walk(block.node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "import_module":
            (told,) = node.args
            assert isinstance(told, ast.JoinedStr)
            folder, name = told.values
            assert isinstance(folder, ast.Constant) and isinstance(name, ast.FormattedValue)
            yield node, str(folder.value).split(".")[1], ast.unparse(name.value)
