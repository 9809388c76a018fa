"""Names say what a thing is or does: no participles, no pronouns. Names of tests have at most eight words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Words that name nothing by themselves: who reads them has to open the file.
WORDS = (
    "told said known called given chosen heard put of one own at here lit named made found shown seen written asked "
    "answered drawn kept worded brought begun refused settled spoken confronted moved packed unpacked parsed guessed "
    "revealed placed counted sent met marked mended lettered turned stored listed joined held missed opened wanted "
    "watched understood several beside beneath about above around apart alone alike another everywhere elsewhere there "
    "mine yours ours others anew once thing things"
)
FORBIDDEN = frozenset(WORDS.split())
STORED = frozenset({"Drawn", "drawn"})  # names of values, on which digests rest
LONGEST = 8  # words of a test's name, without "test"


def modules(*tops: str) -> Iterator[Path]:
    """Yields the modules of these packages. Printed scripts are texts for learners and keep the names of the field."""
    for top in tops:
        yield from (
            path for path in sorted((ROOT / top).rglob("*.py")) if path.name not in ("__init__.py", "script.py")
        )


def public_names(path: Path) -> Iterator[str]:
    """Yields a module's name, and the names of its public functions, classes and methods."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


@pytest.mark.parametrize("top", ["core", "lessons", "app"])
def test_no_name_is_a_forbidden_word(top: str) -> None:
    inner = {path: inner_functions(path) for path in modules(top)}
    wrong = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in inner
        for name in public_names(path)
        if name.lower() in FORBIDDEN and name not in inner[path] | STORED
    }
    assert not wrong, "name these by a noun, or by a verb with its object"


def inner_functions(path: Path) -> set[str]:
    """Returns the functions within functions: callbacks, which nobody else calls."""
    tree = ast.parse(path.read_text("utf-8"))
    outer = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {
        node.name for one in outer for node in ast.walk(one) if isinstance(node, ast.FunctionDef) and node is not one
    }


def test_a_bad_name_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("class Told:\n    def fine(self):\n        def said():\n            pass\n")
    assert {"Told", "said"} <= set(public_names(tmp_path / "module.py"))
    assert inner_functions(tmp_path / "module.py") == {"said"}


def long_test_names(path: Path) -> Iterator[str]:
    """Yields the names of a file's test functions that have too many words, each with the number of its words."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            words = len(node.name.removeprefix("test_").split("_"))
            if words > LONGEST:
                yield f"{path.name}: {node.name} ({words} words)"


def test_test_names_have_at_most_eight_words() -> None:
    paths = sorted((ROOT / "tests").glob("test_*.py")) + [ROOT / "tests" / name for name in ("eyes.py", "faults.py")]
    long = [name for path in paths for name in long_test_names(path)]
    assert not long, f"use at most {LONGEST} words and put the rest into a docstring:\n" + "\n".join(long)
