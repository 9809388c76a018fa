"""Makes the thumbnails of the lessons from what each lesson may show before a prediction.

They ship, so that the home page reads only one small file. The file is made by lessons/kit/shipping/ship.py.
"""

from __future__ import annotations

import json
from functools import cache

from core.store import shipped, store
from lessons.kit.figures import svg_address
from lessons.kit.figures.thumbnail_svg import EMPTY, thumbnail_svg
from lessons.kit.lesson.catalogue import Lesson, lessons
from lessons.kit.model.values import Settings, visible
from lessons.kit.results.evidence import load_results

FILE = "thumbnails.json"


def thumbnail_of(lesson: Lesson) -> str:
    """Returns the hook of a lesson as a thumbnail. If the hook cannot be drawn as one, returns the picture."""
    evidence = load_results(visible(lesson.backdrop(lesson.defaults)))
    hook = thumbnail_svg(lesson.hook(evidence, lesson.defaults))
    return hook if hook != EMPTY else thumbnail_svg(lesson.picture(evidence, lesson.defaults, Settings()))


def write() -> str:
    """Returns all thumbnails by the slug of their lesson, as JSON."""
    return json.dumps({slug: thumbnail_of(lesson) for slug, lesson in lessons().items()}, indent=1) + "\n"


@cache
def read() -> dict[str, str]:
    """Returns the thumbnails that ship, by the slug of their lesson."""
    return shipped.table(store.SHIPPED / FILE)


@cache
def thumbnail_html(slug: str) -> str:
    """Returns a thumbnail as an HTML image."""
    return f'<img class="sketch" alt="" src="{svg_address(read().get(slug, EMPTY))}">'
