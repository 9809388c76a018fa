"""Defines the controls of this lesson, and the runs for its pages and claims: digits after many worlds."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Clothing, Glyphs, Handwriting, Image
from lessons.kit.model.values import Control, LabelledRun, Runs, Seeds, Settings, Values, hide
from lessons.kit.runs.recipes import BEST_RATES, fine_tuned, patient, scratch, source

STANDARD = 10  # labels per class
WAYS = ("lp_ft", "probe", "full")
MENDED = "mended"  # with a second phase, and then lp_ft
SIGNS = Glyphs(labels=80, pen=0.75)  # the world of the backbone that “What is a label worth?” trains live
UPRIGHT, HALF, QUARTER = "upright", "upside down", "on their side"
WORLDS: dict[str, Image] = {
    UPRIGHT: SIGNS,
    HALF: replace(SIGNS, turn=180),
    QUARTER: replace(SIGNS, turn=90),
    "inverted": replace(SIGNS, inverted=True),
    "blurred": replace(SIGNS, blur=2),
    "shuffled": replace(SIGNS, shuffled=True),
    "graded by ink": replace(SIGNS, ink=True),
    "random labels": replace(SIGNS, noise=1),
    "clothing": Clothing(labels=300),
}
BAD = tuple(WORLDS)[3:]  # worlds that might do harm, which are tested with every way to fine-tune
LABELLED_APART = ("graded by ink", "random labels")  # worlds that have the pictures of another world, with other labels
SEEN = tuple(world for world in WORLDS if world not in LABELLED_APART)
ON_WALL = Handwriting(labels=STANDARD)
NO_TEACHER = "no teacher"
NOBODY = "nobody"  # no world before the second phase
TILES = 40  # the number of unseen digits on a live wall
NONE, AGAIN = "straight to digits", "upright glyphs in between"

WORLD = Control(
    name="world",
    label="The teacher (pretraining dataset)",
    options=tuple(WORLDS),
    default="shuffled",
    help="The dataset on which the net is pretrained. All of them except clothing are the same glyphs, but they are "
    "shown or labelled in another way.",
)
LABELS = Control(
    name="labels",
    label="Labels per class",
    options=(2, 5, STANDARD),
    default=STANDARD,
    help="How many labelled examples of each digit both nets get.",
    slider=True,
)
SECOND = Control(
    name="second",
    label="After the teacher",
    options=(NONE, AGAIN),
    default=NONE,
    labels={NONE: "digits at once", AGAIN: "a second phase on upright glyphs"},
    help="In a second phase, the net is pretrained again. This phase is much shorter than the first one, and its data "
    "are closer to digits.",
)


def teacher(world: str, seeds: Seeds) -> Run:
    """Returns a backbone that is trained on one world. Every backbone sees 160,000 examples."""
    return source(WORLDS[world], seeds)


def retrained(world: str, seeds: Seeds) -> Run:
    """Returns the same backbone after a second, shorter phase on upright glyphs."""
    start = None if world == NOBODY else teacher(world, seeds)
    stages = (Stage(steps=1000, batch=64, rate=2e-3),)
    return Run(task=SIGNS, start=start, stages=stages, seeds=1, first_seed=seeds.first)


def start(settings: Settings) -> Run:
    """Returns the backbone that the pretrained side of the race starts from."""
    return (retrained if settings[SECOND] == AGAIN else teacher)(settings[WORLD], Seeds())


def rival(settings: Settings) -> str:
    """Returns the teacher that the learner's choice races against: upright glyphs, or the wrong teacher if the learner
    chose upright glyphs."""
    return WORLD.default if settings[WORLD] == UPRIGHT else UPRIGHT


def side_names(settings: Settings) -> dict[str, str]:
    """Returns the name of each side of the race."""
    again = ", then upright" if settings[SECOND] == AGAIN else ""
    return {"pretrained": settings[WORLD] + again, "rival": rival(settings), "scratch": NO_TEACHER}


def pretrained(settings: Settings, begun: Run | None = None) -> Run:
    """Returns digits after the learner's teacher, or after another start."""
    seeds = Seeds(first=100 * settings.draw)
    return replace(fine_tuned(settings[LABELS], seeds=seeds, start=begun or start(settings)), exhibit=TILES)


