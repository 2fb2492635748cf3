"""Proving and verifying keys of Groth16 with one committed round (MIRAGE, USENIX Security 2020).

With K_j = beta A_j(tau) + alpha B_j(tau) + C_j(tau), three vectors partition the wires:

    gamma_abc_g1     K_j / gamma     the constant and the two public wires
    committed_query  K_j / delta_1   wires fixed before the challenge
    l_query          K_j / delta_2   wires that depend on it

No wire is ever published over a second secret: that alone keeps the three apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from circuits.r1cs import PUBLIC_WIRES, Matrices
from prover.curve import G1Point, G2Point
from prover.engines.base import ConstraintMatrices, Engine, PointVector, RawBytes
from prover.identity import StatementIdentity, key_id


@dataclass(frozen=True)
class VerifyingKey:
    """What a verifier needs; `unsafe_dev` says that somebody may know the secrets."""

    statement: StatementIdentity
    r1cs_digest: bytes
    unsafe_dev: bool
    alpha_g1: G1Point
    beta_g2: G2Point
    gamma_g2: G2Point
    delta_1_g2: G2Point
    delta_2_g2: G2Point
    gamma_abc_g1: tuple[G1Point, ...]

    @property
    def points_g2(self) -> dict[str, G2Point]:
        """The points of G2 by name, in constructor order."""
        return {
            "beta_g2": self.beta_g2,
            "gamma_g2": self.gamma_g2,
            "delta_1_g2": self.delta_1_g2,
            "delta_2_g2": self.delta_2_g2,
        }

    @cached_property
    def key_words(self) -> tuple[int, ...]:
        """The key as the contract's constructor takes it: 24 words for three public wires."""
        points: list[G1Point | G2Point] = [self.alpha_g1]
        points += [*self.points_g2.values(), *self.gamma_abc_g1]
        return tuple(coordinate for point in points for coordinate in point.coordinates)

    @cached_property
    def key_id(self) -> bytes:
        """Digest of statement, constraint system and key words; enters the transcript."""
        return key_id(self.statement.statement_id, self.r1cs_digest, self.key_words)


@dataclass(frozen=True, eq=False)
class ProvingKey:
    """What a prover needs. The vectors are raw points (`prover.curve`), often a mapped file's.

    `r1cs_bytes` is the canonical constraint system that the digest names; `matrices` its
    expansion.
    """

    verifying_key: VerifyingKey
    committed_count: int
    private_count: int
    log_domain_size: int
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
        """The vectors and matrices as handles of an engine; loaded once, then kept."""
        if engine.name not in self._loaded:
            self._loaded[engine.name] = LoadedKey(
                a_query=engine.load_g1(self.a_query),
                b_g1_query=engine.load_g1(self.b_g1_query),
                b_g2_query=engine.load_g2(self.b_g2_query),
                committed_query=engine.load_g1(self.committed_query),
                l_query=engine.load_g1(self.l_query),
                h_query=engine.load_g1(self.h_query),
                matrices=engine.load_matrices(self.matrices, self.wire_count, self.log_domain_size),
            )
        return self._loaded[engine.name]


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
