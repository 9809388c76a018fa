"""Draws the figures of this lesson: the guessing game, the loss, nets that learn to write, the next tokens, and the
rules that are learned first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from lessons.guess_next.claims import KINDS, VOCABULARY, told_apart
from lessons.guess_next.runs import BACK, GAME, NEAR, SCRATCH
from lessons.kit.figures import Figure, percent
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Curve, Mark, curves
from lessons.kit.figures.guessing_game import Round, among_how_many, guessing_game
from lessons.kit.figures.player import Line, Lines, Player, player
from lessons.kit.figures.scatter import Axis
from lessons.kit.figures.text_panels import Texts, Tokens, quote_token
from lessons.kit.figures.value_curves import value_curves
from lessons.kit.lesson.catalogue import Guess, Verdict, Views
from lessons.kit.model.prediction import Handle
from lessons.kit.model.values import Answer, Behaviour, Control, Results, Settings
from lessons.kit.results.evidence import band_by_x, line_by_x
from lessons.kit.runs.text_adaptation import BATCH, WINDOW, bits

READER_BATCH = 16
KNOWS_NOTHING = "knows nothing (ln V)"
BEFORE = 500  # tokens: the position on the log axis for the loss before the first step
SPAN = (BEFORE, 12_000_000)
LOOKS = dict(zip(KINDS, ("pretrained", "source", "target", "scratch best")))
BEGIN, FINISH = 600, 10_000_000  # tokens: the ends of the learner's line
BELOW = 30_000  # tokens: the position of the name of a short curve
HIGH = 8.0  # bits per character
LIVE_HIGH = 5.0  # bits per character, for the nets of the learner
SPIKE = 0.3  # bits per character by which a test is worse than the one before
SIDES = {NEAR: ("copied layers", "pretrained"), SCRATCH: ("from scratch", "scratch")}  # their names and looks
FORM = "{:.1f} bits"
TAIL = 40  # how many characters of the learner's text are shown before the continuation
TOKENS = Axis(name="tokens read", low=SPAN[0], high=SPAN[1], log=True, form=",.0f")
START: Control[float] = Control(
    name="start",
    label="How surprised is the net before the first step? (bits per character)",
    options=(0.5, 1, 2, 3, 4, 5, 6, 7),
    default=6,
    help="At 1 bit per character, every letter is as uncertain as a coin flip.",
    slider=True,
)
END: Control[float] = Control(
    name="end",
    label="How surprised is it after ten million tokens? (bits per character)",
    options=(0.2, 0.5, 1, 1.5, 2, 2.5, 3, 4),
    default=1,
    help="We test it on text that was not used in training.",
    slider=True,
)
FIRST = Control(
    name="first",
    label="What does a net learn first?",
    options=KINDS,
    default="word order",
    help="The net has to prefer a real text to a spoiled one. Spelling: one word is misspelt. Word order: two words "
    "are exchanged. Verb forms: a verb does not agree with its subject. Names and numbers: one of them is wrong.",
    labels={"agreement": "verb forms"},
)

MARKS = (Handle(x=BEGIN, y=START, name="at first", start=5), Handle(x=FINISH, y=END, name="at the end", start=4))


def hook(evidence: Results, settings: Settings) -> Figure:
    """Draws the game, in which the learner guesses before they see the predictions of the model."""
    answer = evidence.answer("game")
    run = answer["runs"][0]
    rounds = [
        Round(before=before, after=after, expected=said[-1], bits=bits[-1])
        for (before, after), said, bits in zip(GAME, run["said"][-1], run["bits"][-1])
    ]
    return guessing_game(rounds)


def picture(evidence: Results, settings: Settings, guess: Guess) -> Figure:
    """Draws the loss of pretraining. Before the prediction, only the learner's guess is shown."""
    shown = []
    for side, (name, _) in SIDES.items():
        if evidence.has("live", side):
            role = "scratch" if side == SCRATCH else "source"
            shown.append(over_tokens(evidence.table("live", side), BATCH, f"your nets, {name}", role))
    if not evidence.has("reader"):
        return losses(shown, guess, None, "How much unseen text surprises the net, while it is trained")
    reader = evidence.table("reader")
    shown = [
        over_tokens(reader, READER_BATCH, "pretrained", "pretrained"),
        *(shown or [over_tokens(young_band(evidence), BATCH, "trained for a minute", "note")]),
    ]
    return losses(
        shown, guess, float(reader.bits.iloc[0]), "How much unseen text surprises the nets, while they are trained"
    )


