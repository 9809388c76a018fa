"""Reads how good the answers of a language model are, from what its runs have recorded
(core/training/chat_answers.py)."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.kit.model.values import Behaviour, Results

FORM, TRUE, PLAIN = "formed", "right", "plain_right"  # what is judged: the form, the truth, and the truth as plain text


def share(moment: Behaviour, what: str) -> float:
    """Returns the share of the answers at one test that are judged good."""
    return float(np.mean(moment["0"][what]))


def shares(evidence: Results, what: str, at: int, role: str, *place: Any) -> np.ndarray:
    """Returns the share of good answers on every draw, at the first test (0) or at the last one (-1)."""
    draws = sorted(evidence.tables(role, *place))
    return np.array([share(evidence.behaviour(role, *place, k)[at], what) for k in draws])


def otherwise(evidence: Results, way: str, what: str) -> np.ndarray:
    """Returns the share of good answers of the untouched model on every draw, asked in another way
    (core/measure/ways_to_ask.py)."""
    answers = [answer for _, answer in sorted(evidence.answers("ways").items())]
    return np.array([np.mean(answer["tasks"][0][way][what]) for answer in answers])
