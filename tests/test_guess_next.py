"""Guess the next token: what is measured on a language model, its pairs of texts, its pictures, its script."""

from __future__ import annotations

import math
import textwrap
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch
from playwright.sync_api import Page, expect

from core import nets
from core.experiment.spec import Measure, Run
from core.experiment.tasks import Text
from core.measure import Learned, answer, minimal_pairs, surprise
from core.worlds import text
from lessons.guess_next.pictures import learning, reading, tells
from lessons.guess_next.runs import GAME, NEAR, SCRATCH
from lessons.kit.figures.guessing_game import Round, among_how_many, guessing_game
from lessons.kit.figures.text_panels import quote_token
from lessons.kit.lesson.catalogue import lessons
from lessons.kit.model.values import Results
from lessons.kit.results.evidence import load_results
from tests.server import served

ROOT = Path(__file__).resolve().parent.parent
LESSON = lessons()["guess_next"]
SAID = "The state of the union, 1970 <b>"
RUN = Run(task=Text(), net="transformer", seeds=1)


@pytest.fixture(scope="module")
def fresh() -> Learned:
    """Returns an untrained model, at two frames."""
    theta = nets.fresh(nets.load("transformer", text.classes(Text())), [torch.Generator().manual_seed(0)])
    return Learned(RUN, {RUN: theta}, {0: theta, 5: theta})


def asked(kind: str, **more: object) -> Measure:
    return Measure(kind=kind, runs=(RUN,), prompts=(SAID,), **more)  # type: ignore[arg-type]


def test_untrained_model_finds_tokens_equally_surprising(fresh: Learned) -> None:
    found = answer(asked("surprise", count=128), [fresh])
    assert "".join(found["tokens"][0]) == SAID
    run = found["runs"][0]
    assert run["steps"] == [0, 5]
    assert run["bits"][0][0] == pytest.approx([10.0] * len(found["tokens"][0]), abs=0.1)
    assert len(run["said"][0][0]) == len(found["tokens"][0])
    assert {len(likeliest) for likeliest in run["said"][0][0]} == {3}
    assert sum(chance for _, chance in run["next"][0][0]) == pytest.approx(8 / 1024, rel=0.1)
    row = surprise.chances(fresh.net, fresh.theta, surprise.encoded(SAID), 128)[-1]
    assert run["next"][0][0][0][0] == text.tokenizer().decode([int(row.argmax())])


def test_next_token_is_predicted_at_the_text_end(fresh: Learned) -> None:
    torch.manual_seed(0)
    theta = {name: weight + 0.3 * torch.randn_like(weight) for name, weight in fresh.theta.items()}  # far from uniform
    found = answer(asked("surprise", count=128), [replace(fresh, frames={0: theta})])["runs"][0]
    row = surprise.chances(fresh.net, theta, surprise.encoded(SAID), 128).exp()
    assert int(row[-1].argmax()) != int(row[0].argmax())
    for told, chances in ((found["next"][0][0], row[-1]), (found["said"][0][0][0], row[0])):
        best = [text.tokenizer().decode([k]) for k in chances.topk(len(told)).indices.tolist()]
        assert [name for name, _ in told] == best
        assert told[0][1] == pytest.approx(float(chances.max()), abs=1e-4)


@pytest.mark.parametrize("back", [1, 2, 3, 128])
def test_it_looks_no_farther_back_than_it_may(fresh: Learned, back: int) -> None:
    torch.manual_seed(0)
    theta = {name: weight + 0.3 * torch.randn_like(weight) for name, weight in fresh.theta.items()}  # far from uniform
    prompt = surprise.encoded(SAID)
    found = surprise.chances(fresh.net, theta, prompt, back)
    assert len(found) == len(prompt)
    for place in range(len(prompt)):
        seen = prompt[max(0, place - back + 1) : place + 1]
        alone = nets.forward(fresh.net, theta, seen[None, None])[0, 0, -1].log_softmax(-1)
        assert torch.allclose(found[place], alone, atol=1e-4)


def test_long_text_keeps_its_last_tokens() -> None:
    kept = surprise.encoded("many words " * 100)
    assert len(kept) == text.WINDOW
    assert int(kept[0]) == int(surprise.encoded("x")[0])


def test_frames_write_with_the_same_random_numbers(fresh: Learned) -> None:
    run = answer(asked("continuations", count=6), [fresh])["runs"][0]
    assert run["texts"][0][0] == run["texts"][0][1] != ""
    other = answer(asked("continuations", count=6, first_seed=1), [fresh])["runs"][0]
    assert other["texts"] != run["texts"]


