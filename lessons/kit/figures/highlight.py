"""Highlights one part of a chart while a finding describes it. All other parts become pale."""

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

    The name of a mark is its text or the beginning of its text. The name of a small chart is its title or the beginning
    of its title, and it stands for everything in this chart. The picture stays as it is if no part has one of the
    names, or if it is not a chart.
    """
    if figure.kind != "chart" or not names:
        return figure
    charts = [title["text"] for title in figure.spec["title"]] if isinstance(figure.spec.get("title"), list) else []
    stays = [
        is_named(name_of(series), names) or (bool(charts) and is_named(charts[series.get("xAxisIndex", 0)], names))
        for series in figure.spec["series"]
    ]
    if not any(stays):
        return figure
    series = [one if stay else paled(one) for one, stay in zip(figure.spec["series"], stays)]
    return replace(figure, spec=figure.spec | {"series": series}, alt=f"Lit: {', '.join(names)}. {figure.alt}")


def is_named(name: str, names: Collection[str]) -> bool:
    """Returns whether this is one of the names, or begins with one of them."""
    return any(name == one or name.startswith(f"{one} ") for one in names)


def name_of(series: dict[str, Any]) -> str:
    """Returns the name of a curve. For a band it is the name of its curve, and for a mark its text."""
    if "markLine" in series and not series.get("data"):
        return str(series["markLine"].get("label", {}).get("formatter", ""))
    return str(series.get("name") or re.sub(r"^\d+ ", "", series.get("id", "")))


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
    if "markPoint" in series:
        faint["markPoint"] = series["markPoint"] | {"label": series["markPoint"]["label"] | {"opacity": 0.35}}
    if "markLine" in series:
        mark = series["markLine"]
        faint["markLine"] = mark | {
            "lineStyle": mark.get("lineStyle", {}) | {"opacity": PALE},
            "label": mark.get("label", {}) | {"opacity": 0.35},
        }
    return series | faint
