"""A constraint system as circom knows it: one round, public wires first, no templates.

Wires stand as one, public, private inputs, the others. Rows of the domain are the constraints,
then a row w * 0 = 0 for every wire w among the one and the public: the other way round than in
`circuits.r1cs`, whose consistency rows come first. `canonical` sums terms of the same wire, drops
zeros and sorts: readers of the format keep one term per wire.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from circuits.field import BN254_FR, FieldArray, pack_scalars
from circuits.r1cs import PUBLIC_WIRES, R1CS, Matrices, SparseMatrix, TwoPhaseWitness
from prover.domain import MAX_TWO_ADICITY, Domain
from prover.errors import UnsupportedInteropFileError


@dataclass(frozen=True)
class PlainSystem:
    """Constraints over `wire_count` wires, of which 1 … `public_count` are public.

    `matrices` holds the constraints alone. `private_input_count` wires after the public ones are
    inputs to whoever computes the witness; for our systems, the committed wires.
    """

    wire_count: int
    public_count: int
    private_input_count: int
    matrices: Matrices

    @property
    def constraint_count(self) -> int:
        """Rows of the file, without the consistency rows."""
        return len(self.matrices.a.row_starts) - 1

    @property
    def domain(self) -> Domain:
        """The smallest for constraints and consistency rows; a power of two in this format."""
        log_size = max(1, (self.constraint_count + self.public_count).bit_length())
        if log_size > MAX_TWO_ADICITY:
            raise UnsupportedInteropFileError(f"{self.constraint_count} constraints are too many")
        return Domain(1 << log_size)

    def rows(self) -> Matrices:
        """The matrices with the consistency rows after the constraints."""
        extra = np.arange(self.public_count + 1, dtype=np.uint32)
        coefficients = (*self.matrices.coefficients, 1)
        a, b, c = self.matrices.sides
        ids = np.full(len(extra), len(coefficients) - 1, np.uint32)
        longer_a = SparseMatrix(
            np.concatenate([a.row_starts, a.row_starts[-1] + extra + 1]).astype(np.uint32),
            np.concatenate([a.wires, extra]).astype(np.uint32),
            np.concatenate([a.coefficient_ids, ids]).astype(np.uint32),
        )
        return Matrices(longer_a, _padded(b, len(extra)), _padded(c, len(extra)), coefficients)


def plain_system(r1cs: R1CS) -> PlainSystem:
    """One of our systems with the challenge taken as one more public input."""
    matrices = r1cs.matrices
    a, b, c = (_without_rows(side, PUBLIC_WIRES) for side in matrices.sides)
    return PlainSystem(
        wire_count=r1cs.wire_count,
        public_count=PUBLIC_WIRES - 1,
        private_input_count=r1cs.committed_count,
        matrices=canonical(Matrices(a, b, c, matrices.coefficients), r1cs.wire_count),
    )


def plain_witness(witness: TwoPhaseWitness, challenge: int) -> FieldArray:
    """All wires for a challenge chosen by the caller: sound only where nobody relies on it."""
    committed = witness.committed()
    fingerprint, private = witness.respond(challenge)
    return np.concatenate([pack_scalars((1, challenge, fingerprint)), committed, private])


def canonical(matrices: Matrices, wire_count: int) -> Matrices:
    """The same matrices with one term per row and wire, ascending, none of them zero."""
    table: dict[int, int] = {}
    for coefficient in matrices.coefficients:
        table.setdefault(coefficient, len(table))
    old_to_new = np.array([table[value] for value in matrices.coefficients], np.int64)
    a, b, c = (
        _canonical_side(side, matrices.coefficients, old_to_new, table, wire_count)
        for side in matrices.sides
    )
    return Matrices(a, b, c, tuple(table))


def rows_of(side: SparseMatrix) -> NDArray[np.int64]:
    """The row of every entry."""
    counts = term_counts(side)
    return np.repeat(np.arange(len(counts), dtype=np.int64), counts)


def term_counts(side: SparseMatrix) -> NDArray[np.int64]:
    """The number of entries of every row."""
    starts = side.row_starts.astype(np.int64)
    return starts[1:] - starts[:-1]


def _canonical_side(
    side: SparseMatrix,
    coefficients: tuple[int, ...],
    old_to_new: NDArray[np.int64],
    table: dict[int, int],
    wire_count: int,
) -> SparseMatrix:
    keys = rows_of(side) * wire_count + side.wires
    order = np.argsort(keys, kind="stable")
    keys, old = keys[order], side.coefficient_ids[order]
    is_first = np.ones(len(keys), dtype=bool)
    is_first[1:] = keys[1:] != keys[:-1]
    first = np.flatnonzero(is_first)
    end = np.append(first[1:], len(keys))
    keys, ids = keys[first], old_to_new[old[first]]
    for group in np.flatnonzero(end - first > 1).tolist():
        total = sum(coefficients[i] for i in old[first[group] : end[group]].tolist())
        ids[group] = table.setdefault(total % BN254_FR.modulus, len(table))
    kept = ids != table.get(0, -1)
    counts = np.bincount(keys[kept] // wire_count, minlength=len(side.row_starts) - 1)
    return SparseMatrix(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32),
        (keys[kept] % wire_count).astype(np.uint32),
        ids[kept].astype(np.uint32),
    )


def _without_rows(side: SparseMatrix, count: int) -> SparseMatrix:
    begin = int(side.row_starts[count])
    starts = (side.row_starts[count:] - np.uint32(begin)).astype(np.uint32)
    return SparseMatrix(starts, side.wires[begin:], side.coefficient_ids[begin:])


def _padded(side: SparseMatrix, count: int) -> SparseMatrix:
    starts = np.concatenate([side.row_starts, np.full(count, side.row_starts[-1])])
    return SparseMatrix(starts.astype(np.uint32), side.wires, side.coefficient_ids)
