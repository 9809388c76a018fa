"""Draws several runs in one chart. Each has a curve with its band over seeds, and its name at the end of the curve.

While the runs are training, the chart is made with ECharts, which updates it in place. When they are finished, it is
made with Plotly, in which the learner can zoom, select and save. There is also a heat map for a sweep. The specs are
plain dictionaries, so this module does not need Plotly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lessons.kit.figures import ROLES, Figure

COLOURS = (
    ROLES["source"][0],
    ROLES["target"][0],
    "#b8860b",
    ROLES["guess"][0],
    "#4f86a8",
    "#7a8b2f",
)  # the colours of pinned runs, in order
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
GREY = ROLES["note"][0]
EMPTY = "No run yet"
NAME = 22  # the largest number of letters in the name of a curve


@dataclass(frozen=True, kw_only=True)
class Line:
    """Holds a curve in the unit of the y-axis. The table has the columns x, mean, low and high."""

    name: str
    table: pd.DataFrame
    colour: str
    dash: str = "solid"
    faint: bool = False  # whether the curve is faint, behind the others


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Defines an axis."""

    name: str
    unit: str = ""  # "%" is written after its numbers
    low: float | None = None
    high: float | None = None
    log: bool = False
    at: tuple[float, ...] = ()  # the positions of its numbers, if they are fixed


def compare_runs(
    lines: Sequence[Line], x: Scale, y: Scale, level: tuple[float, str] | None = None, live: bool = False
) -> Figure:
    """Draws the curves. The optional `level` is a value of y with a word, such as a bet or a goal, and is drawn as a
    horizontal line."""
    lines = [line for line in lines if len(line.table)]
    alt = alt_text(lines, x, y, level)
    if live or not lines:
        return Figure(kind="chart", spec=growing(lines, x, y, level), alt=alt)
    traces = [trace for line in lines for trace in line_series(line, y)]
    return Figure(kind="plotly", spec={"data": traces, "layout": layout(lines, x, y, level)}, alt=alt, tools=True)


def line_series(line: Line, y: Scale) -> list[dict[str, Any]]:
    """Returns the band as one closed shape, and the mean above it."""
    table, strength = line.table, 0.35 if line.faint else 1.0
    common = {"legendgroup": line.name, "showlegend": False, "hoverinfo": "skip", "mode": "lines", "type": "scatter"}
    around = {"x": [*table.x, *table.x[::-1]], "y": [*table.high, *table.low[::-1]]}
    shape = {"fill": "toself", "fillcolor": line.colour, "line": {"width": 0}, "opacity": 0.16 * strength}
    mean = {"x": list(table.x), "y": list(table["mean"]), "name": line.name, "opacity": strength}
    look = {
        "line": {"color": line.colour, "width": 2.5, "dash": line.dash},
        "marker": {"size": 5, "color": line.colour},
    }
    said = {"hovertemplate": f"%{{y:.3~g}}{y.unit and ' ' + y.unit}", "mode": "lines+markers", "hoverinfo": "all"}
    band = [common | around | shape] if (table.high > table.low).any() else []
    return [*band, common | mean | look | said]


