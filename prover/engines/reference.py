"""The reference engine: py_ecc and Python integers, written to be read.

It is the judge in every differential test and the only door to py_ecc. Nothing here is parallel
or clever beyond windows of scalars; a constraint costs tens of milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from py_ecc.fields import optimized_bn128_FQ as FQ
from py_ecc.fields import optimized_bn128_FQ2 as FQ2
from py_ecc.fields import optimized_bn128_FQ12 as FQ12
from py_ecc.optimized_bn128 import optimized_curve as bn128
from py_ecc.optimized_bn128.optimized_pairing import final_exponentiate, pairing

from circuits.field import BN254_FR, FieldArray, pack_scalars, unpack_scalars
from circuits.r1cs import Matrices
from prover.curve import (
    G1_BYTES,
    G2_BYTES,
    G1Point,
    G2Point,
    check_coordinates,
)
from prover.domain import Domain
from prover.engines import ntt
from prover.engines.base import (
    ConstraintMatrices,
    PointFault,
    PointVector,
    RawBytes,
    ScalarVector,
)
from prover.engines.scalar_list import ScalarList
from prover.engines.sparse import System
from prover.errors import MalformedPointError, Reason

#: A projective point of py_ecc: a triple of FQ or of FQ2.
Projective = Any

_Point = TypeVar("_Point", G1Point, G2Point)

_SCALAR_BITS = BN254_FR.modulus.bit_length()


@dataclass(frozen=True)
class _Group:
    """What differs between G1 and G2."""

    infinity: Projective
    generator: Projective
    curve_b: Any
    size: int
    window_bits: int


_G1 = _Group(bn128.Z1, bn128.G1, bn128.b, G1_BYTES, 8)
_G2 = _Group(bn128.Z2, bn128.G2, bn128.b2, G2_BYTES, 6)


@dataclass(frozen=True)
class _Vector:
    """Projective points of one group."""

    group: _Group
    points: list[Projective]

    def __len__(self) -> int:
        return len(self.points)

    def to_bytes(self) -> bytes:
        """Raw encoding, see `prover.curve`."""
        from_projective = _from_g1 if self.group is _G1 else _from_g2
        return b"".join(from_projective(point).to_raw() for point in self.points)


class ReferenceEngine:
    """See `Engine`: every method says there what it does."""

    name = "reference"

    def load_g1(self, raw: RawBytes) -> PointVector:
        """See `Engine`."""
        return _Vector(_G1, [_g1(point) for point in _points(G1Point, raw, G1_BYTES)])

    def load_g2(self, raw: RawBytes) -> PointVector:
        """See `Engine`."""
        return _Vector(_G2, [_g2(point) for point in _points(G2Point, raw, G2_BYTES)])

    def fixed_base_g1(self, scalars: FieldArray) -> PointVector:
        """See `Engine`."""
        return _fixed_base(_G1, scalars)

    def fixed_base_g2(self, scalars: FieldArray) -> PointVector:
        """See `Engine`."""
        return _fixed_base(_G2, scalars)

    def load_scalars(self, scalars: FieldArray) -> ScalarVector:
        """See `Engine`."""
        return ScalarList.load(scalars)

    def msm_g1(self, points: PointVector, scalars: ScalarVector) -> G1Point:
        """See `Engine`."""
        return _from_g1(_msm(cast("_Vector", points), cast("ScalarList", scalars)))

    def msm_g2(self, points: PointVector, scalars: ScalarVector) -> G2Point:
        """See `Engine`."""
        return _from_g2(_msm(cast("_Vector", points), cast("ScalarList", scalars)))

    def first_fault(self, points: PointVector, *, infinity_allowed: bool) -> PointFault | None:
        """See `Engine`."""
        vector = cast("_Vector", points)
        for index, point in enumerate(vector.points):
            fault = _fault(vector.group, point)
            if fault is not None and not (infinity_allowed and fault is Reason.INFINITY):
                return PointFault(index, fault)
        return None

    def load_matrices(
        self, matrices: Matrices, wire_count: int, domain: Domain
    ) -> ConstraintMatrices:
        """See `Engine`."""
        system = System(matrices, wire_count, domain)
        system.check()
        return system

    def columns_at(
        self, matrices: ConstraintMatrices, row_weights: FieldArray
    ) -> tuple[FieldArray, FieldArray, FieldArray]:
        """See `Engine`."""
        system, weights = cast("System", matrices), unpack_scalars(row_weights)
        columns = [system.transposed_times(side, weights) for side in system.matrices.sides]
        a, b, c = map(pack_scalars, columns)
        return a, b, c

    def quotient(self, matrices: ConstraintMatrices, assignment: FieldArray) -> FieldArray:
        """See `Engine`."""
        return pack_scalars(cast("System", matrices).quotient(unpack_scalars(assignment)))

    def powers(self, base: int, count: int) -> FieldArray:
        """See `Engine`."""
        return pack_scalars(ntt.powers(base, count))

    def inverses(self, values: FieldArray) -> FieldArray:
        """See `Engine`."""
        return pack_scalars(BN254_FR.batch_inverse(unpack_scalars(values)))

    def combine(self, vectors: Sequence[FieldArray], weights: Sequence[int]) -> FieldArray:
        """See `Engine`."""
        scaled = [
            [value * weight for value in unpack_scalars(vector)]
            for vector, weight in zip(vectors, weights, strict=True)
        ]
        return pack_scalars(sum(column) for column in zip(*scaled, strict=True))

    def combine_g1(self, points: Sequence[G1Point], scalars: Sequence[int]) -> G1Point:
        """See `Engine`."""
        return _from_g1(_combine(_G1, map(_g1, points), scalars))

    def combine_g2(self, points: Sequence[G2Point], scalars: Sequence[int]) -> G2Point:
        """See `Engine`."""
        return _from_g2(_combine(_G2, map(_g2, points), scalars))

    def check_g1(self, point: G1Point) -> None:
        """See `Engine`."""
        check_coordinates(point.coordinates)
        _refuse(_fault(_G1, _g1(point)))

    def check_g2(self, point: G2Point) -> None:
        """See `Engine`."""
        check_coordinates(point.coordinates)
        _refuse(_fault(_G2, _g2(point)))

    def pairing_product_is_one(self, pairs: Sequence[tuple[G1Point, G2Point]]) -> bool:
        """See `Engine`: one final exponentiation for all Miller loops."""
        product = FQ12.one()
        for point_g1, point_g2 in pairs:
            product *= pairing(_g2(point_g2), _g1(point_g1), final_exponentiate=False)
        return bool(final_exponentiate(product) == FQ12.one())


def _g1(point: G1Point) -> Projective:
    if point.is_infinity:
        return _G1.infinity
    return (FQ(point.x), FQ(point.y), FQ.one())


def _g2(point: G2Point) -> Projective:
    if point.is_infinity:
        return _G2.infinity
    x, y = (point.x_real, point.x_imaginary), (point.y_real, point.y_imaginary)
    return (FQ2(x), FQ2(y), FQ2.one())


def _from_g1(point: Projective) -> G1Point:
    if bn128.is_inf(point):
        return G1Point(0, 0)
    x, y = bn128.normalize(point)
    return G1Point(int(x), int(y))


def _from_g2(point: Projective) -> G2Point:
    if bn128.is_inf(point):
        return G2Point(0, 0, 0, 0)
    (x_real, x_imaginary), (y_real, y_imaginary) = (c.coeffs for c in bn128.normalize(point))
    return G2Point(int(x_imaginary), int(x_real), int(y_imaginary), int(y_real))


def _points(kind: type[_Point], raw: RawBytes, size: int) -> Iterator[_Point]:
    if len(raw) % size:
        raise ValueError(f"length is no multiple of {size} bytes")
    for start in range(0, len(raw), size):
        try:
            yield kind.decode_raw(raw[start : start + size])
        except MalformedPointError as error:
            raise ValueError("a coordinate is not below the modulus") from error


def _fault(group: _Group, point: Projective) -> Reason | None:
    if bn128.is_inf(point):
        return Reason.INFINITY
    if not bn128.is_on_curve(point, group.curve_b):
        return Reason.NOT_ON_CURVE
    if not bn128.is_inf(bn128.multiply(point, BN254_FR.modulus)):
        return Reason.NOT_IN_SUBGROUP
    return None


def _refuse(fault: Reason | None) -> None:
    if fault is not None:
        raise MalformedPointError(fault, "a point from outside is refused")


def _combine(group: _Group, points: Iterable[Projective], scalars: Sequence[int]) -> Projective:
    total = group.infinity
    for point, scalar in zip(points, scalars, strict=True):
        total = bn128.add(total, bn128.multiply(point, scalar % BN254_FR.modulus))
    return total


def _msm(vector: _Vector, scalars: ScalarList) -> Projective:
    """Pippenger's buckets: per window, points of one digit are added before multiplying by it."""
    if len(scalars) != len(vector):
        raise ValueError(f"{len(scalars)} scalars for {len(vector)} points")
    total = infinity = vector.group.infinity
    pairs = zip(vector.points, map(BN254_FR.centered, scalars.values), strict=True)
    terms = [(bn128.neg(point) if factor < 0 else point, abs(factor)) for point, factor in pairs]
    for shift in reversed(range(0, _SCALAR_BITS, width := vector.group.window_bits)):
        for _ in range(width):
            total = bn128.double(total)
        buckets = [infinity] * (1 << width)
        for point, size in terms:
            digit = (size >> shift) & ((1 << width) - 1)
            if digit:
                buckets[digit] = bn128.add(buckets[digit], point)
        running = infinity
        for bucket in reversed(buckets[1:]):
            running = bn128.add(running, bucket)
            total = bn128.add(total, running)
    return total


def _fixed_base(group: _Group, scalars: FieldArray) -> _Vector:
    """One table row per window of bits: digit * 2^shift * generator, for every digit."""
    width, base = group.window_bits, group.generator
    table: list[list[Projective]] = []
    for _ in range(0, _SCALAR_BITS, width):
        row = [group.infinity]
        for _ in range((1 << width) - 1):
            row.append(bn128.add(row[-1], base))
        table.append(row)
        base = bn128.add(row[-1], base)
    mask = (1 << width) - 1

    def multiple(scalar: int) -> Projective:
        total = group.infinity
        for window, row in enumerate(table):
            digit = (scalar >> (window * width)) & mask
            if digit:
                total = bn128.add(total, row[digit])
        return total

    return _Vector(group, [multiple(scalar) for scalar in unpack_scalars(scalars)])
