"""Draws how the pretrained reader and a net from scratch learn a subject: the texts that they write, and their loss."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from lessons.kit.figures import ROLES, Figure
from lessons.kit.figures.curves import Curve
from lessons.kit.figures.scatter import Axis
from lessons.kit.figures.value_curves import value_curves
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import band_by_x
from lessons.kit.runs.text_adaptation import LIVE_STEPS, PRETRAINED, SCRATCH, bits

NAMES = {PRETRAINED: "fine-tuned", SCRATCH: "from scratch"}
UNIT = "bits per character"


def adapting(tables: Mapping[str, pd.DataFrame], high: float) -> Figure:
    """Draws the loss of both sides on a subject, and the loss of the reader on general text, in bits per character
    against steps."""
    shown = [Curve(table=by_step(table, "bits"), name=NAMES[side], role=side) for side, table in tables.items()]
    if PRETRAINED in tables:
        shown.append(Curve(table=by_step(tables[PRETRAINED], "bits 1"), name="general text", role="source"))
    return value_curves(
        shown,
        Axis(name="steps", low=0, high=LIVE_STEPS, form=".0f"),
        Axis(name=UNIT, low=1, high=high),
        title="How much unseen pages surprise the nets while they learn: pages of the subject, and general text",
    )


def by_step(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Returns the curve of one column of a run's table against steps."""
    return band_by_x(dict(zip(np.sort(table.step.unique()).tolist(), bits(table, column))))


def passages(evidence: Results, name: str) -> Figure:
    """Draws the beginnings of texts on a subject that the nets continue, with their true continuations."""
    begun = evidence.answer("begun")["tasks"][0]["examples"] if evidence.has("begun") else []
    parts = [
        f'<p style="margin:0 0 1.2rem"><strong>{quoted(beginning(one["prompt"]))}</strong>'
        f"<em>{quoted(one['right'].rstrip())} …</em></p>"
        for one in begun
    ]
    title = f"From {name}. Three nets will continue the bold words. The words in italics are how the text continues"
    told = "; ".join(f"{one['prompt']} continues: {one['right']}" for one in begun)
    style = "font-size:1.3rem;line-height:1.5;max-width:46rem"
    return Figure(kind="html", spec=f'<div style="{style}">{"".join(parts)}</div>', alt=f"{title}. {told}", title=title)


def beginning(prompt: str) -> str:
    """Returns the prompt without the rest of the sentence before it."""
    return prompt.lstrip(" \n.,;:!?")


def quoted(text: str) -> str:
    """Returns a text as HTML, with its line breaks but without empty lines. Characters that cannot be printed become
    dots."""
    plain = "".join(one if one == "\n" or (one.isprintable() and one != "\ufffd") else "·" for one in text)
    return html.escape(re.sub(r"\s*\n\s*", "\n", plain)).replace("\n", "<br>")


def continuations(evidence: Results, role: str, author: str = "") -> Figure:
    """Draws how the untouched reader and both sides continue the same beginnings. If there is an `author`, the real
    continuation comes first."""
    ours, theirs = ([test for test in evidence.behaviour(role, side) if "0" in test] for side in (PRETRAINED, SCRATCH))
    examples = evidence.answer("begun")["tasks"][0]["examples"] if evidence.has("begun") else []
    steps = f"after {ours[-1]['step']} steps"
    sides = [("pretrained, not fine-tuned", ROLES["note"][0], ours[0])]
    sides.append((f"pretrained, then fine-tuned, {steps}", ROLES["pretrained"][0], ours[-1]))
    if theirs:
        sides.append((f"from scratch, after {theirs[-1]['step']} steps", ROLES["scratch"][0], theirs[-1]))
    blocks, told = [], []
    for k in range(len(ours[0]["0"]["texts"])):
        given = (
            f"{quoted(beginning(examples[k]['prompt']))} …" if k < len(examples) else "From the beginning of a page …"
        )
        rows = [f'<p style="margin:.2rem 0 .4rem"><strong>{given}</strong></p>']
        written = [(name, colour, test["0"]["texts"][k]) for name, colour, test in sides]
        if author and k < len(examples):
            written.insert(0, (author, "currentColor", examples[k]["right"]))
        for name, colour, says in written:
            told.append(f"{name}: {' '.join(says.split())}")
            rows.append(
                f'<div style="border-left:4px solid {colour};padding:.1rem 0 .1rem .6rem;margin:0 0 .45rem">'
                f'<div style="font-size:.8rem;font-weight:600">{name}</div>'
                f'<div style="overflow-wrap:anywhere;line-height:1.35">{quoted(says.strip())}</div></div>'
            )
        blocks.append("".join(rows))
    title = "Three nets continue the same words"
    if author:
        title = f"How the bold words really continue ({author}), and how three nets continue them"
    columns = "display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:.25rem 1.5rem"
    grid = "".join(f"<div>{block}</div>" for block in blocks)
    return Figure(kind="html", spec=f'<div style="{columns}">{grid}</div>', alt="; ".join(told), title=title)
