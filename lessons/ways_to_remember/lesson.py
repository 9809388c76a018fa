"""Lesson 10: ways to remember. What protects an old skill, and what that costs the new one."""

from __future__ import annotations

import pandas as pd

from core.spec import Run
from core.tasks import Handwriting
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Lesson, Prediction, Question, Settings, Values
from lessons.kit.evidence import final, retention
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import curves, over_steps
from lessons.kit.recipes import STEPS, Seeds, backbone
from lessons.ways_to_remember.claims import CLAIMS, price
from lessons.ways_to_remember.elsewhere import speed_runs, turn_runs
from lessons.ways_to_remember.pictures import averages, cost, heats, plane, speeds, starts, two_skills
from lessons.ways_to_remember.scenes import DARK, FREEZE, LEVELS, METHODS, NAIVE, PLAIN, ROW, TASKS, digits, row, ways

LIVE = 4  # nets a run
ASKED = {"replay": "replay middle", "LwF": "LwF middle", "EWC": "EWC middle"}  # what is predicted, on dark digits
TIGHT = "L2-SP strong"
KEPT = "kept "  # what may not be seen before the prediction


def way(settings: Settings) -> str:
    return f"{settings['method']} {settings['strength']}"


def runs(settings: Settings) -> Values:
    seeds = Seeds(LIVE, 100 * settings["draw"])
    shown = (NAIVE, way(settings))
    if settings["scene"] != ROW:
        return {one: digits(settings["scene"], one, seeds, backbone()) for one in shown}
    values: Values = {"first task": row(NAIVE, seeds)[0]}
    return values | {f"{one}: {k}": run for one in shown for k, run in enumerate(row(one, seeds)[1:], 2)}


def backdrop(settings: Settings) -> Values:
    """What the prediction and its verdict stand on, then the stored runs of the scene."""
    seeds, scene = Seeds(), settings["scene"]
    values: Values = {f"asked {one}": digits(DARK, one, seeds) for one in (NAIVE, FREEZE)}
    values |= {f"{KEPT}answer {one}": digits(DARK, one, seeds) for one in ASKED.values()}
    values |= {f"{KEPT}answer {TIGHT}": row(TIGHT, seeds)[-1], f"{KEPT}price": price(seeds)}
    values |= {f"{KEPT}speed {label}": run for label, run in speed_runs(seeds).items()}
    values |= {f"{KEPT}turn {label}": run for label, run in turn_runs(seeds).items()}
    if scene != ROW:
        return values | {f"{KEPT}way {one}": digits(scene, one, seeds) for one in (NAIVE, FREEZE, *ways())}
    for one in (NAIVE, way(settings)):
        values |= {f"{KEPT}row {one}: {k}": run for k, run in enumerate(row(one, seeds), 1)}
    ends = (NAIVE, *(f"{method} {settings['strength']}" for method in METHODS))
    return values | {f"{KEPT}end {one}": row(one, seeds)[-1] for one in ends}


def part(evidence: Evidence, kind: str) -> Evidence:
    """What is kept under one kind of label."""
    return {label.removeprefix(kind): one for label, one in evidence.items() if label.startswith(kind)}


def in_rows(tables: Evidence) -> dict[str, dict[int, pd.DataFrame]]:
    """Tables with labels such as "naive: 3", by way and place in the row; all ways have the first in common."""
    found: dict[str, dict[int, pd.DataFrame]] = {}
    for label, table in tables.items():
        one, _, k = label.rpartition(": ")
        if k.isdigit():
            found.setdefault(one, {})[int(k)] = table
    first = tables.get("first task")
    return {one: ({} if first is None else {1: first}) | some for one, some in found.items()}


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """What lesson 9 ended with: the new skill comes, the old one goes."""
    table = evidence[f"asked {NAIVE}"]
    shown = [over_steps(table, "new skill", "target"), over_steps(retention(table), "old skill", "source")]
    title = "Digits in dark ink, after glyphs in bright ink: the old skill goes (stored runs)"
    return curves(shown, "steps", (1, STEPS), title=title, y="Share")


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """The plane of the two skills, or a row's heat-map; before the prediction only the two ways that need no method."""
    chosen, scene = way(settings), settings["scene"]
    stored = part(evidence, f"{KEPT}way ")
    if scene == ROW and (tables := in_rows(part(evidence, f"{KEPT}row "))):
        live = {one: some for one, some in in_rows(evidence).items() if one == chosen and len(some) == TASKS}
        return heats(live or {chosen: tables[chosen]}, "live" if live else "stored")[0]
    hidden = not stored
    guesses = {one: guess[one.lower()] for one in ASKED} if guess and (hidden or scene == DARK) else {}
    live = {one: evidence[one] for one in (NAIVE, chosen) if one in evidence} if not hidden else {}
    tables = stored or part(evidence, "asked ")
    where = DARK if hidden else scene
    return plane(tables, chosen, live, guesses, f"Old and new skill after {STEPS} steps, {where} (stored runs)")


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """Both skills while they are learned with the method and without; in a row, what is read of each task."""
    chosen = way(settings)
    if settings["scene"] == ROW:
        now = in_rows(evidence)
        stored = in_rows(part(evidence, f"{KEPT}row "))
        return heats({one: now.get(one) or stored[one] for one in (NAIVE, chosen)}, "live" if now else "stored")
    kind = "live" if {NAIVE, chosen} <= evidence.keys() else "stored"
    tables = evidence if kind == "live" else part(evidence, f"{KEPT}way ")
    return two_skills(tables[NAIVE], tables[chosen], chosen, kind)


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """What all ways do and cost, and what keeps old skills without any of them; nothing before a run."""
    if f"{KEPT}price" not in evidence:
        return []
    if settings["scene"] == ROW:
        scene = [averages(part(evidence, f"{KEPT}end "))]
    else:
        scene = [picture(evidence, settings, guess), cost(part(evidence, f"{KEPT}way "), evidence[f"{KEPT}price"])]
    return [*scene, speeds(part(evidence, f"{KEPT}speed ")), starts(part(evidence, f"{KEPT}turn "))]


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    found = []
    for method, one in ASKED.items():
        left = float(final(retention(evidence[f"{KEPT}answer {one}"])).mean())
        found.append((f"{method}: left of the skill with glyphs", f"{guess[method.lower()]} %", percent(left)))
    last = float(final(evidence[f"{KEPT}answer {TIGHT}"]).mean())
    return [*found, ("all weights held very tightly: read of the fifth task", f"{guess['tight']} %", percent(last))]


