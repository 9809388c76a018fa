"""Pictures of lesson 12: what two models say side by side, how often they obey, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from core.tasks import COMBINATIONS, WHAT
from lessons.kit.catalogue import Evidence, Settings
from lessons.kit.evidence import against
from lessons.kit.figures import Figure
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Curve, Mark, curves
from lessons.parrot_to_helper.tuning import (
    EXAMPLES,
    FACTS,
    FORMED,
    HELD_OUT,
    MOST,
    RAW,
    RIGHT,
    bits,
    name,
    shares,
    ways,
)  # fmt: skip

SHORT = 60  # characters of an answer that are shown


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


def by_examples(found: Evidence, guess: Settings, title: str) -> Figure:
    """Shares of unseen inputs against the number of examples: what was found, and what the learner said."""
    first, shown = HELD_OUT[0], []
    if name(MOST, first) in found:
        taught, facts = ways(without=first), ways(*FACTS)
        for label, what, names, role in (
            ("in form", FORMED, taught, "pretrained"),
            ("held out", FORMED, [first], "target"),
            ("facts right", RIGHT, facts, "scratch"),
        ):
            values = {n: shares(found[name(n, first)], what, names) for n in EXAMPLES}
            shown.append(Curve(table=against(values), name=label, role=role))
    raw = found.get(RAW)
    level = float(shares(raw, FORMED, COMBINATIONS).mean()) if raw else 0.0
    span = (EXAMPLES[0], MOST)
    marks = [Mark(start=(span[0], level), end=(span[1], level), says="raw model", place="insideEndTop")]
    for key, label in (("held", "you: held out"), ("facts", "you: facts")):
        if guess:
            high = guess[key] / 100
            marks.append(
                Mark(start=(span[0], high), end=(span[1], high), says=label, role="guess", place="insideStartTop")
            )
    return curves(shown, "examples of instructions", span, marks, title=title, y="Answers", at=EXAMPLES)


def by_kind(answer: Mapping[str, Any], without: str, title: str) -> Figure:
    """Answers in form and right ones for every kind of instruction, and for what was held out, if anything."""
    groups = {kind: ways(kind, without=without) for kind in WHAT} | ({"held out": [without]} if without else {})
    shown = []
    for label, names in groups.items():
        for what, word, role in ((FORMED, "in form", "target"), (RIGHT, "right", "pretrained")):
            shown.append(Bar(name=f"{label}, {word}", values=100 * shares(dict(answer), what, names), role=role))
    return bars(shown, "Unseen inputs", "%", title + (f"; held out is {without}" if without else ""), signed=False)


def price(found: Mapping[str, dict[str, Any]], title: str) -> Figure:
    """Bits a character on general text, before and after."""
    shown = [
        Bar(name=label, values=bits(answer), role="scratch" if label == RAW else "pretrained")
        for label, answer in found.items()
    ]
    return bars(shown, "General text, lower is better", "bits a character", title, signed=False)
