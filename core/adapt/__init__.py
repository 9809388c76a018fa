"""Adapts a net: theta = theta_start + delta(phi), and only phi is trained. There is one file for each method.

Every method is a module with the same two functions. No method depends on the names of the net's layers or on the
data.

phi(start, size, rngs) -> {name: tensor}          Returns the initial value of what is trained. There, delta is zero.
delta(start, phi) -> {name of a weight: tensor}   Returns what is added to the start. Weights that are not named stay
                                                  as they are. Weights that the start does not have are new.

A name in phi begins with the name of its layer and a dot, like the names of weights. So each layer can have its own
learning rate.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from core.nets import Theta


def load(method: str) -> ModuleType:
    """Imports a method by the name of its file."""
    return import_module(f"core.adapt.{method}")


def apply_delta(start: Theta, delta: Theta) -> Theta:
    """Returns theta_start + delta. A weight that the start does not have is delta alone."""
    return start | {name: start[name] + part if name in start else part for name, part in delta.items()}
