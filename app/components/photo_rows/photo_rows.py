"""Draws the photos that a learner collects, in rows by class. A photo or a whole class can be removed.

The server draws the photos small, and the browser sends only which one is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import streamlit as st

from app.components.assets.component_assets import scripts, style
from app.components.assets.component_value import component_value
from lessons.kit.figures.image_grid import small_picture

_ROWS = st.components.v2.component(
    "headstart_photo_rows",
    html='<div class="photo_rows"></div>',
    js=scripts("assets/i18n", "drag_handles/hand", "photo_rows/photo_rows"),
    css=style("photo_rows/photo_rows"),
)
MOST = 30  # photos of a class that are shown, the last ones


def photo_rows(photos: Mapping[str, Sequence[np.ndarray]], key: str, remove: Callable[[str, int], object]) -> None:
    """Draws the last photos of each class. `remove` is called with the class and the number of the photo to remove, or
    -1 for the whole class."""

    def removed() -> None:
        told = component_value(key, "removed")
        if isinstance(told, Mapping):
            remove(str(told.get("name")), int(told.get("number", -1)))

    rows = [
        {
            "name": name,
            "count": len(images),
            "photos": [
                {"number": k, "image": small_picture(images[k])} for k in range(max(0, len(images) - MOST), len(images))
            ],
        }
        for name, images in photos.items()
    ]
    _ROWS(data={"rows": rows}, key=key, on_removed_change=removed)
