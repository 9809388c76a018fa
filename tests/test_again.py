"""Progress of a learner, kept in the browser and in a file, and repetition of missed questions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from core.experiment.checks import BadValue
from lessons.kit.lesson import progress
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.lesson.progress import ENOUGH, LARGEST, MissedQuestion, Progress
from tests.steps import press

SLUGS = list(lessons())
IDS = list(progress.questions())
MISSED = st.builds(MissedQuestion, st.integers(0, ENOUGH), st.integers(0, 2_000_000_000))
PROGRESS = st.builds(
    Progress,
    st.dictionaries(st.sampled_from(SLUGS), st.integers(1, 5)),
    st.dictionaries(st.sampled_from(SLUGS), st.text(max_size=progress.LONGEST)),
    st.dictionaries(st.sampled_from(IDS), MISSED),
    st.frozensets(st.sampled_from(SLUGS)),
    st.frozensets(st.sampled_from(SLUGS)),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(PROGRESS)
def test_a_file_brings_back_what_was_written(done: Progress) -> None:
    assert progress.read(progress.write(done)) == done


@given(PROGRESS, PROGRESS)
def test_merging_progress_keeps_furthest_and_latest(one: Progress, other: Progress) -> None:
    """Progress of two browsers is merged by whatever is further and later."""
    both = one | other
    for slug in {*one.seen, *other.seen}:
        assert both.seen[slug] == max(one.seen.get(slug, 0), other.seen.get(slug, 0))
    for at in {*one.missed, *other.missed}:
        said = [part.missed[at] for part in (one, other) if at in part.missed]
        assert both.missed[at].asked == max(missed.asked for missed in said)
        assert both.missed[at] in said


@given(JSON, JSON, JSON, JSON)
def test_any_file_gives_progress_or_a_message(seen: object, found: object, missed: object, guessed: object) -> None:
    told = json.dumps(progress.KIND | {"seen": seen, "found": found, "missed": missed, "guessed": guessed})
    try:
        assert isinstance(progress.read(told), Progress)
    except BadValue as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize(("data", "says"), [
    (b"\xff\xfe", "not JSON"),
    ("[" * 60_000, "not JSON"),
    ("[]", "does not contain progress"),
    (" " * (LARGEST + 1), "too large"),
    (json.dumps(progress.KIND | {"version": 2}), "another version"),
    (json.dumps(progress.KIND | {"seen": {SLUGS[0]: 6}}), "from 1 to 5"),
    (json.dumps(progress.KIND | {"seen": {SLUGS[0]: True}}), "from 1 to 5"),
    (json.dumps(progress.KIND | {"found": {SLUGS[0]: 1}}), "must be text"),
    (json.dumps(progress.KIND | {"missed": {IDS[0]: 1}}), "how often"),
    (json.dumps(progress.KIND | {"guessed": {SLUGS[0]: 2}}), "guess or an answer"),
    (json.dumps(progress.KIND | {"answered": [SLUGS[0]]}), "names nothing"),
])  # fmt: skip
def test_files_without_progress_are_refused(data: bytes | str, says: str) -> None:
    with pytest.raises(BadValue, match=says):
        progress.read(data)


def test_lessons_that_are_not_here_are_left_out() -> None:
    told = {"seen": {"gone": 3, SLUGS[0]: 2}, "missed": {"gone.00000000": {"right": 0, "asked": 1}}}
    assert progress.read(json.dumps(progress.KIND | told)) == Progress(seen={SLUGS[0]: 2})


def test_guess_and_answer_finish_a_lesson() -> None:
    one, other, third = SLUGS[:3]
    done = Progress(dict.fromkeys(SLUGS, 5), guessed=frozenset([one, other]), answered=frozenset([other, third]))
    assert done.finished_lessons == [other]
    assert progress.read(progress.write(done)).finished_lessons == [other]


def test_what_older_progress_counts_as_done_stays_done() -> None:
    told = progress.KIND | {"seen": {SLUGS[0]: 4, SLUGS[1]: 3, "gone": 5}}
    assert progress.read(json.dumps(told)).finished_lessons == [SLUGS[0]]


def test_any_stored_finding_can_be_shown() -> None:
    told = {"found": {SLUGS[0]: "half \ud800a letter"}}
    assert progress.read(json.dumps(progress.KIND | told)).found == {SLUGS[0]: "half a letter"}


def test_question_repeats_until_right_twice_in_a_row() -> None:
    missed = MissedQuestion()
    for rightly, right in [(True, 1), (False, 0), (True, 1), (True, 2)]:
        missed = missed.after_answer(rightly, now=missed.asked + 1)
        assert missed.right == right
    assert progress.question_to_repeat(Progress(missed={IDS[0]: missed}), before=99) is None


def test_longest_unasked_question_comes_first() -> None:
    """Only questions of earlier lessons are repeated."""
    late, early = IDS[-1], IDS[0]
    done = Progress(missed={early: MissedQuestion(0, 50), late: MissedQuestion(1, 10)})
    assert progress.question_to_repeat(done, before=99) == late
    assert progress.question_to_repeat(done, before=lessons()[SLUGS[-1]].number) == early
    assert progress.question_to_repeat(done, before=99, asked=[late]) == early
    assert progress.question_to_repeat(done, before=1) is None


def test_every_question_has_a_name_of_its_own() -> None:
    assert len(IDS) == sum(len(lesson.questions) for lesson in lessons().values())


def asked_again(*missed: str) -> AppTest:
    def draw() -> None:
        from app.app_pages.review import show

        show()

    test = AppTest.from_function(draw, default_timeout=60)
    test.session_state["news"] = Progress(missed={at: MissedQuestion(0, k) for k, at in enumerate(missed)})
    return test.run()


def answer(test: AppTest, at: str, rightly: bool) -> None:
    lesson, number = progress.questions()[at]
    question = lesson.questions[number]
    said = question.right if rightly else next(one for one in question.options if one != question.right)
    test.radio(key=f"again.again.{at}").set_value(said).run()
    test.button(key=f"again.again.{at}.answer").click().run()


def test_page_repeats_one_question_a_visit() -> None:
    """A learner who wants another question can ask for one."""
    test = asked_again(*IDS[:2])
    assert [one.key for one in test.radio] == [f"again.again.{IDS[0]}"]
    answer(test, IDS[0], rightly=True)
    assert any("one more time, on another day" in one.value for one in test.markdown)
    assert test.session_state["news"].missed[IDS[0]].right == 1
    assert test.radio(key=f"again.again.{IDS[0]}").disabled  # now that the right answer is said
    next(one for one in test.button if one.label == "Another question").click().run()
    assert [one.key for one in test.radio] == [f"again.again.{IDS[1]}"]
    answer(test, IDS[1], rightly=False)
    assert not test.exception
    assert not [one for one in test.button if one.label == "Another question"]  # each of them once a visit


def test_page_without_misses_explains_repetition() -> None:
    test = asked_again()
    assert not test.radio
    assert any("when you have answered it correctly twice" in one.value for one in test.markdown)


@pytest.mark.browser
@pytest.mark.parametrize("page", [390], indirect=True)
def test_missed_question_returns_and_is_saved(address: str, page: Page, tmp_path: Path) -> None:
    """A missed question comes back another day and is part of the progress file."""
    page.goto(f"{address}/home")
    older = {"seen": {SLUGS[1]: 5, SLUGS[2]: 3}}  # before a lesson was done by a guess and an answer
    page.evaluate("older => localStorage.setItem('headstart', JSON.stringify(older))", older)
    page.goto(f"{address}/label_worth?label_worth.beat=Recall&label_worth.committed=2&label_worth.pressed=1")
    question = lessons()["label_worth"].questions[0]
    wrong = next(one for one in question.options if one != question.right)
    page.get_by_role("radio", name=wrong).check(force=True)
    press(page, "That is my answer")
    page.wait_for_function("localStorage.getItem('headstart')?.includes('\"right\":0')")
    page.goto(f"{address}/again")  # another session: only the browser knows
    expect(page.get_by_text("A question you missed, from")).to_be_visible()
    page.get_by_role("radio", name=question.right).check(force=True)
    press(page, "That is my answer")
    expect(page.get_by_text("one more time, on another day")).to_be_visible()
    page.get_by_text("Take your progress along").click()
    with page.expect_download() as coming:
        press(page, "Save my progress")
    coming.value.save_as(tmp_path / "mine.json")
    saved = progress.read((tmp_path / "mine.json").read_bytes())
    assert [missed.right for missed in saved.missed.values()] == [1]
    assert saved.finished_lessons == [SLUGS[1]]  # it stays done, and the first is not: its prediction was skipped
    assert SLUGS[0] in saved.answered
    press(page, "Delete my progress")
    press(page, "Yes, delete it")
    expect(page.get_by_text("A question you missed, from")).to_have_count(0)
    page.wait_for_function("!localStorage.getItem('headstart')?.includes('right')")
    page.locator("input[type=file]").set_input_files(tmp_path / "mine.json")
    expect(page.get_by_text(re.compile("1 question to retry"))).to_be_visible()
