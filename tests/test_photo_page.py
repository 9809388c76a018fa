"""The page for the learner's own photos: collected class by class, learned by three nets, and taken home.

No test needs the real net: one with random weights takes its place.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Page, expect
from safetensors.torch import load_file, save_file
from streamlit.testing.v1 import AppTest

from app.uploads.photo_upload import has_camera, remove
from core import nets
from core.bundles import bundle
from core.experiment.checks import BadValue
from core.experiment.spec import Run
from core.experiment.tasks import Pictures
from core.nets import Theta
from core.pretrained import model_files, real_weights
from core.serve import compute_values, eviction
from core.store import store
from core.user_data import photo_album
from lessons.kit.model.values import LabelledRun, Results, Seeds, Settings
from lessons.kit.results.evidence import final, load_results
from lessons.kit.runs import photo_nets
from lessons.kit.take_home import photo_head
from lessons.kit.workspaces import own_photos
from tests.conftest import ERRORS, FLAGS, LONG, chromium
from tests.test_own_data import zipped
from tests.test_own_page import _shown, at, said
from tests.test_photo_album import COLOURS, collected, photo, photo_folders

pytestmark = pytest.mark.usefixtures("home")
MODEL = "efficientnet_lite0.safetensors"


@pytest.fixture
def opened(workers_end: None) -> AppTest:
    return AppTest.from_function(_shown, default_timeout=60).run()


def button(test: AppTest, label: str) -> Any:
    return next(one for one in test.button if one.label.startswith(label))


def give(test: AppTest, name: str, photos: list[bytes], label: str = "Photos of this class") -> AppTest:
    """Types the name of a class, and gives the form these photos of it."""
    test.text_input(key="own.photos.class").set_value(name).run()
    uploader: Any = next(one for one in test.file_uploader if one.label == label)
    return uploader.set_value([(f"{k}.png", data, "image/png") for k, data in enumerate(photos)]).run()


def photos_of(name: str, count: int = 5) -> list[bytes]:
    return [photo(COLOURS[name], k) for k in range(count)]


def test_photos_are_collected_used_and_removed(opened: AppTest) -> None:
    give(opened, "cup", photos_of("cup"))
    button(opened, "Use these photos").click().run()
    assert "You have pictures of 1 class" in said(opened) and "own.data" not in opened.query_params
    give(opened, "spoon", [*photos_of("spoon"), b"no picture"])
    assert "The file '5.png' is not a picture." in said(opened) and not opened.exception
    button(opened, "Use these photos").click().run()
    name = at(opened, "own.data")
    assert not opened.exception and not opened.warning and photo_album.exists(name)
    assert "10 photos in 2 classes" in said(opened) and "stored on the computer that serves this app" in said(opened)
    assert [one.label for one in opened.select_slider] == ["Labels per class"]
    button(opened, "Add to the photos in use").click().run()
    give(opened, "plate", photos_of("plate"))
    button(opened, "Use these photos").click().run()
    more = at(opened, "own.data")
    assert more != name and photo_album.load(more).names == ("cup", "plate", "spoon")
    button(opened, "Remove").click().run()
    assert not photo_album.exists(more) and photo_album.exists(name) and "own.data" not in opened.query_params


def test_a_nameless_class_gets_no_photos(opened: AppTest) -> None:
    give(opened, " ../ ", photos_of("cup"))
    assert "Type the name of the class first." in said(opened) and "2 more files cannot be used." in said(opened)
    assert not [one for one in opened.button if one.label.startswith("Use these")]


def test_a_zip_of_photos_is_used_at_once(opened: AppTest) -> None:
    opened.button_group(key="own.photos.way").set_value("Zip file").run()
    uploader: Any = next(one for one in opened.file_uploader if "folder for each class" in one.label)
    uploader.set_value(("bad.zip", zipped(photo_folders(2)), "application/zip")).run()
    assert r"bad.zip cannot be used. Folder 'cup' has 2 different pictures" in said(opened)
    uploader = next(one for one in opened.file_uploader if "folder for each class" in one.label)
    uploader.set_value(("Kitchen.zip", zipped(photo_folders()), "application/zip")).run()
    assert "**Kitchen.zip**" in said(opened) and photo_album.load(at(opened, "own.data")).names == ("cup", "spoon")


def test_photos_and_classes_leave_the_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    photos = collected(3)
    monkeypatch.setattr("app.uploads.photo_upload.collection", lambda at: photos)
    for name, number, left in (
        ("cup", 1, {"cup": 2, "spoon": 3}), ("cup", 7, {"cup": 2, "spoon": 3}), ("fork", 0, {"cup": 2, "spoon": 3}),
        ("spoon", -1, {"cup": 2}), ("cup", 0, {"cup": 1}), ("cup", 0, {}),
    ):  # fmt: skip
        remove("any", name, number)
        assert {one: len(images) for one, images in photos.items()} == left


@pytest.mark.parametrize(
    ("address", "secure"),
    [
        ("https://school.example/own", True), ("http://localhost:8501/own", True), ("http://127.0.0.1:8501", True),
        ("http://192.168.0.7:8501/own", False), ("", False),
    ],
)  # fmt: skip
def test_the_camera_needs_a_secure_address(address: str, secure: bool) -> None:
    assert has_camera(address) == secure


def test_without_the_camera_a_sentence_says_why(opened: AppTest) -> None:
    assert "the camera only over https or on localhost" in said(opened)


def test_without_the_model_photos_stay(opened: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = photo_album.keep_collected(collected())
    for here in (tmp_path / "none", tmp_path):
        (tmp_path / MODEL).touch()
        monkeypatch.setattr(model_files, "HERE", here)
        opened.query_params["own.data"] = name
        opened.run()
        train = button(opened, "Train 18 nets")
        missing = "EfficientNet-Lite0 is not on this machine. `make real` downloads it. Your photos stay" in said(
            opened
        )
        assert train.disabled == missing == (here != tmp_path) and not opened.exception
    assert photo_album.exists(name)


# --- What three nets make of them -------------------------------------------------------------------------------------


def put_in_place(theta: Theta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a net with these weights in the place of the pretrained one."""
    save_file({name: part[0].contiguous() for name, part in theta.items()}, tmp_path / MODEL)
    monkeypatch.setattr(model_files, "HERE", tmp_path)
    monkeypatch.setattr(real_weights, "load_theta", lambda net: theta)


