"""Lists the lessons: `python -m lessons [--json]`."""

from __future__ import annotations

import json
import sys
from typing import Any

from lessons.kit.lesson.catalogue import lessons


def main() -> int:
    listed: list[dict[str, Any]] = [
        {
            "number": lesson.number,
            "slug": lesson.slug,
            "title": lesson.title,
            "covers": list(lesson.covers),
            "controls": {control.name: list(control.options) for control in lesson.controls},
            "claims": [claim.id for claim in lesson.claims],
        }
        for lesson in lessons().values()
    ]
    if "--json" in sys.argv[1:]:
        print(json.dumps(listed, indent=2))
    else:
        for one in listed:
            print(f"{one['number']:>2}  {one['slug']:<16} {one['title']}  [{', '.join(one['claims'])}]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
