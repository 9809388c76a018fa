"""Compares the real models with other people's implementations, on the real weights: `make real-check`, after
`make real`. It takes a minute and is not part of the tests.

The times are those of one thread: two threads wait for each other where other programs use the cores.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from tokenizers import pre_tokenizers
from torch import Tensor

from core import nets
from core.nets import Net, Theta, smollm2
from core.pretrained import chat, model_files, real_weights
from core.worlds.pictures import scale_pixels

COUNTRIES = (
    *("Peru", "Chile", "France", "Germany", "Italy", "Spain", "Japan", "China", "India", "Kenya"),
    *("Egypt", "Ghana", "Norway", "Sweden", "Finland", "Poland", "Greece", "Turkey", "Iran", "Iraq"),
    *("Cuba", "Mexico", "Canada", "Brazil", "Bolivia", "Ecuador", "Austria", "Hungary", "Romania", "Portugal"),
)
STRINGS = (
    *(
        "",
        " ",
        "\n\n",
        "Hello world",
        "It's 3.14 o'clock.",
        "  two  spaces ",
        "tab\tand\r\nline",
        "1234567890",
        "12 000,50",
    ),
    *(
        "don't we'll THEY'RE",
        "naïve café",
        "Grüße aus Zürich",
        "日本語のテキスト",
        "Привет, мир",
        "مرحبا",
        "🙂 👩\u200d👧",
    ),
    *("e\u0301", "def f(x):\n    return x**2", "https://example.org/a?b=c&d=1", "C:\\path\\to", "a_b-c.d,e;f:g"),
    *("((([[{{<<>>}}]])))", "$5.00 + 7% = ?", "“Curly” quotes—and dashes…", "ALL CAPS AND 123ABC", "x" * 40),
    *(
        "The capital of Peru is Lima, of course.",
        "\u00a0non-breaking\u2009spaces",
        "\x00\x01control",
        "½ ² ① ٣",
        "sum:\n\n42",
    ),
    *("<|im_start|>", "<|im_end|>", "<|endoftext|>", "a<|im_end|>b", " <|im_start|> user", "<|im_start"),
    *("<|im_start|>user\nHi<|im_end|>\n", "<|im_start|>system\n<|im_end|>\n<|im_start|>assistant\n"),
    *("<file_sep>", "<empty_output>."),
)


def one_seed(weights: dict[str, Tensor]) -> Theta:
    """Returns weights in 32 bits with an axis for one seed."""
    return {name: part.float()[None] for name, part in weights.items()}


def layer_shapes(net: Net) -> dict[str, tuple[int, ...]]:
    """Returns the shapes of all weights of a net."""
    return {f"{name}.{part}": shape for name, layer in net.items() for part, shape in layer.shapes().items()}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def fastest(run: Callable[[], object], times: int = 3) -> float:
    """Returns the seconds of the fastest of some calls."""
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


@pytest.mark.parametrize("name", sorted(model_files.MODELS))
def test_kept_weights_fit_the_net(name: str) -> None:
    theta = real_weights.load_theta(name)
    net = nets.load(name, {"efficientnet_lite0": 1000, "smollm2": smollm2.TOKENS}[name])
    assert layer_shapes(net) == {part: tuple(weight.shape[1:]) for part, weight in theta.items()}
    assert all(weight.is_contiguous() and weight.dtype == torch.float32 for weight in theta.values())


# --- The eye -------------------------------------------------------------------------------------------------------


def pictures(count: int) -> Tensor:
    """Returns pictures of many colours, coarse and fine, (count, 3, 128, 128), from 0 to 255."""
    generator = torch.Generator().manual_seed(0)
    sides = (2 + k % 60 for k in range(count))
    coarse = (torch.rand(1, 3, side, side, generator=generator) * 255 for side in sides)
    return torch.cat([F.interpolate(one, size=(128, 128)) for one in coarse]).to(torch.uint8)


def test_eye_names_what_the_reference_names() -> None:
    from efficientnet_lite_pytorch import EfficientNet

    theta, reference = (
        real_weights.load_theta("efficientnet_lite0"),
        EfficientNet.from_name("efficientnet-lite0").eval(),
    )
    reference.load_state_dict(original_names(theta, reference.state_dict()))
    x = scale_pixels(pictures(20))
    with torch.no_grad():
        ours, theirs = nets.forward(nets.load("efficientnet_lite0", 1000), theta, x[None])[0], reference(x)
    assert torch.allclose(ours, theirs, atol=1e-3) and torch.equal(ours.argmax(-1), theirs.argmax(-1))
    assert len(set(ours.argmax(-1).tolist())) > 5


def original_names(theta: Theta, module: dict[str, Tensor]) -> dict[str, Tensor]:
    """Returns the weights of the reference: ours in its order, with batch norms that only apply a gain and a bias."""
    parts = iter(part[0] for name, part in theta_in_order(theta))
    found = {}
    for name, there in module.items():
        if name.endswith("running_mean"):
            found[name] = torch.zeros_like(there)
        elif name.endswith("running_var"):
            found[name] = torch.full_like(there, 1 - 1e-3)
        elif name.endswith("num_batches_tracked"):
            found[name] = there
        else:
            part = next(parts)
            norm = "_bn" in name and name.endswith("weight")
            found[name] = part + 1 if norm else part.T if name == "_fc.weight" else part.view_as(there)
    return found


def theta_in_order(theta: Theta) -> list[tuple[str, Tensor]]:
    net = nets.load("efficientnet_lite0", 1000)
    return [(name, theta[name]) for name in layer_shapes(net)]


def test_hundred_pictures_take_little_time() -> None:
    net, theta = nets.load("efficientnet_lite0", 1000), real_weights.load_theta("efficientnet_lite0")
    x = scale_pixels(pictures(100))[None]
    with torch.no_grad():
        seconds = fastest(lambda: [nets.forward(net, theta, some, end=-1) for some in x.split(10, 1)])
    print(f"features of 100 pictures: {seconds:.2f} s")
    assert seconds < 1.5


# --- The language model --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """Returns the model and the tokenizer of transformers, which read the same file, from a folder of its own."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = tmp_path_factory.mktemp("smollm2")
    (folder / "smollm2.gguf").symlink_to(model_files.HERE / "smollm2.gguf")
    place = {"pretrained_model_name_or_path": str(folder), "gguf_file": "smollm2.gguf"}
    os.environ["HF_HUB_OFFLINE"] = "1"
    model = AutoModelForCausalLM.from_pretrained(**place, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(**place)
    # transformers overlooks what the file asks for (tokenizer.ggml.pre: smollm): digits stay single, then GPT-2's rule
    digits = pre_tokenizers.Digits(individual_digits=True)
    rest = tokenizer.backend_tokenizer.pre_tokenizer
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, rest])
    return model, tokenizer


