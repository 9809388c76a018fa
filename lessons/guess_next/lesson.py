"""Lesson 1: guess the next token. What a language model does while it pretrains, and what that is worth elsewhere."""

from __future__ import annotations

from core import corpus
from core.spec import Measure, Run
from core.tasks import Text
from lessons.guess_next.claims import CLAIMS, KINDS, told_apart
from lessons.guess_next.pictures import (
    READER_BATCH,
    adapting,
    by_size,
    by_subject,
    expected,
    learned_first,
    losses,
    named,
    over_tokens,
    scaling,
    surprises,
    written,
    young_band,
)  # fmt: skip
from lessons.guess_next.readers import (
    BATCH,
    BROUGHT,
    PRETRAINED,
    SCRATCH,
    SLICE,
    SLICES,
    SUBJECTS,
    WINDOW,
    all_young,
    amount,
    amounts,
    domain,
    domains,
    fine_tuned,
    from_scratch,
    sliced,
)  # fmt: skip
from lessons.kit import scripts
from lessons.kit.catalogue import Control, Evidence, Given, Lesson, Prediction, Question, Settings, Sheet, Values
from lessons.kit.evidence import revealed
from lessons.kit.figures import Figure
from lessons.kit.recipes import Seeds, reader

GENERAL = "general"
LIVE = 2  # nets an arm of a live run
LIVE_STEPS = 40
BACK = (1, 4, 16, WINDOW)
WRITTEN = 40  # tokens that the reader writes
FOUND = "found "  # evidence that may not be seen before the prediction
OPENING = "The President of the United"


def runs(settings: Settings) -> Values:
    """On general text one arm, from nothing, four times through it; on a subject two, with the reader's start and
    without."""
    seeds, subject, kilobytes = Seeds(LIVE, 100 * settings["draw"]), settings["subject"], settings["kilobytes"]
    if subject == GENERAL:
        return {"yours": amount(kilobytes, seeds)}
    return {
        PRETRAINED: fine_tuned(subject, seeds, LIVE_STEPS, reader(), kilobytes),
        SCRATCH: from_scratch(subject, seeds, LIVE_STEPS, kilobytes),
    }


def backdrop(settings: Settings) -> Values:
    values: Values = {"look": expects(OPENING, WINDOW), FOUND + "reader": reader()}
    known = all_young(Seeds()) | amounts(Seeds()) | domains(Seeds()) | domain(BROUGHT, Seeds()) | sliced(Seeds())
    return values | {FOUND + name: value for name, value in known.items()}


def asks(settings: Settings, given: Given) -> Values:
    """What the reader makes of the learner's own words, at every moment of its training."""
    assert isinstance(given, str)
    writes = Measure(kind="continuations", runs=(reader(),), prompts=(given,), count=WRITTEN)
    return {"expects": expects(given, settings["back"]), "writes": writes}


def expects(text: str, back: int) -> Measure:
    return Measure(kind="surprise", runs=(reader(),), prompts=(text,), count=back)


def hook(evidence: Evidence, settings: Settings) -> Figure:
    return expected(evidence["look"], f"“{OPENING} …” What comes next? The answer of a model that has read for a while")


def picture(evidence: Evidence, settings: Settings, guess: Settings) -> Figure:
    """The loss of pretraining: before the prediction only the learner's line."""
    known = revealed(evidence, FOUND)
    if not known:
        return losses(
            [], guess, None, "Surprise while a model reads: where does your line begin, and where does it end?"
        )
    shown = [
        over_tokens(known["reader"], READER_BATCH, "the reader", "pretrained"),
        over_tokens(young_band(known), BATCH, "in a minute", "note"),
    ]
    if "yours" in evidence:
        shown.append(over_tokens(evidence["yours"], BATCH, "live", "scratch"))
    nothing = float(known["reader"].bits.iloc[0])
    return losses(shown, guess, nothing, "Surprise at unseen general text while models read")


