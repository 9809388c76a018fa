"""Lists the pasts of the time machine: the runs of lessons that forgot, and any run that learned images or points."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from core.experiment.checks import BadValue
from core.experiment.spec import Run
from core.user_data import ownership
from lessons.kit.model.values import Control, Seeds
from lessons.kit.runs.forgetting import AFTER_ARMS, AFTER_LOW, CELLS, after_arms, after_low
from lessons.kit.runs.forgetting import TILES as DIGITS
from lessons.kit.runs.recipes import FORGETTING_RATE, arms, backbone
from lessons.kit.sandbox import link_codec
from lessons.kit.sandbox.experiment import fits
from lessons.ways_to_remember.runs import DARK, LIVE, NAIVE, TILES, digits

SEEN = {"images": TILES, "points": CELLS}  # by the form of the examples: how many a run records, or the cells of a map


def is_past(text: str) -> bool:
    """Returns whether a text encodes a run that the learner can go back into. Raises Gone if its data no longer
    exist."""
    run = None
    with suppress(BadValue):
        run = fits(link_codec.read(text))
    if run is not None:
        ownership.check_run(run)
    return run is not None and takes(run)


def takes(run: Run) -> bool:
    """Returns whether the answers of the run can be shown test by test, and whether another run can still start from
    it."""
    return run.task.form in SEEN and run.steps > 1 and len(tuple(run.lineage())) < 8


PAST = Control(
    name="past",
    label="Which past",
    options=(DARK, AFTER_LOW, AFTER_ARMS),
    default=DARK,
    help="Nets that learned a new task and forgot the old one, because nothing protected it.",
    known=is_past,
)


@lru_cache(maxsize=256)
def past(name: str) -> Run:
    """Returns the run of a past with four nets, of which the first records its answers at every test. It can also be
    the run that a text encodes, with the same records."""
    seeds = Seeds(LIVE)
    if name == AFTER_LOW:
        return replace(after_low(FORGETTING_RATE, seeds), exhibit=DIGITS)
    if name == AFTER_ARMS:
        return replace(after_arms(FORGETTING_RATE, seeds, arms()), exhibit=CELLS)
    if name == DARK:
        return replace(digits(DARK, NAIVE, seeds, backbone()), exhibit=TILES)
    return with_records(link_codec.read(name))


def with_records(run: Run) -> Run:
    """Returns the run with recorded answers of its first net. It also watches the task of its source if that is
    another task."""
    old = next((one.task for one in list(run.lineage())[1:] if one.task != run.task), None)
    watch = run.watch[:1] or ((old,) if old else ())
    return replace(run, watch=watch, exhibit=run.exhibit or SEEN[run.task.form])


def text(run: Run) -> str:
    """Encodes a run for a link."""
    return link_codec.write(run)
