"""Templates: the wires and constraints of a block, repeated over its lanes.

Read `circuits.r1cs` first; these are its parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

PUBLIC_WIRES = 3
ONE, CHALLENGE, FINGERPRINT = range(PUBLIC_WIRES)


class WireClass(IntEnum):
    """Which key vector a wire belongs to."""

    PUBLIC = 0
    COMMITTED = 1
    PRIVATE = 2


@dataclass(frozen=True, order=True)
class LaneMap:
    """Which lane of the source block a lane reads: floor((stride * lane + offset) / divisor).

        (1, 0, 1)        a block's own wires
        (1, 0, n)        a parent's: n children read one lane
        (3, i, 1)        packing: word l reads lane 3 l + i
        (1, -1, 1)       a chain: lane l reads lane l - 1
        (1, n - 1, 1)    the hand-over between chains: lane 0 reads the last of n lanes
        (0, 0, 1)        everybody reads lane 0

    A source lane outside the source block contributes nothing: that is how a chain starts, why the
    hand-over reaches lane 0 alone, and how the last word of a packing may be part empty.
    """

    stride: int
    offset: int
    divisor: int

    def source(self, lanes: int) -> NDArray[np.int64]:
        """Source lane of each lane 0 … lanes - 1 (possibly out of range)."""
        return (self.stride * np.arange(lanes, dtype=np.int64) + self.offset) // self.divisor


SAME_LANE = LaneMap(1, 0, 1)
FIRST_LANE = LaneMap(0, 0, 1)
#: Every lane of the source block at once; only constraints of one-lane blocks may use it.
EVERY_LANE = LaneMap(0, 0, 0)


@dataclass(frozen=True, order=True)
class Wire:
    """One wire of a block's template: its class and its index among the block's wires of it."""

    block: int
    wire_class: WireClass
    index: int


@dataclass(frozen=True)
class Column:
    """A coefficient that differs from lane to lane: index into `R1CS.columns`."""

    index: int


@dataclass(frozen=True)
class Term:
    """coefficient * wire, read through a lane map."""

    wire: Wire
    lane_map: LaneMap
    coefficient: int | Column


@dataclass(frozen=True)
class Constraint:
    """a * b = c in every lane of its block; `path` names it in failure reports."""

    a: tuple[Term, ...]
    b: tuple[Term, ...]
    c: tuple[Term, ...]
    path: str = ""


@dataclass(frozen=True)
class Block:
    """A template and how often it is repeated."""

    name: str
    lanes: int
    committed: int
    private: int
    constraints: tuple[Constraint, ...]
