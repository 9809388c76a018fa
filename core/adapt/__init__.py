"""How a net is adapted: theta = theta_start + delta(phi), and only phi is trained. One file a method.

Every method is a module with the same two functions; none knows the net's layers by name or the data.

phi(start, size, rngs) -> {name: tensor}          what is trained, at its first value, where delta is zero
delta(start, phi) -> {name of a weight: tensor}   what it adds to the start; weights it does not name stay as they
                                                  are, and weights that the start has not are new

A name in phi begins with that of its layer and a dot, as those of weights do: layers may learn at rates of their own.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from core.nets import Theta


def load(method: str) -> ModuleType:
    return import_module(f"core.adapt.{method}")


def apply_delta(start: Theta, delta: Theta) -> Theta:
    """theta_start + delta, in which a weight that the start has not is all delta."""
    return start | {name: start[name] + part if name in start else part for name, part in delta.items()}
