"""Takes the README's pictures of the running app: `make pictures`.

`shown.json` beside them keeps the digest of what each picture shows, so that the tests notice an outdated picture.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from lessons.kit.lesson.catalogue import lessons
from lessons.kit.shipping.claims import shipped
from tests.server import ROOT, served

FOLDER = ROOT / "docs" / "pictures"
SHOWN = FOLDER / "shown.json"
SIZE = {"width": 1280, "height": 800}
LARGEST = 100_000  # bytes of a picture
LARGEST_MOVING = 2_000_000  # bytes of a moving picture
PAUSE, LAST_PAUSE = 350, 2500  # milliseconds that a frame of a moving picture is shown, and its last one
EVERY = ("app/style.css", "app/streamlit.css", ".streamlit/config.toml")  # files that every picture shows


@dataclass(frozen=True)
class Picture:
    name: str
    alt: str
    open: Callable[[Page, str], None]  # the app's address -> the page as it is to be taken
    sources: tuple[str, ...]  # what it shows besides EVERY, as patterns from the root
    lesson: str = ""  # whose numbers it shows
    moves: bool = False  # whether it is a moving picture of a player, frame by frame

    def digest(self) -> str:
        told = hashlib.sha256()
        for pattern in (*EVERY, *self.sources):
            for path in sorted(ROOT.glob(pattern)):
                told.update(path.read_bytes())
        for claim in lessons()[self.lesson].claims if self.lesson else ():
            told.update(json.dumps(shipped(claim.id).numbers, sort_keys=True).encode())
        return told.hexdigest()


def home(page: Page, address: str) -> None:
    page.goto(address)
    slider = page.get_by_role("slider", name="alpha")
    expect(slider).to_be_visible()
    for _ in range(10):
        slider.press("ArrowRight")
    expect(page.get_by_text(re.compile(r"^\d+ % of the points are right")).first).to_be_visible()


def finding(slug: str, number: int) -> Callable[[Page, str], None]:
    """Opens one finding of a lesson, after the learner has predicted and run."""

    def opened(page: Page, address: str) -> None:
        page.goto(f"{address}/{slug}?{slug}.beat=Explain&{slug}.committed=2&{slug}.pressed=1")
        for at in range(1, number + 1):
            expect(page.get_by_text(re.compile(rf"^Finding {at} of \d+$"))).to_be_visible()
            if at < number:
                page.get_by_role("button", name="Next", exact=True).click()

    return opened


def own(page: Page, address: str) -> None:
    page.goto(f"{address}/own")
    page.get_by_role("button", name=re.compile("^Train 16 nets")).click()
    expect(page.get_by_text(re.compile(r"^600 of 600 steps"))).to_be_visible(timeout=60_000)


PICTURES = (
    Picture(
        "learning",
        "Two nets learn to read the same forty digits: the pretrained net reads most of them after a few steps, the "
        "net "
        "from scratch about half in the end.",
        finding("label_worth", 2),
        ("lessons/label_worth/*.py", "lessons/label_worth/text.md", "app/components/player/*"),
        "label_worth",
        moves=True,
    ),
    Picture(
        "home",
        "The first page: a net's map of six spiral arms, and a slider that turns it by a small step in its weights.",
        home,
        ("app/app_pages/home.py", "app/app_pages/styles/home.css", "lessons/small_step/*.py"),
        "small_step",
    ),
    Picture(
        "label",
        "Lesson 1: accuracy against labels per class; the pretrained net needs far fewer labels than a net from "
        "scratch.",
        finding("label_worth", 1),
        ("lessons/label_worth/*.py", "lessons/label_worth/text.md", "app/beats/explain.py", "app/app_pages/lesson.py"),
        "label_worth",
    ),
    Picture(
        "forgot",
        "Lesson 10: a wall of old digits, all red, and a curve that falls as the new skill climbs.",
        finding("day_it_forgot", 2),
        (
            "lessons/day_it_forgot/*.py",
            "lessons/day_it_forgot/text.md",
            "app/beats/explain.py",
            "app/app_pages/lesson.py",
        ),
        "day_it_forgot",
    ),
    Picture(
        "own",
        "Your own data: points in three rings, and the maps of a pretrained net and one from scratch side by side.",
        own,
        ("app/app_pages/own_data.py", "app/uploads/data_upload.py"),
    ),
)


def take(pictures: Iterable[Picture] = PICTURES) -> None:
    from tests.conftest import FLAGS, chromium

    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as store,
        served("app/main.py", HEADSTART_STORE=store) as (address, _),
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        for picture in pictures:
            page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
            picture.open(page, address)
            page.mouse.move(0, 0)
            page.wait_for_timeout(1500)  # what moves comes to rest
            save(picture, moving(page) if picture.moves else [screenshot(page)])
            page.close()
        browser.close()
    SHOWN.write_text(json.dumps({one.name: one.digest() for one in pictures}, indent=2) + "\n", "utf-8")


def screenshot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")


def moving(page: Page) -> list[Image.Image]:
    """Steps through the player on the page, and returns its frames without the rail beside it."""
    slider = page.get_by_role("slider").first
    slider.press("Home")
    frames = []
    for _ in range(int(slider.get_attribute("max") or 0) + 1):
        page.wait_for_timeout(300)
        frames.append(screenshot(page).crop((368, 150, SIZE["width"], 640)))  # without the empty lower edge
        slider.press("ArrowRight")
    return frames


def save(picture: Picture, frames: list[Image.Image]) -> None:
    first, *later = frames
    pauses = [PAUSE] * len(later) + [LAST_PAUSE]
    more = {"save_all": True, "append_images": later, "duration": pauses, "loop": 0} if later else {}
    first.save(FOLDER / f"{picture.name}.webp", quality=80, method=6, **more)


if __name__ == "__main__":
    take()
