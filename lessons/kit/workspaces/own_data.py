"""Defines the workspace for the learner's own data: a table, an album or a text. A pretrained net and a net from
scratch learn it, to show whether pretraining helps. The one for photos is in own_photos.py.

The page is app/app_pages/own_data.py. This module defines what the page runs, asks and shows.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run
from core.experiment.tasks import ALBUMS, TABLES, Album, Table
from core.user_data import album, corpus, photo_album, table
from lessons.kit.figures import Figure, subject_adaptation
from lessons.kit.figures.answer_wall import Wall, walls
from lessons.kit.figures.curves import race
from lessons.kit.figures.image_grid import image_grid
from lessons.kit.figures.plane_axes import PlaneAxis, plane_axis
from lessons.kit.figures.player import NOTHING, Player, Space, player, to_base64
from lessons.kit.lesson.catalogue import Guess, Views, Workspace
from lessons.kit.lesson.explanation import race_sentence
from lessons.kit.model.values import Answer, Control, LabelledRun, Measures, Results, Runs, Seeds, Settings
from lessons.kit.results.evidence import final
from lessons.kit.results.verdict import BITS, POINTS, sentence
from lessons.kit.runs import text_adaptation
from lessons.kit.runs.recipes import METHOD, METHODS, STEPS, arms, backbone, fine_tuning
from lessons.kit.runs.text_adaptation import AMOUNT

SIDES = ("pretrained", "scratch")
TILES, CELLS = 40, 40  # pictures on a wall, and cells along each side of a map
# Thousands of characters, for a text that is only a little longer than the minimum.
SHORT = (2, text_adaptation.SLICES[0])
SEVERAL = 8  # the number of nets on each side
MOST = 150  # the largest number of test points that are drawn
LEFT = 1.25  # the factor by which the plane is larger when the numbers of its axes are shown


def is_known(name: str) -> bool:
    """Returns whether a table, an album, photos or a text of this name exist on this machine."""
    return table.exists(name) or album.exists(name) or photo_album.exists(name) or corpus.is_own_text(name)


DATA = Control(
    name="data",
    label="Data",
    options=(*TABLES, *ALBUMS),
    default=TABLES[0],
    help="Choose points or pictures that come with the app, or upload points, pictures or a text of your own. None of "
    "the nets was pretrained on them.",
    known=is_known,
    kind="data",
)
LABELS = Control(
    name="labels",
    label="Labels per class",
    options=(1, 2, 3, 5, 10, 20, 50),
    default=5,
    help="How many labelled examples of each class both nets learn from. If a class has fewer, they learn from all of "
    "them.",
    slider=True,
)


def is_table(name: str) -> bool:
    return name in TABLES or (name not in ALBUMS and table.exists(name))


def is_text(name: str) -> bool:
    return corpus.is_own_text(name)


def task(settings: Settings) -> Table | Album:
    """Returns the task for the data and the number of labels that the learner has set."""
    name, labels = settings[DATA], settings[LABELS]
    return Table(table=name, labels=labels) if is_table(name) else Album(album=name, labels=labels)


def runs(settings: Settings) -> Runs:
    """Returns a pretrained run and a run from scratch with the same number of steps. The pretrained one starts from
    the spiral arms, from the letters and signs, or from general English."""
    if is_text(settings[DATA]):
        both = text_adaptation.sides(settings[DATA], settings[AMOUNT], settings.draw)
        return [LabelledRun("race", both[side], side, name=side) for side in SIDES]
    if LABELS.name not in settings.values:
        return []  # the page for texts before there is a text; there is no recording for texts
    of, seeds = task(settings), Seeds(SEVERAL, 100 * settings.draw)
    points = isinstance(of, Table)
    theirs = Run(
        task=of,
        net="mlp" if points else "conv",
        stages=fine_tuning("full"),
        seeds=seeds.count,
        first_seed=seeds.first,
        exhibit=CELLS if points else TILES,
    )
    ours = replace(theirs, start=arms() if points else backbone(), stages=fine_tuning(METHODS[settings[METHOD]]))
    return [LabelledRun("race", run, side, name=side) for side, run in zip(SIDES, (ours, theirs))]


def asks(settings: Settings) -> Measures:
    """Returns a measure with some of the test examples, or with the beginnings of texts that both nets continue."""
    if is_text(settings[DATA]):
        return [LabelledRun("begun", text_adaptation.beginnings(settings[DATA]), name="beginnings")]
    shown = Measure(
        kind="tracked_examples", runs=(), tasks=(replace(task(settings), labels=LABELS.default),), count=TILES
    )
    return [LabelledRun("tests", shown, name="test examples")]


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the data. While both sides are training, it draws their test accuracy, or their loss on unseen text."""
    if not evidence.tables("race"):
        return data(evidence, settings[DATA])
    sides = dict(sorted(evidence.tables("race").items(), reverse=True))
    if is_text(settings[DATA]):
        return subject_adaptation.adapting(sides, 8)
    return race(sides, STEPS, "Accuracy on test examples (%)")


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the answers of the first net of each side, once both have started, and the data."""
    shown: Views = {}
    sides = {side: evidence.behaviour("race", side) for side in SIDES}
    if is_text(settings[DATA]) and sides[SIDES[0]]:
        shown["Both nets"] = lambda: subject_adaptation.continuations(evidence, "race")
    if evidence.has("tests") and all(sides.values()):
        (told,) = evidence.answer("tests")["tasks"]
        axes = own_axes(table.load(settings[DATA])) if is_table(settings[DATA]) else None
        shown["Both nets"] = lambda: answer_walls(told, {side: [*each] for side, each in sides.items()}, axes)
    if evidence.tables("race"):
        shown["The data"] = lambda: data(evidence, settings[DATA])
    return shown


def answer_walls(
    told: Answer, sides: dict[str, list[dict[str, object]]], axes: tuple[PlaneAxis, PlaneAxis] | None = None
) -> Figure:
    """Draws the answers of both nets to the test examples."""
    names = list(told["names"].values())
    points = "at" in told["examples"][0]
    both = [Wall(name=n, behaviour=b, examples=told["examples"], full=names, axes=axes) for n, b in sides.items()]
    return walls(both, classes=names if points else ())


def data(evidence: Results, name: str) -> Figure:
    """Draws the data in the form that a net receives them: points in the plane, the first pictures of every class, or
    the beginnings of texts."""
    if is_text(name):
        begun = evidence.has("begun") and evidence.answer("begun")["tasks"][0]["examples"]
        return subject_adaptation.passages(evidence, corpus.display_name(name)) if begun else first_page(name)
    return points(table.load(name)) if is_table(name) else sheet(album.load(name))


def first_page(name: str) -> Figure:
    """Draws the beginning of a text that has no paragraph long enough to continue."""
    words = corpus.documents(name)[0][:400]
    title = f"The beginning of {corpus.display_name(name)}"
    return Figure(
        kind="html", spec=f"<p>{subject_adaptation.quoted(words)} …</p>", alt=f"{title}. {words}", title=title
    )


def own_axes(found: table.Table) -> tuple[PlaneAxis, PlaneAxis]:
    """Returns the horizontal and the vertical axis, in the units of the file."""
    return plane_axis(found.columns[0], found.x, table.SPREAD), plane_axis(found.columns[1], found.y, table.SPREAD)


def points(found: table.Table) -> Figure:
    """Draws the points of a table in the plane."""
    places = np.linspace(0, len(found.x) - 1, min(len(found.x), 600)).astype(int)
    xy, classes = np.array(found.points)[places], np.array(found.labels)[places]
    x, y, label = found.columns
    many = {name: found.labels.count(k) for k, name in enumerate(found.names)}
    counted = ", ".join(f"{name} {count}" for name, count in many.items())
    says = f"{len(found.x):,} points. Across: {x}. Up: {y}. Points of each class of {label}: {counted}."
    edge = 1.1 * table.SPREAD
    space = Space(
        title=f"{y} against {x}",
        xy=xy[None],
        classes=classes[None],
        states=np.full((1, len(xy)), NOTHING),
        extent=(-LEFT * edge, edge, -LEFT * edge, edge),
        axes=own_axes(found),
    )
    return player(Player(marks=["data"], says=[says], panels=[space], classes=found.names), "")


def sheet(found: album.Album) -> Figure:
    """Draws a few pictures of every class, in the form that nets receive them."""
    each = max(3, 60 // len(found.names))
    rows = {}
    for k, name in enumerate(found.names):
        mine = found.images[found.labels == k]
        cells = [{"image": to_base64(image), "alt": name} for image in mine[:each]]
        rows[f"{name}: {len(mine)}"] = cells
    counted = ", ".join(f"{name} {int((found.labels == k).sum())}" for k, name in enumerate(found.names))
    return image_grid(rows, f"The first pictures of each of {len(found.names)} classes. Pictures in all: {counted}.")


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the current scores of both sides. When both are finished, it also says whether pretraining helped."""
    tables, text = evidence.tables("race"), is_text(settings[DATA])
    if len(tables) < len(SIDES) or not all(len(table) for table in tables.values()):
        return "" if text else race_sentence(evidence, settings)
    if not text:
        ours, theirs = (final(tables[side]) for side in SIDES)
        unit, source = POINTS, "spiral arms" if is_table(settings[DATA]) else "letters and symbols"
        stands = race_sentence(evidence, settings)
    else:
        ours, theirs = (text_adaptation.bits(tables[side])[-1] for side in SIDES)
        unit, source = BITS, "general English"
        stands = (
            f"On unseen pages the pretrained nets need {ours.mean():.1f} bits per character, and the nets from scratch "
            f"need {theirs.mean():.1f}."
        )
    over = all(tables[piece.name].step.max() == piece.of.steps for piece in runs(settings) if isinstance(piece.of, Run))
    return f"{stands} {sentence(ours, theirs, unit, source)}" if over and len(ours) == len(theirs) else stands