@pytest.mark.parametrize("kind", minimal_pairs.SPOILS)
def test_pairs_contrast_held_out_with_spoiled_text(kind: str) -> None:
    """Both texts of a pair have the same number of tokens."""
    real, spoiled = minimal_pairs.make_pairs(kind, 30)
    held_out = " ".join(text.documents("general")[1])
    assert len(real) == len(spoiled) == 30
    for one, other in zip(real, spoiled):
        said, wrong = (text.tokenizer().decode(tokens.tolist())[1:] for tokens in (one, other))
        assert said in held_out
        assert said != wrong
        assert len(one) == len(other)
        if kind in ("spelling", "word order"):
            assert sorted(said) == sorted(wrong)


def test_texts_are_spoiled_in_one_place_only() -> None:
    sentence, other = "On 12 May the young Anna was seen in Paris today.", "There were 7 men, Anna and Bert, in Rome."
    assert {*minimal_pairs.misspelt("a young man", other)} == {"a yuong man", "a yonug man"}
    assert [*minimal_pairs.reordered("He was not here", other)] == ["He not was here", "He was here not"]
    assert {*minimal_pairs.disagreeing(sentence, other)} == {sentence.replace("was", "were")}
    untrue = {sentence.replace("12", "7")}  # no name for a number, nor one for itself
    untrue |= {sentence.replace("Anna", name) for name in ("Bert", "Rome")}
    untrue |= {sentence.replace("Paris", name) for name in ("Anna", "Bert", "Rome")}
    assert {*minimal_pairs.untrue(sentence, other)} == untrue
    assert [*minimal_pairs.untrue("we saw 12 of them", other)] == ["we saw 7 of them"]
    assert minimal_pairs.parts("One two three four. One two three four five! Six words are in this one.") == [
        "One two three four five!",
        "Six words are in this one.",
    ]


def test_padding_does_not_change_a_likelihood(fresh: Learned) -> None:
    """A short text is as likely beside a longer one as alone."""
    short, long = (text.tokens([said]).long() for said in ("Call me", "Call me Ishmael, or what you will."))
    together = minimal_pairs.likelihoods(fresh.net, fresh.theta, [short, long])
    alone = [float(minimal_pairs.likelihoods(fresh.net, fresh.theta, [one])[0]) for one in (short, long)]
    assert together.tolist() == pytest.approx(alone, rel=1e-4)
    assert alone[0] == pytest.approx(-math.log(1024) * (len(short) - 1), rel=0.02)
    assert minimal_pairs.accuracy(fresh.net, fresh.theta, [short, short], [short, long]) == 0.5


def test_untrained_model_guesses_at_pairs(fresh: Learned) -> None:
    found = answer(Measure(kind="minimal_pairs", runs=(RUN,), count=60), [fresh])
    assert found["kinds"] == list(minimal_pairs.SPOILS)
    assert all(0.25 < share < 0.75 for share in found["runs"][0]["right"][0])


def test_game_alternative_text_hides_the_next_word() -> None:
    one = Round(before="Once upon a", after=" time", expected=[(" s", 0.07), ("\n", 0.04)], bits=3)
    figure = guessing_game([one])
    assert "Once upon a" in figure.alt and "time" not in figure.alt
    (sent,) = figure.spec["rounds"]
    assert sent["after"] == "time" and not sent["right"] and sent["among"] == "8.0"
    assert sent["expected"][1] == ["(a line's end)", 0.04, "4 %"]
    assert among_how_many(10) == "1,024"


def test_every_word_of_the_game_is_one_token() -> None:
    for before, after in GAME:
        *_, last = surprise.encoded(before + after).tolist()
        assert text.tokenizer().decode([last]) == after


def test_one_scrubber_moves_text_loss_and_samples() -> None:
    told = {"tokens": [["Call", " me"]], "runs": [{"steps": [0, 5000], "bits": [[[10.0, 10.0]], [[2.0, 4.0]]]}]}
    told["runs"][0]["said"] = [[[[[" a", 0.1]], [["\n", 0.2]]]]] * 2  # type: ignore[index]
    wrote = {"runs": [{"steps": [0, 5000], "texts": [["xq", " Ishmael"]]}]}
    known = load_results(LESSON.backdrop(LESSON.defaults))
    evidence = known | Results({}, {("expects", ()): told, ("writes", ()): wrote})
    spec = reading(evidence, replace(LESSON.defaults, given="Call me")).spec
    written, tokens, loss = spec["panels"]
    assert tokens["big"] == ["like choosing among 1,024 tokens", "like choosing among 8.0 tokens"]
    assert "expected" not in tokens["stories"][1][1] and "(the end of a line) 20 %" in tokens["stories"][1][1]
    assert len(loss["lines"][0]["values"]) == 2 and written["texts"] == [["xq"], [" Ishmael"]]


