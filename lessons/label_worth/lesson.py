"""Defines the lesson “What is a label worth?”. It shows accuracy against labels on real handwriting, pretrained and
from scratch."""

from __future__ import annotations

from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.prediction import Handle, Prediction
from lessons.kit.model.values import Settings
from lessons.kit.runs.recipes import METHOD
from lessons.label_worth.claims import CLAIMS
from lessons.label_worth.pictures import HANDLES, hook, labelled, picture, tells, verdict, views
from lessons.label_worth.runs import BACKBONE, COUNT, LABELS, backdrop, pretrained, runs


def script(settings: Settings) -> str:
    return scripts.digits(pretrained(settings), f"{settings[LABELS]} labels per class, pretrained, {settings[METHOD]}")


LESSON = Lesson(
    number=1,
    chapter="A head start",
    on_path=True,
    title="What is a label worth?",
    covers=("A2", "T"),
    question="How few labels can I get away with?",
    controls=(LABELS, METHOD, BACKBONE),
    prediction=Prediction(
        asks="How many unseen digits will the pretrained net read? Drag the three points.",
        sliders=tuple(HANDLES.values()),
        handles=tuple(Handle(x=n, y=control, unit=" %", start=70) for n, control in HANDLES.items()),
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("The walls", "The backbone"),
    verdict=verdict,
    script=script,
    sheet=LearnerInput(
        kind="labels",
        label="What do you read?",
        help="Both nets learn from your labels, also from those that the data have otherwise.",
        default="-" * COUNT,
        most=COUNT,
        beat="Look",
    ),
    labelled=labelled,
    tells=tells,
)
