"""Defines the workspace for the learner's own photos. A net that people use for photos learns them, the same net with
random weights, and a small net from scratch, to show what the pretraining is worth.

The page is app/app_pages/own_data.py. This module defines what the page runs, asks and shows.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pandas as pd

from core.experiment.spec import Measure
from core.experiment.tasks import Pictures
from core.pretrained.model_files import MODELS
from core.user_data import photo_album
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.answer_wall import Wall, walls
from lessons.kit.figures.curves import Curve, curves
from lessons.kit.figures.image_grid import image_grid, small_picture
from lessons.kit.lesson.catalogue import Guess, Views
from lessons.kit.model.values import LabelledRun, Measures, Results, Runs, Seeds, Settings
from lessons.kit.results.evidence import band, final
from lessons.kit.results.verdict import sentence
from lessons.kit.runs import photo_nets
from lessons.kit.runs.photo_nets import NET, ROLES, SIDES, SMALL_STEPS
from lessons.kit.workspaces.own_data import BENCH, DATA, LABELS

TILES = 30  # unseen photos on a wall
NETS = 6  # nets of each kind: so many take about 20 seconds of one core
HEAD = (replace(photo_nets.PROBE, steps=SMALL_STEPS),)  # as many steps on each side, so that the walls show the end
SHOWN = 60  # photos of all classes together that are shown before the run
KEPT = "Your photos stay here until then."


def task(settings: Settings) -> Pictures:
    """Returns the task for the photos and the number of labels that the learner has set."""
    return Pictures(source=settings[DATA], labels=settings[LABELS])


def runs(settings: Settings) -> Runs:
    """Returns the three sides of the race. Two of them train only a new head, whose features are computed once."""
    if not photo_album.exists(settings[DATA]):
        return []  # there is no recording for photos
    of, seeds = task(settings), Seeds(NETS, 100 * settings.draw)
    sides = {
        "pretrained": photo_nets.pretrained(of, seeds, TILES, HEAD),
        "untrained": photo_nets.untrained(of, seeds, TILES, HEAD),
        "scratch": photo_nets.small(of, seeds, TILES),
    }
    return [LabelledRun("race", run, side, name=SIDES[side]) for side, run in sides.items()]


def asks(settings: Settings) -> Measures:
    """Returns the unseen photos of the walls."""
    if not photo_album.exists(settings[DATA]):
        return []
    shown = Measure(kind="tracked_examples", runs=(), tasks=(Pictures(source=settings[DATA]),), count=TILES)
    return [LabelledRun("tests", shown, name="unseen photos")]


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the photos. Once the nets learn, it draws their accuracy, with a band over the nets of each kind."""
    tables = evidence.tables("race")
    if not tables:
        return sheet(settings[DATA])
    shown = [
        Curve(table=band(tables[side]).rename(columns={"step": "x"}), name=name, role=ROLES[side])
        for side, name in SIDES.items()
        if side in tables
    ]
    return curves(shown, "training steps", (1, SMALL_STEPS), title="Accuracy on unseen photos (%)")


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the walls of unseen photos, the cost beside the gain, and the photos."""
    shown: Views = {}
    sides = {side: evidence.behaviour("race", side) for side in SIDES}
    tables = evidence.tables("race")
    if evidence.has("tests") and all(sides.values()):
        (told,) = evidence.answer("tests")["tasks"]
        names = list(told["names"].values())
        shown["Photo by photo"] = lambda: walls(
            [
                Wall(name=SIDES[side], behaviour=answers, examples=told["examples"], full=names, columns=6)
                for side, answers in sides.items()
            ]
        )
    if len(tables) == len(SIDES):
        shown["Gain and cost"] = lambda: gain_and_cost({side: tables[side] for side in SIDES}, settings[LABELS])
    if tables:
        shown["Your photos"] = lambda: sheet(settings[DATA])
    return shown


def gain_and_cost(tables: dict[str, pd.DataFrame], labels: int) -> Figure:
    """Makes a table of what every side has reached, and what it has cost."""
    last = {SIDES[side]: table.iloc[-1] for side, table in tables.items()}
    rows = {
        "accuracy on unseen photos": [percent(float(final(table).mean())) for table in tables.values()],
        "labels per class": [str(labels)] * len(tables),
        "training steps": [f"{row.step:.0f}" for row in last.values()],
        f"seconds of one core for all {NETS} nets": [f"{row.seconds:.1f}" for row in last.values()],
    }
    told = "; ".join(
        f"{what}: " + ", ".join(f"{amount} {name}" for name, amount in zip(last, row)) for what, row in rows.items()
    )
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[*last])
    return Figure(kind="table", spec=table, alt=f"{told}.", title="What each kind of net gains, and what it costs")


@lru_cache(maxsize=16)
def sheet(name: str) -> Figure:
    """Draws the first photos of every class, as the nets receive them but smaller."""
    found = photo_album.load(name)
    each = max(3, SHOWN // len(found.names))
    rows = {
        f"{of}: {len(photos)}": [{"image": small_picture(one), "alt": of} for one in photos[:each]]
        for of, photos in found.by_class.items()
    }
    counted = ", ".join(f"{of} {len(photos)}" for of, photos in found.by_class.items())
    return image_grid(rows, f"The first photos of each of {len(found.names)} classes. Photos in all: {counted}.")


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the current scores of the three sides. When all are finished, it also says whether pretraining helped,
    and what each side cost."""
    tables = evidence.tables("race")
    if len(tables) < len(SIDES) or not all(map(len, tables.values())):
        return ""
    scores = {side: final(tables[side]) for side in SIDES}
    stands = ", ".join(f"{name} {percent(float(scores[side].mean()))}" for side, name in SIDES.items())
    said = f"Unseen photos whose class is named correctly: {stands}."
    if any(tables[piece.x].step.max() < piece.of.steps for piece in runs(settings)):
        return said
    seconds = {side: float(tables[side].seconds.max()) for side in SIDES}
    cost = f"{seconds['pretrained']:.0f} s for the pretrained nets and {seconds['scratch']:.0f} s for the small nets"
    verdict = sentence(scores["pretrained"], scores["scratch"], source="a million photos", frozen=True)
    return f"{said} {verdict} Training took {cost}."


def lacks(settings: Settings) -> str:
    """Returns what the learner needs before the nets can learn: the pretrained net."""
    model = MODELS[NET]
    return "" if model.is_here() else f"{model.missing()} {KEPT}"


PHOTOS = replace(
    BENCH,
    controls=(DATA, LABELS),
    runs=runs,
    backdrop=asks,
    asks=asks,
    picture=picture,
    views=views,
    moving=("Photo by photo",),
    tells=tells,
    lacks=lacks,
    words={
        "run": "**What can a real eye do with your photos?** Press Train. A net that phones use, the same net with "
        "random weights, and a small net from scratch learn your classes from the same labels, in as many steps."
    },
)
