"""Private parts of Streamlit and of PyTorch are used in few files, which name the version they were written for."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from app import streamlit_fixes
from core.tensors import torch_private
from core.training.adam import Adam

ROOT = Path(__file__).resolve().parent.parent
PUBLIC = ("streamlit.testing.v1", "streamlit.starlette", "streamlit.delta_generator")
NAMESPACES = ("runtime", "proto", "web", "elements", "config", "cli_util")  # of Streamlit, all private


def private_of_streamlit(code: str) -> Iterator[str]:
    """Yields what a module imports of Streamlit or reaches through `st`, as far as it is private."""
    for node in ast.walk(ast.parse(code)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            own = node.module == "streamlit"
            names = [f"streamlit.{alias.name}" for alias in node.names] if own else [node.module]
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("st", "streamlit"):
            private = node.attr.startswith("_") or node.attr in NAMESPACES
            names = [f"streamlit.{node.attr}"] if private else []
        yield from (name for name in names if name.startswith("streamlit.") and not name.startswith(PUBLIC))


def private_of_torch(code: str) -> Iterator[str]:
    """Yields the operations of PyTorch that a module uses, as far as they are private."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute):
            name = ast.unparse(node)
            if re.match(r"torch\.(.*\.)?_(?!_)\w+$|torch\.ops\.\w+$", name):
                yield name
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "torch":
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name for name in names if re.search(r"\._|\.ops\b", name))


# Of Streamlit and of the libraries in its page. Our own classes are st-key-...
SELECTOR = re.compile(r"""data-testid|data-baseweb|data-rac|data-stale|script-state|\.st[A-Z]\w+|\bst-emotion""")


def selectors_of_streamlit(text: str) -> Iterator[str]:
    """Yields the selectors for parts of Streamlit's page that a script, a style sheet or a module uses."""
    yield from SELECTOR.findall(text)


Guard = Callable[[str], Iterator[str]]
GUARDS: list[tuple[Guard, str, list[str]]] = [
    (private_of_streamlit, "app/streamlit_fixes.py", [
        "from streamlit import config",
        "from streamlit.runtime.context import ContextProxy",
        "import streamlit.proto.ForwardMsg_pb2",
        "import streamlit as st\nst.runtime.exists()",
    ]),
    (private_of_torch, "core/tensors/torch_private.py", [
        "import torch\ntorch._foreach_add_(a, 1)",
        "import torch\ntorch.ops.aten.mm(a, b)",
        "from torch._C import Node",
        "from torch import _VF",
    ]),
]  # fmt: skip
NAMES = ["Streamlit in Python", "PyTorch"]


@pytest.mark.parametrize("guard, home", [(guard, home) for guard, home, _ in GUARDS], ids=NAMES)
def test_private_parts_are_used_in_one_place(guard: Guard, home: str) -> None:
    files = [path for top in ("app", "lessons", "core") for path in sorted((ROOT / top).rglob("*.py"))]
    used = {str(path.relative_to(ROOT)): found for path in files if (found := [*guard(path.read_text("utf-8"))])}
    assert [*used] == [home], used


@pytest.mark.parametrize("guard, bad", [(guard, code) for guard, _, every in GUARDS for code in every])
def test_a_private_part_elsewhere_is_noticed(guard: Guard, bad: str) -> None:
    assert [*guard(bad)]


SELECTORS = ["app/components/assets/streamlit_selectors.js", "app/streamlit.css"]


def test_selectors_of_streamlit_stand_in_two_files() -> None:
    files = [path for path in sorted((ROOT / "app").rglob("*")) if path.suffix in (".css", ".js", ".py")]
    used = {
        str(path.relative_to(ROOT)): found
        for path in files
        if (found := [*selectors_of_streamlit(path.read_text("utf-8"))])
    }
    assert [*used] == SELECTORS, used


@pytest.mark.parametrize(
    "bad", ["[data-testid^='st'] p", ".stApp header", 'closest("[data-stale=true]")', "[data-rac]"]
)
def test_a_selector_elsewhere_is_noticed(bad: str) -> None:
    assert [*selectors_of_streamlit(bad)]


def test_selectors_of_ours_are_allowed() -> None:
    assert not [*selectors_of_streamlit(".st-key-rail p, [data-lit] { color: var(--st-text-color) } data.state.still")]


def test_public_parts_are_allowed_everywhere() -> None:
    public = "import streamlit as st\nfrom streamlit.starlette import App\nst.get_option('a')\ntorch.nn.functional.relu"
    assert [*private_of_streamlit(public), *private_of_torch(public)] == []


# --- The versions ---------------------------------------------------------------------------------------------------


def test_versions_are_those_of_the_requirements() -> None:
    pinned = (ROOT / "requirements.txt").read_text("utf-8")
    assert f"streamlit>={streamlit_fixes.WRITTEN_FOR}," in pinned
    assert f"torch=={torch_private.WRITTEN_FOR}\n" in pinned
    for name in SELECTORS:
        assert (
            (ROOT / name).read_text("utf-8").startswith(f"/* Written for Streamlit {streamlit_fixes.WRITTEN_FOR}. ")
        ), name


@pytest.mark.parametrize(
    "check, version",
    [(streamlit_fixes.check_version, "streamlit.__version__"), (torch_private.check_version, "torch.__version__")],
    ids=["streamlit", "torch"],
)
def test_other_version_gets_sentence_in_log(
    check: Callable[[], None],
    version: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The version that is installed gets none."""
    with caplog.at_level(logging.WARNING):
        check()
        assert caplog.messages == []
        monkeypatch.setattr(version, "9.9.9")
        check()
    (message,) = caplog.messages
    assert re.match(r"Headstart was written for \w+ [\d.]+, and 9\.9\.9 is installed\. ", message)


# --- Without PyTorch's private operations ---------------------------------------------------------------------------


def trained(steps: int = 20) -> list[Tensor]:
    """Returns parameters after some steps of Adam."""
    rng = torch.Generator().manual_seed(0)
    parameters = [torch.randn(shape, generator=rng) for shape in [(3, 4), (5,)]]
    adam = Adam(parameters, [1e-2, 1e-3])
    for _ in range(steps):
        adam.step([torch.randn(one.shape, generator=rng) for one in parameters])
    return parameters


def test_public_operations_give_close_results(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = torch.Generator().manual_seed(0)
    a, b = (torch.randn(2, rows, 64, generator=rng) for rows in (32, 48))
    assert torch_private.HAS_FUSED_ADAM
    fast, product = trained(), torch_private.multiply_transposed(a, b)
    monkeypatch.setattr(torch_private, "HAS_FUSED_ADAM", False)
    monkeypatch.setattr(torch_private, "HAS_ONEDNN", False)
    assert all(torch.allclose(one, other, atol=1e-6) for one, other in zip(trained(), fast))
    assert torch.allclose(torch_private.multiply_transposed(a, b), product, atol=1e-4)
