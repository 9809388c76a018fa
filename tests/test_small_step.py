"""A small step: what counts as a dip, a step back, half of both gains, and an editor that shows what was measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.beats import run as run_beat
from app.beats import watch
from core.serve import compute_values
from core.serve.engine import State
from lessons.kit.figures.player import from_base64
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results, Settings, visible
from lessons.kit.results.evidence import load_results
from lessons.small_step.claims import accuracy, alpha_index, halves, lead, smooth
from lessons.small_step.dial import alpha_marks, tell_alpha
from lessons.small_step.pictures import HILLS, best, editor, hook, inflate, rotate, turning_player
from lessons.small_step.runs import APART, DIAL, DIGITS, PAIRS, TUNED, after, live_run

LESSON = lessons()["small_step"]
SETTINGS = LESSON.defaults


def curve(*values: float) -> np.ndarray:
    """Returns an array of (alphas, 1 seed)."""
    return np.array(values)[:, None]


def test_lead_is_the_smallest_over_a_line() -> None:
    """The lead of the mean over the straight line counts where it is smallest."""
    # Both together: .5, .6, .35, .7; the line from .5 to .7: .5, .567, .633, .7.
    assert lead(curve(1, 0.9, 0.3, 0.5), curve(0, 0.3, 0.4, 0.9)) == pytest.approx(0.35 - 0.6333, abs=1e-3)
    assert lead(curve(1, 1, 0), curve(0, 1, 1)) == pytest.approx(0.5)


def test_step_back_below_two_points_is_smooth() -> None:
    assert smooth(curve(0.9, 0.8, 0.81, 0.5), curve(0.5, 0.6, 0.6, 0.9))
    assert not smooth(curve(0.9, 0.8, 0.83, 0.5), curve(0.5, 0.6, 0.6, 0.9))
    assert not smooth(curve(0.9, 0.8, 0.7, 0.5), curve(0.5, 0.7, 0.67, 0.9))


def test_both_half_gains_need_one_alpha() -> None:
    assert halves(curve(0.9, 0.8, 0.5), curve(0.5, 0.7, 0.9))
    assert not halves(curve(0.9, 0.6, 0.5), curve(0.5, 0.6, 0.9))


@pytest.fixture(scope="module")
def evidence() -> Results:
    return load_results(LESSON.backdrop(SETTINGS))


def test_editor_opens_at_the_new_net(evidence: Results) -> None:
    """Its bars grow with alpha."""
    answer = evidence.answer("dial")
    spec = editor(answer, answer, PAIRS[TUNED], "").spec
    assert spec["first"] == alpha_index(answer, 1.0)
    bars = next(panel for panel in spec["panels"] if panel["kind"] == "bars")["values"]
    assert bars[alpha_index(answer, 0.0)] == [0, 0, 0, 0]
    assert np.allclose(bars[alpha_index(answer, 1.5)], 3 * np.array(bars[alpha_index(answer, 0.5)]), atol=1e-4)
    assert bars[alpha_index(answer, 1.0)][0] == pytest.approx(np.mean(answer["sizes"]["hidden1"]), abs=1e-4)


def test_points_are_marked_where_the_net_errs(evidence: Results) -> None:
    answer = evidence.answer("dial")
    panels = editor(answer, answer, PAIRS[TUNED], "").spec["panels"]
    for task, panel in enumerate(panels[:2]):
        marked = from_base64("states", panel["states"]).reshape(len(answer["alphas"]), -1)
        truth = np.array(answer["shown"][task]["truth"])
        said = inflate(answer["shown"][task]["answers"], *marked.shape)
        assert ((marked > 0) == (said != truth)).all()
        share = 1 - (marked > 0).mean(1)  # of a few points and one net, beside all points and all nets
        assert np.abs(share - accuracy(answer, task).mean(1)).max() < 0.2


def test_alpha_says_how_far_the_arms_are_turned(evidence: Results) -> None:
    """The nets read unseen arms best where alpha is the arms' share of the turn that was learned."""
    answer = load_results(LESSON.backdrop(SETTINGS)).answer("asked")
    for turn in HILLS:
        assert abs(best(answer, turn) - turn) <= 0.15
    assert rotate(np.array([[1.0, 0.0]]), 90).round(6).tolist() == [[0.0, 1.0]]


