"""What computing readings compute with: vectors of one number per lane.

`define` and its hints are written once, over a small vocabulary: the vectors' operators, and the
operations of `Numbers`. Two kinds of numbers speak it, and give the same wires:

    PythonNumbers      object arrays of Python integers: the readable judge   (edsl.python_numbers)
    a native kind      fixed-width lanes, injected from outside this room

A vector is immutable to whoever reads it, and knows `+ - * // % & << >>` with vectors of as many
lanes and with Python integers (// and >> round down), unary minus, comparisons (they give a mask,
which knows `& | ~`), `len`, `[lane]`, `tolist()` and `repeat(times)`. After the challenge vectors
hold field elements, and know `+ - *` alone. Native integers have a fixed width: leaving it is an
OverflowError, never another number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from circuits.edsl.lookups import RowTable
from circuits.field import FieldArray

#: One Python integer per lane, dtype object.
IntegerArray = NDArray[np.object_]

#: One number per lane: an `IntegerArray`, or a vector of another kind.
LaneVector = Any

#: Weights by row, known to everyone, in tuples so that they can be looked up.
Matrix = tuple[tuple[int, ...], ...]

#: One truth value per lane.
LaneMask = Any


class Inverses(Protocol):
    """1/(X - worth) for every row of a lookup table; what it answers is recorded, no more."""

    def weighted(self, multiplicity: LaneVector) -> LaneVector:
        """multiplicity / (X - worth), row by row."""

    def look_up(self, worth: LaneVector, rows: LaneVector) -> LaneVector:
        """1/(X - worth) of queries, wherever they are; `rows` says where an honest one is.

        ZeroDivisionError where X is a query's worth.
        """


class Numbers(Protocol):
    """Makes and combines lane vectors."""

    def vector(self, values: Sequence[int] | IntegerArray) -> LaneVector:
        """These integers, one per lane."""

    def same(self, value: int, count: int) -> LaneVector:
        """The integer in each of `count` lanes."""

    def gather(self, vector: LaneVector, stride: int, offset: int, count: int) -> LaneVector:
        """Lane stride * l + offset for each l below `count`; zero outside."""

    def where(self, mask: LaneMask, yes: LaneVector | int, no: LaneVector | int) -> LaneVector:
        """`yes` in the mask's lanes, `no` in the others."""

    def clip(self, vector: LaneVector, lo: int, hi: int) -> LaneVector:
        """The nearest integer in [lo, hi]."""

    def bit_lengths(self, vector: LaneVector) -> LaneVector:
        """Bits of each absolute value; 0 for 0."""

    def square_roots(self, vector: LaneVector) -> LaneVector:
        """floor(sqrt(x)); ValueError for a negative lane."""

    def limbs(self, vector: LaneVector, bits: int, count: int) -> tuple[LaneVector, ...]:
        """The low `count` limbs of `bits` bits each, lowest first."""

    def exact_quotient(self, vector: LaneVector, divisor: int) -> LaneVector | None:
        """vector / divisor; None where a lane leaves a remainder."""

    def fit(self, vector: LaneVector, bits: int) -> bool:
        """Whether every lane is in [0, 2^bits)."""

    def counts(self, vectors: Sequence[LaneVector], size: int) -> LaneVector:
        """How often each of 0 … size - 1 occurs; other values count nowhere."""

    def taylor(self, table: RowTable, rows: LaneVector, at: LaneVector) -> tuple[LaneVector, ...]:
        """Taylor coefficients of the rows at the places; IndexError for a row outside."""

    def field_inverses(self, vector: LaneVector) -> LaneVector:
        """1/x modulo r in [0, r), and 0 for multiples of r."""

    def same_in_field(self, value: int, count: int) -> LaneVector:
        """A field element in each of `count` lanes."""

    def field_product(self, a: LaneVector, b: LaneVector) -> LaneVector:
        """a * b in the field; either may hold integers."""

    def mixed(
        self,
        vectors: Sequence[LaneVector],
        matrix: Matrix,
        shifts: Sequence[int],
    ) -> tuple[LaneVector, ...]:
        """shifts[i] + sum_j matrix[i][j] * vectors[j] in the field, lane by lane, for each i."""

    def running(self, words: LaneVector, start: int, x: int) -> LaneVector:
        """Horner's values acc = acc * x + word in the field, from `start`."""

    def range_inverses(self, challenge: int, size: int) -> Inverses:
        """Of the range table, whose row j is worth j; ZeroDivisionError where X is a worth."""

    def row_inverses(
        self, challenge: int, table: RowTable, powers: Sequence[LaneVector]
    ) -> Inverses:
        """Of a table's rows under Y … Y^6, one lane each; ZeroDivisionError where X is a worth."""

    def packed(self, vectors: Sequence[LaneVector]) -> FieldArray:
        """All lanes of all vectors modulo r, one vector after the other."""
