"""Draws the figures of this lesson: the old and the new task, accuracy against copied layers, and what explains it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure, layer_diagram, percent
from lessons.kit.figures.answer_wall import Wall, walls
from lessons.kit.figures.curves import Curve, curves, over_steps
from lessons.kit.figures.player import Images, Player, Space, player, to_base64
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Behaviour, Control, Results, Settings
from lessons.kit.model.wording import count_noun
from lessons.kit.results.evidence import band_by_x, line_by_x
from lessons.kit.runs.transfers import LAYERS, SPIRALS, WORLDS
from lessons.what_was_learned.claims import finals
from lessons.what_was_learned.runs import COPIED, COPIES, FROZEN, RANDOM, SHUFFLED, TUNED, WAYS, WORLD

LOOKS = {TUNED: "pretrained", FROZEN: "source", RANDOM: "scratch", SHUFFLED: "note"}
MOMENTS, SQUARES = 6, 8  # moments of the sketch of the weights, and its squares along each side
FLOOR = 0.4  # the lower end of the axis of accuracies
COLOURS = ("first colour", "second colour")
BEST = Control(
    name="best",
    label="Best number of frozen copied layers",
    options=COPIES,
    default=LAYERS,
    help="The first one, the first two or all three. The head always learns.",
)
RANDOM_RIGHT = Control(
    name="random",
    label="Accuracy with three frozen random layers, in percent",
    options=tuple(range(50, 101, 5)),
    default=75,
    help="The percentage of points that get the right colour. There are two colours, so guessing gets half of them "
    "right.",
    slider=True,
)
HANDLES = (
    Handle(x=BEST, y=100 * FLOOR + 5, name="best frozen", unit=" layers"),
    Handle(x=LAYERS, y=RANDOM_RIGHT, name="three random layers", unit=" %"),
)


def hook(evidence: Results, settings: Settings) -> Figure:
    return tasks(evidence.answer("spirals"))


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws accuracy against copied layers. Before the prediction, only the copies that are trained on the spirals
    are shown."""
    if evidence.has(FROZEN, SPIRALS, 1):
        return layers(evidence, settings[WORLD], guess)
    return layers(evidence, SPIRALS, guess, (TUNED,))


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the race and the other views that explain the head start. Before the run there are none."""
    shown: Views = {}
    world = settings[WORLD]
    told = {way: evidence.behaviour("race", way) for way in WAYS}
    if all(told.values()):
        shown["Trained or frozen"] = lambda: large_walls(told, (TUNED, FROZEN), evidence, settings)
    if tables := evidence.tables("race"):
        shown["Accuracy by step"] = lambda: race(tables, settings[COPIED], WORLDS[world].steps)
    shown["Which layers are copied"] = lambda: drawing(settings[COPIED])
    if all(told.values()):
        shown["Random or shuffled"] = lambda: large_walls(told, (RANDOM, SHUFFLED), evidence, settings)
    if evidence.has(FROZEN, SPIRALS, 1):
        shown |= {
            "What the head sees": lambda: unwinding(evidence, world),
            "Similarity by layer": lambda: likeness(evidence.answer("likeness", world)),
        }
    return shown


def verdict(evidence: Results, guess: Guess) -> Verdict:
    frozen = finals(evidence, FROZEN, SPIRALS).mean(1)
    random = float(finals(evidence, RANDOM, SPIRALS)[LAYERS].mean())
    best = max(COPIES, key=lambda n: frozen[n])
    others = ", ".join(f"{count_noun(n, 'layer')}: {percent(frozen[n])}" for n in COPIES)
    return [
        ("best number of frozen copied layers", str(guess[BEST]), f"{best} ({others})"),
        ("accuracy with three frozen random layers", f"{guess[RANDOM_RIGHT]} %", percent(random)),
    ]


def tasks(answer: dict[str, Any]) -> Figure:
    """Draws the map of the backbone of the plane with the points of the new task, and a sketch of its weights."""
    target = np.array(answer["points"][1])
    arms, reach = tuple(f"arm {k}" for k in range(1, 7)), answer["reach"]
    areas = [to_base64(np.frombuffer(base64.b64decode(answer["maps"][0][0][""]), np.uint8) + len(COLOURS))]
    extent = (-reach, reach, -reach, reach)
    new = Space(
        title="Points of the new task, on the map of the old net",
        areas=areas,
        extent=extent,
        xy=target[:, :2],
        classes=target[:, 2].astype(int) % len(COLOURS),
    )
    says = [
        "Before training: a copy has the old weights. A shuffled copy has the same numbers in other places.",
        *["Training changes the weights that may learn. Frozen weights stay as they are."] * (MOMENTS - 1),
    ]
    marks = [f"moment {k + 1}" for k in range(MOMENTS)]
    return player(Player(marks=marks, says=says, classes=COLOURS + arms, panels=(new, weights_sketch())))


def weights_sketch() -> Images:
    """Sketches the weights of one layer of the old net, and of a new net in each of the four ways, as it trains."""
    rng = np.random.default_rng(0)
    across = np.arange(SQUARES)
    old = 110 * np.sin(across[:, None] / 1.3 + across / 2)
    begun = {"old net": old, TUNED: old, FROZEN: old, RANDOM: rng.normal(0, 70, old.shape)}
    begun[SHUFFLED] = rng.permutation(old.ravel()).reshape(old.shape)
    change = {way: rng.normal(0, 55, old.shape) if way in (TUNED, SHUFFLED) else 0 * old for way in begun}
    frames = [
        [to_base64(np.clip(128 + one + k / (MOMENTS - 1) * change[way], 1, 255).round()) for way, one in begun.items()]
        for k in range(MOMENTS)
    ]
    title = "The weights of one layer (a sketch)"
    says = [[*begun]] * MOMENTS
    return Images(title=title, images=frames, says=says, width=SQUARES, height=SQUARES, signed=True, size=52)


def layers(evidence: Results, world: str, guess: Guess, ways: Sequence[str] = WAYS) -> Figure:
    """Draws accuracy against copied layers in a world, with the guess if the world is the spirals."""
    shown = [Curve(table=band_by_x(dict(enumerate(finals(evidence, w, world)))), name=w, role=LOOKS[w]) for w in ways]
    if guess and world == SPIRALS:
        scratch = float(shown[0].table["mean"].iloc[0])
        shown.append(guess_curve("you: random", {0: scratch, LAYERS: guess[RANDOM_RIGHT] / 100}))
        shown.append(guess_curve("you: best", {guess[BEST]: FLOOR + 0.05}))
    title = f"Accuracy on unseen examples, {world}"
    return curves(shown, "number of copied or random layers", (0, LAYERS), title=title, log=False, share=(FLOOR, 1))


def guess_curve(name: str, places: Mapping[int, float]) -> Curve:
    return Curve(table=line_by_x(places), name=name, role="guess")


def drawing(copied: int) -> Figure:
    """Draws the four nets of the race, layer by layer."""
    began = {
        TUNED: layer_diagram.COPIED,
        FROZEN: layer_diagram.COPIED,
        RANDOM: layer_diagram.RANDOM,
        SHUFFLED: layer_diagram.SHUFFLED,
    }

    def layer(way: str, k: int) -> layer_diagram.Layer:
        kept = k <= copied
        locked = kept and way in (FROZEN, RANDOM)
        return layer_diagram.Layer(name=f"layer {k}", began=began[way] if kept else layer_diagram.RANDOM, locked=locked)

    head = layer_diagram.Layer(name="head", began=layer_diagram.RANDOM, locked=False)
    rows = {way: [*(layer(way, k) for k in range(1, LAYERS + 1)), head] for way in WAYS}
    return layer_diagram.layer_diagram(rows, "The layers of the four nets, from the input to the head")


def large_walls(
    told: Mapping[str, Sequence[Behaviour]], ways: Sequence[str], evidence: Results, settings: Settings
) -> Figure:
    """Draws the answers of the first net of two ways to the new task, as it learns."""
    examples = evidence.answer("exhibit")["tasks"][0]["examples"]
    shown = [Wall(name=way, behaviour=told[way], examples=examples, columns=10) for way in ways]
    classes = COLOURS if WORLDS[settings[WORLD]].net == "mlp" else ()
    return walls(shown, classes=classes)


def race(tables: Mapping[str, pd.DataFrame], copied: int, steps: int) -> Figure:
    """Draws the live runs."""
    shown = [over_steps(table, arm, LOOKS[arm]) for arm, table in tables.items()]
    word = {1: "one layer", 2: "two layers", 3: "three layers"}[copied]
    return curves(shown, "training steps", (1, steps), title=f"Accuracy on unseen examples, {word} copied (this run)")


def likeness(answer: dict[str, Any]) -> Figure:
    """Draws the similarity to the backbone (CKA) for each layer."""
    shown = [
        Curve(table=band_by_x(dict(zip(COPIES, np.array(one)))), name=name, role=role)
        for one, name, role in zip(answer["cka"], ("fine-tuned", "from scratch"), ("pretrained", "scratch"))
    ]
    title = "Similarity of each layer to the same layer of the pretrained net"
    return curves(
        shown,
        "layer, counted from the input",
        (1, LAYERS),
        title=title,
        log=False,
        y="Similarity (linear CKA)",
        height=300,
    )


def unwinding(evidence: Results, world: str) -> Figure:
    """Draws the space that the head receives while it learns, copied and from scratch. For images it also draws the
    filters of the first layer."""
    answer = evidence.answer("hidden space")
    steps = answer["runs"][0]["steps"]
    classes = COLOURS if WORLDS[world].net == "mlp" else tuple(str(k) for k in range(10))
    names = ("All layers copied", "From scratch")
    marks = [f"step {step}" for step in steps]
    ours, theirs = (
        accuracy_at(evidence.table(TUNED, world, LAYERS), steps),
        accuracy_at(evidence.table("scratch", world), steps),
    )
    says = [
        f"After {count_noun(step, 'step')} the copied net gets {percent(a)} right, the net from scratch {percent(b)}."
        for step, a, b in zip(steps, ours, theirs)
    ]
    panels: list[Space | Images] = [
        Space(title=name, xy=np.array(run["xy"]), classes=answer["classes"]) for name, run in zip(names, answer["runs"])
    ]
    if evidence.has("filters"):
        learned = evidence.answer("filters")
        panels += [
            Images(
                title=f"First-layer filters. {name}",
                images=run["images"],
                width=learned["side"],
                height=learned["side"],
                signed=True,
                size=36,
            )
            for name, run in zip(names, learned["runs"])
        ]
    across = "colours differ from left to right" if len(classes) == 2 else "the two widest directions"
    title = f"What the head sees while the layers below it learn: {across}"
    value = Player(marks=marks, says=says, classes=classes, panels=panels, first=len(steps) - 1, scrub="Step")
    return player(value, title=title)


def accuracy_at(table: pd.DataFrame, steps: list[int]) -> np.ndarray:
    """Returns the accuracy of the first seed at these steps. Values between two tests are interpolated linearly."""
    first = table[table.seed == table.seed.min()]
    return np.interp(steps, first.step, first.accuracy)
