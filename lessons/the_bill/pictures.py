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
from lessons.kit.results.evidence import steps_to, until, without_band
from lessons.the_bill.bill import CLASSES, Books, Way, break_even
from lessons.the_bill.claims import task_count
from lessons.the_bill.money import in_money
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
SHORT = {FREE: "free labels", DEAR: f"labels at {DEAR}"}
TOWERS = ("pretrained", "from scratch")
SOONER, LATER, SAME = "sooner", "later", "no change"
WIDE = 10 ** np.linspace(-5, 1, 25)  # the prices of a label for which the break-even point is drawn
LOW, HIGH = 0.01, 2000.0  # tasks


def break_even_control(name: str, price: str, default: int) -> Control[int | str]:
    return Control(
        name=name,
        label=f"After how many tasks, with {SHORT[price]}?",
        options=(*COUNTS, NEVER),
        default=default,
        help="The number of tasks after which pretraining and all its tasks together have cost less.",
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
    label="If labels are free and computing becomes ten times as expensive, does pretraining pay for itself sooner "
    "or later?",
    options=(SOONER, LATER, SAME),
    default=LATER,
    help="Compared with computing at today's price.",
)


def straight(x: np.ndarray, y: np.ndarray, name: str, role: str = "") -> Curve:
    return Curve(table=without_band(pd.DataFrame({"x": x, "mean": y})), name=name, role=role or name)


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
        f"steps until {goal} % are right": [f"{way.steps:,.0f}" for way in ways],
        "billions of operations": [f"{way.operations / 1e9:.2f}" for way in ways],
        "seconds of computing": [f"{way.operations / known.speed:.2f}" for way in ways],
        "price of the labels, in seconds": [f"{CLASSES * way.labels * price:,.4g}" for way in ways],
        "one task, in seconds": [f"{cost:,.2f}" for cost in each],
        "pretraining, in seconds": [f"{paid:,.0f}" for paid in once],
        f"{tasks_noun(settings[TASKS])} and pretraining, in seconds": [
            f"{paid + settings[TASKS] * cost:,.1f}" for paid, cost in zip(once, each)
        ],
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(TOWERS)).replace("inf", "not reached")
    alt = "; ".join(f"{what}: {a} pretrained, {b} from scratch" for what, (a, b) in zip(table.index, table.to_numpy()))
    whose = "your own runs" if len(race) == 2 else "stored runs"
    return Figure(kind="table", spec=table, alt=alt, title=f"What one task costs, measured in {whose}")


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
        for name, dearer, role in (
            ("computing ten times as expensive", 10, "note"),
            ("computing at today's price", 1, "pretrained"),
        )
    ]
    marks = [
        Mark(start=(WIDE[-1], 1), end=(WIDE[0], 1), says="the first task pays for pretraining", place="insideEndBottom")
    ]
    price = PRICES[settings[PRICE]]
    if price:
        marks.append(Mark(start=(price, LOW), end=(price, HIGH), says="the price you set", place="insideEndBottom"))
    return value_curves(
        shown,
        Axis(name="price of one label, in seconds of computing", low=WIDE[0], high=WIDE[-1], log=True, form="g"),
        Axis(name="tasks until pretraining has paid for itself", low=LOW, high=HIGH, log=True, form=",.2g"),
        marks,
        f"The more a label costs, the sooner pretraining pays for itself ({goal} % of digits right)",
    )


def towers(known: Books, settings: Settings, progress: float = 1.0) -> Figure:
    """Draws the cost of all tasks so far as two towers: the cost of pretraining, and one part for each task.

    `progress` is the share of the tasks that have been added. The towers grow while the runs go on.
    """
    price, goal, most = PRICES[settings[PRICE]], settings[ACCURACY], settings[TASKS]
    count = max(1, round(progress * most))
    ours, theirs = (way.cost(price, known.speed) for way in known.cheapest(known.ways(goal), price))
    once = known.once if settings[PAYER] == YOU else 0.0
    backbone = [Part(name="pretraining", amount=once, role="source")] if once else []
    bars = [
        (TOWERS[0], [*backbone, Part(name="tasks", amount=count * ours, role="pretrained", count=count)]),
        (TOWERS[1], [Part(name="tasks", amount=count * theirs, role="scratch", count=count)]),
    ]
    met = break_even(once, ours, theirs)
    when = "never" if math.isinf(met) else "with the first task" if met <= 1 else f"after {task_count(met)} tasks"
    title = f"{tasks_noun(count)}: pretraining pays for itself {when}" if progress == 1 else tasks_noun(count)
    return stacked_bars(bars, 1.15 * max(once + most * ours, most * theirs), "seconds", title)


