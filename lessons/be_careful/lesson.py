"""Lesson 13: be careful what you reward. Promise and truth against the distance from the pretrained net."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from core.spec import Measure, Run
from core.tasks import Preferences
from core.words import ASKED
from lessons.be_careful.claims import CLAIMS, mean
from lessons.be_careful.pictures import against_kl, dearer, restraint, samples, worths
from lessons.be_careful.recipe import BETAS, DPO, GOOD, LOOSE, MIX, NO_MIX, RL, innocent, rewarded, writer
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Given, Lesson, Prediction, Question, Settings, Sheet, Values
from lessons.kit.evidence import reached
from lessons.kit.figures import Figure, percent
from lessons.kit.recipes import Seeds

NETS = 4  # of a live run
PLACES = {"near": 2, "away": 10, "far": 30}  # nats a note from the pretrained net
GUESSES = tuple(range(0, 101, 5))  # %


def runs(settings: Settings) -> Values:
    """The net made to please, with the learner's own choices among the pairs, and then a few ordinary notes."""
    seeds = Seeds(NETS, 100 * settings["draw"])
    run = rewarded(
        settings["method"],
        settings["beta"],
        settings["mix"],
        seeds,
        writer(Seeds()),
        clicked(settings.get("given", "")),
    )
    return {"pleasing": run, "ten ordinary steps": innocent(run)}


def clicked(given: Given) -> str:
    """The choices, without pairs at the end that were skipped: they are the same as none."""
    return str(given).rstrip("-")


def after(settings: Settings) -> Values:
    return {"notes": Measure(kind="written", runs=(runs(settings)["pleasing"],), count=2)}  # type: ignore[arg-type]


def backdrop(settings: Settings) -> Values:
    """What is predicted, under two labels so that one half can be hidden; and the same settings as the live run's."""
    loose = rewarded(RL, LOOSE, NO_MIX, Seeds())
    here = rewarded(settings["method"], settings["beta"], settings["mix"], Seeds())
    other = rewarded(settings["method"], settings["beta"], MIX if settings["mix"] == NO_MIX else NO_MIX, Seeds())
    good = rewarded(RL, GOOD, NO_MIX, Seeds())
    return {
        "promise": loose,
        "truth": loose,
        "truth here": here,
        "here": here,
        "mix changed": other,
        "notes here": Measure(kind="written", runs=(here,), count=2),
        "first notes": Measure(kind="written", runs=(loose,), count=2),
        "leashed": good,
        "after ten ordinary steps": innocent(good),
        "after ten polite steps": innocent(good, polite=True),
    }


def asks(settings: Settings, given: Given) -> Values:
    """What a reward model makes of the choices, at once: fitting it takes no time."""
    return {
        "taste": Measure(kind="taste", runs=(writer(Seeds()),), tasks=(Preferences(clicks=clicked(given)),), count=NETS)
    }


def hook(evidence: Evidence, settings: Settings) -> Figure:
    """Some notes, before and after."""
    along = evidence["first notes"]["written"][0]
    return samples([along[0], along[-1]], "What a net writes before it is rewarded, and after")


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """Promise and truth against distance: of a live run, else of the stored one, and with the prediction on its own."""
    if "pleasing" in evidence:
        table, what = evidence["pleasing"], "live"
    elif "truth here" in evidence:
        table, what = evidence["truth here"], "stored"
    else:
        table, what = evidence["promise"], ""
    said = guess if (settings["method"], settings["beta"], settings["mix"]) == (RL, LOOSE, NO_MIX) else {}
    marked = {float(PLACES[name]): share / 100 for name, share in said.items()}
    name = f"{settings['method']}, leash {settings['beta']:g}, mix {settings['mix']:g} ({what})"
    title = f"How often its notes are preferred to ordinary ones: {name if what else 'RL on a loose leash'}"
    return against_kl(table, marked, title, truth=bool(what))


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    return [picture(evidence, settings, guess)]


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    """What it wrote on the way, what general notes cost it, what is left of its restraint, and what words are worth."""
    found: list[Figure] = []
    if "taste" in evidence:
        found.append(worths(evidence["taste"]))
    done = "pleasing" in evidence and "notes" in evidence
    if written := evidence.get("notes" if done else "notes here"):
        found.append(
            samples(written["written"][0], "What the first net wrote on the way (the same luck, other weights)")
        )
    if "here" in evidence:
        names = ("mixed", "no mix") if settings["mix"] else ("no mix", "mixed")
        found.append(dearer(dict(zip(names, (evidence["here"], evidence["mix changed"])))))
    if "ten ordinary steps" in evidence and done:
        found.append(restraint({"ten ordinary steps": evidence["ten ordinary steps"]}, evidence["pleasing"], "live"))
    elif "leashed" in evidence:
        tables = {
            "ten ordinary steps": evidence["after ten ordinary steps"],
            "ten polite steps": evidence["after ten polite steps"],
        }
        found.append(restraint(tables, evidence["leashed"], f"RL, leash {GOOD:g}, stored"))
    return found


