"""Draws the figures of this lesson: backbones as cards, their accuracy on their own worlds and on the new task, and a
score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lessons.kit.figures import Figure, percent
from lessons.kit.figures.answer_wall import Wall, class_letter, walls
from lessons.kit.figures.choice_cards import Card, choice_cards
from lessons.kit.figures.heatmap import heatmap
from lessons.kit.figures.slopes import Slope, slopes
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Control, Results, Settings
from lessons.kit.results.evidence import final
from lessons.kit.runs.downstream_tasks import DIGITS, DOWNSTREAM_TASKS
from lessons.one_backbone.claims import tau, truth
from lessons.one_backbone.runs import BACKBONE, JOB, NAMES, SEEN, UNTRAINED, favourite, scored

OWN, SCORE = "its own dataset", "the score"  # columns
# Backbones that were trained on the same drawings.
LIKE = {"a quarter": "all scripts", "a sixteenth": "all scripts", "wrong labels": "all scripts"}
NOTES = {
    "all scripts": "letters and symbols, drawn in many ways",
    "a quarter": "a quarter of the drawings of all scripts",
    "a sixteenth": "a sixteenth of the drawings of all scripts",
    "Latin": "only Latin letters",
    "Greek": "only Greek letters",
    "kana": "only Japanese kana",
    "symbols": "only symbols",
    "printed": "every glyph drawn in one style",
    "turned": "turned by 90 degrees",
    "inverted": "dark on a bright background",
    "shuffled": "pixels in a random order",
    "wrong labels": "random labels",
    UNTRAINED: "not trained at all",
}
CLOSE = 0.03  # the largest difference that the mission allows


def share(name: str, label: str) -> Control[int]:
    help = "The percentage of 1,000 unseen digits that a new head on the frozen backbone reads, with 10 labels per "
    "class."
    return Control(name=name, label=label, options=tuple(range(10, 101, 5)), default=50, help=help, slider=True)


HANDLES = {  # by backbone
    "printed": share("printed", "Backbone printed: all scripts, every glyph in one style"),
    "all scripts": share("all", "Backbone all scripts: drawn in many ways"),
    "Latin": share("latin", "Backbone Latin: Latin letters drawn in many ways"),
    "wrong labels": share("wrong", "Backbone wrong labels: all scripts with random labels"),
}
STARTS = (80, 68, 56, 44)  # the first positions of the handles, in the order of accuracy on their own worlds
MARKS = tuple(
    Handle(x=1, y=control, name=name, unit=" %", start=start, joined=False)
    for start, (name, control) in zip(STARTS, sorted(HANDLES.items(), key=lambda one: one[0] == "all scripts"))
)
ROLES_OF = {"printed": "scratch", "all scripts": "pretrained", "Latin": "source", "wrong labels": "target"}


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the backbones on offer, each with some images of its world and its accuracy on this world."""
    pictures = dict(zip(SEEN, evidence.answer("seen")["pictures"]))
    shown = []
    for name, own in own_worlds(evidence).items():
        images = tuple(one["image"] for one in pictures.get(LIKE.get(name, name), [])[:4])
        shown.append(Card(name=name, images=images, big=percent(own) if name != UNTRAINED else "", note=NOTES[name]))
    return choice_cards(
        shown, "Click the net that you would take. The large number is its accuracy on its own dataset."
    )


def own_worlds(evidence: Results) -> dict[str, float]:
    """Returns the accuracy of every backbone on unseen drawings of its own world."""
    return {name: float(final(evidence.table("own", name)).mean()) for name in NAMES}


def is_revealed(evidence: Results) -> bool:
    """Returns whether the results that the learner predicts may be shown."""
    return evidence.has("probe", DIGITS, NAMES[0])


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the accuracy of each backbone on its own world, and the accuracy of its probe on the task."""
    known, job = is_revealed(evidence), settings[JOB] if is_revealed(evidence) else DIGITS
    own = own_worlds(evidence)
    if known:
        right = dict(zip(NAMES, truth(evidence, job).mean(1)))
    else:
        right = {UNTRAINED: float(final(evidence.table("probe", DIGITS, UNTRAINED)).mean())}
    shown = [slope(name, own[name] if name != UNTRAINED else None, right.get(name), settings) for name in NAMES]
    shown = [with_guess(one, guess) if job == DIGITS else one for one in shown] + own_slopes(evidence, job)
    title = f"Accuracy of each backbone on its own dataset, and of a probe on {job}"
    if known:
        title = ordered(evidence, guess, own) if guess and job == DIGITS else title
    return slopes(shown, (OWN, job), title)


def slope(name: str, left: float | None, right: float | None, settings: Settings, says: str = "") -> Slope:
    """Returns the line of one backbone. The names of the predicted ones, the untrained one and the learner's are
    shown."""
    mine = name == settings[BACKBONE]
    role = ROLES_OF.get(name, "real model" if mine else "note")
    named = name in HANDLES or mine or name == UNTRAINED
    return Slope(name=name, left=left, right=right, role=role, named=named, says=(says, ""))


def with_guess(one: Slope, guess: Guess) -> Slope:
    """Returns the line with the learner's guess."""
    if not guess or one.name not in HANDLES:
        return one
    return Slope(**vars(one) | {"guess": guess[HANDLES[one.name]] / 100})


