"""The weights of a net, by name: every tensor has a leading axis of seeds. Knows no net."""

from __future__ import annotations

from torch import Tensor

Theta = dict[str, Tensor]