def live(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    if settings["subject"] == GENERAL:
        return [picture(evidence, settings, guess)]
    subject, arms = settings["subject"], (PRETRAINED, SCRATCH)
    tables = {arm: evidence[arm] for arm in arms if arm in evidence}
    if tables:
        return [adapting(tables, subject, settings["kilobytes"], LIVE_STEPS, "live")]
    for end, kilobytes in ((f" {settings['kilobytes']} KB", settings["kilobytes"]), ("", SLICE)):
        stored = {arm: evidence.get(f"{FOUND}{arm} {subject}{end}") for arm in arms}
        if all(table is not None for table in stored.values()):
            return [adapting(stored, subject, kilobytes, 80, "stored")]
    return []


def pictures(evidence: Evidence, settings: Settings, guess: Settings) -> list[Figure]:
    shown, known = [], revealed(evidence, FOUND)
    if "expects" in evidence:
        back = settings["back"]
        how = "one token back" if back == 1 else f"up to {back} tokens back"
        shown += [
            surprises(evidence["expects"], f"Your text by surprise, when the reader may look {how}: touch a token"),
            expected(
                evidence["expects"], "And after your last letter? What the reader expects at the end of its training"
            ),
        ]
    if "writes" in evidence:
        shown.append(written(evidence["writes"], "How the reader goes on, at five moments of its training"))
    if known and settings["subject"] == GENERAL:
        yours = (settings["kilobytes"], evidence["yours"]) if "yours" in evidence else None
        shown += [learned_first(known), scaling(known, yours)]
    elif known:
        shown += [by_size(known), by_subject(known)]
    return shown


def verdict(evidence: Evidence, guess: Settings) -> list[tuple[str, str, str]]:
    known = revealed(evidence, FOUND)
    bits = known["reader"].bits
    last = told_apart(known)[1][:, -1].mean(0)
    unit = "bits a character"
    return [
        ("a model that knows nothing", f"{guess['start']:g} {unit}", f"{bits.iloc[0]:.1f} {unit}"),
        ("the reader, in the end", f"{guess['end']:g} {unit}", f"{bits.iloc[-1]:.1f} {unit}"),
        ("learned first", str(guess["first"]), KINDS[int(last.argmax())]),
    ]


def script(settings: Settings) -> str:
    made, subject = runs(settings), settings["subject"]
    run = made.get("yours") or made[PRETRAINED]
    assert isinstance(run, Run) and isinstance(run.task, Text)
    names = corpus.GENERAL if run.task.subject == GENERAL else (run.task.subject,)
    return scripts.shown(
        "lessons.guess_next.script",
        "General text, from nothing" if subject == GENERAL else f"{named(subject)}, after the reader",
        TEXTS=[scripts.beside(corpus.path(name)) for name in names],
        KILOBYTES=run.task.kilobytes,
        BACKBONE=scripts.weights(run.start) if run.start else "",
        **scripts.constants(run),
    )


QUESTIONS = (
    Question(
        asks="A new model has a vocabulary of twice as many tokens. Where does its loss begin, in nats a token?",
        options={
            "At the same value: it knows nothing either": "It knows nothing, but it spreads its bets over twice as many tokens. The logarithm of their number grows.",
            "Higher, by the logarithm of two": "Yes. ln(2 V) = ln V + ln 2. That is why losses are compared in bits a character: larger tokens stand for more letters.",
            "Twice as high": "The loss is a logarithm: doubling the tokens adds to it and does not double it.",
        },
        right="Higher, by the logarithm of two",
    ),
    Question(
        asks="Your own text is blank, not tinted, at the end of long words and strongly tinted at their beginning. Why?",
        options={
            "Long words are rare, so their ends were seldom seen": "Rare tokens surprise more, not less.",
            "Once a word has begun, few ends are left": "Yes. Spelling is nearly decided by what was written before; which word comes next is not.",
            "The model reads from right to left": "It reads from left to right: each token sees only what stands before it.",
        },
        right="Once a word has begun, few ends are left",
    ),
    Question(
        asks="You want a model for program code and have 50 thousand characters of it. A model pretrained on novels and speeches is free. What do you expect?",
        options={
            "Much better than from scratch, as with law": "Law is English with other words. Code shares with prose little but the letters.",
            "Hardly better than from scratch": "Look at the table again: it is better, by less than on plays or law.",
            "Better than from scratch, but by less than on plays or law": "Yes. What transfers is what both have in common.",
        },
        right="Better than from scratch, but by less than on plays or law",
    ),
)

LESSON = Lesson(
    number=1,
    title="Guess the next token",
    covers=("O", "L", "R"),
    question="What does a model do while it pretrains?",
    controls=(
        Control(
            name="subject",
            label="What it reads",
            options=(GENERAL, *SUBJECTS, BROUGHT),
            default=GENERAL,
            help="General English from nothing; or plays, law, program code, medicine or a text of your own, with the "
            "reader's start and without.",
            own=True,
        ),
        Control(
            name="kilobytes",
            label="Thousand characters to learn from",
            options=SLICES,
            default=SLICE,
            help="Every net has a slice of its own. General text is read four times, which takes the longer the more there "
            f"is, up to a minute. Of a subject a live run takes {LIVE_STEPS} steps: the less there is, the more often it is "
            "read.",
            slider=True,
        ),
        Control(
            name="back",
            label="Tokens it may look back",
            options=BACK,
            default=WINDOW,
            help="How much of your text the reader sees when it guesses the next token.",
            slider=True,
        ),
    ),
    prediction=Prediction(
        asks="A model reads ten million tokens of English. Surprise is counted in bits a character.",
        sliders=(
            Control(
                name="start",
                label="How surprised is it before the first step?",
                options=(0.5, 1, 2, 3, 4, 5, 6, 7),
                default=6,
                help="In bits a character: 1 is a fair coin's worth of surprise at every letter.",
                slider=True,
            ),
            Control(
                name="end",
                label="And in the end?",
                options=(0.2, 0.5, 1, 1.5, 2, 2.5, 3, 4),
                default=1,
                help="On text that it has never seen.",
                slider=True,
            ),
            Control(
                name="first",
                label="What does it learn first?",
                options=KINDS,
                default="word order",
                help="To tell real text from text with a misspelt word, with two words exchanged, with a verb that does "
                "not agree, or with a wrong name or number.",
            ),
        ),
        hidden=FOUND,
    ),
    claims=CLAIMS,
    questions=QUESTIONS,
    sheet=Sheet(
        kind="text",
        label="Your text",
        help="A few words or sentences. The reader knows general English up to its last letter.",
        default="In the beginning there was nothing, and the government of the United States",
        most=300,
        examples=("Call me", "The quick brown fox jumps over the", "She have three dog and he are happy."),
    ),
)
