"""The world of colour pictures, the names of ImageNet, and features that many nets share."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from core import measure, nets, worlds
from core.experiment.brought_models import EYE
from core.experiment.brought_tasks import DIGITS, EMOJI, OTHER_EMOJI, PHOTOS, PICTURES, SIX_EMOJI
from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Names, Pictures
from core.fetch import debian
from core.fetch.sources import SOURCES, NotBrought
from core.measure import Learned
from core.nets import Theta
from core.training.report import Done, Point
from core.training.train import train
from core.user_data.task_files import task_files
from core.worlds import picture_names, pictures
from lessons.kit.figures.answer_wall import Wall, walls
from lessons.kit.figures.player import Images, Player, player
from lessons.kit.figures.thumbnail_svg import thumbnail_svg

SHIPPED = (EMOJI, OTHER_EMOJI, SIX_EMOJI, DIGITS)
EYE_RUN = Run(task=Names(), net="efficientnet_lite0", brought=EYE, stages=(), seeds=1)
PROBE = Stage(method="probe", steps=3, rate=1e-3, batch=4)


@pytest.fixture
def small_photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stands in for the photos that `make real` brings: nine of each kind, in noise."""
    pixels = np.random.default_rng(0).integers(0, 256, (54, 3, 128, 128), np.uint8)
    np.savez(tmp_path / "photos.npz", pixels=pixels, kinds=np.repeat(pictures.SIX, 9))
    monkeypatch.setattr(pictures, "PHOTO_FILE", tmp_path / "photos.npz")
    clear()
    yield
    clear()


def clear() -> None:
    for known_already in (pictures.pictures, pictures.divided, pictures.tested):
        known_already.cache_clear()


@pytest.fixture
def tiny_eye(monkeypatch: pytest.MonkeyPatch) -> Theta:
    """Makes the eye's net a tiny one, and returns random weights for it."""
    narrow = {"stem": nets.Conv(3, 4, 5, 8, 2), "features": nets.Linear(4 * 16 * 16, 8)}
    monkeypatch.setattr(
        "core.nets.efficientnet_lite0.layers", lambda classes: narrow | {"head": nets.Linear(8, classes, relu=False)}
    )
    return nets.fresh(nets.load("efficientnet_lite0", 1000), [torch.Generator().manual_seed(0)])


@pytest.mark.parametrize("source", SHIPPED)
def test_unseen_pictures_are_balanced_and_unseen(source: str) -> None:
    task = Pictures(source=source, labels=5)
    x, y = pictures.test(task)
    assert x.shape[1:] == (3, 128, 128) and -1 <= x.min() < x.max() <= 1
    assert len(set(torch.bincount(y).tolist())) == 1 and len(torch.bincount(y)) == pictures.classes(task)
    for learned, held in zip(*pictures.divided(source)):
        assert len(learned) >= 5 and not set(learned) & set(held)
    drawn = pictures.train(task, range(3))
    assert drawn.y.shape == (3, 5 * pictures.classes(task))
    assert all(set(torch.bincount(each).tolist()) == {5} for each in drawn.y)


def test_both_vendors_hold_back_the_same_emoji() -> None:
    assert pictures.divided(EMOJI) == pictures.divided(OTHER_EMOJI)
    assert not torch.equal(pictures.pictures(EMOJI)[0], pictures.pictures(OTHER_EMOJI)[0])


def test_sources_with_the_same_kinds_share_a_question() -> None:
    questions = {source: Pictures(source=source).question for source in PICTURES}
    assert questions[EMOJI] == questions[OTHER_EMOJI] != questions[PHOTOS] == questions[SIX_EMOJI]
    assert Names().question not in questions.values()
    for source in SHIPPED:
        assert all(path.exists() for path in task_files(Pictures(source=source)))


def test_tiles_are_small_pictures_with_names() -> None:
    shown = pictures.exhibit(Pictures(), 20)
    assert [one["truth"] for one in shown] == sorted(2 * list(range(10)))
    assert shown[0]["name"] == "mammal" and str(shown[0]["image"]).startswith("data:image/webp;base64,")
    assert max(len(str(one["image"])) for one in shown) < 4000


