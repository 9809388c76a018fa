"""The sandbox's controls are made from the fields of the values. Every setting gives a run or a message."""

from __future__ import annotations

import base64
import itertools
import json
import zlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_rel

from core.experiment import tasks
from core.experiment.checks import BadValue, module_names
from core.experiment.fields import FloatRange, IntRange
from core.experiment.spec import Keep, Run, Stage
from core.experiment.static_inspection import input_forms, nets_for, reads_field
from core.experiment.tasks import Drawn, FiveDigits, Glyphs, Handwriting, Plane, Preferences, Task, Text
from core.store import store
from lessons.kit.figures.compare_runs import spaced_values
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results
from lessons.kit.sandbox import link_codec, pins, sweep, verdict
from lessons.kit.sandbox.challenges import CHALLENGES, solutions
from lessons.kit.sandbox.dials import changes, dials, dials_by_group, of_source, spaced
from lessons.kit.sandbox.experiment import NOTHING, describe_run, edit, fits, sources, twin
from lessons.kit.sandbox.presets import backbones, experiment, link, presets
from lessons.kit.sandbox.world_help import HELP
from tests.test_spec import is_a_sentence

BASE = Run(task=Glyphs(labels=400), seeds=1)
RUN = Run(task=Handwriting(), start=BASE, watch=(BASE.task,), stages=(Stage(method="probe"),))


def paths(run: Run) -> set[str]:
    return {dial.path for group in dials_by_group(run) for dial in group}


def test_every_dial_gives_a_run_or_message() -> None:
    made = 0
    for run in presets().values():
        for dial in (dial for group in dials_by_group(run) for dial in group):
            for option in (True, False) if dial.kind == "switch" else dial.options:
                try:
                    assert fits(edit(run, dial.path, option))
                    made += 1
                except BadValue as error:
                    assert is_a_sentence(error)
    assert made > 5000


def test_what_is_set_is_what_the_control_says() -> None:
    for run in presets().values():
        for dial in (dial for group in dials_by_group(run) for dial in group):
            if dial.kind != "source":
                again = {
                    one.path: one.value for group in dials_by_group(edit(run, dial.path, dial.value)) for one in group
                }
                assert again[dial.path] == dial.value
    turned = edit(RUN, "task.turn", 45.0)
    assert changes(RUN, turned) == ["turn from 0 to 45"]
    assert edit(edit(RUN, "start.task.blur", 2.0), "stages.0.rate", 0.01).start == replace(
        BASE, task=Glyphs(labels=400, blur=2.0)
    )


def test_lesson_experiments_are_stored_and_linked() -> None:
    """Each experiment is a preset of the sandbox, and its lesson's link opens it. It has no models of others."""
    large = {
        slug for slug, lesson in lessons().items() if any(run.of.needs_model for run in lesson.runs(lesson.defaults))
    }
    assert set(presets()) == set(lessons()) - large
    for slug, run in presets().items():
        assert store.complete(run), slug
        lesson = lessons()[slug]
        address = link(lesson, lesson.defaults)
        assert len(address) < 1000 and address.startswith("sandbox?sandbox.run=")
        assert link_codec.read(address.split("=", 1)[1]) == experiment(lesson, lesson.defaults)


def test_only_what_means_something_can_be_set() -> None:
    assert "stages.0.size" not in paths(RUN)
    assert "stages.0.size" in paths(edit(RUN, "stages.0.method", "low_rank"))
    assert "stages.0.aim" not in paths(RUN) and "keep.0.strength" not in paths(RUN)
    kept = edit(RUN, "keep", "l2_sp")
    assert "keep.0.strength" in paths(kept) and "keep.0.count" not in paths(kept)
    assert edit(kept, "keep", NOTHING).keep == ()
    scratch = edit(RUN, "start", None)
    assert not paths(scratch) & {"copied", "scrambled", "keep", "watch"} and not list(of_source(scratch))
    pleasing = presets()["be_careful"]
    assert {"stages.0.aim", "stages.0.beta"} <= paths(pleasing)


