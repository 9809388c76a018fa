"""Defines the lesson “Kind or unkind?”. It compares the nets with few labels again, on sentences that people wrote
and rated."""

from __future__ import annotations

from core.experiment.tasks import Sentiment
from lessons.kind_words.claims import CLAIMS
from lessons.kind_words.pictures import HANDLES, MARKS, hook, picture, verdict, views
from lessons.kind_words.runs import ABOUT, LABELS, after, asks, backdrop, pretrained_run, runs
from lessons.kit import scripts
from lessons.kit.lesson.catalogue import Lesson
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.prediction import Prediction
from lessons.kit.model.values import Settings
from lessons.kit.model.wording import count_noun


def script(settings: Settings) -> str:
    run, stages = pretrained_run(settings), []
    for part in reversed(list(run.lineage())):
        assert isinstance(part.task, Sentiment)
        (stage,) = part.stages
        stages.append((part.task.subject, part.task.labels, stage.steps, stage.batch, stage.rate))
    title = (
        f"{ABOUT.label_of(settings[ABOUT])}, {count_noun(settings[LABELS], 'label')} per class, after sentences "
        "about films"
    )
    return scripts.render_script("lessons.kind_words.script", title, SEED=run.first_seed, STAGES=stages)


LESSON = Lesson(
    number=18,
    chapter="Language",
    title="Kind or unkind?",
    covers=("A2", "T"),
    question="Does pretraining also help with sentences that people really wrote?",
    controls=(ABOUT, LABELS),
    prediction=Prediction(
        asks="How many of the unseen tweets will the net that was pretrained on films judge correctly?",
        sliders=tuple(HANDLES.values()),
        handles=MARKS,
    ),
    claims=CLAIMS,
    runs=runs,
    backdrop=backdrop,
    hook=hook,
    picture=picture,
    views=views,
    moving=("The race", "Pretraining"),
    verdict=verdict,
    script=script,
    after=after,
    asks=asks,
    sheet=LearnerInput(
        kind="text",
        label="Your sentence",
        help="The pretrained net judges each word of the sentence. It does not see the order of the words.",
        default="This wonderful film is not good at all.",
        most=200,
        examples=("What a boring waste of time", "not bad, not bad at all", "I love it when my train is late"),
        beat="Look",
    ),
)
