"""Turns texts and chats into the tokens of SmolLM2-135M, and tokens into texts. Does not import torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from tokenizers import Tokenizer

from core.experiment.checks import BadValue
from core.pretrained import model_files

BEGIN, END = "<|im_start|>", "<|im_end|>"  # marks around every turn of a chat
STOP = 2  # the token of END
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"  # what its chats begin with

Turn = tuple[str, str]  # who speaks (system, user or assistant), and the words


@cache
def tokenizer() -> Tokenizer:
    """Loads the tokenizer. Raises BadValue if it is not here."""
    model = model_files.MODELS["smollm2"]
    if not model.is_here():
        raise BadValue(model.missing())
    return Tokenizer.from_file(str(model.paths[1]))


def mark_chat(turns: Sequence[Turn], answer: bool = True, system: str = SYSTEM) -> str:
    """Returns a chat with its marks, as the model's own template writes it. It begins with the system prompt unless its
    first turn is one or the prompt is empty. If `answer` is true, the assistant's next turn is begun."""
    if system and turns and turns[0][0] != "system":
        turns = [("system", system), *turns]
    marked = "".join(f"{BEGIN}{role}\n{words}{END}\n" for role, words in turns)
    return marked + f"{BEGIN}assistant\n" * answer


def encode(text: str) -> list[int]:
    """Returns the tokens of a text, in which marks count as marks."""
    found: list[int] = tokenizer().encode(text).ids
    return found


def decode(tokens: Sequence[int]) -> str:
    """Returns the text of tokens, without marks."""
    text: str = tokenizer().decode(list(tokens))
    return text
