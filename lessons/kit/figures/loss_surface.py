"""Draws a loss landscape: a plane of weights as a surface in 3D or as a map from above, with nets on it and a
straight path between them.

A colour and a height mean the same loss in all of these figures. The spec is a Plotly figure as a dictionary, so this
module does not need Plotly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lessons.kit.figures import ROLES, Figure, percent

LOW, HIGH = 0.05, 3.0  # the ends of the loss scale; higher losses are drawn at its upper end
MARKS = (0.1, 0.3, 1, 3)  # the losses that are written beside the scale
NEAR = 0.12  # pins that are closer than this share of the map share a label
MEAN = {"symbol": "diamond", "size": 8}  # the mark of the net half way
# Colours of labels, which must be readable on a light and on a dark page.
INK, PAPER = "#1c2430", "rgba(255, 255, 255, 0.92)"
DEPTHS = ((0, "#0d3b66"), (0.3, "#2f86a6"), (0.5, "#a8d5ba"), (0.7, "#f4e3b2"), (0.85, "#dd9a52"), (1, "#8c3b1b"))


@dataclass(frozen=True, kw_only=True)
class Pin:
    """Holds a net on the plane."""

    name: str
    x: float
    y: float
    loss: float
    right: float  # accuracy in [0, 1]
    role: str


@dataclass(frozen=True, kw_only=True)
class Land:
    """Holds the losses and accuracies over the plane (rows, columns), the nets on it, a straight path, and the paths
    of training."""

    x: ArrayLike  # (columns,), in distances between weights
    y: ArrayLike  # (rows,)
    loss: ArrayLike
    right: ArrayLike
    pins: Sequence[Pin]
    walk: Sequence[Pin]  # the points along the path, including both ends
    paths: Sequence[ArrayLike] = ()  # (moments, 2) each, projected onto the plane
    together: str = ""  # the label of three or more pins that are close together; if it is empty, their names are shown

    def height(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Returns the height of the surface at these points. Values between the points of the grid are interpolated
        linearly."""
        grid, rows = np.log10(np.asarray(self.loss)), np.asarray(self.y)
        found = []
        for a, b in zip(np.atleast_1d(np.asarray(x)), np.atleast_1d(np.asarray(y))):
            column = [np.interp(a, np.asarray(self.x), row) for row in grid]
            found.append(np.interp(b, rows, column))
        return clipped(10 ** np.array(found))


def from_below(land: Land) -> Land:
    """Returns the plane mirrored if its front side is the higher one. The direction of an axis of the plane has no
    meaning."""
    rows = clipped(land.loss)
    half = len(rows) // 2
    if rows[:half].mean() <= rows[-half:].mean():
        return land
    return replace(
        land,
        y=-np.asarray(land.y)[::-1],
        loss=np.asarray(land.loss)[::-1],
        right=np.asarray(land.right)[::-1],
        pins=[replace(pin, y=-pin.y) for pin in land.pins],
        walk=[replace(pin, y=-pin.y) for pin in land.walk],
        paths=[np.asarray(path) * [1, -1] for path in land.paths],
    )


def clipped(loss: ArrayLike) -> np.ndarray:
    """Returns the height at which a loss is drawn: the logarithm of the loss, within the scale."""
    return np.log10(np.clip(np.asarray(loss), LOW, HIGH))


