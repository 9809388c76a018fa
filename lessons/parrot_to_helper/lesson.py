"""Lesson 12: from parrot to helper. Some examples of instructions, and a model that goes on with a text answers."""

from __future__ import annotations

import pandas as pd

from core.spec import Measure, Run
from core.tasks import WHAT, Instructions
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Given, Lesson, Prediction, Question, Settings, Sheet, Values
from lessons.kit.evidence import revealed
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import curves, over_steps
from lessons.kit.recipes import Seeds, reader
from lessons.parrot_to_helper.claims import CLAIMS, held_out, obeying, practice_runs, price_runs
from lessons.parrot_to_helper.pictures import by_examples, by_kind, price, side_by_side
from lessons.parrot_to_helper.tuning import (
    EXAMPLES,
    FACTS,
    FORMED,
    GENERAL,
    HELD_OUT,
    MANY,
    MOST,
    NOTHING,
    RAW,
    RIGHT,
    TUNING,
    name,
    obeys,
    reads,
    shares,
    tuned,
    ways,
)  # fmt: skip

LIVE = 2  # nets of a live run
TUNED = "tuned"  # and their names begin with that: each is a run of its own, so that two cores train them side by side
FOUND, ASKED = "found ", "shown raw"  # what was found may be seen only after the prediction
PROMPTS = (
    "Law or play, shouted: the terms of this license",
    "Old or new, twice: thou hast seen",
    "In French: Poland",
    "Good or bad, doubted: The garden was perfect.",
)
GOES_ON, ANSWERS, STOPS = "goes on with the text", "answers in form", "ends at once"


def runs(settings: Settings) -> Values:
    return {f"{TUNED} {k + 1}": run for k, run in enumerate(live_runs(settings))}


def live_runs(settings: Settings) -> list[Run]:
    seeds = (Seeds(1, 100 * settings["draw"] + k) for k in range(LIVE))
    return [tuned(settings["examples"], settings["without"], one, settings["beside"]) for one in seeds]


def after(settings: Settings) -> Values:
    """How often the live nets obey, what general text costs them, and their answers to the first prompts."""
    made = live_runs(settings)
    return {
        "live obeys": obeys(*made, count=6),
        "live price": reads(*made),
        "live answers": Measure(kind="answers", runs=(reader(), made[0]), prompts=PROMPTS),
    }


def asks(settings: Settings, given: Given) -> Values:
    """What the raw model makes of the learner's instruction; and the tuned one, as soon as there is one."""
    assert isinstance(given, str)
    return {
        "asked raw": Measure(kind="answers", runs=(reader(),), prompts=(given,)),
        "asked both": Measure(kind="answers", runs=(reader(), live_runs(settings)[0]), prompts=(given,)),
    }


def backdrop(settings: Settings) -> Values:
    values: Values = {ASKED: Measure(kind="answers", runs=(reader(),), prompts=PROMPTS)}
    values |= {FOUND + label: one for label, one in (obeying(Seeds()) | practice_runs(Seeds()) | priced()).items()}
    return values | {FOUND + TUNED: tuned(MOST, settings["without"], Seeds())}


def priced() -> Values:
    return {f"price {label}": one for label, one in price_runs(Seeds()).items()}


def hook(evidence: Evidence, settings: Settings) -> Figure:
    (raw,) = evidence[ASKED]["answers"]
    return side_by_side(PROMPTS, {"what it writes": raw}, "Four instructions, and what the model writes after them")


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """Answers against the number of examples; before the prediction only what the learner says of them."""
    known = revealed(evidence, FOUND)
    title = "Unseen inputs: answers in form, and right ones about facts"
    if known:
        title += f" (stored runs; held out is {HELD_OUT[0]})"
    return by_examples(known, guess, title)


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """What the models say to the learner's instruction, and exact answers while the tuning goes on."""
    figures = []
    asked = evidence.get("asked both", evidence.get("asked raw"))
    if asked:
        models = dict(zip(("raw", "tuned, just now"), asked["answers"]))
        figures.append(side_by_side(asked["prompts"], models, "What is written after your instruction"))
    tables = [table for label, table in evidence.items() if label.startswith(TUNED)]
    kind, table = ("live", pd.concat(tables)) if tables else ("stored", evidence.get(FOUND + TUNED))
    if table is not None:
        count = settings["examples"] if kind == "live" else MOST
        title = f"Right answers on unseen inputs, all kinds together, {count} examples ({kind} runs)"
        line = over_steps(table, "right", "pretrained")
        figures.append(curves([line], "steps", (1, TUNING.steps), title=title, y="Right answers", share=(0, 0.6)))
    return figures


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    known, shown = revealed(evidence, FOUND), []
    if "live answers" in evidence:
        models = dict(zip(("raw", "tuned, just now"), evidence["live answers"]["answers"]))
        shown.append(side_by_side(PROMPTS, models, "The first four instructions, asked again"))
    if not known:
        return shown
    without = settings["without"]
    title, obeyed = f"Stored runs, by kind of instruction, after {MOST} examples", known[name(MOST, without)]
    if "live obeys" in evidence:
        title, obeyed = f"Your {LIVE} nets, by kind of instruction", evidence["live obeys"]
    practised = f"Stored runs, by kind of instruction, after {MANY:,} examples and long practice"
    prices = {RAW: known[f"price {RAW}"]} | {f"{n} examples": known[f"price {n}"] for n in EXAMPLES}
    prices[f"{MOST}, and {GENERAL}"] = known[f"price {GENERAL}"]
    if "live price" in evidence:
        prices["your nets"] = evidence["live price"]
    return [
        *shown,
        by_kind(obeyed, without, title),
        picture(evidence, settings, guess),
        by_kind(known[str(MANY)], "", practised),
        price(prices, "What it cost: surprise at general text"),
    ]


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    known = revealed(evidence, FOUND)
    raw = shares(known[RAW], FORMED, ways()).mean()
    facts = shares(known[name(MOST, HELD_OUT[0])], RIGHT, ways(*FACTS)).mean()
    return [
        ("the raw model, given an instruction", guess["raw"], ANSWERS if raw > 0.5 else GOES_ON),
        (
            f"answers in form to combinations held out, after {MOST} examples",
            f"{guess['held']} %",
            percent(held_out(known, FORMED).mean()),
        ),
        ("right answers about facts that it has not met", f"{guess['facts']} %", percent(facts)),
    ]


