"""Any input gives a proper value or a plain message, and nothing else.

Every input that needs no browser is tried with generated texts. By default a few are tried. HEADSTART_EXAMPLES=2000
tries that many of each, different ones in every run.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import nets
from core.experiment import tasks
from core.experiment.checks import BadValue, to_ascii
from core.experiment.spec import Keep, Measure, Run, Stage, digest, from_json, to_json
from core.measure import Learned, answer
from core.store import store
from core.training.text_generation import encoded
from core.user_data import corpus
from core.worlds import text
from lessons.kit.lesson.catalogue import Lesson, lessons
from lessons.kit.model.learner_input import LearnerInput
from lessons.kit.model.prediction import Order
from lessons.kit.model.values import Control, Results, Settings
from lessons.kit.results.evidence import load_results

MANY = int(os.environ.get("HEADSTART_EXAMPLES", 0))
tried = settings(
    max_examples=MANY or 60,
    derandomize=not MANY,
    database=None,
    deadline=None,  # the machine may be busy: hangs are the test run's own affair
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
NASTY = [
    "", " ", "\0", "\ud800", "\udfff\ud800", "\u2028", "\u200b", "\ufeff", "\u0301" * 30, "\u202eabc", "\U0010ffff",
    "\u0661", "\u00b2", "\uff11", "1e999", "nan", "-0", "1_0", "0x1", "9" * 5000, "True", "{0}", "%s", "%00",
    "$$\\frac{", ":red[", "![](//a.b/c)", "</script>", FAMILY * 60, "a" * 4000, "-" * 20,
]  # fmt: skip
ANY = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=())),  # lone surrogates too
    st.text("0123456789-,. einfa", max_size=40),
    st.integers().map(str),
    st.floats().map(str),
)
NUMBERS = st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), ANY)
LESSONS = [pytest.param(lesson, id=slug) for slug, lesson in lessons().items()]
SHEETS = [pytest.param(lesson, id=slug) for slug, lesson in lessons().items() if lesson.sheet]
KINDS = (*tasks.kinds(tasks.Task), Stage, Keep, Measure, Run)


def is_plain(said: BadValue | str) -> bool:
    """Tells whether any page and any log can show a message.

    No character of the refused text may make a picture, a link or a formula of it.
    """
    words = str(said)
    shape = words[0].isupper() and words[-1] in ".!?" and len(words) < 250
    return shape and words.isprintable() and "//" not in words and not set("[]<>$`*@\\") & set(words)


def near(control: Control[Any]) -> st.SearchStrategy[str]:
    """Generates values that a control accepts, and values that only look like them."""
    items = control.items if isinstance(control, Order) else map(str, control.options)
    words = st.sampled_from(list(items))
    spoiled = st.tuples(st.sampled_from(["", " ", "\0", "0", "+"]), words, st.sampled_from(["", " ", ".0", "\n"]))
    return st.one_of(ANY, words, spoiled.map("".join), st.lists(words, max_size=8).map(" > ".join))


@pytest.mark.parametrize("lesson", LESSONS)
@tried
@given(data=st.data())
def test_settings_from_urls_are_options_or_messages(lesson: Lesson, data: st.DataObject) -> None:
    control = data.draw(st.sampled_from([*lesson.controls, *lesson.prediction.sliders]))
    try:
        value = control.read(data.draw(near(control)))
    except BadValue as said:
        assert is_plain(said)
    else:
        assert value in control.options or (isinstance(control, Order) and control.read(value) == value)


def on(sheet: LearnerInput) -> st.SearchStrategy[str]:
    """Generates texts that might be on a sheet."""
    point = st.tuples(st.floats(-12, 12), st.floats(-12, 12)).map("{0[0]},{0[1]}".format)
    letters = {"points": "0123456789,.- einfa", "pairs": "ab-", "labels": "0123456789-", "text": "ab \n\t\u00e9"}
    exact = st.text(letters[sheet.kind], min_size=min(sheet.most, 20), max_size=min(sheet.most, 20))
    return st.one_of(ANY, exact, st.lists(point, max_size=sheet.most + 1).map(" ".join))


@pytest.mark.parametrize("lesson", SHEETS)
@tried
@given(data=st.data())
def test_any_sheet_gives_valid_values_or_message(lesson: Lesson, data: st.DataObject) -> None:
    """The values are the lesson's runs and measures."""
    sheet = lesson.sheet
    assert sheet
    try:
        read = sheet.read(data.draw(on(sheet)))
    except BadValue as said:
        assert is_plain(said)
        return
    assert sheet.read(sheet.write(read)) == read  # as the URL writes it
    now = Settings(lesson.defaults.values, 1, read)
    for piece in (*lesson.runs(now), *lesson.asks(now), *lesson.after(now)):
        assert from_json(json.loads(json.dumps(to_json(piece.of)))) == piece.of
        assert len(digest(piece.of)) == 20