def truth_at(table: pd.DataFrame, kl: float) -> float:
    """How often it was preferred when it first was so far away; in the end if it never was."""
    curve = mean(table)
    step = reached(curve.step.to_numpy(), curve.kl.to_numpy(), kl)
    return float(np.interp(min(step, curve.step.max()), curve.step, curve.preferred))


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    return [
        (f"preferred, {kl} nats a note away", f"{guess[name]} %", percent(truth_at(evidence["truth"], kl)))
        for name, kl in PLACES.items()
    ]


def script(settings: Settings) -> str:
    run = runs(settings)["pleasing"]
    assert isinstance(run, Run) and isinstance(run.task, Preferences) and run.start
    (stage,), (reading,) = run.stages, run.start.stages
    chosen = [pair if click == "a" else pair[::-1] for pair, click in zip(ASKED, run.task.clicks) if click != "-"]
    return scripts.shown(
        "lessons.be_careful.script",
        f"{settings['method']}, leash {stage.beta:g}, pretraining mix {stage.mix:g}",
        METHOD=stage.aim,
        BETA=stage.beta,
        MIX=stage.mix,
        NOTES=run.task.notes,
        BOOK_STEPS=reading.steps,
        BOOK_RATE=reading.rate,
        BOOK_BATCH=reading.batch,
        PAIRS=run.task.pairs,
        BETTER=[better for better, _ in chosen],
        WORSE=[worse for _, worse in chosen],
        **scripts.constants(run),
    )


def guessed(name: str, default: int) -> Control:
    return Control(
        name=name,
        label=f"Truly preferred, {PLACES[name]} nats a note away, %",
        options=GUESSES,
        default=default,
        help="Against ordinary notes of the guest book; half is as good as these. A nat is a measure of how far what the "
        "net writes has moved.",
        slider=True,
    )


def choice(name: str, label: str, options: tuple[Any, ...], default: Any, words: str) -> Control:
    return Control(name=name, label=label, options=options, default=default, help=words)


QUESTIONS = (
    Question(
        asks="A company rewards its chatbot by the thumbs up it gets. These rise month after month. What do you know?",
        options={
            "It answers better and better": "Perhaps, and perhaps it flatters better and better. The thumbs are the promise.",
            "It gets better at earning thumbs": "Yes. Whether that is what you wanted needs another look: at the answers.",
            "Nothing: thumbs are noise": "Noise does not rise month after month. Something is being learned.",
        },
        right="It gets better at earning thumbs",
    ),
    Question(
        asks="The reward model here sees only which words a note has. Somebody gives it ten times more pairs. What then?",
        options={
            "It sees repeats at last": "No number of pairs can teach it what it cannot see: order and repeats are not in its bag.",
            "It knows better what each word is worth, and still sees no repeats": "Yes. More pairs mend noise, not blindness. For that it needs other eyes.",
            "The leash is not needed any more": "The blind spot stays, and training finds blind spots.",
        },
        right="It knows better what each word is worth, and still sees no repeats",
    ),
    Question(
        asks="You fine-tune a safe model on your own harmless recipes. What should you test before you ship it?",
        options={
            "That it knows the recipes": "That, too. But something may have gone that no recipe asks about.",
            "That it is still safe": "Yes. What was taught last and thinly goes first, and the loss on recipes will not tell.",
            "Nothing: recipes are harmless": "The data were harmless here as well, and much of the restraint went.",
        },
        right="That it is still safe",
    ),
)

LESSON = Lesson(
    number=13,
    title="Be careful what you reward",
    covers=("H",),
    question="Can we train on “which do you prefer”?",
    controls=(
        choice("method", "Method", (RL, DPO), RL, "RL: write, have a reward model mark it, do more of what was marked "
               "well. DPO: no reward model and no writing; the pairs alone move the net."),
        choice("beta", "Leash, beta", BETAS, LOOSE, "What it costs the net to write other things than the pretrained net "
               "would. Small is loose."),
        choice("mix", "Pretraining mix", (NO_MIX, MIX), NO_MIX, "How much the loss on ordinary notes weighs beside it all."),
    ),
    prediction=Prediction(
        asks="How often will the rater truly prefer its notes, as it moves away from the pretrained net?",
        sliders=(guessed("near", 60), guessed("away", 75), guessed("far", 90)),
        hidden="truth",
    ),
    sheet=Sheet(
        kind="pairs",
        label="Which note do you prefer?",
        help="Your choices join the pairs that the reward model and DPO learn from. The others are simulated.",
        default="",
        most=len(ASKED),
        pairs=ASKED,
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
)  # fmt: skip
