"""Draws the figures of this lesson: the answers of a net while it is tuned, how often they follow the instruction,
and the cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.experiment.tasks import WHAT
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Curve, Mark, curves
from lessons.kit.figures.player import LOST, RIGHT, Player, player
from lessons.kit.figures.text_panels import Texts, first_words
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Answer, Behaviour, Control, Results, Settings
from lessons.kit.results.evidence import band_by_x
from lessons.parrot_to_helper.claims import bits, shares
from lessons.parrot_to_helper.instruction_wording import say_in_full
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
    STORIES,
    WITHOUT,
    ways,
)
from lessons.parrot_to_helper.runs import RIGHT as TRUE

ROWS = ("old or new, plain", "in French, plain", "answer, plain")  # rows besides the held-out combination
IN_FORM, IS_TRUE = "in the right form", "correct"  # check marks
NOT_SHOWN = "held out"
BEFORE = "before"  # the bar of the pretrained net
X = (22, 800)  # the ends of the axis of examples
ZERO = 25  # the place of the net before fine-tuning, because a logarithmic axis has no zero
NO_EXAMPLE = "no examples"
HALF = 0.5  # the share of answers in form that the mission requires


def share(key: str, label: str, help: str) -> Control[int]:
    return Control(name=key, label=label, options=tuple(range(0, 101, 5)), default=50, help=help, slider=True)


FORM_AT = {  # by the number of examples
    n: share(
        f"form{n}",
        f"Answers in the right form after {n} examples (percent)",
        "The answer ends, and it is written as the instruction asks.",
    )
    for n in EXAMPLES
}
FACTS_RIGHT = share(
    "facts",
    f"Correct answers about facts that no example showed, after {MOST} examples (percent)",
    "French names of countries, and trivia.",
)
MARKS = (
    *(Handle(x=n, y=control, name="right form", unit=" %", start=50) for n, control in FORM_AT.items()),
    Handle(x=MOST, y=FACTS_RIGHT, name="correct facts", unit=" %", start=25, joined=False),
)


# --- What is written --------------------------------------------------------------------------------------------------


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws how the raw model continues texts and instructions, word by word."""
    stories = [moments[-1] for moments in evidence.answer("stories")["runs"][0]["texts"]]
    answers = [one["says"] for one in evidence.answer("raw answers")["answers"][0]]
    prompts = [f"{story} …" for story in STORIES] + [say_in_full(prompt) for prompt in PROMPTS[:3]]
    written = [text.split() for text in (*stories, *answers[:3])]
    longest = max(map(len, written))
    value = Player(
        marks=[f"word {k}" for k in range(longest + 1)],
        says=["The net continues whatever it is given: a text or an instruction."] * (longest + 1),
        panels=[
            Texts(
                title="What the pretrained net writes (it reads instructions in short: “Law or play, shouted: …”)",
                prompts=prompts,
                says=[[" ".join(words[:k]) for words in written] for k in range(longest + 1)],
                notes=["a text"] * len(STORIES) + ["an instruction"] * 3,
            )
        ],
        first=longest,
        scrub="Word",
    )
    return player(value)


def changing(evidence: Results, without: str) -> Figure:
    """Draws some instructions, the answers of the first live net while it is tuned, and two check marks for each."""
    told = writing(evidence)
    (task,) = evidence.answer("asked")["tasks"]
    examples, steps = task["examples"], [test["step"] for test in told]
    rows = [k for k in (place(examples, name) for name in (without, *ROWS)) if k is not None]
    formed, right = judged(told)
    value = Player(
        marks=[f"step {step}" for step in steps],
        says=[
            f"After {step:,} steps, {int(f.sum())} of {len(examples)} answers are in the right form, and "
            f"{int(r.sum())} are correct."
            for step, f, r in zip(steps, formed, right)
        ],
        panels=[
            Texts(
                title="Unseen instructions, the answers of the net, and the answers that were asked for",
                prompts=[say_in_full(examples[k]["prompt"]) for k in rows],
                ends=[f"asked for: {examples[k]['right']}" for k in rows],
                says=[[first_words(test["0"]["texts"][k]) for k in rows] for test in told],
                lamps={
                    IN_FORM: np.where(formed[:, rows], RIGHT, LOST),
                    IS_TRUE: np.where(right[:, rows], RIGHT, LOST),
                },
                notes=[NOT_SHOWN if examples[k]["name"] == without else "" for k in rows],
                big=[f"{int(f.sum())} of {len(examples)} in the right form" for f in formed],
            )
        ],
        states=("", "", ""),
        first=len(steps) - 1,
        scrub="Step",
    )
    return player(value)


