"""The real eye, with random weights, against an implementation of other people, how its file is read, and the lesson
about it, from what ships."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load, save_file

from core import nets
from core.experiment.brought_tasks import PHOTOS
from core.experiment.spec import digest
from core.nets import Theta, efficientnet_lite0
from core.pretrained import eye_weights
from core.worlds.pictures import scale_pixels
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results, Settings, visible
from lessons.kit.results.evidence import load_results
from lessons.kit.scripts.source import text_of, with_constants
from lessons.kit.shipping import ship
from lessons.real_eye.claims import leads, names_kept, ways
from lessons.real_eye.pictures import DISTANCES
from lessons.real_eye.runs import GENTLE, HEAD_ONLY, HOT, SIDES, TILES
from tests.conftest import ROOT
from tests.real_models import layer_shapes, one_seed


@pytest.fixture(scope="module")
def reference_eye() -> torch.nn.Module:
    from efficientnet_lite_pytorch import EfficientNet

    torch.manual_seed(0)
    module: torch.nn.Module = EfficientNet.from_name("efficientnet-lite0", num_classes=7).eval()
    for norm in module.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            for part in (norm.weight.data, norm.running_var):
                part.uniform_(0.5, 2)
            for part in (norm.bias.data, norm.running_mean):
                part.normal_(0, 0.3)
    return module


@pytest.fixture(scope="module")
def eye_theta(reference_eye: torch.nn.Module) -> Theta:
    return one_seed(eye_weights.rename(reference_eye.state_dict()))


def test_our_eye_is_the_reference(reference_eye: torch.nn.Module, eye_theta: Theta) -> None:
    net, x = nets.load("efficientnet_lite0", 7), torch.rand(3, 3, 128, 128) * 2 - 1
    assert layer_shapes(net) == {name: part.shape[1:] for name, part in eye_theta.items()}
    with torch.no_grad():
        features = nets.forward(net, eye_theta, x[None], end=-1)
        logits = nets.forward(net, eye_theta, features, len(net) - 1)[0]
        expected = reference_eye(x)
    assert features.shape == (1, 3, 1280)
    assert torch.allclose(logits, expected, atol=1e-3)


@pytest.mark.parametrize("side", [31, 32])
@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (3, 2), (5, 2), (1, 1)])
def test_borders_are_those_of_tensorflow(side: int, kernel: int, stride: int) -> None:
    from efficientnet_lite_pytorch.utils import Conv2dDynamicSamePadding

    torch.manual_seed(0)
    reference = Conv2dDynamicSamePadding(4, 6, kernel, stride=stride, bias=False)
    x, gain, bias = torch.randn(2, 4, side, side + 1), torch.randn(1, 6), torch.randn(1, 6)
    found = efficientnet_lite0.convolve(x[None], reference.weight[None], gain, bias, stride)[0]
    assert torch.allclose(found, reference(x) * (1 + gain[0, :, None, None]) + bias[0, :, None, None], atol=1e-4)


def test_two_eyes_are_one_eye_twice(eye_theta: Theta) -> None:
    net, x = nets.load("efficientnet_lite0", 7), torch.rand(2, 2, 3, 64, 64)
    other = {name: part.flip(1) for name, part in eye_theta.items()}
    with torch.no_grad():
        both = nets.forward(net, {name: torch.cat([part, other[name]]) for name, part in eye_theta.items()}, x)
        each = [nets.forward(net, theta, x[k : k + 1]) for k, theta in enumerate((eye_theta, other))]
    assert torch.allclose(both, torch.cat(each), rtol=1e-3, atol=1e-3)


def test_new_eye_lets_signals_through() -> None:
    net = nets.load("efficientnet_lite0", 7)
    theta = nets.fresh(net, [torch.Generator().manual_seed(0)])
    with torch.no_grad():
        features = nets.forward(net, theta, torch.randn(1, 4, 3, 128, 128), end=-1)
    assert 0.1 < features.std() < 3 and not theta["block1.gain"].any()


def test_eye_counts_its_multiplications(eye_theta: Theta) -> None:
    """The paper's net needs 407 million at 224 pixels."""
    counts = nets.products(nets.load("efficientnet_lite0", 7), eye_theta, torch.zeros(1, 1, 3, 128, 128))
    assert sum(counts.values()) == pytest.approx(407e6 * (128 / 224) ** 2, rel=0.06)


def test_pixels_become_numbers_around_zero() -> None:
    pixels = torch.tensor([0, 127, 255], dtype=torch.uint8)
    assert scale_pixels(pixels).tolist() == [-127 / 128, 0, 1]


