"""Makes the choice that the lessons advise for a brief, and names the lesson that teaches each step.

It reads only the brief and not the results of the search. The exceptions are BRINGS, MOST and DEAR, which were set
after looking at these results.
"""

from __future__ import annotations

from typing import NamedTuple

from lessons.kit.capstone.briefs import COINS, Brief
from lessons.kit.capstone.jobs import (
    ALL,
    FAR,
    HEAD,
    HEAD_FIRST,
    LOW_RANK,
    NEAR,
    PIN,
    REHEARSE,
    SCRATCH,
    UNPROTECTED,
    WRONG,
    Choice,
    Offer,
)

# About how many points a larger number of labels adds while there are few of them. It adds more if the features must
# change too.
BRINGS = {NEAR: 5, FAR: 7}
MOST = 0.9  # the share of the budget that may be spent on labels; the rest is for computing
DEAR = 100  # coins for a billion operations, if a point costs COINS


class Step(NamedTuple):
    """Holds one part of the decision."""

    chosen: str
    why: str
    lesson: str  # the slug of the lesson


def backbone(brief: Brief) -> tuple[Offer, Step]:
    """Returns the net on offer that has learned the most similar task, if it has learned something useful."""
    order = (NEAR, FAR, WRONG)
    offers = [offer for offer in brief.job_of.offers if offer.run]
    offer = min(offers, key=lambda offer: order.index(offer.lies))
    if offer.lies == WRONG:
        nothing = brief.job_of.offer(SCRATCH)
        return nothing, Step(SCRATCH, "a net that was taught something of no use is worse than none", "wrong_teacher")
    if offer.lies == FAR:
        return offer, Step(offer.name, "far away, but its features still beat random ones", "fast_start")
    return offer, Step(offer.name, "choose the backbone that has learned what is nearest", "one_backbone")


def method(brief: Brief, start: Offer) -> Step:
    """Returns how much of the net to train, which depends on the distance of the task and on the limits of the
    brief."""
    if not start.run:
        return Step(ALL, "random weights must all be learned", "what_was_learned")
    if brief.patch:
        return Step(
            LOW_RANK, "a thin patch does nearly what full fine-tuning does, at a fraction of the size", "tiny_patches"
        )
    if start.lies == NEAR and (brief.operations or brief.computing_price >= DEAR * brief.coins_a_point / COINS):
        return Step(HEAD, "near by, the features are good as they are, and the head alone costs least", "label_worth")
    if start.lies == NEAR:
        return Step(HEAD_FIRST, "near by, train the head on good features, then move these gently", "label_worth")
    return Step(ALL, "far away, the features themselves must change", "what_was_learned")


def protection(brief: Brief, moves: str) -> Step:
    """Returns the protection of the old skill, if the brief needs it and if it is in danger."""
    if not brief.keep:
        return Step(UNPROTECTED, "nobody needs the old skill", "day_it_forgot")
    if moves == HEAD:
        return Step(UNPROTECTED, "what does not move does not forget", "day_it_forgot")
    if REHEARSE in brief.job_of.protections:
        why = "a few old examples, practised beside the new ones, keep most of the skill"
        return Step(REHEARSE, why, "ways_to_remember")
    return Step(PIN, "no old examples are kept: hold the weights that mattered", "ways_to_remember")


def labels(brief: Brief, start: Offer) -> tuple[int, Step]:
    """Returns the number of labels. It goes to the next larger number as long as the labels cost no more than the
    points that they add."""
    size, brings = brief.sizes[0], BRINGS[start.lies]
    for larger in brief.sizes[1:]:
        more, all_of_them = (brief.job_of.classes * n * brief.label_price for n in (larger - size, larger))
        if more > brings * brief.coins_a_point or all_of_them > MOST * brief.budget:
            break
        size = larger
    why = f"several times as many bring some {brings} points, and less and less: go on as long as they cost no more"
    return size, Step(f"{size} labels per class", why, "the_bill")


def advice(brief: Brief) -> tuple[Choice, list[Step]]:
    """Returns the choice that the lessons advise, and the reason for each step."""
    start, first = backbone(brief)
    second = method(brief, start)
    third = protection(brief, second.chosen)
    size, last = labels(brief, start)
    return brief.job_of.plain(Choice(start.name, second.chosen, third.chosen, size)), [first, second, third, last]
