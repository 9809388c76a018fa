"""Draws the figures of this lesson: what the language model answers while it is tuned, how much of it has the form and
is true, and what the same facts look like if they are asked for in other ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lessons.kit.figures import Figure, percent
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Curve, curves
from lessons.kit.figures.player import LOST, RIGHT, Player, player
from lessons.kit.figures.text_panels import Texts, first_words
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Answer, Behaviour, Control, Results, Settings
from lessons.kit.results.chat_answers import FORM, PLAIN, TRUE, otherwise, share, shares
from lessons.kit.results.evidence import band_by_x
from lessons.real_language_model.runs import BARE, GENTLE, HOT, QUESTIONS, RATE, SENTENCE, STEPS, STYLE

ROWS = 6  # answers that are shown
IN_FORM, IS_TRUE = "in the form", "true"  # check marks
DIALS = {  # what is drawn of the answers, by its name: the judgement, and the roles of a live and of a recorded curve
    "in the form": (FORM, "target", "past target"),
    "true": (TRUE, "source", "past source"),
    "true as plain text": (PLAIN, "scratch", "scratch best"),
}


def predicted(name: str, label: str, help: str) -> Control[int]:
    return Control(name=name, label=label, options=tuple(range(0, 101, 5)), default=50, help=help, slider=True)


HANDLES = {
    "in the form": predicted(
        "form", "Answers in the form of the examples, after 30 steps (percent)", "They end with “of course”."
    ),
    "true": predicted("true", "True answers, after 30 steps (percent)", "They name the right capital."),
    "true as plain text": predicted(
        "plain",
        "Capitals that it names in a plain text, after 30 steps (percent)",
        "It continues “The capital of Peru is”, without the marks of a chat.",
    ),
}
MARKS = tuple(
    Handle(x=STEPS, y=control, name=name, unit=" %", start=start, joined=False)
    for (name, control), start in zip(HANDLES.items(), (30, 80, 55))
)


# --- What it writes ---------------------------------------------------------------------------------------------------


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws how the untouched model continues some texts, with the marks of a chat and without them. The learner's own
    question comes first."""
    first, asked = evidence.answer("first talk"), len(QUESTIONS)
    own = [evidence.answer("talk")] if evidence.has("talk") else []
    panels = []
    for title, way, rows in (
        ("With the marks of a chat, it answers", "chat", slice(1, asked)),
        ("Without them, it continues", "plain", slice(asked, asked + 2)),
    ):
        prompts = [*(one["prompts"][0] for one in own), *first["prompts"][rows]]
        says = [*(one[way][0][0] for one in own), *first[way][0][rows]]
        panels.append(Texts(title=title, prompts=prompts, says=[first_words(text) for text in says]))
    return player(Player(marks=("",), says=("",), panels=panels))


def writing(evidence: Results) -> list[Behaviour]:
    """Returns the answers of the live run, test by test."""
    return evidence.behaviour("live")


def seed_of(evidence: Results) -> int:
    """Returns the seed of the run on the stage. A recording asks about other countries than the learner's own run."""
    return int(evidence.table("live").seed.iloc[0])


def answers(evidence: Results) -> Figure:
    """Draws some of the questions with the model's answers before and while it is tuned, and two check marks each."""
    told = writing(evidence)
    examples = evidence.answer("asked", seed_of(evidence))["tasks"][0]["examples"][:ROWS]
    judged = {name: np.array([test["0"][what] for test in told]) for name, what in ((IN_FORM, FORM), (IS_TRUE, TRUE))}
    value = Player(
        marks=[f"step {test['step']}" for test in told],
        says=[sentence(test) for test in told],
        panels=[
            Texts(
                title="Questions about other countries, and the answers",
                prompts=[f"{one['name']}?" for one in examples],
                says=[[first_words(text) for text in test["0"]["texts"][: len(examples)]] for test in told],
                lamps={name: np.where(marks[:, : len(examples)], RIGHT, LOST) for name, marks in judged.items()},
                big=[
                    f"{sum(test['0'][FORM])} of {len(test['0'][FORM])} in the form, {sum(test['0'][TRUE])} true"
                    for test in told
                ],
            )
        ],
        states=("", "", ""),
        first=len(told) - 1,
        scrub="Step",
    )
    return player(value)


def sentence(test: Behaviour) -> str:
    """Describes the answers at one test."""
    judged = test["0"]
    return (
        f"After {test['step']} steps, {sum(judged[FORM])} of {len(judged[FORM])} answers have the form of the "
        f"examples, and {sum(judged[TRUE])} are true. In a plain text, the model names {sum(judged[PLAIN])} of the "
        "capitals."
    )


def talk(answer: Answer) -> Figure:
    """Draws the learner's question and the answers of the model, before and after it was tuned."""
    (prompt,) = answer["prompts"]
    names = ("before training", "after your training")[: len(answer["chat"])]
    panels = [
        Texts(title=title, prompts=names, says=[first_words(one[0]) for one in answer[way]])
        for title, way in ((f"Answers to: {prompt}", "chat"), ("Continued without the marks of a chat", "plain"))
    ]
    return player(Player(marks=("",), says=("",), panels=panels))


# --- How much of it is in the form, and true --------------------------------------------------------------------------


