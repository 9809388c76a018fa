"""A class in the store and in its file: who is in it, how long it lives, how much it holds, what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.experiment.checks import BadValue
from core.serve import eviction
from core.store import class_codes
from core.store import class_records as kept
from lessons.kit.classes import class_plan
from lessons.kit.classes.class_plan import (
    Plan,
    Record,
    attended,
    begin,
    bring,
    imported_files,
    read,
    records_of_class,
    submit_record,
    write,
)
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Settings
from tests.server import ROOT
from tests.test_properties import ANY, LESSONS, is_plain, near, tried

pytestmark = pytest.mark.usefixtures("home")
PLAN: dict[str, Any] = {"lesson": "label_worth", "name": "10b", "asked": ("at1", "at5", "at20")}
TEACHER = "a browser"


@pytest.fixture
def plan() -> Plan:
    return attended(begin(Plan(**PLAN), TEACHER))


def guess(*values: int) -> Record:
    return Record(said=Settings(dict(zip(("at1", "at5", "at20"), values))))


def place(plan: Plan) -> Path:
    return kept.place(plan.code)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"lesson": "../etc"}, "There is no lesson"),
        ({"name": "n" * 61}, "at most 60 characters"),
        ({"name": "two\nlines"}, "at most 60 characters"),
        ({"beat": "Lunch"}, "can open at"),
        ({"asked": ()}, "at least one"),
        ({"asked": ("at1", "at2")}, "at least one"),
        ({"values": {"labels": "333"}}, "Labels per class cannot be '333'"),
        ({"values": {"colour": "3"}}, "no control 'colour'"),
        ({"held": {"labels": "gone"}}, "locked or hidden"),
        ({"held": {"colour": "locked"}}, "locked or hidden"),
    ],
)
def test_a_plan_outside_its_bounds_is_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadValue, match=sentence):
        Plan(**PLAN | change)


def test_a_class_is_what_its_teacher_set() -> None:
    set_so = PLAN | {"beat": "Look", "values": {"labels": "5"}, "held": {"labels": "locked", "method": "hidden"}}
    found = attended(begin(Plan(**set_so), TEACHER))
    assert {name: getattr(found, name) for name in set_so} == set_so
    assert found.settings[found.lesson_of.controls[0]] == 5
    assert set(found.settings.values) == set(found.lesson_of.defaults.values)


def test_new_guess_replaces_the_old_one(plan: Plan) -> None:
    submit_record(plan, "one", guess(10, 20, 30))
    submit_record(plan, "two", guess(15, 20, 30))
    assert len(records_of_class(plan)) == 2
    submit_record(plan, "one", guess(60, 20, 30))
    assert sorted(one.said.values["at1"] for one in records_of_class(plan)) == [15, 60]
    assert records_of_class(attended(begin(Plan(**PLAN), TEACHER))) == ()


def test_records_are_reread_only_when_new(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """New records are seen at once. Without new ones no file is read again."""
    submit_record(plan, "one", guess(10, 20, 30))
    folder = place(plan) / "records"
    os.utime(folder, (time.time() - 60,) * 2)  # no more came for a minute
    before = records_of_class(plan)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", lambda path, *_: pytest.fail(f"{path} was read again"))
        assert records_of_class(plan) == before
    submit_record(plan, "two", guess(15, 20, 30))
    assert len(records_of_class(plan)) == 2


def test_after_a_day_a_class_is_gone(plan: Plan) -> None:
    submit_record(plan, "one", guess(10, 20, 30))
    other = attended(begin(Plan(**PLAN), TEACHER))
    assert kept.seconds_left(plan.code) == pytest.approx(kept.DAY, abs=5)
    old = time.time() - kept.DAY - 60
    for path in (place(plan) / "plan.json", place(plan)):
        os.utime(path, (old, old))
    eviction.tidy(every=0)
    assert not place(plan).exists()
    assert attended(other.code)
    for act in (lambda: attended(plan.code), lambda: submit_record(plan, "two", guess(15, 20, 30))):
        with pytest.raises(BadValue, match="This class is over"):
            act()
    assert not place(plan).exists()


def test_expired_class_is_closed_before_any_sweep(plan: Plan) -> None:
    os.utime(place(plan) / "plan.json", (time.time() - kept.DAY - 60,) * 2)
    with pytest.raises(BadValue, match="This class is over"):
        attended(plan.code)
    assert not place(plan).exists()


def test_closing_a_class_leaves_nothing(plan: Plan) -> None:
    submit_record(plan, "one", guess(10, 20, 30))
    kept.close(plan.code)
    assert not place(plan).exists() and records_of_class(plan) == ()


def test_classes_learners_and_files_are_bounded(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLASSES", "RECORDS", "FILES"):
        monkeypatch.setattr(kept, name, 2)
    begin(Plan(**PLAN), TEACHER)
    with pytest.raises(BadValue, match="2 classes on this server"):
        begin(Plan(**PLAN), TEACHER)
    for who in ("one", "two", "two", "one"):
        submit_record(plan, who, guess(10, 20, 30))
    with pytest.raises(BadValue, match="already has 2 learners"):
        submit_record(plan, "three", guess(10, 20, 30))
    for source in "abb":
        bring(plan, a_file(source))
    with pytest.raises(BadValue, match="at most 2 files"):
        bring(plan, a_file("c"))


def test_codes_are_unguessable_and_teaching_needs_more(plan: Plan) -> None:
    """The code of a class does not open the teacher's side."""
    codes = {begin(Plan(**PLAN), TEACHER) for _ in range(20)}
    assert len(codes) == 20 and all(kept.CODE.fullmatch(code) for code in codes)  # 96 bits each
    assert kept.teaches(plan.code, TEACHER) and not kept.teaches(plan.code, "a learner")
    for key in ("", plan.code, "é🙂", "\ud800"):
        with pytest.raises(BadValue, match="not the teacher's link"):
            kept.let_in(plan.code, key, "a learner")
    assert not kept.teaches(plan.code, "a learner")
    kept.let_in(plan.code, kept.plan(plan.code)["key"], "another machine")
    assert kept.teaches(plan.code, "another machine")


