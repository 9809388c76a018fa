"""Saves the picture on the stage as a PNG or SVG file.

The file shows the picture as it is now, and the browser makes it.
"""

from __future__ import annotations

import streamlit as st

from app.components.drag_handles.drag_handles import component
from app.components.figure.figure import FORMATS, SAVED_AS

_SAVE_FIGURE = component("save_figure", "save_figure")
HELP = {
    "PNG": "The picture as you see it now, at twice the resolution of the screen.",
    "SVG": "The picture as you see it now, as lines and letters. It stays sharp at any size, and you can edit it.",
}
NOTHING = {
    "PNG": "This view is text. Select the text and copy it.",
    "SVG": "This view cannot be saved as SVG. Only charts can. Save it as PNG instead.",
}


def save_figure(name: str, key: str) -> None:
    """Draws the button that saves the picture. `name` is the name of the file without its ending."""
    form = formats("The picture is saved as")
    _SAVE_FIGURE(
        data={
            "of": "st-key-stage",
            "name": f"{name}.{form.lower()}",
            "vector": form == "SVG",
            "label": f"The picture on the stage ({form})",
            "help": HELP[form],
            "nothing": NOTHING[form],
        },
        key=key,
    )


def formats(label: str) -> str:
    """Draws the choice of the format in which the charts of the page are saved, and returns it."""
    return str(st.segmented_control(label, FORMATS, default=FORMATS[0], key=SAVED_AS, required=True))
