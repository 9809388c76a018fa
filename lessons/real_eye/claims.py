"""Defines the claims of this lesson: what a net for photos that people use knows about other pictures (R1), how its
lead shrinks with the distance (R2), and what fine-tuning does to what it knew (R3)."""

from __future__ import annotations

import numpy as np

from core.experiment.brought_tasks import DIGITS, EMOJI, PHOTOS, SIX_EMOJI
from lessons.kit.figures import percent
from lessons.kit.lesson.catalogue import Check, Claim, Finding
from lessons.kit.model.values import Results
from lessons.kit.model.wording import count_noun
from lessons.kit.results.evidence import bootstrap, final_of_draws, interval
from lessons.kit.results.label_savings import accuracies, best_accuracies
from lessons.real_eye.runs import (
    FEW,
    GENTLE,
    HEAD_FIRST,
    HEAD_ONLY,
    HOT,
    SOURCES,
    WAYS,
    lead_runs,
    small_runs,
    way_runs,
)

POINTS_AHEAD, TIMES, FIRST_AHEAD, NAMES_LEFT = 15, 1.5, 5, 0.1  # the conditions of the claims
SHORT = {EMOJI: "emoji", PHOTOS: "photos", SIX_EMOJI: "six", DIGITS: "digits"}  # names of slots


def leads(evidence: Results, source: str) -> dict[int, np.ndarray]:
    """Returns by how much the pretrained net is ahead of the untrained one on every draw, in points."""
    ours, theirs = (accuracies(evidence, role, source) for role in ("eye", "untrained"))
    return {n: 100 * (ours[n] - theirs[n]) for n in ours if n in theirs}


def ways(evidence: Results) -> dict[str, np.ndarray]:
    """Returns the accuracy on unseen photos on every draw, by the way to fine-tune."""
    return {way: final_of_draws(evidence, "way", way) for way in WAYS if evidence.tables("way", way)}


def names_kept(evidence: Results) -> dict[str, np.ndarray]:
    """Returns the share of unseen photos that keep their ImageNet name on every draw, by the way to fine-tune."""
    found = {way: evidence.answers("kept", way) for way in WAYS}
    return {way: np.array([one["kept"][0][0] for one in draws.values()]) for way, draws in found.items() if draws}


def one_label(evidence: Results) -> Finding:
    ahead = {source: leads(evidence, source)[1] for source in (PHOTOS, EMOJI)}
    low, high = interval(ahead[EMOJI])
    numbers: dict[str, str] = {}
    for source in (PHOTOS, EMOJI):
        best = best_accuracies(evidence, "small", source)
        for n in FEW:
            ours, theirs = (accuracies(evidence, role, source)[n] for role in ("eye", "untrained"))
            numbers |= {f"{SHORT[source]}{n}": percent(float(ours.mean()))}
            numbers |= {f"{SHORT[source]}_untrained{n}": percent(float(theirs.mean()))}
            numbers |= {f"{SHORT[source]}_small{n}": percent(float(best[n].mean()))}
    other = [float(table["accuracy 1"].iloc[-8:].mean()) for _, table in sorted(evidence.tables("eye", EMOJI).items())]
    numbers |= {f"other{n}": percent(share) for n, share in zip(FEW, other)}
    return Finding(
        value=float(ahead[EMOJI].mean()),
        low=low,
        high=high,
        checks=tuple(
            Check(
                says=f"with one label per class, the pretrained net is at least {POINTS_AHEAD} points ahead on "
                f"{source}",
                met=bool(lead.mean() >= POINTS_AHEAD),
            )
            for source, lead in ahead.items()
        ),
        numbers=numbers | {f"{SHORT[source]}_lead": f"{lead.mean():.0f}" for source, lead in ahead.items()},
    )


def near_and_far(evidence: Results) -> Finding:
    near, far = (leads(evidence, source) for source in (PHOTOS, SIX_EMOJI))

    def times(draw: np.ndarray | slice = slice(None)) -> float:
        return float(sum(near[n][draw].mean() for n in FEW) / sum(far[n][draw].mean() for n in FEW))

    low, high = bootstrap(times, len(near[1]))
    numbers = {
        f"{SHORT[source]}{n}": f"{lead.mean():.0f}" for source in SOURCES for n, lead in leads(evidence, source).items()
    }
    return Finding(
        value=times(),
        low=low,
        high=high,
        checks=tuple(
            Check(
                says=f"with {count_noun(n, 'label')} per class, its lead on photos is at least {TIMES} times its lead "
                "on emoji of the same six kinds",
                met=bool(near[n].mean() >= TIMES * far[n].mean()),
            )
            for n in FEW
        ),
        numbers=numbers | {"times": f"{times():.1f}"},
    )


