"""The neutral constraint system: the door between `circuits` and `prover`.

A system is a list of *blocks*. A block is a template of wires and constraints, repeated over its
lanes; the template is stored once and the repetition as numbers. Constraint (a, b, c) of a block
demands, in every lane, a * b = c over the field, each side a sum of terms.

Wire order (the columns of the matrices)
    0, 1, 2      the constant one, the challenge, the fingerprint
    committed    block by block, wire by wire, lane by lane
    private      block by block, wire by wire, lane by lane

Row order
    0, 1, 2      one consistency row x * 0 = 0 for each public wire (it makes the public
                 columns linearly independent, see prover/docs/security.md, section 5)
    then         block by block, constraint by constraint, lane by lane

Block 0 is always the public block: one lane, the three public wires, no constraints of its own.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from circuits.field import BN254_FR, SCALAR_BYTES, FieldArray, unpack_scalars
from circuits.matrices import Matrices, SparseMatrix, expand
from circuits.templates import (
    CHALLENGE,
    EVERY_LANE,
    FINGERPRINT,
    FIRST_LANE,
    ONE,
    PUBLIC_WIRES,
    SAME_LANE,
    Block,
    Column,
    Constraint,
    LaneMap,
    Term,
    Wire,
    WireClass,
)

__all__ = [
    "CHALLENGE",
    "EVERY_LANE",
    "FINGERPRINT",
    "FIRST_LANE",
    "ONE",
    "PUBLIC_WIRES",
    "R1CS",
    "SAME_LANE",
    "Assignment",
    "Block",
    "ChallengeCollisionError",
    "Column",
    "Constraint",
    "LaneMap",
    "Matrices",
    "SparseMatrix",
    "Term",
    "TwoPhaseWitness",
    "Wire",
    "WireClass",
]

_MAGIC = b"pmr1cs01"


@dataclass(frozen=True)
class R1CS:
    """A constraint system with one commitment round. See the module docstring for the orders."""

    blocks: tuple[Block, ...]
    columns: tuple[tuple[int, ...], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Refuse a term that would read another wire than it names."""
        for block in self.blocks:
            for constraint in block.constraints:
                for term in (*constraint.a, *constraint.b, *constraint.c):
                    if not self._is_sound(term, block):
                        raise ValueError(f"{block.name}/{constraint.path}: {term} names no wire")

    def _is_sound(self, term: Term, block: Block) -> bool:
        wire, lane_map = term.wire, term.lane_map
        if not 0 <= wire.block < len(self.blocks) or wire.index < 0:
            return False
        source = self.blocks[wire.block]
        available = {
            WireClass.PUBLIC: PUBLIC_WIRES if wire.block == 0 else 0,
            WireClass.COMMITTED: source.committed,
            WireClass.PRIVATE: source.private,
        }
        if isinstance(term.coefficient, Column):
            column = term.coefficient.index
            if not 0 <= column < len(self.columns) or len(self.columns[column]) != block.lanes:
                return False
        one_lane = source.lanes == 1 if wire.wire_class is WireClass.PUBLIC else True
        mapped = block.lanes == 1 if lane_map == EVERY_LANE else lane_map.divisor >= 1
        return wire.index < available[wire.wire_class] and one_lane and mapped

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
        return expand(self)

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
        products = [matrices.times(side, values) for side in matrices.sides]
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
        raise IndexError(f"row {row}, expected one below {self.row_count}")


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
