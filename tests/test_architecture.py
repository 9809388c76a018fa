"""app -> lessons -> core, never back. One place draws, the server needs no torch, and no text names a machine."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("core", "lessons", "app")  # each may use those before it
SERVER = (
    "core.versions",
    "core.experiment.checks",
    "core.experiment.fields",
    "core.experiment.static_inspection",
    "core.experiment.task",
    "core.experiment.guest_book_tasks",
    "core.experiment.tasks",
    "core.experiment.spec",
    "core.experiment.scores",
    "core.user_data.alphabet",
    "core.user_data.corpus",
    "core.user_data.storage",
    "core.user_data.table",
    "core.user_data.album",
    "core.user_data.small_pictures",
    "core.user_data.picture_zip",
    "core.user_data.photo_album",
    "core.user_data.encoding",
    "core.store.shipped",
    "core.store.store",
    "core.serve.requests",
    "core.bundles.bundled_user_data",
    "core.user_data.user_data_kinds",
    "core.user_data.task_files",
    "core.bundles.bundle",
    "core.store.class_codes",
    "core.store.class_records",
    "core.bundles.bundle_validation",
    "core.serve.lan_address",
    "core.user_data.ownership",
    "core.bundles.weight_shapes",
    "core.serve.engine",
    "core.fetch.sources",
    "core.experiment.guest_book_words",
)  # what the server has of core
LEARNERS = {
    "PIL",
    "mlxtend",
    "numpy",
    "peft",
    "safetensors",
    "tokenizers",
    "torch",
    "transformers",
}  # what a script needs beside Python
READ_PICTURES = ("picture_zip", "photo_album", "small_pictures")  # modules that decode what learners bring
HEAVY = {"torch", "sklearn", "scipy", "mlxtend", "safetensors", "matplotlib"}  # for workers only
MODULES = {
    ".".join(f.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): f
    for layer in LAYERS
    for f in sorted((ROOT / layer).rglob("*.py"))
}
SHARED = (
    "lessons.kit.scripts.parts",
    "lessons.kit.scripts.attention",
    "lessons.kit.scripts.eye",
)  # what scripts share
SCRIPTS = {
    name
    for name in MODULES
    if re.fullmatch(r"lessons\.(\w+\.script|kit\.scripts\.(digits|photos|plane|reading)|kit\.take_home\.train)", name)
}


@cache
def imports(module: str, inside_functions: bool = True) -> frozenset[str]:
    """Returns every module that a module imports, with full names, without imports that only type checkers see."""
    found: set[str] = set()

    def look(node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by a relative name: write the full one"
            base = node.module or ""
            found.update(f"{base}.{a.name}" if f"{base}.{a.name}" in MODULES else base for a in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not inside_functions:
            return
        for child in ast.iter_child_nodes(node):
            look(child)

    look(ast.parse(MODULES[module].read_text("utf-8")))
    return frozenset(found)


def packages(module: str) -> set[str]:
    return {name.split(".")[0] for name in imports(module)}


def of(*layers: str) -> list[str]:
    """Returns the modules of these layers. Scripts are texts for learners, not parts of the app."""
    return [module for module in MODULES if module.split(".")[0] in layers and module not in {*SHARED, *SCRIPTS}]


def reached(module: str, seen: set[str] | None = None) -> set[str]:
    """Returns everything that importing a module imports, through our own modules."""
    seen = set() if seen is None else seen
    for name in imports(module, inside_functions=False) - seen:
        seen.add(name)
        if name in MODULES:
            reached(name, seen)
    return seen


def wrong(modules: Iterable[str], forbidden: Callable[[str], Iterable[str]]) -> dict[str, list[str]]:
    """Returns the forbidden imports of each module."""
    return {module: found for module in modules if (found := sorted(forbidden(module)))}


def test_imports_only_go_down() -> None:
    def above(module: str) -> set[str]:
        return packages(module) & {*LAYERS[LAYERS.index(module.split(".")[0]) + 1 :], "tests"}

    assert len(MODULES) > 100
    assert wrong(MODULES, above) == {}


def test_only_app_knows_streamlit() -> None:
    assert wrong(of("core", "lessons"), lambda module: packages(module) & {"streamlit"}) == {}


def test_no_two_folders_of_core_need_each_other() -> None:
    """core.nets.mlp is in the room core.nets. Each file of core itself is its own room, and so is each of core.serve.

    The store is the ground floor, on which texts are kept (core.user_data.corpus). The work is the roof over all
    measures.
    """
    rooms = {module: ".".join(module.split(".")[:2]) for module in of("core")}
    room = {module: module if name == "core.serve" else name for module, name in rooms.items()}
    needs: dict[str, set[str]] = {name: set() for name in room.values()}
    for module in room:
        needs[room[module]] |= {room[name] for name in imports(module) & room.keys()} - {room[module], "core"}
    while ground := {name for name, others in needs.items() if not others & needs.keys()}:
        needs = {name: others for name, others in needs.items() if name not in ground}
    assert needs == {}, "these need each other in a circle, or stand on one that does"


def test_only_scripts_import_the_shared_script_code() -> None:
    """Nobody imports a script."""
    assert len(SCRIPTS) > 10
    for module in MODULES:
        assert not imports(module) & SCRIPTS, module
        assert module in SCRIPTS or not imports(module) & set(SHARED), module


def test_scripts_do_not_depend_on_the_app() -> None:
    scripts, known = {*SHARED, *SCRIPTS}, {*sys.stdlib_module_names, "core", "lessons", *LEARNERS}
    assert wrong(scripts, lambda module: packages(module) - known) == {}
    assert wrong(scripts, lambda module: {n for n in imports(module) if n.startswith("lessons")} - set(SHARED)) == {}


def test_lessons_are_separate_and_have_equal_files() -> None:
    """Code that two lessons share lives in the kit. A lesson may also have a file or two of its own."""
    slugs = sorted({path.parent.name for path in (ROOT / "lessons").glob("*/lesson.py")})
    for slug in slugs:
        others = {f"lessons.{other}" for other in slugs if other != slug}
        mine = [module for module in MODULES if module.startswith(f"lessons.{slug}.")]
        assert wrong(mine, lambda m: {n for n in imports(m) if ".".join(n.split(".")[:2]) in others}) == {}  # noqa: B023
        files = {path.name for path in (ROOT / "lessons" / slug).iterdir() if path.is_file() and path.suffix != ".po"}
        assert {"__init__.py", "lesson.py", "runs.py", "claims.py", "pictures.py", "text.md"} <= files
        assert (
            len(files - {"__init__.py", "lesson.py", "runs.py", "claims.py", "pictures.py", "script.py", "text.md"})
            <= 2
        )


def test_core_draws_nothing() -> None:
    def draws(module: str) -> set[str]:
        reads_pictures = (
            {"PIL"}
            if module in {"core.fetch.debian", *(f"core.user_data.{n}" for n in READ_PICTURES)}
            or module.startswith("core.worlds.")
            else set()
        )
        return packages(module) & ({"plotly", "altair", "matplotlib", "PIL"} - reads_pictures)

    assert wrong(of("core"), draws) == {}


def test_what_the_server_imports_leads_to_nothing_heavy() -> None:
    assert wrong(of("lessons", "app"), lambda module: packages(module) & {"torch", "sklearn"}) == {}
    heavy = {*SERVER, *of("lessons", "app")}
    assert wrong(heavy, lambda module: {name.split(".")[0] for name in reached(module)} & HEAVY) == {}


def test_app_imports_only_server_parts_of_core() -> None:
    def beyond(module: str) -> set[str]:
        return {name for name in imports(module) if name.startswith("core")} - set(SERVER)

    assert wrong(of("app"), beyond) == {}


@pytest.mark.parametrize("modules", [SERVER, of("lessons")], ids=["core", "lessons"])
def test_importing_for_the_server_leaves_torch_out(modules: list[str]) -> None:
    names = [module for module in modules if not module.endswith("__main__")]
    code = f"import sys, importlib\nfor name in {names}: importlib.import_module(name)\n"
    code += f"print(*set({sorted(HEAVY)}) & sys.modules.keys())"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_page_steps_force_no_full_collection() -> None:
    code = "from streamlit import config; print(config.get_option('runner.postScriptGC'))"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).split() == ["False"]


# --- Text ----------------------------------------------------------------------------------------------------------


@cache
def texts() -> dict[str, str]:
    """Returns every text file that is, or would be, part of the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return dict(readable(filter(None, listed)))


