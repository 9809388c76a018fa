"""Highlights one part of a picture while a finding describes it. All other parts become pale."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from lessons.kit.figures import Figure

PALE = 0.14  # the opacity of the parts that become pale
STYLES = ("lineStyle", "itemStyle")


def highlight(figure: Figure, names: Collection[str]) -> Figure:
    """Returns the picture with the parts of these names highlighted.

    The name of a bar is what stands beside it. The name of a mark is its text or the beginning of its text. The name
    of a small chart is its title or the beginning of its title, and it stands for everything in this chart. The picture
    stays as it is if no part has one of the names, or if it is neither a chart nor ranked rows.
    """
    if not any(is_named(part, names) for part in parts(figure)):
        return figure
    changed: dict[str, Any]
    if figure.kind == "rows":
        changed = {"lit": [row["name"] for row in figure.spec["rows"] if is_named(row["name"], names)]}
    elif kept := [k for k, name in enumerate(bar_names(figure)) if is_named(name, names)]:
        changed = {"series": [paled_bars(series, kept) for series in figure.spec["series"]]}
    else:
        charts = chart_titles(figure)
        changed = {
            "series": [
                named_dot(one)
                if is_named(name_of(one), names) or (charts and is_named(charts[one.get("xAxisIndex", 0)], names))
                else paled(one)
                for one in figure.spec["series"]
            ]
        }
    return replace(figure, spec=figure.spec | changed, alt=f"Lit: {', '.join(names)}. {figure.alt}")


def parts(figure: Figure) -> list[str]:
    """Returns the names of everything in a picture that can be highlighted."""
    if figure.kind == "rows":
        return [row["name"] for row in figure.spec["rows"]]
    if figure.kind == "chart":
        return chart_titles(figure) + bar_names(figure) + [name_of(series) for series in figure.spec["series"]]
    return []


def bar_names(figure: Figure) -> list[str]:
    """Returns the names of horizontal bars, from top to bottom. Any other chart has none."""
    axis = figure.spec.get("yAxis")
    series = figure.spec["series"]
    return list(axis["data"]) if isinstance(axis, dict) and "data" in axis and series[0]["type"] == "bar" else []


def chart_titles(figure: Figure) -> list[str]:
    """Returns the titles of small charts beside each other. A single chart has none."""
    titles = figure.spec.get("title")
    return [title["text"] for title in titles] if isinstance(titles, list) else []


def is_named(name: str, names: Collection[str]) -> bool:
    """Returns whether this is one of the names, or begins with one of them."""
    return any(name == one or name.startswith(f"{one} ") for one in names)


def name_of(series: dict[str, Any]) -> str:
    """Returns the name of a curve. For a band it is the name of its curve, and for a mark its text."""
    if "markLine" in series and not series.get("data"):
        return str(series["markLine"].get("label", {}).get("formatter", ""))
    return str(series.get("name") or re.sub(r"^\d+ ", "", series.get("id", "")))


def named_dot(series: dict[str, Any]) -> dict[str, Any]:
    """Returns a highlighted series. A dot shows its name, also if it has none in the whole picture."""
    is_dot = series["type"] == "scatter" and "label" in series  # the dots of a class have no labels
    return series | {"label": series["label"] | {"show": True}} if is_dot else series


def paled_bars(series: dict[str, Any], kept: Collection[int]) -> dict[str, Any]:
    """Returns a series of a chart of bars in which the bars with other numbers than these are pale, and so are their
    values and the lines of their spread."""
    data = [item if k in kept else paled_bar(item) for k, item in enumerate(series["data"])]
    if "markLine" not in series:
        return series | {"data": data}
    mark = series["markLine"]
    lines = [
        [first if first["coord"][1] in kept else first | {"lineStyle": {"opacity": PALE}}, second]
        for first, second in mark["data"]
    ]
    return series | {"data": data, "markLine": mark | {"data": lines}}


def paled_bar(item: dict[str, Any]) -> dict[str, Any]:
    """Returns a bar, or the value beyond it, in pale colours."""
    faint = {"itemStyle": item.get("itemStyle", {}) | {"opacity": PALE}}
    return item | faint | ({"label": item["label"] | {"opacity": 0.35}} if "label" in item else {})


def paled(series: dict[str, Any]) -> dict[str, Any]:
    """Returns a series in pale colours."""
    faint: dict[str, Any] = {style: series.get(style, {}) | {"opacity": PALE} for style in STYLES}
    if series.get("lineStyle", {}).get("opacity") == 0:  # the invisible lower edge of a band
        faint["lineStyle"] = series["lineStyle"]
    if "areaStyle" in series:
        faint["areaStyle"] = series["areaStyle"] | {"opacity": PALE / 3}
    for label in ("endLabel", "label"):
        if label in series:
            faint[label] = series[label] | {"opacity": 0.35}
    if "labelLine" in series:
        faint["labelLine"] = series["labelLine"] | {"lineStyle": series["labelLine"]["lineStyle"] | {"opacity": PALE}}
    if "markPoint" in series:
        faint["markPoint"] = series["markPoint"] | {"label": series["markPoint"]["label"] | {"opacity": 0.35}}
    if "markLine" in series:
        mark = series["markLine"]
        faint["markLine"] = mark | {
            "lineStyle": mark.get("lineStyle", {}) | {"opacity": PALE},
            "label": mark.get("label", {}) | {"opacity": 0.35},
        }
    return series | faint
