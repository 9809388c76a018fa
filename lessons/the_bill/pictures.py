"""Draws the figures of this lesson: costs as straight lines, the costs of one task and of many tasks, and the
break-even point against the price of a label."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Curve, Mark, curves, over_steps
from lessons.kit.figures.scatter import Axis
from lessons.kit.figures.stacked_bars import Part, stacked_bars
from lessons.kit.figures.value_curves import value_curves
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Control, Results, Settings
from lessons.kit.results.evidence import steps_to, until
from lessons.the_bill.bill import CLASSES, Books, Way, break_even
from lessons.the_bill.claims import task_count
from lessons.the_bill.runs import (
    ACCURACY,
    COUNTS,
    DEAR,
    FREE,
    PAYER,
    PRICE,
    PRICES,
    TASKS,
    USUAL,
    YOU,
    labels,
    open_books,
    sides,
)

SIDES = ("pretrained", "scratch")
NEVER = "never"
SHORT = {FREE: "labels free", DEAR: f"at {DEAR}"}
SOONER, LATER, SAME = "sooner", "later", "no change"
WIDE = 10 ** np.linspace(-5, 1, 25)  # the prices of a label for which the break-even point is drawn
LOW, HIGH = 0.01, 2000.0  # tasks


def break_even_control(name: str, price: str, default: int) -> Control[int | str]:
    return Control(
        name=name,
        label=f"A label costs {price}: paid after how many tasks?",
        options=(*COUNTS, NEVER),
        default=default,
        help="The number of tasks after which the pretrained net has cost less in all.",
        slider=True,
    )


HANDLES = {
    FREE: break_even_control("free", FREE, 50),
    DEAR: break_even_control("dear", DEAR, 5),
}  # by the price of a label
MARKS = tuple(
    Handle(x=handle, y=y, name=SHORT[price], where={NEVER: COUNTS[-1]})
    for (price, handle), y in zip(HANDLES.items(), (200, 2000))
)
COMPUTE = Control(
    name="compute",
    label="Labels cost nothing, and computing becomes ten times as dear. Paid sooner or later?",
    options=(SOONER, LATER, SAME),
    default=LATER,
    help="Compared with computing as dear as it is.",
)


def straight(x: np.ndarray, y: np.ndarray, name: str, role: str = "") -> Curve:
    table = pd.DataFrame({"x": x, "mean": y, "low": y, "high": y})
    return Curve(table=table, name=name, role=role or name)


def ledger(known: Books, evidence: Results, settings: Settings) -> Figure:
    """Draws a table with the labels, steps, operations and seconds of one task, and the cost of all tasks with the
    backbone."""
    price, goal = PRICES[settings[PRICE]], settings[ACCURACY]
    ways = known.cheapest(known.ways(goal), price)
    race = evidence.tables("race")
    if len(race) == 2:
        ours, theirs = (once_more(way, race[side], goal) for side, way in zip(SIDES, ways))
        ways = (ours, theirs)
    once = (known.once if settings[PAYER] == YOU else 0.0, 0.0)
    each = [way.cost(price, known.speed) for way in ways]
    rows = {
        "labels per class": [str(way.labels) for way in ways],
        f"steps to {goal} %": [f"{way.steps:,.0f}" for way in ways],
        "operations, billions": [f"{way.operations / 1e9:.2f}" for way in ways],
        "seconds of computing": [f"{way.operations / known.speed:.2f}" for way in ways],
        f"{CLASSES} classes of labels, seconds": [f"{CLASSES * way.labels * price:,.4g}" for way in ways],
        "one task, seconds": [f"{cost:,.2f}" for cost in each],
        "paid once, seconds": [f"{paid:,.0f}" for paid in once],
        f"{settings[TASKS]:,} tasks in all, seconds": [
            f"{paid + settings[TASKS] * cost:,.1f}" for paid, cost in zip(once, each)
        ],
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(SIDES)).replace("inf", "not reached")
    alt = "; ".join(f"{what}: {a} pretrained, {b} scratch" for what, (a, b) in zip(table.index, table.to_numpy()))
    whose = "this draw of labels" if len(race) == 2 else "stored runs"
    return Figure(kind="table", spec=table, alt=alt, title=f"The ledger ({whose})")


def once_more(way: Way, table: pd.DataFrame, goal: int) -> Way:
    """Returns the same way with the results of a live run."""
    steps = steps_to(table, goal / 100)
    paid = table.groupby("step").flops.first()
    operations = math.inf if math.isinf(steps) else float(np.interp(steps, paid.index, paid.to_numpy()))
    return Way(rate=way.rate, labels=way.labels, steps=steps, operations=operations)


def prices(known: Books, settings: Settings) -> Figure:
    """Draws the break-even point against the price of a label, at the current price of computing and at ten times
    that price."""
    goal = settings[ACCURACY]
    ways = known.ways(goal)
    shown = [
        straight(WIDE, np.array([known.tasks(ways, price / dearer) for price in WIDE]), name, role)
        for name, dearer, role in (("computing x 10", 10, "note"), ("as it is", 1, "pretrained"))
    ]
    marks = [Mark(start=(WIDE[-1], 1), end=(WIDE[0], 1), says="paid with the first task", place="insideEndBottom")]
    price = PRICES[settings[PRICE]]
    if price:
        marks.append(Mark(start=(price, LOW), end=(price, HIGH), says="your price", place="insideEndBottom"))
    return value_curves(
        shown,
        Axis(name="price of a label, seconds of computing", low=WIDE[0], high=WIDE[-1], log=True, form="g"),
        Axis(name="tasks until paid", low=LOW, high=HIGH, log=True, form=",.2g"),
        marks,
        f"When it is paid, for {goal} % of digits: labels decide, unless they cost next to nothing",
    )


def towers(known: Books, settings: Settings) -> Figure:
    """Draws the cost of all tasks so far for each side: the cost of the backbone, and one part for each task."""
    price, goal, count = PRICES[settings[PRICE]], settings[ACCURACY], settings[TASKS]
    ours, theirs = (way.cost(price, known.speed) for way in known.cheapest(known.ways(goal), price))
    once = known.once if settings[PAYER] == YOU else 0.0
    backbone = [Part(name="the backbone", amount=once, role="source")] if once else []
    rows = [
        ("pretrained", [*backbone, Part(name="its tasks", amount=count * ours, role="pretrained", count=count)]),
        ("scratch", [Part(name="tasks from scratch", amount=count * theirs, role="scratch", count=count)]),
    ]
    met = break_even(once, ours, theirs)
    when = "never" if math.isinf(met) else "with the first task" if met <= 1 else f"after {task_count(met)} tasks"
    title = f"{count:,} task{'s' * (count > 1)}, each to {goal} % of digits: pretraining is paid {when}"
    return stacked_bars(rows, 3 * known.once, "seconds of computing, labels at your price", title)


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the cost before the first task, beside the cost of a task from scratch."""
    known = open_books()
    _, theirs = known.cheapest(known.ways(USUAL), 0)
    shown = [
        Bar(name="pretraining", values=np.array([known.once]), role="pretrained"),
        Bar(name="one task, from scratch", values=np.array([theirs.cost(0, known.speed)]), role="scratch"),
    ]
    return bars(
        shown, "Computing", "seconds", f"What must be computed; a task is {USUAL} % of digits read", signed=False
    )


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the cost of many tasks for each side, at the price that the learner has set. The pretrained side is
    hidden until the learner has predicted."""
    hidden = not evidence.tables("pretrained")
    known = open_books()
    price, goal = PRICES[settings[PRICE]], settings[ACCURACY]
    ours, theirs = (way.cost(price, known.speed) for way in known.cheapest(known.ways(goal), price))
    tasks = np.array(COUNTS)
    shown = [straight(tasks, theirs * tasks, "scratch")]
    once = known.once if settings[PAYER] == YOU else 0.0
    shown += [] if hidden else [straight(tasks, once + ours * tasks, "pretrained")]
    low, high = 10 ** math.floor(math.log10(theirs)), 10 ** math.ceil(math.log10(max(theirs * 1000, known.once + 1)))
    marks = [
        Mark(start=(tasks, low), end=(tasks, high), says=says, role="guess", place="insideEndBottom")
        for tasks, says in guesses_at(guess, settings[PRICE], hidden).items()
    ]
    met = break_even(once, ours, theirs)
    if not hidden and 1 <= met <= COUNTS[-1]:
        marks.append(
            Mark(start=(met, low), end=(met, high), says=f"paid after {task_count(met)}", place="insideEndBottom")
        )
    title = f"What so many tasks cost, each to {goal} % of digits; a label costs {settings[PRICE]}"
    x = Axis(name="tasks", low=1, high=COUNTS[-1], log=True, form=",.0f")
    return value_curves(
        shown, x, Axis(name="seconds of computing", low=low, high=high, log=True, form=",.3g"), marks, title
    )


def guesses_at(guess: Guess, price: str, both: bool) -> dict[int, str]:
    """Returns the learner's guesses of the break-even point, at this price or at both prices."""
    marks: dict[int, str] = {}
    for at, handle in HANDLES.items() if guess else ():
        count = guess[handle]
        if isinstance(count, int) and (both or price == at):
            marks[count] = "you, both" if count in marks else f"you: {SHORT[at]}"
    return marks


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: both sides while they train, the costs of the live or stored runs, and the break-even
    point against the price."""
    shown: Views = {}
    if evidence.tables("race"):
        shown["The race"] = lambda: on_their_way(evidence, settings)
    if evidence.tables("pretrained"):
        shown["Towers"] = lambda: towers(open_books(), settings)
        shown["The ledger"] = lambda: ledger(open_books(), evidence, settings)
        shown["By price"] = lambda: prices(open_books(), settings)
    return shown


def on_their_way(evidence: Results, settings: Settings) -> Figure:
    """Draws both sides until they reach the required accuracy. Nobody pays for the steps after that."""
    level, race = settings[ACCURACY] / 100, evidence.tables("race")
    shown = [over_steps(until(race[side], level), side, side) for side in SIDES if side in race]
    asked = sides(settings)
    longest = max(run.steps for run in asked.values())
    goal = Mark(start=(longest, level), end=(1, level), says="wanted", place="insideEndTop")
    ours, theirs = (labels(run) for run in asked.values())
    title = f"Each side by its cheapest way: {ours} labels per class, pretrained, against {theirs} from scratch"
    return curves(shown, "steps", (1, longest), [goal], title=title)


def verdict(evidence: Results, guess: Guess) -> Verdict:
    known = open_books()
    rows = [
        (
            f"pretraining is paid, labels cost {price}, {USUAL} % wanted",
            in_words(guess[handle]),
            in_words(task_count(met)),
        )
        for price, handle in HANDLES.items()
        for met in [known.tasks(known.ways(USUAL), PRICES[price])]
    ]
    return [*rows, ("labels for nothing, computing ten times as dear: paid", guess[COMPUTE], SAME)]


def in_words(tasks: object) -> str:
    return str(tasks) if tasks == NEVER else f"after {tasks} task{'s' * (str(tasks) != '1')}"
