"""Measures each of the nine effects, in small nets and in a model that people use.

Every function returns the effect on each seed or draw, from the results of the claim that it is measured with. An
effect is a share of the largest possible one. It may be below 0 or above 1 by chance.
"""

from __future__ import annotations

import numpy as np

from core.experiment.tasks import COMBINATIONS
from lessons.kit.model.values import Results
from lessons.kit.results.chat_answers import FORM, PLAIN, TRUE, otherwise, shares
from lessons.kit.results.evidence import final, final_of_draws, oracle_best, retention

PHOTOS, SIX_EMOJI = "photos", "emoji of six kinds"  # sources of pictures in lesson 19
OF_TEN, OF_SIX = 1 / 10, 1 / 6  # accuracy of a guess
LEAST = 0.02  # the smallest difference in accuracy of which a share is taken
FACTS = tuple(one for one in COMBINATIONS if one.startswith(("in French", "answer")) and not one.endswith("twice"))


def lacks(better: np.ndarray, worse: np.ndarray, guess: float) -> np.ndarray:
    """Returns which share of what the better nets can do beyond guessing is missing from the worse nets."""
    return share_of(better - worse, better - guess)


def share_of(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Returns a part as a share of the mean whole, or 0 while the whole is too small to be divided, as it is at the
    first steps of training."""
    size = float(whole.mean())
    return part / size if size > LEAST else np.zeros_like(part)


def head_start(evidence: Results) -> np.ndarray:
    scratch = oracle_best(evidence.tables("scratch best", 1).values())
    return lacks(final(evidence.table("pretrained", 1)), scratch, OF_TEN)


def head_start_of_the_eye(evidence: Results) -> np.ndarray:
    small = oracle_best(evidence.tables("small", PHOTOS, 1).values())
    return lacks(final(evidence.table("eye", PHOTOS, 1)), small, OF_SIX)


def head_first(evidence: Results) -> np.ndarray:
    return lacks(final(evidence.table("lp_ft", 2)), final(evidence.table("full", 2)), OF_TEN)


def head_first_of_the_eye(evidence: Results) -> np.ndarray:
    first, at_once = (final_of_draws(evidence, "way", way) for way in ("head first", "all at once"))
    return lacks(first, at_once, OF_SIX)


def near(evidence: Results) -> np.ndarray:
    scratch = oracle_best(evidence.tables("scratch best", 10).values())
    glyphs, clothing = (final(evidence.table("after", world, "lp_ft", 10)) for world in ("upright", "clothing"))
    return share_of(glyphs - clothing, glyphs - scratch)


def near_of_the_eye(evidence: Results) -> np.ndarray:
    photos, emoji = (
        final(evidence.table("eye", source, 2)) - final(evidence.table("untrained", source, 2))
        for source in (PHOTOS, SIX_EMOJI)
    )
    return share_of(photos - emoji, photos)


def patch(evidence: Results) -> np.ndarray:
    thin, full = (evidence.table("patch", "two colours", way) for way in ("low rank 1", "full"))
    before = float(full[full.step == 0].accuracy.mean())
    return share_of(final(thin) - before, final(full) - before)


def patch_of_the_model(evidence: Results) -> np.ndarray:
    before = shares(evidence, TRUE, 0, "full").mean()
    thin, full = (shares(evidence, TRUE, -1, way) for way in ("patch", "full"))
    return share_of(thin - before, full - before)


def form(evidence: Results) -> np.ndarray:
    answer = evidence.answer("obeys", 600, "law or play, shouted")
    formed, right = (
        np.mean([np.concatenate([run[COMBINATIONS.index(one)] for run in answer[what]]) for one in FACTS], 0)
        for what in ("formed", "right")
    )
    return np.asarray(formed - right)


def form_of_the_model(evidence: Results) -> np.ndarray:
    place = ("tuned", "bare", 3e-4)
    return shares(evidence, FORM, -1, *place) - shares(evidence, TRUE, -1, *place)


def forgetting(evidence: Results) -> np.ndarray:
    return 1 - final(retention(evidence.table("5 to 9 after 0 to 4")))


def forgetting_of_the_eye(evidence: Results) -> np.ndarray:
    return np.array([1 - answer["kept"][0][0] for _, answer in sorted(evidence.answers("kept", "all at once").items())])


def high_rate(evidence: Results) -> np.ndarray:
    gentle, hot = (final(retention(evidence.table("glyphs", rate))) for rate in (3e-4, 3e-3))
    return lacks(gentle, hot, 0)


def high_rate_of_the_model(evidence: Results) -> np.ndarray:
    gentle, hot = (shares(evidence, PLAIN, -1, "tuned", "bare", rate) for rate in (3e-4, 3e-3))
    return lacks(gentle, hot, 0)


def prompt(evidence: Results) -> np.ndarray:
    return np.array([1 - seed[7] for seed in evidence.answer("net")["error"][0][0]])


def prompt_of_the_model(evidence: Results) -> np.ndarray:
    return otherwise(evidence, "prompt", FORM)


def replay(evidence: Results) -> np.ndarray:
    naive, kept = (
        final(retention(evidence.table("scene", "digits after glyphs", way))) for way in ("naive", "replay middle")
    )
    return share_of(kept - naive, 1 - naive)


def replay_of_the_model(evidence: Results) -> np.ndarray:
    before = shares(evidence, PLAIN, 0, "hot").mean()
    hot, kept = (shares(evidence, PLAIN, -1, way) for way in ("hot", "hot replay"))
    return share_of(kept - hot, before - hot)
