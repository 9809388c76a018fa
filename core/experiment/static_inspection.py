"""Reads facts from the source files of core without importing them, because importing them would import torch.

It finds the kinds of examples that a net reads, and the fields that a method or a measure uses. A new file needs no
registration.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from core.experiment.checks import module_names
from core.experiment.tasks import Task


@cache
def syntax_tree(folder: str, name: str) -> ast.Module:
    """Returns the parsed source of a module in one of core's folders."""
    return ast.parse((Path(__file__).parents[1] / folder / f"{name}.py").read_text("utf-8"))


@cache
def input_forms(net: str) -> tuple[str, ...]:
    """Returns the forms of examples that a net reads, from the constant READS in its file."""
    for line in syntax_tree("nets", net).body:
        if isinstance(line, ast.Assign) and [ast.unparse(target) for target in line.targets] == ["READS"]:
            found: tuple[str, ...] = ast.literal_eval(line.value)
            return found
    return ()


def nets_for(task: Task) -> tuple[str, ...]:
    """Returns the nets that can read a task's examples. Nets that read the fewest forms come first."""
    fitting = [net for net in module_names("nets") if task.form in input_forms(net)]
    return tuple(sorted(fitting, key=lambda net: len(input_forms(net))))


@cache
def reads_field(folder: str, name: str, word: str) -> bool:
    """Returns whether the file of a method reads a name or an attribute, such as "size" or "keep.count"."""
    read = (node for node in ast.walk(syntax_tree(folder, name)) if isinstance(node, ast.Name | ast.Attribute))
    return any(isinstance(node.ctx, ast.Load) and ast.unparse(node) == word for node in read)


@cache
def fields_read_by(kind: str) -> frozenset[str]:
    """Returns the names of the fields that a kind of measure reads: the keyword arguments of its function `measure`.
    The file is parsed and not imported, because importing it would import torch."""
    body = syntax_tree("measure", kind).body
    (function,) = (node for node in body if isinstance(node, ast.FunctionDef) and node.name == "measure")
    return frozenset(argument.arg for argument in function.args.kwonlyargs)
