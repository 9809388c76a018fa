"""Asks a chat model for facts in two ways that move no weight.

"prompt": examples stand in its prompt (Brown et al. 2020), those that the first seed of a run on the same task would
learn from. "begun": the model's own sentence is begun for it, so it only has to add the fact. Gives one entry for each
task, and for each way the names that a run records too (core/training/chat_answers.py): texts, formed and right.
"""

from __future__ import annotations

from typing import Any

from core.experiment.tasks import Chat, Task
from core.measure import Learned
from core.training import chat_answers
from core.worlds import chat


def measure(learned: list[Learned], *, tasks: tuple[Task, ...], count: int, first_seed: int) -> dict[str, Any]:
    (model,) = learned
    return {"tasks": [both_ways(model, task, count, first_seed) for task in tasks if isinstance(task, Chat)]}


def both_ways(model: Learned, task: Chat, count: int, seed: int) -> dict[str, Any]:
    """Returns the answers about `count` countries after all examples of the task, and after its own beginning."""
    asked = chat.exhibit(task, count)
    prompts = {
        "prompt": [chat.with_examples(task, seed, one["prompt"]) for one in asked],
        "begun": [chat.in_chat(one["prompt"]) + chat.PLAIN.format(one["name"]) for one in asked],
    }
    return {way: chat_answers.judged(model.net, model.theta, task, asked, texts) for way, texts in prompts.items()}
