"""Thumbnails of the lessons, made from what each may show before a prediction; they ship, so that the first page reads
one small file. Made by lessons/kit/ship.py."""

from __future__ import annotations

import base64
import json
from functools import cache

from core.serve import shipped, store
from lessons.kit.catalogue import Lesson, lessons
from lessons.kit.evidence import gather
from lessons.kit.figures.sketch import EMPTY, sketch
from lessons.kit.values import Settings, visible

FILE = "thumbnails.json"


def made(lesson: Lesson) -> str:
    """The hook as a thumbnail, or where it has no sketch, the picture."""
    evidence = gather(visible(lesson.backdrop(lesson.defaults)))
    hook = sketch(lesson.hook(evidence, lesson.defaults))
    return hook if hook != EMPTY else sketch(lesson.picture(evidence, lesson.defaults, Settings()))


def write() -> str:
    return json.dumps({slug: made(lesson) for slug, lesson in lessons().items()}, indent=1) + "\n"


@cache
def read() -> dict[str, str]:
    return shipped.table(store.SHIPPED / FILE)


@cache
def of(slug: str) -> str:
    """As HTML; a page's own would lose SVG that is not an image."""
    data = base64.b64encode(read().get(slug, EMPTY).encode()).decode()
    return f'<img class="sketch" alt="" src="data:image/svg+xml;base64,{data}">'
