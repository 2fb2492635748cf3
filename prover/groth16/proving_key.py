"""The proving key of Groth16 with one committed round (MIRAGE, USENIX Security 2020).

With K_j = beta A_j(tau) + alpha B_j(tau) + C_j(tau), three vectors partition the wires:

    gamma_abc_g1     K_j / gamma     the constant and the two public wires (verifying key)
    committed_query  K_j / delta_1   wires fixed before the challenge
    l_query          K_j / delta_2   wires that depend on it

No wire is ever published over a second secret: that alone keeps the three apart.

h_query is B_i(tau) t(tau) / delta_2, with the basis B_i in which the quotient's coordinates are
its values on the shifted domain (`Domain.quotient_basis_at`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import IntEnum
from pathlib import Path

import numpy as np

from circuits.field import BN254_FR, SCALAR_BYTES, pack_scalars, unpack_scalars
from circuits.r1cs import PUBLIC_WIRES, Matrices, SparseMatrix
from prover import keyfile
from prover.curve import G1_BYTES, G2_BYTES, G1Point
from prover.domain import Domain
from prover.engines.base import ConstraintMatrices, Engine, PointVector, RawBytes
from prover.engines.sparse import System
from prover.errors import CorruptKeyFileError, ForeignKeyError, MalformedPointError
from prover.groth16.verifying_key import VerifyingKey
from prover.identity import StatementIdentity, r1cs_digest

_VECTORS = ("a_query", "b_g1_query", "b_g2_query", "committed_query", "l_query", "h_query")
_SIDES = ("a", "b", "c")


@dataclass(frozen=True, eq=False)
class ProvingKey:
    """What a prover needs. The vectors are raw points (`prover.curve`), often a mapped file's.

    `r1cs_bytes` is the canonical constraint system that the digest names; `matrices` its
    expansion.
    """

    verifying_key: VerifyingKey
    committed_count: int
    private_count: int
    domain: Domain
    beta_g1: G1Point
    delta_1_g1: G1Point
    delta_2_g1: G1Point
    a_query: RawBytes = field(repr=False)
    b_g1_query: RawBytes = field(repr=False)
    b_g2_query: RawBytes = field(repr=False)
    committed_query: RawBytes = field(repr=False)
    l_query: RawBytes = field(repr=False)
    h_query: RawBytes = field(repr=False)
    r1cs_bytes: RawBytes = field(repr=False)
    matrices: Matrices = field(repr=False)
    _loaded: dict[str, LoadedKey] = field(default_factory=dict, init=False, repr=False)

    @property
    def wire_count(self) -> int:
        """All wires, the three public ones included."""
        return PUBLIC_WIRES + self.committed_count + self.private_count

    @property
    def row_count(self) -> int:
        """Rows of the constraint system, consistency rows included."""
        return len(self.matrices.a.row_starts) - 1

    def loaded(self, engine: Engine) -> LoadedKey:
        """The vectors and matrices as handles of an engine; loaded once, then kept.

        CorruptKeyFileError where a coordinate is not below the base modulus.
        """
        if engine.name not in self._loaded:
            try:
                self._loaded[engine.name] = self._load(engine)
            except ValueError as error:
                raise CorruptKeyFileError(f"the vectors hold no points: {error}") from error
        return self._loaded[engine.name]

    def _load(self, engine: Engine) -> LoadedKey:
        return LoadedKey(
            a_query=engine.load_g1(self.a_query),
            b_g1_query=engine.load_g1(self.b_g1_query),
            b_g2_query=engine.load_g2(self.b_g2_query),
            committed_query=engine.load_g1(self.committed_query),
            l_query=engine.load_g1(self.l_query),
            h_query=engine.load_g1(self.h_query),
            matrices=engine.load_matrices(self.matrices, self.wire_count, self.domain),
        )

    def save(self, path: Path) -> bytes:
        """Write the key file atomically; returns its file digest, see `prover.keyfile`."""
        return keyfile.write(path, _sections(self), unsafe_dev=self.verifying_key.unsafe_dev)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        expected_key_id: bytes | None = None,
        expected_digest: bytes | None = None,
    ) -> ProvingKey:
        """Map a key file; KeyFileError where it is not sound or not the key expected."""
        opened = keyfile.open_mapped(path, expected_digest=expected_digest)
        key = _decode_sections(opened.sections, unsafe_dev=opened.unsafe_dev)
        key_id = key.verifying_key.key_id
        if expected_key_id not in (None, key_id):
            raise ForeignKeyError(f"{path} holds key {key_id.hex()}, not the expected one")
        return key


@dataclass(frozen=True)
class LoadedKey:
    """A proving key's bulk, resident in one engine."""

    a_query: PointVector
    b_g1_query: PointVector
    b_g2_query: PointVector
    committed_query: PointVector
    l_query: PointVector
    h_query: PointVector
    matrices: ConstraintMatrices


