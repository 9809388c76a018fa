"""Defines the weights of a net by name. Every tensor has a leading axis for the seeds. Does not depend on nets."""

from __future__ import annotations

from torch import Tensor

Theta = dict[str, Tensor]
