"""Lesson 4: fast start or higher ceiling? Accuracy against steps, pretrained and from scratch."""

from __future__ import annotations

from core.spec import Run
from lessons.fast_start.claims import CLAIMS, FEW, HANDWRITING, MANY, NEAR, PLANE, RATE, STEPS, race, start_runs
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Lesson, Prediction, Question, Settings, Values
from lessons.kit.evidence import band
from lessons.kit.figures import Figure
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.figures.ledger import ledger
from lessons.kit.recipes import Seeds, arms, backbone

LABELS = (5, FEW, 50, 100, MANY)
RATES = (3e-4, RATE, 3e-3)
NEVER = "never"
MEETINGS = (50, 100, 200, 400, 800, NEVER)
GUESSED = {"few": FEW, "many": MANY}  # on handwriting
TESTED = {HANDWRITING: "1,000 unseen digits", PLANE: "3,000 unseen points"}
GOALS = {HANDWRITING: (0.5, 0.7, 0.8, 0.9, 0.95), PLANE: (0.5, 0.7, 0.8, 0.9, 0.93)}


def runs(settings: Settings) -> Values:
    return racing(settings, Seeds(first=100 * settings["draw"]))


def racing(settings: Settings, seeds: Seeds) -> Values:
    return race(settings["labels"], settings["rate"], seeds, before(settings), settings["world"])


def before(settings: Settings) -> Run:
    """The backbone, which ships."""
    return arms() if settings["world"] == PLANE else backbone()


def backdrop(settings: Settings) -> Values:
    values = start_runs(Seeds()) | {"backbone": before(settings)}
    return values | {f"{label} here": run for label, run in racing(settings, Seeds()).items()}


def lines(evidence: Evidence, suffix: str) -> list[Curve]:
    """The two arms whose labels end so, as far as they are known."""
    found = [(role, evidence.get(f"{role}{suffix}")) for role in ("scratch", "pretrained")]
    return [over_steps(table, role, role) for role, table in found if table is not None]


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """The first thirty steps of the race, after which everybody believes to know how it ends."""
    early = [
        Curve(table=curve.table[curve.table.x <= 160], name=curve.name, role=curve.role)
        for curve in lines(evidence, f" {MANY}")
    ]
    return curves(early, "steps", (1, STEPS), title=f"The first steps, with {MANY} labels a class")


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """Accuracy against steps: a live race if there is one, else the stored one at the same settings."""
    live = lines(evidence, "")
    shown = live or lines(evidence, " here")
    marks = []
    for name, n in GUESSED.items():
        if guess and (settings["world"], settings["labels"]) == (HANDWRITING, n):
            at = STEPS if guess[name] == NEVER else guess[name]
            says = "you: never" if guess[name] == NEVER else "you: they meet here"
            marks.append(Mark(start=(at, 0.02), end=(at, 0.98), says=says, role="guess"))
    what = "live" if live else "stored"
    return curves(shown, "steps", (1, STEPS), marks, title=f"Accuracy on {TESTED[settings['world']]} ({what} race)")


def meeting(evidence: Evidence, suffix: str) -> float:
    """The first step from which on scratch stays within a point of the pretrained net; inf if it never does."""
    ours, theirs = (band(evidence[f"{role}{suffix}"]) for role in ("pretrained", "scratch"))
    both = ours.merge(theirs, on="step", suffixes=("", " scratch"))
    behind = both[both["mean"] - both["mean scratch"] > NEAR]
    later = both[both.step > (behind.step.max() if len(behind) else -1)]
    return float(later.step.min()) if len(later) else float("inf")


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    return [picture(evidence, settings, guess)]


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """The ledger of the live race if there is one, else of the stored one."""
    suffix = "" if "scratch" in evidence and "pretrained" in evidence else " here"
    tables = {role: evidence[f"{role}{suffix}"] for role in ("pretrained", "scratch") if f"{role}{suffix}" in evidence}
    if len(tables) < 2:
        return []
    return [ledger(tables, settings["labels"], evidence["backbone"], goals=GOALS[settings["world"]])]


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    found = []
    for name, n in GUESSED.items():
        met = meeting(evidence, f" {n}")
        said = str(guess[name]) if guess[name] == NEVER else f"after {guess[name]} steps"
        did = f"not in {STEPS:,} steps" if met == float("inf") else f"after {met:.0f} steps"
        found.append((f"scratch catches up, {n} labels a class", said, did))
    return found


def script(settings: Settings) -> str:
    run = runs(settings)["pretrained"]
    assert isinstance(run, Run)
    title = f"{settings['world']}, {settings['labels']} labels a class, pretrained, rate {settings['rate']:g}"
    return scripts.plane(run, title) if settings["world"] == PLANE else scripts.digits(run, title)


def mark(name: str, n: int, default: int) -> Control:
    return Control(
        name=name,
        label=f"With {n} labels a class, after how many steps?",
        options=MEETINGS,
        default=default,
        help="The step from which on scratch stays within a point of the pretrained net.",
        slider=True,
    )


QUESTIONS = (
    Question(
        asks="You have a million labelled photographs and a week of computing. A pretrained net is at hand. What will it "
        "most likely buy you?",
        options={
            "A higher final accuracy": "With that many labels scratch tends to end in the same place. That was the finding of He and colleagues.",
            "Time: the same accuracy, days sooner": "Yes. The head start remains when the higher ceiling is gone.",
            "Nothing at all": "It ends in the same place, but it gets there with far fewer steps, and time is money too.",
        },
        right="Time: the same accuracy, days sooner",
    ),
    Question(
        asks="With 10 labels a class, scratch is flat for the last 800 steps. What would make it better?",
        options={
            "More steps": "It has been flat for hundreds of steps: it already reads all its own labels perfectly.",
            "A higher learning rate": "Try it with the slider: it gets there sooner, not higher.",
            "More labels, or features learned elsewhere": "Yes. What it lacks is information, and it can only come from labels or from pretraining.",
        },
        right="More labels, or features learned elsewhere",
    ),
)

LESSON = Lesson(
    number=4,
    title="Fast start or higher ceiling?",
    covers=("A3",),
    question="Does scratch ever catch up?",
    controls=(
        Control(
            name="labels",
            label="Labels a class",
            options=LABELS,
            default=FEW,
            help="How many labelled examples of each digit, or points of each arm, both nets get. There are no more than "
            "400 labelled digits of each kind.",
            slider=True,
        ),
        Control(
            name="rate",
            label="Learning rate",
            options=RATES,
            default=RATE,
            help="How far Adam moves the weights at every step, the same for both nets.",
            slider=True,
        ),
        Control(
            name="world",
            label="World",
            options=(HANDWRITING, PLANE),
            default=HANDWRITING,
            help="Real digits after glyphs; or points on six spiral arms, after the same arms before they were turned.",
        ),
    ),
    prediction=Prediction(
        asks="Handwritten digits: from which step on is scratch within a point of the pretrained net?",
        sliders=(mark("few", FEW, 400), mark("many", MANY, 400)),
        hidden="pretrained",
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
