"""The real language model, tiny and with random weights, against other people's implementations, and its file."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from torch import Tensor

from core import nets
from core.experiment.checks import BadValue
from core.nets import Net, Theta, smollm2
from core.pretrained import chat, language_model, model_files, real_weights
from core.pretrained import gguf as ours
from lessons.kit.scripts.source import text_of, with_constants
from lessons.real_language_model import patch_and_replay
from tests.real_models import layer_shapes, one_seed

LETTERS = [chr(code) for code in range(33, 127)]
PIECES = ["<|endoftext|>", chat.BEGIN, chat.END, *LETTERS, "Ġ", "Ċ", "he", "hel", "Ġhe"]
MERGES = ["h e", "he l", "Ġ he"]
TEMPLATE = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    f"{{{{ '<|im_start|>system\n{chat.SYSTEM}<|im_end|>\n' }}}}{{% endif %}}"
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


@pytest.fixture(scope="module")
def llama() -> Any:
    """Returns a tiny Llama of transformers, whose vectors are narrower than its queries."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        hidden_size=96, intermediate_size=160, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        head_dim=smollm2.SIZE, vocab_size=len(PIECES), rms_norm_eps=smollm2.EPSILON, tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": smollm2.TURN}, initializer_range=0.3,
    )  # fmt: skip
    module = LlamaForCausalLM(config).eval()
    for name, part in module.named_parameters():
        if "norm" in name:
            part.data.uniform_(0.5, 1.5)
    return module


@pytest.fixture(scope="module")
def net() -> Net:
    block = smollm2.Block(width=96, inside=160, heads=4, shared=2, depth=2)
    tokens = len(PIECES)
    return {"embed": smollm2.Embed(tokens, 96), "block1": block, "block2": block, "head": smollm2.Head(tokens, 96)}


@pytest.fixture(scope="module")
def file(llama: Any, tmp_path_factory: pytest.TempPathFactory) -> ours.Gguf:
    """Returns the tiny Llama as llama.cpp would keep it."""
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    write_gguf(path, llama.state_dict())
    return ours.parse(path.read_bytes())