class Section(IntEnum):
    """Numbers of the sections; the three arrays of a matrix side follow each other."""

    STATEMENT = 1
    R1CS = 2
    VERIFYING_KEY = 3
    BLINDING_POINTS = 4
    A_QUERY = 5
    B_G1_QUERY = 6
    B_G2_QUERY = 7
    COMMITTED_QUERY = 8
    L_QUERY = 9
    H_QUERY = 10
    COEFFICIENTS = 11
    MATRIX_A = 12
    MATRIX_B = 15
    MATRIX_C = 18


def _sections(key: ProvingKey) -> dict[int, bytes | memoryview]:
    """The sections of a proving key, see `Section`."""
    vk = key.verifying_key
    blinding = (key.beta_g1, key.delta_1_g1, key.delta_2_g1)
    sections: dict[int, bytes | memoryview] = {
        Section.STATEMENT: vk.statement.to_bytes(),
        Section.R1CS: key.r1cs_bytes,
        Section.VERIFYING_KEY: b"".join(word.to_bytes(32, "big") for word in vk.key_words),
        Section.BLINDING_POINTS: b"".join(point.to_bytes() for point in blinding),
        Section.COEFFICIENTS: pack_scalars(key.matrices.coefficients).astype("<u8").tobytes(),
    }
    for name in _VECTORS:
        sections[Section[name.upper()]] = getattr(key, name)
    for name in _SIDES:
        side = getattr(key.matrices, name)
        for index, item in enumerate(fields(SparseMatrix)):
            array = getattr(side, item.name).astype("<u4")
            sections[Section[f"MATRIX_{name.upper()}"] + index] = array.tobytes()
    return sections


def _decode_sections(sections: Mapping[int, memoryview], *, unsafe_dev: bool) -> ProvingKey:
    """A proving key from the sections of a file; CorruptKeyFileError where they do not fit."""
    expected = {*Section, *(first + i for first in _matrix_sections() for i in (1, 2))}
    if set(sections) != expected:
        raise CorruptKeyFileError(f"expected sections {sorted(expected)}, found {list(sections)}")
    try:
        return _decode(sections, unsafe_dev)
    except (ValueError, MalformedPointError) as error:
        raise CorruptKeyFileError(f"the sections do not make a key: {error}") from error


def _decode(sections: Mapping[int, memoryview], unsafe_dev: bool) -> ProvingKey:
    vectors = {name: sections[Section[name.upper()]] for name in _VECTORS}
    committed_count = _count(vectors["committed_query"])
    private_count = _count(vectors["l_query"])
    domain = Domain(_count(vectors["h_query"]))
    matrices = _decode_matrices(sections)
    wire_count = PUBLIC_WIRES + committed_count + private_count
    System(matrices, wire_count, domain).check()
    sizes = {"a_query": G1_BYTES, "b_g1_query": G1_BYTES, "b_g2_query": G2_BYTES}
    for name, size in sizes.items():
        if len(vectors[name]) != wire_count * size:
            raise ValueError(f"{name} does not hold {wire_count} points")
    beta_g1, delta_1_g1, delta_2_g1 = _points(bytes(sections[Section.BLINDING_POINTS]), 3)
    r1cs_bytes = sections[Section.R1CS]
    return ProvingKey(
        verifying_key=VerifyingKey.decode_words(
            bytes(sections[Section.VERIFYING_KEY]),
            StatementIdentity.decode_bytes(bytes(sections[Section.STATEMENT])),
            r1cs_digest(bytes(r1cs_bytes)),
            unsafe_dev=unsafe_dev,
        ),
        committed_count=committed_count,
        private_count=private_count,
        domain=domain,
        beta_g1=beta_g1,
        delta_1_g1=delta_1_g1,
        delta_2_g1=delta_2_g1,
        r1cs_bytes=r1cs_bytes,
        matrices=matrices,
        **vectors,
    )


def _matrix_sections() -> list[Section]:
    return [Section[f"MATRIX_{name.upper()}"] for name in _SIDES]


def _decode_matrices(sections: Mapping[int, memoryview]) -> Matrices:
    if len(sections[Section.COEFFICIENTS]) % SCALAR_BYTES:
        raise ValueError("the coefficients are no list of scalars")
    coefficients = unpack_scalars(np.frombuffer(sections[Section.COEFFICIENTS], dtype="<u8"))
    if any(coefficient >= BN254_FR.modulus for coefficient in coefficients):
        raise ValueError("a coefficient is not below the modulus")
    a, b, c = (
        SparseMatrix(*(np.frombuffer(sections[first + i], dtype="<u4") for i in range(3)))
        for first in _matrix_sections()
    )
    return Matrices(a, b, c, tuple(coefficients))


def _count(raw: memoryview) -> int:
    if len(raw) % G1_BYTES:
        raise ValueError(f"a vector of {len(raw)} bytes is no list of points")
    return len(raw) // G1_BYTES


def _points(data: bytes, count: int) -> tuple[G1Point, ...]:
    if len(data) != count * G1_BYTES:
        raise ValueError(f"expected {count} points, received {len(data)} bytes")
    starts = range(0, len(data), G1_BYTES)
    return tuple(G1Point.decode_bytes(data[i : i + G1_BYTES]) for i in starts)
