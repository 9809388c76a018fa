"""What this lesson shows: the loss, the text by surprise, what comes next, what is written, what is learned first."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
import pandas as pd

from lessons.guess_next.claims import KINDS, told_apart
from lessons.guess_next.runs import BACK, OPENING
from lessons.kit.catalogue import Guess, Verdict, Views
from lessons.kit.evidence import against
from lessons.kit.figures import Figure
from lessons.kit.figures.bars import Bar, bars
from lessons.kit.figures.curves import Curve, Mark, curves
from lessons.kit.figures.dots import Axis
from lessons.kit.figures.lines import lines
from lessons.kit.figures.tinted import tinted, visible
from lessons.kit.texts import BATCH, WINDOW, bits
from lessons.kit.values import Answer, Control, Evidence, Settings

READER_BATCH = 16
KNOWS_NOTHING = "knows nothing: ln V"
BEFORE = 500  # tokens: where a log axis shows what was known before the first step
SPAN = (BEFORE, 12_000_000)
LOOKS = dict(zip(KINDS, ("pretrained", "source", "target", "scratch best")))
TOKENS = Axis(name="tokens read", low=SPAN[0], high=SPAN[1], log=True, form=",.0f")
START: Control[float] = Control(
    name="start",
    label="How surprised is it before the first step?",
    options=(0.5, 1, 2, 3, 4, 5, 6, 7),
    default=6,
    help="In bits a character: 1 is a fair coin's worth of surprise at every letter.",
    slider=True,
)
END: Control[float] = Control(
    name="end",
    label="And in the end?",
    options=(0.2, 0.5, 1, 1.5, 2, 2.5, 3, 4),
    default=1,
    help="On text that it has never seen.",
    slider=True,
)
FIRST = Control(
    name="first",
    label="What does it learn first?",
    options=KINDS,
    default="word order",
    help="To tell real text from text with a misspelt word, with two words exchanged, with a verb that does "
    "not agree, or with a wrong name or number.",
)


def hook(evidence: Evidence, settings: Settings) -> Figure:
    title = f"“{OPENING} …” What comes next? The answer of a model that has read for a while"
    return expected(evidence.answer("look"), title)


def picture(evidence: Evidence, settings: Settings, guess: Guess) -> Figure:
    """The loss of pretraining: before the prediction only the learner's line."""
    if not evidence.has("reader"):
        title = "Surprise while a model reads: where does your line begin, and where does it end?"
        return losses([], guess, None, title)
    reader = evidence.table("reader")
    shown = [
        over_tokens(reader, READER_BATCH, "the reader", "pretrained"),
        over_tokens(young_band(evidence), BATCH, "in a minute", "note"),
    ]
    if evidence.has("live", "yours"):
        shown.append(over_tokens(evidence.table("live", "yours"), BATCH, "live", "scratch"))
    return losses(shown, guess, float(reader.bits.iloc[0]), "Surprise at unseen general text while models read")


def views(evidence: Evidence, settings: Settings, guess: Guess) -> Views:
    """The learner's own words as the reader sees them, and what is learned first."""
    shown: Views = {}
    if evidence.has("expects"):
        answer, back = evidence.answer("expects"), settings[BACK]
        how = "one token back" if back == 1 else f"up to {back} tokens back"
        title = f"Your text by surprise, when the reader may look {how}: touch a token"
        shown["Surprise"] = lambda: surprises(answer, title)
        next_title = "And after your last letter? What the reader expects at the end of its training"
        shown["What comes next"] = lambda: expected(answer, next_title)
    if evidence.has("writes"):
        title_written = "How the reader goes on, at five moments of its training"
        shown["What it writes"] = lambda: written(evidence.answer("writes"), title_written)
    if not evidence.has("reader"):
        return shown
    return shown | {"Learned first": lambda: learned_first(evidence)}