def test_what_no_longer_fits_follows() -> None:
    """The cases: a net that cannot read the new world, a source with another net, and an old skill without a net."""
    plane = edit(replace(RUN, keep=(Keep(),)), "task", "Plane")
    assert (plane.net, plane.start and plane.start.net, plane.task.labels) == ("mlp", "mlp", 10)
    assert plane.watch == (plane.start.task,) and store.weights(plane.start)
    dense = edit(RUN, "net", "mlp_image")
    assert dense.start == replace(BASE, net="mlp_image")
    assert edit(plane, "start", None).watch == edit(plane, "start", None).keep == ()
    many = edit(replace(RUN, start=replace(BASE, seeds=8)), "seeds", 4)
    assert many.start == BASE
    left = replace(RUN, until=100)
    assert edit(left, "stages.0.steps", 100).until == 0 and edit(left, "stages.0.steps", 200).until == 100
    assert twin(left).stages[0].steps == twin(left).steps == 100
    long = replace(RUN, stages=(Stage(steps=20_000, batch=1), Stage(steps=1, batch=512)), seeds=8)
    assert twin(long).steps == 40_000_000 // (512 * 8)
    assert twin(presets()["be_careful"]).stages[0].aim == "task"
    given = replace(RUN, task=Handwriting(labels=1, given="0123456789"))
    assert edit(given, "task.labels", 2).task == Handwriting(labels=2)
    assert edit(presets()["be_careful"], "task", "GuestBook").stages[0].aim == "task"


@pytest.mark.parametrize("kind", tasks.kinds(Task), ids=lambda kind: kind.__name__)
def test_every_world_has_a_net_and_source(kind: type[Task]) -> None:
    net = nets_for(kind())[0]
    start = sources(net, kind())[0]
    assert fits(Run(task=kind(), net=net, start=start))
    assert twin(Run(task=kind(), net=net, start=start)).start is None


def test_every_world_has_help_in_plain_words() -> None:
    """The help is in lessons/kit/sandbox/world_help.py."""
    assert {kind.__name__ for kind in tasks.kinds(Task)} == set(HELP)
    (world,) = (dial for dial in dials(RUN)["World"] if dial.path == "task")
    assert world.help == HELP["Handwriting"]
    assert all(text.endswith(".") and len(text) <= 110 for text in HELP.values())


def test_every_net_says_what_it_reads() -> None:
    forms = {kind.form for kind in tasks.kinds(Task)} | {"photos"}  # of the real eye
    assert {form for net in module_names("nets") for form in input_forms(net)} == forms
    assert nets_for(Handwriting()) == ("conv", "mlp_image") and nets_for(Text()) == ("transformer",)
    assert nets_for(Preferences())[0] == "writer"
    with pytest.raises(BadValue, match="mlp cannot learn handwriting"):
        fits(Run(task=Handwriting(), net="mlp"))


def test_a_size_is_offered_where_it_is_read() -> None:
    """tests/test_adapt.py checks that the size then makes a difference."""
    offered = {
        method
        for method in module_names("adapt")
        if "stages.0.size" in {dial.path for dial in dials(edit(RUN, "stages.0.method", method))["Method"]}
    }
    assert offered == {method for method in module_names("adapt") if reads_field("adapt", method, "size")}
    assert "low_rank" in offered and "full" not in offered


def test_options_are_round_and_include_the_value() -> None:
    options = {d.path: d.options for d in dials(replace(RUN, task=Handwriting(labels=7)))["World"]}
    assert options["task.labels"] == (1, 2, 5, 7, 10, 20, 50, 100, 200, 400)
    assert options["task.turn"][:3] == (-180, -165, -150) and 0.0 in options["task.turn"]
    rates = {d.path: d.options for d in dials(RUN)["Method"]}["stages.0.rate"]
    assert rates[0] == 1e-6 and rates[-1] == 1 and {1e-3, 2e-3, 5e-3} <= set(rates)
    assert spaced(IntRange("Seeds", 1, 32), 8)[:3] == (1, 2, 4) and spaced(FloatRange("Mix", 0, 100))[:2] == (0, 0.001)
    sliders = [
        dial for run in presets().values() for group in dials_by_group(run) for dial in group if dial.kind == "slider"
    ]
    assert all(len(dial.options) <= 40 for dial in sliders)


