"""Typed stub of the extension built from prover/native; only `prover.engines.native` imports it.

Buffers of scalars hold canonical little-endian limbs, four uint64 to a scalar; bytes returned for
scalars are those limbs. Single points are in EVM encoding, vectors in raw encoding
(`prover.curve`). Malformed input raises ValueError. Every call releases the interpreter.
"""

from typing import Any, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ConstraintMatrices",
    "G1Points",
    "G2Points",
    "combine",
    "combine_g1",
    "combine_g2",
    "fixed_base_g1",
    "fixed_base_g2",
    "inverses",
    "pairing_product_is_one",
    "point_fault_g1",
    "point_fault_g2",
    "powers",
    "source_digest",
]

_Limbs = NDArray[np.uint64]
_Indices = NDArray[np.uint32]

@final
class G1Points:
    """Points of G1 in a read-only buffer of raw encodings, which is not copied."""

    def __new__(cls, raw: bytes | memoryview) -> G1Points: ...
    def __len__(self) -> int: ...
    def to_bytes(self) -> bytes: ...
    def msm(self, scalars: _Limbs) -> bytes: ...
    def first_fault(self, infinity_allowed: bool) -> tuple[int, str] | None: ...

@final
class G2Points:
    """Points of G2 in a read-only buffer of raw encodings, which is not copied."""

    def __new__(cls, raw: bytes | memoryview) -> G2Points: ...
    def __len__(self) -> int: ...
    def to_bytes(self) -> bytes: ...
    def msm(self, scalars: _Limbs) -> bytes: ...
    def first_fault(self, infinity_allowed: bool) -> tuple[int, str] | None: ...

@final
class ConstraintMatrices:
    """The matrices of a constraint system, resident; all indices are checked here."""

    def __new__(
        cls,
        sides: list[tuple[_Indices, _Indices, _Indices]],
        coefficients: _Limbs,
        wire_count: int,
        domain_size: int,
    ) -> ConstraintMatrices: ...
    def columns_at(self, row_weights: _Limbs) -> list[bytes]: ...
    def quotient(self, assignment: _Limbs) -> Any:
        """Values on the shifted domain as bytes, or the number of the first broken row."""

def fixed_base_g1(scalars: _Limbs) -> bytes: ...
def fixed_base_g2(scalars: _Limbs) -> bytes: ...
def powers(base: _Limbs, count: int) -> bytes: ...
def inverses(values: _Limbs) -> bytes: ...
def combine(vectors: list[_Limbs], weights: _Limbs) -> bytes: ...
def combine_g1(points: list[bytes], scalars: _Limbs) -> bytes: ...
def combine_g2(points: list[bytes], scalars: _Limbs) -> bytes: ...
def point_fault_g1(point: bytes) -> str | None: ...
def point_fault_g2(point: bytes) -> str | None: ...
def pairing_product_is_one(points_g1: list[bytes], points_g2: list[bytes]) -> bool: ...
def source_digest() -> str: ...