def runs(settings: Settings) -> Runs:
    """Returns the race of two teachers and no teacher. The second phase comes first if there is one."""
    before = [LabelledRun("second phase", start(settings), name="upright glyphs")] * (settings[SECOND] == AGAIN)
    race = {
        "pretrained": pretrained(settings),
        "rival": pretrained(settings, teacher(rival(settings), Seeds())),
        "scratch": scratch(settings[LABELS], seeds=Seeds(first=100 * settings.draw)),
    }
    names = side_names(settings)
    return [*before, *(LabelledRun("race", run, side, name=names[side]) for side, run in race.items())]


def backdrop(settings: Settings) -> Values:
    """Returns the results of every world with this number of labels, the results of the second phase, the pictures,
    and their distances."""
    sizes = dict.fromkeys((settings[LABELS], STANDARD))
    after = [piece for n in sizes for piece in taught_runs(n, Seeds(), ("lp_ft",))]
    tasks = (Handwriting(labels=1), *WORLDS.values())
    return [
        *(piece for n in sizes for piece in scratch_runs(n, Seeds())),
        *hide([*after, *mended_runs(STANDARD, Seeds())]),
        world_distance(Seeds()),
        LabelledRun("teacher", teacher(settings[WORLD], Seeds())),
        LabelledRun("wall", Measure(kind="tracked_examples", runs=(), tasks=(ON_WALL,), count=TILES)),
        LabelledRun("examples", Measure(kind="examples", runs=(), tasks=tasks, count=10)),
    ]


def scratch_runs(labels: int, seeds: Seeds) -> Values:
    """Returns nets from scratch that are trained to their best accuracy."""
    return [
        LabelledRun("scratch best", scratch(labels, rate, patient(labels), seeds), (labels, rate))
        for rate in BEST_RATES
    ]


def taught_runs(labels: int, seeds: Seeds, ways: tuple[str, ...] = WAYS) -> Values:
    """Returns digits after each world, with each way to fine-tune."""
    return [
        LabelledRun("after", fine_tuned(labels, way, seeds=seeds, start=teacher(world, seeds)), (world, way, labels))
        for world in WORLDS
        for way in ways
    ]


def mended_runs(labels: int, seeds: Seeds) -> Values:
    """Returns digits after a world and the second phase."""
    return [
        LabelledRun("after", fine_tuned(labels, seeds=seeds, start=retrained(world, seeds)), (world, MENDED, labels))
        for world in (NOBODY, *BAD)
    ]


def transfer_runs(seeds: Seeds) -> Values:
    at_best = [
        LabelledRun(
            "after best",
            fine_tuned(STANDARD, "full", rate, patient(STANDARD), seeds, teacher(world, seeds)),
            (world, rate),
        )
        for world in BAD
        for rate in BEST_RATES
    ]
    return [*scratch_runs(STANDARD, seeds), *taught_runs(STANDARD, seeds), *mended_runs(STANDARD, seeds), *at_best]


def look_runs(seeds: Seeds) -> Values:
    return [*scratch_runs(STANDARD, seeds), *taught_runs(STANDARD, seeds, ("lp_ft",)), world_distance(seeds)]


def world_distance(seeds: Seeds) -> LabelledRun[Measure]:
    """Returns a measure of the distance between each world and the digits."""
    worlds = tuple(WORLDS[world] for world in SEEN)
    return LabelledRun(
        "apart", Measure(kind="frechet_distance", runs=(teacher(UPRIGHT, seeds),), tasks=(Handwriting(), *worlds))
    )
