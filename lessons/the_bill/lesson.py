"""Defines the lesson “The bill”. It shows after how many tasks a backbone has paid for itself, in computing and in
labels."""

from __future__ import annotations

from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.the_bill.claims import CLAIMS
from lessons.the_bill.money import CASE
from lessons.the_bill.pictures import COMPUTE, HANDLES, MARKS, hook, picture, verdict, views
from lessons.the_bill.runs import ACCURACY, PAYER, PRICE, TASKS, backdrop, labels, runs, sides


def script(settings: Settings) -> str:
    shown = (
        scripts.digits(run, f"{side}, {labels(run)} labels per class, {run.steps} steps")
        for side, run in sides(settings).items()
    )
    return "\n\n".join(shown)


LESSON = Lesson(
    number=8,
    chapter="Choosing and paying",
    title="The bill",
    covers=("B1", "A4"),
    question="When does pretraining pay for itself?",
    controls=(TASKS, PRICE, PAYER, ACCURACY, *CASE),
    in_reach=3,
    folded="More, and your own case in euros",
    prediction=Prediction(
        asks="After how many tasks has pretraining paid for itself?",
        sliders=(*HANDLES.values(), COMPUTE),
        handles=MARKS,
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("Towers",),
    verdict=verdict,
    script=script,
)
