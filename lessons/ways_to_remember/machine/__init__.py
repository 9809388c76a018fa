"""Defines the time machine. The learner goes back to any step of a finished run, continues from there in another way,
and sees both futures. It also defines claim M1, about the moment at which protection must begin.

The page is app/app_pages/time_machine.py, and futures.py draws its figures. A future is a run like any other. It
starts from a moment of the past (core.experiment.spec.Run.moment).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial

from core.experiment.spec import RATES, Keep, Measure, Run, Stage, most_steps
from core.experiment.tasks import Glyphs
from lessons.kit.lesson.catalogue import Check, Claim, Finding, Workspace
from lessons.kit.lesson.explanation import Mission
from lessons.kit.model.values import Control, LabelledRun, Results, Runs, Seeds, Settings, Values
from lessons.kit.results.evidence import bootstrap, final, load_results, oracle_best
from lessons.kit.runs.recipes import BEST_RATES
from lessons.kit.sandbox.experiment import at_draw
from lessons.ways_to_remember.machine.futures import (
    FUTURE,
    MOMENTS,
    WAYS,
    both_skills,
    every_moment,
    has_scrubber,
    left_by,
    left_since,
    rescued,
    tells,
    tiles,
)
from lessons.ways_to_remember.machine.pasts import past
from lessons.ways_to_remember.runs import DARK, GLYPHS, JIGSAWS, LEVELS, NAIVE, PLAIN_NAMES, WAY_LABELS, digits

NOTHING = "nothing"
HOWS = {"everything": ("full", 0), "the head only": ("probe", 0), "a patch of rank 4": ("low_rank", 4)}
BACK, HELD, SOONER = 40, 5, 20  # points, the conditions of the claim
SCRATCH = tuple(Stage(steps=1200, rate=rate, batch=64) for rate in BEST_RATES)

PINNED = ("pin what mattered", "pin all weights")  # the ways that hold the weights: EWC and L2-SP
ONE_HEAD = (
    "Here one head answers for the old classes and for the new ones. EWC and L2-SP hold weights, but every new example "
    "tells the head that the answer is none of the old classes. Only old examples tell it otherwise, as in replay."
)
KEEP = Control(
    name="keep",
    label="Protection from here on",
    options=(NOTHING, *PLAIN_NAMES),
    default=NOTHING,
    labels={NOTHING: "no protection"} | WAY_LABELS,
    help="Replay practises stored old examples. LwF keeps the net's answers to the new examples. EWC and L2-SP hold "
    "its "
    "weights.",
)
STRENGTH = Control(name="strength", label="Strength", options=LEVELS, default="middle", help="")
HOW = Control(
    name="how",
    label="What trains from here on",
    options=tuple(HOWS),
    default="everything",
    help="All weights, only a new head, or a low-rank patch beside frozen weights (LoRA).",
)
TIMES = Control(
    name="times",
    label="Learning rate, compared with the past",
    options=(0.1, 0.3, 1.0, 3.0),
    default=1.0,
    labels={0.1: "0.1 times", 0.3: "0.3 times", 1.0: "the same", 3.0: "3 times"},
    help="How far the weights move in every step, compared with the past.",
    slider=True,
)


def repeats_the_past(settings: Settings) -> bool:
    """Returns whether a future at these settings would repeat the past."""
    return settings[KEEP] == NOTHING and settings[HOW] == "everything" and settings[TIMES] == 1.0


def future(of: Run, step: int, keep: tuple[Keep, ...] = (), how: str = "everything", times: float = 1.0) -> Run:
    """Returns a run that continues from a step.

    It has as many steps as were left. If none were left, it has as many as the whole run, within the limits of a
    stage.
    """
    (method, size), last, (low, high) = HOWS[how], of.stages[-1], RATES
    rate = min(max(times * last.rate, low), high)
    steps = min(of.steps - step or of.steps, most_steps(last.batch, of.seeds))
    stage = replace(last, method=method, size=size, rate=rate, steps=steps)
    return replace(of, start=of.moment(step), stages=(stage,), keep=keep, frames=0, until=0)


def has_one_head(of: Run) -> bool:
    """Returns whether the old task and the new one use the same head."""
    return of.start is not None and of.start.task.question == of.task.question


def protection(of: Run, settings: Settings) -> tuple[Keep, ...]:
    """Returns the protection that the learner has set. Its strength depends on whether both tasks share a head,
    because the two cases have no common scale."""
    if not of.watch or settings[KEEP] == NOTHING:
        return ()
    way = PLAIN_NAMES[settings[KEEP]]
    return ((JIGSAWS if has_one_head(of) else GLYPHS)[way].keep(way, settings[STRENGTH]),)


def advice(of: Run, settings: Settings) -> str:
    """Explains why holding the weights does not protect the old skill if one head only learns new classes (van de Ven
    & Tolias 2019, Three scenarios for continual learning)."""
    if has_one_head(of) and settings[KEEP] in PINNED:
        return ONE_HEAD
    return ""


@lru_cache(maxsize=256)
def bench(name: str) -> Workspace:
    """Returns the time machine for one of the pasts."""
    of = past(name)
    moments = tuple(of.tests[1:])
    at = Control(
        name="at",
        label="Go back to step",
        options=moments,
        default=moments[len(moments) // 2],
        help="Every weight is exactly what it was at this step.",
        slider=True,
    )
    tasks = (*of.watch, of.task)
    seen = [
        LabelledRun(
            "wall", Measure(kind="tracked_examples", runs=(), tasks=tasks, count=of.exhibit), name=f"examples, {name}"
        )
    ]
    happened = LabelledRun("past", of, name=name)
    stored = moment_runs(Seeds()) if name == DARK else ()

    def runs(settings: Settings) -> Runs:
        """Returns the past up to the moment, and the other future. Another draw uses other random numbers from the
        same moment."""
        run = future(of, settings[at], protection(of, settings), settings[HOW], settings[TIMES])
        run = at_draw(run, settings)
        return [
            LabelledRun("moment", of.moment(settings[at]), name=f"step {settings[at]}"),
            LabelledRun("future", run, name=FUTURE),
        ]

    return Workspace(
        slug="time",
        controls=(at, *((KEEP, STRENGTH) if of.watch else ()), HOW, TIMES),
        in_reach=3,
        turn=at,
        is_player=has_scrubber,
        runs=runs,
        backdrop=lambda settings: [happened, *seen, *stored],
        picture=lambda evidence, settings, guess: tiles(of, evidence, settings[at]),
        views=lambda evidence, settings, guess: {
            "Both skills": lambda: both_skills(of, evidence, settings[at]),
            **({"Every moment": lambda: every_moment(evidence)} if evidence.tables("begun") else {}),
        },
        after=lambda settings: seen,
        tells=lambda evidence, settings: tells(evidence | load_results([happened])),
        mission=Mission(
            says="bring back half of the old skill that was lost, and keep 90 % of the new skill",
            met=lambda evidence, settings: rescued(evidence | load_results([happened])),
            tries={
                at.name: (moments[0], moments[len(moments) // 2], moments[-1]),
                KEEP.name: KEEP.options,
                STRENGTH.name: STRENGTH.options,
                HOW.name: ("everything", "the head only"),
                TIMES.name: (0.1, 1.0),
            },
            idle=repeats_the_past,
            advice=partial(advice, of),
        )
        if of.watch
        else None,
        plays=False,
    )


@lru_cache(maxsize=256)
def before(name: str) -> Workspace:
    """Returns the workspace for a past of the learner's own that is not trained yet."""
    of = past(name)
    happens = [LabelledRun("past", of, name="the past")]
    return Workspace(
        slug="time",
        controls=(),
        runs=lambda settings: happens,
        backdrop=lambda settings: (),
        picture=lambda evidence, settings, guess: both_skills(of, evidence, of.steps),
        views=lambda evidence, settings, guess: {},
        plays=False,
    )