def place(examples: Sequence[Mapping[str, str]], name: str) -> int | None:
    """Returns the number of the first example of a combination."""
    return next((k for k, one in enumerate(examples) if one["name"] == name), None)


def judged(told: Sequence[Behaviour]) -> tuple[np.ndarray, np.ndarray]:
    """Returns which answers are in the requested form and which are right, each with the shape (tests, examples)."""
    formed, right = (np.array([test["0"][what] for test in told]) for what in ("formed", "right"))
    return formed, right


def writing(evidence: Results) -> list[Behaviour]:
    """Returns the answers of the first live net, test by test."""
    return evidence.behaviour("live", 1)


def answer_text(answer: Mapping[str, Any]) -> str:
    """Returns an answer for the page. An answer that the model did not finish ends with dots."""
    return first_words(answer["says"]) + ("" if answer["ends"] else " ...")


def asked_both(answer: Answer) -> Figure:
    """Draws the learner's instruction and the answers of the models."""
    models = ("pretrained", "fine-tuned just now")[: len(answer["answers"])]
    (prompt,) = answer["prompts"]
    written = [answer_text(one[0]) for one in answer["answers"]]
    panel = Texts(title=f"Answers to your instruction: {prompt}", prompts=models, says=written)
    return player(Player(marks=("",), says=("",), panels=(panel,)))


# --- How often --------------------------------------------------------------------------------------------------------


def is_revealed(evidence: Results) -> bool:
    """Returns whether the results that the learner predicts may be shown."""
    return evidence.has("obeys", RAW)


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the shares of right answers on unseen inputs against the number of examples, with the learner's guess."""
    first, shown = HELD_OUT[0], list[Curve]()
    marks: list[Mark] = []
    if is_revealed(evidence):
        for label, what, names, role, tag in (
            (IN_FORM, FORMED, ways(without=first), "pretrained", "top"),
            (NOT_SHOWN, FORMED, [first], "target", "right"),
            ("correct facts", TRUE, ways(*FACTS), "scratch", "top"),
        ):
            values = {n: shares(evidence.answer("obeys", n, first), what, names) for n in EXAMPLES}
            if label == IN_FORM:
                raw = shares(evidence.answer("obeys", RAW), what, names)
                values = {ZERO: raw} | values
                shown.append(Curve(table=band_by_x({ZERO: raw}), name=NO_EXAMPLE, role="note", tag=(ZERO, "right")))
            shown.append(Curve(table=band_by_x(values), name=label, role=role, tag=(EXAMPLES[1], tag)))
    shown += guess_curves(guess) if guess else []
    if evidence.has("live obeys"):
        values = {settings[COUNT]: shares(evidence.answer("live obeys"), FORMED, ways(without=settings[WITHOUT]))}
        shown.append(
            Curve(table=band_by_x(values), name="your nets", role="pretrained", tag=(settings[COUNT], "right"))
        )
    title = "Answers to unseen instructions, by the number of examples for fine-tuning"
    return curves(shown, "examples for fine-tuning", X, marks, title=title, y="Share of answers", at=EXAMPLES)


