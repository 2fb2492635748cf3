"""What is proven with plain Groth16: a dense chain, and `option_marks` without its round."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from circuits.field import BN254_FR, FieldArray, pack_scalars
from circuits.r1cs import Matrices, SparseMatrix
from node.benchmark import Subject
from prover.interop import PlainSystem, plain_system, plain_witness

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
class PlainSubject:
    """A subject with the challenge as one more public input: nothing to rely on."""

    subject: Subject

    def build(self) -> tuple[PlainSystem, FieldArray]:
        """The system and a witness."""
        system = plain_system(self.subject.statement.r1cs())
        return system, plain_witness(self.subject.witness_of(0)(), _CHALLENGE)


Plain = Dense | PlainSubject
