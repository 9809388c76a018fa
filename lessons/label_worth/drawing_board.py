"""Defines the workspace of the drawing board, where a pretrained net and a net from scratch learn a few symbols that
somebody drew. It also defines claim D1.

The page is app/app_pages/drawing_board.py. This module defines what the page runs, asks and shows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.experiment import strokes
from core.experiment.spec import Measure, Run
from core.experiment.tasks import READY, Drawn, Glyphs
from core.user_data import alphabet
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.answer_wall import Wall, walls
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import race
from lessons.kit.figures.image_grid import image_grid
from lessons.kit.lesson.catalogue import Check, Claim, Finding, Guess, Views, Workspace
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.values import (
    Control,
    LabelledRun,
    Measures,
    Results,
    Runs,
    Seeds,
    Settings,
    Values,
    defaults,
    side_name,
)
from lessons.kit.results.evidence import bootstrap, final, oracle_best
from lessons.kit.runs.recipes import BEST_RATES, METHOD, METHODS, STEPS, backbone, fine_tuned, patient, scratch

SIDES = ("pretrained", "scratch")
LETTERS = Glyphs()  # the glyphs that the backbone has learned
TILES = 40  # the number of tiles on a wall
DRAWINGS = 3  # how many drawings of each symbol the claim learns from
POINTS_AHEAD = 20  # percent, the condition of the claim

ALPHABET = Control(
    name="alphabet",
    label="Symbols",
    options=READY,
    default=READY[0],
    help="Ten symbols that come with the app, or your own. None of the nets has seen them.",
    known=alphabet.exists,
    kind="alphabet",
)
EACH = Control(
    name="each",
    label="Drawings of each symbol",
    options=(1, 2, 3, 5, 10),
    default=DRAWINGS,
    help="How many drawings of each symbol both nets learn from. If you drew fewer, the app adds bent and slanted "
    "copies of yours.",
    slider=True,
)
CONTROLS = (ALPHABET, EACH, METHOD)


def task(settings: Settings) -> Drawn:
    return Drawn(alphabet=settings[ALPHABET], labels=settings[EACH])


def race_of(settings: Settings, seeds: Seeds, start: Run) -> Runs:
    """Returns both sides of the race, with the steps and learning rates of the lesson."""
    ours = fine_tuned(settings[EACH], METHODS[settings[METHOD]], seeds=seeds, start=start)
    sides = dict(zip(SIDES, (ours, scratch(settings[EACH], seeds=seeds))))
    return [
        LabelledRun("race", replace(run, task=task(settings), exhibit=TILES), side, name=side_name(side))
        for side, run in sides.items()
    ]


def runs(settings: Settings) -> Runs:
    return race_of(settings, Seeds(first=100 * settings.draw), backbone())


def after(settings: Settings) -> Measures:
    """Returns a measure of how many letters the pretrained side can read, before and afterwards. Scratch never
    learned any."""
    ours = runs(settings)[0].of
    return [LabelledRun("letters", Measure(kind="accuracy", runs=(backbone(), ours), tasks=(LETTERS,)), name="letters")]


def tiles(name: str) -> Measure:
    """Returns a measure with some of the test drawings of an alphabet."""
    return Measure(kind="tracked_examples", runs=(), tasks=(Drawn(alphabet=name, labels=DRAWINGS),), count=TILES)


def backdrop(settings: Settings) -> Measures:
    return [LabelledRun("wall", tiles(settings[ALPHABET]), name="test drawings")]


def asks(settings: Settings) -> Measures:
    """Returns the tiles of the wall, which ship only for the alphabets of the app, and the predictions of both sides
    for the learner's drawing."""
    both = tuple(piece.of for piece in runs(settings))
    guess = Measure(kind="classify_drawing", runs=both, strokes=settings.typed_text) if settings.typed_text else None
    return [*backdrop(settings), *([LabelledRun("guess", guess, name="their guess")] if guess else [])]


def legend(settings: Settings) -> list[tuple[str, str]]:
    """Returns the name and a drawing of each symbol."""
    return [(symbol.name, strokes.write(symbol.drawings[0])) for symbol in alphabet.load(settings[ALPHABET]).symbols]


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the test drawings. When the race starts, it draws the test accuracy of both sides."""
    if not evidence.tables("race") and evidence.has("wall"):
        (told,) = evidence.answer("wall")["tasks"]
        tiles = [{"image": one["image"], "alt": told["names"][str(one["truth"])]} for one in told["examples"]]
        return image_grid(
            {"What both nets will be tested on: the symbols as others might draw them": tiles},
            f"{len(tiles)} drawings of the symbols.",
        )
    sides = dict(sorted(evidence.tables("race").items(), reverse=True))
    return race(sides, STEPS, "Accuracy on unseen drawings of the symbols")


def wall(evidence: Results, settings: Settings) -> Figure | None:
    """Draws the answers of the first net of each side, once both have started."""
    if not evidence.has("wall"):
        return None
    (told,) = evidence.answer("wall")["tasks"]
    called = alphabet.load(settings[ALPHABET]).symbols
    names = [symbol.name for symbol in called]
    sides = {side: evidence.behaviour("race", side) for side in SIDES}
    if not all(sides.values()):
        return None
    return walls(
        [Wall(name=side_name(n), behaviour=b, examples=told["examples"], full=names) for n, b in sides.items()]
    )


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the walls, and the letters once the race is finished."""
    shown: Views = {}
    if (found := wall(evidence, settings)) is not None:
        shown["Drawing by drawing"] = lambda: found
    if evidence.has("letters"):
        shown["Old letters"] = lambda: forgotten(evidence)
    return shown