def views(evidence: Results, settings: Settings, guess: Guess) -> Views:
    """Returns the other views: the learner's net as it learns to write, the reader on the learner's text, and the
    rules that are learned first."""
    shown: Views = {}
    sides = {side: behaviour for side in SIDES if (behaviour := evidence.behaviour("live", side))}
    if sides:
        begun = evidence.answer("begun")["tasks"][0]["examples"]
        tables = {side: evidence.table("live", side) for side in sides}
        shown["Your nets"] = lambda: learning(sides, tables, begun)
    if evidence.has("reader") and evidence.has("expects") and evidence.has("writes"):
        shown["Your text"] = lambda: reading(evidence, settings)
        title = "The most likely next tokens after your text, for the pretrained net"
        shown["What comes next"] = lambda: expected(evidence.answer("expects"), title)
    if evidence.has("reader"):
        shown["What it learns first"] = lambda: learned_first(evidence)
    return shown


def verdict(evidence: Results, guess: Guess) -> Verdict:
    bits = evidence.table("reader").bits
    last = told_apart(evidence)[1][:, -1].mean(0)
    unit = "bits per character"
    return [
        ("surprise of a net that knows nothing", f"{guess[START]:g} {unit}", f"{bits.iloc[0]:.1f} {unit}"),
        ("surprise after ten million tokens", f"{guess[END]:g} {unit}", f"{bits.iloc[-1]:.1f} {unit}"),
        ("what a net learns first", guess[FIRST], KINDS[int(last.argmax())]),
    ]


def learning(
    sides: Mapping[str, Sequence[Behaviour]], tables: Mapping[str, pd.DataFrame], begun: Sequence[Mapping[str, str]]
) -> Figure:
    """Draws how the first net of each side continues the same words at every test, with the loss of both sides."""
    tests = {side: {test["step"]: test["0"]["texts"] for test in told if "0" in test} for side, told in sides.items()}
    steps = sorted(set.intersection(*(set(said) for said in tests.values())))
    mine = {side: tables[side][tables[side].seed == tables[side].seed.min()].set_index("step") for side in sides}
    surprise = {side: table.loc[steps, "bits"].to_numpy() for side, table in mine.items()}
    first = beginning(begun[0]["prompt"])
    # The number of characters in a token: at first all tokens are equally likely.
    token = math.log2(VOCABULARY) / next(iter(mine.values())).bits.iloc[0]
    best = next(iter(surprise.values()))
    panels = (
        Texts(
            title="How your nets continue these words",
            prompts=[f"… {first}" if first else "From the beginning of a page"] * len(sides),
            notes=[SIDES[side][0] for side in sides],
            says=[[printable(tests[side][step][0]) for side in sides] for step in steps],
        ),
        Lines(
            title="How much unseen text surprises them (bits per character)",
            lines=[Line(name=SIDES[side][0], role=SIDES[side][1], values=values) for side, values in surprise.items()],
            high=max(LIVE_HIGH, *(float(values.max()) for values in surprise.values())),
            form=FORM,
            big=[f"{SIDES[next(iter(sides))][0]}: {chosen_among(float(bits * token))}" for bits in best],
        ),
    )
    read = [f"{step * BATCH * WINDOW:,} tokens read" for step in steps]
    says = [
        f"After {when}: "
        + ", ".join(f"{SIDES[side][0]} {values[k]:.1f}" for side, values in surprise.items())
        + " bits per character on unseen text."
        for k, when in enumerate(read)
    ]
    none = ("", "", "")
    return player(Player(marks=read, says=says, panels=panels, states=none, first=len(steps) - 1, scrub="Training"))


def tells(evidence: Results, settings: Settings) -> str:
    """Describes the current loss of both sides, and explains a spike in a curve."""
    tables = {
        name: bits(evidence.table("live", side)) for side, (name, _) in SIDES.items() if evidence.has("live", side)
    }
    if not tables:
        return ""
    now = ", ".join(f"{name} {values[-1].mean():.1f}" for name, values in tables.items())
    said = f"Bits per character on unseen text: {now}."
    if spiked := [name for name, values in tables.items() if (np.diff(values.mean(1), axis=0) > SPIKE).any()]:
        said += f" The spike ({', '.join(spiked)}) is one step that was too large. A few steps later the nets recover."
    return said


