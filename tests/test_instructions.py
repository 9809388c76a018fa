"""Instructions: only answers count, test examples are never trained on, and form and content are judged separately."""

from __future__ import annotations

import math

import pytest
import torch

from core import nets
from core.experiment.checks import BadValue
from core.experiment.spec import Measure, Run, Stage
from core.experiment.tasks import COMBINATIONS, WHAT, Instructions, Text
from core.measure import Learned, answer, instruction_following
from core.measure import prompt_answers as measured_answers
from core.nets import Net, Theta
from core.training.report import Done
from core.training.text_generation import answers
from core.training.train import train
from core.user_data.corpus import BREAK
from core.worlds import generator, text
from core.worlds import instructions as world

HELD_OUT = "law or play, shouted"
SMALL = Instructions(examples=40, without=HELD_OUT)


def read(tokens: torch.Tensor) -> str:
    return str(text.tokenizer().decode(tokens.tolist(), skip_special_tokens=False))


def test_only_the_tokens_of_the_answer_count() -> None:
    x, y = world.encode_examples([("Old or new, twice: thou art a priest", "old old")])
    assert x.shape == y.shape == (1, world.PLACES)
    assert read(y[0][y[0] != world.SKIP]) == " old old" + BREAK
    first = int((y[0] != world.SKIP).nonzero()[0])
    assert read(x[0, : first + 1]) == "Old or new, twice: thou art a priest ="
    asked = torch.zeros(1, 1, world.PLACES, text.classes(Text()))
    assert world.loss(asked, y[None]).item() == pytest.approx(math.log(text.classes(Text())), rel=1e-5)


def test_answer_is_right_only_in_every_token() -> None:
    _, y = world.encode_examples([("In French: Spain", "Espagne")])
    perfect = torch.nn.functional.one_hot(y.clamp(min=0), text.classes(Text())).float()[None]
    assert world.scores(perfect, y).item() == 1
    spoilt = perfect.clone()
    spoilt[0, 0, int((y[0] != world.SKIP).nonzero()[-1])] = 0  # it does not end the answer
    assert world.scores(spoilt, y).item() == 0


def test_training_omits_held_out_and_test_examples() -> None:
    x, y = world.train(SMALL, range(2)).all_examples()
    assert x.shape == (2, SMALL.examples, world.PLACES)
    assert not torch.equal(x[0], x[1])  # each seed has examples of its own
    shown = [read(row[: int((mark != world.SKIP).nonzero()[0])]) for row, mark in zip(x[0], y[0])]
    assert not any(one.startswith("Law or play, shouted") for one in shown)
    assert {kind for kind in WHAT for one in shown if one.lower().startswith(kind.lower())} == set(WHAT)
    for name in ("countries", "trivia", "verses"):
        assert not set(world.pairs(name, False)) & set(world.pairs(name, True))
    asked = {said for name in COMBINATIONS for said, _ in world.draw_questions(name, 4)}
    assert not asked & set(shown)


@pytest.mark.parametrize(
    ("name", "says", "fits"),
    [
        ("law or play, plain", "play", True),
        ("law or play, plain", "law!", False),
        ("law or play, shouted", "law!", True),
        ("law or play, shouted", "code!", False),
        ("old or new, twice", "new new", True),
        ("old or new, twice", "new old", False),
        ("in French, doubted", "Coree du Nord?", True),
        ("in French, plain", "-190,000. There are the first", False),
        ("answer, plain", "1963", True),
        ("first word, plain", "two words", False),
        ("in new English, plain", "you have spoken", True),
        ("in new English, plain", "Thou", False),
        ("reverse, shouted", "night garden!", True),
        ("reverse, shouted", "night!", False),
        ("in capitals, twice", "SHIP SHIP", True),
        ("in capitals, twice", "ship ship", False),
        ("good or bad, plain", "", False),
    ],
)
def test_form_is_judged_without_the_content(name: str, says: str, fits: bool) -> None:
    assert world.has_form(name, says) is fits


@pytest.mark.parametrize("name", COMBINATIONS)
def test_every_right_answer_is_in_form_and_fits(name: str) -> None:
    for asked, wanted in world.draw_questions(name, 3):
        assert world.has_form(name, wanted), (asked, wanted)


def test_a_combination_that_is_none_is_a_sentence() -> None:
    with pytest.raises(BadValue, match="Without"):
        Instructions(without="law or play, whispered")
    assert Instructions().question == Text().question  # one head answers both


