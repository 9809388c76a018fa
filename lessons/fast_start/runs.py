"""What the learner sets in this lesson, and the races that follow from it and from its claim."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Run
from core.experiment.tasks import Plane
from lessons.kit.model.values import Control, LabelledRun, Runs, Seeds, Settings, Values, hide
from lessons.kit.runs.recipes import BEST_RATES, arms, backbone, fine_tuned, fine_tuning, patient, scratch

FEW, MANY = 10, 400  # labels per class
STEPS, PATIENT = 1000, 3000  # steps of the race; of training to one's best in the plane, before the slower last ones
STANDARD = 1e-3  # learning rate
HANDWRITING, PLANE = "handwriting", "plane"
TURN = 30.0  # degrees, half of the angle from one arm to the next: where the old answers are most wrong
SIDES = ("pretrained", "scratch")

LABELS = Control(
    name="labels",
    label="Labels per class",
    options=(5, FEW, 50, 100, MANY),
    default=FEW,
    help="How many labelled examples of each digit, or points of each arm, both nets get. There are no more than 400 "
    "labelled digits of each kind.",
    slider=True,
)
RATE = Control(
    name="rate",
    label="Learning rate",
    options=(3e-4, STANDARD, 3e-3),
    default=STANDARD,
    help="How far Adam moves the weights at every step, the same for both nets.",
    slider=True,
)
WORLD = Control(
    name="world",
    label="World",
    options=(HANDWRITING, PLANE),
    default=HANDWRITING,
    help="Real digits after glyphs; or points on six spiral arms, after the same arms before they were turned.",
)


def race(labels: int, rate: float, seeds: Seeds, start: Run | None = None, world: str = HANDWRITING) -> dict[str, Run]:
    """Both sides; without a start the backbone too is made from these seeds."""
    if world == PLANE:
        start = start or arms(seeds)
        return {"pretrained": turned_arms(labels, rate, seeds, start), "scratch": turned_arms(labels, rate, seeds)}
    return {
        "pretrained": fine_tuned(labels, rate=rate, steps=STEPS, seeds=seeds, start=start),
        "scratch": scratch(labels, rate, STEPS, seeds),
    }


def turned_arms(labels: int, rate: float, seeds: Seeds, start: Run | None = None, patient: bool = False) -> Run:
    """Six spiral arms, turned to between those that the start knows; patient is four times the steps, the last of them
    ten times slower."""
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
    """The race as it is set, from the backbone that ships."""
    return race(settings[LABELS], settings[RATE], seeds, before(settings), settings[WORLD])


def before(settings: Settings) -> Run:
    """The backbone, which ships."""
    return arms() if settings[WORLD] == PLANE else backbone()


def runs(settings: Settings) -> Runs:
    race = race_sides(settings, Seeds(first=100 * settings.draw))
    return [LabelledRun("race", run, side, name=side) for side, run in race.items()]


def backdrop(settings: Settings) -> Values:
    return [
        *hide(start_runs(Seeds()), "pretrained", "pretrained best"),
        LabelledRun("backbone", before(settings)),
        *(
            LabelledRun("here", run, side, hidden=side == "pretrained")
            for side, run in race_sides(settings, Seeds()).items()
        ),
    ]


def start_runs(seeds: Seeds) -> Values:
    """The race at few and at many labels in both worlds, and scratch trained to its best; in the plane, where it does
    catch up, the pretrained net too. Places are a world, labels, and of those trained to their best the rate."""
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