# --- Short codes ----------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def nothing_was_wrong_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_codes, "wrong", class_codes.WrongCodes())


def typed(plan: Plan, k: int) -> str:
    return [plan.short, plan.short.lower(), class_codes.in_halves(plan.short), f" {plan.short[:2]}-{plan.short[2:]}. "][
        k
    ]


@pytest.mark.parametrize("k", range(4))
def test_short_code_is_read_however_typed(plan: Plan, k: int) -> None:
    begin(Plan(**PLAN | {"name": "another"}), TEACHER)
    assert class_plan.join(typed(plan, k), "a browser", "10.0.0.1") == plan


def test_no_two_signs_of_a_code_look_alike() -> None:
    assert len(class_codes.SIGNS) ** class_codes.LENGTH > 10**8
    for alike in ("0ODQ", "1IL", "2Z", "5S", "8B", "UV"):
        assert len(set(alike) & set(class_codes.SIGNS)) <= 1


def test_a_short_code_ends_with_its_class(plan: Plan) -> None:
    kept.close(plan.code)
    with pytest.raises(BadValue, match="No class has this code"):
        class_plan.join(plan.short, "a browser", "")


def refused(text: str, browser: str, address: str = "") -> str:
    with pytest.raises(BadValue) as error:
        class_plan.join(text, browser, address)
    assert is_plain(error.value)
    return str(error.value)


