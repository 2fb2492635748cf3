"""The neutral constraint system: the door between `circuits` and `prover`.

A system is a list of *blocks*. A block is a template of wires and constraints, repeated over its
lanes; the template is stored once and the repetition as numbers. Constraint (a, b, c) of a block
demands, in every lane, a * b = c over the field, each side a sum of terms.

Wire order (the columns of the matrices)
    0, 1, 2      the constant one, the challenge, the fingerprint
    committed    block by block, wire by wire, lane by lane
    private      block by block, wire by wire, lane by lane

Row order
    0, 1, 2      one consistency row x * 0 = 0 for each public wire (proof-system note: it makes
                 the public columns linearly independent, which non-malleability needs)
    then         block by block, constraint by constraint, lane by lane

Block 0 is always the public block: one lane, the three public wires, no constraints of its own.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from circuits.field import BN254_FR, SCALAR_BYTES, FieldArray, unpack_scalars

PUBLIC_WIRES = 3
ONE, CHALLENGE, FINGERPRINT = range(PUBLIC_WIRES)

_MAGIC = b"pmr1cs01"


class WireClass(IntEnum):
    """Which key vector a wire belongs to."""

    PUBLIC = 0
    COMMITTED = 1
    PRIVATE = 2


@dataclass(frozen=True, order=True)
class LaneMap:
    """Which lane of the source block a lane reads: floor((stride * lane + offset) / divisor).

    A source lane outside the source block contributes nothing: that is how a chain starts, and
    how the last word of a packing may be part empty.
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


@dataclass(frozen=True)
class R1CS:
    """A constraint system with one commitment round. See the module docstring for the orders."""

    blocks: tuple[Block, ...]
    columns: tuple[tuple[int, ...], ...] = field(default=(), repr=False)

    @cached_property
    def committed_starts(self) -> tuple[int, ...]:
        """First global index of each block's committed wires."""
        return _starts(PUBLIC_WIRES, [b.committed * b.lanes for b in self.blocks])

    @cached_property
    def private_starts(self) -> tuple[int, ...]:
        """First global index of each block's private wires."""
        first = PUBLIC_WIRES + self.committed_count
        return _starts(first, [b.private * b.lanes for b in self.blocks])

    @cached_property
    def row_starts(self) -> tuple[int, ...]:
        """First row of each block's constraints."""
        return _starts(PUBLIC_WIRES, [len(b.constraints) * b.lanes for b in self.blocks])

    @cached_property
    def committed_count(self) -> int:
        """Committed wires over all lanes."""
        return sum(b.committed * b.lanes for b in self.blocks)

    @cached_property
    def private_count(self) -> int:
        """Private wires over all lanes."""
        return sum(b.private * b.lanes for b in self.blocks)

    @property
    def wire_count(self) -> int:
        """All wires, the three public ones included."""
        return PUBLIC_WIRES + self.committed_count + self.private_count

    @cached_property
    def row_count(self) -> int:
        """Consistency rows included."""
        return PUBLIC_WIRES + sum(len(b.constraints) * b.lanes for b in self.blocks)

    @property
    def log_domain_size(self) -> int:
        """Smallest k with 2^k >= row_count."""
        return max(1, (self.row_count - 1).bit_length())

    def first_index(self, wire: Wire) -> int:
        """Global index of the wire in lane 0; lane l is l further on."""
        if wire.wire_class is WireClass.PUBLIC:
            return wire.index
        lanes = self.blocks[wire.block].lanes
        starts = self.committed_starts
        if wire.wire_class is WireClass.PRIVATE:
            starts = self.private_starts
        return starts[wire.block] + wire.index * lanes

    @cached_property
    def matrices(self) -> Matrices:
        """The expanded matrices (vectorised: one numpy pass per template term)."""
        return _Expansion(self).matrices()

    def canonical_bytes(self) -> bytes:
        """What the R1CS digest hashes: templates and repetitions, without names and paths."""
        parts = [_MAGIC, struct.pack("<II", len(self.blocks), len(self.columns))]
        for column in self.columns:
            parts.append(struct.pack("<I", len(column)))
            parts.extend(value.to_bytes(SCALAR_BYTES, "little") for value in column)
        for block in self.blocks:
            counts = (block.lanes, block.committed, block.private, len(block.constraints))
            parts.append(struct.pack("<IIII", *counts))
            for constraint in block.constraints:
                for side in (constraint.a, constraint.b, constraint.c):
                    parts.append(struct.pack("<I", len(side)))
                    parts.extend(map(_term_bytes, side))
        return b"".join(parts)

    def violations(self, assignment: Assignment, limit: int = 10) -> list[str]:
        """Paths (with lane) of unsatisfied rows, at most `limit`; empty when satisfied."""
        values = assignment.values()
        if len(values) != self.wire_count:
            raise ValueError(f"assignment has {len(values)} wires, system {self.wire_count}")
        found: list[str] = []
        matrices = self.matrices
        products = [
            _times(side, matrices.coefficients, values)
            for side in (matrices.a, matrices.b, matrices.c)
        ]
        for row, (a, b, c) in enumerate(zip(*products, strict=True)):
            if (a * b - c) % BN254_FR.modulus:
                found.append(self.row_path(row))
                if len(found) == limit:
                    break
        return found

    def row_path(self, row: int) -> str:
        """Human name of a row: path of its constraint and lane."""
        if row < PUBLIC_WIRES:
            return f"consistency[{row}]"
        for start, block in reversed(list(zip(self.row_starts, self.blocks, strict=True))):
            if row >= start and block.constraints:
                constraint, lane = divmod(row - start, block.lanes)
                return f"{block.name}[{lane}]/{block.constraints[constraint].path}"
        raise IndexError(row)


