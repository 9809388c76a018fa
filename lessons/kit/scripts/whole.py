"""Any run as a script and as a notebook: core's own code for it, in one file that needs nothing of ours."""

from __future__ import annotations

import ast
import json
import re
import textwrap
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from core.check import BadValue
from core.serve import shipped, store
from core.spec import Run, digest
from core.tasks import Image, Plane, Text
from lessons.kit.scripts.flat import Part, flat
from lessons.kit.scripts.source import ROOT, group, literal, packages, parsed, taken, text_of, with_constants

TEMPLATE = "lessons.kit.scripts.any_run"
WORLDS = (Image, Plane, Text)
INSTALLED = {"HersheyFonts": "Hershey-Fonts", "PIL": "pillow"}  # packages that are not called as what they hold


def refused(run: Run) -> str:
    """Why there is no script of a run, in a sentence; "" if there is one."""
    tasks = [task for each in run.lineage() for task in (each.task, *each.watch)]
    if not all(isinstance(task, WORLDS) for task in tasks):
        return "A script can be made of runs on images, on the plane and on text; this run has learned something else."
    if any(stage.aim != "task" for each in run.lineage() for stage in each.stages):
        return "A script can be made of runs that learn their task; this run aims at what a rater prefers."
    return ""


def script(run: Run) -> str:
    """A run in one file; BadValue with a sentence where that cannot be."""
    top, *rest = parts(bare(run))
    sections = [f"{heading(part)}\n\n{part.code}" for part in rest]
    text = "\n\n\n".join([f'"""{top.title}"""\n\n{top.code}', *sections]) + "\n"
    return f"# {digest(run)}: {title(run)}\n{needs(text)}\n{text}"


def heading(part: Part) -> str:
    return "\n".join(textwrap.wrap(f"--- {part.title}", 118, initial_indent="# ", subsequent_indent="# "))


def notebook(run: Run) -> str:
    """The same in cells (nbformat 4.5), a heading before each."""
    top, *rest = parts(bare(run))
    text = "\n".join(part.code for part in (top, *rest))
    first = f"# {title(run)}\n\n{top.title}\n\n`{needs(text).removeprefix('# ')}`"
    cells = [cell("markdown", first, 0), cell("code", top.code, 1)]
    for part in rest:
        name, _, says = part.title.partition(": ")
        cells.append(cell("markdown", f"## {name}\n\n{says}", len(cells)))
        cells.append(cell("code", part.code, len(cells)))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    told = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def cell(kind: str, text: str, number: int) -> dict[str, Any]:
    lines = text.rstrip().splitlines(keepends=True)
    made = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": lines}
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def title(run: Run) -> str:
    started = f" after {run.start.task.world}" if run.start else " from scratch"
    return f"{run.task.world}{started}, {run.seeds} seeds"


def bare(run: Run) -> Run:
    """The same run without what is only recorded: no weight is another."""
    return replace(run, start=bare(run.start) if run.start else None, frames=0, exhibit=0)


def needs(text: str) -> str:
    """The packages that it imports or has files from, and whether it reads files of ours."""
    imported = {name for node in ast.walk(parsed(text)) for name in packages(node) if group(name) == 1}
    imported |= set(re.findall(r'files\("(\w+)"\)', text))
    said = "# Needs: pip install " + " ".join(sorted(INSTALLED.get(name, name) for name in imported))
    return said + (", and Headstart's folder to run in" if re.search(r'"(lessons|core)/', text) else "")


@lru_cache(maxsize=16)
def parts(run: Run) -> list[Part]:
    if why := refused(run):
        raise BadValue(why)
    lineage = list(reversed(list(run.lineage())))
    stages = [stage for each in lineage for stage in each.stages]
    tasks = [task for each in lineage for task in (each.task, *each.watch)]
    kept = [ships(each) for each in lineage[:-1]]
    text = taken(
        with_constants(
            text_of(TEMPLATE),
            KEEPING=any(each.keep for each in lineage),
            ANNEALED=any(stage.anneal for stage in stages),
            WATCHED=any(each.watch for each in lineage),
            WEIGHTS=kept if any(kept) else [],
        )
    )
    picked = {
        "worlds": sorted({task.world for task in tasks}),
        "nets": sorted({run.net}),
        "adapt": sorted({stage.method for stage in stages}),
        "keep": sorted({way.method for each in lineage for way in each.keep}),
    }
    return flat(with_runs(text, lineage), picked)


def ships(run: Run) -> str:
    """Where a run's weights stand that ship; "" if they do not."""
    line = shipped.read(store.SHIPPED, digest(run))
    path = shipped.weights(store.SHIPPED, digest(run))
    return path.relative_to(ROOT).as_posix() if line and "weights" in line else ""


# --- The run as Python ------------------------------------------------------------------------------------------------


def with_runs(text: str, lineage: list[Run]) -> str:
    """The runs in place of the template's, and what they are made of among its imports."""
    begin, end = text.index("\nSOURCE = ") + 1, text.index("\n\n\ndef train(")
    names = [f"START_{k + 1}" if len(lineage) > 2 else "SOURCE" for k in range(len(lineage) - 1)] + ["RUN"]
    known = dict(zip(lineage, names))
    runs = [f"{names[k]} = {python(each, known, whole=True)}" for k, each in enumerate(lineage)]
    kinds = {type(task) for each in lineage for task in (each.task, *each.watch)}
    imports = f"from core.tasks import {', '.join(sorted({'Task', *(kind.__name__ for kind in kinds)}))}"
    text = text[:begin] + "\n".join(runs) + text[end:]
    return re.sub(r"from core\.tasks import .*", imports, text)


def python(value: Any, known: dict[Run, str], whole: bool = False) -> str:
    """A value as Python makes it, without what is as it is by default; whole: a run, one field a line."""
    if isinstance(value, Run) and not whole:
        return known[value]
    if is_dataclass(value):
        told = [(f.name, getattr(value, f.name)) for f in fields(value) if getattr(value, f.name) != f.default]
        said = [f"{name}={python(part, known)}" for name, part in told]
        name = type(value).__name__
        return f"{name}(\n" + "".join(f"    {one},\n" for one in said) + ")" if whole else f"{name}({', '.join(said)})"
    if isinstance(value, tuple):
        return "(" + "".join(f"{python(part, known)}, " for part in value).rstrip(" ") + ")"
    return literal(value)
