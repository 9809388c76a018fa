"""Defines the controls of this lesson, and the runs: a net for photos that people use learns new kinds of pictures from
a few labels."""

from __future__ import annotations

from core.experiment.brought_tasks import DIGITS, EMOJI, OTHER_EMOJI, PHOTOS, SIX_EMOJI
from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Pictures
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values, hide
from lessons.kit.runs import photo_nets
from lessons.kit.runs.photo_nets import PROBE, SIDES, SMALL_RATES, untouched

FEW = (1, 2, 5)  # labels per class
TILES, EVERY = 30, 60  # unseen pictures on a wall, and all of them
SOURCES = (EMOJI, PHOTOS, SIX_EMOJI, DIGITS)
HEAD_ONLY, HEAD_FIRST, GENTLE, HOT = "head only", "head first", "all at once", "all at once, hot"
WAYS = {  # how the pretrained net is fine-tuned; its features are so good that few steps are enough
    HEAD_ONLY: (PROBE,),
    # as in lesson 1: afterwards all layers, with a lower rate for lower layers (Kumar et al. 2022)
    HEAD_FIRST: (PROBE, Stage(steps=25, rate=1e-4, decay=2, batch=8)),
    GENTLE: (Stage(steps=40, rate=1e-4, batch=8),),
    HOT: (Stage(steps=40, rate=1e-3, batch=8),),
}

SOURCE = Control(
    name="source",
    label="Pictures",
    options=SOURCES,
    default=EMOJI,
    labels={EMOJI: "emoji", PHOTOS: "photos", SIX_EMOJI: "emoji of the same six kinds", DIGITS: "handwritten digits"},
    help="The pictures that the nets learn to tell apart. The pretrained net was trained on photos only.",
)
LABELS = Control(
    name="labels",
    label="Labels per class",
    options=FEW,
    default=2,
    help="How many labelled pictures of each kind the nets learn from. All three get the same ones.",
)
WAY = Control(
    name="way",
    label="How to fine-tune",
    options=tuple(WAYS),
    default=HEAD_ONLY,
    labels={HOT: "all at once, high rate"},
    help="Head only: the pretrained layers do not change. Head first: the head is trained first, and then all the "
    "layers, the lower ones more slowly. All at once: all the layers are trained from the first step, at a learning "
    "rate of 0.0001, or of 0.001 (high rate).",
)


def pretrained(source: str, labels: int, way: str = HEAD_ONLY, seeds: Seeds = Seeds(), exhibit: int = 0) -> Run:
    """Returns the eye after a few labelled pictures. With ten kinds of emoji, it is also tested on emoji that somebody
    else has drawn."""
    other = (Pictures(source=OTHER_EMOJI),) if source == EMOJI and not exhibit else ()
    return photo_nets.pretrained(Pictures(source=source, labels=labels), seeds, exhibit, WAYS[way], other)


def untrained(source: str, labels: int, seeds: Seeds = Seeds(), exhibit: int = 0) -> Run:
    """Returns the same net with random weights, of which only the head is trained, too."""
    return photo_nets.untrained(Pictures(source=source, labels=labels), seeds, exhibit)


def small(source: str, labels: int, rate: float = SMALL_RATES[0], seeds: Seeds = Seeds(), exhibit: int = 0) -> Run:
    """Returns a small net that learns from scratch."""
    return photo_nets.small(Pictures(source=source, labels=labels), seeds, exhibit, rate)


def lead_runs(seeds: Seeds, sources: tuple[str, ...] = (EMOJI, PHOTOS), few: tuple[int, ...] = FEW) -> Values:
    """Returns the pretrained and the untrained net on each source, for each number of labels."""
    return [
        LabelledRun(role, make(source, n, seeds=seeds), (source, n))
        for source in sources
        for n in few
        for role, make in (("eye", pretrained), ("untrained", untrained))
    ]


def small_runs(seeds: Seeds) -> Values:
    """Returns the small net from scratch at several learning rates."""
    return [
        LabelledRun("small", small(source, n, rate, seeds), (source, n, rate))
        for source in (EMOJI, PHOTOS)
        for n in FEW
        for rate in SMALL_RATES
    ]


def way_runs(seeds: Seeds) -> Values:
    """Returns ways to fine-tune on photos with two labels of each kind, on each draw, and how much of the thousand
    names is left."""
    found: list[LabelledRun[Run | Measure]] = []
    for way in WAYS:
        for k in range(seeds.count):
            run = pretrained(PHOTOS, 2, way, Seeds(first=seeds.first + k, count=1))
            kept = Measure(kind="names_kept", runs=(run,), tasks=(Pictures(source=PHOTOS),))
            found += [LabelledRun("way", run, (way, k)), LabelledRun("kept", kept, (way, k))]
    return found


def sides(settings: Settings, seeds: Seeds, tiles: int = TILES) -> dict[str, Run]:
    """Returns the three sides of the race by role, on the pictures and labels that the learner has set."""
    source, labels = settings[SOURCE], settings[LABELS]
    return {
        "pretrained": pretrained(source, labels, settings[WAY], seeds, tiles),
        "untrained": untrained(source, labels, seeds, tiles),
        "scratch": small(source, labels, seeds=seeds, exhibit=tiles),
    }


def runs(settings: Settings) -> Runs:
    """Returns the race. Each side is one net, so that it is over in a few seconds."""
    race = sides(settings, Seeds(first=100 * settings.draw, count=1))
    return [LabelledRun("race", run, side, name=SIDES[side]) for side, run in race.items()]


def wall(settings: Settings) -> Measures:
    """Returns the unseen pictures of the wall."""
    shown = (Pictures(source=settings[SOURCE]),)
    return [LabelledRun("wall", Measure(kind="tracked_examples", runs=(), tasks=shown, count=TILES), name="pictures")]


def after(settings: Settings) -> Measures:
    """Returns the photos of the wall. They do not ship, so they are only there on machines that have the photos."""
    return wall(settings) if settings[SOURCE] == PHOTOS else []


def recorded(settings: Settings) -> Values:
    """Returns the recorded race on these pictures and labels. Only the head is trained in it."""
    race = sides(settings.but(way=HEAD_ONLY), Seeds(count=1))
    return [LabelledRun("recorded", run, side, name=f"recorded, {SIDES[side]}") for side, run in race.items()]


def backdrop(settings: Settings) -> Values:
    """Returns the results for the curves, and the emoji with the names that the pretrained net gives them."""
    shown = (Pictures(),)
    named = Measure(kind="names_kept", runs=(untouched(),), tasks=shown)
    looked_at = Measure(kind="tracked_examples", runs=(), tasks=shown, count=EVERY)
    leads = lead_runs(Seeds(), SOURCES)
    return [
        *hide(leads, "eye"),
        *hide(small_runs(Seeds())),
        *hide([*way_runs(Seeds()), *recorded(settings)]),
        LabelledRun("named", named),
        LabelledRun("looked at", looked_at),
        *([] if settings[SOURCE] == PHOTOS else wall(settings)),
    ]
