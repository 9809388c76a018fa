"""Names as they are stored, where the code has a better one: digests, links, bundles and what ships rest on them.

A value speaks the code's name; JSON has the stored one, and both are read.
"""

from __future__ import annotations

STORED = {  # by the field that holds the name: what the code calls it, and what is stored
    "kind": {
        "reward_weights": "taste",
        "delta_truncation": "squeeze",
        "instruction_following": "obedience",
        "prompt_answers": "answers",
        "forgotten_examples": "flips",
        "weight_changes": "patch",
        "classify_drawing": "reads",
        "encoder_probe": "encoded",
        "frechet_distance": "distance",
        "hidden_space": "hidden",
        "interpolation": "dial",
        "memory_cost": "keeping",
        "notes_over_training": "written",
        "tracked_examples": "exhibit",
        "word_weights": "weighed",
    },
    "net": {"mlp_image": "dense"},
}
CURRENT = {field: {stored: name for name, stored in names.items()} for field, names in STORED.items()}


def stored_name(field: str, value: object) -> object:
    """Returns what is stored for a field's value."""
    return STORED[field].get(value, value) if field in STORED and isinstance(value, str) else value


def current_name(field: str, value: object) -> object:
    """Returns what the code calls a stored value of a field."""
    return CURRENT[field].get(value, value) if field in CURRENT and isinstance(value, str) else value
