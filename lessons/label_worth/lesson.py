"""Defines the lesson “What is a label worth?”. It shows accuracy against labels on real handwriting, pretrained and
from scratch."""

from __future__ import annotations

from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.prediction import Handle, Prediction
from lessons.kit.model.values import Settings
from lessons.kit.model.wording import count_noun
from lessons.kit.runs.recipes import METHOD
from lessons.label_worth.claims import CLAIMS
from lessons.label_worth.pictures import HANDLES, hook, labelled, picture, tells, verdict, views
from lessons.label_worth.runs import BACKBONE, COUNT, LABELS, backdrop, pretrained, runs


def script(settings: Settings) -> str:
    return scripts.digits(
        pretrained(settings), f"pretrained net, {count_noun(settings[LABELS], 'label')} per class, {settings[METHOD]}"
    )


LESSON = Lesson(
    number=1,
    chapter="A head start",
    on_path=True,
    title="What is a label worth?",
    covers=("A2", "T"),
    question="How many labels does pretraining save?",
    controls=(LABELS, METHOD, BACKBONE),
    prediction=Prediction(
        asks="How many of the unseen digits will the pretrained net read?",
        sliders=tuple(HANDLES.values()),
        handles=tuple(Handle(x=n, y=control, unit=" %", start=55) for n, control in HANDLES.items()),
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("Digit by digit", "The backbone"),
    verdict=verdict,
    script=script,
    sheet=LearnerInput(
        kind="labels",
        label="Which digit is this?",
        help="Both nets learn from your labels, even where the dataset has another label.",
        default="-" * COUNT,
        most=COUNT,
        beat="Look",
    ),
    labelled=labelled,
    tells=tells,
)
