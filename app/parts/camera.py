"""A button that saves the picture on the stage, as it stands there, as a PNG. The browser makes the file."""

from __future__ import annotations

from app.parts.hands import component

_CAMERA = component("camera")


def camera(name: str, key: str) -> None:
    """name: of the file, without its ending."""
    _CAMERA(
        data={
            "of": "st-key-stage",
            "name": f"{name}.png",
            "label": "The picture on the stage (PNG)",
            "help": "As it is drawn now, twice as sharp as on the screen.",
            "nothing": "What stands there now is text: select and copy it.",
        },
        key=key,
    )
