"""Keys and proofs of plain Groth16 (Groth, EUROCRYPT 2016): one delta, no committed round."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from circuits.field import BN254_FR
from prover.curve import G1Point, G2Point
from prover.domain import Domain
from prover.engines.base import Engine, PointVector, RawBytes
from prover.errors import CorruptInteropFileError, MalformedPointError

#: A coefficient of A (matrix 0) or B (matrix 1) as a `.zkey` holds it: value * 2^512 mod r.
COEFFICIENT = np.dtype([("matrix", "<u4"), ("row", "<u4"), ("wire", "<u4"), ("value", "<u8", 4)])

#: What turns a coefficient into the form of a `.zkey`: twice the Montgomery factor.
COEFFICIENT_SCALE = (1 << 512) % BN254_FR.modulus


@dataclass(frozen=True)
class PlainProof:
    """A proof of plain Groth16."""

    a_g1: G1Point
    b_g2: G2Point
    c_g1: G1Point


@dataclass(frozen=True)
class PlainVerifyingKey:
    """What a verifier needs; `ic_g1` has a point for the one and for every public wire."""

    alpha_g1: G1Point
    beta_g2: G2Point
    gamma_g2: G2Point
    delta_g2: G2Point
    ic_g1: tuple[G1Point, ...]

    @property
    def public_count(self) -> int:
        """Public wires without the constant one."""
        return len(self.ic_g1) - 1


@dataclass(frozen=True, eq=False)
class PlainKey:
    """A proving key as a `.zkey` holds it; vectors are raw points, often a mapped file's.

    With K_j = beta A_j(tau) + alpha B_j(tau) + C_j(tau): ic_g1 = K_j / gamma of the public wires,
    c_query = K_j / delta of the others. h_query_i = L_(2i+1)(tau) / delta, where L are the
    Lagrange polynomials of the domain of twice the size: A·B - C is known by its values at the
    odd points, which are our shifted domain, since it is zero at the even ones.
    """

    verifying_key: PlainVerifyingKey
    beta_g1: G1Point
    delta_g1: G1Point
    wire_count: int
    domain: Domain
    coefficients: NDArray[np.void] = field(repr=False)
    a_query: RawBytes = field(repr=False)
    b_g1_query: RawBytes = field(repr=False)
    b_g2_query: RawBytes = field(repr=False)
    c_query: RawBytes = field(repr=False)
    h_query: RawBytes = field(repr=False)

    @property
    def public_count(self) -> int:
        """Public wires without the constant one."""
        return self.verifying_key.public_count


def check_verifying_key(key: PlainVerifyingKey, engine: Engine) -> None:
    """Refuse a key with a point off its curve or group, or an infinity where none may be."""
    try:
        engine.check_g1(key.alpha_g1)
        for point_g2 in (key.beta_g2, key.gamma_g2, key.delta_g2):
            engine.check_g2(point_g2)
        for point_g1 in key.ic_g1:
            if not point_g1.is_infinity:
                engine.check_g1(point_g1)
    except MalformedPointError as error:
        raise CorruptInteropFileError(f"verifying key: {error}") from error


def check_key(key: PlainKey, engine: Engine) -> None:
    """The same for a proving key, every point of it: seconds for a large one."""
    check_verifying_key(key.verifying_key, engine)
    try:
        engine.check_g1(key.beta_g1)
        engine.check_g1(key.delta_g1)
    except MalformedPointError as error:
        raise CorruptInteropFileError(f"proving key: {error}") from error
    for name in ("a_query", "b_g1_query", "b_g2_query", "c_query", "h_query"):
        load = engine.load_g2 if name == "b_g2_query" else engine.load_g1
        points: PointVector = load(getattr(key, name))
        fault = engine.first_fault(points, infinity_allowed=True)
        if fault is not None:
            raise CorruptInteropFileError(f"{name}[{fault.position}]: {fault.reason.value}")