def head_first(evidence: Results) -> Finding:
    reached, kept = ways(evidence), names_kept(evidence)
    ahead = 100 * (reached[HEAD_FIRST] - reached[GENTLE])
    low, high = interval(ahead)
    slots = {HEAD_ONLY: "only", HEAD_FIRST: "first", GENTLE: "gentle", HOT: "hot"}
    numbers = {name: percent(float(reached[way].mean())) for way, name in slots.items()}
    numbers |= {f"{name}_kept": percent(float(kept[way].mean())) for way, name in slots.items()}
    return Finding(
        value=float(ahead.mean()),
        low=low,
        high=high,
        checks=(
            Check(
                says=f"training the head first is at least {FIRST_AHEAD} points ahead of training everything at once",
                met=bool(ahead.mean() >= FIRST_AHEAD),
            ),
            Check(
                says="after training everything at once at ten times the learning rate, at most a tenth of the "
                "photos keep their name",
                met=bool(kept[HOT].mean() <= NAMES_LEFT),
            ),
        ),
        numbers=numbers | {"ahead": f"{ahead.mean():.0f}"},
    )


EYE = "EfficientNet-Lite0, a net for photos that people use,"
CLAIMS = (
    Claim(
        id="R1",
        statement=(
            f"{EYE} learns six kinds of photos and ten kinds of emoji from one label per class. Only its head is "
            "trained. It names {photos1} of unseen photos and {emoji1} of unseen emoji. The same net with random "
            "weights names {photos_untrained1} and {emoji_untrained1}."
        ),
        runs=lambda seeds: [*lead_runs(seeds), *small_runs(seeds)],
        finding=one_label,
        statistic="percentage points by which the pretrained net is ahead of the same net with random weights, on "
        "unseen emoji with one label per class",
        bar="With one label per class, the pretrained net is at least 15 percentage points ahead of the same net "
        "with random weights, on photos and on emoji.",
        paper="Kornblith et al. 2019, Do Better ImageNet Models Transfer Better?",
        paper_found="On twelve datasets, nets that were better on ImageNet were also better after transfer, with a new "
        "classifier on frozen features as well as after fine-tuning.",
    ),
    Claim(
        id="R2",
        statement=(
            f"{EYE} is ahead of the same net with random weights by {{photos1}}, {{photos2}} and {{photos5}} "
            "percentage points on photos of six kinds, with 1, 2 and 5 labels per class. On emoji of the same six "
            "kinds it is ahead by {six1}, {six2} and {six5} points, and on handwritten digits by {digits1}, {digits2} "
            "and {digits5}."
        ),
        runs=lambda seeds: lead_runs(seeds, SOURCES),
        finding=near_and_far,
        statistic="how many times as large the lead is on photos as on emoji of the same six kinds, over 1, 2 and 5 "
        "labels per class",
        bar="On the same six kinds, and with 1, 2 and 5 labels per class, its lead on photos is at least 1.5 times its "
        "lead on emoji.",
        paper="Yosinski et al. 2014, How Transferable Are Features in Deep Neural Networks?",
        paper_found="The features of an ImageNet net transferred less well to a more distant task, but even then "
        "better than random features.",
    ),
    Claim(
        id="R3",
        statement=(
            f"{EYE} learns six kinds of photos from two labels per class. If the head is trained first, it names "
            "{first} of unseen photos, and {gentle} if everything is trained at once. At ten times the learning rate "
            "it names {hot}, and only {hot_kept} of the photos keep the ImageNet name that the net gave them before."
        ),
        runs=way_runs,
        finding=head_first,
        statistic="percentage points by which training the head first is ahead of training everything at once, at the "
        "same learning rate",
        bar="Training the head first is at least 5 points ahead of training everything at once. After training "
        "everything at once at ten times the learning rate, at most a tenth of the photos keep their ImageNet name.",
        paper="Kumar et al. 2022, Fine-Tuning Can Distort Pretrained Features and Underperform Out-of-Distribution",
        paper_found="Full fine-tuning with a random head distorted the pretrained features. Training the head first "
        "avoided most of it.",
    ),
)