def write_gguf(path: Path, weights: dict[str, Tensor], kind: gguf.GGMLQuantizationType | None = None) -> None:
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(PIECES)
    writer.add_token_types([3, 3, 3] + [1] * (len(PIECES) - 3))
    writer.add_token_merges(MERGES)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 2)
    for name, weight in weights.items():
        if name == "lm_head.weight":
            continue  # the embedding once more
        if any(part in name for part in ("q_proj", "k_proj")):
            heads = 4 if "q_proj" in name else 2
            weight = weight.unflatten(0, (heads, 2, -1)).transpose(1, 2).flatten(0, 2)
        numbers, stem = weight.numpy(), names.get_name(name, try_suffixes=(".weight",))
        if kind is not None and weight.dim() > 1:
            writer.add_tensor(stem, gguf.quants.quantize(numbers, kind), raw_dtype=kind)
        else:
            writer.add_tensor(stem, numbers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture(scope="module")
def theta(file: ours.Gguf) -> Theta:
    return one_seed(language_model.convert(file))


def test_our_language_model_is_the_reference(llama: Any, net: Net, theta: Theta) -> None:
    assert layer_shapes(net) == {name: part.shape[1:] for name, part in theta.items()}
    tokens = torch.randint(0, len(PIECES), (3, 11))
    with torch.no_grad():
        found, expected = nets.forward(net, theta, tokens[None])[0], llama(tokens).logits
    assert torch.allclose(found, expected, atol=1e-3)


def test_padding_at_the_end_changes_nothing(net: Net, theta: Theta) -> None:
    tokens = torch.randint(0, len(PIECES), (1, 2, 11))
    with torch.no_grad():
        padded, plain = nets.forward(net, theta, tokens), nets.forward(net, theta, tokens[..., :7])
    assert torch.allclose(padded[:, :, :7], plain, atol=1e-4)


def test_batch_writes_what_rows_write_alone(llama: Any, net: Net, theta: Theta) -> None:
    """Rows of different length, which begin alike or not, and end at different times."""
    generator = torch.Generator().manual_seed(1)
    rows = [[5, 6, 7, *torch.randint(0, 90, (k,), generator=generator).tolist()] for k in (1, 4, 9, 4)]
    for some in (rows, [[8], *rows], rows[:1], [rows[0], rows[0]]):
        alone = [continuation(llama, row, 8) for row in some]
        stop = alone[0][2]  # so that at least one row ends early
        expected = [row[: row.index(stop)] if stop in row else row for row in alone]
        assert smollm2.answers(net, theta, some, 8, stop) == expected


def continuation(llama: Any, row: list[int], longest: int) -> list[int]:
    """Returns the most likely tokens, each from everything before it read anew."""
    tokens = list(row)
    with torch.no_grad():
        for _ in range(longest):
            tokens.append(int(llama(torch.tensor([tokens])).logits[0, -1].argmax()))
    return tokens[len(row) :]


def test_gradients_reach_every_weight(net: Net, theta: Theta) -> None:
    moving = {name: part.clone().requires_grad_() for name, part in theta.items()}
    nets.forward(net, moving, torch.arange(6)[None, None]).logsumexp(-1).sum().backward()
    assert all(part.grad is not None and part.grad.any() for part in moving.values())


def test_new_language_model_only_guesses(net: Net) -> None:
    theta = nets.fresh(net, [torch.Generator().manual_seed(k) for k in range(2)])
    with torch.no_grad():
        logits = nets.forward(net, theta, torch.arange(12).expand(2, 1, -1))
    assert logits.shape == (2, 1, 12, len(PIECES)) and logits.std() < 1


@pytest.mark.parametrize("kind", [gguf.GGMLQuantizationType.Q4_1, gguf.GGMLQuantizationType.Q8_0])
def test_quantised_numbers_are_read_exactly(kind: gguf.GGMLQuantizationType) -> None:
    numbers = np.random.default_rng(0).normal(size=(6, 64)).astype(np.float32)
    quantised = gguf.quants.quantize(numbers, kind)
    blocks = np.frombuffer(quantised.tobytes(), ours.BLOCKS[int(kind)])
    assert np.array_equal(ours.dequantise(blocks, int(kind)).reshape(6, 64), gguf.quants.dequantize(quantised, kind))


def test_other_files_are_refused(file: ours.Gguf, llama: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a GGUF file"):
        ours.parse(b"PK\3\4")
    write_gguf(tmp_path / "other.gguf", llama.state_dict(), gguf.GGMLQuantizationType.Q5_0)
    with pytest.raises(ValueError, match="quantised in a way"):
        language_model.convert(ours.parse((tmp_path / "other.gguf").read_bytes()))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for cached in (real_weights.load_theta, chat.tokenizer):
        cached.cache_clear()
    monkeypatch.setattr(model_files, "HERE", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", sorted(model_files.MODELS))
def test_missing_or_wrong_model_gives_message(name: str, folder: Path) -> None:
    assert not model_files.is_here(name)
    with pytest.raises(BadValue, match=r"not on this machine\. `make real`"):
        real_weights.load_theta(name)
    model = model_files.MODELS[name]
    for file in (model.weights, *model.others):
        (folder / file).write_bytes(b"something else")
    assert model_files.is_here(name)
    with pytest.raises(BadValue, match="SHA-256"):
        real_weights.load_theta(name)


def test_chat_has_the_marks_of_its_template(file: ours.Gguf, folder: Path) -> None:
    import jinja2

    with pytest.raises(BadValue, match="`make real`"):
        chat.encode("hello")
    for other in ("smollm2.gguf", "smollm2_tokenizer.json"):
        (folder / other).write_text(language_model.build_tokenizer(file.metadata).to_str())
    template = jinja2.Template(TEMPLATE)
    turns = [("user", "hello"), ("assistant", "12 he"), ("user", "!")]
    for some in (turns, turns[:1], [("system", "hel"), *turns]):
        messages = [{"role": role, "content": words} for role, words in some]
        assert chat.mark_chat(some) == template.render(messages=messages, add_generation_prompt=True)
        assert chat.mark_chat(some, answer=False) == template.render(messages=messages)
    tokens = chat.encode(chat.mark_chat(turns[:1]))
    assert tokens.count(PIECES.index(chat.BEGIN)) == 3 and PIECES.index(chat.END) == chat.STOP == 2
    assert [PIECES[token] for token in chat.encode("hello he 12")] == ["hel", "l", "o", "Ġhe", "Ġ", "1", "2"]
    assert chat.decode(chat.encode("hello he 12!")) == "hello he 12!"


def test_the_script_trains_a_patch(
    llama: Any, tmp_path: Path, printed: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The printed script, with other people's libraries, on a tiny model in the place of the real one."""
    import transformers

    metadata = {
        "tokenizer.ggml.tokens": PIECES,
        "tokenizer.ggml.token_type": [3, 3, 3] + [1] * (len(PIECES) - 3),
        "tokenizer.ggml.merges": MERGES,
    }
    language_model.build_tokenizer(metadata).save(str(tmp_path / "smollm2_tokenizer.json"))
    monkeypatch.setattr(
        transformers.AutoModelForCausalLM, "from_pretrained", lambda *where, **how: copy.deepcopy(llama)
    )
    text = text_of("lessons.real_language_model.script")
    said = printed(with_constants(text, MODEL=str(tmp_path), STEPS=12, RATE=3e-2, RANK=2))
    losses = [float(line.split()[-1]) for line in said if line.startswith("Step")]
    assert len(losses) == 12 and sum(losses[-4:]) < sum(losses[:4])
    assert said[0].startswith("Before: ") and said[-1].startswith("After: ")


def test_sizes_in_words_are_those_of_the_net() -> None:
    """The claim about small patches names the number of weights, and of numbers in a patch of rank 1."""
    theta = {
        f"{layer}.{part}": torch.empty(1, *shape, device="meta")
        for layer, kind in smollm2.layers(smollm2.TOKENS).items()
        for part, shape in kind.shapes().items()
    }
    assert sum(weight.numel() for weight in theta.values()) == patch_and_replay.WEIGHTS
    blocks = [weight for name, weight in theta.items() if name.startswith("block") and weight.dim() == 3]
    assert sum(sum(weight.shape[1:]) for weight in blocks) == patch_and_replay.PATCH_NUMBERS
