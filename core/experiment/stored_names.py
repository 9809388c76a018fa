"""Maps the names in the code to the names in stored files, where the code has a better name than the stored one.

Digests, links, bundles and shipped results depend on the stored names, so they cannot change. A value uses the code's
name and JSON uses the stored name. Both can be read.
"""

from __future__ import annotations

STORED = {  # by field: the name in the code, and the stored name
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
