"""Sparse matrices on Python integers: what the reference engine does with a constraint system.

`System.check` is also what a key file's matrices must pass, whichever engine uses them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from circuits.field import BN254_FR
from circuits.r1cs import Matrices, SparseMatrix
from prover.domain import Domain
from prover.engines import ntt
from prover.errors import UnsatisfiedConstraintError


@dataclass(frozen=True)
class System:
    """Matrices with the sizes that belong to them."""

    matrices: Matrices
    wire_count: int
    domain: Domain

    def check(self) -> None:
        """Raise ValueError unless every index is in range and the rows fit the domain."""
        starts = len(self.matrices.a.row_starts)
        if not 1 <= starts <= self.domain.size + 1:
            raise ValueError("the rows do not fit the domain")
        for side in self.matrices.sides:
            self._check_side(side, starts)

    def _check_side(self, side: SparseMatrix, starts: int) -> None:
        row_starts = side.row_starts.astype(np.int64)
        if len(row_starts) != starts or row_starts[0] != 0 or np.any(np.diff(row_starts) < 0):
            raise ValueError("row starts differ in number, do not begin at zero, or decrease")
        entries = int(row_starts[-1])
        if len(side.wires) != entries or len(side.coefficient_ids) != entries:
            raise ValueError("entries differ in number")
        if np.any(side.wires >= self.wire_count):
            raise ValueError("an entry names a wire that does not exist")
        if np.any(side.coefficient_ids >= len(self.matrices.coefficients)):
            raise ValueError("an entry names a coefficient that does not exist")

    def quotient(self, z: Sequence[int]) -> list[int]:
        """Values of (A·B - C)/t on the shifted domain, see `Engine.quotient`.

        On the domain A·B - C is zero, so is t; on the shifted one neither is: they divide there.
        """
        if len(z) != self.wire_count:
            raise ValueError(f"expected {self.wire_count} wires, received {len(z)}")
        rows = [self.times(side, z) for side in self.matrices.sides]
        for row, (a, b, c) in enumerate(zip(*rows, strict=True)):
            if (a * b - c) % BN254_FR.modulus:
                raise UnsatisfiedConstraintError(row)
        root, shift = self.domain.root, self.domain.shift
        shifted = [ntt.evaluate(ntt.interpolate(values, root), root, shift) for values in rows]
        inverse = BN254_FR.inverse(self.domain.vanishing_at(shift))
        columns = zip(*shifted, strict=True)
        return [(a * b - c) * inverse % BN254_FR.modulus for a, b, c in columns]

    def times(self, side: SparseMatrix, z: Sequence[int]) -> list[int]:
        """Matrix times assignment, padded with zeros to the domain size."""
        values = self.matrices.times(side, z)
        return values + [0] * (self.domain.size - len(values))

    def transposed_times(self, side: SparseMatrix, weights: Sequence[int]) -> list[int]:
        """Per wire, the sum over rows of weight * coefficient."""
        values = [0] * self.wire_count
        for row, wire, coefficient in self.matrices.entries(side):
            values[wire] += weights[row] * coefficient
        return [value % BN254_FR.modulus for value in values]
