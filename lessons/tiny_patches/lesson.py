"""Tiny patches. How little of a net must move to learn a new task, and what that saves."""

from __future__ import annotations

from lessons.kit.catalogue import Lesson, Prediction
from lessons.kit.values import Settings
from lessons.tiny_patches.claims import CLAIMS
from lessons.tiny_patches.pictures import CUT, SHARE, TRAINED, hook, live, picture, pictures, verdict
from lessons.tiny_patches.runs import METHOD, NEAR, SIZE, WHERE, WORLDS, backdrop, chosen, runs, sides
from lessons.tiny_patches.script import script as plain_torch


def script(settings: Settings) -> str:
    return plain_torch(sides(settings)[chosen(settings)], f"{settings[WHERE]}: {chosen(settings)}")


LESSON = Lesson(
    number=11,
    title="Tiny patches",
    covers=("P",),
    question="Must I move every weight?",
    controls=(METHOD, SIZE, WHERE),
    prediction=Prediction(
        asks=f"From six arms to {NEAR}, {WORLDS[NEAR].steps} steps. Close means within two points of full fine-tuning.",
        sliders=(TRAINED, SHARE, CUT),
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
)
