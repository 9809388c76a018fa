"""Reads GGUF, the file format of llama.cpp, as far as our language model needs it: its metadata, and tensors that are
not quantised (F32) or quantised in blocks of 32 numbers (Q4_1 and Q8_0).

The format is at https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. A file has a header, metadata by name, a
list of tensors, and then the numbers of the tensors.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]

NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
TEXT, ARRAY = 8, 9  # the other types of metadata
ALIGNMENT = 32  # the numbers of every tensor begin at a multiple of so many bytes
# A block of 32 numbers. Q4_1 keeps each in 4 bits q, and a scale and a lowest value for all: scale * q + lowest.
BLOCKS = {
    0: np.dtype([("q", "<f4", 32)]),
    3: np.dtype([("scale", "<f2"), ("lowest", "<f2"), ("q", "u1", 16)]),
    8: np.dtype([("scale", "<f2"), ("q", "i1", 32)]),
}
F32, Q4_1, Q8_0 = BLOCKS


@dataclass
class Cursor:
    """Reads one value after the other."""

    data: bytes
    place: int = 0

    def number(self, form: str) -> Any:
        (found,) = struct.unpack_from(f"<{form}", self.data, self.place)
        self.place += struct.calcsize(f"<{form}")
        return found

    def text(self) -> str:
        size = self.number("Q")
        self.place += size
        return self.data[self.place - size : self.place].decode("utf-8")

    def value(self, kind: int) -> Any:
        if kind == TEXT:
            return self.text()
        if kind == ARRAY:
            inner, count = self.number("I"), self.number("Q")
            return [self.value(inner) for _ in range(count)]
        return self.number(NUMBERS[kind])


@dataclass(frozen=True)
class TensorPlace:
    """Where the numbers of a tensor are in the file, and how they are kept."""

    shape: tuple[int, ...]
    kind: int  # a key of BLOCKS
    begin: int


@dataclass(frozen=True)
class Gguf:
    """A file: its metadata by name, and the places of its tensors by name. A tensor is dequantised when it is read."""

    data: bytes
    metadata: dict[str, Any]
    places: dict[str, TensorPlace]

    def tensor(self, name: str) -> Numbers:
        """Returns the numbers of a tensor. Raises ValueError if they are kept in a way that is not known here."""
        place = self.places[name]
        if place.kind not in BLOCKS:
            raise ValueError(f"{name} is quantised in a way that this reader does not know: {place.kind}.")
        blocks = np.frombuffer(self.data, BLOCKS[place.kind], math.prod(place.shape) // 32, place.begin)
        return dequantise(blocks, place.kind).reshape(place.shape)


def parse(data: bytes) -> Gguf:
    """Parses the header of a file. Raises ValueError if it is none."""
    if data[:4] != b"GGUF":
        raise ValueError("This is not a GGUF file.")
    cursor = Cursor(data, 4)
    cursor.number("I")  # the version of the format
    tensors, entries = cursor.number("Q"), cursor.number("Q")
    metadata = {cursor.text(): cursor.value(cursor.number("I")) for _ in range(entries)}
    places = {}
    for _ in range(tensors):
        name, axes = cursor.text(), cursor.number("I")
        shape = [cursor.number("Q") for _ in range(axes)][::-1]  # the file names the innermost axis first
        places[name] = TensorPlace(tuple(shape), cursor.number("I"), cursor.number("Q"))
    begin = -(-cursor.place // ALIGNMENT) * ALIGNMENT
    return Gguf(data, metadata, {name: replace(at, begin=begin + at.begin) for name, at in places.items()})


def dequantise(blocks: NDArray[Any], kind: int) -> Numbers:
    """Returns the numbers of blocks, (blocks, 32)."""
    q = blocks["q"]
    if kind == F32:
        return q.copy()
    found = np.empty((len(blocks), 32), np.float32)
    scale = blocks["scale"].astype(np.float32)[:, None]
    if kind == Q8_0:
        return np.multiply(q, scale, out=found)
    np.multiply(q & 15, scale, out=found[:, :16])  # the lower halves of the bytes come first
    np.multiply(q >> 4, scale, out=found[:, 16:])
    found += blocks["lowest"].astype(np.float32)[:, None]
    return found
