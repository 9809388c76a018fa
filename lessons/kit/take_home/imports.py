"""Finds the modules of core that a run imports, and the packages that these modules need, by reading their import
statements.

It does not import any of them, because the server must not load torch.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from core.experiment.checks import module_names
from core.experiment.spec import Run
from core.user_data.corpus import ROOT
from lessons.kit.scripts.source import parse

# Included completely, so that a learner can try another method or net at home.
FOLDERS = ("adapt", "align", "keep", "nets")
INSTALLED = {"HersheyFonts": "Hershey-Fonts", "PIL": "pillow", "sklearn": "scikit-learn"}  # the names that pip uses
RESOURCES = re.compile(r'files\("(\w+)"\)')  # a package whose data files are read, although it is not imported


def inside(path: Path) -> str:
    """Returns the path of a file of the repository in the folder, which is the same path."""
    return path.relative_to(ROOT).as_posix()


def modules(run: Run) -> list[Path]:
    """Returns the files of core that are imported when this run and its ancestors are trained, sorted by name."""
    worlds = {task.world for each in run.lineage() for task in (each.task, *each.watch)}
    roots = ["core.training.train", "core.experiment.scores", *(f"core.worlds.{world}" for world in worlds)]
    roots += [f"core.{folder}.{name}" for folder in FOLDERS for name in module_names(folder)]
    return reached(roots)


def reached(roots: Iterable[str]) -> list[Path]:
    """Returns the files of these modules, and of all modules that they import when they are loaded."""
    found: set[Path] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        packages = [name.rsplit(".", k)[0] for k in range(name.count(".") + 1)]
        new = {path for each in packages if (path := file_of(each))} - found
        found |= new
        waiting += [other for path in new for other in imported(path)]
    return sorted(found)


def file_of(module: str) -> Path | None:
    """Returns the file of a module or package of core, or None if the name is neither."""
    path = ROOT.joinpath(*module.split("."))
    places = (path.with_suffix(".py"), path / "__init__.py")
    return next((place for place in places if place.exists()), None)


@cache
def imported(path: Path) -> tuple[str, ...]:
    """Returns the modules of core that a file of core imports at its top. Imports inside functions are not included."""
    nodes = [node for node in parse(path.read_text("utf-8")).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return tuple(name for node in nodes for name in names(node) if name.startswith("core."))


def names(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Yields the names of the modules that an import statement may load."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif node.module:
        yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def packages(code: Iterable[Path], fetching: Iterable[Path] = ()) -> dict[str, str]:
    """Returns the packages that training needs, by the names in their imports, with the names that pip uses.

    They include the packages that read weights. The modules that fetch texts count only with the imports at their
    top.
    """
    found = {"numpy", "safetensors", "torch"}.union(*(packages_of(path) for path in code))
    found = found.union(*(packages_of(path, False) for path in fetching)) - {"core"} - sys.stdlib_module_names
    return {name: INSTALLED.get(name, name.replace("_", "-")) for name in sorted(found, key=str.lower)}


@cache
def packages_of(path: Path, within_functions: bool = True) -> frozenset[str]:
    """Returns the packages that a file imports."""
    text = path.read_text("utf-8")
    every = ast.walk(parse(text)) if within_functions else parse(text).body
    nodes = [node for node in every if isinstance(node, ast.Import | ast.ImportFrom)]
    read = RESOURCES.findall(text)
    return frozenset(name.split(".")[0] for node in nodes for name in names(node)).union(read)


FETCHING = tuple(reached(["core.fetch.__main__"]))  # the modules that fetch texts