def is_revealed(evidence: Results) -> bool:
    """Returns whether the results that the learner predicts may be shown."""
    return bool(evidence.tables("tuned"))


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the shares of answers in the form and of true ones against steps: of all draws, of the live run, and the
    learner's prediction."""
    live, shown = writing(evidence), list[Curve]()
    for name, (what, role, past) in DIALS.items():
        if known := over_draws(evidence, settings, what):
            shown.append(Curve(table=band_by_x(known), name=name, role=past if live else role, named=not live))
        if live:
            mine = {test["step"]: np.array([share(test, what)] * 2) for test in live}
            shown.append(Curve(table=band_by_x(mine), name=f"{name}, this run", role=role))
    shown += guess_curves(guess) if guess else []
    title = "Answers about countries that are not in the examples"
    return curves(shown, "training steps", (0, STEPS), title=title, y="Share of answers", log=False)


def over_draws(evidence: Results, settings: Settings, what: str) -> dict[int, np.ndarray]:
    """Returns the shares at every test, over all draws of the chosen recipe that are stored."""
    recipe = settings[STYLE], settings[RATE]
    draws = [evidence.behaviour("tuned", *recipe, k) for k in sorted(evidence.tables("tuned", *recipe))]
    draws = [draw for draw in draws if draw] or [draw for draw in [evidence.behaviour("recorded")] if draw]
    if not draws:
        return {}
    return {tests[0]["step"]: np.array([share(test, what) for test in tests]) for tests in zip(*draws)}


def guess_curves(guess: Guess) -> list[Curve]:
    """Returns the learner's predictions as points after the last step."""
    return [
        Curve(
            table=band_by_x({STEPS: np.full(2, guess[control] / 100)}),
            name=f"your prediction: {name}",
            role="guess",
            tag=(STEPS, "left"),
        )
        for name, control in HANDLES.items()
    ]


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the answers while the model is tuned, the answers to the learner's question, and how
    the knowledge depends on the way to ask, the examples and the learning rate."""
    shown: Views = {}
    if writing(evidence) and evidence.has("asked", seed_of(evidence)):
        shown["The answers"] = lambda: answers(evidence)
    if asked := [evidence.answer(role) for role in ("talk both", "talk") if evidence.has(role)]:
        shown["Your question"] = lambda: talk(asked[0])
    if not is_revealed(evidence):
        return shown
    return shown | {
        "Ways to ask": lambda: ways_to_ask(evidence),
        "Ways to write": lambda: ways_to_write(evidence),
        "Learning rate": lambda: rates(evidence),
        "Size of the patch": lambda: patch_sizes(evidence),
    }


def ways_to_ask(evidence: Results) -> Figure:
    """Draws how many capitals the model names before and after bare examples, asked in several ways."""
    place = ("tuned", BARE, GENTLE)
    return true_bars(
        {
            "before training": (shares(evidence, TRUE, 0, *place), "scratch"),
            "16 examples in the prompt": (otherwise(evidence, "prompt", TRUE), "target"),
            "trained on 16 examples": (shares(evidence, TRUE, -1, *place), "target"),
            "plain text, before training": (shares(evidence, PLAIN, 0, *place), "scratch"),
            "plain text, after training": (shares(evidence, PLAIN, -1, *place), "source"),
        },
        "The same facts, asked in several ways, with “Lima, of course.” as examples",
    )


def ways_to_write(evidence: Results) -> Figure:
    """Draws how many capitals the model names after bare examples and after whole sentences."""
    return true_bars(
        {
            "before training": (shares(evidence, TRUE, 0, "tuned", SENTENCE, GENTLE), "scratch"),
            "“Lima, of course.”": (shares(evidence, TRUE, -1, "tuned", BARE, GENTLE), "target"),
            "“The capital of Peru is Lima ...”": (shares(evidence, TRUE, -1, "tuned", SENTENCE, GENTLE), "pretrained"),
            "untrained, sentence begun for it": (otherwise(evidence, "begun", TRUE), "source"),
        },
        "The same sixteen facts as examples, written in two ways",
    )


def rates(evidence: Results) -> Figure:
    """Draws what is left at a gentle and at a hot learning rate."""
    return true_bars(
        {
            f"{way}, {name}": (shares(evidence, what, at, "tuned", BARE, rate), role)
            for way, what in (("chat", TRUE), ("plain text", PLAIN))
            for name, at, rate, role in (
                ("before training", 0, GENTLE, "scratch"),
                ("low rate", -1, GENTLE, "target"),
                ("high rate", -1, HOT, "pretrained"),
            )
        },
        "The same examples and steps, at two learning rates",
    )


def patch_sizes(evidence: Results) -> Figure:
    """Draws how many capitals the model names after a small patch, and after training all weights."""
    return true_bars(
        {
            "before training": (shares(evidence, TRUE, 0, "tuned", SENTENCE, GENTLE), "scratch"),
            "patch of rank 1": (shares(evidence, TRUE, -1, "patch"), "pretrained"),
            "all weights": (shares(evidence, TRUE, -1, "full"), "source"),
        },
        "Sixteen whole sentences, learned by a patch of rank 1 and by all weights",
    )


def true_bars(rows: Mapping[str, tuple[np.ndarray, str]], title: str) -> Figure:
    """Draws shares of answers on every draw as bars."""
    shown: Sequence[Bar] = [Bar(name=name, values=100 * values, role=role) for name, (values, role) in rows.items()]
    return bars(shown, "Answers about other countries", "percent", title, signed=False)


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the state of the tuning."""
    told = writing(evidence)
    return sentence(told[-1]) if told else ""


def verdict(evidence: Results, guess: Guess) -> Verdict:
    found = {name: shares(evidence, what, -1, "tuned", BARE, GENTLE).mean() for name, (what, _, _) in DIALS.items()}
    says = {
        "in the form": "answers in the form of the examples",
        "true": "true answers",
        "true as plain text": "capitals named in a plain text",
    }
    return [(says[name], f"{guess[control]} %", percent(float(found[name]))) for name, control in HANDLES.items()]
