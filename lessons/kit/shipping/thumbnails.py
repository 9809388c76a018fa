"""Thumbnails of the lessons, made from what each may show before a prediction; they ship, so that the first page reads
one small file. Made by lessons/kit/shipping/ship.py."""

from __future__ import annotations

import base64
import json
from functools import cache

from core.store import shipped, store
from lessons.kit.figures.thumbnail_svg import EMPTY, thumbnail_svg
from lessons.kit.lesson.catalogue import Lesson, lessons
from lessons.kit.model.values import Settings, visible
from lessons.kit.results.evidence import load_results

FILE = "thumbnails.json"


def thumbnail_of(lesson: Lesson) -> str:
    """The hook as a thumbnail, or where it has no sketch, the picture."""
    evidence = load_results(visible(lesson.backdrop(lesson.defaults)))
    hook = thumbnail_svg(lesson.hook(evidence, lesson.defaults))
    return hook if hook != EMPTY else thumbnail_svg(lesson.picture(evidence, lesson.defaults, Settings()))


def write() -> str:
    return json.dumps({slug: thumbnail_of(lesson) for slug, lesson in lessons().items()}, indent=1) + "\n"


@cache
def read() -> dict[str, str]:
    return shipped.table(store.SHIPPED / FILE)


@cache
def thumbnail_html(slug: str) -> str:
    """As HTML; a page's own would lose SVG that is not an image."""
    data = base64.b64encode(read().get(slug, EMPTY).encode()).decode()
    return f'<img class="sketch" alt="" src="data:image/svg+xml;base64,{data}">'
