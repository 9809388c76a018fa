"""Defines the controls of this lesson, and the runs for the learner and for the claims."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Measure, Run
from core.experiment.tasks import Glyphs, Handwriting
from lessons.kit.model.values import Control, LabelledRun, Runs, Seeds, Settings, Values, hide, side_name
from lessons.kit.runs.recipes import (
    BEST_RATES,
    METHOD,
    METHODS,
    backbone,
    fine_tuned,
    label_runs,
    live_backbone,
    patient,
    scratch,
)

SHIPPED, TRAINED_NOW = "comes with the app", "train one now"
SMALL = (1, 2, 5, 10)  # labels per class at which ways to fine-tune are compared
AWAY = {"turned": Handwriting(turn=25), "thick": Handwriting(thicken=1)}  # digits that differ from the training digits
LABELLED = Handwriting(labels=2)  # the digits that the learner labels
TILES = 40  # the number of unseen digits on the wall
COUNT = 10 * LABELLED.labels  # the number of digits that the learner labels

LABELS = Control(
    name="labels",
    label="Labels per class",
    options=(1, 2, 3, 5, 7, 10, 15, 20, 30, 50),
    default=2,
    help="How many labelled examples of each digit both nets get. With two, they learn from your own labels.",
    slider=True,
)
BACKBONE = Control(
    name="backbone",
    label="Pretrained net",
    options=(SHIPPED, TRAINED_NOW),
    default=SHIPPED,
    help="Use the pretrained net that comes with the app, or train one now: watch a net learn to tell glyphs apart, "
    "then use it.",
)


def start(settings: Settings) -> Run:
    """Returns the backbone that the race starts from."""
    return live_backbone() if settings[BACKBONE] == TRAINED_NOW else backbone()


def own_labels(settings: Settings) -> str:
    """Returns the learner's labels if they are complete and if the race uses this number of labels."""
    complete = settings.typed_text and "-" not in settings.typed_text
    return settings.typed_text if complete and settings[LABELS] == LABELLED.labels else ""


def with_tiles(run: Run, settings: Settings) -> Run:
    """Returns one side of the race with recorded answers for the wall. It uses the learner's own labels if there are
    any."""
    return replace(run, task=Handwriting(labels=settings[LABELS], given=own_labels(settings)), exhibit=TILES)


def pretrained(settings: Settings) -> Run:
    """Returns the pretrained side of the race, on its own draw of labels."""
    seeds = Seeds(first=100 * settings.draw)
    return with_tiles(
        fine_tuned(settings[LABELS], METHODS[settings[METHOD]], seeds=seeds, start=start(settings)), settings
    )


def from_scratch(settings: Settings) -> Run:
    return with_tiles(scratch(settings[LABELS], seeds=Seeds(first=100 * settings.draw)), settings)


def runs(settings: Settings) -> Runs:
    """Returns the race at the number of labels that the learner has set. The backbone comes first if it is trained
    now."""
    before = [LabelledRun("source", start(settings), name="pretraining on glyphs")] * (
        settings[BACKBONE] == TRAINED_NOW
    )
    race = {"pretrained": pretrained(settings), "scratch": from_scratch(settings)}
    return [*before, *(LabelledRun("race", run, side, name=side_name(side)) for side, run in race.items())]


def backdrop(settings: Settings) -> Values:
    """Returns the results for the complete curves, and examples of the images that the nets see."""
    return [
        *hide(label_runs(Seeds(), METHODS[settings[METHOD]]), "pretrained"),
        LabelledRun("backbone", backbone()),
        LabelledRun("examples", Measure(kind="examples", runs=(), tasks=(Glyphs(), LABELLED), count=20)),
        *hide(method_runs(Seeds())),
        LabelledRun("wall", Measure(kind="tracked_examples", runs=(), tasks=(LABELLED,), count=TILES)),
    ]


def method_runs(seeds: Seeds) -> Values:
    """Returns three ways to fine-tune. Full fine-tuning is also run with four times the steps at several learning
    rates."""
    both = tuple(fine_tuned(10, method, seeds=seeds) for method in ("probe", "full"))
    return [
        *(LabelledRun(way, fine_tuned(n, way, seeds=seeds), n) for way in ("lp_ft", "full", "probe") for n in SMALL),
        *(
            LabelledRun("full best", fine_tuned(n, "full", rate, patient(n), seeds), (n, rate))
            for n in SMALL
            for rate in BEST_RATES
        ),
        LabelledRun("away", Measure(kind="accuracy", runs=both, tasks=tuple(AWAY.values()))),
    ]
