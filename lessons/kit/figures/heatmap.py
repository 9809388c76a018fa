"""Draws a heat map of shares with a number in every cell, such as tasks by time or backbones by tasks."""

from __future__ import annotations

import pandas as pd

from lessons.kit.figures import Figure, compact


def heatmap(table: pd.DataFrame, rows: str, columns: str, title: str = "", what: str = "Accuracy") -> Figure:
    """Draws the heat map of a table with shares in [0, 1]. Cells without a value stay empty."""
    cells = [
        [column, row, round(100 * float(table.iat[row, column]))]
        for row in range(len(table))
        for column in range(len(table.columns))
        if not pd.isna(table.iat[row, column])
    ]
    option = compact(
        {
            "series": [{"type": "heatmap", "data": cells, "label": {"show": True, "fontWeight": "bold"}}],
            "visualMap": {
                "show": False,
                "min": 0,
                "max": 100,
                # From a greyish orange to blue, light enough at both ends for dark numbers.
                "inRange": {"color": ["#e8a06a", "#f0d9c4", "#cfe0f2", "#7db4ec"]},
            },
            "tooltip": {"show": False},
        },
        xAxis={
            "type": "category",
            "name": columns,
            "nameGap": 28 + 14 * max(str(c).count(" ") for c in table.columns),
            "data": [str(c).replace(" ", "\n") for c in table.columns],  # one word on each line, for narrow screens
            "axisLabel": {"interval": 0, "lineHeight": 14},
        },
        yAxis={"type": "category", "inverse": True, "data": [str(r) for r in table.index], "axisTick": {"show": False}},
    )
    told = "; ".join(
        f"{name}: " + ", ".join(f"{column} {100 * share:.0f} %" for column, share in row.items() if not pd.isna(share))
        for name, row in table.iterrows()
    )
    alt = f"{what}, {rows} down and {columns} across. {told}."
    return Figure(kind="chart", spec=option, alt=alt, title=title, height=90 + 40 * len(table))