@dataclass(frozen=True)
class Assignment:
    """A value for every wire, in wire order."""

    challenge: int
    fingerprint: int
    committed: FieldArray
    private: FieldArray

    def values(self) -> list[int]:
        """All wires as integers."""
        return [
            1,
            self.challenge,
            self.fingerprint,
            *unpack_scalars(self.committed),
            *unpack_scalars(self.private),
        ]


class ChallengeCollisionError(Exception):
    """The challenge equals a looked-up value (probability below 2^-228): commit again."""


class TwoPhaseWitness(Protocol):
    """What the prover asks a statement for: commit first, answer the challenge after."""

    def committed(self) -> FieldArray:
        """Values of the committed wires, in wire order."""

    def respond(self, challenge: int) -> tuple[int, FieldArray]:
        """The fingerprint and the private wires; may raise ChallengeCollisionError."""


def _starts(first: int, sizes: Sequence[int]) -> tuple[int, ...]:
    starts = [first]
    for size in sizes[:-1]:
        starts.append(starts[-1] + size)
    return tuple(starts)


def _term_bytes(term: Term) -> bytes:
    wire, lanes = term.wire, term.lane_map
    where = (wire.block, wire.wire_class, wire.index)
    head = struct.pack("<IBIqqq", *where, lanes.stride, lanes.offset, lanes.divisor)
    if isinstance(term.coefficient, Column):
        return head + b"\x01" + struct.pack("<I", term.coefficient.index)
    return head + b"\x00" + term.coefficient.to_bytes(SCALAR_BYTES, "little")


def _times(matrix: SparseMatrix, coefficients: tuple[int, ...], z: list[int]) -> Iterator[int]:
    starts = matrix.row_starts.tolist()
    wires = matrix.wires.tolist()
    ids = matrix.coefficient_ids.tolist()
    for begin, end in itertools.pairwise(starts):
        yield sum(coefficients[ids[e]] * z[wires[e]] for e in range(begin, end))


class _Expansion:
    """Templates to matrices, one numpy pass per template term."""

    def __init__(self, r1cs: R1CS) -> None:
        self._r1cs = r1cs
        self._ids: dict[int, int] = {}
        self._column_ids: dict[int, NDArray[np.uint32]] = {}

    def matrices(self) -> Matrices:
        sides = [self._side(name) for name in ("a", "b", "c")]
        return Matrices(*sides, coefficients=tuple(self._ids))

    def _side(self, name: str) -> SparseMatrix:
        r1cs = self._r1cs
        chunks: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32]]] = []
        if name == "a":
            public = np.arange(PUBLIC_WIRES, dtype=np.int64)
            chunks.append((public, public, np.full(PUBLIC_WIRES, self._id(1), np.uint32)))
        for start, block in zip(r1cs.row_starts, r1cs.blocks, strict=True):
            for index, constraint in enumerate(block.constraints):
                first_row = start + index * block.lanes
                for term in getattr(constraint, name):
                    chunks.append(self._term(term, first_row, block.lanes))
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
