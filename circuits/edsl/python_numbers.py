"""Lane vectors of Python integers: slow, unbounded, readable; the judge of every other kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from circuits.edsl.lookups import RowTable
from circuits.edsl.numbers import IntegerArray, Inverses, LaneVector, Matrix
from circuits.field import BN254_FR, FieldArray, pack_scalars
from circuits.functions.tables import taylor_coefficients

_R = BN254_FR.modulus


def integer_array(values: Sequence[int] | IntegerArray) -> IntegerArray:
    """An object array of Python integers."""
    array = np.empty(len(values), dtype=object)
    array[:] = list(values)
    return array


class PythonNumbers:
    """See `Numbers`. Integers never overflow; field elements are reduced by products alone."""

    def vector(self, values: Sequence[int] | IntegerArray) -> IntegerArray:
        """See `Numbers`."""
        return integer_array(values)

    def same(self, value: int, count: int) -> IntegerArray:
        """See `Numbers`."""
        return np.full(count, value, dtype=object)

    def gather(self, vector: IntegerArray, stride: int, offset: int, count: int) -> IntegerArray:
        """See `Numbers`."""
        source = stride * np.arange(count) + offset
        present = (source >= 0) & (source < len(vector))
        found = np.zeros(count, dtype=object)
        found[present] = vector[source[present]]
        return found

    def where(
        self, mask: NDArray[np.bool_], yes: IntegerArray | int, no: IntegerArray | int
    ) -> IntegerArray:
        """See `Numbers`."""
        return np.where(mask, np.asarray(yes, dtype=object), np.asarray(no, dtype=object))

    def clip(self, vector: IntegerArray, lo: int, hi: int) -> IntegerArray:
        """See `Numbers`."""
        return integer_array([min(max(value, lo), hi) for value in vector])

    def bit_lengths(self, vector: IntegerArray) -> IntegerArray:
        """See `Numbers`."""
        return integer_array([value.bit_length() for value in vector])

    def square_roots(self, vector: IntegerArray) -> IntegerArray:
        """See `Numbers`."""
        return integer_array([isqrt(value) for value in vector])

    def limbs(self, vector: IntegerArray, bits: int, count: int) -> tuple[IntegerArray, ...]:
        """See `Numbers`."""
        mask = (1 << bits) - 1
        return tuple((vector >> (bits * place)) & mask for place in range(count))

    def exact_quotient(self, vector: IntegerArray, divisor: int) -> IntegerArray | None:
        """See `Numbers`."""
        quotient: IntegerArray = vector // divisor
        return None if np.any(quotient * divisor != vector) else quotient

    def fit(self, vector: IntegerArray, bits: int) -> bool:
        """See `Numbers`."""
        return all(0 <= value < 1 << bits for value in vector)

    def counts(self, vectors: Sequence[IntegerArray], size: int) -> IntegerArray:
        """See `Numbers`."""
        inside = [value for vector in vectors for value in vector if 0 <= value < size]
        return integer_array(np.bincount(np.array(inside, np.int64), minlength=size).tolist())

    def taylor(
        self, table: RowTable, rows: IntegerArray, at: IntegerArray
    ) -> tuple[IntegerArray, ...]:
        """See `Numbers`."""
        pairs = zip(rows, at, strict=True)
        taylor = [taylor_coefficients(table.rows[row], place) for row, place in pairs]
        return tuple(integer_array(column) for column in zip(*taylor, strict=True))

    def field_inverses(self, vector: IntegerArray) -> IntegerArray:
        """See `Numbers`."""
        return integer_array([BN254_FR.inverse(v) if v % _R else 0 for v in vector])

    def same_in_field(self, value: int, count: int) -> IntegerArray:
        """See `Numbers`."""
        return self.same(value, count)

    def field_product(self, a: IntegerArray, b: IntegerArray) -> IntegerArray:
        """See `Numbers`."""
        product: IntegerArray = a * b % _R
        return product

    def mixed(
        self,
        vectors: Sequence[IntegerArray],
        matrix: Matrix,
        shifts: Sequence[int],
    ) -> tuple[IntegerArray, ...]:
        """See `Numbers`."""
        products = np.array(matrix, dtype=object) @ np.stack(vectors)
        return tuple(row % _R for row in products + integer_array(shifts)[:, None])

    def running(self, words: IntegerArray, start: int, x: int) -> IntegerArray:
        """See `Numbers`."""
        values: list[int] = []
        for word in words:
            start = (start * x + word) % _R
            values.append(start)
        return integer_array(values)

    def range_inverses(self, challenge: int, size: int) -> Inverses:
        """See `Numbers`."""
        return PythonInverses(challenge, tuple(range(size)))

    def row_inverses(
        self, challenge: int, table: RowTable, powers: Sequence[IntegerArray]
    ) -> Inverses:
        """See `Numbers`."""
        y = (1, *(int(power[0]) for power in powers))
        return PythonInverses(challenge, _row_worths(table, y))

    def packed(self, vectors: Sequence[IntegerArray]) -> FieldArray:
        """See `Numbers`."""
        return pack_scalars(np.concatenate(vectors)) if vectors else pack_scalars([])


@dataclass
class PythonInverses:
    """See `Inverses`: a dictionary from worth to inverse, which queries may extend."""

    challenge: int
    worth: tuple[int, ...]
    _known: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self._known = dict(zip(self.worth, _inverses(self.challenge, self.worth), strict=True))

    def weighted(self, multiplicity: LaneVector) -> IntegerArray:
        """See `Inverses`."""
        pairs = zip(multiplicity, self.worth, strict=True)
        return integer_array([m * self._known[worth] % _R if m else 0 for m, worth in pairs])

    def look_up(self, worth: LaneVector, rows: LaneVector) -> IntegerArray:
        """See `Inverses`."""
        del rows
        values = [value % _R for value in worth]
        self._learn(list({value for value in values if value not in self._known}))
        return integer_array([self._known[value] for value in values])

    def _learn(self, values: list[int]) -> None:
        gaps = [self.challenge - value for value in values]
        self._known.update(zip(values, BN254_FR.batch_inverse(gaps), strict=True))


@lru_cache(maxsize=8)
def _row_worths(table: RowTable, y: tuple[int, ...]) -> tuple[int, ...]:
    weights = map(table.worth_coefficients, range(len(table.rows)))
    return tuple(sum(map(int.__mul__, w, y)) % _R for w in weights)


@lru_cache(maxsize=8)
def _inverses(challenge: int, worth: tuple[int, ...]) -> list[int]:
    """1/(challenge - worth): the same tables are asked for again under the same challenge."""
    return BN254_FR.batch_inverse([challenge - value for value in worth])
