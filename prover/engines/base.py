"""What the protocol asks of arithmetic: a handful of bulk operations, one call per vector.

Vectors of scalars cross as `FieldArray`, vectors of points as opaque handles made by the engine
from raw bytes (see `prover.curve`), single points as plain `G1Point` and `G2Point`. Scalars that
multiply points are an opaque handle too: one vector serves several sums. The protocol is written
once over this interface; engines agree bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from circuits.field import FieldArray
from circuits.r1cs import Matrices
from prover.curve import G1Point, G2Point
from prover.domain import Domain
from prover.errors import Reason

#: Read-only bytes: a bytes object or a view of a memory-mapped file.
RawBytes = bytes | memoryview


class PointVector(Protocol):
    """Opaque: points of one group, resident in an engine."""

    def __len__(self) -> int:
        """Number of points, infinities included."""

    def to_bytes(self) -> bytes:
        """Raw encoding of all points."""


class ScalarVector(Protocol):
    """Opaque: scalars resident in an engine, made ready once for several sums."""

    def __len__(self) -> int:
        """Number of scalars."""

    def tail(self, start: int) -> ScalarVector:
        """The scalars from number `start` on, not copied; ValueError where `start` > length."""


class ConstraintMatrices(Protocol):
    """Opaque: the matrices of a constraint system, resident in an engine."""


class PointFault(NamedTuple):
    """The first bad point of a vector, and why."""

    position: int
    reason: Reason


class Engine(Protocol):
    """Arithmetic on BN254. Inputs are trusted where a method does not say that it checks."""

    @property
    def name(self) -> str:
        """Short name, for reports."""

    def load_g1(self, raw: RawBytes) -> PointVector:
        """A handle on raw points of G1; the buffer is kept, not copied where possible.

        ValueError where a coordinate is not below the base modulus.
        """

    def load_g2(self, raw: RawBytes) -> PointVector:
        """The same for G2."""

    def fixed_base_g1(self, scalars: FieldArray) -> PointVector:
        """scalar * generator of G1, for every scalar."""

    def fixed_base_g2(self, scalars: FieldArray) -> PointVector:
        """scalar * generator of G2, for every scalar."""

    def load_scalars(self, scalars: FieldArray) -> ScalarVector:
        """A handle on scalars, which are copied; ValueError where one is not below r."""

    def msm_g1(self, points: PointVector, scalars: ScalarVector) -> G1Point:
        """sum scalar_i * point_i; as many scalars as points, else ValueError."""

    def msm_g2(self, points: PointVector, scalars: ScalarVector) -> G2Point:
        """The same in G2."""

    def first_fault(self, points: PointVector, *, infinity_allowed: bool) -> PointFault | None:
        """The first point that is off the curve or subgroup, or infinity where not allowed."""

    def load_matrices(
        self, matrices: Matrices, wire_count: int, domain: Domain
    ) -> ConstraintMatrices:
        """A handle on the matrices; every index in them is checked, else ValueError."""

    def columns_at(
        self, matrices: ConstraintMatrices, row_weights: FieldArray
    ) -> tuple[FieldArray, FieldArray, FieldArray]:
        """Per wire, sum over rows of weight * coefficient: A, B and C at once."""

    def quotient(self, matrices: ConstraintMatrices, assignment: FieldArray) -> FieldArray:
        """The values of (A·B - C)/t on the shifted domain, see `Domain`, for this assignment.

        UnsatisfiedConstraintError names the first broken row.
        """

    def powers(self, base: int, count: int) -> FieldArray:
        """base^i for i below count."""

    def inverses(self, values: FieldArray) -> FieldArray:
        """1/value of each; ZeroDivisionError where one is zero."""

    def combine(self, vectors: Sequence[FieldArray], weights: Sequence[int]) -> FieldArray:
        """sum weight_i * vector_i, element by element; weights of any sign and size.

        ValueError where vectors differ in length, or in number from the weights.
        """

    def combine_g1(self, points: Sequence[G1Point], scalars: Sequence[int]) -> G1Point:
        """sum scalar_i * point_i for a handful of points; scalars of any sign and size."""

    def combine_g2(self, points: Sequence[G2Point], scalars: Sequence[int]) -> G2Point:
        """The same in G2."""

    def check_g1(self, point: G1Point) -> None:
        """Raise MalformedPointError unless a finite point of G1.

        Checks, in this order: coordinates < p, not infinity, on the curve.
        """

    def check_g2(self, point: G2Point) -> None:
        """Raise MalformedPointError unless a finite point of G2.

        Checks, in this order: coordinates < p, not infinity, on the curve, in the subgroup.
        """

    def pairing_product_is_one(self, pairs: Sequence[tuple[G1Point, G2Point]]) -> bool:
        """Whether the product of e(P, Q) over the pairs is one; infinity contributes one."""
