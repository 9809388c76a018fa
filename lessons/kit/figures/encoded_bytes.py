"""Converts whole numbers from 0 to 255 to bytes in base64, as the browser reads them, and back."""

from __future__ import annotations

import base64
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from core.experiment.checks import BadValue


def to_base64(array: ArrayLike) -> str:
    """Converts whole numbers from 0 to 255 to bytes in base64."""
    return base64.b64encode(np.asarray(array).astype(np.uint8).tobytes()).decode()


@lru_cache(maxsize=2048)  # the tiles of a wall are the same every time
def from_base64(name: str, text: str) -> np.ndarray:
    """Reads bytes in base64. Raises BadValue if they are not valid."""
    try:
        return np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except ValueError as error:
        raise BadValue(f"{name} must be bytes in base64.") from error
