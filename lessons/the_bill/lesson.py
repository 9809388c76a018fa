"""Lesson 7: the bill. After how many tasks a backbone is paid, in computing and in labels."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from core.spec import Run
from core.tasks import Handwriting
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Lesson, Prediction, Question, Settings, Values
from lessons.kit.evidence import gather, until
from lessons.kit.figures import Figure
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Mark, curves, over_steps
from lessons.kit.figures.dots import Axis
from lessons.kit.figures.lines import lines
from lessons.kit.recipes import Seeds, backbone, fine_tuned, scratch
from lessons.the_bill.bill import break_even
from lessons.the_bill.claims import ACCURACIES, CLAIMS, DEAR, FREE, PRICES, USUAL, Books, bill_runs, books, counted
from lessons.the_bill.pictures import ARMS, ledger, prices, straight

TASKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
NEVER = "never"
SHORT = {FREE: "labels free", DEAR: f"at {DEAR}"}
SOONER, LATER, SAME = "sooner", "later", "no change"


@cache
def stored() -> Books | None:
    """What ships, if it does."""
    values = bill_runs(Seeds())
    found = gather(values)
    return books(found) if len(found) == len(values) else None


def open_books() -> Books:
    """The books, for pictures, which are drawn only where everything is stored."""
    known = stored()
    assert known, "a page stops before its pictures where results are missing"
    return known


def runs(settings: Settings) -> Values:
    """Both arms as it is cheapest for each, on labels of their own; scratch with some steps to spare."""
    seeds, known = Seeds(first=100 * settings["draw"]), stored()
    if not known:
        return {"pretrained": fine_tuned(5, seeds=seeds, start=backbone()), "scratch": scratch(50, seeds=seeds)}
    ours, theirs = known.choose(known.ways(settings["accuracy"]), PRICES[settings["price"]])
    rate = float(theirs.run.split(" at ")[1]) if " at " in theirs.run else 1e-3
    steps = 50 * math.ceil(1.3 * theirs.steps / 50)
    return {
        "pretrained": fine_tuned(ours.labels, seeds=seeds, start=backbone()),
        "scratch": scratch(theirs.labels, rate, steps, seeds),
    }


def backdrop(settings: Settings) -> Values:
    return bill_runs(Seeds())


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """What is paid before the first task, beside what a task costs without."""
    known = open_books()
    _, theirs = known.choose(known.ways(USUAL), 0)
    shown = [
        Bar(name="pretraining", values=np.array([known.once]), role="pretrained"),
        Bar(name="one task, from scratch", values=np.array([theirs.cost(0, known.speed)]), role="scratch"),
    ]
    return bars(
        shown, "Computing", "seconds", f"What must be computed; a task is {USUAL} % of digits read", signed=False
    )


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """What so many tasks cost each arm, at the chosen price; the pretrained arm only once it may be seen."""
    hidden = not any(label.startswith("pretrained") for label in evidence)
    known = open_books()
    price, goal = PRICES[settings["price"]], settings["accuracy"]
    ours, theirs = (way.cost(price, known.speed) for way in known.choose(known.ways(goal), price))
    tasks = np.array(TASKS)
    shown = [straight(tasks, theirs * tasks, "scratch")]
    shown += [] if hidden else [straight(tasks, known.once + ours * tasks, "pretrained")]
    low, high = 10 ** math.floor(math.log10(theirs)), 10 ** math.ceil(math.log10(max(theirs * 1000, known.once + 1)))
    marks = [
        Mark(start=(tasks, low), end=(tasks, high), says=says, role="guess", place="insideEndBottom")
        for tasks, says in guessed(guess, settings["price"], hidden).items()
    ]
    met = break_even(known.once, ours, theirs)
    if not hidden and 1 <= met <= TASKS[-1]:
        marks.append(
            Mark(start=(met, low), end=(met, high), says=f"paid after {counted(met)}", place="insideEndBottom")
        )
    title = f"What so many tasks cost, each to {goal} % of digits; a label costs {settings['price']}"
    x = Axis(name="tasks", low=1, high=TASKS[-1], log=True, form=",.0f")
    return lines(shown, x, Axis(name="seconds of computing", low=low, high=high, log=True, form=",.3g"), marks, title)


def guessed(guess: Settings, price: str, both: bool) -> dict[int, str]:
    """Where the learner says that it is paid, at this price or at both that were asked about."""
    marks: dict[int, str] = {}
    for name, at in (("free", FREE), ("dear", DEAR)) if guess else ():
        if guess[name] != NEVER and (both or price == at):
            marks[guess[name]] = "you, both" if guess[name] in marks else f"you: {SHORT[at]}"
    return marks


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """Both arms on their way to the accuracy that is wanted; what comes after that is not paid for."""
    level = settings["accuracy"] / 100
    shown = [over_steps(until(evidence[arm], level), arm, arm) for arm in ARMS if arm in evidence]
    if not shown:
        return []
    asked = [run for run in runs(settings).values() if isinstance(run, Run)]
    longest = max(run.steps for run in asked)
    goal = Mark(start=(longest, level), end=(1, level), says="wanted", place="insideEndTop")
    ours, theirs = (labels(run) for run in asked)
    title = f"Each arm by its cheapest way: {ours} labels a class, pretrained, against {theirs} from scratch"
    return [curves(shown, "steps", (1, longest), [goal], title=title)]


def labels(run: Run) -> int:
    assert isinstance(run.task, Handwriting)
    return run.task.labels


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """The ledger, of the live runs if there are any, the costs against tasks, and break-even against the price."""
    if not any(label.startswith("pretrained ") for label in evidence):
        return [picture(evidence, settings, guess)]
    return [
        ledger(open_books(), evidence, settings),
        picture(evidence, settings, guess),
        prices(open_books(), settings),
    ]


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    known = open_books()
    rows = [
        (f"pretraining is paid, labels cost {price}, {USUAL} % wanted", in_words(guess[name]), in_words(counted(met)))
        for name, price in (("free", FREE), ("dear", DEAR))
        for met in [known.tasks(known.ways(USUAL), PRICES[price])]
    ]
    return [*rows, ("labels for nothing, computing ten times as dear: paid", str(guess["compute"]), SAME)]


def in_words(tasks: object) -> str:
    return str(tasks) if tasks == NEVER else f"after {tasks} task{'s' * (str(tasks) != '1')}"


def script(settings: Settings) -> str:
    arms = [(arm, run) for arm, run in runs(settings).items() if isinstance(run, Run)]
    return "\n\n".join(
        scripts.digits(run, f"{arm}, {labels(run)} labels a class, {run.steps} steps") for arm, run in arms
    )


def paid(name: str, price: str, default: int) -> Control:
    return Control(
        name=name,
        label=f"A label costs {price}: paid after how many tasks?",
        options=(*TASKS, NEVER),
        default=default,
        help="The number of tasks after which the pretrained net has cost less in all.",
        slider=True,
    )


QUESTIONS = (
    Question(
        asks="Computing becomes ten times as dear, and labels ten times as dear as well. What happens to break-even?",
        options={
            "It comes sooner": "What is saved at every task is worth ten times as much, but so is what was paid once.",
            "It comes later": "The backbone costs ten times as much, but so does everything it saves.",
            "Nothing": "Yes. Only the ratio of the two prices counts; that is why our price of a label is in seconds of computing.",
        },
        right="Nothing",
    ),
    Question(
        asks="A hospital will train one single classifier, and a specialist must label every image. A pretrained net can be "
        "had for what its computing cost. Does pretraining pay?",
        options={
            "No: one task never pays for a backbone": "One task pays if it saves enough. A specialist's minutes are dear, and pretraining saves mostly those.",
            "Most likely yes: it saves labels, and these are dear": "Yes. Where labels are dear, the first task can pay for the whole backbone. Whether this backbone is near enough is another question.",
            "Only if it trains in fewer steps": "Steps are the small part of this bill. The labels are the large one.",
        },
        right="Most likely yes: it saves labels, and these are dear",
    ),
    Question(
        asks="Labels come for nothing in your job, such as clicks that are logged anyway, and you need a modest accuracy once. "
        "What does the lesson suggest?",
        options={
            "Pretrain a backbone of your own": "With labels for nothing only steps are saved, and it takes very many tasks to pay a backbone with these.",
            "Train from scratch, or take a backbone that somebody else has paid": "Yes. What is paid already costs you nothing, and then even a small saving is a saving.",
            "It makes no difference": "It makes the difference of the backbone's whole bill, if you are the one who pays it.",
        },
        right="Train from scratch, or take a backbone that somebody else has paid",
    ),
)

LESSON = Lesson(
    number=7,
    title="The bill",
    covers=("B1", "A4"),
    question="When does pretraining pay?",
    controls=(
        Control(
            name="tasks",
            label="Tasks that reuse it",
            options=TASKS,
            default=10,
            help="For how many tasks of this kind the same backbone is used.",
            slider=True,
        ),
        Control(
            name="price",
            label="Price of a label",
            options=tuple(PRICES),
            default=FREE,
            help="What one labelled example costs, as so much time of computing. A person's few seconds cost about as "
            "much as hours of one processor core.",
        ),
        Control(
            name="accuracy",
            label="Accuracy wanted, in percent",
            options=ACCURACIES,
            default=USUAL,
            help="Both arms are trained until they read so many of the unseen digits.",
        ),
    ),
    prediction=Prediction(
        asks="A backbone is paid once, and every task that uses it costs less. When has it paid?",
        sliders=(
            paid("free", FREE, 50),
            paid("dear", DEAR, 5),
            Control(
                name="compute",
                label="Labels cost nothing, and computing becomes ten times as dear. Paid sooner or later?",
                options=(SOONER, LATER, SAME),
                default=LATER,
                help="Compared with computing as dear as it is.",
            ),
        ),
        hidden="pretrained",
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
