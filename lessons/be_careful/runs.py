"""Defines the controls and runs of this lesson: a net that was trained on a guest book, is rewarded for pleasing its
raters, and then loses that again."""

from __future__ import annotations

from dataclasses import replace

from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import GuestBook, Preferences
from lessons.kit.model.values import Control, LabelledRun, Measures, Runs, Seeds, Settings, Values, hide

RL, DPO = "RL", "DPO"
AIMS = {
    RL: Stage(aim="policy_gradient", steps=80, rate=2e-3, batch=64),
    DPO: Stage(aim="dpo", steps=80, rate=1e-3, batch=32),
}
BETAS = (0.1, 0.3, 1, 3)  # the strength of the leash
LOOSE, GOOD = 0.1, 0.3
NO_MIX, MIX = 0, 3
INNOCENT = 10  # steps
ORDINARY, POLITE = "ten ordinary steps", "ten polite steps"


NETS = 4  # the number of nets in a live run
SHOWN = 8  # how many notes of the first net are shown during training

METHOD = Control(
    name="method",
    label="Training method",
    options=(RL, DPO),
    default=RL,
    help="RL: the net writes notes, the reward model scores them, and notes with a high score become more likely. DPO: "
    "the net learns directly from the pairs, without a reward model.",
)
LEASH = Control(
    name="beta",
    label="Leash (beta)",
    options=BETAS,
    default=LOOSE,
    help="The penalty for drifting away from the pretrained net. A small penalty is a loose leash, a large one is "
    "tight.",
)
PRETRAINING_MIX = Control(
    name="mix",
    label="Ordinary notes mixed in",
    options=(NO_MIX, MIX),
    default=NO_MIX,
    labels={NO_MIX: "none", MIX: "weight 3"},
    help="Whether the net also trains on ordinary notes of the guest book, and how much their loss counts. This is "
    "called a pretraining mix.",
)


def writer(seeds: Seeds) -> Run:
    """Returns the net that is pretrained on the guest book. It sees 4,000 notes in 19,200 examples."""
    stages = (Stage(steps=300, batch=64, rate=5e-3, anneal=True),)
    return Run(task=GuestBook(), net="writer", stages=stages, seeds=1, first_seed=seeds.first)


def rewarded(method: str, beta: float, mix: float, seeds: Seeds, start: Run | None = None, clicks: str = "") -> Run:
    """Returns the run that trains the writer to please its raters. Without `start`, the writer is also trained from
    these seeds."""
    return Run(
        task=Preferences(clicks=clicks),
        net="writer",
        start=start or writer(seeds),
        stages=(replace(AIMS[method], beta=beta, mix=mix),),
        seeds=seeds.count,
        first_seed=seeds.first,
        frames=9,
    )


def innocent(run: Run, polite: bool = False) -> Run:
    """Returns the same net after a few more steps on a hundred ordinary notes, at the learning rate of pretraining.

    If `polite` is true, notes with an unkind word are left out.
    """
    assert isinstance(run.task, Preferences)
    task = replace(run.task, notes=100, polite=polite)
    stages = (Stage(steps=INNOCENT, rate=5e-3, batch=32),)
    return replace(run, task=task, start=run, stages=stages, frames=0, exhibit=0)


def pleasing(settings: Settings) -> Run:
    """Returns a live run, which also learns from the learner's own choices."""
    seeds = Seeds(NETS, 100 * settings.draw)
    how = settings[METHOD], settings[LEASH], settings[PRETRAINING_MIX]
    run = rewarded(*how, seeds, writer(Seeds()), clicked(settings))
    return replace(run, frames=0, exhibit=SHOWN)


def clicked(settings: Settings) -> str:
    """Returns the choices without skipped pairs at the end, because they make no difference."""
    return settings.typed_text.rstrip("-")


def runs(settings: Settings) -> Runs:
    """Returns the run that is trained to please, and the run with a few ordinary notes after it."""
    run = pleasing(settings)
    return [
        LabelledRun("live", run, name="training to please"),
        LabelledRun("live afterwards", innocent(run), name="ten steps on ordinary notes"),
    ]


def asks(settings: Settings) -> Measures:
    """Returns a measure of the reward model on the learner's choices. Fitting it takes almost no time."""
    pairs = Preferences(clicks=clicked(settings))
    return [LabelledRun("taste", Measure(kind="reward_weights", runs=(writer(Seeds()),), tasks=(pairs,), count=NETS))]


def backdrop(settings: Settings) -> Values:
    """Returns the predicted run, the stored run with the same settings, every leash, and the restraint. All of them
    are hidden until the learner has predicted."""
    mixes = (NO_MIX, MIX) if settings[PRETRAINING_MIX] == NO_MIX else (MIX, NO_MIX)
    here, other = (rewarded(settings[METHOD], settings[LEASH], mix, Seeds()) for mix in mixes)
    return hide([
        LabelledRun("asked", rewarded(RL, LOOSE, NO_MIX, Seeds())),
        LabelledRun("here", here),
        LabelledRun("other mix", other),
        *sweep(settings[METHOD], Seeds()),
        *restraint_runs(RL, Seeds()),
    ])  # fmt: skip


def sweep(method: str, seeds: Seeds) -> Values:
    """Returns a run for every leash."""
    return [LabelledRun("pleased", rewarded(method, beta, NO_MIX, seeds), (method, beta)) for beta in BETAS]


def proxy_runs(seeds: Seeds) -> Values:
    return [*sweep(RL, seeds), LabelledRun("mixed", rewarded(RL, LOOSE, MIX, seeds))]


def frontier_runs(seeds: Seeds) -> Values:
    return [*sweep(RL, seeds), *sweep(DPO, seeds)]


def restraint_runs(method: str, seeds: Seeds) -> Values:
    """Returns a run with a good leash, and the runs with a few ordinary steps after it."""
    run = rewarded(method, GOOD, NO_MIX, seeds)
    afterwards = {ORDINARY: innocent(run), POLITE: innocent(run, polite=True)}
    later = (LabelledRun("afterwards", forgetful, (method, notes)) for notes, forgetful in afterwards.items())
    return [LabelledRun("taught", run, method), *later]


def unlearned_runs(seeds: Seeds) -> Values:
    return [*restraint_runs(RL, seeds), *restraint_runs(DPO, seeds)]
