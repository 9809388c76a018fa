"""Shows a figure in a notebook: charts with Plotly, and everything else as its text alternative. It does not depend
on the screen.

Lines, bars, dots and heat maps of ECharts are translated to Plotly. A chart with anything else is shown as text.
"""

from __future__ import annotations

import json
import math
from html import escape
from typing import Any

from lessons.kit.figures import ROLES, Figure

PLOTLY = "application/vnd.plotly.v1+json"
DASHES = {"solid": "solid", "dashed": "dash", "dotted": "dot"}
SYMBOLS = {"rect": "square", "triangle": "triangle-up", "diamond": "diamond"}
Option = dict[str, Any]


def mimebundle(figure: Figure) -> dict[str, Any]:
    """Returns the figure in every form that a notebook can choose from."""
    told = {"text/plain": figure.alt, "text/html": html(figure)}
    plotly = figure.spec if figure.kind == "plotly" else translated(figure)
    if plotly is None:
        return told
    import plotly.graph_objects as go  # this import takes half a second, which only notebooks should pay

    return told | {PLOTLY: json.loads(go.Figure(plotly).to_json())}


def html(figure: Figure) -> str:
    heading = f"<p><b>{escape(figure.title)}</b></p>" if figure.title else ""
    if figure.kind == "table":
        return f"{heading}{figure.spec.to_html()}"
    return f"{heading}<p>{escape(figure.alt)}</p>"


def translated(figure: Figure) -> Option | None:
    """Returns a chart as a Plotly figure, or None if it has parts that cannot be translated."""
    option = figure.spec
    if figure.kind != "chart" or not all(isinstance(option.get(name), dict) for name in ("xAxis", "yAxis")):
        return None
    if not all(series["type"] in TRACES for series in option["series"]):
        return None
    low = {one["stack"]: one["data"] for one in option["series"] if "stack" in one and "areaStyle" not in one}
    traces = [trace for one in option["series"] for trace in TRACES[one["type"]](one, option, low) if trace]
    title = {"text": figure.title, "font": {"size": 14}}
    layout = {"title": title, "height": figure.height + 60, "showlegend": False, "margin": {"r": 120}}
    axes = {"xaxis": axis(option["xAxis"]), "yaxis": axis(option["yAxis"])}
    return {"data": traces, "layout": layout | {"template": "plotly_white"} | axes}


def axis(told: Option) -> Option:
    """Returns an axis with its name and its ends. It holds numbers or names."""
    made: Option = {"title": {"text": told.get("name", "")}}
    if told["type"] == "category":
        return made | {"type": "category", "autorange": "reversed" if told.get("inverse") else True}
    ends: list[Any] = [told.get("min"), told.get("max")]
    if told["type"] == "log":
        made["dtick"] = "D2"  # numbers at 1, 2 and 5
        made["type"], ends = "log", [None if end is None else math.log10(end) for end in ends]
    if told.get("axisLabel", {}).get("formatter") == "{value} %":
        made["ticksuffix"] = " %"
    return made if None in ends else made | {"range": ends}


def lines(one: Option, option: Option, low: dict[str, list[list[float]]]) -> list[Option]:
    """Returns a curve, or the band around it, which ECharts stores as a width on top of its lower edge."""
    colour = one.get("color", ROLES["note"][0])
    if "areaStyle" in one and one.get("stack") in low:
        under = bare(low[one["stack"]])
        over = [[x, y + width] for (x, y), (_, width) in zip(under, bare(one["data"]))]
        around = [*over, *reversed(under)]
        look = {"fill": "toself", "fillcolor": one["areaStyle"]["color"], "opacity": one["areaStyle"]["opacity"]}
        return [data_option(around) | look | {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}]
    if "stack" in one:
        return []
    look = {"color": colour, "width": one.get("lineStyle", {}).get("width", 2)}
    look["dash"] = DASHES.get(one.get("lineStyle", {}).get("type", "solid"), "solid")
    mode = "lines" if one.get("symbol") == "none" else "lines+markers"
    marker = {"color": colour, "symbol": SYMBOLS.get(one.get("symbol", ""), "circle")}
    return [
        data_option(one["data"]) | {"name": one.get("name", ""), "mode": mode}
        | {"line": look, "marker": marker},
        *end_label(one, one["data"][-1:], colour, "middle right"),
    ]  # fmt: skip


