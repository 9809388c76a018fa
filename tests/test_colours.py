"""The colours of the roles, as text and as colour-blind people see them."""

from __future__ import annotations

import tomllib
from itertools import combinations

import pytest
from coloraide import Color

from core.store.store import ROOT
from lessons.kit.figures import ROLES

READABLE = 4.5  # to 1, as WCAG 2.2 AA asks of text
APART = 9.0  # CIEDE2000; from about 2 on two colours side by side are seen to differ
# Who lacks a kind of cone, simulated after Viénot and others (1999), for tritan eyes after Brettel and others (1997).
EYES = (None, "protan", "deutan", "tritan")
COLOURS = {role: look[0] for role, look in ROLES.items()}
TOGETHER = [("pretrained", "scratch", "note", "guess"), ("source", "target", "note", "guess")]  # in one picture
THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]


def seen(colour: str, eyes: str | None) -> Color:
    return Color(colour).filter(eyes) if eyes else Color(colour)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("role", COLOURS)
def test_every_role_can_be_read_as_text(role: str, theme: str) -> None:
    assert Color(COLOURS[role]).contrast(THEMES[theme]["backgroundColor"]) >= READABLE


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_app_itself_can_be_read(theme: str) -> None:
    look = THEMES[theme]
    for text in ("textColor", "linkColor", "primaryColor"):
        assert Color(look[text]).contrast(look["backgroundColor"]) >= READABLE
    assert Color("white").contrast(look["primaryColor"]) >= READABLE


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("roles", TOGETHER)
def test_roles_in_one_picture_differ_for_all_eyes(roles: tuple[str, ...], eyes: str | None) -> None:
    for one, other in combinations(roles, 2):
        apart = seen(COLOURS[one], eyes).delta_e(seen(COLOURS[other], eyes), method="2000")
        assert apart >= APART, (one, other, apart)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_roles_contrast_with_the_ground(theme: str, eyes: str | None) -> None:
    """The contrast is high enough for normal and for colour-blind eyes."""
    ground = seen(THEMES[theme]["backgroundColor"], eyes)
    for role, colour in COLOURS.items():
        assert seen(colour, eyes).contrast(ground) >= 3, role  # as WCAG asks of lines and marks


@pytest.mark.parametrize("roles", TOGETHER)
def test_roles_in_one_picture_differ_without_any_colour(roles: tuple[str, ...]) -> None:
    looks = [ROLES[role][1:] for role in roles]
    assert len(set(looks)) == len(looks)