def squeezed(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("=")


HOSTILE = [
    "x", "%00", "../../etc/passwd", "a" * 10_000, "=" * 50, "é", "<script>", squeezed("{"), squeezed("3"),
    squeezed('{"is": "os"}'), squeezed("[" * 20_000), squeezed('{"is": "Plane"}'), squeezed(" " * 10_000_000),
    squeezed(json.dumps({"is": "Run", "task": {"is": "Plane"}, "net": "conv"})),
    squeezed(json.dumps({"is": "Run", "task": {"is": "Plane"}, "net": "mlp", "seeds": 1e9})),
    squeezed(json.dumps({"is": "Run", "task": {"is": "Plane", "labels": [1]}, "net": "mlp"})),
    squeezed(json.dumps({"is": "Run", "task": {"is": "Plane"}, "net": {}, "stages": [{"is": "Stage", "method": []}]})),
    squeezed('{"is": "Run", "task": {"is": "Plane", "turn": NaN}, "net": "mlp"}'),
    squeezed(json.dumps([["<b>\n", {"is": "Run"}]])), squeezed(json.dumps([[3, 4], [5]])), squeezed("{}"),
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_bad_experiment_link_is_refused(text: str) -> None:
    for read in (lambda text: fits(link_codec.read(text)), pins.read):
        with pytest.raises(BadValue) as caught:
            read(text)
        assert is_a_sentence(caught.value)


def test_pins_have_names_and_survive_the_link() -> None:
    kept = pins.add_pin(pins.add_pin((), RUN), BASE)
    assert pins.add_pin(kept, RUN) == kept
    kept = pins.rename_pin(kept, 0, " my *first* ")
    assert [pin.name for pin in kept] == ["my *first*", "from scratch, 400 labels"]
    assert pins.read(pins.write(kept)) == kept and pins.read("") == () == pins.remove_pin(kept[:1], 0)
    for wrong in ("", "a" * 41, "a\nb", kept[1].name):
        with pytest.raises(BadValue):
            pins.rename_pin(kept, 0, wrong)
    runs = [replace(BASE, first_seed=k) for k in range(pins.MOST)]
    with_all: pins.Pins = ()
    for run in runs:
        with_all = pins.add_pin(with_all, run)
    assert len({pin.name for pin in with_all}) == pins.MOST
    with pytest.raises(BadValue, match="Unpin one first"):
        pins.add_pin(with_all, RUN)


def test_pins_are_named_by_their_differences() -> None:
    slow, fast = edit(RUN, "stages.0.rate", 1e-3), edit(RUN, "stages.0.rate", 5e-3)
    few, turned = edit(RUN, "task.labels", 5), edit(fast, "task.turn", 45.0)
    kept = pins.add_pin((), slow)
    assert [pin.name for pin in kept] == ["head only, 10 labels"]
    kept = pins.add_pin(pins.add_pin(kept, fast), few)
    assert [pin.name for pin in kept] == [
        "rate 0.001, head only, 10 labels",
        "rate 0.005, head only, 10 labels",
        "head only, 5 labels",
    ]
    kept = pins.add_pin(pins.rename_pin(kept, 0, "mine"), turned)
    assert [pin.name for pin in kept] == [
        "mine", "turn 0, rate 0.005, head only, 10 labels", "head only, 5 labels", "turn 45, head only, 10 labels",
    ]  # fmt: skip
    kept = pins.remove_pin(kept, 3)
    assert [pin.name for pin in kept] == ["mine", "rate 0.005, head only, 10 labels", "head only, 5 labels"]
    stages = replace(RUN, stages=(Stage(), Stage(rate=0.1)))
    assert pins.names([stages, edit(edit(stages, "stages.0.rate", 0.1), "stages.1.rate", 0.2)]) == [
        "rate 0.001, full, 10 labels", "rate 0.1, full, 10 labels",
    ]  # fmt: skip
    dark = edit(RUN, "task.inverted", True)
    assert pins.names([RUN, dark]) == ["not inverted, head only, 10 labels", "inverted, head only, 10 labels"]
    many = [replace(run, first_seed=k) for run in presets().values() for k in (0, 1)]
    assert all(0 < len(name) <= pins.NAME for name in pins.names(many)) and len({*pins.names(many)}) == len(many)


def test_experiments_are_told_in_words() -> None:
    assert describe_run(RUN) == "handwriting (10 labels) after glyphs (400 labels): head only"
    assert describe_run(Run(task=FiveDigits(which="high"))) == "five digits (10 labels, high), from scratch: full"
    assert describe_run(Run(task=Drawn(turn=30.0, inverted=True))) == (
        "drawn (3 labels, 30 turn, inverted), from scratch: full"
    )
    assert describe_run(Run(task=Plane(mirrored=True), net="mlp")) == "plane (500 labels, mirrored), from scratch: full"
    assert all(describe_run(run) for run in backbones())


def test_best_solutions_meet_goals_starting_points_fail() -> None:
    for slug, challenge in CHALLENGES.items():
        best = solutions()[slug]
        assert best.new >= challenge.reach and (best.left or 0) >= challenge.keep and best.tried > 10
        made = table(best.run, accuracy=best.new / 100, old=(best.left or 0) / 100)
        assert challenge.is_met(best.run, made)
        assert not challenge.is_met(challenge.start, table(challenge.start, accuracy=0.5, old=0.5))
        assert not challenge.is_met(
            replace(best.run, start=None, watch=(), keep=()), made
        )  # another source is no solution
        assert challenge.checks(best.run, made.head(0))[-1].met is False  # before it is trained


def test_goal_needs_all_of_its_parts() -> None:
    both = CHALLENGES["both"]
    run = solutions()["both"].run
    for accuracy, old, met in ((0.91, 0.61, True), (0.89, 0.9, False), (0.95, 0.59, False)):
        assert both.is_met(run, table(run, accuracy=accuracy, old=old)) == met
    more = edit(run, "task.labels", 200)
    assert [check.met for check in both.checks(more, table(more, accuracy=0.95, old=0.9))] == [True, False, True, True]


def table(run: Run, accuracy: float, old: float) -> pd.DataFrame:
    """Returns the table of a run of two tests, with the old skill at 100 % at first."""
    found = pd.DataFrame({"step": [0, run.steps], "seed": 0, "accuracy": [0.1, accuracy], "flops": [0, 1e9]})
    return found.assign(**{"accuracy 1": [1.0, old]}) if run.watch else found


def test_sweep_survives_writing_and_gives_runs() -> None:
    axes = sweep.read("task.labels:1,5;stages.0.method:probe,full", RUN)
    assert sweep.read(sweep.write(axes), RUN) == axes
    pieces = sweep.runs(RUN, axes, beside=False)
    assert [piece.x for piece in pieces] == [(1, "full"), (1, "probe"), (5, "full"), (5, "probe")]
    assert pieces[3].of == edit(RUN, "task.labels", 5) and str(pieces[0]) == "labels per class 1, method full"
    for wrong in ("nowhere:1", "task.labels:3000", "task.labels:1;task.labels:2", "a:1;b:2;c:3", "keep.0.strength:1"):
        with pytest.raises(BadValue) as caught:
            sweep.read(wrong, RUN)
        assert is_a_sentence(caught.value)
    source = sweep.fields(RUN)["start.task.labels"]
    assert source.label == "Backbone: labels per class" and len(sweep.starting_values(source)) == 5
    every = sweep.fields(RUN)["stages.0.rate"]
    with pytest.raises(BadValue, match="at most 30"):
        sweep.runs(RUN, [sweep.Axis(every, every.options), axes[0]])
    for text in ("task:Plane,Handwriting;task.shuffled:False,True", "stages:1,2;stages.1.rate:0.001"):
        several = replace(RUN, stages=RUN.stages * 2)
        with pytest.raises(BadValue, match="do not have the control"):
            sweep.runs(several, sweep.read(text, several))


def test_a_sweep_trains_the_same_from_scratch() -> None:
    pieces = sweep.runs(RUN, sweep.read("task.labels:1,5;stages.0.method:probe,full", RUN))
    assert [piece.role for piece in pieces] == [sweep.PRETRAINED, sweep.SCRATCH] * 4
    assert len({piece.of for piece in pieces}) == 6  # which method moves a pretrained net changes no twin
    for mine, beside in zip(pieces[::2], pieces[1::2]):
        assert beside.of == twin(mine.of) and beside.of.start is None and beside.of.task == mine.of.task
    assert {piece.role for piece in sweep.runs(BASE, sweep.read("task.labels:1,5", BASE))} == {sweep.SCRATCH}


def test_source_and_method_can_be_swept() -> None:
    for run in presets().values():
        there = sweep.fields(run)
        assert "start" in there and any(path.endswith(".method") for path in there)
        axis = sweep.axis(run, there["start"], there["start"].options[:3])
        assert sweep.read(sweep.write([axis]), run) == (axis,)
        for piece in sweep.runs(run, [axis]):
            mine = edit(run, "start", axis.stands[piece.x[0]])
            assert piece.of.start == (None if piece.role == sweep.SCRATCH else mine.start)


def test_sweep_draws_a_described_map_or_curves() -> None:
    axes = sweep.read("task.labels:1,5;stages.0.method:probe,full", RUN)
    pieces = sweep.runs(RUN, axes)
    mine, beside = pieces[::2], pieces[1::2]
    half = {p.key: table(p.of, accuracy=0.5 + 0.1 * k, old=0.5) for k, p in enumerate(mine[:3])}
    half[mine[3].key] = table(mine[3].of, 0.99, 0.9).head(1)  # still going on
    half |= {p.key: table(p.of, accuracy=0.4, old=0.0) for p in beside}
    evidence = Results(half)
    grid = sweep.picture(evidence, pieces, axes, sweep.NEW, as_curves=False)
    full, probe, scratch = grid.spec["data"][0]["z"]
    assert full == [50.0, pytest.approx(70.0)] and probe == [pytest.approx(60.0), None] and scratch == [40.0, 40.0]
    assert grid.spec["data"][0]["y"] == ["full, pretrained", "head only, pretrained", "from scratch"]
    lines = sweep.picture(evidence, pieces, axes, sweep.NEW, as_curves=True)
    assert "full, pretrained: 50 % at 1, 70 % at 5; head only, pretrained: 60 % at 1" in lines.alt
    assert "from scratch: 40 % at 1, 40 % at 5" in lines.alt
    assert (best := sweep.best(evidence, pieces)) and best.of == mine[2].of
    home = sweep.as_table(evidence, pieces, axes)
    assert list(home["new task, %"].round())[:5] == [50, 40, 60, 40, 70] and home["old skill, %"].notna().sum() == 3


def test_one_field_draws_both_sides() -> None:
    axes = sweep.read("task.labels:1,5", RUN)
    pieces = sweep.runs(RUN, axes)
    scores = {(sweep.PRETRAINED, 1): 0.6, (sweep.SCRATCH, 1): 0.3, (sweep.PRETRAINED, 5): 0.8, (sweep.SCRATCH, 5): 0.8}
    evidence = Results({p.key: nets(p.of, [scores[p.place] + 0.01 * k for k in range(3)]) for p in pieces})
    alt = sweep.picture(evidence, pieces, axes, sweep.NEW, as_curves=True).alt
    assert "pretrained: 61 % at 1, 81 % at 5; from scratch: 31 % at 1, 81 % at 5" in alt
    assert sweep.compared(evidence, pieces) == (
        "The pretrained net is better in 1 of 2 settings; there is no clear difference in 1."
    )


def nets(run: Run, ends: list[float], unit: str = "accuracy") -> pd.DataFrame:
    """Returns a run of two tests and several nets."""
    seeds = range(len(ends))
    rows = [
        {"step": step, "seed": k, unit: ends[k] if step else 0.1, "flops": step}
        for step in (0, run.steps)
        for k in seeds
    ]
    return pd.DataFrame(rows)


# --- The verdict ------------------------------------------------------------------------------------------------------


def verdict_of(mine: list[float], other: list[float], unit: str = "accuracy") -> str:
    found = verdict.difference(nets(RUN, mine, unit), nets(RUN, other, unit))
    assert found
    return verdict.verdict(*found, "yours", "from scratch")


def test_the_interval_is_students_over_pairs_of_nets() -> None:
    rng = np.random.default_rng(0)
    for count in (2, 3, 8, 32):
        mine, other = rng.random(count), rng.random(count)
        found = verdict.difference(nets(RUN, list(mine)), nets(RUN, list(other)))
        known = ttest_rel(100 * mine, 100 * other).confidence_interval(0.95)
        assert found and found[0].pairs == count and found[1].name == "points"
        assert (found[0].low, found[0].high) == pytest.approx((known.low, known.high), rel=1e-3 if count < 17 else 0.05)


def test_a_verdict_names_the_better_side_or_none() -> None:
    assert verdict_of([0.8, 0.82, 0.84], [0.6, 0.63, 0.63]) == (
        "**Yours is better than from scratch**, by 20.0 points (95 % interval: 17.5 to 22.5, over 3 pairs of nets)."
    )
    assert verdict_of([0.6, 0.63, 0.63], [0.8, 0.82, 0.84]).startswith(
        "**From scratch is better than yours**, by 20.0 points"
    )
    assert verdict_of([0.8, 0.6, 0.7], [0.7, 0.7, 0.68]).startswith(
        "**There is no clear difference** between yours and from scratch"
    )
    assert "contains 0" in verdict_of([0.5, 0.5], [0.5, 0.5])
    assert verdict_of([0.9], [0.5]).startswith("**One net is too few**")
    assert verdict_of([1.8, 1.82, 1.84], [2.0, 2.03, 2.03], "bits").startswith(
        "**Yours is better than from scratch**, by 0.20 bits per character"
    )


def test_sides_in_different_units_have_no_verdict() -> None:
    assert verdict.difference(nets(RUN, [0.5, 0.6]), nets(RUN, [2.0, 2.1], "bits")) is None


def test_curve_names_stay_apart_and_in_order() -> None:
    placed = spaced_values([10, 10.5, 50, 11], 4)
    assert placed[2] == 50 and placed[0] < placed[1] < placed[3]
    assert min(b - a for a, b in itertools.pairwise(sorted(placed))) >= 4 - 1e-9