def test_photos_are_six_kinds_or_a_sentence(
    small_photos: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    x, y = pictures.test(Pictures(source=PHOTOS))
    assert len(x) == 24 and torch.bincount(y).tolist() == [4] * 6
    monkeypatch.setattr(pictures, "PHOTO_FILE", tmp_path / "none.npz")
    clear()
    with pytest.raises(BadValue, match=r"photos are not on this machine\. `make real`"):
        pictures.train(Pictures(source=PHOTOS), range(1))


def test_there_are_a_thousand_names() -> None:
    assert picture_names.classes(Names()) == 1000 == len(picture_names.every_name())
    assert picture_names.names(Names())[:2] == ("tench", "goldfish")
    assert picture_names.scores(torch.tensor([[[0.0, 0.0], [9.0, -9.0]]]), torch.zeros(2)).tolist()[0] == [
        0.5,
        pytest.approx(1),
    ]


def events(run: Run, known: dict[Run, Theta]) -> tuple[list[Point], Theta]:
    every = list(train(run, known))
    (end,) = (event.theta for event in every if isinstance(event, Done))
    return [event for event in every if isinstance(event, Point)], end


def test_shared_features_change_no_result(tiny_eye: Theta, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight nets on one backbone learn what they learn if each has a copy of it."""
    run = Run(
        task=Pictures(labels=1), net=EYE_RUN.net, start=EYE_RUN, stages=(PROBE, Stage(steps=2)), seeds=8, exhibit=10
    )
    passed: list[int] = []
    forward = nets.forward

    def counting(net: nets.Net, theta: Theta, x: Tensor, first: int = 0, end: int | None = None) -> Tensor:
        if end and first == 0:
            passed.append(len(x))
        return forward(net, theta, x, first, end)

    monkeypatch.setattr(nets, "forward", counting)
    shared, theta = events(run, {EYE_RUN: tiny_eye})
    assert 1 in passed and passed.count(8) == 4  # the second stage trains eight backbones
    monkeypatch.setattr(nets, "frozen_features", lambda net, theta, x, end: forward(net, theta, x, end=end))
    copied, same = events(run, {EYE_RUN: tiny_eye})
    assert [point.scores for point in shared] == [point.scores for point in copied]
    assert [point.exhibit for point in shared] == [point.exhibit for point in copied]
    assert all(torch.allclose(theta[name], same[name], atol=1e-6) for name in theta)


def test_names_are_kept_where_nothing_moves(tiny_eye: Theta) -> None:
    task = Pictures(labels=1)
    tuned = {"probe": PROBE, "full": Stage(steps=8, rate=0.05, batch=8)}
    runs = {
        way: Run(task=task, net=EYE_RUN.net, start=EYE_RUN, stages=(stage,), seeds=2) for way, stage in tuned.items()
    }
    learned = [Learned(EYE_RUN, {EYE_RUN: tiny_eye}, {})]
    for run in runs.values():
        learned.append(Learned(run, {EYE_RUN: tiny_eye, run: events(run, {EYE_RUN: tiny_eye})[1]}, {}))
    asked = Measure(kind="names_kept", runs=(EYE_RUN, *runs.values()), tasks=(task,))
    found = measure.answer(asked, learned)
    (untouched,), (probe,), (full,) = found["kept"]
    assert untouched == probe == 1 and full < 1
    assert found["names"][0] == found["names"][1] and len(found["names"][0][0]) == 60
    assert set(found["names"][0][0]) <= set(picture_names.every_name())
    assert all(0 <= sure <= 100 for sure in found["sure"][0][0])


def test_untouched_model_says_how_sure_it_is(tiny_eye: Theta) -> None:
    points, _ = events(EYE_RUN, {EYE_RUN: tiny_eye})
    assert list(points[-1].scores) == ["confidence"] and not points[-1].exhibit


def test_small_net_learns_colour_pictures() -> None:
    run = Run(task=Pictures(source=DIGITS, labels=1), net="colour_conv", stages=(Stage(steps=30, batch=10),), seeds=1)
    points, _ = events(run, {})
    assert worlds.load(run.task).classes(run.task) == 10
    assert points[-1].loss[0] is not None and points[-1].loss[0] < 1.5


# --- What apt-get brings ----------------------------------------------------------------------------------------------


def deb(path: Path) -> Path:
    """Writes a small Debian package with pictures in its folders."""
    stamps = {f"./{debian.STAMPS}/{folder}/{kind}.png": kind for kind, folder in debian.FOLDERS.items()}
    names = [*stamps, f"./{debian.STAMPS}/animals/birds/cartoon/one.png", f"./{debian.STAMPS}/food/fruit/kiwi.txt"]
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:xz") as archive:
        for name in names:
            picture = io.BytesIO()
            Image.new("RGBA", (300, 200), (200, 0, 0, 255)).save(picture, "PNG")
            info = tarfile.TarInfo(name)
            info.size = len(picture.getvalue())
            archive.addfile(info, io.BytesIO(picture.getvalue()))
    data = b"!<arch>\n"
    for name, part in (("debian-binary", b"2.0\n"), ("control.tar.xz", b"odd"), ("data.tar.xz", tar.getvalue())):
        data += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(part):<10}`\n".encode() + part + b"\n" * (len(part) % 2)
    path.write_bytes(data)
    return path


def test_photos_are_read_from_the_archive(tmp_path: Path) -> None:
    ((name, data),) = debian.photos(deb(tmp_path / "stamps.deb"))
    assert name == "photos.npz"
    with np.load(io.BytesIO(data)) as found:
        assert found["kinds"].tolist() == list(pictures.SIX)
        assert found["pixels"].shape == (6, 3, 128, 128)
        assert (
            found["pixels"][0, :, 64, 64].tolist() == [200, 0, 0] and found["pixels"][0, :, 2, 2].tolist() == [255] * 3
        )


def test_without_apt_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = next(one for one in SOURCES if one.registry == "Debian" and one.place == "brought")
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(NotBrought, match="apt-get, which this machine does not have"):
        debian.fetch(source, tmp_path)


def test_other_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = next(one for one in SOURCES if one.registry == "Debian" and one.place == "brought")
    deb(tmp_path / "stamps.deb")
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/apt-get")

    class Done:
        returncode, stderr = 0, ""

    monkeypatch.setattr("subprocess.run", lambda *args, **how: Done())
    with pytest.raises(NotBrought, match="SHA-256"):
        debian.fetch(replace(source), tmp_path)


def test_a_wall_shows_pictures_in_colour() -> None:
    shown = pictures.exhibit(Pictures(source=DIGITS), 10)
    answers = [{"step": step, "0": {"answers": [step] * 10, "sure": [50] * 10}} for step in (0, 1)]
    figure = walls([Wall(name="a net", behaviour=answers, examples=shown, full=[f"kind {k}" for k in range(10)])])
    (panel,) = figure.spec["panels"]
    assert panel["images"][0] == [one["image"] for one in shown] and panel["width"] == panel["height"] == 64
    assert panel["big"] == ["1 of 10", "1 of 10"] and "data:image/webp" in thumbnail_svg(figure)
    with pytest.raises(BadValue, match="must have"):
        player(Player(marks=("",), says=("",), panels=[Images(title="Grey", images=["AAAA"])]))
