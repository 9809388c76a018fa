"""Defines the controls of this lesson, and the races for the learner and for the claim."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Measure, Run
from core.experiment.tasks import Handwriting, Plane
from lessons.kit.model.values import Control, LabelledRun, Runs, Seeds, Settings, Values, hide, side_name
from lessons.kit.runs.recipes import BEST_RATES, arms, backbone, fine_tuned, fine_tuning, patient, scratch

FEW, MANY = 10, 400  # labels per class
# Steps of the race, and of training to the best accuracy in the plane, without the slower steps at the end.
STEPS, PATIENT = 1000, 3000
STANDARD = 1e-3  # learning rate
HANDWRITING, PLANE = "handwriting", "plane"
TILES, EARLY = 24, 34  # the unseen digits on the first picture, and the steps that are played on it
TURN = 30.0  # degrees, half of the angle between two arms, where the old answers are most wrong
SIDES = ("pretrained", "scratch")

LABELS = Control(
    name="labels",
    label="Labels per class",
    options=(5, FEW, 50, 100, MANY),
    default=FEW,
    help="How many labelled examples of each digit, or labelled points of each arm, both nets get. The dataset has "
    "only 400 labelled examples of each digit.",
    slider=True,
)
RATE = Control(
    name="rate",
    label="Learning rate",
    options=(3e-4, STANDARD, 3e-3),
    default=STANDARD,
    help="How far each step moves the weights. It is the same for both nets.",
    slider=True,
)
WORLD = Control(
    name="world",
    label="Dataset",
    options=(HANDWRITING, PLANE),
    default=HANDWRITING,
    help="Handwritten digits, after pretraining on glyphs. Or points on six spiral arms in the plane, after "
    "pretraining on the same arms before they were turned by 30 degrees.",
    labels={HANDWRITING: "handwritten digits", PLANE: "points in the plane"},
)


def race(labels: int, rate: float, seeds: Seeds, start: Run | None = None, world: str = HANDWRITING) -> dict[str, Run]:
    """Returns both sides of a race. Without `start`, the backbone is also trained from these seeds."""
    if world == PLANE:
        start = start or arms(seeds)
        return {"pretrained": turned_arms(labels, rate, seeds, start), "scratch": turned_arms(labels, rate, seeds)}
    return {
        "pretrained": fine_tuned(labels, rate=rate, steps=STEPS, seeds=seeds, start=start),
        "scratch": scratch(labels, rate, STEPS, seeds),
    }


def turned_arms(labels: int, rate: float, seeds: Seeds, start: Run | None = None, patient: bool = False) -> Run:
    """Returns a run on six spiral arms that lie between the arms of the source. If `patient` is true, it has four
    times the number of steps, and the last ones have a ten times lower learning rate."""
    steps = PATIENT if patient else STEPS
    stages = [replace(stage, batch=64) for stage in fine_tuning("lp_ft" if start else "full", rate, steps)]
    if patient:
        stages.append(replace(stages[-1], rate=rate / 10, steps=STEPS))
    return Run(
        task=Plane(labels=labels, turn=TURN),
        net="mlp",
        start=start,
        stages=tuple(stages),
        seeds=seeds.count,
        first_seed=seeds.first,
    )


def race_sides(settings: Settings, seeds: Seeds) -> dict[str, Run]:
    """Returns the race that the learner has set, which starts from the backbone that ships."""
    return race(settings[LABELS], settings[RATE], seeds, before(settings), settings[WORLD])


def before(settings: Settings) -> Run:
    """Returns the backbone that ships."""
    return arms() if settings[WORLD] == PLANE else backbone()


def early_race() -> dict[str, Run]:
    """Returns the first steps of one net of each kind, which record their answers. Their end is far from the steps at
    which the learner expects the nets to meet."""
    sides = race(FEW, STANDARD, Seeds(1), backbone())
    return {side: replace(run, exhibit=TILES, until=EARLY) for side, run in sides.items()}


def runs(settings: Settings) -> Runs:
    race = race_sides(settings, Seeds(first=100 * settings.draw))
    return [LabelledRun("race", run, side, name=side_name(side)) for side, run in race.items()]


def backdrop(settings: Settings) -> Values:
    return [
        *hide(start_runs(Seeds()), "pretrained", "pretrained best"),
        LabelledRun("backbone", before(settings)),
        *(LabelledRun("early", run, side) for side, run in early_race().items()),
        LabelledRun("wall", Measure(kind="tracked_examples", runs=(), tasks=(Handwriting(labels=FEW),), count=TILES)),
        *(
            LabelledRun("here", run, side, hidden=side == "pretrained")
            for side, run in race_sides(settings, Seeds()).items()
        ),
    ]


def start_runs(seeds: Seeds) -> Values:
    """Returns the races with few and with many labels in both worlds, and scratch trained to its best accuracy.

    In the plane, where scratch does catch up, the pretrained net is also trained to its best accuracy. The positions
    are a world and a number of labels, and also the learning rate for those that are trained to their best.
    """
    pieces = []
    for n in (FEW, MANY):
        for world in (HANDWRITING, PLANE):
            sides = race(n, STANDARD, seeds, world=world)
            pieces += [LabelledRun(side, run, (world, n)) for side, run in sides.items()]
        for rate in BEST_RATES:
            best = {
                ("scratch", HANDWRITING): scratch(n, rate, patient(n), seeds),
                ("scratch", PLANE): turned_arms(n, rate, seeds, patient=True),
                ("pretrained", PLANE): turned_arms(n, rate, seeds, arms(seeds), patient=True),
            }
            pieces += [LabelledRun(f"{side} best", run, (world, n, rate)) for (side, world), run in best.items()]
    return pieces
