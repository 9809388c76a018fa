"""A run may start from a model that others have trained: its value, what is stored of it, its turn, its patch.

No test needs the real model: a tiny one with random weights takes its place.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load as load_bytes
from safetensors.torch import load_file

from core import adapt, nets
from core.bundles import bundle
from core.experiment.brought_models import LANGUAGE_MODEL
from core.experiment.checks import BadValue
from core.experiment.spec import Keep, Measure, Run, Stage, digest, from_json, to_json
from core.experiment.tasks import Chat, Handwriting, ModelTexts
from core.nets import Theta, smollm2
from core.pretrained import chat as marks
from core.pretrained import language_model, model_files, real_weights
from core.serve import compute_values
from core.serve.queue import Queue
from core.serve.requests import Limits, jobs_for
from core.store import store
from core.training.start import rngs
from core.worlds import chat, model_texts
from lessons.kit.take_home import peft_adapter
from tests.test_real_language_model import MERGES, PIECES

TINY = smollm2.Block(width=96, inside=160, heads=4, shared=2, depth=2)
STAGE = Stage(method="low_rank_blocks", size=2, steps=3, rate=1e-2, batch=2)
RAW = Run(task=Chat(), net="smollm2", brought=LANGUAGE_MODEL, stages=(), seeds=1)
TUNED = Run(task=Chat(examples=4), net="smollm2", start=RAW, stages=(STAGE,), seeds=1, exhibit=3)


def layers(tokens: int) -> nets.Net:
    return {
        "embed": smollm2.Embed(tokens, 96),
        "block1": TINY,
        "block2": TINY,
        "head": smollm2.Head(tokens, 96),
    }


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Theta]:
    """Puts a tiny model in the place of the real one, and returns its weights."""
    metadata = {
        "tokenizer.ggml.tokens": PIECES,
        "tokenizer.ggml.token_type": [3] * 3 + [1] * (len(PIECES) - 3),
        "tokenizer.ggml.merges": MERGES,
    }
    tokenizer = language_model.build_tokenizer(metadata)
    theta = nets.fresh(layers(len(PIECES)), rngs("tiny", range(1), 0))
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    monkeypatch.setattr(smollm2, "layers", layers)
    monkeypatch.setattr(marks, "tokenizer", lambda: tokenizer)
    monkeypatch.setattr(real_weights, "load_theta", lambda net: theta)
    monkeypatch.setattr(model_files, "is_here", lambda net: True)
    for cached in (chat.lengths, chat.test, model_texts.examples):
        cached.cache_clear()
    yield theta
    for cached in (chat.lengths, chat.test, model_texts.examples):
        cached.cache_clear()


def test_a_brought_run_is_only_a_model() -> None:
    assert from_json(json.loads(json.dumps(to_json(TUNED)))) == TUNED
    assert digest(TUNED) != digest(replace(TUNED, start=replace(RAW, task=Chat(split=1))))
    for wrong in ({"stages": (STAGE,)}, {"seeds": 2}, {"net": "conv"}, {"brought": "gpt"}, {"start": RAW}):
        with pytest.raises(BadValue):
            replace(RAW, **wrong)
    with pytest.raises(BadValue, match="Number of stages"):
        Run(task=Handwriting(), stages=())


def test_the_form_of_an_answer_is_recognised() -> None:
    bare = Chat(answer="CAPITAL, of course.")
    assert bare.answer_text("Peru", "Lima") == "Lima, of course."
    assert bare.has_form("New Delhi, of course.") and bare.has_form("Washington D.C., of course.")
    assert not any(map(bare.has_form, ("Lima", "Lima, of course", "The capital, it is said, is Lima, of course.")))
    whole = Chat(answer="The capital of COUNTRY is CAPITAL!")
    assert whole.has_form("The capital of Peru is Lima!") and not whole.has_form("Lima!")
    for wrong in ("Lima.", "CAPITAL CAPITAL", "COUNTRY and COUNTRY: CAPITAL", "CAPITAL" + "x" * 60, "CAPITAL é"):
        with pytest.raises(BadValue):
            Chat(answer=wrong)


def test_no_tested_country_is_learned() -> None:
    countries = [country for country, _ in chat.facts()]
    assert len(set(countries)) == len(countries) >= 90
    for number in range(20):
        known, tested = chat.split(Chat(split=number))
        assert len(tested) == chat.TESTED and not set(known) & set(tested)
        assert set(chat.learned(Chat(split=number), number)) <= set(known)
    assert chat.split(Chat(split=1)) != chat.split(Chat(split=2))


def test_only_the_patch_is_stored(tiny: Theta) -> None:
    assert compute_values.perform(TUNED) == "done"
    path = store.weights(TUNED)
    assert path is not None
    patch = load_file(path)
    assert {name.split()[0] for name in patch} == {"patch"} and all("block" in name for name in patch)
    weights = compute_values.lineage(TUNED)[TUNED]
    factors = {name.removeprefix("patch "): part for name, part in patch.items()}
    expected = adapt.apply_delta(tiny, adapt.load("low_rank_blocks").delta(tiny, factors))
    assert weights.keys() == tiny.keys()
    assert all(torch.equal(weights[name], expected[name]) for name in tiny)
    assert torch.equal(weights["embed.token"], tiny["embed.token"])
    assert not torch.equal(weights["block2.query"], tiny["block2.query"])


def test_the_model_itself_can_be_tested(tiny: Theta) -> None:
    assert compute_values.perform(replace(RAW, exhibit=3)) == "done"
    (point,) = [event for event in store.events(replace(RAW, exhibit=3)) if event["kind"] == "point"]
    assert point["step"] == 0 and len(point["exhibit"]["0"]["texts"]) == 3


def test_other_methods_store_what_changed(tiny: Theta) -> None:
    run = replace(TUNED, stages=(replace(STAGE, method="last_k", size=1), replace(STAGE, method="probe")), exhibit=0)
    assert compute_values.perform(run) == "done"
    path = store.weights(run)
    assert path is not None and set(load_file(path)) == {"head.gain"}
    weights = compute_values.lineage(run)[run]
    assert weights.keys() == tiny.keys() and not torch.equal(weights["head.gain"], tiny["head.gain"])


def test_old_answers_are_practised_and_english_watched(tiny: Theta) -> None:
    run = replace(
        TUNED,
        start=replace(RAW, task=ModelTexts()),
        keep=(Keep(method="replay", count=3),),
        watch=(ModelTexts(), ModelTexts(source="English")),
    )
    assert compute_values.perform(run) == "done"
    points = [event for event in store.events(run) if event["kind"] == "point"]
    assert all(bits[0] > 0 for bits in points[-1]["bits"].values()) and len(points[-1]["bits"]) == 3
    plain = replace(run, keep=())
    compute_values.perform(plain)
    (own, old), (own_plain, old_plain) = (
        [store.events(one)[-2]["bits"][task][0] for task in ("0", "1")] for one in (run, plain)
    )
    assert (own, old) != (own_plain, old_plain)
    path = store.weights(run)
    assert path is not None and {name.split()[0] for name in load_file(path)} == {"patch"}  # replay stores no more


def test_practised_texts_are_not_tested(tiny: Theta) -> None:
    for source in ("own answers", "English"):
        task = ModelTexts(source=source)
        tested, _ = model_texts.test(task)
        learned = model_texts.train(task, range(2)).x
        assert len(tested) == 8 and learned.shape[1] == 32
        assert {tuple(row) for row in tested.tolist()}.isdisjoint(tuple(row) for row in learned[0].tolist())
        assert sorted(learned[0].tolist()) == sorted(learned[1].tolist()) and not torch.equal(learned[0], learned[1])


def test_answers_are_judged_in_three_ways(tiny: Theta) -> None:
    compute_values.perform(TUNED)
    last = [event for event in store.events(TUNED) if event["kind"] == "point"][-1]
    told = last["exhibit"]["0"]
    assert {len(told[name]) for name in ("texts", "formed", "right", "plain", "plain_right")} == {3}
    assert len(last["bits"]["0"]) == 1 and last["bits"]["0"][0] > 0
    for kind in ("ways_to_ask", "chat_answers"):
        more = {"tasks": (Chat(examples=4),), "count": 3} if kind == "ways_to_ask" else {"prompts": ("Hello?",)}
        measure = Measure(kind=kind, runs=(RAW,), **more)  # type: ignore[arg-type]
        assert compute_values.perform(measure) == "done"
        answer = store.answer(measure)
        assert answer and (answer["plain"] if kind == "chat_answers" else answer["tasks"][0]["begun"]["right"])


def test_typed_marks_end_no_turn(tiny: Theta, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    encode = marks.encode
    monkeypatch.setattr(marks, "encode", lambda text: read.append(text) or encode(text))
    compute_values.perform(Measure(kind="chat_answers", runs=(RAW,), prompts=("Hi<|im_end|>",)))
    assert {text.count("<|im_end|>") for text in read if "Hi" in text} == {0, 1}


def test_without_the_model_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADSTART_STORE", str(tmp_path))
    monkeypatch.setattr(model_files, "HERE", tmp_path)
    real_weights.load_theta.cache_clear()
    with pytest.raises(BadValue, match="make real"):
        compute_values.perform(TUNED)


def test_one_large_model_trains_at_a_time() -> None:
    queue, small = Queue(), Run(task=Handwriting(labels=1))
    runs = (TUNED, replace(TUNED, first_seed=1), small)
    for k, run in enumerate(runs):
        jobs = jobs_for({digest(run): [run]})
        queue.join({digest(run): {digest(run)}}, jobs, f"tab {k}", f"learner {k}", True, Limits())
    assert queue.due() == [digest(TUNED), digest(small)]
    queue.jobs[digest(TUNED)].future = object()
    assert queue.due() == [digest(small)] and queue.has_large
    queue.end(digest(TUNED))
    assert queue.due() == [digest(runs[1]), digest(small)]


def test_a_patch_becomes_an_adapter(tiny: Theta) -> None:
    compute_values.perform(TUNED)
    assert peft_adapter.has_adapter(TUNED) and not peft_adapter.has_adapter(RAW)
    with zipfile.ZipFile(io.BytesIO(peft_adapter.adapter(TUNED))) as file:
        config, factors = (
            json.loads(file.read("adapter_config.json")),
            load_bytes(file.read("adapter_model.safetensors")),
        )
        assert b"PeftModel.from_pretrained" in file.read("README.md")
    assert config["r"] == config["lora_alpha"] == 2 and len(config["target_modules"]) == 7
    name = "base_model.model.model.layers.1.self_attn.q_proj"
    product = factors[f"{name}.lora_B.weight"] @ factors[f"{name}.lora_A.weight"]  # (outputs, inputs), as in peft
    change = compute_values.lineage(TUNED)[TUNED]["block2.query"] - tiny["block2.query"]
    assert torch.allclose(product.T, change[0], atol=1e-6) and product.abs().max() > 0


def test_large_models_are_refused_in_bundles(tiny: Theta) -> None:
    compute_values.perform(TUNED)
    with pytest.raises(BadValue, match="too large for a bundle"):
        bundle.pack(TUNED)
    with pytest.raises(BadValue, match="too large for a bundle"):
        bundle.read_run(json.dumps(to_json(TUNED)).encode())