def script(settings: Settings) -> str:
    values, chosen, in_a_row = runs(settings), way(settings), settings["scene"] == ROW
    run = values[f"{chosen}: {TASKS}" if in_a_row else chosen]
    assert isinstance(run, Run) and run.start and isinstance(run.task, Handwriting)
    (keep,) = run.keep
    return scripts.shown(
        "lessons.ways_to_remember.script",
        f"{chosen}, {settings['scene']}",
        METHOD=keep.method,
        STRENGTH=keep.strength,
        COUNT=keep.count,
        BACKBONE="" if in_a_row else scripts.weights(run.start),
        TASKS=TASKS,
        INVERTED=run.task.inverted,
        **scripts.constants(run),
    )


def asked(name: str, label: str, help: str, default: int = 50) -> Control:
    return Control(name=name, label=label, options=tuple(range(0, 101, 10)), default=default, help=help, slider=True)


QUESTIONS = (
    Question(
        asks="You fine-tune a model that others rely on, and may keep a hundred of its old training examples. What is "
        "the first thing to try?",
        options={
            "Mix them into every batch": "Yes. A few old examples, practised beside the new ones, kept most of the old skill here and cost little of the new one.",
            "Test them now and then": "That tells you what is lost. It does not keep anything.",
            "Hold every weight tightly": "That also holds the weights the new task needs. It keeps the old skill by learning less.",
        },
        right="Mix them into every batch",
    ),
    Question(
        asks="EWC and L2-SP both pull weights back to where they started. Why did EWC keep more of the glyphs for the "
        "same cost, when the digits were dark?",
        options={
            "It pulls harder": "Any strength can be chosen for either. At about equal cost to the new skill EWC still kept more.",
            "It pulls hard only where the old skill was sensitive": "Yes. The Fisher information says which weights mattered; the others stay free to learn.",
            "It remembers old examples": "It looks at some once, to measure how much each weight mattered. It keeps none.",
        },
        right="It pulls hard only where the old skill was sensitive",
    ),
    Question(
        asks="A penalty is made so strong that nothing at all is forgotten. What do you expect of the next task?",
        options={
            "It is learned as well as before": "The same weights would have to move. Look at the row of five tasks.",
            "Hardly anything of it is learned": "Yes. A net that cannot move cannot learn. Remembering is only worth something together with learning.",
            "It is learned faster, because nothing disturbs it": "Nothing disturbs it, but nothing changes either.",
        },
        right="Hardly anything of it is learned",
    ),
)

LESSON = Lesson(
    number=10,
    title="Ways to remember",
    covers=("B3",),
    question="Can I learn without losing?",
    controls=(
        Control(
            name="method",
            label="Way to remember",
            options=tuple(METHODS),
            default="replay",
            help="Replay practises kept old examples. LwF holds to the old net's opinions of the new examples. EWC holds "
            "weights that mattered, L2-SP holds all alike.",
        ),
        Control(
            name="strength",
            label="How strongly",
            options=LEVELS,
            default="middle",
            help="How much the penalty weighs beside the loss of the new task; each method has a scale of its own.",
        ),
        Control(
            name="scene",
            label="What is learned after what",
            options=(DARK, PLAIN, ROW),
            default=DARK,
            help="Dark digits: dark ink on a bright ground, so features must change. Digits: drawn like the glyphs. "
            "Five tasks: whole digits, then four jigsaws of them, with one head.",
        ),
    ),
    prediction=Prediction(
        asks="How much of the skill with glyphs is left, and what does too much caution do?",
        sliders=(
            asked(
                "replay",
                "Replay: one old drawing of every glyph is kept and practised. Left, in percent",
                "The glyphs it still reads, as a share of those it read before.",
            ),
            asked(
                "lwf",
                "LwF: no old drawing at all, only the old net's opinions of the digits. Left, in percent",
                "The old head's answers to the new digits are held to what they were.",
            ),
            asked(
                "ewc",
                "EWC: no old drawing, but weights that mattered are held. Left, in percent",
                "How much a weight mattered is measured once, before the digits.",
            ),
            asked(
                "tight",
                "Five tasks in a row, all weights held as tightly as can be. Of the fifth it reads, in percent",
                "Guessing among ten digits reads one in ten.",
            ),
        ),
        hidden=KEPT,
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
