"""Answers questions that a learner types, with chat models: between the marks of a chat, and without them.

Without the marks the model continues the question as a plain text. Gives {"prompts", "chat", "plain"}: the answers of
each run, in the order of the prompts.
"""

from __future__ import annotations

from typing import Any

from core.measure import Learned
from core.training import chat_answers as ask
from core.worlds import chat

LONGEST = 40  # tokens of an answer


def measure(learned: list[Learned], *, prompts: tuple[str, ...]) -> dict[str, Any]:
    typed = [prompt.replace("<|", "< |") for prompt in prompts]  # a mark that a learner types is no mark
    marked = [chat.in_chat(prompt) for prompt in typed]
    return {
        "prompts": list(prompts),
        "chat": [ask.continue_texts(one.net, one.theta, marked, LONGEST) for one in learned],
        "plain": [ask.continue_texts(one.net, one.theta, typed, LONGEST) for one in learned],
    }
