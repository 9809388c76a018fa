"""Names the subjects of this lesson, and draws the beginnings of texts that its nets continue."""

from __future__ import annotations

from core.user_data import corpus
from lessons.kit.figures import Figure
from lessons.kit.figures.subject_adaptation import passages
from lessons.kit.model.values import Results, Settings
from lessons.new_subject.runs import BROUGHT, SUBJECT, SUBJECTS

CALLED = dict(zip(SUBJECTS, ("Shakespeare", "law", "code"))) | {BROUGHT: BROUGHT}


def subject_text(subject: str) -> str:
    """Returns the name of a subject in a sentence. A learner's own text has the name of its file."""
    return CALLED.get(subject) or corpus.display_name(subject)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the beginnings of texts that the nets continue, with their true continuations."""
    return passages(evidence, subject_text(settings[SUBJECT]))
