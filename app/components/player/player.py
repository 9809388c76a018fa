"""Draws a player, in which the learner moves through frames in the browser, without the server.

lessons/kit/figures/player.py and text_panels.py define the data of a player. A live player is sent again with every
new frame. The parts that stay the same have messages of their own: the scripts, the images, and groups of earlier
frames. Streamlit sends such a message once and later only its name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from app.components.assets.component_assets import scripts, style
from app.components.assets.component_value import component_value
from lessons.kit.figures import Figure

# the fields of a panel that have one value for each frame, or one for all frames
SPLIT = ("images", "areas", "sure", "says")
FRAMES = 8  # frames in a part
KINDS = ("images", "space")  # the kinds of panels in which these fields are large


_KIT = st.components.v2.component(
    "headstart_player_kit",
    html="<i></i>",
    js=scripts(
        "assets/i18n",
        "player/player_ink",
        "player/player_panels",
        "player/player_texts",
        "player/player",
        "player/player_kit",
    ),
)
_PART = st.components.v2.component("headstart_player_part", html="<i></i>", js=scripts("player/player_part"))
_PLAYER = st.components.v2.component(
    "headstart_player", html='<div class="player"></div>', js=scripts("player/player_here")
)
_STYLE = style("player/player")


def play(figure: Figure, key: str, live: bool = False, left: Callable[[str], None] | None = None) -> None:
    """Draws a player.

    The learner's frame stays when the page is drawn again, also with other data if the frames have the same marks. A
    live player shows the newest frame. `left` is called with the mark of the frame at which the learner leaves, if
    the player has a button for that.
    """
    kept, data = player_data(figure, key, live)
    _KIT(data={"style": _STYLE}, key=f"kit of {key}", height=1)
    for number, part in enumerate(dict(kept).values()):
        _PART(data=part, key=f"kit of {key}, {number}", height=1)
    marks = dict(enumerate(figure.spec["marks"]))

    def leaves() -> None:
        at = component_value(key, "left")
        if left and isinstance(at, int) and (mark := marks.get(at)):
            left(mark)

    _PLAYER(data=data, key=key, on_left_change=leaves)


def player_data(figure: Figure, key: str, live: bool) -> tuple[list[tuple[str, bytes]], dict[str, Any]]:
    """Returns the parts that stay, with their names and in order, and all other data with an id.

    Parts with equal content have the same name, so the browser receives such a part once and reads it as often as it
    is named.
    """
    kept = list(parts(figure.spec))
    data = figure.spec | {"panels": [without_parts(panel, figure.spec) for panel in figure.spec["panels"]]}
    data |= {"kept": [name for name, _ in kept], "split": SPLIT, "key": key, "alt": figure.alt, "live": live}
    return kept, data | {"id": hashed(json.dumps(data))}


def parts(spec: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yields the parts of the data that do not change when a new frame arrives, each with its hash and as JSON.

    The first part holds the values that are the same in all frames. Each of the other parts holds the values of
    FRAMES frames.
    """
    frames, panels = len(spec["marks"]), spec["panels"]
    found = [{place: of for place, of in splits(panels) if len(of) == 1}]
    for begin in range(0, frames - FRAMES + 1, FRAMES):
        found.append({place: of[begin : begin + FRAMES] for place, of in splits(panels) if len(of) == frames > 1})
    for part in filter(None, found):
        yield encode_part(tuple((place, frozen(of)) for place, of in part.items()))


@lru_cache(maxsize=128)  # the parts are the same each time that the page is drawn
def encode_part(part: tuple[tuple[str, Any], ...]) -> tuple[str, bytes]:
    """Returns the name of a part and its JSON."""
    told = json.dumps(dict(part))
    name = hashed(told)
    return name, f'{{"id": "{name}", "part": {told}}}'.encode()


def hashed(text: str) -> str:
    """Returns a short hash of a text."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def frozen(of: Any) -> Any:
    """Returns nested lists as nested tuples, which can be keys."""
    return tuple(map(frozen, of)) if isinstance(of, list) else of


def splits(panels: list[dict[str, Any]]) -> Iterator[tuple[str, list[Any]]]:
    """Yields the large fields of the panels, each with its place: the panel's number and the name of the field."""
    for k, panel in enumerate(panels):
        yield from ((f"{k} {name}", panel[name]) for name in SPLIT if panel.get(name) and panel["kind"] in KINDS)


def without_parts(panel: dict[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a panel without the frames that are in parts."""
    frames = len(spec["marks"])
    at = frames - frames % FRAMES if frames > 1 else 0
    return panel | {place.split()[1]: of[at:] if len(of) == frames > 1 else [] for place, of in splits([panel])}