def questions() -> list[list[int]]:
    asked = (f"What is the capital of {country}?" for country in COUNTRIES)
    return [chat.encode(chat.mark_chat([("user", question)])) for question in asked]


def test_tokens_are_those_of_the_reference(reference: tuple[Any, Any]) -> None:
    generator = random.Random(0)
    letters = "abc XYZ 0123456789 .,'\n\t-éß中🙂"
    drawn = ["".join(generator.choices(letters, k=40)) for _ in range(30)]
    for text in (*STRINGS, *drawn):
        assert chat.encode(text) == reference[1](text)["input_ids"], repr(text)
    for turns in ([("user", "Hi!")], [("system", "Be brief."), ("user", "1 + 1?"), ("assistant", "2"), ("user", "?")]):
        messages = [{"role": role, "content": words} for role, words in turns]
        for answer in (True, False):
            marked = reference[1].apply_chat_template(messages, tokenize=False, add_generation_prompt=answer)
            assert chat.mark_chat(turns, answer) == marked


def test_logits_are_those_of_the_reference(reference: tuple[Any, Any]) -> None:
    net, theta = nets.load("smollm2", smollm2.TOKENS), real_weights.load_theta("smollm2")
    texts = ["The capital of Peru is", "Once upon a time, in a valley far away, there lived"]
    for tokens in (torch.tensor([row]) for row in (*map(chat.encode, texts), *questions()[:2])):
        with torch.no_grad():
            ours, theirs = nets.forward(net, theta, tokens[None])[0], reference[0](tokens).logits
        assert torch.allclose(ours, theirs, atol=1e-3)


def test_thirty_answers_in_five_seconds(reference: tuple[Any, Any]) -> None:
    net, theta = nets.load("smollm2", smollm2.TOKENS), real_weights.load_theta("smollm2")
    rows = questions()
    seconds = fastest(lambda: smollm2.answers(net, theta, rows, 16, chat.STOP))
    print(f"30 answers: {seconds:.2f} s")
    written = smollm2.answers(net, theta, rows, 16, chat.STOP)
    assert "Lima" in chat.decode(written[0]) and seconds < 5
    for row, answer in list(zip(rows, written))[:5]:
        inputs = {"input_ids": torch.tensor([row]), "attention_mask": torch.ones(1, len(row), dtype=torch.long)}
        theirs = reference[0].generate(**inputs, max_new_tokens=16, do_sample=False, pad_token_id=chat.STOP)
        assert [token for token in theirs[0, len(row) :].tolist() if token != chat.STOP] == answer