def reading(evidence: Results, settings: Settings) -> Figure:
    """Draws the reader's surprise at the learner's text, and its continuation, at every moment of its training."""
    told, back = evidence.answer("expects"), settings[BACK]
    run, tokens = told["runs"][0], told["tokens"][0]
    table = evidence.table("reader").set_index("step")
    steps = run["steps"]
    general = np.interp(steps, table.index, table.bits)
    own = np.array([row[0] for row in run["bits"]])
    written = evidence.answer("writes")["runs"][0]["texts"][0]
    stories = [list(map(story, tokens, row, said[0])) for row, said in zip(own, run["said"])]
    how = "one token" if back == 1 else f"{back} tokens"
    panels = (
        Texts(
            title="How the pretrained net continues your text",
            prompts=[f"… {settings.typed_text[-TAIL:]}"],
            says=[[printable(text)] for text in written],
        ),
        Tokens(
            title=f"How much each token surprises it, when it sees {how}",
            tokens=tokens,
            bits=own,
            stories=stories,
            big=[chosen_among(float(row.mean())) for row in own],
        ),
        Lines(
            title="How much unseen general text surprises it",
            lines=[Line(name="pretrained", role="pretrained", values=general)],
            high=HIGH,
            form=FORM,
        ),
    )
    marks = [f"{step * READER_BATCH * WINDOW:,} tokens read" for step in steps]
    says = [
        f"{moment(step)[0].upper()}{moment(step)[1:]}: {row.mean():.1f} bits per token on your text, {bits:.1f} bits "
        "per character on unseen general text."
        for step, row, bits in zip(steps, own, general)
    ]
    return player(Player(marks=marks, says=says, panels=panels, states=("", "", ""), scrub="Training"))


def chosen_among(bits: float) -> str:
    """Explains a number of bits for a token in plain English."""
    return f"like choosing among {among_how_many(bits)} tokens"


def story(token: str, bits: float, said: Sequence[tuple[str, float]]) -> str:
    """Describes how surprised the reader was by a token, and which tokens it expected."""
    likeliest = ", ".join(f"{quote_token(one)} {percent(chance)}" for one, chance in said)
    return (
        f"{quote_token(token)}: the net was as uncertain as if it had to choose among {among_how_many(bits)} tokens "
        f"({bits:.1f} bits). It found most likely: {likeliest}."
    )


def beginning(prompt: str) -> str:
    """Returns the prompt without the rest of the sentence before it, and without line breaks."""
    return " ".join(prompt.lstrip(" .,;:!?").split())


def over_tokens(table: pd.DataFrame, batch: int, name: str, role: str) -> Curve:
    """Returns a curve of bits per character against the number of tokens read, with its band over seeds."""
    steps = np.sort(table.step.unique())
    read = np.maximum(steps * batch * WINDOW, BEFORE)
    tag = (BELOW, "bottom") if read[-1] < SPAN[1] / 4 else None  # its end would be on the curve of the reader
    return Curve(table=band_by_x(dict(zip(read.tolist(), bits(table)))), name=name, role=role, tag=tag)


def losses(shown: Sequence[Curve], guess: Guess, nothing: float | None, title: str) -> Figure:
    """Draws these curves with the learner's guess, and with a line at `nothing`, the loss of an untrained model."""
    marks, drawn = [], list(shown)
    if nothing is not None:
        marks.append(Mark(start=(SPAN[0], nothing), end=(SPAN[1], nothing), says=KNOWS_NOTHING, place="insideEndTop"))
    if guess:
        line = line_by_x({BEGIN: guess[START], FINISH: guess[END]})
        drawn.append(Curve(table=line, name="your prediction", role="guess"))
    return value_curves(drawn, TOKENS, Axis(name="bits per character", low=0, high=HIGH), marks, title)


def young_band(evidence: Results) -> pd.DataFrame:
    """Returns the nets that are trained for a minute as one table with eight seeds."""
    return pd.concat(evidence.tables("young").values())


def moment(step: int) -> str:
    """Names a moment of the reader's training by the number of tokens it has read."""
    read = step * READER_BATCH * WINDOW
    return f"after {read:,} tokens" if step else "before the first step"


def expected(answer: Answer, title: str) -> Figure:
    """Draws the most likely next tokens of the reader, at the end of its training."""
    tokens = answer["runs"][0]["next"][-1][0]
    shown = [Bar(name=quote_token(token), values=np.array([100 * chance])) for token, chance in tokens]
    return bars(shown, "Probability", "%", title, signed=False)


def printable(text: str) -> str:
    """Returns the text with dots for bytes that are not letters, because an untrained model writes such bytes too."""
    return "".join(letter if letter.isprintable() and letter != "\ufffd" else "·" for letter in text.replace("\n", " "))


def learned_first(evidence: Results) -> Figure:
    """Draws the share of pairs that the model tells apart, for each kind of error."""
    steps, right = told_apart(evidence)
    read = np.maximum(np.array(steps) * BATCH * WINDOW, BEFORE).tolist()
    shown = [
        Curve(table=band_by_x(dict(zip(read, right[:, :, k].T))), name=FIRST.label_of(kind), role=LOOKS[kind])
        for k, kind in enumerate(KINDS)
    ]
    guessing = Mark(start=(BEFORE, 0.5), end=(1e6, 0.5), says="guessing", place="insideStartTop")
    title = "Share of pairs in which the net prefers the real text, by what is wrong in the other one"
    return curves(shown, "tokens read", (BEFORE, 1e6), [guessing], title, y="Correct pairs", share=(0.4, 1))