@tried
@given(typed=ANY)
def test_typed_text_becomes_plain_fitting_tokens(typed: str) -> None:
    """The tokens fit the window of the net."""
    flat = to_ascii(typed)
    assert flat == to_ascii(flat) and set(flat) <= {"\n", *map(chr, range(32, 127))}
    if flat.strip():
        assert 2 <= len(encoded(flat)) <= text.WINDOW


@pytest.fixture(scope="module")
def reader() -> Learned:
    """Returns an untrained model, at two frames, in place of the lesson's reader."""
    run = Run(task=tasks.Text(), net="transformer", seeds=1)
    theta = nets.fresh(nets.load("transformer", text.classes(run.task)), [torch.Generator().manual_seed(0)])
    return Learned(run, {run: theta}, {0: theta, 5000: theta})


@settings(tried, max_examples=MANY or 12)
@given(data=st.data(), back=st.sampled_from([1, 4, 128]))
def test_whatever_is_typed_is_read_and_drawn(reader: Learned, data: st.DataObject, back: int) -> None:
    lesson = lessons()["guess_next"]
    sheet = lesson.sheet
    assert sheet
    typed = data.draw(on(sheet).filter(lambda text: 0 < len(to_ascii(text).strip()) <= sheet.most))
    now = replace(lesson.defaults.but(back=back), given=sheet.read(typed))
    answers = {}
    for piece in lesson.asks(now):
        asked = replace(piece.of, runs=(reader.run,), count=min(piece.of.count, 3) if piece.role == "writes" else back)
        answers[piece.key] = json.loads(json.dumps(answer(asked, [reader])))
    evidence = load_results(lesson.backdrop(now)) | Results({}, answers)
    views = lesson.views(evidence, now, Settings())
    for name in ("Your text", "What comes next"):
        assert views[name]().alt.replace("\n", " ").isprintable()


@tried
@given(
    data=st.one_of(st.binary(max_size=300), ANY.map(lambda text: text.encode("utf-8", "surrogatepass"))),
    times=st.sampled_from([1, 40, 12_000]),
    name=ANY,
)
def test_a_file_is_a_subject_or_a_sentence(data: bytes, times: int, name: str) -> None:
    try:
        subject = corpus.keep((data * times)[:200_000], name)
    except BadValue as said:
        assert is_plain(said)
        return
    assert corpus.is_own_text(subject) and corpus.path(subject).parent == store.home() / "texts"
    assert corpus.display_name(subject).isprintable()
    for part in text.documents(subject):
        assert part and all(document == to_ascii(document).strip() != "" for document in part)


JSON = st.recursive(
    st.one_of(NUMBERS, st.sampled_from(["conv", "full", "ewc", "accuracy"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(ANY, inner, max_size=3),
        st.sampled_from(KINDS).flatmap(
            lambda kind: st.fixed_dictionaries(
                {"is": st.just(kind.__name__)}, optional=dict.fromkeys(kind.__dataclass_fields__, inner)
            )
        ),
    ),
    max_leaves=12,
)


@tried
@given(value=JSON)
def test_json_is_an_experiment_or_a_sentence(value: Any) -> None:
    try:
        made = from_json(value)
    except BadValue as said:
        assert str(said).endswith(".")
    else:
        if isinstance(made, KINDS):
            assert from_json(json.loads(json.dumps(to_json(made)))) == made