def loss_surface(land: Land, title: str = "", height: int = 400) -> Figure:
    """Draws the surface, which the learner can turn with a mouse or a finger. It is first seen from its lower side,
    so that no hill hides a valley."""
    land = from_below(land)
    trace = colours(land) | {"type": "surface", "opacity": 0.96, "colorbar": scale()}
    trace["contours"] = {"z": {"show": True, "color": "rgba(255,255,255,0.45)", "width": 1} | steps()}
    trace["lighting"] = {"ambient": 0.75, "diffuse": 0.55, "specular": 0.05, "roughness": 0.9}
    lift = 0.02
    walked = {"x": [p.x for p in land.walk], "y": [p.y for p in land.walk]}
    high = np.maximum(clipped([p.loss for p in land.walk]), land.height(walked["x"], walked["y"])) + lift
    shown = [trace, *(trail(land, path, lift) for path in land.paths)]
    for colour, width, above in (("#111111", 12, 0.0), ("#ffffff", 6, 0.012)):
        line = {"color": colour, "width": width}
        shown.append(spatial(**walked, z=rounded(high + above), mode="lines", line=line, hoverinfo="skip"))
    for pin in [*land.pins, *half_way(land)]:
        tall = max(float(clipped(pin.loss)), float(land.height(pin.x, pin.y)[0])) + 2 * lift
        look = {"size": 9, "color": ROLES[pin.role][0], "line": {"color": "#ffffff", "width": 2}}
        look |= MEAN if pin.role == "guess" else {}
        shown.append(spatial(x=[pin.x], y=[pin.y], z=[round(tall, 4)], mode="markers", marker=look, **hover([pin])))
    # So that a distance has the same length on both axes.
    deep = float(np.ptp(np.asarray(land.y)) / np.ptp(np.asarray(land.x)))
    scene = {
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
        "zaxis": {"visible": False, "range": [math.log10(LOW), math.log10(HIGH) + 0.1]},
        "aspectmode": "manual",
        "aspectratio": {"x": 1.2, "y": 1.2 * deep, "z": 0.46},
        "camera": {"eye": {"x": 0.05, "y": -0.52, "z": 1.05}, "center": {"x": 0, "y": 0, "z": 0}},
        "annotations": [callout(names, place) | {"z": round(tall, 4)} for names, place, tall in labelled(land, lift)],
        "dragmode": "turntable",
    }
    spec = {"data": shown, "layout": plain({"scene": scene})}
    return Figure(kind="plotly", spec=spec, alt=alt_text(land), title=title, height=height)


def contour_map(land: Land, title: str = "", height: int = 340) -> Figure:
    """Draws the same plane from above, as a map with lines of equal loss, so that the learner does not have to turn
    it."""
    land = from_below(land)
    trace = colours(land) | {"type": "contour", "contours": steps() | {"showlines": True}, "line": {"width": 0.5}}
    trace |= {"zmin": trace.pop("cmin"), "zmax": trace.pop("cmax"), "colorbar": scale()}
    x, y = [p.x for p in land.walk], [p.y for p in land.walk]
    shown: list[dict[str, Any]] = [trace]
    dots = {"mode": "lines", "line": {"color": "#ffffff", "width": 1.5, "dash": "dot"}, "hoverinfo": "skip"}
    shown += [flat(x=column(path, 0), y=column(path, 1), **dots) for path in land.paths]
    for colour, width in (("#111111", 6), ("#ffffff", 3)):
        shown.append(flat(x=x, y=y, mode="lines", line={"color": colour, "width": width}, hoverinfo="skip"))
    for pin in [*land.pins, *half_way(land)]:
        look = {"size": 13, "color": ROLES[pin.role][0], "line": {"color": "#ffffff", "width": 2}}
        look |= MEAN if pin.role == "guess" else {}
        shown.append(flat(x=[pin.x], y=[pin.y], mode="markers", marker=look, **hover([pin])))
    bare = {"showticklabels": False, "showgrid": False, "zeroline": False, "fixedrange": True}
    ends = [np.asarray(land.x), np.asarray(land.y)]
    axes = {
        "xaxis": bare | {"range": [float(ends[0][0]), float(ends[0][-1])], "constrain": "domain"},
        "yaxis": bare | {"range": [float(ends[1][0]), float(ends[1][-1])], "scaleanchor": "x", "constrain": "domain"},
        "annotations": [callout(names, place) for names, place, _ in labelled(land, 0)],
    }
    spec = {"data": shown, "layout": plain(axes)}
    return Figure(kind="plotly", spec=spec, alt=alt_text(land), title=title, height=height)


# --- Parts ------------------------------------------------------------------------------------------------------------


def colours(land: Land) -> dict[str, Any]:
    """Returns the grid of losses with its colour scale and the texts for the pointer."""
    loss, right = np.asarray(land.loss), np.asarray(land.right)
    says = [[f"loss {a:.2f}, {percent(b)} right" for a, b in zip(*row)] for row in zip(loss.tolist(), right.tolist())]
    return {
        "x": rounded(land.x),
        "y": rounded(land.y),
        "z": [rounded(row) for row in clipped(loss)],
        "customdata": says,
        "hovertemplate": "%{customdata}<extra></extra>",
        "colorscale": [list(step) for step in DEPTHS],
        "cmin": round(math.log10(LOW), 4),
        "cmax": round(math.log10(HIGH), 4),
        "showscale": True,
    }


def steps() -> dict[str, Any]:
    """Returns the lines of equal loss, with five lines for each power of ten."""
    return {"start": round(math.log10(LOW), 4), "end": round(math.log10(HIGH), 4), "size": 0.2}