def confidence(evidence: Results, settings: Settings) -> Figure | None:
    """Draws the three most likely predictions of each side for the learner's drawing, with their confidence."""
    told = evidence.answer("guess")["runs"] if evidence.has("guess") else []
    if not told:
        return None
    names = [symbol.name for symbol in alphabet.load(settings[ALPHABET]).symbols]
    rows = [
        Bar(name=f"{side_name(side)}: {names[k]}", values=100 * np.array([one["sure"][k]]), role=side)
        for side, one in zip(SIDES, told)
        for k in np.argsort(one["sure"])[::-1][:3]
    ]
    return bars(rows, "Confidence in this answer", "percent", signed=False)


def forgotten(evidence: Results) -> Figure:
    """Draws the letters that the backbone could read, before and afterwards."""
    (before,), (now,) = evidence.answer("letters")["accuracy"]
    rows = [
        Bar(name="pretrained, before your symbols", values=100 * np.array(before), role="source"),
        Bar(name="pretrained, after your symbols", values=100 * np.array(now), role="pretrained"),
        Bar(name="from scratch (never learned letters)", values=np.zeros(1), role="scratch"),
    ]
    return bars(rows, "Accuracy on 443 letters and symbols", "percent", signed=False)


BENCH = Workspace(
    slug="draw",
    controls=CONTROLS,
    in_reach=2,
    runs=runs,
    backdrop=backdrop,
    picture=picture,
    views=views,
    moving=("Drawing by drawing",),
    after=after,
    asks=asks,
    beside=confidence,
    legend=legend,
    sheet=LearnerInput(
        kind="drawing",
        label="Draw one of these again. Both nets give their answers while you draw.",
        help="Both nets give their answers while you draw.",
        default="",
        most=strokes.STROKES,
    ),
)
OWN = replace(BENCH, plays=False)  # nothing has been recorded for an alphabet of the learner's own


# --- Claim D1 ---------------------------------------------------------------------------------------------------------


def drawn_runs(seeds: Seeds) -> Values:
    """Returns the runs of the claim for every alphabet of the app, with three drawings of each symbol.

    They are the race as on the page, scratch trained to its best accuracy, and the test drawings.
    """
    found: list[LabelledRun[Run | Measure]] = []
    for name in READY:
        sides = race_of(defaults(CONTROLS).but(alphabet=name), seeds, backbone(seeds))
        found += [LabelledRun(f"drawn {piece}", piece.of, name) for piece in sides]
        for rate in BEST_RATES:
            theirs = scratch(DRAWINGS, rate, patient(DRAWINGS), seeds)
            of = Drawn(alphabet=name, labels=DRAWINGS)
            found.append(LabelledRun("drawn best", replace(theirs, task=of), (name, rate)))
        found.append(LabelledRun("drawn wall", tiles(name), name))
    return found


def drawn_finding(evidence: Results) -> Finding:
    ours = {name: final(evidence.table("drawn pretrained", name)) for name in READY}
    theirs = {name: oracle_best(evidence.tables("drawn best", name).values()) for name in READY}
    gap = {name: 100 * (ours[name] - theirs[name]) for name in READY}
    low, high = bootstrap(lambda draw: float(np.mean([gap[name][draw].mean() for name in READY])), len(gap[READY[0]]))
    numbers = {f"ours_{name}": percent(float(each.mean())) for name, each in ours.items()}
    numbers |= {f"best_{name}": percent(float(each.mean())) for name, each in theirs.items()}
    numbers |= {f"gap_{name}": f"{each.mean():.0f}" for name, each in gap.items()}
    return Finding(
        value=float(np.mean([each.mean() for each in gap.values()])),
        low=low,
        high=high,
        checks=tuple(
            Check(
                says=f"on the {name} alphabet the pretrained net leads by at least {POINTS_AHEAD} points",
                met=bool(each.mean() >= POINTS_AHEAD),
            )
            for name, each in gap.items()
        ),
        numbers=numbers,
    )


CLAIM = Claim(
    id="D1",
    statement=(
        "Nets learn ten hand-made symbols from three drawings each and are tested on bent and slanted drawings of "
        "them. In the alphabets harbour, garden and runes, a net pretrained on glyphs reads {ours_harbour}, "
        "{ours_garden} and {ours_runes} of these drawings. A net from scratch, trained to its best, reads "
        "{best_harbour}, {best_garden} and {best_runes}."
    ),
    runs=drawn_runs,
    finding=drawn_finding,
    statistic="percentage points of accuracy by which the pretrained net leads a net from scratch at its best, "
    "averaged over three alphabets",
    bar=f"The pretrained net leads by at least {POINTS_AHEAD} points on every alphabet.",
    paper="Lake, Salakhutdinov & Tenenbaum 2015, Human-level concept learning through probabilistic program induction",
    paper_found="People recognised a new character of the Omniglot alphabets after seeing one drawing of it. So did a "
    "model that had learned how strokes form characters. Nets that started from scratch were far behind.",
)
