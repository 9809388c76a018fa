"""Lesson 5: what was really learned? Which copied layers serve a new task, frozen, trained on or shuffled."""

from __future__ import annotations

from core.spec import Run
from core.tasks import Plane
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Lesson, Prediction, Question, Settings, Values
from lessons.kit.figures import Figure, percent
from lessons.kit.recipes import Seeds
from lessons.what_was_learned import looks, worlds
from lessons.what_was_learned.claims import CLAIMS
from lessons.what_was_learned.findings import finals, transfer
from lessons.what_was_learned.worlds import ARMS, COPIES, FROZEN, LAYERS, RANDOM, SPIRALS, TUNED, WORLDS


def runs(settings: Settings) -> Values:
    """The four arms at one number of layers, from the backbone that ships."""
    world, seeds = WORLDS[settings["world"]], Seeds(first=100 * settings["draw"])
    start = world.start(Seeds())
    return {arm: worlds.copy(world, arm, settings["copied"], seeds, start) for arm in ARMS}


def backdrop(settings: Settings) -> Values:
    """The curves of the chosen world and of the one that is asked about, and what else is known of the chosen one."""
    name, seeds = settings["world"], Seeds()
    world = WORLDS[name]
    values = transfer(SPIRALS, seeds) | transfer(name, seeds) | {"spirals": worlds.spirals(seeds)}
    values |= {"likeness": worlds.cka(world, seeds), "line": worlds.line(world, seeds)}
    values |= {"hidden": worlds.hidden(world, seeds)}
    return values | ({"filters": worlds.filters(world, seeds)} if world.net == "conv" else {})


def hook(evidence: Evidence, settings: Settings) -> Figure:
    return looks.tasks(evidence["spirals"])


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """Accuracy against layers copied; before the prediction only of the copies that are trained on, on the spirals."""
    if f"{FROZEN} 1 {SPIRALS}" in evidence:
        return looks.layers(evidence, settings["world"], guess)
    return looks.layers(evidence, SPIRALS, guess, (TUNED,))


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    tables = {arm: evidence[arm] for arm in ARMS if arm in evidence}
    if not tables:
        return [looks.layers(evidence, settings["world"], guess, (TUNED,))]
    return [looks.race(tables, settings["copied"], WORLDS[settings["world"]].steps)]


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """The predicted picture, and below it what else tells where the head start lies; nothing before the run."""
    if f"{FROZEN} 1 {SPIRALS}" not in evidence:
        return []
    name = settings["world"]
    return [
        picture(evidence, settings, guess),
        looks.likeness(evidence["likeness"]),
        looks.unwinding(evidence, name),
        looks.line(evidence["line"]),
    ]


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    frozen = finals(evidence, FROZEN, SPIRALS).mean(1)
    random = float(finals(evidence, RANDOM, SPIRALS)[LAYERS].mean())
    best = max(COPIES, key=lambda n: frozen[n])
    others = ", ".join(f"{n}: {percent(frozen[n])}" for n in COPIES)
    return [
        ("copied layers that are best frozen", str(guess["best"]), f"{best} ({others})"),
        ("right with three frozen random layers", f"{guess['random']} %", percent(random)),
    ]


def script(settings: Settings) -> str:
    run = runs(settings)[FROZEN]
    assert isinstance(run, Run) and run.start
    world = settings["world"]
    title = f"{world[0].upper()}{world[1:]}: the first {run.copied} of three layers copied and frozen"
    if not isinstance(run.task, Plane):
        return scripts.digits(run, title)
    return scripts.shown(
        "lessons.what_was_learned.script",
        title,
        BACKBONE=scripts.weights(run.start),
        COPIED=run.copied,
        TURN=run.task.turn,
        **scripts.constants(run),
    )


QUESTIONS = (
    Question(
        asks="You have a net for photographs of animals and a few labelled X-ray pictures. Which layers would you freeze?",
        options={
            "None but the last": "The last layers are the ones made for animals. They are the first to let go.",
            "The early ones; the later ones go on learning": "Yes. Edges and spots serve both worlds. The farther the new task, the fewer layers should stay as they are.",
            "All of them; only the head learns": "That does well where the new task is near, as the digits are to the glyphs. X-rays are far from animals.",
        },
        right="The early ones; the later ones go on learning",
    ),
    Question(
        asks="Somebody says: pretraining only brings the weights to a good size. How would you test that?",
        options={
            "Fine-tune with a lower learning rate": "That changes how far the weights move, not what they begin as.",
            "Shuffle the weights within each layer, then fine-tune": "Yes. Every size is kept, and what the layers compute is gone. If the head start goes too, it was not in the sizes.",
            "Copy fewer layers": "Fewer layers means fewer features and fewer sizes at once. It cannot tell the two apart.",
        },
        right="Shuffle the weights within each layer, then fine-tune",
    ),
    Question(
        asks="Two nets were fine-tuned from one backbone, with different labels. You average their weights. What do you expect?",
        options={
            "A net about as good as either": "Yes. Nothing is lost between them, so their mean is a good net too. This is what model soups live on.",
            "A net that guesses": "That is what happens between two nets from scratch: each has put its features elsewhere.",
            "Nothing can be said": "Both began at the same place and moved little. That says a lot.",
        },
        right="A net about as good as either",
    ),
)

LESSON = Lesson(
    number=5,
    title="What was really learned?",
    covers=("R",),
    question="Where is the reusable part?",
    controls=(
        Control(
            name="copied",
            label="Layers copied, from the input on",
            options=COPIES,
            default=LAYERS,
            help="The net has three layers below its head. The others begin at random, and so does the head.",
            slider=True,
        ),
        Control(
            name="world",
            label="The new task",
            options=tuple(WORLDS),
            default=SPIRALS,
            help="Spirals turned by half an arm, after spirals. Digits, after glyphs. Digits in dark ink on a bright "
            "ground, after glyphs in bright ink on a dark one.",
        ),
    ),
    prediction=Prediction(
        asks="Now the copied layers are frozen, and only what is above them learns. What then?",
        sliders=(
            Control(
                name="best",
                label="How many copied layers are best frozen?",
                options=COPIES,
                default=LAYERS,
                help="The first one, the first two, or all three; the head always learns.",
            ),
            Control(
                name="random",
                label="And three frozen layers of random weights: right in percent",
                options=tuple(range(50, 101, 5)),
                default=75,
                help="Points of the right colour. There are two colours, so guessing gets half of them.",
                slider=True,
            ),
        ),
        hidden="frozen",
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