def test_kept_eye_has_the_numbers_that_came(reference_eye: torch.nn.Module, tmp_path: Path) -> None:
    torch.save(reference_eye.state_dict(), tmp_path / "eye.pth")
    kept = load(eye_weights.convert((tmp_path / "eye.pth").read_bytes()))
    renamed = eye_weights.rename(reference_eye.state_dict())
    assert kept.keys() == renamed.keys() and all(torch.equal(kept[name], part) for name, part in renamed.items())


def test_pickled_objects_are_refused(tmp_path: Path) -> None:
    torch.save({"_fc.weight": Path("anything")}, tmp_path / "eye.pth")
    with pytest.raises(Exception, match="weights_only"):
        eye_weights.convert((tmp_path / "eye.pth").read_bytes())


# --- The lesson, from what ships --------------------------------------------------------------------------------------

LESSON = lessons()["real_eye"]


def known(**set_by_learner: str | int) -> tuple[Results, Settings]:
    settings = LESSON.defaults.but(**set_by_learner)
    recorded = LESSON.recorded_settings
    return load_results([*LESSON.backdrop(settings), *LESSON.runs(recorded)]), settings


def test_three_walls_show_thirty_emoji_in_colour() -> None:
    evidence, settings = known()
    walls = LESSON.views(evidence, settings, Settings())["Picture by picture"]()
    assert [panel["title"] for panel in walls.spec["panels"]] == list(SIDES.values())
    for panel in walls.spec["panels"]:
        assert len(panel["images"][0]) == TILES and panel["images"][0][0].startswith("data:image/webp")


def test_hook_calls_an_apple_a_whistle() -> None:
    evidence, settings = known()
    hook = LESSON.hook(evidence, settings)
    (panel,) = hook.spec["panels"]
    assert len(panel["images"][0]) == len(panel["says"][0]) == 12
    assert "an apple a whistle" in hook.alt


def test_lead_is_drawn_in_points() -> None:
    """The words speak of points, so the axis and the text alternative have no percent."""
    evidence, settings = known()
    figure = LESSON.views(evidence, settings, Settings())["Near and far"]()
    axis = figure.spec["yAxis"]
    assert "percentage points" in axis["name"] and "formatter" not in axis.get("axisLabel", {})
    assert "%" not in figure.alt
    lead = {one["name"]: one["data"] for one in figure.spec["series"] if one["id"] in DISTANCES}
    assert lead["photos"][1][1] == pytest.approx(leads(evidence, PHOTOS)[2].mean(), abs=0.01)


def test_no_answer_stands_before_the_prediction() -> None:
    shown = load_results(visible(LESSON.backdrop(LESSON.defaults)))
    assert shown.tables("untrained") and not shown.tables("eye") and not shown.tables("way")
    assert LESSON.views(shown, LESSON.defaults, Settings()) == {}


def test_photos_themselves_do_not_ship() -> None:
    """Their package may be downloaded, but this repository does not copy it."""
    settings = LESSON.defaults.but(source=PHOTOS)
    tiles = [piece.of for piece in LESSON.after(settings)]
    assert tiles and not {digest(value) for value in tiles} & {digest(value) for _, value in ship.values_of(LESSON)}
    assert not any(piece.role == "wall" for piece in LESSON.backdrop(settings))


def test_head_alone_keeps_every_name() -> None:
    evidence, _ = known()
    kept = names_kept(evidence)
    assert (kept[HEAD_ONLY] == 1).all() and (kept[HOT] < kept[GENTLE]).all()
    assert all(len(draws) == 8 for draws in (*kept.values(), *ways(evidence).values()))


def test_the_script_computes_the_same_features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The printed script, with random weights in the place of the real ones."""
    net = nets.load("efficientnet_lite0", 1000)
    theta = nets.fresh(net, [torch.Generator().manual_seed(0)])
    save_file({name: weight[0].contiguous() for name, weight in theta.items()}, tmp_path / "eye.safetensors")
    text = with_constants(text_of("lessons.real_eye.script"), MODEL=str(tmp_path / "eye.safetensors"), STEPS=2)
    monkeypatch.chdir(ROOT)
    made: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, "script", "exec"), made)
    assert 0 <= float(made["right"]) <= 1
    pictures = torch.rand(2, 3, 128, 128)
    with torch.no_grad():
        ours = nets.forward(net, theta, pictures[None], end=-1)[0]
        assert torch.allclose(made["features"](made["weights"], pictures), ours, rtol=1e-3, atol=1e-4)
