"""One valley: the plane through three nets and the lines on it against hand-worked cases, and how it is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Plane
from core.measure import Learned, answer, landscape
from core.nets import Theta
from core.training.report import Done, Frame
from core.training.train import train
from core.worlds import cross_entropy
from lessons.kit.figures import ROLES
from lessons.kit.figures.loss_surface import Land, Pin, clipped, contour_map, from_below, labelled, loss_surface
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results, Seeds, Settings, visible
from lessons.kit.results.evidence import load_results
from lessons.kit.scripts.source import with_constants
from lessons.one_valley.claims import barriers, valley_finding
from lessons.one_valley.pictures import land
from lessons.one_valley.runs import ASKED, AWAY, BACK, ENDS, FAR, JOIN, NEAR, ON, SIBLINGS, A, B, family

PINK = ROLES["guess"][0]
ARMS = Run(task=Plane(labels=30), net="mlp", stages=(Stage(steps=12, batch=16, rate=1e-2),), seeds=2, frames=3)


def trained(run: Run) -> Learned:
    events = list(train(run, {}))
    theta = next(event.theta for event in events if isinstance(event, Done))
    return Learned(run, {run: theta}, {event.step: event.theta for event in events if isinstance(event, Frame)})


@pytest.fixture(scope="module")
def nets() -> list[Learned]:
    return [trained(replace(ARMS, first_seed=first)) for first in (0, 7, 14, 21)]


@pytest.fixture(scope="module")
def found(nets: list[Learned]) -> dict[str, list[list[float]]]:
    return answer(Measure(kind="landscape", runs=tuple(net.run for net in nets), count=300), nets)


# --- The plane --------------------------------------------------------------------------------------------------------


def test_axes_are_orthogonal_unit_vectors() -> None:
    u, v = torch.tensor([3.0, 4.0, 0.0]), torch.tensor([3.0, 4.0, -2.0])
    assert landscape.basis(u, v).tolist() == [pytest.approx([0.6, 0.8, 0]), pytest.approx([0, 0, -1])]
    with pytest.raises(BadValue, match="not on one line"):
        landscape.basis(u, 2 * u)


def test_bowl_is_found_at_its_place() -> None:
    """For the loss |w - c|^2 in three dimensions, with c on the plane, the map shows the bowl around c."""
    origin, right, other = torch.tensor([1.0, 1, 1]), torch.tensor([5.0, 1, 1]), torch.tensor([1.0, 3, 1])
    axes = landscape.basis(right - origin, other - origin)
    x, y = landscape.window(torch.stack([axes @ (w - origin) for w in (origin, right, other)]))
    assert (x[0], x[-1], y[0], y[-1]) == pytest.approx((-2, 6, -1, 3))
    bowl = torch.tensor([3.0, 2.0, 1.0])
    weights = origin + torch.cartesian_prod(y, x).flip(1) @ axes
    loss = (weights - bowl).square().sum(1).view(landscape.SIDE, landscape.SIDE)
    assert loss.argmin() == 12 * landscape.SIDE + 12  # the middle of the map: (2, 1)
    assert loss == pytest.approx((y[:, None] - 1) ** 2 + (x - 2) ** 2, abs=1e-4)


def test_window_has_margin_and_minimum_depth() -> None:
    """It adds the nets' width as margin and is at least half as deep as wide."""
    for high, bottom, top in ((2.0, -1.0, 3.0), (1.0, -1.0, 2.0), (0.0, -1.5, 1.5)):
        x, y = landscape.window(torch.tensor([[2.0, 0.0], [5.0, 0.0], [3.0, high]]))
        assert [float(at) for at in (x[0], x[-1], y[0], y[-1])] == pytest.approx([0.5, 6.5, bottom, top])


def test_flattening_weights_can_be_undone(nets: list[Learned]) -> None:
    theta = nets[0].theta
    back = landscape.unflat(landscape.flat(theta)[None], theta)
    assert all((back[name] == weight[:1]).all() for name, weight in theta.items())


