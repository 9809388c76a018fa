"""Lesson 11: tiny patches. How little of a net must move to learn a new task, and what that saves."""

from __future__ import annotations

import math

from core.spec import Measure, Run
from core.tasks import Plane
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Lesson, Prediction, Question, Settings, Values
from lessons.kit.evidence import final, revealed
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.curves import curves, over_steps
from lessons.kit.recipes import Seeds
from lessons.tiny_patches.claims import (
    ADAPTER,
    BIAS,
    CLAIMS,
    CLOSE,
    FAR,
    FULL,
    HAND,
    HEAD,
    LOW_RANK,
    NEAR,
    RANKS,
    SIZES,
    WORLDS,
    all_of,
    cut,
    enough,
    named,
    patch,
    sized,
    sizes,
    squeezed,
    start,
    trained,
)
from lessons.tiny_patches.pictures import (
    LOOK,
    NONE,
    by_rank,
    forgetting_dots,
    ledger,
    maps,
    numbers_dots,
    spectrum,
)

LIVE = 4  # nets an arm of a live race
SHOWN, FOUND, ASKED = "shown ", "found ", "found asked "  # only the first may be seen before the prediction


def chosen(settings: Settings) -> str:
    return named(settings["method"], settings["size"])


def runs(settings: Settings) -> Values:
    """Full fine-tuning against the patch. The old task is not tested along the way, which would take half the time."""
    seeds, where = Seeds(LIVE, 100 * settings["draw"]), settings["where"]
    arms = {FULL: (FULL, 0), chosen(settings): (settings["method"], settings["size"])}
    return {name: patch(where, *how, seeds, start(where, Seeds()), watch=False) for name, how in arms.items()}


def backdrop(settings: Settings) -> Values:
    asked, here = all_of(NEAR, Seeds()), all_of(settings["where"], Seeds())
    values: Values = {SHOWN + name: asked[name] for name in (FULL, HEAD)}
    for prefix, family in ((ASKED, asked), (FOUND, here)):
        values |= {prefix + name: run for name, run in family.items()}
        values |= {prefix + "cut": squeezed(family[FULL])}
        values |= {prefix + "sizes": sized(family)}
    if isinstance(here[FULL].task, Plane):
        thin = tuple(here[named(LOW_RANK, rank)] for rank in SIZES)
        values[FOUND + "maps"] = Measure(kind="boundary", runs=thin, tasks=(here[FULL].task,), count=120)
    return values


def hook(evidence: Evidence, settings: Settings) -> Figure:
    shown = [over_steps(evidence[SHOWN + name], name, LOOK[name]) for name in (FULL, HEAD)]
    title = "From six arms to two colours, with every weight free to move and with the head alone"
    return curves(shown, "steps", (1, WORLDS[NEAR].steps), title=title, share=(0.4, 1))


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """Rank against accuracy: of what is asked about before the prediction, of the chosen world after it."""
    known = revealed(evidence, FOUND)
    if not known:
        return by_rank(revealed(evidence, SHOWN), {}, guess, f"From six arms to {NEAR}: where will the two curves run?")
    title = f"{settings['where'].capitalize()}: delta trained at a rank, and full delta cut to it (stored runs)"
    return by_rank(known, known, guess if settings["where"] == NEAR else {}, title)


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """The race: live as soon as there is something, before that as it is stored."""
    looks = {FULL: LOOK[FULL], chosen(settings): LOOK[settings["method"]]}
    kind, prefix = ("live", "") if any(name in evidence for name in looks) else ("stored", FOUND)
    tables = {name: evidence.get(prefix + name) for name in looks}
    shown = [over_steps(table, name, looks[name]) for name, table in tables.items() if table is not None]
    title = f"{settings['where'].capitalize()}: new skill while it is learned ({kind} runs)"
    return [curves(shown, "steps", (1, WORLDS[settings["where"]].steps), title=title)]


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    known, where = revealed(evidence, FOUND), settings["where"]
    if not known:
        return []
    shown = [picture(evidence, settings, guess)]
    if "maps" in known:
        shown.append(maps(known, "The same as maps: what the first of the nets says where"))
    return [
        *shown,
        spectrum(known, "Why the cut hurts: full fine-tuning's delta is made of many directions"),
        numbers_dots(known, f"{where.capitalize()}: numbers trained and what they buy (all stored runs)"),
        forgetting_dots(known, "The new skill and what it costs of the old one"),
        ledger(known, chosen(settings)),
    ]


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    known = revealed(evidence, ASKED)
    full = final(known[FULL])
    rank, needs = enough(trained(known), full), enough(cut(known["cut"]), full)
    one = sizes(known)[named(LOW_RANK, 1 if math.isinf(rank) else int(rank))]
    close = f"within {percent(CLOSE)[:-2]} points of full fine-tuning"
    return [
        (f"smallest rank, trained, {close}", str(guess["rank"]), NONE if math.isinf(rank) else f"{rank:g}"),
        ("what it trains, of all numbers", f"{guess['share']} %", percent(one["trained"] / one["all"])),
        (f"smallest rank, cut when finished, {close}", str(guess["cut"]), f"{needs:g}"),
    ]


