"""Defines the controls of this lesson, and the runs: the reader is tuned on instructions, and is then tested."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Keep, Measure, Run, Stage
from core.experiment.tasks import COMBINATIONS, HOW, WHAT, Instructions, Text
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values, hide
from lessons.kit.runs.recipes import reader

EXAMPLES = (40, 150, 600)
MOST = EXAMPLES[-1]
MANY = 5000  # the number of examples for long practice
HELD_OUT = ("law or play, shouted", "old or new, doubted", "in French, shouted")
STYLES = ("old or new", "code or prose", "law or play")  # kinds whose answers can be told from the style of a text
FACTS = ("in French", "answer")  # kinds whose answers must have been seen before
SKILLS = ("first word", "reverse", "in capitals")  # kinds that need no English, because the input is copied or changed
RAW, SCRATCH = "raw", "from scratch"
NOTHING, GENERAL = "nothing", "general text"  # the text that is read in addition to the instructions
RIGHT, FORMED = "right", "formed"
# From scratch, all the weights must be trained, at the learning rate of the reader.
TUNING = Stage(method="last_k", size=3, steps=600, batch=8, rate=2e-3, anneal=True)
ANEW = Stage(steps=600, batch=8, rate=3e-3, anneal=True)
PRACTICE = Stage(steps=4000, batch=8, rate=1e-3, anneal=True)
REPLAY = Keep(method="replay", count=400)


LIVE = 2  # the number of nets in a live run
# The number of instructions for which the answers of a live net are recorded, including every held-out combination.
SHOWN = 30
STORIES = ("My fellow citizens, we must", "Once upon a time there was a", "Good morrow, my lord! I have")
PROMPTS = (
    "Law or play, shouted: the terms of this license",
    "Old or new, twice: thou hast seen",
    "In French: Poland",
    "Good or bad, doubted: The garden was perfect.",
)

COUNT = Control(
    name="examples",
    label="Examples for fine-tuning",
    options=EXAMPLES,
    default=MOST,
    help="Different instructions of all kinds, with their answers. The number of steps stays the same.",
    slider=True,
)
WITHOUT = Control(
    name="without",
    label="Held-out combination",
    options=HELD_OUT,
    default=HELD_OUT[0],
    help="No example shows these two parts together. Examples show each of them with other parts.",
)
BESIDE = Control(
    name="beside",
    label="Practised beside the instructions",
    options=(NOTHING, GENERAL),
    default=NOTHING,
    help="With general text, every step also trains on as many tokens of the pretraining text. This takes about twice "
    "as long.",
)


def tuned(examples: int, without: str, seeds: Seeds, beside: str = NOTHING) -> Run:
    """Returns the reader that ships after some examples of instructions. Its two upper blocks and its head are
    trained.

    In addition it can be trained on the same number of tokens of its old text.
    """
    return Run(
        task=Instructions(examples=examples, without=without),
        net="transformer",
        start=reader(),
        stages=(TUNING,),
        seeds=seeds.count,
        first_seed=seeds.first,
        keep=(REPLAY,) if beside == GENERAL else (),
    )


def from_scratch(seeds: Seeds) -> Run:
    """Returns the same net after the same examples, but from scratch."""
    task = Instructions(examples=MOST, without=HELD_OUT[0])
    return Run(task=task, net="transformer", stages=(ANEW,), seeds=seeds.count, first_seed=seeds.first)


def practised(seeds: Seeds) -> Run:
    """Returns the reader after many more examples and steps, with all its weights trained. Its good and bad sentences
    are real ones."""
    few = Seeds(min(4, seeds.count), seeds.first)
    return Run(
        task=Instructions(examples=MANY, real=True),
        net="transformer",
        start=reader(),
        stages=(PRACTICE,),
        seeds=few.count,
        first_seed=few.first,
    )


def obeys(*runs: Run, count: int = 16, real: bool = False) -> Measure:
    """Returns a measure of how often the answers are right, and how often they are in the right form, for every
    combination."""
    tasks = tuple(Instructions(ask=combination, real=real) for combination in COMBINATIONS)
    return Measure(kind="instruction_following", runs=runs, tasks=tasks, count=count)


def reads(*runs: Run) -> Measure:
    """Returns a measure of bits per character on general text."""
    return Measure(kind="accuracy", runs=runs, tasks=(Text(),))


def live_runs(settings: Settings) -> list[Run]:
    """Returns a separate run for each net, so that two cores train them at the same time. The first one records its
    answers."""
    seeds = (Seeds(1, 100 * settings.draw + k) for k in range(LIVE))
    first, *others = (tuned(settings[COUNT], settings[WITHOUT], one, settings[BESIDE]) for one in seeds)
    return [replace(first, exhibit=SHOWN), *others]


def runs(settings: Settings) -> Runs:
    return [LabelledRun("live", run, k, name=f"net {k}") for k, run in enumerate(live_runs(settings), 1)]


def shown_instructions(without: str) -> Measure:
    """Returns a measure with the instructions whose answers are recorded, and the right answers."""
    task = Instructions(examples=MOST, without=without)
    return Measure(kind="tracked_examples", runs=(), tasks=(task,), count=SHOWN)


def after(settings: Settings) -> Measures:
    """Returns measures of how often the live nets obey, and of their loss on general text."""
    made = live_runs(settings)
    return [
        LabelledRun("live obeys", obeys(*made, count=6)),
        LabelledRun("live price", reads(*made)),
    ]


def asks(settings: Settings) -> Measures:
    """Returns measures of the answers to the learner's instruction: of the raw model, and of the tuned one when it
    exists."""
    prompts = (settings.typed_text,)
    return [
        LabelledRun("asked raw", Measure(kind="prompt_answers", runs=(reader(),), prompts=prompts)),
        LabelledRun(
            "asked both", Measure(kind="prompt_answers", runs=(reader(), live_runs(settings)[0]), prompts=prompts)
        ),
    ]


def backdrop(settings: Settings) -> Values:
    """Returns the continuations of the raw model for texts and instructions, which the learner may see, and the
    hidden results."""
    known = [*obeying(Seeds()), *practice_runs(Seeds()), *price_runs(Seeds())]
    return [
        LabelledRun("stories", Measure(kind="continuations", runs=(reader(),), prompts=STORIES, count=24)),
        LabelledRun("raw answers", Measure(kind="prompt_answers", runs=(reader(),), prompts=PROMPTS)),
        LabelledRun("asked", shown_instructions(settings[WITHOUT])),
        *hide(known),
    ]


def obeying(seeds: Seeds) -> Values:
    """Returns measures of how often the nets obey: raw, from scratch, and tuned on each number of examples without
    one combination."""
    asked = [(MOST, without) for without in HELD_OUT] + [(n, HELD_OUT[0]) for n in EXAMPLES if n != MOST]
    return [
        LabelledRun("obeys", obeys(reader()), RAW),
        LabelledRun("obeys", obeys(from_scratch(seeds)), SCRATCH),
        *(LabelledRun("obeys", obeys(tuned(n, without, seeds)), (n, without)) for n, without in asked),
    ]


def facts_runs(seeds: Seeds) -> Values:
    return [LabelledRun("obeys", obeys(tuned(MOST, HELD_OUT[0], seeds)), (MOST, HELD_OUT[0]))]


def practice_runs(seeds: Seeds) -> Values:
    return [*facts_runs(seeds), LabelledRun("obeys", obeys(practised(seeds), real=True), MANY)]


def price_runs(seeds: Seeds) -> Values:
    mixed = tuned(MOST, HELD_OUT[0], seeds, GENERAL)
    return [
        LabelledRun("price", reads(reader()), RAW),
        *(LabelledRun("price", reads(tuned(n, HELD_OUT[0], seeds)), n) for n in EXAMPLES),
        LabelledRun("price", reads(mixed), GENERAL),
        LabelledRun("obeys", obeys(mixed), GENERAL),
        *facts_runs(seeds),
    ]


def ways(*kinds: str, without: str = "") -> list[str]:
    """Returns the combinations of these kinds of instruction, except one."""
    return [f"{kind}, {how}" for kind in kinds or WHAT for how in HOW if f"{kind}, {how}" != without]
