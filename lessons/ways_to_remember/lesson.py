"""Ways to remember. What protects an old skill, and what that costs the new one."""

from __future__ import annotations

from lessons.kit.catalogue import Lesson, Prediction
from lessons.kit.values import Settings
from lessons.ways_to_remember.claims import CLAIMS
from lessons.ways_to_remember.pictures import HANDLES, TIGHTLY, hook, live, picture, pictures, verdict
from lessons.ways_to_remember.runs import METHOD, SCENE, STRENGTH, backdrop, live_run, picked, runs
from lessons.ways_to_remember.script import script as plain_torch


def script(settings: Settings) -> str:
    return plain_torch(live_run(settings), f"{picked(settings)}, {settings[SCENE]}")


LESSON = Lesson(
    number=10,
    title="Ways to remember",
    covers=("B3",),
    question="Can I learn without losing?",
    controls=(METHOD, STRENGTH, SCENE),
    prediction=Prediction(
        asks="How much of the skill with glyphs is left, and what does too much caution do?",
        sliders=(*HANDLES.values(), TIGHTLY),
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