def script(settings: Settings) -> str:
    run = runs(settings)[chosen(settings)]
    assert isinstance(run, Run) and run.start
    (stage,), task = run.stages, run.task
    return scripts.shown(
        "lessons.tiny_patches.script",
        f"{settings['where']}: {chosen(settings)}",
        WORLD=task.world,
        MIRRORED=isinstance(task, Plane) and task.mirrored,
        BACKBONE=scripts.weights(run.start),
        METHOD=stage.method,
        SIZE=stage.size,
        **scripts.constants(run),
    )


QUESTIONS = (
    Question(
        asks="The delta of full fine-tuning has sixty-four directions in a layer, and cut to its strongest one the net "
        "only guesses. A delta trained at rank 1 does as well as all sixty-four. How can both be true?",
        options={
            "Of many deltas that solve the task training took a broad one; told to find a thin one, it finds that": "Yes. The task does not fix delta. Nothing in full fine-tuning asks it to be thin, so it is not.",
            "The strongest direction of the full delta is the one that rank 1 learns": "Then the cut delta would do as well as the trained one. It does not, because its directions were learned to work together.",
            "Cutting makes delta too small": "Its length shrinks, but look at the maps: they are wrong, not weak. The missing directions were part of the solution.",
        },
        right="Of many deltas that solve the task training took a broad one; told to find a thin one, it finds that",
    ),
    Question(
        asks="You serve one backbone to a hundred customers, each with a task of their own. What do rank-1 patches save "
        "you most?",
        options={
            "Storage, and the optimiser's memory while training": "Yes. Each task keeps a few hundred numbers instead of a whole net, and Adam keeps two more for each number that is trained.",
            "Arithmetic while training": "Hardly any: every example still goes through the whole net and back. Look at the operations in the table.",
            "Labels": "A patch asks for the same labelled examples. Where there are few of them it may use them a little better, but that is not the large saving.",
        },
        right="Storage, and the optimiser's memory while training",
    ),
    Question(
        asks="A rank-1 patch falls short on a new task, at its best learning rate too. What do you try first?",
        options={
            "A higher rank": "Yes. The farther the task is from what the backbone knows, the more directions delta needs. Rank is the dial for that.",
            "Full fine-tuning, then cutting it to rank 1": "That loses nearly everything: a delta that was not trained thin does not become so afterwards.",
            "More bytes for each number": "The trouble is not how exactly the numbers are kept, but how few directions they can move the net in.",
        },
        right="A higher rank",
    ),
)

LESSON = Lesson(
    number=11,
    title="Tiny patches",
    covers=("P",),
    question="Must I move every weight?",
    controls=(
        Control(
            name="method",
            label="What moves",
            options=(LOW_RANK, ADAPTER, BIAS, HEAD),
            default=LOW_RANK,
            help="Low rank: every matrix moves by a product of two thin ones. Adapters: small new layers between those "
            "that are there. Biases: only they. The head is new and is always trained.",
        ),
        Control(
            name="size",
            label="Size",
            options=SIZES,
            default=1,
            help="The rank of a low-rank patch, or the width of an adapter. Biases and head have none.",
            slider=True,
        ),
        Control(
            name="where",
            label="New task",
            options=(NEAR, FAR, HAND),
            default=NEAR,
            help="Two colours: the six arms that the net knows, in two groups. Mirrored: the same, wound the other way. "
            "Digits after glyphs: real handwriting.",
        ),
    ),
    prediction=Prediction(
        asks=f"From six arms to {NEAR}, {WORLDS[NEAR].steps} steps. Close means within two points of full fine-tuning.",
        sliders=(
            Control(
                name="rank",
                label="Smallest rank that comes close if delta is trained at that rank",
                options=(*SIZES, NONE),
                default=8,
                help="Rank 1: one direction in, one direction out, in every matrix.",
            ),
            Control(
                name="share",
                label="Numbers that it trains, in percent of all",
                options=(1, 2, 5, 10, 20, 50),
                default=20,
                help="The head's count too.",
                slider=True,
            ),
            Control(
                name="cut",
                label="Smallest rank to which full fine-tuning's delta can be cut when it is finished, and still be close",
                options=RANKS,
                default=4,
                help="Of every matrix only the strongest directions are kept.",
            ),
        ),
        hidden="found",
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)
