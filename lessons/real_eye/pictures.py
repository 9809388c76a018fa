"""Draws the figures of this lesson: what a net for photos calls emoji, what it learns from a few labels, and how much
of its old knowledge is left."""

from __future__ import annotations

import numpy as np

from core.experiment.brought_tasks import DIGITS, EMOJI, PHOTOS, SIX_EMOJI
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.answer_wall import Wall, walls
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Curve, curves
from lessons.kit.figures.label_curves import compare_with_guess, guess_curves, handle
from lessons.kit.figures.player import COLOUR_SIDE, Images, Player, player
from lessons.kit.figures.scatter import Axis
from lessons.kit.figures.value_curves import value_curves
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.values import Results, Settings
from lessons.kit.results.evidence import band_by_x, final
from lessons.kit.results.label_savings import accuracies, best_accuracies
from lessons.kit.runs.photo_nets import ROLES, SIDES
from lessons.real_eye.claims import leads, names_kept, ways
from lessons.real_eye.runs import FEW, GENTLE, HEAD_FIRST, HEAD_ONLY, HOT, LABELS, SOURCE, WAY

READ = "How many percent of unseen emoji the pretrained net gets right."
HANDLES = {n: handle(f"at{n}", n, default, READ) for n, default in zip(FEW, (30, 50, 70))}  # by labels per class
FOX, APPLE = 2, 21  # among the unseen emoji
LARGE = 100  # pixels on the screen
LOOKED_AT = (12, 1, 2, 5, 16, 21, 29, 33, 38, 44, 53, 58)  # unseen emoji whose names are shown, right and wrong ones
PLAIN = {EMOJI: "emoji", PHOTOS: "photos", SIX_EMOJI: "emoji of six kinds", DIGITS: "digits"}
DISTANCES = {  # sources with the same net on both sides, by their distance from the photos of ImageNet
    "photos": (PHOTOS, "pretrained"),
    "emoji of the same kinds": (SIX_EMOJI, "target"),
    "digits": (DIGITS, "source"),
}
TUNED = {HEAD_ONLY: "pretrained", HEAD_FIRST: "pretrained", GENTLE: "target", HOT: "target"}


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws some emoji with the names that the pretrained net gives them."""
    names = evidence.answer("named")["names"][0][0]
    shown = evidence.answer("looked at")["tasks"][0]["examples"]
    panel = Images(
        title="Twelve emoji, with the name that the net thinks is most likely",
        images=[shown[k]["image"] for k in LOOKED_AT],
        says=[names[k] for k in LOOKED_AT],
        width=COLOUR_SIDE,
        height=COLOUR_SIDE,
        size=LARGE,
    )
    said = f"The net calls a fox a {names[FOX]}, and an apple a {names[APPLE]}."
    return player(Player(marks=("",), says=(said,), panels=[panel]))


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws accuracy against the number of labels: of the three nets, of the live run, and the learner's guess."""
    source, shown = settings[SOURCE], list[Curve]()
    known = {"untrained": accuracies(evidence, "untrained", source), "pretrained": accuracies(evidence, "eye", source)}
    for side, each in known.items():
        if each:
            shown.append(Curve(table=band_by_x(each), name=SIDES[side], role=ROLES[side]))
    if best := best_accuracies(evidence, "small", source):
        shown.append(Curve(table=band_by_x(best), name="small net, at its best", role="scratch best"))
    if known["pretrained"]:
        shown += [
            Curve(
                table=band_by_x({settings[LABELS]: final(table)}),
                name=f"{SIDES[side]}, this run",
                role=ROLES[side],
                named=False,
            )
            for side, table in evidence.tables("race").items()
        ]
    shown += guess_curves(guess, HANDLES) if source == EMOJI else []
    return curves(shown, "labels per class", (1, 5), title=f"Accuracy on unseen {PLAIN[source]}", at=FEW)


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the walls, the lead by distance, the ways to fine-tune, and the names that are kept."""
    shown: Views = {}
    if len(told := told_of(evidence)) == len(SIDES):
        shown["Picture by picture"] = lambda: walls(told)
    if evidence.tables("eye"):
        shown["Near and far"] = lambda: near_and_far(evidence)
    if reached := ways(evidence):
        shown["Ways to fine-tune"] = lambda: tuned_bars(reached, "Accuracy on unseen photos with two labels per class")
    if kept := names_kept(evidence):
        shown["Its thousand names"] = lambda: tuned_bars(
            kept, "Unseen photos that get the same name as before fine-tuning"
        )
    return shown


def told_of(evidence: Results) -> list[Wall]:
    """Returns a wall for each side, once all have started."""
    if not evidence.has("wall"):
        return []
    (told,) = evidence.answer("wall")["tasks"]
    names = list(told["names"].values())
    sides = {side: evidence.behaviour("race", side) for side in SIDES}
    return [
        Wall(name=SIDES[side], behaviour=answers, examples=told["examples"], full=names, columns=6)
        for side, answers in sides.items()
        if answers
    ]


def near_and_far(evidence: Results) -> Figure:
    """Draws the lead of the pretrained net over the same net untrained, for three kinds of pictures."""
    shown = [
        Curve(table=band_by_x(leads(evidence, source)), name=name, role=role)
        for name, (source, role) in DISTANCES.items()
    ]
    across = Axis(name="labels per class", low=1, high=5, log=True, form="g")
    up = Axis(name="lead in accuracy (percentage points)", low=0, high=60, form=".0f")
    title = "Lead of the pretrained net over the same net with random weights"
    return value_curves(shown, across, up, title=title)


def tuned_bars(shares: dict[str, np.ndarray], title: str) -> Figure:
    """Draws a share for each way to fine-tune."""
    rows = [
        Bar(name=WAY.label_of(way), values=100 * shares[way], role=role) for way, role in TUNED.items() if way in shares
    ]
    return bars(rows, "Unseen photos", "percent", title, signed=False)


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the state of the race."""
    sides = evidence.tables("race")
    if not sides:
        return ""
    said = ", ".join(f"{SIDES[side]} {percent(float(final(sides[side]).mean()))}" for side in SIDES if side in sides)
    return f"Share of unseen {PLAIN[settings[SOURCE]]} that each net gets right: {said}."


def verdict(evidence: Results, guess: Guess) -> Verdict:
    ours = accuracies(evidence, "eye", EMOJI)
    return compare_with_guess(guess, HANDLES, ours, "pretrained net with {n} label{s} per class")