def test_distances_on_the_map_are_distances_between_weights(nets: list[Learned], found: dict) -> None:  # type: ignore[type-arg]
    flat = [landscape.flat(net.theta) for net in nets]
    places = torch.tensor(found["nets"])
    assert places[0].tolist() == [0, 0, 0] and places[1][1] == pytest.approx(0, abs=1e-3)
    for k, one in enumerate(flat):
        for j, other in enumerate(flat[:3]):
            assert (places[k] - places[j]).norm() == pytest.approx(float((one - other).norm()), abs=0.01)
    assert found["nets"][3][2] > 1  # the fourth net is beside the plane
    assert found["paths"][1][-1] == pytest.approx(found["nets"][1][:2], abs=0.01)
    assert len(found["paths"][0]) == len(nets[0].frames)


def scores(net: Learned, theta: Theta) -> tuple[float, float]:
    """Returns the first seed's loss and accuracy on the same test points."""
    evaluator = net.evaluator(net.run.task).subset(300)
    answers = evaluator.answers(theta)[:1]
    return float(cross_entropy(answers, evaluator.y[None])), float(
        (answers[0].argmax(-1) == evaluator.y).float().mean()
    )


def test_map_shows_loss_of_the_net_there(nets: list[Learned], found: dict) -> None:  # type: ignore[type-arg]
    origin, axes = (
        landscape.flat(nets[0].theta),
        landscape.basis(*(landscape.flat(net.theta) - landscape.flat(nets[0].theta) for net in nets[1:3])),
    )
    for row, column in ((0, 0), (3, 20), (12, 12), (24, 5)):
        place = torch.tensor([found["x"][column], found["y"][row]])
        theta = landscape.unflat((origin + place @ axes)[None].expand(2, -1), nets[0].theta)
        loss, right = scores(nets[0], theta)
        assert found["loss"][row][column] == pytest.approx(loss, abs=0.02)
        assert found["accuracy"][row][column] == pytest.approx(right, abs=0.01)


def test_lines_join_each_pair_of_three_nets(nets: list[Learned], found: dict) -> None:  # type: ignore[type-arg]
    assert len(found["lines"]) == 3 and len(found["share"]) == len(found["lines"][0]["loss"]) == 21
    assert found["share"] == [pytest.approx(k / 20) for k in range(21)]
    for line, (one, other) in zip(found["lines"], ((0, 1), (0, 2), (1, 2))):
        half = {name: (w + nets[other].theta[name]) / 2 for name, w in nets[one].theta.items()}
        for place, theta in ((0, nets[one].theta), (10, half), (20, nets[other].theta)):
            loss, right = scores(nets[0], theta)
            assert (line["loss"][place][0], line["accuracy"][place][0]) == pytest.approx((loss, right), abs=5e-3)
        far = landscape.flat(nets[one].theta) - landscape.flat(nets[other].theta)
        assert line["length"][0] == pytest.approx(float(far.norm()), abs=0.01)


def test_window_fits_three_nets_not_distant_ones(nets: list[Learned]) -> None:
    one, other = nets[0].theta, nets[1].theta
    far = replace(nets[3], thetas={nets[3].run: {n: w + 9 * (other[n] - w) for n, w in one.items()}})
    three, four = (answer(Measure(kind="landscape", runs=(), count=5), each) for each in (nets[:3], [*nets[:3], far]))
    assert (three["x"], three["y"]) == (four["x"], four["y"])
    assert four["nets"][3][:2] == pytest.approx([9 * three["nets"][1][0], 0], rel=1e-3, abs=1e-2)


def test_a_plane_needs_three_nets(nets: list[Learned]) -> None:
    with pytest.raises(BadValue, match="three nets"):
        answer(Measure(kind="landscape", runs=(nets[0].run,) * 2, count=10), nets[:2])


# --- The claims -------------------------------------------------------------------------------------------------------


def test_barrier_is_middle_below_mean_of_ends() -> None:
    valley = [[0.9, 0.5], [0.3, 0.6], [0.7, 0.7]]  # three places, two seeds
    assert barriers({"accuracy": [valley]}).tolist() == [pytest.approx([0.5, 0.1])]


def a_plane(kin: list[list[float]], loss: list[list[float]]) -> dict[str, object]:
    line = {"accuracy": kin, "loss": loss, "length": [2.0] * len(kin[0])}
    return {"lines": [line, line, line]}


def judged(kin: list[list[float]], away: list[list[float]], loss: list[list[float]]) -> list[bool]:
    answers = {("plane", (NEAR, ASKED)): a_plane(kin, loss), ("plane", (FAR, ASKED)): a_plane(away, loss)}
    return [check.met for check in valley_finding(Results(_answers=answers)).checks]