def layout(lines: Sequence[Line], x: Scale, y: Scale, level: tuple[float, str] | None) -> dict[str, Any]:
    """Returns the layout for Plotly. The names are at the ends of their curves, and are moved apart if they are too
    close."""
    ends = [float(line.table["mean"].iloc[-1]) for line in lines]
    values = [float(v) for line in lines for v in (*line.table.low, *line.table.high)]
    low = y.low if y.low is not None else min(values, default=0.0)
    high = y.high if y.high is not None else max(values, default=1.0)
    places = spaced_values(ends, (high - low) / 16)
    notes = [
        {
            "xref": "paper", "x": 1.01, "y": place, "xanchor": "left", "showarrow": False,
            "text": short(line.name), "font": {"color": line.colour, "size": 13}, "opacity": 0.5 if line.faint else 1,
        }
        for line, place in zip(lines, places)
    ]  # fmt: skip
    shapes = []
    if level:
        shapes = [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level[0], "y1": level[0]}]
        shapes[0] |= {"line": {"color": ROLES["guess"][0], "width": 2, "dash": "dot"}}
        notes.append(
            {"xref": "paper", "x": 0, "y": level[0], "xanchor": "left", "yanchor": "bottom", "showarrow": False}
        )
        notes[-1] |= {"text": level[1], "font": {"color": ROLES["guess"][0], "size": 13}}
    right = 20 + 7 * max((len(short(line.name)) for line in lines), default=0)
    return {
        "margin": {"l": 56, "r": right, "t": 30, "b": 48},
        "hovermode": "x unified",
        "showlegend": False,
        "annotations": notes,
        "shapes": shapes,
        "xaxis": axis(x),
        "yaxis": axis(y),
    }


def axis(scale: Scale) -> dict[str, Any]:
    """Returns an axis as an option for Plotly."""
    suffix = f" {scale.unit}" if scale.unit == "%" else ""
    ends: dict[str, Any] = {"range": [scale.low, scale.high]} if scale.low is not None else {}
    ends |= {"type": "log"} if scale.log else {}
    ends |= {"tickvals": list(scale.at), "ticktext": [f"{value:,g}" for value in scale.at]} if scale.at else {}
    return {"title": {"text": scale.name}, "ticksuffix": suffix, "zeroline": False} | ends


def growing(lines: Sequence[Line], x: Scale, y: Scale, level: tuple[float, str] | None) -> dict[str, Any]:
    """Returns the same chart as an option for ECharts."""
    kinds = {"solid": "solid", "dash": "dashed", "dot": "dotted"}
    series: list[dict[str, Any]] = []
    for line in lines:
        table, unseen = line.table, {"type": "line", "symbol": "none", "lineStyle": {"opacity": 0}, "silent": True}
        x_at = [float(v) for v in table.x]
        rows = {"low": table.low, "band": table.high - table.low, "": table["mean"]}
        low, band, mean = ([[a, round(float(b), 4)] for a, b in zip(x_at, column)] for column in rows.values())
        area = {"areaStyle": {"color": line.colour, "opacity": 0.06 if line.faint else 0.16}}
        series.append(unseen | {"id": f"{line.name} low", "stack": line.name, "data": low})
        series.append(unseen | {"id": f"{line.name} band", "stack": line.name, "data": band} | area)
        style = {"type": kinds.get(line.dash, "dashed"), "width": 2.5, "opacity": 0.35 if line.faint else 1}
        label = {"show": True, "formatter": short(line.name), "color": line.colour, "fontWeight": "bold"}
        series.append(
            {"type": "line", "id": line.name, "name": line.name, "data": mean, "symbolSize": 5, "color": line.colour}
            | {"lineStyle": style, "endLabel": label, "labelLayout": {"moveOverlap": "shiftY"}}
        )
    if level and series:
        look = {"type": "dotted", "width": 2, "color": ROLES["guess"][0]}
        said = {"formatter": level[1], "position": "insideStartTop", "color": ROLES["guess"][0], "fontWeight": "bold"}
        series[-1]["markLine"] = {"silent": True, "symbol": "none", "lineStyle": look, "label": said}
        series[-1]["markLine"]["data"] = [{"yAxis": level[0]}]
    right = 24 + 7 * max((len(short(line.name)) for line in lines), default=0)
    named = {"nameLocation": "middle", "nameGap": 28, "splitLine": {"show": False}}
    return {
        "animation": False,
        "grid": {"left": 56, "right": right, "top": 30, "bottom": 48},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {"type": "value", "name": x.name, "max": x.high} | named,
        "yAxis": {"type": "value", "name": y.name, "min": y.low, "max": y.high, "scale": y.low is None}
        | {"axisLabel": {"formatter": f"{{value}} {y.unit}" if y.unit == "%" else "{value}"}, "nameLocation": "end"},
        "series": series,
        "title": {"show": not series, "text": EMPTY, "left": "center", "top": "middle", "textStyle": {"color": GREY}},
    }


