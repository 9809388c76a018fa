"""Finds the modules of core that a run imports, and the packages that these need, by reading their imports.

Nothing is imported for it, because the server must not load torch.
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

FOLDERS = ("adapt", "align", "keep", "nets")  # taken whole, so that a learner can set another method or net at home
INSTALLED = {"HersheyFonts": "Hershey-Fonts", "PIL": "pillow", "sklearn": "scikit-learn"}  # as pip calls them
RESOURCES = re.compile(r'files\("(\w+)"\)')  # a package whose data are read, and which is not imported


def inside(path: Path) -> str:
    """Returns where a file of the repository is in the folder: in the same place."""
    return path.relative_to(ROOT).as_posix()


def modules(run: Run) -> list[Path]:
    """Returns the files of core that training this run and its ancestors imports, in the order of their names."""
    worlds = {task.world for each in run.lineage() for task in (each.task, *each.watch)}
    roots = ["core.training.train", "core.experiment.scores", *(f"core.worlds.{world}" for world in worlds)]
    roots += [f"core.{folder}.{name}" for folder in FOLDERS for name in module_names(folder)]
    return reached(roots)


def reached(roots: Iterable[str]) -> list[Path]:
    """Returns the files of these modules and of all that they import when they are loaded."""
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
    """Returns the file of a module of core or of a package of it; None for names that are neither."""
    path = ROOT.joinpath(*module.split("."))
    places = (path.with_suffix(".py"), path / "__init__.py")
    return next((place for place in places if place.exists()), None)


@cache
def imported(path: Path) -> tuple[str, ...]:
    """Returns what a file of core imports of core at its top; what a function imports is needed by that function."""
    nodes = [node for node in parse(path.read_text("utf-8")).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return tuple(name for node in nodes for name in names(node) if name.startswith("core."))


def names(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif node.module:
        yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def packages(code: Iterable[Path], fetching: Iterable[Path] = ()) -> dict[str, str]:
    """Returns the packages that training needs, by the names in their imports: as pip calls them. Those that read
    weights are among them; of the modules that fetch texts only what they import at their top."""
    found = {"numpy", "safetensors", "torch"}.union(*(packages_of(path) for path in code))
    found = found.union(*(packages_of(path, False) for path in fetching)) - {"core"} - sys.stdlib_module_names
    return {name: INSTALLED.get(name, name.replace("_", "-")) for name in sorted(found, key=str.lower)}


@cache
def packages_of(path: Path, within_functions: bool = True) -> frozenset[str]:
    text = path.read_text("utf-8")
    every = ast.walk(parse(text)) if within_functions else parse(text).body
    nodes = [node for node in every if isinstance(node, ast.Import | ast.ImportFrom)]
    read = RESOURCES.findall(text)
    return frozenset(name.split(".")[0] for node in nodes for name in names(node)).union(read)


FETCHING = tuple(reached(["core.fetch.__main__"]))  # the modules that fetch texts