def test_one_valley_goal_follows_its_definition() -> None:
    """Each line has three places, child A first, and two seeds."""
    bowl, hill = [[0.2, 0.2], [0.1, 0.1], [0.2, 0.3]], [[0.2, 0.2], [0.21, 0.21], [0.2, 0.3]]
    good, apart = [[0.90, 0.92], [0.92, 0.92], [0.92, 0.90]], [[0.90, 0.92], [0.6, 0.7], [0.92, 0.90]]
    assert judged(good, apart, bowl) == [True] * 5
    assert judged([[0.90, 0.92], [0.914, 0.914], [0.92, 0.90]], apart, bowl) == [False, True, True, True, True]
    assert judged([[0.90, 0.90], [0.896, 0.90], [0.90, 0.90]], apart, bowl)[:2] == [True, False]
    assert not judged(good, apart, hill)[2]
    assert judged(good, [[0.90, 0.92], [0.6, 0.7], [0.80, 0.90]], bowl)[3:] == [False, True]
    assert judged(good, [[0.90, 0.92], [0.71, 0.71], [0.90, 0.90]], bowl)[3:] == [True, False]


def test_children_share_a_start_but_no_labels() -> None:
    for labels in (5, ASKED):
        nets = family(labels, Seeds(8, 20_000))
        assert nets[A].start == nets[B].start and nets[A].start is not None
        draws = [range(run.first_seed, run.first_seed + 8) for run in (nets[A], nets[B], nets[A].start)]
        assert len({seed for draw in draws for seed in draw}) == 24


# --- What is drawn ----------------------------------------------------------------------------------------------------


def bowl(deep: bool = False) -> Land:
    """Returns loss = .1 + x^2 + y^2 (lowest rows high if `deep`), a walk from -1 to 1, and a net beside it."""
    x = np.linspace(-2, 2, 5)
    y = np.linspace(-1, 3, 5) if deep else np.linspace(-1, 1, 5)
    loss = 0.1 + x**2 + y[:, None] ** 2

    def pin(name: str, at: float, role: str = "pretrained") -> Pin:
        return Pin(name=name, x=at, y=0.0, loss=0.1 + at**2, right=0.9, role=role)

    walk = [pin("left", -1), pin("their mean", 0, "guess"), pin("right", 1)]
    return Land(x=x, y=y, loss=loss, right=1 - loss / 20, pins=(walk[0], walk[2]), walk=walk, paths=([[0, 0], [1, 0]],))


def test_surface_height_is_clipped_log_loss() -> None:
    assert clipped([0.001, 0.1, 1, 1e9]).tolist() == pytest.approx([np.log10(0.05), -1, 0, np.log10(3)])
    shown = loss_surface(bowl())
    drawn = go.Figure(shown.spec)  # Plotly refuses what it does not know
    assert drawn.data[0].type == "surface" and drawn.data[0].z[2][2] == pytest.approx(-1)
    assert bowl().height(0.0, 0.0)[0] == pytest.approx(-1)
    assert drawn.data[0].customdata[2][2] == "loss 0.10, 100 % right"
    assert go.Figure(contour_map(bowl()).spec).data[0].type == "contour"


def test_walks_and_nets_lie_on_the_surface() -> None:
    ground = bowl()
    for trace in loss_surface(ground).spec["data"][1:]:
        assert all(z >= float(ground.height(x, y)[0]) for x, y, z in zip(trace["x"], trace["y"], trace["z"]))


def test_the_words_say_what_the_walk_meets() -> None:
    wall = "walking from left to right the loss is 1.10 at first, 0.10 half way (90 % right) and 1.10 in the end"
    assert f"{wall}: no wall stands between." in loss_surface(bowl()).alt == contour_map(bowl()).alt
    hill = replace(bowl(), walk=[replace(pin, loss=1.5 - pin.loss) for pin in bowl().walk])
    assert "it rises to 1.40 on the way" in loss_surface(hill).alt


def test_nets_that_stand_together_share_a_label() -> None:
    near = replace(bowl().pins[0], name="sister", x=-0.9)
    together = replace(bowl(), pins=(*bowl().pins, near))
    assert [names for names, _, _ in labelled(together, 0)] == ["left, sister", "right", "their mean"]
    three = replace(together, pins=(*together.pins, replace(near, name="aunt", x=-1.1)), together="kin")
    assert [names for names, _, _ in labelled(three, 0)] == ["kin", "right", "their mean"]


