"""A control's widget, and where it takes something of the learner's own, the place to give it."""

from __future__ import annotations

from typing import Any

from app.parts import alphabets, chosen, corpus, dials, own, pinned
from core import alphabet
from core.corpus import known
from lessons.kit import own_data
from lessons.kit.sandbox import bench
from lessons.kit.values import Control


def control(slug: str, control: Control[Any], value: Any) -> None:
    if control is bench.EXPERIMENT:
        dials.control(value)
    elif control is bench.PINS:
        pinned.control(value)
    elif control.known == known:
        corpus.control(slug, control, value)
    elif control.known == alphabet.known:
        alphabets.control(slug, control, value)
    elif control.known == own_data.known:
        own.control(slug, control, value)
    else:
        chosen.widget(slug, control, value)
