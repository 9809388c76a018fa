"""Asks a chat model for facts and judges what it writes. The model writes the most likely token at every place. Does
not depend on runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.experiment.tasks import Chat
from core.nets import Net, Theta, smollm2
from core.pretrained import chat as marks
from core.worlds import chat

LONGEST, PLAIN_LONGEST = 16, 8  # tokens of an answer, and of a continued text


def record(task: Chat, net: Net, asked: Sequence[Mapping[str, str]], theta: Theta) -> dict[str, Any]:
    """Returns the answer to every question, whether it has the wanted form and whether it is true.

    Each fact is also asked as a plain text without the marks of a chat, which the model continues. This shows what the
    model knows, whatever form its answers have.
    """
    plain = continue_texts(net, theta, [chat.PLAIN.format(one["name"]) for one in asked], PLAIN_LONGEST)
    return judged(net, theta, task, asked, [chat.in_chat(one["prompt"]) for one in asked]) | {
        "plain": plain,
        "plain_right": [chat.names_capital(said, one["right"]) for said, one in zip(plain, asked)],
    }


def judged(
    net: Net, theta: Theta, task: Chat, asked: Sequence[Mapping[str, str]], prompts: Sequence[str]
) -> dict[str, Any]:
    """Returns how the model continues a prompt for each question, and whether this has the form and is true."""
    says = continue_texts(net, theta, prompts, LONGEST)
    return {
        "texts": says,
        "formed": [task.has_form(said) for said in says],
        "right": [chat.names_capital(said, one["right"]) for said, one in zip(says, asked)],
    }


def continue_texts(net: Net, theta: Theta, texts: Sequence[str], longest: int) -> list[str]:
    """Returns how the model continues each text. `theta` holds one seed."""
    rows = smollm2.answers(net, theta, [marks.encode(text) for text in texts], longest, marks.STOP)
    return [marks.decode(row).strip() for row in rows]
