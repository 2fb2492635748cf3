"""Lane vectors of the native extension: what a statement's witness is computed with.

A kind of the numbers that `circuits` asks for (circuits/edsl/numbers.py), met by shape alone:
this room knows no statements. Integers live in [-2^255, 2^255); a lane that leaves them raises
OverflowError, a malformed request ValueError, IndexError or TypeError.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

import numpy as np

from circuits.field import FieldArray
from prover.engines.native import NativeState, native_status

if TYPE_CHECKING:
    from prover.engines import _native
else:
    from prover.engines.native import _native


class Table(Hashable, Protocol):
    """Rows of integer polynomials of one degree, as a lookup reads them."""

    @property
    def rows(self) -> tuple[tuple[int, ...], ...]:
        """Coefficients of each row, lowest first."""

    @property
    def tag(self) -> int:
        """What tells tables apart."""

    @property
    def indexed(self) -> bool:
        """Whether a row's worth holds its number."""


@cache
def lane_numbers() -> NativeNumbers | None:
    """The extension's numbers; None where it is not built, or from other sources than these."""
    available = native_status().state is NativeState.AVAILABLE
    return NativeNumbers() if available else None


class NativeNumbers:
    """Numbers of fixed width in Rust; tables are copied there once and forgotten with them."""

    def __init__(self) -> None:
        self._tables: WeakKeyDictionary[Table, _native.PolynomialTable] = WeakKeyDictionary()

    def vector(self, values: Iterable[int]) -> _native.IntegerLanes:
        """These integers, one per lane."""
        return _native.IntegerLanes(values)

    def same(self, value: int, count: int) -> _native.IntegerLanes:
        """The integer in each lane."""
        return _native.IntegerLanes.same(value, count)

    def gather(self, vector: _native.Lanes, stride: int, offset: int, count: int) -> _native.Lanes:
        """Lane stride * l + offset; zero outside."""
        return vector.gather(stride, offset, count)

    def where(
        self,
        mask: _native.LaneMask,
        yes: _native.IntegerLanes | int,
        no: _native.IntegerLanes | int,
    ) -> _native.IntegerLanes:
        """`yes` in the mask's lanes, `no` in the others."""
        return mask.select(yes, no)

    def clip(self, vector: _native.IntegerLanes, lo: int, hi: int) -> _native.IntegerLanes:
        """The nearest integer in [lo, hi]."""
        return vector.clip(lo, hi)

    def bit_lengths(self, vector: _native.IntegerLanes) -> _native.IntegerLanes:
        """Bits of each absolute value."""
        return vector.bit_lengths()

    def square_roots(self, vector: _native.IntegerLanes) -> _native.IntegerLanes:
        """floor(sqrt(x)); ValueError for a negative lane."""
        return vector.square_roots()

    def limbs(
        self, vector: _native.IntegerLanes, bits: int, count: int
    ) -> tuple[_native.IntegerLanes, ...]:
        """The low limbs, lowest first."""
        return tuple(vector.limbs(bits, count))

    def exact_quotient(
        self, vector: _native.IntegerLanes, divisor: int
    ) -> _native.IntegerLanes | None:
        """vector / divisor; None where a lane leaves a remainder."""
        return vector.exact_quotient(divisor)

    def fit(self, vector: _native.IntegerLanes, bits: int) -> bool:
        """Whether every lane is in [0, 2^bits)."""
        return vector.fit(bits)

    def counts(self, vectors: Sequence[_native.IntegerLanes], size: int) -> _native.IntegerLanes:
        """How often each of 0 … size - 1 occurs."""
        return _native.IntegerLanes.counts(vectors, size)

    def taylor(
        self, table: Table, rows: _native.IntegerLanes, at: _native.IntegerLanes
    ) -> tuple[_native.IntegerLanes, ...]:
        """Taylor coefficients of the rows at the places; IndexError for a row outside."""
        return tuple(self._resident(table).taylor(rows, at))

    def field_inverses(self, vector: _native.IntegerLanes) -> _native.IntegerLanes:
        """1/x modulo r, and 0 for multiples of r."""
        return vector.field_inverses()

    def same_in_field(self, value: int, count: int) -> _native.FieldLanes:
        """A field element in each lane."""
        return _native.FieldLanes.same(value, count)

    def field_product(self, a: _native.Lanes, b: _native.Lanes) -> _native.FieldLanes:
        """a * b in the field."""
        return _native.FieldLanes(a) * b

    def mixed(
        self,
        vectors: Sequence[_native.Lanes],
        matrix: tuple[tuple[int, ...], ...],
        shifts: Sequence[int],
    ) -> tuple[_native.FieldLanes, ...]:
        """Rows of a matrix times vectors, plus shifts, in the field."""
        return tuple(_native.FieldLanes.mixed(vectors, _weights(matrix), shifts))

    def running(self, words: _native.IntegerLanes, start: int, x: int) -> _native.FieldLanes:
        """Horner's values in the field."""
        return _native.FieldLanes.running(words, start, x)

    def range_inverses(self, challenge: int, size: int) -> _native.LookupInverses:
        """Of the range table; ZeroDivisionError where the challenge is in it."""
        return _native.LookupInverses.of_range(challenge, size)

    def row_inverses(
        self, challenge: int, table: Table, powers: Sequence[_native.FieldLanes]
    ) -> _native.LookupInverses:
        """Of a table's rows; ZeroDivisionError where the challenge is worth one."""
        return self._resident(table).inverses(challenge, powers)

    def packed(self, vectors: Sequence[_native.Lanes]) -> FieldArray:
        """All lanes of all vectors modulo r, one vector after the other."""
        limbs = _native.pack_lanes(vectors)
        return np.frombuffer(limbs, dtype=np.uint64).reshape(-1, 4)

    def _resident(self, table: Table) -> _native.PolynomialTable:
        found = self._tables.get(table)
        if found is None:
            columns = [self.vector(column) for column in zip(*table.rows, strict=True)]
            found = _native.PolynomialTable(columns, table.tag, table.indexed)
            self._tables[table] = found
        return found


@lru_cache(maxsize=16)
def _weights(matrix: tuple[tuple[int, ...], ...]) -> tuple[_native.FieldLanes, ...]:
    """A matrix of a hash, row by row: read once, used in every round."""
    return tuple(_native.FieldLanes(_native.IntegerLanes(row)) for row in matrix)