def short(run: Run) -> Run:
    (stage,) = run.stages
    return replace(run, stages=(replace(stage, steps=3, batch=4),), seeds=2)


def photos_to_learn() -> Settings:
    return own_photos.PHOTOS.defaults.but(data=photo_album.keep_collected(collected()), labels=2)


@pytest.fixture
def learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Returns the settings of photos that all three nets have learned for a moment. The two large nets are tiny."""
    narrow = {"stem": nets.Conv(3, 4, 5, 8, 2), "features": nets.Linear(4 * 16 * 16, 8)}
    monkeypatch.setattr(
        "core.nets.efficientnet_lite0.layers", lambda classes: narrow | {"head": nets.Linear(8, classes, relu=False)}
    )
    tiny = nets.fresh(nets.load(photo_nets.NET, 1000), [torch.Generator().manual_seed(0)])
    put_in_place(tiny, tmp_path, monkeypatch)
    settings = photos_to_learn()
    pieces = [replace(piece, of=short(piece.of)) for piece in own_photos.runs(settings)]
    monkeypatch.setattr(own_photos, "runs", lambda settings: pieces)
    for value in (*(piece.of for piece in pieces), *(piece.of for piece in own_photos.asks(settings))):
        assert compute_values.perform(value) == "done"
    return settings


def known(settings: Settings) -> Results:
    return load_results([*own_photos.runs(settings), *own_photos.asks(settings)])


def test_walls_verdict_and_cost_are_shown(learned: Settings) -> None:
    evidence, guess = known(learned), Settings()
    views = own_photos.views(evidence, learned, guess)
    assert [*views] == ["Photo by photo", "Gain and cost", "Your photos"]
    walls = views["Photo by photo"]()
    assert [panel["title"] for panel in walls.spec["panels"]] == [*photo_nets.SIDES.values()]
    for panel in walls.spec["panels"]:
        assert len(panel["images"][0]) == 4 and panel["images"][0][0].startswith("data:image/webp")
    assert "seconds of one core" in views["Gain and cost"]().alt
    assert "cup 8, spoon 8" in views["Your photos"]().alt
    told = own_photos.tells(evidence, learned)
    assert "Unseen photos whose class is named correctly: pretrained " in told
    assert "over 2 pairs of nets)" in told and re.search(r"Training took \d+ s for the pretrained nets", told)
    picture = own_photos.picture(evidence, learned, guess)
    assert "Accuracy on unseen photos" in picture.title and "small net from scratch" in picture.alt
    assert "first photos of each of 2 classes" in own_photos.picture(Results(), learned, guess).alt
    assert own_photos.tells(Results(), learned) == "" and not own_photos.views(Results(), learned, guess)


def test_other_data_are_no_photos() -> None:
    """Whoever looks for a recording asks with the default data."""
    assert own_photos.PHOTOS.runs(own_photos.PHOTOS.recorded_settings) == []
    assert own_photos.PHOTOS.asks(own_photos.PHOTOS.defaults) == []
    sides = own_photos.PHOTOS.runs(own_photos.PHOTOS.defaults.but(data="own-x-00000000"))
    assert sides == []


def test_heads_go_home_with_a_plain_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The script gives every head the score that it had in the app. The net below has random weights."""
    theta = nets.fresh(nets.load(photo_nets.NET, 1000), [torch.Generator().manual_seed(0)])
    put_in_place(theta, tmp_path, monkeypatch)
    model = replace(model_files.MODELS[photo_nets.NET], sha256=store.checksum(tmp_path / MODEL, 0))
    monkeypatch.setitem(model_files.MODELS, photo_nets.NET, model)
    run = short(own_photos.runs(photos_to_learn())[0].of)
    assert compute_values.perform(run) == "done" and photo_head.has_head(run)
    with zipfile.ZipFile(io.BytesIO(photo_head.zipped(run))) as archive:
        archive.extractall(tmp_path)
        (folder,) = {name.split("/")[0] for name in archive.namelist()}
    assert not [name for name in read_zip(photo_head.zipped(run, with_data=False)) if name.endswith("photos.npz")]
    place = tmp_path / folder
    assert "make real" in (place / "README.md").read_text() and model.sha256 in (place / "README.md").read_text()
    assert load_file(place / "head.safetensors").keys() == {"head.weight", "head.bias"}
    monkeypatch.chdir(place)
    assert "README.md says how to get it" in printed(capsys, monkeypatch)
    (place / MODEL).write_bytes((tmp_path / MODEL).read_bytes())
    lines = printed(capsys, monkeypatch)
    shares = [float(share) / 100 for share in re.findall(r"of the app: right on ([\d.]+)%", lines)]
    assert shares == pytest.approx(final(load_results([LabelledRun("it", run)]).table("it")).tolist())
    assert "A new head, 2 labels per class: right on" in lines
    (place / "mine.png").write_bytes(photo(COLOURS["cup"]))
    assert re.match(r"mine.png: (cup|spoon) \(\d+%\)", printed(capsys, monkeypatch, "mine.png"))
    with pytest.raises(BadValue, match="too large for a bundle"):
        bundle.pack(run)


