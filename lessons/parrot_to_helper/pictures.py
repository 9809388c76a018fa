"""What this lesson shows: what two models say side by side, how often they obey, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from core.tasks import COMBINATIONS, WHAT
from lessons.kit.catalogue import Guess, Verdict, Views
from lessons.kit.evidence import against
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.values import Answer, Control, Evidence, Settings
from lessons.parrot_to_helper.claims import bits, held_out, shares
from lessons.parrot_to_helper.runs import (
    COUNT,
    EXAMPLES,
    FACTS,
    FORMED,
    GENERAL,
    HELD_OUT,
    LIVE,
    MANY,
    MOST,
    PROMPTS,
    RAW,
    RIGHT,
    STORIES,
    TUNING,
    WITHOUT,
    ways,
)

GOES_ON, ANSWERS, STOPS = "goes on with the text", "answers in form", "ends at once"
SHORT = 60  # characters of an answer that are shown


def share(key: str, label: str, default: int, help: str) -> Control[int]:
    return Control(name=key, label=label, options=tuple(range(0, 101, 5)), default=default, help=help, slider=True)


RAW_DOES = Control(
    name="raw",
    label="And the raw model, before any example: given an instruction it",
    options=(GOES_ON, ANSWERS, STOPS),
    default=ANSWERS,
    help="What it most often writes after an instruction.",
)
HELD = share("held", "Answers in form to combinations that were held out, in percent", 20, "Ended, and written so.")
FACTS_RIGHT = share(
    "facts", "Right answers about facts that it has not met, in percent", 50, "French names and trivia."
)


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """How fluently it goes on with a text."""
    texts = [moments[-1] for moments in evidence.answer("stories")["runs"][0]["texts"]]
    table = pd.DataFrame({"it goes on": [" ".join(text.split()) for text in texts]}, index=[f"{s} …" for s in STORIES])
    told = "; ".join(f"{story} … {text}" for story, text in zip(STORIES, table["it goes on"]))
    title = "Three beginnings, and how the model goes on"
    return Figure(kind="table", spec=table, alt=f"How the model goes on with three texts. {told}.", title=title)


def picture(evidence: Evidence, settings: Settings, guess: Guess) -> Figure:
    """Answers against the number of examples; before the prediction only what the learner says of them."""
    title = "Unseen inputs: answers in form, and right ones about facts"
    if evidence.has("obeys", RAW):
        title += f" (stored runs; held out is {HELD_OUT[0]})"
    return by_examples(evidence, guess, title)


def views(evidence: Evidence, settings: Settings, guess: Guess) -> Views:
    """Exact answers while the tuning goes on; what the models say; how often they obey, and what it cost."""
    shown: Views = {}
    tables = list(evidence.tables("live").values())
    kind, count = ("live", settings[COUNT]) if tables else ("stored", MOST)
    if tables := tables or list(evidence.tables("tuned").values()):
        title = f"Right answers on unseen inputs, all kinds together, {count} examples ({kind} runs)"
        line = over_steps(pd.concat(tables), "right", "pretrained")
        shown["The tuning"] = lambda: curves(
            [line], "steps", (1, TUNING.steps), title=title, y="Right answers", share=(0, 0.6)
        )
    if asked := [evidence.answer(role) for role in ("asked both", "asked raw") if evidence.has(role)]:
        models = dict(zip(("raw", "tuned, just now"), asked[0]["answers"]))
        shown["Your instruction"] = lambda: side_by_side(
            asked[0]["prompts"], models, "What is written after your instruction"
        )
    if not evidence.has("obeys", RAW):
        return shown
    live, without = evidence.has("live obeys"), settings[WITHOUT]
    four = evidence.answer("live answers" if evidence.has("live answers") else "raw answers")["answers"]
    said = dict(zip(("raw", "tuned, just now"), four))
    kinds = (
        f"Your {LIVE} nets, by kind of instruction"
        if live
        else f"By kind of instruction, after {MOST} examples (stored)"
    )
    obeyed = evidence.answer("live obeys") if live else evidence.answer("obeys", MOST, without)
    practised = f"Stored runs, by kind of instruction, after {MANY:,} examples and long practice"
    return shown | {
        "Four answers": lambda: side_by_side(PROMPTS, said, "Four instructions, and what is written after them"),
        "By kind": lambda: by_kind(obeyed, without, kinds),
        "Long practice": lambda: by_kind(evidence.answer("obeys", MANY), "", practised),
        "Cost": lambda: price(prices(evidence), "What it cost: surprise at general text"),
    }


def prices(evidence: Evidence) -> dict[str, Answer]:
    """Surprise at general text: raw, after so many examples, with general text beside them, and the live nets."""
    paid = {RAW: evidence.answer("price", RAW)} | {f"{n} examples": evidence.answer("price", n) for n in EXAMPLES}
    paid[f"{MOST}, and {GENERAL}"] = evidence.answer("price", GENERAL)
    return paid | ({"your nets": evidence.answer("live price")} if evidence.has("live price") else {})


def verdict(evidence: Evidence, guess: Guess) -> Verdict:
    raw = shares(evidence.answer("obeys", RAW), FORMED, ways()).mean()
    facts = shares(evidence.answer("obeys", MOST, HELD_OUT[0]), RIGHT, ways(*FACTS)).mean()
    return [
        ("the raw model, given an instruction", guess[RAW_DOES], ANSWERS if raw > 0.5 else GOES_ON),
        (
            f"answers in form to combinations held out, after {MOST} examples",
            f"{guess[HELD]} %",
            percent(held_out(evidence, FORMED).mean()),
        ),
        ("right answers about facts that it has not met", f"{guess[FACTS_RIGHT]} %", percent(facts)),
    ]


def said(answer: Mapping[str, Any]) -> str:
    """One answer as it stands in a table: a model that did not end it was cut off."""
    words = " ".join(answer["says"].split())
    return (words[:SHORT] or "(nothing)") + ("" if answer["ends"] else " ...")


def side_by_side(prompts: Sequence[str], models: Mapping[str, Sequence[Mapping[str, Any]]], title: str) -> Figure:
    """A row a prompt, a column a model."""
    rows = {prompt: [said(answers[k]) for answers in models.values()] for k, prompt in enumerate(prompts)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(models))
    told = "; ".join(
        f"{prompt} " + ", ".join(f"{model}: {answer}" for model, answer in zip(models, row))
        for prompt, row in rows.items()
    )
    return Figure(kind="table", spec=table, alt=f"Answers side by side. {told}.", title=title)


def by_examples(evidence: Evidence, guess: Guess, title: str) -> Figure:
    """Shares of unseen inputs against the number of examples: what was found, and what the learner said."""
    first, shown, marks, span = HELD_OUT[0], [], [], (EXAMPLES[0], MOST)
    if evidence.has("obeys", RAW):
        for label, what, names, role in (
            ("in form", FORMED, ways(without=first), "pretrained"),
            ("held out", FORMED, [first], "target"),
            ("facts right", RIGHT, ways(*FACTS), "scratch"),
        ):
            values = {n: shares(evidence.answer("obeys", n, first), what, names) for n in EXAMPLES}
            shown.append(Curve(table=against(values), name=label, role=role))
        level = float(shares(evidence.answer("obeys", RAW), FORMED, COMBINATIONS).mean())
        marks.append(Mark(start=(span[0], level), end=(span[1], level), says="raw model", place="insideEndTop"))
    for handle, label in ((HELD, "you: held out"), (FACTS_RIGHT, "you: facts")) if guess else ():
        high = guess[handle] / 100
        marks.append(Mark(start=(span[0], high), end=(span[1], high), says=label, role="guess", place="insideStartTop"))
    return curves(shown, "examples of instructions", span, marks, title=title, y="Answers", at=EXAMPLES)


def by_kind(answer: Answer, without: str, title: str) -> Figure:
    """Answers in form and right ones for every kind of instruction, and for what was held out, if anything."""
    groups = {kind: ways(kind, without=without) for kind in WHAT} | ({"held out": [without]} if without else {})
    shown = []
    for label, names in groups.items():
        for what, word, role in ((FORMED, "in form", "target"), (RIGHT, "right", "pretrained")):
            shown.append(Bar(name=f"{label}, {word}", values=100 * shares(answer, what, names), role=role))
    return bars(shown, "Unseen inputs", "%", title + (f"; held out is {without}" if without else ""), signed=False)


def price(paid: Mapping[str, Answer], title: str) -> Figure:
    """Bits a character on general text, before and after."""
    shown = [
        Bar(name=label, values=bits(answer), role="scratch" if label == RAW else "pretrained")
        for label, answer in paid.items()
    ]
    return bars(shown, "General text, lower is better", "bits a character", title, signed=False)