def test_a_taught_answer_is_written_and_ended() -> None:
    """Greedy decoding and teacher forcing agree, on a net that has learned a few answers by heart."""
    task = Instructions(examples=4)
    run = Run(task=task, net="transformer", stages=(Stage(steps=30, batch=4, rate=3e-3),), seeds=1)
    theta = next(event.theta for event in train(run, {}) if isinstance(event, Done))
    net = nets.load("transformer", text.classes(Text()))
    x, y = world.train(task, range(1)).all_examples()
    with torch.no_grad():
        right = world.scores(nets.forward(net, theta, x), y[0])[0]
    rows = [row[: int((mark != world.SKIP).nonzero()[0]) + 1].tolist() for row, mark in zip(x[0], y[0])]
    wanted = [read(mark[mark != world.SKIP][:-1]).strip() for mark in y[0]]
    said = answers(net, theta, rows)
    assert [ends and one == want for (one, ends), want in zip(said, wanted)] == [bool(mark) for mark in right]
    assert right.sum() >= 2


def test_what_needs_no_english_is_what_it_says() -> None:
    for what, turn in (("reverse", lambda said: " ".join(said.split()[::-1])), ("in capitals", str.upper)):
        for asked, wanted in world.draw_questions(f"{what}, plain", 5):
            assert wanted == turn(asked.split(": ")[1])


def test_real_sentences_are_short_and_fit_one_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = (["a dull film", "an awful film " * 9], ["a warm film"])
    monkeypatch.setattr(world.sentiment, "split_train_test", lambda subject: (kinds, kinds))
    monkeypatch.setattr(world, "short_reviews", world.short_reviews.__wrapped__)
    assert {example for seed in range(9) for example in [drawn_real("good or bad, plain", seed)]} == {
        ("Good or bad: a dull film", "bad"), ("Good or bad: a warm film", "good"),
    }  # fmt: skip
    assert drawn_real("reverse, plain", 1) == world.example(
        "reverse, plain", world.randint_from(generator("real", 1)), True
    )


def drawn_real(name: str, seed: int) -> tuple[str, str]:
    return world.example(name, world.randint_from(generator("real", seed)), True, real=True)


def test_answers_are_counted_by_task_and_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each instruction gets four answers: the wanted one, the same unfinished, two other words, and nothing."""
    tasks = (Instructions(ask="law or play, plain"), Instructions(ask="reverse, plain"))
    run = Run(task=SMALL, net="transformer", stages=(Stage(steps=1),), seeds=2)
    asked_of = [world.draw_questions(task.ask, 4) for task in tasks]
    rows = [world.encode_prompt(asked) for questions in asked_of for asked, _ in questions]

    def written(net: Net, theta: Theta, given: list[list[int]]) -> list[list[tuple[str, bool]]]:
        assert given == rows and not theta
        seeds = []
        for right in (1, 0):
            each = []
            for (_, wanted), *_ in asked_of:
                each += [(wanted, bool(right)), (wanted, False), ("such word", True), ("", True)]
            seeds.append(each)
        return seeds

    monkeypatch.setattr(instruction_following, "generate", written)
    asked = Measure(kind="instruction_following", runs=(run,), tasks=(*tasks, Text()), count=4)
    found = answer(asked, [Learned(run, {run: {}}, {})])
    assert found["right"] == [[[0.25, 0.0], [0.25, 0.0]]]
    others = [[world.has_form(task.ask, said) for said in ("such word", "")] for task in tasks]
    assert others == [[False, False], [True, False]]
    assert found["formed"] == [[[0.25, 0.0], [0.5, 0.25]]]
    assert instruction_following.rate([True, False, False]) == 0.3333


def test_answers_shown_are_of_the_first_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run writes its own answers."""
    theta = {"head.bias": torch.tensor([[[1.0]], [[2.0]]])}

    def said(net: Net, theta: Theta, rows: list[list[int]]) -> list[tuple[str, bool]]:
        return [(f"{theta['head.bias'].flatten().tolist()} after {len(row)}", len(row) > 4) for row in rows]

    monkeypatch.setattr(measured_answers, "answers", said)
    run, prompts = Run(task=SMALL, net="transformer", stages=(Stage(steps=1),), seeds=2), ("a", "law or play: a")
    short, long = (len(world.encode_prompt(prompt)) for prompt in prompts)
    found = answer(Measure(kind="prompt_answers", runs=(run,), prompts=prompts), [Learned(run, {run: theta}, {})])
    assert found["prompts"] == [*prompts] and short <= 4 < long
    assert found["answers"] == [
        [{"says": f"[1.0] after {short}", "ends": False}, {"says": f"[1.0] after {long}", "ends": True}]
    ]
    both = measured_answers.generate(nets.load(run.net, 1024), theta, [[0] * 5])
    assert both == [[("[1.0] after 5", True)], [("[2.0] after 5", True)]]
