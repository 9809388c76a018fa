"""A small step from a good place. What fine-tuning adds to a net, and the dial that it is."""

from __future__ import annotations

from lessons.kit.catalogue import Lesson, Prediction
from lessons.kit.digit_script import script as plain_torch
from lessons.kit.values import Seeds, Settings
from lessons.small_step.claims import CLAIMS
from lessons.small_step.pictures import HALF, SIZE, hook, live, picture, pictures, verdict
from lessons.small_step.runs import (
    ALL,
    DIGITS,
    FLAT,
    LAYER,
    NETS,
    RANK,
    TARGET,
    after,
    backdrop,
    live_run,
    runs,
    source,
)
from lessons.small_step.script import script as dial_script


def script(settings: Settings) -> str:
    new, rank = live_run(settings), settings[RANK]
    if settings[NETS] == DIGITS:
        return plain_torch(new, "digits after glyphs, the new net at alpha 1")
    layer = None if settings[LAYER] == ALL else tuple(FLAT.values()).index(settings[LAYER])
    title = f"{settings[NETS]}; layers that delta is added to: {settings[LAYER]}; its rank: {rank}"
    return dial_script(source(Seeds()), new, layer, rank if isinstance(rank, int) else 0, title)


LESSON = Lesson(
    number=2,
    title="A small step from a good place",
    covers=("F",),
    question="What changes when you fine-tune?",
    controls=(NETS, LAYER, RANK),
    prediction=Prediction(
        asks=f"The net is now fine-tuned on arms turned by {TARGET.turn:g} degrees.", sliders=(SIZE, HALF)
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