def test_wrong_codes_are_limited(plan: Plan) -> None:
    """The limits count wrong codes by browser, by address and by server."""
    for _ in range(class_codes.BROWSER):
        assert refused("AAA AAA", "one", "10.0.0.1") == class_codes.NONE
    assert refused(plan.short, "one", "10.0.0.1") == class_codes.MANY  # the right one, too
    assert class_plan.join(plan.short, "another", "10.0.0.1") == plan
    for k in range(class_codes.ADDRESS - class_codes.BROWSER):
        refused("AAA AAA", f"browser {k}", "10.0.0.1")
    assert refused(plan.short, "a new one", "10.0.0.1") == class_codes.MANY
    assert class_plan.join(plan.short, "a new one", "10.0.0.2") == plan
    for k in range(class_codes.SERVER - class_codes.ADDRESS):
        refused("AAA AAA", f"elsewhere {k}", f"10.0.1.{k}")
    assert refused(plan.short, "far away", "10.0.0.3") == class_codes.MANY


def test_code_can_be_retried_after_ten_minutes(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(class_codes.BROWSER):
        refused("AAA AAA", "one")
    later = time.monotonic() + class_codes.WINDOW + 1
    monkeypatch.setattr(class_codes.time, "monotonic", lambda: later)
    assert class_plan.join(plan.short, "one", "") == plan
    assert not class_codes.wrong.times


def test_nothing_typed_counts_as_no_try(plan: Plan) -> None:
    for _ in range(2 * class_codes.BROWSER):
        assert refused(" - ", "one") == class_codes.EMPTY
    assert class_plan.join(plan.short, "one", "") == plan


# --- What is kept, and what is refused ------------------------------------------------------------------------------


def test_store_does_not_link_records_to_browsers(plan: Plan) -> None:
    submit_record(plan, "secret-of-a-browser", guess(10, 20, 30))
    names = [path.name for path in place(plan).rglob("*")]
    texts = [path.read_text("utf-8") for path in place(plan).rglob("*") if path.is_file()]
    assert not any("secret-of-a-browser" in text for text in (*names, *texts))


@pytest.mark.parametrize(
    "code", ["", "..", "../../etc/passwd", "a" * 16, "🙂" * 16, "a" * 400, "\0" * 16, "\ud800" * 16]
)
def test_a_code_that_is_none_is_a_sentence(code: str) -> None:
    with pytest.raises(BadValue) as refused:
        attended(code)
    assert is_plain(refused.value)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"lesson": 3}', '{"lesson": "label_worth", "asked": 3}', "9" * 5000]
)
def test_a_damaged_class_is_a_sentence(plan: Plan, text: str) -> None:
    path = place(plan) / "plan.json"
    path.write_text(text, "utf-8")
    os.utime(path, (time.time() - 5,) * 2)
    with pytest.raises(BadValue) as refused:
        attended(plan.code)
    assert is_plain(refused.value)


def test_damaged_records_are_left_out(plan: Plan) -> None:
    submit_record(plan, "one", guess(10, 20, 30))
    for k, text in enumerate(["", "{", "[]", '{"said": {"at1": "11"}, "missed": []}', '{"said": 1}', "[" * 5000]):
        (place(plan) / "records" / f"{k}").write_text(text, "utf-8")
    assert records_of_class(plan) == (guess(10, 20, 30),)


SPEAKS = """
import sys
from lessons.kit.classes.class_plan import attended, submit_record, Record
from lessons.kit.model.values import Settings
plan = attended(sys.argv[1])
for k in range(20):
    submit_record(plan, f"{sys.argv[2]} {k}", Record(said=Settings({"at1": 10 + 5 * k % 60, "at5": 20, "at20": 30})))
"""


