"""What was really learned? Which copied layers serve a new task, frozen, trained on or shuffled."""

from __future__ import annotations

from lessons.kit.catalogue import Lesson, Prediction
from lessons.kit.values import Settings
from lessons.what_was_learned.claims import CLAIMS
from lessons.what_was_learned.pictures import BEST, RANDOM_RIGHT, hook, live, picture, pictures, verdict
from lessons.what_was_learned.runs import COPIED, FROZEN, WORLD, backdrop, live_run, runs
from lessons.what_was_learned.script import script as plain_torch


def script(settings: Settings) -> str:
    return plain_torch(live_run(settings, FROZEN), settings[WORLD])


LESSON = Lesson(
    number=5,
    title="What was really learned?",
    covers=("R",),
    question="Where is the reusable part?",
    controls=(COPIED, WORLD),
    prediction=Prediction(
        asks="Now the copied layers are frozen, and only what is above them learns. What then?",
        sliders=(BEST, RANDOM_RIGHT),
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
