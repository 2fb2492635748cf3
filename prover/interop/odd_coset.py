"""The quotient's values at the odd points of the doubled domain, where a `.zkey` wants them.

Let n be the domain's size, w its root and g a root of order 2n with g^2 = w. The engines divide
and answer with coefficients h_i of the quotient by t = x^n - 1; at g w^i, t is -2, so A·B - C has
the value v_i = -2 h(g w^i) there. No engine has a transform of its own, but division by t is one:

    Let row i hold a_i = -2 n g^i h_i, b_i = w^-i and c_i = a_i b_i. The polynomial with values
    b_i is x^(n-1), the one with values a_i has coefficients v_(-j): the quotient of their product
    by t is that polynomial shifted down by one, v_(n-1), v_(n-2), …, v_1. The remaining
    v_0 = sum -2 g^i h_i is a column sum.

So the yardstick divides twice where an engine with a transform would once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circuits.field import BN254_FR, FieldArray, pack_scalars
from circuits.r1cs import Matrices, SparseMatrix
from prover.engines.base import ConstraintMatrices, Engine
from prover.engines.ntt import powers, root_of_unity


@dataclass(frozen=True)
class OddCoset:
    """The two matrix handles of the module's docstring."""

    engine: Engine
    size: int
    division: ConstraintMatrices
    column: ConstraintMatrices

    @classmethod
    def load(cls, log_size: int, engine: Engine) -> OddCoset:
        """Make the handles for one domain size."""
        size, modulus = 1 << log_size, BN254_FR.modulus
        turned = powers(root_of_unity(log_size + 1), size, -2)
        inverse = powers(BN254_FR.inverse(root_of_unity(log_size)), size)
        scaled = [value * size % modulus for value in turned]
        products = [a * b % modulus for a, b in zip(scaled, inverse, strict=True)]
        every = np.arange(size, dtype=np.uint32)
        starts = np.arange(size + 1, dtype=np.uint32)
        one = np.full(size, size, dtype=np.uint32)
        division = Matrices(
            SparseMatrix(starts, every, every),
            SparseMatrix(starts, one, every + np.uint32(size)),
            SparseMatrix(starts, every, every + np.uint32(2 * size)),
            (*scaled, *inverse, *products),
        )
        nothing = np.zeros(0, dtype=np.uint32)
        empty = SparseMatrix(np.zeros(size + 1, dtype=np.uint32), nothing, nothing)
        only = SparseMatrix(starts, np.zeros(size, dtype=np.uint32), every)
        column = Matrices(only, empty, empty, tuple(turned))
        return cls(
            engine=engine,
            size=size,
            division=engine.load_matrices(division, size + 1, log_size),
            column=engine.load_matrices(column, 1, log_size),
        )

    def values(self, quotient: FieldArray) -> FieldArray:
        """v_0 … v_(n-1) from the n - 1 coefficients of the quotient."""
        padded = np.concatenate([quotient, np.zeros((1, 4), dtype=np.uint64)])
        first, _, _ = self.engine.columns_at(self.column, padded)
        assignment = np.concatenate([padded, pack_scalars([1])])
        others = self.engine.quotient(self.division, assignment)
        return np.ascontiguousarray(np.concatenate([first, others[::-1]]))