def test_the_lower_side_is_in_front() -> None:
    assert from_below(bowl(deep=True)).y is not None
    high_in_front = replace(
        bowl(deep=True), y=-np.linspace(-1, 3, 5)[::-1], loss=np.asarray(bowl(deep=True).loss)[::-1]
    )
    turned = from_below(high_in_front)
    assert np.asarray(turned.y).tolist() == np.linspace(-1, 3, 5).tolist()
    assert (np.asarray(turned.loss) == np.asarray(bowl(deep=True).loss)).all()


@pytest.mark.parametrize("join", [SIBLINGS, BACK, AWAY])
def test_each_walk_joins_its_two_nets(join: str) -> None:
    lesson = lessons()["one_valley"]
    settings = lesson.defaults.but(**{JOIN.name: join})
    which = FAR if join == AWAY else NEAR
    stored = load_results(lesson.backdrop(settings)).answer("plane", which, ASKED)
    shown = land(stored, join)
    ends = {pin.name: pin for pin in shown.pins}
    assert tuple(ends) == ON[which]
    for walked, name in zip((shown.walk[0], shown.walk[-1]), ENDS[join]):
        net = ends[name]
        assert (walked.name, walked.x, walked.y, walked.loss, walked.right) == (name, net.x, net.y, net.loss, net.right)
    grid = [float(shown.height(pin.x, pin.y)[0]) for pin in shown.walk]
    assert grid == pytest.approx(clipped([pin.loss for pin in shown.walk]).tolist(), abs=0.1)


def test_learners_landscape_replaces_the_stored_one() -> None:
    lesson = lessons()["one_valley"]
    stored = load_results(lesson.backdrop(lesson.defaults))
    own = Results(_answers={("yours", (NEAR,)): stored.answer("plane", NEAR, ASKED)})
    settings = lesson.defaults.but(join=SIBLINGS)
    titles = [lesson.views(found, settings, Settings())["Landscape"]().title for found in (stored, stored | own)]
    assert "stored nets" in titles[0] and "this run's nets" in titles[1]


def test_picture_joins_children_then_stranger() -> None:
    """Child B is on the left, child A in the middle, the stranger on the right."""
    lesson = lessons()["one_valley"]
    stored = load_results(lesson.backdrop(lesson.defaults))
    drawn = {
        one["name"]: one["data"]
        for one in lesson.picture(stored, lesson.defaults, Settings()).spec["series"][2:]
        if "name" in one
    }
    kin, away = drawn["between the children"], drawn["to the stranger"]
    assert [kin[0][0], kin[-1][0], away[0][0], away[-1][0]] == [-100, 0, 0, 100]
    assert kin[-1] == away[0]
    finding = valley_finding(stored)
    assert dict(map(tuple, kin))[-50] == pytest.approx(float(finding.numbers["mean1"][:-2]), abs=0.06)
    assert f"half way: {finding.numbers['half']}" in drawn


def test_guess_shows_before_and_gap_after_result() -> None:
    lesson = lessons()["one_valley"]
    pieces, guess = lesson.backdrop(lesson.defaults), Settings({"kin": 80, "away": 60})
    before, after = (
        [
            one["data"]
            for one in lesson.picture(load_results(known), lesson.defaults, guess).spec["series"]
            if one.get("color") == PINK
        ]
        for known in (visible(pieces), pieces)
    )
    assert [[-50, 80]] in before and [[50, 60]] in before
    assert sorted(len(line) for line in after) == [1, 1, 2, 2]


def test_script_averages_and_walks_like_the_runs(printed) -> None:  # type: ignore[no-untyped-def]
    lesson = lessons()["one_valley"]
    said = printed(with_constants(lesson.script(lesson.defaults), STRANGER_STEPS=600))
    right = [float(line.split()[-1]) for line in said if "accuracy" in line]
    backbone, kin, away = right[:5], right[5:10], right[10:]
    assert kin[2] >= max(kin[0], kin[-1]) - 0.015
    assert away[2] < min(away[0], away[-1]) - 0.2
    assert backbone[-1] > 0.9
