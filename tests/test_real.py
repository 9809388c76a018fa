"""The real model: our forty lines against an independent implementation, what guards its weights, and its page."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.experiment.checks import BadValue
from core.experiment.spec import Measure
from core.experiment.tasks import Plane, Sentiment
from core.measure import answer, encoder_probe
from core.pretrained import encoder, model_files
from core.worlds import sentiment


@pytest.fixture(autouse=True)
def forget() -> None:
    for one in (encoder.weights, encoder_probe.vectors):
        one.cache_clear()


def test_our_encoder_is_the_bert_of_transformers() -> None:
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    small = BertConfig(
        hidden_size=48, num_hidden_layers=6, num_attention_heads=12, intermediate_size=96, vocab_size=60, pad_token_id=0
    )
    bert = BertModel(small).eval()
    tokens, seen = torch.randint(1, 60, (3, 9)), torch.ones(3, 9, dtype=torch.long)
    seen[1, 4:] = 0
    tokens[1, 4:] = 0
    with torch.no_grad():
        every = bert(input_ids=tokens, attention_mask=seen).last_hidden_state
        ours = encoder.forward(bert.state_dict(), tokens, seen)
    mean = torch.stack([every[0].mean(0), every[1, :4].mean(0), every[2].mean(0)])
    assert torch.allclose(ours, mean / mean.norm(dim=1, keepdim=True), atol=1e-5)


def test_missing_or_wrong_encoder_gives_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_files, "HERE", tmp_path)
    with pytest.raises(BadValue, match=r"not on this machine\. `make encoder`"):
        encoder.encode(["A sentence."])
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(BadValue, match="SHA-256"):
        encoder.encode(["A sentence."])


def test_probe_learns_only_from_its_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = [f"bad {k}" for k in range(20)], [f"good {k}" for k in range(20)]
    monkeypatch.setattr(sentiment, "split_train_test", lambda subject: (kinds, kinds))

    def told_apart(said: list[str]) -> torch.Tensor:
        return torch.tensor([[one.startswith("good") - 0.5, 0.01 * (len(one) % 3)] for one in said])

    monkeypatch.setattr(encoder, "encode", told_apart)
    asked = Measure(kind="encoder_probe", runs=(), tasks=(Sentiment(labels=1), Sentiment(labels=5)), count=3)
    assert answer(asked, []) == {"accuracy": [[1.0] * 3] * 2}
    with pytest.raises(BadValue, match="sentences only"):
        answer(Measure(kind="encoder_probe", runs=(), tasks=(Plane(),)), [])


def page() -> AppTest:
    def draw() -> None:
        from app.app_pages.real_model import show

        show()

    return AppTest.from_function(draw, default_timeout=60).run()


@pytest.mark.parametrize("here", [True, False])
def test_page_shows_results_and_next_command(here: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.fetch.sources.Source.size", lambda source: 1 if here else None)
    test = page()
    assert not test.exception and not test.warning
    said = " ".join(str(one.value) for one in test.markdown)
    assert "(not stored)" not in said and "22.7 million" in said
    assert test.code[-1].value == ("python -m lessons.claims T2 --check" if here else "make encoder")
