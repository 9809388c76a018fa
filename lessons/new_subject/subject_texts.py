"""What the subjects of this lesson are called, and the beginnings that its nets go on from."""

from __future__ import annotations

from core.user_data import corpus
from lessons.kit.figures import Figure
from lessons.kit.figures.subject_adaptation import passages
from lessons.kit.model.values import Results, Settings
from lessons.new_subject.runs import BROUGHT, SUBJECT, SUBJECTS

CALLED = dict(zip(SUBJECTS, ("Shakespeare", "law", "code"))) | {BROUGHT: BROUGHT}


def subject_text(subject: str) -> str:
    """As a sentence calls it; a text of the learner's own as its file is called."""
    return CALLED.get(subject) or corpus.display_name(subject)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def hook(evidence: Results, settings: Settings) -> Figure:
    """The beginnings that nets are given, and what stands there in truth."""
    return passages(evidence, subject_text(settings[SUBJECT]))