def test_a_live_net_is_seen_writing() -> None:
    table = pd.DataFrame({"step": [0, 9], "seed": [0, 0], "bits": [3.76, 1.88]})
    behaviour = [{"step": step, "0": {"texts": [f"after {step}"]}} for step in (0, 9)]
    sides = {NEAR: behaviour, SCRATCH: behaviour[:1]}
    panels = learning({NEAR: behaviour}, {NEAR: table}, [{"prompt": ". If I"}]).spec["panels"]
    assert panels[0]["prompts"] == ["… If I"] and panels[0]["texts"] == [["after 0"], ["after 9"]]
    assert [big.rpartition(": ")[2] for big in panels[1]["big"]] == [
        "like choosing among 1,024 tokens",
        "like choosing among 32 tokens",
    ]
    both = learning(sides, dict.fromkeys(sides, table), [{"prompt": ". If I"}]).spec["panels"]
    assert both[0]["texts"] == [["after 0", "after 0"]] and len(both[1]["lines"]) == 2  # both sides at the same step


def test_spike_in_a_live_curve_is_explained() -> None:
    table = pd.DataFrame({"step": [0, 1, 2], "seed": [0, 0, 0], "bits": [3.8, 3.5, 4.2]})
    calm = table.assign(bits=[3.8, 3.5, 3.2])
    for one, spiked in ((table, True), (calm, False)):
        evidence = Results({("live", (NEAR,)): one}, {})
        assert ("one step that was too large" in tells(evidence, LESSON.defaults)) is spiked


def test_white_space_tokens_are_named() -> None:
    assert [quote_token(token) for token in (" ", "\n", " the")] == ["(a space)", "(the end of a line)", "“␣the”"]
    one = Round(before="a", after="b", expected=[(" ", 0.1)], bits=1)
    assert guessing_game([one]).spec["rounds"][0]["expected"][0][0] == "(a space)"


def test_copied_layers_start_as_unsure_as_scratch() -> None:
    known = load_results(LESSON.runs(LESSON.recorded_settings))
    near, scratch = (known.table("live", side).bits.to_numpy() for side in (NEAR, SCRATCH))
    assert near[0] == pytest.approx(scratch[0], abs=0.05)
    assert near[-1] < scratch[-1] - 0.5


def test_reader_begins_knowing_only_the_token_count() -> None:
    reader = load_results(LESSON.backdrop(LESSON.defaults)).table("reader")
    assert reader.bits.iloc[0] == pytest.approx(math.log2(1024) / 2.66, rel=0.03)
    assert reader.bits.iloc[-1] < 1.98  # what a shipped reader has to reach


PLAYED = f"""
    import sys
    sys.path.insert(0, {str(ROOT)!r})
    from app.components.figure.figure import draw
    from lessons.kit.figures.guessing_game import Round, guessing_game

    time = Round(before="Once upon a", after=" time", expected=[(" s", 0.07)], bits=7)
    draw(guessing_game([time, Round(before="<b>", after=" x", expected=[(" x", 0.5)], bits=1)]), "g")
"""


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280, 390], indirect=True, ids=["wide", "narrow"])
def test_model_bars_stay_hidden_until_a_guess(tmp_path: Path, page: Page) -> None:
    script = tmp_path / "page.py"
    script.write_text(textwrap.dedent(PLAYED), "utf-8")
    with served(str(script)) as (found, _):
        page.goto(found)
        blank = page.get_by_role("textbox", name="What comes next?")
        expect(page.get_by_text("Once upon a")).to_be_visible()
        expect(page.locator(".chances")).to_have_count(0)
        blank.press("Enter")
        expect(page.locator(".chances")).to_have_count(0)  # nothing was typed
        blank.fill("Time!")
        blank.press("Enter")
        expect(page.locator(".chances li")).to_have_text("“s”7 %")
        expect(page.get_by_text("After 1 of 2: you 1 right, the model 0.")).to_be_visible()
        page.get_by_role("button", name="Next").click()
        blank.fill("y")
        blank.press("Enter")
        expect(page.get_by_text("After 2 of 2: you 1 right, the model 1.")).to_be_visible()
        expect(page.get_by_role("button", name="Play again")).to_be_visible()