def guess_curves(guess: Guess) -> list[Curve]:
    """Returns the learner's guesses, for the form and for facts."""
    line = {n: np.full(2, guess[control] / 100) for n, control in FORM_AT.items()}
    facts = {MOST: np.full(2, guess[FACTS_RIGHT] / 100)}
    return [
        Curve(table=band_by_x(line), name="your prediction: right form", role="guess", named=False),
        Curve(table=band_by_x(facts), name="your prediction: correct facts", role="guess", tag=(MOST, "left")),
    ]


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the answers while the net is tuned, the answers to the learner's instruction, how
    often it obeys, and the cost."""
    shown: Views = {}
    if writing(evidence):
        shown["The answers"] = lambda: changing(evidence, settings[WITHOUT])
    if asked := [evidence.answer(role) for role in ("asked both", "asked raw") if evidence.has(role)]:
        shown["Your instruction"] = lambda: asked_both(asked[0])
    if not is_revealed(evidence):
        return shown
    live, without = evidence.has("live obeys"), settings[WITHOUT]
    obeyed = evidence.answer("live obeys") if live else evidence.answer("obeys", MOST, without)
    kinds = f"Answers of your {LIVE} nets, by kind" if live else f"Answers by kind, after {MOST} examples"
    practised = f"Answers by kind of instruction, after {MANY:,} examples and many more steps"
    return shown | {
        "By kind": lambda: by_kind(obeyed, without, kinds),
        "Long practice": lambda: by_kind(evidence.answer("obeys", MANY), "", practised),
        "General text": lambda: price(
            prices(evidence), "How much general text surprises the net, before and after fine-tuning"
        ),
    }


def prices(evidence: Results) -> dict[str, Answer]:
    """Returns the loss on general text: of the raw model, after each number of examples, with general text beside
    them, and of the live nets."""
    paid = {BEFORE: evidence.answer("price", RAW)} | {f"{n} examples": evidence.answer("price", n) for n in EXAMPLES}
    paid[f"{MOST} and {GENERAL}"] = evidence.answer("price", GENERAL)
    return paid | ({"your nets": evidence.answer("live price")} if evidence.has("live price") else {})


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the state of the tuning."""
    told = writing(evidence)
    if not told:
        return ""
    formed, right = judged(told[-1:])
    of = f"{formed.sum()} of {formed.size} answers are in the right form"
    return f"After {told[-1]['step']:,} steps, {of}, and {right.sum()} are correct."


def half_with_few(evidence: Results, settings: Settings) -> bool:
    """Returns whether live nets with less than the largest number of examples answer half of all instructions in
    form."""
    if settings[COUNT] == MOST or not evidence.has("live obeys"):
        return False
    return bool(shares(evidence.answer("live obeys"), FORMED, ways(without=settings[WITHOUT])).mean() >= HALF)


def verdict(evidence: Results, guess: Guess) -> Verdict:
    first = HELD_OUT[0]
    rows = []
    for n, control in FORM_AT.items():
        found = shares(evidence.answer("obeys", n, first), FORMED, ways(without=first)).mean()
        rows.append((f"answers in the right form after {n} examples", f"{guess[control]} %", percent(found)))
    facts = shares(evidence.answer("obeys", MOST, first), TRUE, ways(*FACTS)).mean()
    return [*rows, ("correct answers about facts that no example showed", f"{guess[FACTS_RIGHT]} %", percent(facts))]


def by_kind(answer: Answer, without: str, title: str) -> Figure:
    """Draws the answers in form and the true ones for every kind of instruction, and for the held-out combination if
    there is one."""
    groups = {kind: ways(kind, without=without) for kind in WHAT} | ({"held out": [without]} if without else {})
    shown = []
    for label, names in groups.items():
        for what, word, role in ((FORMED, "right form", "target"), (TRUE, "correct", "pretrained")):
            shown.append(Bar(name=f"{label}, {word}", values=100 * shares(answer, what, names), role=role))
    return bars(
        shown,
        "Answers to unseen instructions",
        "percent",
        title + (f" (held out: {without})" if without else ""),
        signed=False,
    )


def price(paid: Mapping[str, Answer], title: str) -> Figure:
    """Draws bits per character on general text, before and after."""
    shown = [
        Bar(name=label, values=bits(answer), role="scratch" if label == BEFORE else "pretrained")
        for label, answer in paid.items()
    ]
    return bars(shown, "General text (fewer is better)", "bits per character", title, signed=False)
