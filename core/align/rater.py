"""Models the taste of a rater: as a reward model learns it from the rater's choices, and as it truly is.

The reward model sees a note as a bag of words: it counts the words, ignores their order, and adds up the worth of
each. So it cannot see that a repeated word is worth less. This error is deliberate. Every reward model is wrong
somewhere, and training finds out where.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from core.align import Case, log_probs, write
from core.experiment.guest_book_words import WORDS
from core.nets import Theta
from core.worlds import generator, guest_book

NOTES = 128  # notes that are written to judge a net, always with the same random numbers
RIDGE, TURNS = 1.0, 12  # strength of the ridge penalty, and Newton steps, which are enough to converge


def counts(notes: Tensor) -> Tensor:
    """Counts how often each word is in each note: (..., LENGTH) -> (..., words)."""
    return F.one_hot(notes, len(WORDS)).sum(-2).float()


@dataclass(frozen=True)
class RewardModel:
    """Holds the worth of each word, for every seed."""

    worth: Tensor  # (seeds, words)
    mean: Tensor  # (seeds, 1): the mean worth of the notes in the pairs; a note of mean worth has reward 0

    @classmethod
    def fitted(cls, better: Tensor, worse: Tensor) -> RewardModel:
        """Fits a logistic regression of the choices on the difference of word counts. The notes have the shape
        (seeds, pairs, LENGTH)."""
        gap = counts(better) - counts(worse)
        worth, ridge = torch.zeros(len(gap), len(WORDS)), RIDGE * torch.eye(len(WORDS))
        for _ in range(TURNS):
            surprise = torch.einsum("snw,sw->sn", gap, worth).neg().sigmoid()
            gradient = torch.einsum("snw,sn->sw", gap, surprise) - RIDGE * worth
            hessian = torch.einsum("snw,sn,snv->swv", gap, surprise * (1 - surprise), gap) + ridge
            worth = worth + torch.linalg.solve(hessian, gradient)
        both = counts(torch.cat([better, worse], 1))
        return cls(worth, torch.einsum("snw,sw->sn", both, worth).mean(1, keepdim=True))

    def __call__(self, notes: Tensor) -> Tensor:
        """Returns the reward of each note: (seeds, n, LENGTH) -> (seeds, n)."""
        return torch.einsum("snw,sw->sn", counts(notes), self.worth) - self.mean


def preference_rate(scores: Tensor, ordinary: Tensor) -> Tensor:
    """Returns how often each note with scores (..., n) is preferred to ordinary notes (..., m).

    It is the mean probability over the ordinary notes, in the model of Bradley & Terry (1952).
    """
    return (scores[..., :, None] - ordinary[..., None, :]).sigmoid().mean(-1)


class Judge:
    """Lets a net write notes and scores them in four units."""

    def __init__(self, case: Case):
        self.case, self.model = case, RewardModel.fitted(*case.pairs())
        self.ordinary = guest_book.test(case.task)[1][None]  # notes that guests write

    def sample_notes(self, theta: Theta, count: int = NOTES) -> Tensor:
        """Samples notes from the net, always with the same random numbers."""
        return write(self.case.net, theta, count, [generator("judged", seed) for seed in self.case.seeds])

    def scores(self, notes: Tensor) -> dict[str, Tensor]:
        """Scores notes (seeds, n, LENGTH), with one value (seeds, n) in each unit.

        The units are how often a note is preferred to what guests write, as the reward model predicts it ("promised")
        and in truth ("preferred"), and whether the note is unkind.
        """
        return {
            "promised": preference_rate(self.model(notes), self.model(self.ordinary.expand(len(notes), -1, -1))),
            "preferred": preference_rate(guest_book.quality(notes), guest_book.quality(self.ordinary)),
            "unkind": guest_book.is_any(notes, ("unkind",)).any(-1).float(),
        }

    def report(self, theta: Theta) -> dict[str, list[float]]:
        """Returns the mean of each score over a seed's notes, by unit, and how far the net has drifted from the
        reference.

        The drift "kl" is the divergence from the reference in nats a note, summed over all places and all possible
        next words.
        """
        notes = self.sample_notes(theta)
        with torch.no_grad():
            now, before = log_probs(self.case.net, theta, notes), log_probs(self.case.net, self.case.reference, notes)
        scores = self.scores(notes) | {"kl": (now.exp() * (now - before)).sum((-1, -2))}
        return {unit: [round(mean, 4) for mean in each.mean(1).tolist()] for unit, each in scores.items()}