def test_heads_stay_when_other_weights_go(learned: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eviction, "MOMENT", -1.0)
    eviction.tidy(every=0)
    pretrained, untrained, small = (piece.of for piece in own_photos.runs(learned))
    assert store.weights(pretrained) and not store.weights(untrained) and not store.weights(small)


def read_zip(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """Runs the script in this folder, and returns what it says."""
    monkeypatch.setattr(sys, "argv", ["train.py", *arguments])
    try:
        exec(compile(Path("train.py").read_text(), "train.py", "exec"), {"__name__": "__main__"})
    except SystemExit as end:
        return capsys.readouterr().out + str(end.code)
    return capsys.readouterr().out


def test_only_heads_on_photos_are_taken_home_so() -> None:
    seeds = Seeds(count=1)
    assert not photo_head.has_head(photo_nets.pretrained(Pictures(), seeds))
    assert not photo_head.has_head(photo_nets.untrained(Pictures(source="own-x-00000000"), seeds))


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390], ids=["wide", "narrow"])
def test_photos_come_from_camera_and_files(address: str, browser: Browser, width: int) -> None:
    """The camera is a fake one of Chromium. A photo is removed, and the others are on the stage, in colour."""
    flags = [*FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with browser.browser_type.launch(executable_path=chromium(), args=flags) as with_camera:
        page = with_camera.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(LONG)
        page.goto(f"{address}/own")
        page.get_by_role("button", name="Photos").click()
        # nobody presses before they see themselves
        page.wait_for_function("[...document.querySelectorAll('video')].some((video) => video.currentTime > 0.3)")
        page.get_by_role("button", name="Take Photo").click()
        expect(page.get_by_text("class 1: 1")).to_be_visible()
        page.get_by_role("radio", name="Files").click()
        for name in ("spoon", "cup"):
            field = page.get_by_role("textbox", name="Name of the class")
            field.fill(name)
            field.press("Enter")
            give_files(page, [*photos_of(name), *([b"no picture"] if name == "cup" else [])])
            expect(page.get_by_text(f"{name}: 5")).to_be_visible()
        expect(page.get_by_text("is not a picture")).to_be_visible()
        page.get_by_role("button", name="Remove all photos of class 1").click()
        expect(page.get_by_text("class 1: 1")).to_have_count(0)
        page.get_by_role("button", name="Remove photo 1 of cup").press("Enter")
        expect(page.get_by_text("cup: 4")).to_be_visible()
        page.get_by_role("button", name="Use these photos").click()
        expect(page.get_by_text("9 photos in 2 classes").first).to_be_visible()
        expect(page.locator(".st-key-stage img[src^='data:image/webp']")).to_have_count(9)
        expect(page).to_have_url(re.compile("own.data=own-myphotos"))
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
        assert page.locator(ERRORS).count() == 0


def give_files(page: Page, photos: list[bytes]) -> None:
    files = [{"name": f"{k}.png", "mimeType": "image/png", "buffer": data} for k, data in enumerate(photos)]
    page.locator("[data-testid=stPopoverBody] input[type=file]").set_input_files(files)  # type: ignore[arg-type]