def readable(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        try:
            yield path, (ROOT / path).read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue


def lines_with(pattern: str) -> list[str]:
    looked_for = re.compile(pattern)
    lines = ((path, line) for path, text in texts().items() for line in text.splitlines())
    return [f"{path}: {line.strip()[:120]}" for path, line in lines if looked_for.search(line)]


def test_no_text_names_a_folder_of_one_machine() -> None:
    assert len(texts()) > 20
    assert lines_with(r"(?<![\w.}])/(?:" + "|".join(["work", "root", "home", "Users"]) + r")/\w") == []


def test_no_text_names_a_package_registry() -> None:
    hosts = ["pypi", "pythonhosted", "npmjs", r"deb\.debian", r"download\.pytorch", "anaconda", "unpkg", "jsdelivr"]
    assert lines_with(r"https?://[^\s/]*(?:" + "|".join(hosts) + ")") == []


def test_every_make_target_that_is_promised_exists() -> None:
    makefile, promised = texts()["Makefile"], []
    for path in ("README.md", ".ci/run"):
        for target in re.findall(r"(?:^    |`|exec )make ([a-z]+)", texts()[path], re.MULTILINE):
            promised.append(target)
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{path} promises make {target}"
    assert {"run", "test"} <= set(promised)


def test_no_file_grows_beyond_one_idea() -> None:
    long = {module: n for module, file in MODULES.items() if (n := len(file.read_text("utf-8").splitlines())) > 300}
    assert long == {}