def spaced_values(values: Sequence[float], least: float) -> list[float]:
    """Returns the values moved apart so that no two are closer than `least`. Each group keeps its centre."""
    order = sorted(range(len(values)), key=lambda k: values[k])
    groups: list[list[int]] = []
    for k in order:
        groups.append([k])
        while len(groups) > 1 and bottom(groups[-1], values, least) - top(groups[-2], values, least) < least:
            groups[-2:] = [[*groups[-2], *groups[-1]]]
    placed = list(values)
    for group in groups:
        for rank, k in enumerate(group):
            placed[k] = bottom(group, values, least) + rank * least
    return placed


def bottom(group: Sequence[int], values: Sequence[float], least: float) -> float:
    """Returns the lowest position in a group of names that are `least` apart."""
    middle = sum(values[k] for k in group) / len(group)
    return middle - least * (len(group) - 1) / 2


def top(group: Sequence[int], values: Sequence[float], least: float) -> float:
    """Returns the highest position in a group of names that are `least` apart."""
    return bottom(group, values, least) + least * (len(group) - 1)


def short(name: str) -> str:
    """Cuts a name that is too long for its curve."""
    return name if len(name) <= NAME else name[: NAME - 1] + "…"


def alt_text(lines: Sequence[Line], x: Scale, y: Scale, level: tuple[float, str] | None) -> str:
    """Describes the picture in words: the start, the middle and the end of each curve."""
    parts = []
    for line in lines:
        rows = line.table.iloc[sorted({0, len(line.table) // 2, len(line.table) - 1})]
        stops = (f"{row['mean']:.3g}{y.unit and ' ' + y.unit} at {row.x:,.4g}" for _, row in rows.iterrows())
        parts.append(f"{line.name}: {', '.join(stops)}")
    parts += [f"{level[1]} is drawn across at {level[0]:.3g}"] if level else []
    return f"{y.name[:1].upper()}{y.name[1:]} against {x.name}. " + ("; ".join(parts) or EMPTY) + "."


def cells(table: pd.DataFrame, down: str, across: str, what: str, unit: str) -> Figure:
    """Draws a sweep over two axes as a heat map, with a number in `unit` in each cell. Cells without a result are
    empty."""
    rows, columns = [str(name) for name in table.index], [str(name) for name in table.columns]
    values = [[None if pd.isna(value) else float(value) for value in row] for row in table.to_numpy()]
    trace = {
        "type": "heatmap", "x": columns, "y": rows, "z": values, "texttemplate": "%{z:.3~g}", "xgap": 2, "ygap": 2,
        "colorscale": [[0, "#e8a06a"], [0.35, "#f0d9c4"], [0.65, "#cfe0f2"], [1, "#7db4ec"]],
        "textfont": {"color": "#1c2430", "size": 15}, "hoverongaps": False,
        "colorbar": {"title": {"text": unit}, "thickness": 12},
        "hovertemplate": f"{across} %{{x}}, {down} %{{y}}: %{{z:.3~g}} {unit}<extra></extra>",
    }  # fmt: skip
    layout = {
        "margin": {"l": 80, "r": 20, "t": 30, "b": 52},
        "xaxis": {"type": "category", "title": {"text": across}},
        "yaxis": {"type": "category", "title": {"text": down}, "autorange": "reversed"},  # the first row is at the top
    }
    said = "; ".join(
        f"{down} {row}: "
        + ", ".join(f"{value:.3g} at {column}" for column, value in zip(columns, of) if value is not None)
        for row, of in zip(rows, values)
        if any(value is not None for value in of)
    )
    alt = f"{what}, in {unit}: {down} down, {across} across. {said or 'Nothing yet'}."
    return Figure(kind="plotly", spec={"data": [trace], "layout": layout}, alt=alt, tools=True)
