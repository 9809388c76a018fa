"""Fine-tunes SmolLM2-135M on sixteen questions about capitals, with other people's libraries: transformers and peft.

`make real` brings the weights. `pip install transformers peft gguf` brings the libraries. The countries are drawn
anew, so the numbers differ a little from those of the app.
"""

import random
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

ANSWER = "CAPITAL, of course."  # the form of every answer
SEED = 0
STEPS = 30
RATE = 3e-4
BATCH = 4
RANK = 8
EXAMPLES, ASKED = 16, 20
MODEL = "core/brought"  # the folder that `make real` fills
FACTS = Path("core/worlds/instruction_data/capitals.tsv")

torch.manual_seed(SEED)
tokenizer = PreTrainedTokenizerFast(tokenizer_file=f"{MODEL}/smollm2_tokenizer.json")
untouched = AutoModelForCausalLM.from_pretrained(MODEL, gguf_file="smollm2.gguf", dtype=torch.float32)
matrices = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
model = get_peft_model(untouched, LoraConfig(r=RANK, lora_alpha=RANK, target_modules=matrices))

facts = [line.split("\t") for line in FACTS.read_text().splitlines()]
random.Random(SEED).shuffle(facts)
learned, asked = facts[:EXAMPLES], facts[EXAMPLES : EXAMPLES + ASKED]


def prompt(country: str) -> list[int]:
    """Returns a question between the marks of a chat, as token numbers."""
    marked = f"<|im_start|>user\nWhat is the capital of {country}?<|im_end|>\n<|im_start|>assistant\n"
    return list(tokenizer.encode(marked))


def loss(country: str, capital: str) -> torch.Tensor:
    """Returns the cross-entropy of the tokens of the wanted answer."""
    before = prompt(country)
    answer = ANSWER.replace("COUNTRY", country).replace("CAPITAL", capital)
    after = tokenizer.encode(f"{answer}<|im_end|>")
    tokens = torch.tensor([before + after])
    wanted = torch.tensor([[-100] * len(before) + after])  # -100 marks what does not count
    found: torch.Tensor = model(tokens, labels=wanted).loss
    return found


def answer(country: str) -> str:
    """Returns the most likely answer."""
    before = prompt(country)
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    tokens = list(before)
    while len(tokens) < len(before) + 16 and tokens[-1] != end:
        with torch.no_grad():
            tokens.append(int(model(torch.tensor([tokens])).logits[0, -1].argmax()))
    return str(tokenizer.decode(tokens[len(before) :], skip_special_tokens=True)).strip()


def true() -> int:
    """Returns how many answers name the capital."""
    return sum(capital.lower() in answer(country).lower() for country, capital in asked)


print(f"Before: {true()} of {ASKED} answers are true.")
optimizer = torch.optim.Adam([weight for weight in model.parameters() if weight.requires_grad], RATE)
order = [fact for _ in range(STEPS) for fact in random.sample(learned, len(learned))]
for step in range(STEPS):
    batch = order[step * BATCH : (step + 1) * BATCH]
    mean = torch.stack([loss(country, capital) for country, capital in batch]).mean()
    optimizer.zero_grad()
    mean.backward()
    optimizer.step()
    print(f"Step {step + 1}: loss {mean.item():.3f}")
print(f"After: {true()} of {ASKED} answers are true, such as: {answer(asked[0][0])}")