def verdict(evidence: Evidence, guess: Guess) -> Verdict:
    bits = evidence.table("reader").bits
    last = told_apart(evidence)[1][:, -1].mean(0)
    unit = "bits a character"
    return [
        ("a model that knows nothing", f"{guess[START]:g} {unit}", f"{bits.iloc[0]:.1f} {unit}"),
        ("the reader, in the end", f"{guess[END]:g} {unit}", f"{bits.iloc[-1]:.1f} {unit}"),
        ("learned first", guess[FIRST], KINDS[int(last.argmax())]),
    ]


def over_tokens(table: pd.DataFrame, batch: int, name: str, role: str) -> Curve:
    """A run's bits a character against the tokens that it has read, with its band over seeds."""
    steps = np.sort(table.step.unique())
    read = np.maximum(steps * batch * WINDOW, BEFORE)
    return Curve(table=against(dict(zip(read.tolist(), bits(table)))), name=name, role=role)


def losses(shown: Sequence[Curve], guess: Guess, nothing: float | None, title: str) -> Figure:
    marks = []
    if nothing is not None:
        marks.append(Mark(start=(SPAN[0], nothing), end=(SPAN[1], nothing), says=KNOWS_NOTHING, place="insideEndTop"))
    if guess:
        ends = (SPAN[0] * 1.2, guess[START]), (SPAN[1] / 1.2, guess[END])
        marks.append(Mark(start=ends[0], end=ends[1], says="you", role="guess"))
    return lines(shown, TOKENS, Axis(name="bits a character", low=0, high=8), marks, title)


def young_band(evidence: Evidence) -> pd.DataFrame:
    """The nets that read for a minute as one table of eight seeds."""
    return pd.concat(evidence.tables("young").values())


def surprises(answer: Answer, title: str) -> Figure:
    """The learner's text at every moment of the reader's training."""
    run, tokens = answer["runs"][0], answer["tokens"][0]
    rows = {
        moment(step): [{"token": t, "bits": b, "said": s} for t, b, s in zip(tokens, row[0], said[0])]
        for step, row, said in zip(run["steps"], run["bits"], run["said"])
    }
    return tinted(rows, title)


def moment(step: int) -> str:
    read = step * READER_BATCH * WINDOW
    return f"after {read:,} tokens" if step else "before the first step"


def expected(answer: Answer, title: str) -> Figure:
    """What the reader believes comes next, at the end of its training."""
    tokens = answer["runs"][0]["next"][-1][0]
    shown = [Bar(name=f"“{visible(token)}”", values=np.array([100 * chance])) for token, chance in tokens]
    return bars(shown, "probability", "%", title, signed=False)


def written(answer: Answer, title: str) -> Figure:
    """What is written after the learner's words, at every moment."""
    run = answer["runs"][0]
    rows = [(moment(step), printable(text)) for step, text in zip(run["steps"], run["texts"][0])]
    cells = "".join(
        f'<p style="margin:0;font-size:.8rem;opacity:.75">{when}</p>'
        f'<p style="margin:0 0 10px;overflow-wrap:anywhere">… <strong>{html.escape(text)}</strong></p>'
        for when, text in rows
    )
    return Figure(kind="html", spec=cells, alt="; ".join(f"{w}: {t}" for w, t in rows), title=title)


def printable(text: str) -> str:
    """Bytes that are no letter as dots: a model that knows nothing writes them too."""
    return "".join(letter if letter.isprintable() and letter != "\ufffd" else "·" for letter in text.replace("\n", " "))


def learned_first(evidence: Evidence) -> Figure:
    """The share of pairs told apart, by what was spoiled."""
    steps, right = told_apart(evidence)
    read = np.maximum(np.array(steps) * BATCH * WINDOW, BEFORE).tolist()
    shown = [
        Curve(table=against(dict(zip(read, right[:, :, k].T))), name=kind, role=LOOKS[kind])
        for k, kind in enumerate(KINDS)
    ]
    guessing = Mark(start=(BEFORE, 0.5), end=(1e6, 0.5), says="guessing", place="insideStartTop")
    title = "Real text or spoiled? Pairs told apart in the first minute, by what was spoiled"
    return curves(shown, "tokens read", (BEFORE, 1e6), [guessing], title, y="Pairs told apart", share=(0.4, 1))
