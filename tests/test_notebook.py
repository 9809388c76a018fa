"""Figures draw themselves in a notebook, and the notebook in docs runs unchanged, without the app."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lessons.kit.figures import Figure
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import race
from lessons.kit.figures.heatmap import heatmap
from lessons.kit.figures.notebook_figure import PLOTLY
from lessons.kit.figures.scatter import Axis, Dot, scatter
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Settings
from lessons.kit.results.evidence import load_results

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def cells() -> Iterator[str]:
    told = json.loads(NOTEBOOK.read_text("utf-8"))
    assert (told["nbformat"], told["nbformat_minor"]) == (4, 5)
    for cell in told["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None  # nothing that could go stale
            yield "".join(cell["source"])


def test_the_notebook_trains_adapts_measures_and_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    space: dict[str, Any] = {}
    shown: list[Any] = []
    for cell in cells():
        *body, last = ast.parse(cell).body
        ends = isinstance(last, ast.Expr)
        exec(compile(ast.Module([*body, *([] if ends else [last])], []), "cell", "exec"), space)
        if isinstance(last, ast.Expr):
            shown.append(eval(compile(ast.Expression(last.value), "cell", "eval"), space))
    figures = [one for one in shown if isinstance(one, Figure)]
    assert len(figures) == 2 and all(PLOTLY in figure._repr_mimebundle_() for figure in figures)
    reached = {name: np.mean(space[name][-1].accuracy["0"]) for name in ("adapted", "alone")}
    assert space["points"][-1].accuracy["0"][0] > 0.8 and reached["adapted"] > reached["alone"] + 0.1
    (distances,) = next(one for one in shown if isinstance(one, dict))["distance"]
    assert distances[0] == 0 and distances[1] > 0


def test_the_notebook_needs_nothing_of_the_app() -> None:
    """A lesson's figure needs neither Streamlit nor a worker. Plotly is imported when a figure is shown."""
    first, *_, last = cells()
    code = first + "\n" + last + "\nassert not {'streamlit', 'distributed', 'plotly'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def bundle(figure: Figure) -> dict[str, Any]:
    told = figure._repr_mimebundle_()
    assert told["text/plain"] == figure.alt and PLOTLY in told
    made: dict[str, Any] = told[PLOTLY]
    return made


def test_curves_have_their_bands_and_their_axes() -> None:
    table = pd.DataFrame({"step": [1, 1, 10, 10], "seed": [0, 1, 0, 1], "accuracy": [0.1, 0.3, 0.5, 0.9]})
    made = bundle(race({"pretrained": table}, 10))
    band, curve, name = made["data"]
    assert band["fill"] == "toself" and curve["y"] == [20, 70] and name["text"] == ["pretrained"]
    assert max(band["y"]) > 70 > min(band["y"])
    assert made["layout"]["xaxis"]["range"] == [0, 1] and made["layout"]["yaxis"]["range"] == [0, 100]


def test_bars_and_spreads_run_top_to_bottom() -> None:
    made = bundle(bars([Bar(name="a", values=np.array([1.0, 3.0])), Bar(name="b", values=np.array([-4.0]))], "gain"))
    (trace,) = made["data"]
    assert (trace["x"], trace["y"], trace["orientation"]) == ([2, -4], ["a", "b"], "h")
    assert trace["error_x"]["array"] == [1, 0] and made["layout"]["yaxis"]["autorange"] == "reversed"


def test_dots_have_their_names_and_cells_their_numbers() -> None:
    axis = Axis(name="cost", low=0, high=2)
    made = bundle(scatter([Dot(name="EWC", x=1, y=0.5)], axis, Axis(name="kept", low=0, high=1)))
    dot, name = made["data"]
    assert (dot["x"], dot["y"], name["text"]) == ([1], [0.5], ["EWC"])
    (cells,) = bundle(heatmap(pd.DataFrame([[0.5, np.nan]], index=["r"], columns=["a b", "c"]), "rows", "columns"))[
        "data"
    ]
    assert cells["z"] == [[50, None]] and cells["x"] == ["a b", "c"]


def test_what_is_not_translated_is_said() -> None:
    table = Figure(kind="table", spec=pd.DataFrame({"x": [1]}), alt="One number, 1.")
    assert "<table" in table._repr_mimebundle_()["text/html"] and PLOTLY not in table._repr_mimebundle_()
    player = Figure(kind="player", spec={}, alt="Digits <flip>.")
    assert player._repr_mimebundle_() == {"text/plain": "Digits <flip>.", "text/html": "<p>Digits &lt;flip&gt;.</p>"}


@pytest.mark.parametrize("slug", list(lessons()))
def test_lesson_pictures_show_in_a_notebook(slug: str) -> None:
    lesson = lessons()[slug]
    figure = lesson.picture(load_results(lesson.backdrop(lesson.defaults)), lesson.defaults, Settings())
    told = figure._repr_mimebundle_()
    assert told["text/plain"] and told["text/html"]