def bare(data: list[Any]) -> list[Any]:
    """Returns the numbers of a series without the styles that some of them have."""
    return [one["value"] if isinstance(one, dict) else one for one in data]


def data_option(data: list[Any]) -> Option:
    return {"type": "scatter", "x": [point[0] for point in bare(data)], "y": [point[1] for point in bare(data)]}


def end_label(one: Option, points: list[Any], colour: str, side: str = "top center") -> list[Option]:
    """Returns the name of a series beside its last point."""
    label: Option = one.get("endLabel") or one.get("label") or {}
    shown = label.get("show") and one.get("name")
    look = {"mode": "text", "textposition": side, "textfont": {"color": colour}, "cliponaxis": False}
    return [data_option(points) | look | {"text": [one["name"]], "hoverinfo": "skip"}] if shown and points else []


def bars(one: Option, option: Option, low: object) -> list[Option]:
    """Returns the bars, with one standard deviation around their ends. They are horizontal if their names are on the
    y-axis."""
    values = bare(one["data"])
    if not values:
        return []
    lying = option["yAxis"]["type"] == "category"
    names = option["yAxis" if lying else "xAxis"]["data"]
    looks = [value.get("itemStyle", {}) if isinstance(value, dict) else {} for value in one["data"]]
    colours = [look.get("color", one.get("color", ROLES["pretrained"][0])) for look in looks]
    ends = {"x": values, "y": names, "orientation": "h"} if lying else {"x": names, "y": values}
    spreads = [0.0] * len(values)
    for other in option["series"]:
        for begin, end in other.get("markLine", {}).get("data", []) if lying and other["type"] == "bar" else []:
            spreads[begin["coord"][1]] = (end["coord"][0] - begin["coord"][0]) / 2
    error = {"type": "data", "array": spreads, "visible": any(spreads)}
    text = [f"{value:.3g}" for value in values]
    look = {"marker": {"color": colours}, "text": text, "error_x" if lying else "error_y": error}
    return [{"type": "bar", "name": one.get("name", "")} | ends | look]


def dots(one: Option, option: Option, low: object) -> list[Option]:
    """Returns dots with their names. Invisible dots, which only carry labels in ECharts, are left out."""
    if one.get("symbolSize") == 0:
        return []
    colour, data = one.get("color", ROLES["pretrained"][0]), one["data"]
    marker = {"size": 11, "color": colour, "symbol": SYMBOLS.get(one.get("symbol", ""), "circle")}
    look = {"mode": "markers", "name": one.get("name", ""), "marker": marker}
    return [data_option(data) | look, *end_label(one, data, colour)]


def cells(one: Option, option: Option, low: object) -> list[Option]:
    across, down = ([name.replace("\n", " ") for name in option[which]["data"]] for which in ("xAxis", "yAxis"))
    z: list[list[float | None]] = [[None] * len(across) for _ in down]
    for column, row, value in bare(one["data"]):
        z[row][column] = value
    colours = option.get("visualMap", {}).get("inRange", {}).get("color", ["#ffffff", ROLES["pretrained"][0]])
    scale = [[k / (len(colours) - 1), colour] for k, colour in enumerate(colours)]
    look = {"colorscale": scale, "showscale": False, "texttemplate": "%{z}", "hoverongaps": False}
    ends = {f"z{end}": option.get("visualMap", {}).get(end) for end in ("min", "max")}
    return [{"type": "heatmap", "x": across, "y": down, "z": z} | look | ends]


TRACES = {"line": lines, "bar": bars, "scatter": dots, "heatmap": cells}
