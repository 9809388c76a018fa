"""Writes instructions as a person would say them. The nets read a short form."""

from __future__ import annotations

# How a person would say the two parts of an instruction. The net reads their short form.
ASKED = {
    "old or new": "Is this old or new English?",
    "code or prose": "Is this code or prose?",
    "law or play": "Is this from a law or from a play?",
    "good or bad": "Does this say something good or bad?",
    "in French": "What is this country called in French?",
    "answer": "Please answer:",
    "in new English": "Say this in modern English.",
    "first word": "What is the first word?",
    "reverse": "Write these words in reverse order.",
    "in capitals": "Write this in capital letters.",
}
MANNER = {"plain": "", "shouted": " Shout your answer!", "doubted": " Sound unsure.", "twice": " Say it twice."}


def say_in_full(prompt: str) -> str:
    """Returns an instruction as a person would say it. The net reads a short form: “Law or play, shouted: ...”."""
    head, _, text = prompt.partition(": ")
    kind, _, manner = head.lower().replace("french", "French").replace("english", "English").partition(", ")
    if kind not in ASKED:
        return prompt
    return f"{ASKED[kind]} {text if kind == 'answer' else f'“{text}”'}{MANNER[manner or 'plain']}"
