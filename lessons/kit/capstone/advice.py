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
        why = "a backbone that learned something useless is worse than starting from scratch"
        return nothing, Step("from scratch", why, "wrong_teacher")
    if offer.lies == FAR:
        why = "this backbone learned a very different task, but its features are still better than random ones"
        return offer, Step(offer.name, why, "fast_start")
    return offer, Step(offer.name, "choose the backbone that learned the most similar task", "one_backbone")


def method(brief: Brief, start: Offer) -> Step:
    """Returns how much of the net to train, which depends on the distance of the task and on the limits of the
    brief."""
    if not start.run:
        return Step(ALL, "a net from scratch must learn all of its weights", "what_was_learned")
    if brief.patch:
        return Step(
            LOW_RANK,
            "a low-rank patch is almost as good as fine-tuning all weights, at a fraction of the size",
            "tiny_patches",
        )
    if start.lies == NEAR and (brief.operations or brief.computing_price >= DEAR * brief.coins_a_point / COINS):
        why = "the task is similar, so the features are good already, and training only the head is the cheapest way"
        return Step(HEAD, why, "label_worth")
    if start.lies == NEAR:
        why = "the task is similar, so train the head on the good features first, and then fine-tune them gently"
        return Step(HEAD_FIRST, why, "label_worth")
    return Step(ALL, "the task is very different, so the features must change too", "what_was_learned")


def protection(brief: Brief, moves: str) -> Step:
    """Returns the protection of the old skill, if the brief needs it and if it is in danger."""
    if not brief.keep:
        return Step(UNPROTECTED, "nobody needs the old skill", "day_it_forgot")
    if moves == HEAD:
        return Step(UNPROTECTED, "frozen layers do not forget", "day_it_forgot")
    if REHEARSE in brief.job_of.protections:
        why = "a few old examples, practised together with the new ones, keep most of the old skill"
        return Step(REHEARSE, why, "ways_to_remember")
    return Step(PIN, "there are no old examples, so protect the weights that the old skill needs", "ways_to_remember")


def labels(brief: Brief, start: Offer) -> tuple[int, Step]:
    """Returns the number of labels. It goes to the next larger number as long as the labels cost no more than the
    points that they add."""
    size, brings = brief.sizes[0], BRINGS[start.lies]
    for larger in brief.sizes[1:]:
        more, all_of_them = (brief.job_of.classes * n * brief.label_price for n in (larger - size, larger))
        if more > brings * brief.coins_a_point or all_of_them > MOST * brief.budget:
            break
        size = larger
    why = (
        f"the next larger number of labels adds about {brings} points, so buy more labels as long as they cost less "
        "than these points"
    )
    return size, Step(f"{size} labels per class", why, "the_bill")


def advice(brief: Brief) -> tuple[Choice, list[Step]]:
    """Returns the choice that the lessons advise, and the reason for each step."""
    start, first = backbone(brief)
    second = method(brief, start)
    third = protection(brief, second.chosen)
    size, last = labels(brief, start)
    return brief.job_of.plain(Choice(start.name, second.chosen, third.chosen, size)), [first, second, third, last]