def test_two_servers_and_forty_learners_lose_nothing(plan: Plan) -> None:
    """Two other processes and twenty threads of this one write to the same store at the same moment."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    others = [subprocess.Popen([sys.executable, "-c", SPEAKS, plan.code, name], env=env) for name in ("a", "b")]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda k: submit_record(plan, f"here {k}", guess(10, 20, 30)), range(40)))
    assert [other.wait() for other in others] == [0, 0]
    assert len(records_of_class(plan)) == 80


# --- The file -------------------------------------------------------------------------------------------------------


def a_file(source: str = "a", lesson: str = "label_worth", **change: Any) -> bytes:
    """Returns the file of another class, in which two learners have predicted."""
    records = [{"said": {"at1": "15", "at5": "50"}, "missed": [0]}, {"said": {"at1": "95"}, "missed": []}]
    records = records if lesson == "label_worth" else []
    told = {
        "headstart": "class",
        "version": 1,
        "class": source * 20,
        "name": "11a",
        "lesson": lesson,
        "records": records,
    }
    return json.dumps(told | change).encode()


def test_files_of_several_classes_make_one_picture(plan: Plan) -> None:
    submit_record(plan, "one", guess(10, 20, 30))
    bring(plan, a_file("a"))
    bring(plan, a_file("b", name="12c"))
    bring(plan, a_file("a", records=[]))  # the same class, later
    assert [(file.name, len(file.records)) for file in sorted(imported_files(plan), key=lambda file: file.source)] == [
        ("11a", 0),
        ("12c", 2),
    ]
    assert sorted(one.said.values["at1"] for one in records_of_class(plan)) == [10, 15, 95]
    assert len(read(write(plan)).records) == 1  # what was brought from others is in their files


def test_wrong_class_file_gives_message(plan: Plan) -> None:
    """A file of the same class or of another lesson is refused."""
    for data, sentence in ((write(plan), "counted already"), (a_file(lesson="the_bill"), "The bill")):
        with pytest.raises(BadValue, match=sentence):
            bring(plan, data)
    assert imported_files(plan) == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "does not say"),
        (b'{"headstart": "class", "version": NaN}', "NaN where a number belongs"),
        (a_file(headstart="alphabet"), "does not say"),
        (a_file(version=2), "another version"),
        (a_file(version=True), "another version"),
        (a_file(version=[]), "another version"),
        (a_file(key="secret"), "other parts"),
        (a_file(name=3), "short line"),
        (a_file(name="a\nb"), "short line"),
        (a_file(lesson=[]), "does not have its lesson"),
        (a_file(**{"class": "A" * 20}), "which class it belongs to"),
        (a_file(records={}), "at most 500"),
        (a_file(records=[{"said": {}, "missed": []}] * 501), "at most 500"),
        (a_file(records=[3]), "their predictions and wrong answers"),
        (a_file(records=[{"said": {}, "missed": [], "name": "Ann"}]), "their predictions and wrong answers"),
        (a_file(records=[{"said": {"at2": "15"}, "missed": []}]), "does not ask"),
        (a_file(records=[{"said": {"at1": 15}, "missed": []}]), "does not ask"),
        (a_file(records=[{"said": {"at1": "16"}, "missed": []}]), "that nobody can choose"),
        (a_file(records=[{"said": {}, "missed": [99]}]), "does not have"),
        (a_file(records=[{"said": {}, "missed": [0, 0]}]), "does not have"),
        (a_file(records=[{"said": {}, "missed": [True]}]), "does not have"),
        (a_file() + b" " * kept.LARGEST_FILE, "too large"),
    ],
)
def test_every_fault_of_a_file_is_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(BadValue, match=sentence) as refused:
        read(data)
    assert is_plain(refused.value)


@pytest.mark.parametrize("lesson", LESSONS)
@tried
@given(data=st.data())
def test_records_are_read_as_written_or_refused(lesson: Any, data: st.DataObject) -> None:
    told = {slider.name: data.draw(near(slider)) for slider in data.draw(st.sets(st.sampled_from(lesson.sliders)))}
    missed = data.draw(st.lists(st.integers(-1, len(lesson.questions)), max_size=4))
    try:
        found = class_plan.record({"said": told, "missed": missed}, lesson)
    except BadValue as error:
        assert is_plain(error)
        return
    assert class_plan.record(json.loads(json.dumps(class_plan.record_to_json(found))), lesson) == found


@tried
@given(st.one_of(ANY.map(lambda text: text.encode("utf-8", "replace")), st.binary(), st.builds(a_file, name=ANY)))
def test_any_file_is_a_class_or_a_message(data: bytes) -> None:
    try:
        assert read(data).lesson in lessons()
    except BadValue as error:
        assert is_plain(error)