def ordered(evidence: Results, guess: Guess, own: dict[str, float]) -> str:
    """Returns a sentence that says how many pairs the learner, the score and the accuracy on the own worlds put in
    the right order."""
    read = dict(zip(NAMES, truth(evidence, DIGITS).mean(1)))
    score = dict(zip(NAMES, scored(evidence, "LogME", DIGITS).mean(1)))
    asked = list(HANDLES)
    lists = {"you": [float(guess[control]) for control in HANDLES.values()]}
    lists |= {
        "the score": [score[name] for name in asked],
        "accuracy on its own dataset": [own[name] for name in asked],
    }
    pairs = [(i, j) for i in range(len(asked)) for j in range(i)]
    told = []
    for who, values in lists.items():
        right = sum((values[i] - values[j]) * (read[asked[i]] - read[asked[j]]) > 0 for i, j in pairs)
        told.append(f"{who} {right}")
    return f"Pairs in the right order, of {len(pairs)}: {', '.join(told)}"


def own_slopes(evidence: Results, job: str) -> list[Slope]:
    """Returns the current accuracy of the learner's own probes."""
    return [
        Slope(name=f"your probes on {name}", left=None, right=float(final(table).mean()), role="guess", named=False)
        for (at, name), table in evidence.tables("race").items()
        if at == job
    ]


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views. They show both probes as they learn, the score beside the accuracy, every task, and
    the costs."""
    shown: Views = {}
    if told := reading(evidence, settings):
        shown["The probes"] = lambda: walls(told)
    if is_revealed(evidence):
        shown |= {"The score": lambda: by_score(evidence, settings), "Every task": lambda: matrix(evidence)}
    if evidence.has("live score"):
        shown["Cost"] = lambda: receipt(evidence)
    return shown


def reading(evidence: Results, settings: Settings) -> list[Wall]:
    """Returns walls with the answers of the first probe on each backbone, as it learns."""
    shown = []
    for job, name in evidence.tables("race"):
        if not (behaviour := evidence.behaviour("race", job, name)):
            continue
        (task,) = evidence.answer("wall", job)["tasks"]
        brief = (
            {int(k): class_letter(word) for k, word in task["names"].items()}
            if job == list(DOWNSTREAM_TASKS)[-1]
            else None
        )
        wall = Wall(
            name=f"{name} ({whose_choice(name, job, settings)})",
            behaviour=behaviour,
            examples=task["examples"],
            brief=brief,
            columns=10,
        )
        shown.append(wall)
    return shown


def whose_choice(name: str, job: str, settings: Settings) -> str:
    """Returns who chose one of the two backbones that race."""
    if name != settings[BACKBONE]:
        return "the best score" if name == favourite(job) else "the worst score"
    return "your choice and the best score" if name == favourite(job) else "your choice"


def by_score(evidence: Results, settings: Settings) -> Figure:
    """Draws the score on the left and the accuracy on the right. The scale of the score is fitted to the range of the
    accuracies."""
    job = settings[JOB]
    read, score = truth(evidence, job).mean(1), scored(evidence, "LogME", job).mean(1)
    places = read.min() + (score - score.min()) / np.ptp(score) * np.ptp(read)
    shown = [slope(name, places[k], read[k], settings, f"{score[k]:+.2f}") for k, name in enumerate(NAMES)]
    right = f"{5 * (tau(score, read) + 1):.0f} of 10"
    title = f"The score puts {right} pairs of backbones in the order of the probes' accuracy on {job}"
    return slopes(shown, (SCORE, job), title)


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the state of the race."""
    race = evidence.tables("race")
    right = ", ".join(f"probe on {name} {percent(final(table).mean())}" for (_, name), table in race.items())
    return f"Accuracy after {max(table.step.max() for table in race.values()):,} steps: {right}." if race else ""


def as_good(evidence: Results, settings: Settings) -> bool:
    """Returns whether live probes on another backbone are as accurate as those on the best-scored one, to within
    CLOSE."""
    job, mine = settings[JOB], settings[BACKBONE]
    race, best = evidence.tables("race"), favourite(job)
    if mine == best or not {(job, mine), (job, best)} <= race.keys():
        return False
    return bool(final(race[job, mine]).mean() >= final(race[job, best]).mean() - CLOSE)


def verdict(evidence: Results, guess: Guess) -> Verdict:
    read = dict(zip(NAMES, truth(evidence, DIGITS).mean(1)))
    return [
        (f"digits read by a probe on {name}", f"{guess[handle]} %", percent(read[name]))
        for name, handle in HANDLES.items()
    ]


def receipt(evidence: Results) -> Figure:
    """Draws a table of the score of the live runs, their accuracy, and the time of each."""
    answer, race, draws = evidence.answer("live score"), evidence.tables("race"), 8
    names: Sequence[str] = [f"probe on {name}" for _, name in race]
    ms = 1000 * answer["seconds"] / draws / len(race)
    rows: dict[str, list[str]] = {
        "LogME score (nats per example)": [f"{np.mean(tasks[0]):.3f}" for tasks in answer["score"]],
        "accuracy of the probe": [percent(float(final(table).mean())) for table in race.values()],
        "milliseconds to compute one score": [f"{ms:.0f}"] * len(race),
        "milliseconds to train one probe": [f"{1000 * table.seconds.max() / draws:.0f}" for table in race.values()],
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(names))
    alt = "; ".join(f"{what}: " + ", ".join(f"{a} {name}" for name, a in zip(names, row)) for what, row in rows.items())
    return Figure(
        kind="table",
        spec=table,
        alt=alt,
        title=f"This run, timed on this computer: {draws * len(race)} scores share the time that it takes to load the "
        "data. In the stored results many more scores share it, so a score is cheaper there",
    )


def matrix(evidence: Results) -> Figure:
    """Draws the accuracy of every backbone on every task."""
    read = {job: truth(evidence, job).mean(1) for job in DOWNSTREAM_TASKS}
    table = pd.DataFrame(read, index=list(NAMES))
    return heatmap(table, "backbone", "task", "Accuracy of a probe (%), for every backbone and every task")
