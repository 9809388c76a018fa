"""Guess the next token: what is asked of a language model, its pairs of texts, its pictures, its script."""

from __future__ import annotations

import math

import pytest
import torch

from core import nets
from core.measure import Learned, answer, minimal_pairs, surprise
from core.spec import Measure, Run
from core.tasks import Text
from core.worlds import text
from lessons.kit.catalogue import lessons
from lessons.kit.evidence import gather
from lessons.kit.figures.tinted import tinted

LESSON = lessons()["guess_next"]
SAID = "The state of the union, 1970 <b>"
RUN = Run(task=Text(), net="transformer", seeds=1)


@pytest.fixture(scope="module")
def fresh() -> Learned:
    """A model that knows nothing, at two frames."""
    theta = nets.fresh(nets.load("transformer", text.classes(Text())), [torch.Generator().manual_seed(0)])
    return Learned(RUN, {RUN: theta}, {0: theta, 5: theta})


def asked(kind: str, **more: object) -> Measure:
    return Measure(kind=kind, runs=(RUN,), prompts=(SAID,), **more)  # type: ignore[arg-type]


def test_a_model_that_knows_nothing_is_surprised_by_every_token_alike(fresh: Learned) -> None:
    found = answer(asked("surprise", count=128), [fresh])
    assert "".join(found["tokens"][0]) == SAID
    run = found["runs"][0]
    assert run["steps"] == [0, 5]
    assert run["bits"][0][0] == pytest.approx([10.0] * len(found["tokens"][0]), abs=0.1)
    assert len(run["said"][0][0]) == len(found["tokens"][0])
    assert sum(chance for _, chance in run["next"][0][0]) == pytest.approx(8 / 1024, rel=0.1)


@pytest.mark.parametrize("back", [1, 3, 128])
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


def test_a_long_text_is_cut_to_its_last_tokens() -> None:
    kept = surprise.encoded("many words " * 100)
    assert len(kept) == text.WINDOW
    assert int(kept[0]) == int(surprise.encoded("x")[0])


def test_what_it_writes_is_drawn_with_the_same_numbers_at_every_frame(fresh: Learned) -> None:
    run = answer(asked("continuations", count=6), [fresh])["runs"][0]
    assert run["texts"][0][0] == run["texts"][0][1] != ""
    other = answer(asked("continuations", count=6, first_seed=1), [fresh])["runs"][0]
    assert other["texts"] != run["texts"]


@pytest.mark.parametrize("kind", minimal_pairs.SPOILS)
def test_a_pair_is_held_out_text_and_the_same_spoiled_in_as_many_tokens(kind: str) -> None:
    real, spoiled = minimal_pairs.made(kind, 30)
    held_out = " ".join(text.documents("general")[1])
    assert len(real) == len(spoiled) == 30
    for one, other in zip(real, spoiled):
        said, wrong = (text.tokenizer().decode(tokens.tolist())[1:] for tokens in (one, other))
        assert said in held_out
        assert said != wrong
        assert len(one) == len(other)
        if kind in ("spelling", "word order"):
            assert sorted(said) == sorted(wrong)


def test_a_model_that_knows_nothing_guesses_which_is_real(fresh: Learned) -> None:
    found = answer(Measure(kind="minimal_pairs", runs=(RUN,), count=60), [fresh])
    assert found["kinds"] == list(minimal_pairs.SPOILS)
    assert all(0.25 < share < 0.75 for share in found["runs"][0]["right"][0])


def test_tinted_text_tells_itself_and_is_never_markup() -> None:
    row = [{"token": " <b>", "bits": 3.0, "said": [[" the", 0.5]]}, {"token": "x", "bits": 1.0, "said": []}]
    figure = tinted({"in the end": row})
    assert "2.0 bits a token on average, most at “␣<b>” with 3.0" in figure.alt
    assert "<b>" not in figure.spec
    assert "“␣the” 50 %" in figure.spec


def test_nothing_is_known_at_first_but_how_many_tokens_there_are() -> None:
    reader = gather(LESSON.backdrop(LESSON.defaults)).table("reader")
    assert reader.bits.iloc[0] == pytest.approx(math.log2(1024) / 2.66, rel=0.03)
    assert reader.bits.iloc[-1] < 1.98  # what a shipped reader has to reach
