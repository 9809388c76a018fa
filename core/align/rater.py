"""What a rater thinks of notes, as a reward model understood it from their choices, and as it truly is.

The reward model sees a note as a bag of words: which are in it and how often, not in which order, and it adds up what
each is worth. So it cannot see that a word said again is worth less: it is wrong on purpose, as every reward model is
wrong somewhere, and training will find where.
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

NOTES = 128  # that are written to judge a net, the luck of the draw always the same
RIDGE, TURNS = 1.0, 12  # how strongly worths are held to zero; Newton steps, after which nothing moves any more


def counts(notes: Tensor) -> Tensor:
    """(..., LENGTH) -> (..., words): how often each word is in each note."""
    return F.one_hot(notes, len(WORDS)).sum(-2).float()


@dataclass(frozen=True)
class RewardModel:
    """What each word is worth, for every seed."""

    worth: Tensor  # (seeds, words)
    mean: Tensor  # (seeds, 1): what the notes of the pairs are worth on average; their reward is 0

    @classmethod
    def fitted(cls, better: Tensor, worse: Tensor) -> RewardModel:
        """Logistic regression of the choices on the difference of word counts; notes (seeds, pairs, LENGTH)."""
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
        """(seeds, n, LENGTH) -> (seeds, n)."""
        return torch.einsum("snw,sw->sn", counts(notes), self.worth) - self.mean


def beaten(scores: Tensor, ordinary: Tensor) -> Tensor:
    """(..., n) scores: how often a note is preferred to ordinary ones (..., m), where the better one mostly is: the
    chance of Bradley & Terry 1952, on average over these."""
    return (scores[..., :, None] - ordinary[..., None, :]).sigmoid().mean(-1)


class Judge:
    """Has a net write, and says what became of it, in four units."""

    def __init__(self, case: Case):
        self.case, self.model = case, RewardModel.fitted(*case.pairs())
        self.ordinary = guest_book.test(case.task)[1][None]  # what guests write

    def sample_notes(self, theta: Theta, count: int = NOTES) -> Tensor:
        return write(self.case.net, theta, count, [generator("judged", seed) for seed in self.case.seeds])

    def scores(self, notes: Tensor) -> dict[str, Tensor]:
        """(seeds, n) of notes (seeds, n, LENGTH): how often each is preferred to what guests write, as the reward model
        promises and in truth; and whether it is unkind."""
        return {
            "promised": beaten(self.model(notes), self.model(self.ordinary.expand(len(notes), -1, -1))),
            "preferred": beaten(guest_book.quality(notes), guest_book.quality(self.ordinary)),
            "unkind": guest_book.is_any(notes, ("unkind",)).any(-1).float(),
        }

    def report(self, theta: Theta) -> dict[str, list[float]]:
        """Means of each seed's notes by unit: the scores, and how far the net has moved: the divergence from the
        reference in nats a note, at every place over all that might be said next."""
        notes = self.sample_notes(theta)
        with torch.no_grad():
            now, before = log_probs(self.case.net, theta, notes), log_probs(self.case.net, self.case.reference, notes)
        scores = self.scores(notes) | {"kl": (now.exp() * (now - before)).sum((-1, -2))}
        return {unit: [round(mean, 4) for mean in each.mean(1).tolist()] for unit, each in scores.items()}
