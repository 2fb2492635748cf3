"""Points of BN254 as plain data: affine coordinates and their two encodings.

A `G1Point` or `G2Point` is a pair of coordinates, trusted to be in the group only after an
engine has checked it; (0, 0) stands for infinity, as in the EVM (it is not on either curve).

Encodings
    EVM  32 bytes big-endian per coordinate, an Fp2 element as imaginary || real (EIP-197).
         For single points, proofs and contracts.
    raw  32 bytes little-endian per coordinate, times 2^256 mod p (Montgomery form), an Fp2
         element as real || imaginary. For point vectors in key files: what arithmetic uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from prover.errors import MalformedPointError, Reason

BASE_MODULUS = 21888242871839275222246405745257275088696311157297823662689037894645226208583

COORDINATE_BYTES = 32
G1_BYTES = 2 * COORDINATE_BYTES
G2_BYTES = 4 * COORDINATE_BYTES

_MONTGOMERY = (1 << 256) % BASE_MODULUS
_MONTGOMERY_INVERSE = pow(_MONTGOMERY, -1, BASE_MODULUS)


@dataclass(frozen=True)
class G1Point:
    """A point (x, y) of y^2 = x^3 + 3 over Fp; (0, 0) is infinity."""

    x: int
    y: int

    @property
    def coordinates(self) -> tuple[int, ...]:
        """The base-field coordinates in EVM order."""
        return (self.x, self.y)

    @property
    def is_infinity(self) -> bool:
        """Whether this is the neutral element."""
        return not any(self.coordinates)

    def __neg__(self) -> G1Point:
        return G1Point(self.x, -self.y % BASE_MODULUS)

    def to_bytes(self) -> bytes:
        """EVM encoding, 64 bytes."""
        return _encode(self.coordinates)

    @classmethod
    def decode_bytes(cls, data: bytes) -> Self:
        """From untrusted EVM bytes: length and coordinate range are checked, the curve is not."""
        return cls(*_decode(data, G1_BYTES, "big"))

    def to_raw(self) -> bytes:
        """Raw encoding, 64 bytes."""
        return _encode_raw(self.coordinates)

    @classmethod
    def decode_raw(cls, data: bytes | memoryview) -> Self:
        """From untrusted raw bytes: length and coordinate range are checked, the curve is not."""
        return cls(*_decode_raw(data, G1_BYTES))


@dataclass(frozen=True)
class G2Point:
    """A point of the twist y^2 = x^3 + 3/(9 + u) over Fp2 = Fp[u]/(u^2 + 1); zeros are infinity.

    Fields stand in EVM order.
    """

    x_imaginary: int
    x_real: int
    y_imaginary: int
    y_real: int

    @property
    def coordinates(self) -> tuple[int, ...]:
        """The base-field coordinates in EVM order."""
        return (self.x_imaginary, self.x_real, self.y_imaginary, self.y_real)

    @property
    def is_infinity(self) -> bool:
        """Whether this is the neutral element."""
        return not any(self.coordinates)

    def __neg__(self) -> G2Point:
        y_imaginary, y_real = -self.y_imaginary % BASE_MODULUS, -self.y_real % BASE_MODULUS
        return G2Point(self.x_imaginary, self.x_real, y_imaginary, y_real)

    def to_bytes(self) -> bytes:
        """EVM encoding, 128 bytes."""
        return _encode(self.coordinates)

    @classmethod
    def decode_bytes(cls, data: bytes) -> Self:
        """From untrusted EVM bytes: length and coordinate range are checked, the curve is not."""
        return cls(*_decode(data, G2_BYTES, "big"))

    def to_raw(self) -> bytes:
        """Raw encoding, 128 bytes."""
        return _encode_raw((self.x_real, self.x_imaginary, self.y_real, self.y_imaginary))

    @classmethod
    def decode_raw(cls, data: bytes | memoryview) -> Self:
        """From untrusted raw bytes: length and coordinate range are checked, the curve is not."""
        x_real, x_imaginary, y_real, y_imaginary = _decode_raw(data, G2_BYTES)
        return cls(x_imaginary, x_real, y_imaginary, y_real)


G1_GENERATOR = G1Point(1, 2)
G2_GENERATOR = G2Point(
    x_imaginary=11559732032986387107991004021392285783925812861821192530917403151452391805634,
    x_real=10857046999023057135944570762232829481370756359578518086990519993285655852781,
    y_imaginary=4082367875863433681332203403145435568316851327593401208105741076214120093531,
    y_real=8495653923123431417604973247489272438418190587263600148770280649306958101930,
)


def check_coordinates(coordinates: tuple[int, ...]) -> None:
    """Raise MalformedPointError unless every coordinate is in [0, p)."""
    if not all(0 <= coordinate < BASE_MODULUS for coordinate in coordinates):
        raise MalformedPointError(Reason.COORDINATE_RANGE, "a coordinate is not in [0, p)")


def _encode(coordinates: tuple[int, ...]) -> bytes:
    return b"".join(value.to_bytes(COORDINATE_BYTES, "big") for value in coordinates)


def _encode_raw(coordinates: tuple[int, ...]) -> bytes:
    values = [value * _MONTGOMERY % BASE_MODULUS for value in coordinates]
    return b"".join(value.to_bytes(COORDINATE_BYTES, "little") for value in values)


def _decode(
    data: bytes | memoryview, size: int, order: Literal["big", "little"]
) -> tuple[int, ...]:
    if len(data) != size:
        detail = f"expected {size} bytes, received {len(data)}"
        raise MalformedPointError(Reason.LENGTH, detail)
    starts = range(0, size, COORDINATE_BYTES)
    values = tuple(int.from_bytes(data[i : i + COORDINATE_BYTES], order) for i in starts)
    check_coordinates(values)
    return values


def _decode_raw(data: bytes | memoryview, size: int) -> tuple[int, ...]:
    values = _decode(data, size, "little")
    return tuple(value * _MONTGOMERY_INVERSE % BASE_MODULUS for value in values)
