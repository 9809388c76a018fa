"""The day it forgot. What is left of the old skill while a net learns a new one."""

from __future__ import annotations

from lessons.day_it_forgot.claims import CLAIMS
from lessons.day_it_forgot.pictures import HALF_LOST, LEFT, hook, in_words, live, picture, pictures, verdict
from lessons.day_it_forgot.runs import (
    AFTER_ARMS,
    AFTER_LOW,
    RATE,
    SIMILARITY,
    STANDARD,
    TASK,
    after,
    backdrop,
    live_run,
    runs,
)
from lessons.day_it_forgot.script import script as low_then_high
from lessons.kit.catalogue import Lesson, Prediction
from lessons.kit.digit_script import script as plain_torch
from lessons.kit.plane_script import script as plane_torch
from lessons.kit.recipes import STEPS
from lessons.kit.values import Settings


def script(settings: Settings) -> str:
    run = live_run(settings)
    if settings[TASK] == AFTER_LOW:
        return low_then_high(run)
    if settings[TASK] == AFTER_ARMS:
        return plane_torch(run, f"{in_words(settings)}, rate {settings[RATE]:g}")
    return plain_torch(run, f"{in_words(settings)}, rate {settings[RATE]:g}; its last line is the new skill")


LESSON = Lesson(
    number=9,
    title="The day it forgot",
    covers=("B3",),
    question="What happens to the old skill?",
    controls=(RATE, TASK, SIMILARITY),
    prediction=Prediction(
        asks=f"Digits after glyphs, {STEPS} steps at a learning rate of {STANDARD:g}. What becomes of the skill with "
        "glyphs?",
        sliders=(HALF_LOST, LEFT),
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    live=live,
    pictures=pictures,
    verdict=verdict,
    script=script,
    after=after,
)