def marker_style() -> dict[str, Any]:
    return {"tickvals": [round(math.log10(loss), 4) for loss in MARKS], "ticktext": [f"{loss:g}" for loss in MARKS]}


def scale() -> dict[str, Any]:
    """Returns the colour scale below the picture, so that it takes no width from a narrow screen."""
    flat = {"orientation": "h", "thickness": 10, "len": 0.7, "y": 0, "yanchor": "top", "ypad": 6}
    return {"title": {"text": "loss", "side": "bottom"}} | flat | marker_style()


def spatial(**trace: Any) -> dict[str, Any]:
    return {"type": "scatter3d", "showlegend": False} | trace


def flat(**trace: Any) -> dict[str, Any]:
    return {"type": "scatter", "showlegend": False} | trace


def trail(land: Land, path: ArrayLike, lift: float) -> dict[str, Any]:
    """Returns a path of training on the surface."""
    x, y = column(path, 0), column(path, 1)
    line = {"color": "#ffffff", "width": 3, "dash": "dot"}
    return spatial(x=x, y=y, z=rounded(land.height(x, y) + lift), mode="lines", line=line, hoverinfo="skip")


def column(path: ArrayLike, number: int) -> list[float]:
    return rounded(np.asarray(path)[:, number])


def half_way(land: Land) -> list[Pin]:
    """Returns the middle point of the path, or none if there is no path."""
    return [land.walk[len(land.walk) // 2]] if land.walk else []


def hover(pins: Sequence[Pin]) -> dict[str, Any]:
    """Returns the texts that appear when the pointer is over these pins."""
    says = [f"{pin.name}: loss {pin.loss:.2f}, {percent(pin.right)} right" for pin in pins]
    return {"text": says, "hovertemplate": "%{text}<extra></extra>"}


def labelled(land: Land, lift: float) -> list[tuple[str, Pin, float]]:
    """Returns the text, the position and the height of each label. Nets that are close together share one label."""
    width = float(np.ptp(np.asarray(land.x)))
    groups: list[list[Pin]] = []
    for pin in [*land.pins, *half_way(land)]:
        beside = [group for group in groups if math.hypot(group[0].x - pin.x, group[0].y - pin.y) < NEAR * width]
        if beside:
            beside[0].append(pin)
        else:
            groups.append([pin])
    return [
        (
            (len(group) > 2 and land.together) or ", ".join(pin.name for pin in group),
            group[0],
            float(land.height(group[0].x, group[0].y)[0]) + 2 * lift,
        )
        for group in groups
    ]


def callout(names: str, place: Pin) -> dict[str, Any]:
    """Returns a label with a line to its pin."""
    return {
        "x": place.x,
        "y": place.y,
        "text": names,
        "showarrow": True,
        "arrowhead": 0,
        "arrowcolor": INK,
        "ax": 0,
        "ay": 34 if place.role == "guess" else -46,  # the name of a point between two nets is below it
        "font": {"color": INK, "size": 13},
        "bgcolor": PAPER,
        "borderpad": 3,
    }


def plain(layout: dict[str, Any]) -> dict[str, Any]:
    return {"margin": {"l": 0, "r": 0, "t": 0, "b": 64}, "showlegend": False, "uirevision": "kept"} | layout


def rounded(values: ArrayLike) -> list[float]:
    return [round(float(value), 4) for value in np.asarray(values)]


def alt_text(land: Land) -> str:
    """Describes the picture in words."""
    loss = np.asarray(land.loss)
    parts = [f"Loss over a plane of weights, from {loss.min():.2f} to {loss.max():.3g}"]
    parts += [f"{pin.name}: loss {pin.loss:.2f}, {percent(pin.right)} right" for pin in land.pins]
    if land.walk:
        first, last = land.walk[0], land.walk[-1]
        (half,) = half_way(land)
        top = max(land.walk, key=lambda pin: pin.loss)
        worse = max(first.loss, last.loss)
        wall = f"it rises to {top.loss:.2f} on the way" if top.loss > 1.2 * worse else "no wall stands between"
        parts.append(
            f"walking from {first.name} to {last.name} the loss is {first.loss:.2f} at first, {half.loss:.2f} half way "
            f"({percent(half.right)} right) and {last.loss:.2f} in the end: {wall}"
        )
    return "; ".join(parts) + "."
