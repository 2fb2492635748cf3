"""The native engine: the one door to the Rust extension built from prover/native."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from circuits.field import FieldArray, pack_scalars
from circuits.r1cs import Matrices
from prover.curve import G1Point, G2Point, check_coordinates
from prover.domain import Domain
from prover.engines.base import (
    ConstraintMatrices,
    PointFault,
    PointVector,
    RawBytes,
    ScalarVector,
)
from prover.errors import (
    EngineUnavailableError,
    MalformedPointError,
    Reason,
    UnsatisfiedConstraintError,
)

if TYPE_CHECKING:
    from prover.engines import _native
else:
    try:
        from prover.engines import _native
    except ImportError:
        _native = None

_Point = TypeVar("_Point", G1Point, G2Point)

_CURE = "run `make native` (it needs a Rust toolchain, see README)"
_SOURCES = Path(__file__).parent.parent / "native"
_REASONS = {
    "length": Reason.LENGTH,
    "coordinate": Reason.COORDINATE_RANGE,
    "infinity": Reason.INFINITY,
    "curve": Reason.NOT_ON_CURVE,
    "subgroup": Reason.NOT_IN_SUBGROUP,
}


class NativeState(Enum):
    """Whether the extension can be used."""

    AVAILABLE = "available"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True)
class NativeStatus:
    """The state of the extension and, where it is not well, what to do."""

    state: NativeState
    message: str


def native_status() -> NativeStatus:
    """Compare the built extension with the Rust sources beside it, where there are any."""
    if _native is None:
        message = f"the native engine is not built; proofs are slow without it: {_CURE}"
        return NativeStatus(NativeState.MISSING, message)
    on_disk = source_digest_on_disk()
    if on_disk is not None and on_disk != _native.source_digest():
        message = f"the native engine was built from other sources than those here: {_CURE}"
        return NativeStatus(NativeState.STALE, message)
    return NativeStatus(NativeState.AVAILABLE, "the native engine is built and current")


def source_digest_on_disk() -> str | None:
    """The digest that a build of the sources beside this package would carry; None without."""
    if not (_SOURCES / "Cargo.toml").is_file():
        return None
    names = ["Cargo.lock", "Cargo.toml", "build.rs"]
    sources = (path for path in (_SOURCES / "src").rglob("*") if path.is_file())
    names += [path.relative_to(_SOURCES).as_posix() for path in sources]
    digest = hashlib.sha256()
    for name in sorted(names):
        content = (_SOURCES / name).read_bytes()
        digest.update(name.encode() + b"\0" + len(content).to_bytes(8, "little") + content)
    return digest.hexdigest()


class NativeEngine:
    """Arkworks fields and pairings with our own multi-scalar multiplication, on all cores."""

    name = "native"

    def __init__(self) -> None:
        if _native is None:
            raise EngineUnavailableError(native_status().message)

    def load_g1(self, raw: RawBytes) -> PointVector:
        """See `Engine`; the buffer must be read-only and is not copied."""
        return _native.G1Points(raw)

    def load_g2(self, raw: RawBytes) -> PointVector:
        """See `Engine`; the buffer must be read-only and is not copied."""
        return _native.G2Points(raw)

    def fixed_base_g1(self, scalars: FieldArray) -> PointVector:
        """See `Engine`."""
        return _native.G1Points(_native.fixed_base_g1(scalars))

    def fixed_base_g2(self, scalars: FieldArray) -> PointVector:
        """See `Engine`."""
        return _native.G2Points(_native.fixed_base_g2(scalars))

    def load_scalars(self, scalars: FieldArray) -> ScalarVector:
        """See `Engine`."""
        return _native.Scalars(scalars)

    def msm_g1(self, points: PointVector, scalars: ScalarVector) -> G1Point:
        """See `Engine`."""
        factors = cast("_native.Scalars", scalars)
        return G1Point.decode_bytes(cast("_native.G1Points", points).msm(factors))

    def msm_g2(self, points: PointVector, scalars: ScalarVector) -> G2Point:
        """See `Engine`."""
        factors = cast("_native.Scalars", scalars)
        return G2Point.decode_bytes(cast("_native.G2Points", points).msm(factors))

    def first_fault(self, points: PointVector, *, infinity_allowed: bool) -> PointFault | None:
        """See `Engine`."""
        vector = cast("_native.G1Points | _native.G2Points", points)
        fault = vector.first_fault(infinity_allowed)
        return None if fault is None else PointFault(fault[0], _REASONS[fault[1]])

    def load_matrices(
        self, matrices: Matrices, wire_count: int, domain: Domain
    ) -> ConstraintMatrices:
        """See `Engine`."""
        sides = [(side.row_starts, side.wires, side.coefficient_ids) for side in matrices.sides]
        coefficients = pack_scalars(matrices.coefficients)
        return _native.ConstraintMatrices(sides, coefficients, wire_count, domain.size)

    def columns_at(
        self, matrices: ConstraintMatrices, row_weights: FieldArray
    ) -> tuple[FieldArray, FieldArray, FieldArray]:
        """See `Engine`."""
        columns = cast("_native.ConstraintMatrices", matrices).columns_at(row_weights)
        a, b, c = map(_field_array, columns)
        return a, b, c

    def quotient(self, matrices: ConstraintMatrices, assignment: FieldArray) -> FieldArray:
        """See `Engine`."""
        result = cast("_native.ConstraintMatrices", matrices).quotient(assignment)
        if isinstance(result, int):
            raise UnsatisfiedConstraintError(result)
        return _field_array(result)

    def powers(self, base: int, count: int) -> FieldArray:
        """See `Engine`."""
        return _field_array(_native.powers(pack_scalars([base]), count))

    def inverses(self, values: FieldArray) -> FieldArray:
        """See `Engine`."""
        return _field_array(_native.inverses(values))

    def combine(self, vectors: Sequence[FieldArray], weights: Sequence[int]) -> FieldArray:
        """See `Engine`."""
        return _field_array(_native.combine(list(vectors), pack_scalars(weights)))

    def combine_g1(self, points: Sequence[G1Point], scalars: Sequence[int]) -> G1Point:
        """See `Engine`."""
        encoded, packed = [point.to_bytes() for point in points], _packed(points, scalars)
        try:
            return G1Point.decode_bytes(_native.combine_g1(encoded, packed))
        except ValueError:
            _name_fault(points, self.check_g1)
            raise

    def combine_g2(self, points: Sequence[G2Point], scalars: Sequence[int]) -> G2Point:
        """See `Engine`."""
        encoded, packed = [point.to_bytes() for point in points], _packed(points, scalars)
        try:
            return G2Point.decode_bytes(_native.combine_g2(encoded, packed))
        except ValueError:
            _name_fault(points, self.check_g2)
            raise

    def check_g1(self, point: G1Point) -> None:
        """See `Engine`."""
        check_coordinates(point.coordinates)
        _raise_fault(_native.point_fault_g1(point.to_bytes()))

    def check_g2(self, point: G2Point) -> None:
        """See `Engine`."""
        check_coordinates(point.coordinates)
        _raise_fault(_native.point_fault_g2(point.to_bytes()))

    def pairing_product_is_one(self, pairs: Sequence[tuple[G1Point, G2Point]]) -> bool:
        """See `Engine`."""
        left = [point_g1.to_bytes() for point_g1, _ in pairs]
        right = [point_g2.to_bytes() for _, point_g2 in pairs]
        return _native.pairing_product_is_one(left, right)


def _field_array(limbs: bytes) -> FieldArray:
    return np.frombuffer(limbs, dtype=np.uint64).reshape(-1, 4)


def _packed(points: Sequence[object], scalars: Sequence[int]) -> FieldArray:
    if len(points) != len(scalars):
        raise ValueError(f"{len(scalars)} scalars for {len(points)} points")
    return pack_scalars(scalars)


def _name_fault(points: Sequence[_Point], check: Callable[[_Point], None]) -> None:
    """Raise MalformedPointError for the first point that is none; a key's may be, unlinted."""
    for point in points:
        if not point.is_infinity:
            check(point)


def _raise_fault(fault: str | None) -> None:
    if fault is not None:
        reason = _REASONS[fault]
        raise MalformedPointError(reason, "a point from outside is refused")
