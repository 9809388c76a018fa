"""Lesson 2: a small step from a good place. What fine-tuning adds to a net, and the dial that it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.spec import Measure, Run
from core.tasks import Plane
from lessons.day_it_forgot.claims import RATE, after_glyphs
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Lesson, Prediction, Question, Settings, Values
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import curves, over_steps
from lessons.kit.recipes import Seeds, backbone
from lessons.small_step.claims import CLAIMS, EXAMPLES, TARGET, accuracy, apart, at, dial, source, step
from lessons.small_step.pictures import NEW, OLD, Words, before, editor, trade

TUNED, APART, DIGITS = "arms, fine-tuned", "arms, trained apart", "digits, fine-tuned"
ALL, WHOLE = "all", "whole"
RANKS = (WHOLE, 8, 2, 1)
RUN = "new net"
FLAT = {"hidden1": "first", "hidden2": "second", "hidden3": "third", "head": "head"}
DEEP = {"conv1": "first", "conv2": "second", "hidden": "third", "head": "head"}


@dataclass(frozen=True, kw_only=True)
class Pair:
    """An old net, a new net, and the line between them."""

    words: Words
    new: Callable[[Seeds], Run]
    old: Run | None = None  # where the line begins, if that is not where the new net began
    nets: int = 8  # of a live run
    count: int = EXAMPLES  # tested at every alpha

    def dial(self, new: Run, settings: Settings) -> Measure:
        names = {shown: name for name, shown in self.words.layers.items()}
        layers = () if settings["layers"] == ALL else (names[settings["layers"]],)
        rank = 0 if settings["rank"] == WHOLE else settings["rank"]
        runs = (self.old, new) if self.old else (new,)
        return dial(*runs, count=self.count, layers=layers, rank=rank)


PLANE = Words(old="arms", new="turned arms", layers=FLAT)
PAIRS = {
    TUNED: Pair(words=PLANE, new=lambda seeds: step(seeds, source(Seeds()))),
    APART: Pair(words=PLANE, new=apart, old=source(Seeds())),
    DIGITS: Pair(
        words=Words(old="glyphs", new="digits", layers=DEEP),
        new=lambda seeds: after_glyphs(RATE, seeds, backbone()),
        nets=4,
        count=500,
    ),
}
EVERYTHING = {"layers": ALL, "rank": WHOLE}


def runs(settings: Settings) -> Values:
    pair = PAIRS[settings["nets"]]
    return {RUN: pair.new(Seeds(pair.nets, 100 * settings["draw"]))}


def after(settings: Settings) -> Values:
    new = runs(settings)[RUN]
    assert isinstance(new, Run)
    pair = PAIRS[settings["nets"]]
    return {"yours": pair.dial(new, settings), "yours whole": pair.dial(new, EVERYTHING)}


def backdrop(settings: Settings) -> Values:
    """The stored dial twice: of its ends something may be seen before the prediction."""
    pair, asked = PAIRS[settings["nets"]], PAIRS[TUNED]
    new = pair.new(Seeds())
    whole = asked.dial(asked.new(Seeds()), EVERYTHING)
    return {
        "ends": whole,
        "dial asked": whole,
        "dial whole": pair.dial(new, EVERYTHING),
        "dial": pair.dial(new, settings),
    }


def hook(evidence: Evidence, settings: Settings) -> Figure:
    return before(evidence["ends"], PLANE, "A net that knows six spiral arms: what would it say, where?")


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """What both tasks get right along the way; before the prediction only where it begins and ends."""
    hidden = "dial asked" not in evidence
    title = "Right answers, both tasks together" if hidden else "Right answers along the way (stored run, 8 nets)"
    return trade(evidence["ends"], guess, hidden, title)


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """Both tasks while the new one is learned; before that the old net, and after it the editor has the floor."""
    new = runs(settings)[RUN]
    assert isinstance(new, Run)
    if RUN not in evidence:
        return [
            before(evidence["dial whole"], PAIRS[settings["nets"]].words, "The old net, before anything is learned")
        ]
    table = evidence[RUN]
    if table.step.max() == new.steps:
        return []
    shown = [over_steps(table, NEW, "target")]
    if new.watch:
        shown.append(over_steps(table.assign(accuracy=table["accuracy 1"]), OLD, "source"))
    return [curves(shown, "steps", (1, new.steps), title="While it learns")]


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """The editor, on the learner's own delta as soon as it is measured."""
    if "dial" not in evidence:
        return []
    mine = "yours" in evidence and "yours whole" in evidence
    answer, whole = (evidence[name] for name in (("yours", "yours whole") if mine else ("dial", "dial whole")))
    moved = float(np.mean(answer["size"]))
    what = "delta" if settings["layers"] == ALL else f"delta of the {settings['layers']} layer only"
    if settings["rank"] != WHOLE:
        what += f", cut to rank {settings['rank']}"
    title = f"{'Your' if mine else 'The stored'} {what}: {percent(moved)} of the weights' length"
    words = PAIRS[settings["nets"]].words
    asked = {name: settings[name] for name in EVERYTHING} == EVERYTHING and settings["nets"] == TUNED
    return [editor(answer, whole, words, guess if asked else {}, title)]


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    answer = evidence["dial asked"]
    half = sum(float(accuracy(answer, task)[at(answer, 0.5)].mean()) for task in (0, 1)) / 2
    return [
        ("how far fine-tuning moves the weights", f"{guess['size']} %", percent(float(np.mean(answer["size"])))),
        ("right answers half way, both tasks together", f"{guess['half']} %", percent(half)),
    ]