def own_data_workspace(name: str) -> Workspace:
    """Returns the workspace for these data."""
    return reading(name) if is_text(name) else BENCH


@lru_cache(maxsize=64)
def reading(name: str) -> Workspace:
    """Returns the workspace for a text. The amounts that nets can learn from depend on its length."""
    try:
        size = sum(map(len, corpus.documents(name)))
    except BadValue:  # the text was deleted between two reruns; the page says so
        return READING
    amounts = tuple(amount for amount in text_adaptation.SLICES if 1000 * amount <= size)
    if len(amounts) == len(text_adaptation.SLICES):
        return READING
    if len(amounts) < 2:  # for a short text: a small amount, more, and almost everything except the test text
        amounts = tuple(sorted({*SHORT, max(SHORT[-1], 8 * size // 10_000)}))
    default = min(AMOUNT.default, amounts[-1])
    return replace(READING, controls=(DATA, replace(AMOUNT, options=amounts, default=default)))


BENCH = Workspace(
    slug="own",
    controls=(DATA, LABELS, METHOD),
    in_reach=2,
    runs=runs,
    backdrop=asks,
    asks=asks,
    picture=picture,
    views=views,
    moving=("Both nets",),
    tells=tells,
    plays=False,
    words={
        "run": "**Does pretraining help on your data?** Upload a table of points, pictures or a text, or take "
        "photos, and press Train. Then pretrained nets and nets from scratch learn from a few of your examples, side "
        "by side."
    },
)
READING = replace(BENCH, controls=(DATA, AMOUNT))