def test_hook_improves_and_goal_can_be_reached(evidence: Results) -> None:
    """The hook's accuracy grows with alpha."""
    words = hook(evidence, SETTINGS).spec["panels"][0]["big"]
    shares = [int(word.removesuffix(" % of the points are right")) for word in words]
    assert shares[-1] > shares[0] + 20
    spec = turning_player(evidence.answer("asked")).spec
    assert any(spec["reached"]) and not all(spec["reached"])
    assert len(spec["reached"]) == len(spec["marks"])


def test_dial_moves_picture_sentence_and_player(evidence: Results) -> None:
    """Every option of the dial has been measured. Nothing is told before the results may be seen."""
    for alpha in DIAL.options:
        settings = SETTINGS.but(alpha=alpha)
        assert tell_alpha(evidence, settings).startswith(f"At alpha {alpha:g} the net gets")
        (mark,) = alpha_marks(evidence, settings)
        assert mark.start[0] == mark.end[0] == alpha
        spec = LESSON.views(evidence, settings, Settings())["The dial"]().spec
        assert spec["chooses"] and spec["marks"][spec["first"]] == f"alpha {alpha:.2f}"
    hidden = load_results(visible(LESSON.backdrop(SETTINGS)))
    assert not alpha_marks(Results(), SETTINGS) and not tell_alpha(Results(), SETTINGS)
    assert not tell_alpha(hidden, SETTINGS) and not tell_alpha(evidence, SETTINGS.but(nets=DIGITS))
    assert LESSON.turn is DIAL and DIAL in LESSON.controls[: LESSON.in_reach]


@pytest.mark.parametrize("nets", [APART, DIGITS])
def test_measures_follow_layer_and_rank_controls(nets: str) -> None:
    """This holds for every pair of nets."""
    settings = SETTINGS.but(nets=nets, layers="third", rank=2)
    asked = after(settings)[0].of
    assert (asked.layers, asked.rank) == (("hidden3",) if nets == APART else ("hidden",), 2)
    assert asked.runs[-1] == live_run(settings)
    assert len(asked.runs) == (2 if nets == APART else 1)


@pytest.mark.usefixtures("workers_end")
def test_a_changed_layer_is_answered() -> None:
    assert compute_values.perform(live_run(SETTINGS)) == "done"
    for layer in ("second", "head"):
        test = AppTest.from_function(page, default_timeout=200)
        url = {"beat": "Run", "committed": "2", "pressed": "1", "layers": layer}
        test.query_params.update({f"small_step.{name}": value for name, value in url.items()})
        test.session_state["small_step.view is of"], test.session_state["small_step.view"] = "Run", "Layer by layer"
        test.run()  # asks; a browser looks again by itself
        for piece in after(SETTINGS.but(layers=layer)):
            assert compute_values.perform(piece.of) == "done"
        shown = " ".join(one.value for one in test.run().markdown)
        assert f"Your delta of the {layer} layer only" in shown


def page() -> None:
    from app.app_pages.lesson import show
    from lessons.kit.lesson.catalogue import lessons

    show(lessons()["small_step"])


def test_unsent_measure_is_requested_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A measure that could not be requested yet is waited for, unlike a run that nobody began."""
    states = {"absent": True, "queued": True, "running": True, "done": False, "failed": False, "stopped": False}
    measure, run = after(SETTINGS)[:1], LESSON.runs(SETTINGS)
    for kind, waits in states.items():
        monkeypatch.setattr(watch, "engine", lambda kind=kind: Told(kind))
        assert run_beat.waits(watch.states(measure)) == waits
        assert run_beat.waits(watch.states(run)) == (waits and kind != "absent")  # a run waits for its button


class Told:
    """An engine in which every value has the same state."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    def state(self, value: object) -> State:
        return State(self.kind)