def script(settings: Settings) -> str:
    new, first = runs(settings)[RUN], source(Seeds())
    assert isinstance(new, Run)
    if settings["nets"] == DIGITS:
        return scripts.digits(new, "digits after glyphs, the new net at alpha 1")
    assert isinstance(new.task, Plane)
    places = dict(zip(FLAT.values(), ("0.0", "0.2", "0.4", "1"))) | {ALL: ""}
    return scripts.shown(
        "lessons.small_step.script",
        f"{settings['nets']}; layers that delta is added to: {settings['layers']}; its rank: {settings['rank']}",
        TURN=new.task.turn,
        APART=new.start is None,
        LAYER=places[settings["layers"]],
        RANK=0 if settings["rank"] == WHOLE else settings["rank"],
        **scripts.old(first),
        **scripts.constants(new),
    )


QUESTIONS = (
    Question(
        asks="A friend sends you the weights of a model and those of its fine-tuned version. You want something in "
        "between. What do you need?",
        options={
            "The data, to train again for half as long": "That would give another net in between. But you have all you need already, and no data.",
            "Nothing but the two files": "Yes. Subtract, multiply, add. It is arithmetic on the weights, done in a blink.",
            "The recipe: learning rate, steps, batch size": "The recipe made delta. Once you have delta, it does not matter how it was made.",
        },
        right="Nothing but the two files",
    ),
    Question(
        asks="Two nets learn the same task equally well, each from its own random start. You average their weights, "
        "number by number. What do you expect?",
        options={
            "A net as good as both": "That works if both came from the same start by small steps. Two random starts put the same features in different places.",
            "A net that is nearly useless": "Yes. Number 17 of one net has nothing to do with number 17 of the other. Try “arms, trained apart” at alpha 0.5.",
            "A net about half as good": "It is not a matter of degree: the sums in between compute nothing in particular.",
        },
        right="A net that is nearly useless",
    ),
    Question(
        asks="Delta is a few percent of the weights' length, and yet nearly half of the old answers change. How can that be?",
        options={
            "The percentage must be wrong": "It is the length of delta over the length of the weights, measured on every seed.",
            "Small changes in every layer add up, where the net was undecided anyway or the boundary runs close by": "Yes. Answers change where the boundary moves across points, and it need not move far. Each layer adds its share.",
            "Only a few weights decide, and these moved a lot": "All layers moved, each by a few percent. Try them one at a time with the layers control.",
        },
        right="Small changes in every layer add up, where the net was undecided anyway or the boundary runs close by",
    ),
)

LESSON = Lesson(
    number=2,
    title="A small step from a good place",
    covers=("F",),
    question="What changes when you fine-tune?",
    controls=(
        Control(
            name="nets",
            label="The two nets",
            options=tuple(PAIRS),
            default=TUNED,
            help="Fine-tuned: the new net begins as the old one. Trained apart: it learns the same turned arms, but "
            "from random weights.",
        ),
        Control(
            name="layers",
            label="Layers that delta is added to",
            options=(ALL, *FLAT.values()),
            default=ALL,
            help="The other layers stay those of the old net.",
        ),
        Control(
            name="rank",
            label="Rank of delta",
            options=RANKS,
            default=WHOLE,
            help="Every matrix of delta is cut to its strongest directions, this many of them.",
        ),
    ),
    prediction=Prediction(
        asks=f"The net is now fine-tuned on arms turned by {TARGET.turn:g} degrees.",
        sliders=(
            Control(
                name="size",
                label="How far do its weights move, in percent of their length?",
                options=(5, 50, 500),
                default=50,
                help="The length of delta divided by the length of all weights before.",
            ),
            Control(
                name="half",
                label="Half way, at alpha 0.5: how many points of both tasks together are right, in percent?",
                options=tuple(range(10, 101, 10)),
                default=50,
                help="The old net plus half of delta, with nothing retrained.",
                slider=True,
            ),
        ),
        hidden="dial",
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
