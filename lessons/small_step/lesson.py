"""Defines the lesson “A small step from a good place”. It shows the change that fine-tuning adds to a net, and how to
scale it."""

from __future__ import annotations

from core.experiment.tasks import Plane
from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Seeds, Settings
from lessons.small_step.claims import CLAIMS
from lessons.small_step.dial import tell_alpha
from lessons.small_step.pictures import HANDLES, HILLS, hook, picture, verdict, views
from lessons.small_step.runs import (
    ALL,
    DIAL,
    DIGITS,
    FLAT,
    LAYER,
    NETS,
    RANK,
    after,
    backdrop,
    live_run,
    runs,
    source,
)


def script(settings: Settings) -> str:
    new, first, rank = live_run(settings), source(Seeds()), settings[RANK]
    if settings[NETS] == DIGITS:
        return scripts.digits(new, "digits after glyphs: the new net at alpha 1")
    assert isinstance(new.task, Plane)
    places = dict(zip(FLAT.values(), ("0.0", "0.2", "0.4", "1"))) | {ALL: ""}
    return scripts.render_script(
        "lessons.small_step.script",
        f"{NETS.label_of(settings[NETS])}; delta is added to: {LAYER.label_of(settings[LAYER])}; "
        f"rank of delta: {RANK.label_of(rank)}",
        TURN=new.task.turn,
        APART=new.start is None,
        LAYER=places[settings[LAYER]],
        RANK=rank if isinstance(rank, int) else 0,
        **scripts.old(first),
        **scripts.constants(new),
    )


LESSON = Lesson(
    number=3,
    chapter="A head start",
    on_path=True,
    title="A small step from a good place",
    covers=("F",),
    question="What does fine-tuning change in a net?",
    controls=(NETS, DIAL, LAYER, RANK),
    in_reach=2,
    turn=DIAL,
    headline=tell_alpha,
    prediction=Prediction(
        asks="At which alpha does the net get most of these points right?",
        sliders=tuple(HILLS.values()),
        handles=HANDLES,
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("During training", "The dial"),
    verdict=verdict,
    script=script,
    after=after,
)
