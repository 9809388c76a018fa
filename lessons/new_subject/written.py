"""What the subjects of this lesson are called, and the beginnings that its nets go on from."""

from __future__ import annotations

from core import corpus
from lessons.kit.figures import Figure
from lessons.kit.figures.subject import passages
from lessons.kit.values import Evidence, Settings
from lessons.new_subject.runs import BROUGHT, SUBJECT, SUBJECTS

CALLED = dict(zip(SUBJECTS, ("Shakespeare", "law", "code"))) | {BROUGHT: BROUGHT}


def named(subject: str) -> str:
    """As a sentence calls it; a text of the learner's own as its file is called."""
    return CALLED.get(subject) or corpus.called(subject)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """The beginnings that nets are given, and what stands there in truth."""
    return passages(evidence, named(settings[SUBJECT]))
