"""A constraint system's templates written out as sparse matrices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from operator import mul
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from circuits.field import BN254_FR
from circuits.templates import EVERY_LANE, PUBLIC_WIRES, Column, Term

if TYPE_CHECKING:
    from circuits.r1cs import R1CS


@dataclass(frozen=True)
class SparseMatrix:
    """One side of all constraints in CSR form.

    Row i holds entries row_starts[i] … row_starts[i + 1] - 1; entry e is
    coefficients[coefficient_ids[e]] * z[wires[e]]. A (row, wire) pair may occur twice: add up.
    """

    row_starts: NDArray[np.uint32]
    wires: NDArray[np.uint32]
    coefficient_ids: NDArray[np.uint32]


@dataclass(frozen=True)
class Matrices:
    """A, B, C over one shared table of distinct coefficients."""

    a: SparseMatrix
    b: SparseMatrix
    c: SparseMatrix
    coefficients: tuple[int, ...]

    @property
    def sides(self) -> tuple[SparseMatrix, SparseMatrix, SparseMatrix]:
        """A, B, C."""
        return self.a, self.b, self.c

    def entries(self, side: SparseMatrix) -> Iterator[tuple[int, int, int]]:
        """Row, wire and coefficient of every entry of a side, by row."""
        wires, ids = side.wires.tolist(), side.coefficient_ids.tolist()
        for row, (begin, end) in enumerate(pairwise(side.row_starts.tolist())):
            for entry in range(begin, end):
                yield row, wires[entry], self.coefficients[ids[entry]]

    def times(self, side: SparseMatrix, z: Sequence[int]) -> list[int]:
        """The product side * z, by row, in [0, r)."""
        coefficients = map(self.coefficients.__getitem__, side.coefficient_ids.tolist())
        terms = map(mul, coefficients, map(z.__getitem__, side.wires.tolist()))
        sizes = np.diff(side.row_starts).tolist()
        return [sum(islice(terms, size)) % BN254_FR.modulus for size in sizes]


def expand(r1cs: R1CS) -> Matrices:
    """The matrices of a system, public consistency rows first."""
    return _Expansion(r1cs).matrices()


class _Expansion:
    """Templates to matrices, one numpy pass per template term."""

    def __init__(self, r1cs: R1CS) -> None:
        self._r1cs = r1cs
        self._ids: dict[int, int] = {}
        self._column_ids: dict[int, NDArray[np.uint32]] = {}

    def matrices(self) -> Matrices:
        a, b, c = (self._side(name) for name in ("a", "b", "c"))
        return Matrices(a, b, c, coefficients=tuple(self._ids))

    def _side(self, name: str) -> SparseMatrix:
        r1cs = self._r1cs
        chunks: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32]]] = []
        single: list[tuple[int, int, int]] = []
        if name == "a":
            single += [(wire, wire, self._id(1)) for wire in range(PUBLIC_WIRES)]
        for start, block in zip(r1cs.row_starts, r1cs.blocks, strict=True):
            for index, constraint in enumerate(block.constraints):
                first_row = start + index * block.lanes
                for term in getattr(constraint, name):
                    if block.lanes == 1 and term.lane_map != EVERY_LANE:
                        single += self._single_term(term, first_row)
                    else:
                        chunks.append(self._term(term, first_row, block.lanes))
        if single:
            rows, wires, ids = np.array(single, np.int64).T
            chunks.append((rows, wires, ids.astype(np.uint32)))
        if chunks:
            rows, wires, ids = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
        else:
            rows, wires, ids = (np.zeros(0, t) for t in (np.int64, np.int64, np.uint32))
        order = np.argsort(rows, kind="stable")
        counts = np.bincount(rows, minlength=r1cs.row_count)
        starts = np.concatenate([[0], np.cumsum(counts)])
        return SparseMatrix(
            starts.astype(np.uint32), wires[order].astype(np.uint32), ids[order].astype(np.uint32)
        )

    def _single_term(self, term: Term, row: int) -> list[tuple[int, int, int]]:
        """The entry of a one-lane block's term; none where the source lane is absent."""
        source = term.lane_map.offset // term.lane_map.divisor
        if not 0 <= source < self._r1cs.blocks[term.wire.block].lanes:
            return []
        coefficient = term.coefficient
        if not isinstance(coefficient, int):
            (coefficient,) = self._r1cs.columns[coefficient.index]
        return [(row, self._r1cs.first_index(term.wire) + source, self._id(coefficient))]

    def _term(
        self, term: Term, first_row: int, lanes: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32]]:
        base = self._r1cs.first_index(term.wire)
        source_lanes = self._r1cs.blocks[term.wire.block].lanes
        if term.lane_map == EVERY_LANE:
            if lanes != 1:
                raise ValueError("EVERY_LANE needs a one-lane block")
            wires = base + np.arange(source_lanes, dtype=np.int64)
            rows = np.full(source_lanes, first_row, np.int64)
            return rows, wires, self._coefficients(term.coefficient, 1).repeat(source_lanes)
        source = term.lane_map.source(lanes)
        present = (source >= 0) & (source < source_lanes)
        rows = first_row + np.arange(lanes, dtype=np.int64)[present]
        ids = self._coefficients(term.coefficient, lanes)[present]
        return rows, base + source[present], ids

    def _coefficients(self, coefficient: int | Column, lanes: int) -> NDArray[np.uint32]:
        if isinstance(coefficient, int):
            return np.full(lanes, self._id(coefficient), np.uint32)
        index = coefficient.index
        if index not in self._column_ids:
            column = self._r1cs.columns[index]
            if len(column) != lanes:
                raise ValueError(f"column {index} has {len(column)} lanes, block {lanes}")
            self._column_ids[index] = np.array([self._id(v) for v in column], np.uint32)
        return self._column_ids[index]

    def _id(self, coefficient: int) -> int:
        return self._ids.setdefault(coefficient % BN254_FR.modulus, len(self._ids))