# --- Claim M1 ---------------------------------------------------------------------------------------------------------


def moment_runs(seeds: Seeds) -> Values:
    """Returns dark digits after glyphs: without protection, and with protection from each moment on in each of three
    ways.

    There are also nets from scratch that learn the drawings that replay stores, at each learning rate and to their
    best accuracy.
    """
    alone = digits(DARK, NAIVE, seeds)
    begun = [
        LabelledRun("begun", future(alone, moment, (GLYPHS[way].keep(way, "middle"),)), (way, moment))
        for way in WAYS
        for moment in MOMENTS
    ]
    assert alone.start
    few = [replace(alone, task=Glyphs(labels=1), start=None, stages=(stage,), watch=()) for stage in SCRATCH]
    return [
        LabelledRun("unprotected", alone),
        *begun,
        *(LabelledRun("from the kept", run, k) for k, run in enumerate(few)),
    ]


def moment_finding(evidence: Results) -> Finding:
    """Returns how many points of glyph accuracy replay brings back if it begins at the last step, and the results of
    the other ways."""
    first, last = MOMENTS[0], MOMENTS[-1]
    by = left_by(evidence)
    ends = {(way, m): final(left_since(evidence, way, m)) for way in WAYS for m in MOMENTS}
    back = {way: 100 * (ends[way, last] - by[last]) for way in WAYS}
    sooner = {way: 100 * (ends[way, first] - ends[way, last]).mean() for way in WAYS}
    low, high = bootstrap(lambda draw: float(back["replay"][draw].mean()), len(by[last]))
    others = [way for way in WAYS if way != "replay"]
    table = evidence.table("unprotected")
    glyphs = final(table[table.step == 0].assign(accuracy=lambda rows: rows["accuracy 1"])).mean()
    scratch = 100 * oracle_best(evidence.tables("from the kept").values()).mean() / glyphs
    numbers = {"left": f"{100 * by[last].mean():.0f} %", "last": str(last), "scratch": f"{scratch:.0f} %"}
    for way in WAYS:
        numbers |= {
            f"{way}_{name}": f"{100 * ends[way, m].mean():.0f} %" for name, m in (("soon", first), ("late", last))
        }
    return Finding(
        value=float(back["replay"].mean()),
        low=low,
        high=high,
        checks=(
            Check(
                says=f"replay that begins at the end brings back at least {BACK} points of the old skill",
                met=low >= BACK,
            ),
            Check(
                says=f"this is at least {SOONER} points more than a net from scratch reaches with the stored drawings",
                met=bool(100 * ends["replay", last].mean() - scratch >= SOONER),
            ),
            *(
                Check(
                    says=f"{way} that begins at the end brings back at most {HELD} points", met=back[way].mean() <= HELD
                )
                for way in others
            ),
            *(
                Check(
                    says=f"{way} keeps at least {SOONER} points more if it begins at step {first}",
                    met=sooner[way] >= SOONER,
                )
                for way in others
            ),
        ),
        numbers=numbers,
    )


CLAIM = Claim(
    id="M1",
    statement=(
        "A net that reads glyphs (letters and symbols) learns dark digits for {last} steps with no protection. It "
        "keeps "
        "{left} of its old accuracy on glyphs. If replay of one drawing of each glyph begins then, the net gets back "
        "to "
        "{replay_late}, and if it begins with the first step, the net ends at {replay_soon}. A net from scratch "
        "reaches "
        "{scratch} with the same drawings. LwF and EWC bring nothing back ({LwF_late} and {EWC_late}): they have to "
        "begin "
        "with the first step ({LwF_soon} and {EWC_soon})."
    ),
    runs=moment_runs,
    finding=moment_finding,
    statistic="Percentage points of the old skill that replay brings back after it was lost",
    bar=f"Replay brings back at least {BACK} points of the old skill, and at least {SOONER} points more than a net "
    f"from scratch reaches with the same drawings. LwF and EWC bring back at most {HELD} points, but they keep at "
    f"least {SOONER} points more if they begin with the first step.",
    paper="Davari et al. 2022, Probing representation forgetting in continual learning",
    paper_found="A net whose accuracy on an old task is lost still has most of the features: a new linear head that "
    "learns from old examples reads much of it again.",
)
