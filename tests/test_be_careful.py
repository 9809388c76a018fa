"""Be careful what you reward: the learner's choices are part of the runs, and the page asks for them one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.experiment.checks import BadValue
from core.experiment.guest_book_words import ASKED, LENGTH, WORDS
from core.experiment.tasks import Preferences
from lessons.be_careful.claims import dpo_finding, proxy_finding, unlearned_finding
from lessons.be_careful.pictures import against_kl, liked, notes, picture, promise_and_truth, restraint, tells, worths
from lessons.be_careful.runs import BETAS, DPO, ORDINARY, POLITE, RL, pleasing
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results, Settings
from lessons.kit.results.evidence import load_results
from lessons.kit.scripts.source import with_constants

LESSON = lessons()["be_careful"]
SETTINGS = LESSON.defaults
UNITS = ["promised", "preferred", "unkind", "kl", "bits"]


def table(*rows: tuple[float, ...]) -> pd.DataFrame:
    """Returns a run of two seeds that differ a little, tested every ten steps."""
    return pd.DataFrame(
        [
            {"step": 10 * k, "seed": seed} | {m: v + 0.01 * seed * (m != "kl") for m, v in zip(UNITS, row)}
            for k, row in enumerate(rows)
            for seed in (0, 1)
        ]
    )


START, HACKED = (0.5, 0.5, 0.4, 0.0, 3.0), (0.95, 0.1, 0.05, 40.0, 9.0)
RUNAWAY = table(START, (0.6, 0.6, 0.3, 2.0, 3.3), HACKED)
HELD = table(START, (0.7, 0.7, 0.2, 3.0, 3.5))


def test_cost_of_pleasing_is_drawn_against_the_promise() -> None:
    evidence = load_results(LESSON.backdrop(SETTINGS))
    figure = LESSON.views(evidence, SETTINGS, Settings())["Ordinary notes"]()
    curves = {one["name"]: one["data"] for one in figure.spec["series"] if one.get("name")}
    for name in ("with ordinary notes", "without them"):
        across = [x for x, *_ in curves[name]]
        assert across == sorted(across) and across[0] >= 50 and across[-1] <= 100
    assert "same promise" in figure.alt


def test_every_pair_is_two_notes_of_known_words() -> None:
    assert len({text for pair in ASKED for text in pair}) == 2 * len(ASKED)
    for pair in ASKED:
        assert all(len(text.split()) == LENGTH and set(text.split()) <= set(WORDS) for text in pair)


def test_choices_are_part_of_the_runs() -> None:
    """Skipped choices at the end do not count."""

    def task(given: str) -> Preferences:
        task = pleasing(replace(SETTINGS, given=given)).task
        assert isinstance(task, Preferences)
        return task

    assert task("ab-a").clicks == "ab-a"
    assert LESSON.runs(replace(SETTINGS, given="a--")) == LESSON.runs(replace(SETTINGS, given="a"))
    assert LESSON.sheet
    for text in ("abx", "a" * 11, "<script>", "A"):
        with pytest.raises(BadValue, match="Which note"):
            LESSON.sheet.read(text)


def test_the_script_holds_the_choices_and_pleases(printed: Callable[[str], list[str]]) -> None:
    for method in (RL, DPO):
        text = LESSON.script(replace(SETTINGS.but(method=method), given="-b"))
        assert f'BETTER = ["{ASKED[1][1]}"]' in text and f'WORSE = ["{ASKED[1][0]}"]' in text
        assert ("worth" in text) == (method == RL)
        said = printed(with_constants(text, STEPS=2, BOOK_STEPS=2, NOTES=50))
        assert len(said) == 6 and said[-1].startswith("quality before ")


def test_finding_needs_promise_and_truth_to_part() -> None:
    tables = {("pleased", (RL, beta)): HELD for beta in BETAS} | {
        ("mixed", ()): table(START, (0.7, 0.7, 0.2, 2.0, 3.1))
    }
    parted = proxy_finding(Results(tables | {("pleased", (RL, BETAS[0])): RUNAWAY}))
    assert parted.status == "reproduced"
    assert parted.value == pytest.approx(50)
    assert proxy_finding(Results(tables)).status == "partly"  # nothing falls


def test_methods_are_compared_at_the_same_distance() -> None:
    slow = table(START, (0.7, 0.6, 0.2, 10.0, 3.5))
    runs = {RL: RUNAWAY, DPO: slow}
    found = dpo_finding(Results({("pleased", (m, beta)): run for m, run in runs.items() for beta in BETAS}))
    assert [check.met for check in found.checks] == [False, False, False, True]
    assert found.numbers["rl2"] == "60 %" and found.numbers["dpo2"] == "52 %"


def test_restraint_left_by_hand() -> None:
    after = {notes: table((0.6, 0.6, share, 1.0, 3.0)) for notes, share in ((ORDINARY, 0.35), (POLITE, 0.2))}
    tables = {("taught", (method,)): HELD for method in (RL, DPO)}
    tables |= {("afterwards", (method, notes)): run for method in (RL, DPO) for notes, run in after.items()}
    found = unlearned_finding(Results(tables))
    assert found.value == pytest.approx(25)  # 40 % were unkind, then 20 %, now 35 %
    assert found.numbers["rl_polite_left"] == "100 %"


def test_pictures_tell_what_they_show_and_no_more() -> None:
    hidden = against_kl([], {1.0: 0.6, 30.0: 0.9}, "")
    assert "you" in hidden.alt and "promise" not in hidden.alt and "truth" not in hidden.alt
    assert "truth" in against_kl(promise_and_truth(RUNAWAY), {}, "").alt
    taste = {"clicks": 2, "simulated": 298, "worth": {f"w{k}": 1 - k / 10 for k in range(20)}, "agrees": 0.8}
    assert "2 of your choices and 298 simulated" in worths(taste).title
    assert "It pays most for w0 +1.0" in worths(taste).alt
    assert "pretrained" in restraint({"ten ordinary steps": HELD}, HELD, "live").alt


def test_truth_is_drawn_after_the_run() -> None:
    def live(last: int) -> Results:
        rows = RUNAWAY.assign(step=RUNAWAY.step.map({0: 0, 10: 40, 20: last}))
        return Results({("live", ()): rows})

    assert "truth" not in picture(live(79), SETTINGS, Settings()).alt
    assert "truth" in picture(live(80), SETTINGS, Settings()).alt
    assert "10 %" not in tells(live(80), SETTINGS)
    assert not liked(live(80), SETTINGS)


def test_notes_veil_the_truth_until_flagged() -> None:
    """The player shows the promise, and the truth only after the learner has flagged a moment."""
    texts = [[f"note {k} was lovely"] * 8 for k in range(3)]
    behaviour = [{"step": 10 * k, "0": {"texts": texts[k], "promise": [0.5] * 8}} for k in range(3)]
    figure = notes(behaviour, RUNAWAY)
    written, meter = figure.spec["panels"]
    assert "lovely" in written["words"] and written["texts"][2][0] == "note 2 was lovely"
    assert [line["veiled"] for line in meter["lines"]] == [False, True]
    assert "truth" not in meter["alt"] and meter["big"] == ["50 %", "60 %", "95 %"]
    assert figure.spec["flagged"][2] == (
        "You flagged step 20. The reward model promised 95 %, and raters truly preferred the notes 10 % of the time. "
        "They liked the notes of step 10 best: 60 %."
    )


@pytest.fixture
def page() -> Iterator[AppTest]:
    script = """
    import sys
    sys.path.insert(0, ROOT)
    import streamlit as st
    from app.state import url_state
    from app.components.learner_input.learner_input import input_form
    from lessons.kit.lesson.catalogue import lessons
    from lessons.kit.model.values import Results
    lesson = lessons()["be_careful"]
    settings = url_state.read(lesson).settings
    input_form(lesson, settings, Results())
    st.write(settings.given)
    """
    from pathlib import Path
    from textwrap import dedent

    root = str(Path(__file__).resolve().parent.parent)
    yield AppTest.from_string(dedent(script).replace("ROOT", repr(root)), default_timeout=30).run()


def test_pairs_are_chosen_one_by_one(page: AppTest) -> None:
    """The URL keeps the choices."""

    def press(label: str) -> None:
        next(one for one in page.button if one.label == label).click().run()
        assert not page.exception

    press(f"“{ASKED[0][0]}”")
    press("Neither")
    press(f"“{ASKED[2][1]}”")
    assert page.query_params["be_careful.given"] in ("a-b", ["a-b"])
    press("Back")
    assert page.query_params["be_careful.given"] in ("a-", ["a-"])
    for _ in range(8):
        press("Neither")
    assert any("You chose 1 of 10" in one.value for one in page.markdown)
    press("Forget my choices")
    assert any("(1 of 10)" in one.value for one in page.markdown)