def script(settings: Settings) -> str:
    run = live_runs(settings)[0]
    assert run.start and isinstance(run.task, Instructions)
    return scripts.shown(
        "lessons.parrot_to_helper.script",
        f"{settings['examples']} instructions, without {settings['without']}",
        EXAMPLES=run.task.examples,
        WITHOUT=run.task.without,
        BACKBONE=scripts.weights(run.start),
        REPLAY=sum(keep.count for keep in run.keep),
        **scripts.constants(run),
    )


QUESTIONS = (
    Question(
        asks="A tuned model answers a question about a small country in one clean, confident sentence. What do you know?",
        options={
            "That it has learned how answers look": "Yes. The form is what the examples taught. Here it is nearly perfect even where no answer is right.",
            "That it has probably met the fact while it read": "The sentence would look the same if it had not. Our model names some country whenever a country is asked for.",
            "That the tuning taught it the fact": "Some hundred examples hold some hundred facts. What stands in no example and was never read cannot be known.",
        },
        right="That it has learned how answers look",
    ),
    Question(
        asks="No example showed *law or play, shouted*, and yet most answers to it come in form. What was learned from the others?",
        options={
            "What to do and how to write it, each by itself": "Yes. Both parts appear in other company, and the two can be put together anew.",
            "All combinations, one by one": "Then the one that is missing from the list would fail.",
            "Nothing: the raw model could do it too": "The raw model answers nothing in form: look at the line of the raw model.",
        },
        right="What to do and how to write it, each by itself",
    ),
    Question(
        asks="After the tuning, general text surprises the model more. Which remedy goes to the cause?",
        options={
            "Mix some general text into the tuning": "Yes. Nothing in the examples asks the weights to stay good at anything but short answers. Replay does, as in lesson 10.",
            "Train longer on the instructions": "More of the same pulls further away from general text.",
            "Write the instructions more politely": "Then it learns polite instructions. What is not practised is still free to drift.",
        },
        right="Mix some general text into the tuning",
    ),
)


def share(key: str, label: str, default: int, help: str) -> Control:
    return Control(name=key, label=label, options=tuple(range(0, 101, 5)), default=default, help=help, slider=True)


LESSON = Lesson(
    number=12,
    title="From parrot to helper",
    covers=("L", "I"),
    question="Why does a fluent model not answer?",
    controls=(
        Control(
            name="examples",
            label="Examples of instructions",
            options=EXAMPLES,
            default=MOST,
            help="Different instructions with their answers, over all kinds. The number of steps stays the same.",
            slider=True,
        ),
        Control(
            name="without",
            label="Combination held out",
            options=HELD_OUT,
            default=HELD_OUT[0],
            help="No example shows these two parts together, but each of them with others.",
        ),
        Control(
            name="beside",
            label="Read beside the instructions",
            options=(NOTHING, GENERAL),
            default=NOTHING,
            help="With general text every step also reads as many tokens of what the model was pretrained on, which takes "
            "about twice as long.",
        ),
    ),
    prediction=Prediction(
        asks=f"After {MOST} examples, on inputs that no example showed:",
        sliders=(
            Control(
                name="raw",
                label="And the raw model, before any example: given an instruction it",
                options=(GOES_ON, ANSWERS, STOPS),
                default=ANSWERS,
                help="What it most often writes after an instruction.",
            ),
            share(
                "held", "Answers in form to combinations that were held out, in percent", 20, "Ended, and written so."
            ),
            share("facts", "Right answers about facts that it has not met, in percent", 50, "French names and trivia."),
        ),
        hidden=FOUND,
    ),
    sheet=Sheet(
        kind="text",
        label="Your instruction",
        help="What, how: with what. It was tuned on: " + ", ".join(WHAT) + "; plain, shouted, doubted, twice.",
        default="Old or new, shouted: he saith unto them",
        most=80,
        examples=("Law or play, shouted: all rights and liability", "In French: Spain", "Answer: Who wrote Hamlet?"),
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
