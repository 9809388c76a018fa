"""Names the subjects of this lesson, and draws the beginnings of texts that its nets continue."""

from __future__ import annotations

from core.user_data import corpus
from lessons.kit.figures import Figure
from lessons.kit.figures.subject_adaptation import continuations, passages
from lessons.kit.model.values import Results, Settings
from lessons.kit.runs.text_adaptation import PRETRAINED
from lessons.new_subject.runs import BROUGHT, SUBJECT, SUBJECTS

CALLED = dict(zip(SUBJECTS, ("Shakespeare", "law", "code"))) | {BROUGHT: BROUGHT}


def subject_text(subject: str) -> str:
    """Returns the name of a subject in a sentence. A learner's own text has the name of its file."""
    return CALLED.get(subject) or corpus.display_name(subject)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the beginnings of texts with their true continuations, beside the continuations of three nets if they are
    recorded."""
    name = subject_text(settings[SUBJECT])
    if evidence.has("begun") and evidence.behaviour("recorded", PRETRAINED):
        return continuations(
            evidence, "recorded", f"the real {name}" if name != "Shakespeare" else "Shakespeare himself"
        )
    return passages(evidence, name)