def tasks_noun(count: int) -> str:
    """Returns a number of tasks with its noun."""
    return "1 task" if count == 1 else f"{count:,} tasks"


def race_progress(evidence: Results, settings: Settings) -> float:
    """Returns the share of the steps that the learner's runs have made, or 1 if there are none."""
    race = evidence.tables("race")
    if not race:
        return 1.0
    return min(1.0, max(race[side].step.max() / run.steps for side, run in sides(settings).items() if side in race))


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the cost before the first task, beside the cost of a task from scratch."""
    known = open_books()
    _, theirs = known.cheapest(known.ways(USUAL), 0)
    shown = [
        Bar(name="pretraining", values=np.array([known.once]), role="pretrained"),
        Bar(name="one task from scratch", values=np.array([theirs.cost(0, known.speed)]), role="scratch"),
    ]
    return bars(
        shown,
        "Computing",
        "seconds",
        f"Pretraining takes far longer than one task ({USUAL} % of digits right)",
        signed=False,
    )


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the cost of many tasks for each side, at the price that the learner has set. The pretrained side is
    hidden until the learner has predicted."""
    hidden = not evidence.tables("pretrained")
    known = open_books()
    price, goal = PRICES[settings[PRICE]], settings[ACCURACY]
    ours, theirs = (way.cost(price, known.speed) for way in known.cheapest(known.ways(goal), price))
    tasks = np.array(COUNTS)
    shown = [straight(tasks, theirs * tasks, "from scratch", "scratch")]
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
            Mark(
                start=(met, low),
                end=(met, high),
                says=f"the lines cross after {tasks_noun(math.ceil(met))}",
                place="insideEndBottom",
            )
        )
    price_of_label = "labels are free" if not price else f"a label costs {settings[PRICE]} of computing"
    title = f"Total cost of all tasks ({goal} % of digits right), if {price_of_label}"
    x = Axis(name="number of tasks", low=1, high=COUNTS[-1], log=True, form=",.0f")
    return value_curves(
        shown,
        x,
        Axis(name="total cost in seconds of computing", low=low, high=high, log=True, form=",.3g"),
        marks,
        title,
    )


def guesses_at(guess: Guess, price: str, both: bool) -> dict[int, str]:
    """Returns the learner's guesses of the break-even point, at this price or at both prices."""
    marks: dict[int, str] = {}
    for at, handle in HANDLES.items() if guess else ():
        count = guess[handle]
        if isinstance(count, int) and (both or price == at):
            marks[count] = "your prediction, both" if count in marks else f"your prediction: {SHORT[at]}"
    return marks


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the costs as towers, the break-even point against the price, the learner's own case in
    euros, the costs of one task, and both sides while they train."""
    shown: Views = {}
    if evidence.tables("pretrained") or evidence.tables("race"):
        shown["Towers"] = lambda: towers(open_books(), settings, race_progress(evidence, settings))
    if evidence.tables("pretrained"):
        shown["By price"] = lambda: prices(open_books(), settings)
        shown["In euros"] = lambda: in_money(settings)
        shown["One task"] = lambda: ledger(open_books(), evidence, settings)
    if evidence.tables("race"):
        shown["The race"] = lambda: on_their_way(evidence, settings)
    return shown


def on_their_way(evidence: Results, settings: Settings) -> Figure:
    """Draws both sides until they reach the required accuracy. Nobody pays for the steps after that."""
    level, race = settings[ACCURACY] / 100, evidence.tables("race")
    shown = [over_steps(until(race[side], level), side, side) for side in SIDES if side in race]
    asked = sides(settings)
    longest = max(run.steps for run in asked.values())
    goal = Mark(start=(longest, level), end=(1, level), says="accuracy to reach", place="insideEndTop")
    ours, theirs = (labels(run) for run in asked.values())
    title = f"Each net in its cheapest way: {ours} labels per class if pretrained, {theirs} from scratch"
    return curves(shown, "steps of training", (1, longest), [goal], title=title)


def verdict(evidence: Results, guess: Guess) -> Verdict:
    known = open_books()
    rows = [
        (
            f"Pretraining has paid for itself ({SHORT[price]}, {USUAL} % right)",
            in_words(guess[handle]),
            in_words(task_count(met)),
        )
        for price, handle in HANDLES.items()
        for met in [known.tasks(known.ways(USUAL), PRICES[price])]
    ]
    return [*rows, ("With free labels and computing ten times as expensive, it pays for itself", guess[COMPUTE], SAME)]


def in_words(tasks: object) -> str:
    return str(tasks) if tasks == NEVER else f"after {tasks} task{'s' * (str(tasks) != '1')}"
