"""What is proven with plain Groth16: a dense chain, and `option_marks` without its round."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from circuits.field import BN254_FR, FieldArray, pack_scalars
from circuits.r1cs import Matrices, SparseMatrix
from circuits.statements.option_marks import Header
from node.benchmark import Marks
from prover import lane_numbers
from prover.interop import PlainSystem, plain_system, plain_witness

_HEADER = Header(chain_id=1, registry=2, consumer=3, sequence=4, valid_until=5)
_CHALLENGE = 0x5EED << 200


@dataclass(frozen=True)
class Dense:
    """x_0 * x_1 = x_2, x_1 * x_2 = x_3, …: every wire is full-width and in A, B and C.

    The constant wire is idle, x_0 is public. Random x_0 and x_1 of a fixed seed.
    """

    constraints: int

    def build(self) -> tuple[PlainSystem, FieldArray]:
        """The system and a witness."""
        rows = np.arange(self.constraints, dtype=np.uint32)
        starts = np.arange(self.constraints + 1, dtype=np.uint32)
        ones = np.zeros_like(rows)
        a, b, c = (SparseMatrix(starts, rows + np.uint32(shift), ones) for shift in (1, 2, 3))
        system = PlainSystem(
            wire_count=self.constraints + 3,
            public_count=1,
            private_input_count=1,
            matrices=Matrices(a, b, c, (1,)),
        )
        source = random.Random(self.constraints)
        values = [source.randrange(1, BN254_FR.modulus) for _ in range(2)]
        for _ in range(self.constraints):
            values.append(values[-2] * values[-1] % BN254_FR.modulus)
        return system, pack_scalars([1, *values])


@dataclass(frozen=True)
class PlainMarks:
    """`option_marks` with the challenge as one more public input: nothing to rely on."""

    marks: Marks

    def build(self) -> tuple[PlainSystem, FieldArray]:
        """The system and a witness."""
        statement = self.marks.statement
        witness = statement.witness(_HEADER, self.marks.market(0), numbers=lane_numbers())
        return plain_system(statement.r1cs()), plain_witness(witness, _CHALLENGE)


Plain = Dense | PlainMarks
