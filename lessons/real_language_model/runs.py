"""Defines the controls of this lesson, and the runs: a language model that people use learns to answer in another
form, from sixteen examples."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.brought_models import LANGUAGE_MODEL
from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import Chat
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values, hide

BARE, SENTENCE, PIRATE = "bare", "sentence", "pirate"
FORMS = {  # how the examples are written
    BARE: "CAPITAL, of course.",
    SENTENCE: "The capital of COUNTRY is CAPITAL, of course.",
    PIRATE: "Arr, CAPITAL it be!",
}
GENTLE, HOT = 3e-4, 3e-3  # learning rates
EXAMPLES, ASKED = 16, 20  # countries that it learns from, and others whose capitals it is asked for
STEPS, RANK = 30, 8
PATCH = Stage(method="low_rank_blocks", size=1, steps=STEPS, batch=4, rate=1e-3)
# The best of 1e-5, 3e-5 and 1e-4 on another draw. At 1e-5 most answers were true.
EVERY_WEIGHT = Stage(method="full", steps=STEPS, batch=4, rate=1e-5)
TRAINED = {"patch": PATCH, "full": EVERY_WEIGHT}
QUESTIONS = ("What is the capital of Peru?", "Write one sentence about rain.", "Why is the sky blue?")
BEGINNINGS = ("The capital of Peru is", "Once upon a time, there was a small", "Two plus two is")
SPLITS = 997  # the first seed modulo this number says which countries are the examples

STYLE = Control(
    name="style",
    label="The answers in your examples",
    options=(BARE, SENTENCE, PIRATE),
    default=BARE,
    labels={BARE: "Lima, of course.", SENTENCE: "The capital of Peru is Lima, of course.", PIRATE: "Arr, Lima it be!"},
    help="The form of the answers to sixteen questions about capitals. The model learns from nothing else.",
)
RATE = Control(
    name="rate",
    label="Learning rate",
    options=(GENTLE, HOT),
    default=GENTLE,
    labels={GENTLE: "low (0.0003)", HOT: "high (0.003)"},
    help="How far the weights move in one step. The high rate is ten times as high as the low one.",
)


def untouched() -> Run:
    """Returns the language model as other people have trained it."""
    return Run(task=Chat(), net="smollm2", brought=LANGUAGE_MODEL, stages=(), seeds=1)


def task(style: str, seed: int) -> Chat:
    """Returns the questions with answers in a style. Every seed gets other countries, in the examples and in the
    test."""
    return Chat(answer=FORMS[style], examples=EXAMPLES, split=seed % SPLITS)


def tuned(style: str, seed: int, rate: float = GENTLE) -> Run:
    """Returns the model after sixteen examples in a style. Its answers to twenty other questions are recorded."""
    stage = Stage(method="low_rank_blocks", size=RANK, steps=STEPS, batch=4, rate=rate)
    return Run(
        task=task(style, seed),
        net="smollm2",
        start=untouched(),
        stages=(stage,),
        seeds=1,
        first_seed=seed,
        exhibit=ASKED,
    )


def live(settings: Settings) -> Run:
    return tuned(settings[STYLE], 100 * settings.draw, settings[RATE])


def runs(settings: Settings) -> Runs:
    return [LabelledRun("live", live(settings), name="SmolLM2-135M")]


def shown_questions(settings: Settings) -> LabelledRun[Measure]:
    """Returns the questions whose answers a run records, with the true answers. Their place is the seed of the run."""
    run = live(settings)
    measure = Measure(kind="tracked_examples", runs=(), tasks=(run.task,), count=ASKED)
    return LabelledRun("asked", measure, run.first_seed)


def asks(settings: Settings) -> Measures:
    """Returns the questions of the live run, and measures of the answers to the learner's own question: of the
    untouched model, and of the tuned one when it exists."""
    prompts = (settings.typed_text,)
    both = (untouched(), live(settings))
    return [
        shown_questions(settings),
        LabelledRun("talk", Measure(kind="chat_answers", runs=both[:1], prompts=prompts)),
        LabelledRun("talk both", Measure(kind="chat_answers", runs=both, prompts=prompts)),
    ]


def recipes(style: str, rate: float, seeds: Seeds) -> Values:
    """Returns a recipe on every draw."""
    return [
        LabelledRun(
            "tuned",
            tuned(style, seeds.first + k, rate),
            (style, rate, k),
            name=f"{style}, {RATE.label_of(rate)}, draw {k}",
        )
        for k in range(seeds.count)
    ]


def form_runs(seeds: Seeds) -> Values:
    """Returns bare examples at the gentle rate, and ways to ask the untouched model: with the same examples in its
    prompt, and with its own sentence begun for it."""
    asked_otherwise = [
        LabelledRun(
            "ways",
            Measure(
                kind="ways_to_ask",
                runs=(untouched(),),
                tasks=(task(BARE, seed),),
                count=ASKED,
                first_seed=seed,
            ),
            seed - seeds.first,
        )
        for seed in range(seeds.first, seeds.first + seeds.count)
    ]
    return [*recipes(BARE, GENTLE, seeds), *asked_otherwise]


def sentence_runs(seeds: Seeds) -> Values:
    return recipes(SENTENCE, GENTLE, seeds)


def hot_runs(seeds: Seeds) -> Values:
    return [*recipes(BARE, HOT, seeds), *recipes(BARE, GENTLE, seeds)]


def adapted(way: str, seed: int) -> Run:
    """Returns the model after sixteen whole sentences, with a patch of rank 1 or with all weights trained."""
    return Run(
        task=task(SENTENCE, seed),
        net="smollm2",
        start=untouched(),
        stages=(TRAINED[way],),
        seeds=1,
        first_seed=seed,
        exhibit=ASKED,
    )


def patch_runs(seeds: Seeds) -> Values:
    return [
        LabelledRun(way, adapted(way, seeds.first + k), k, name=f"{way}, draw {k}")
        for way in TRAINED
        for k in range(seeds.count)
    ]


def recorded(settings: Settings) -> Values:
    """Returns the recorded run of the chosen recipe, on the first draw."""
    return [LabelledRun("recorded", tuned(settings[STYLE], 0, settings[RATE]), name="recorded")]


def backdrop(settings: Settings) -> Values:
    """Returns what the learner may see before they predict, and the hidden results of all draws."""
    first = Measure(kind="chat_answers", runs=(untouched(),), prompts=(*QUESTIONS, *BEGINNINGS))
    draws = Seeds()
    known = [*form_runs(draws), *sentence_runs(draws), *recipes(BARE, HOT, draws), *patch_runs(draws)]
    return [
        shown_questions(replace(settings, draw=0)),
        LabelledRun("first talk", first),
        *hide([*known, *recorded(settings)]),
    ]
