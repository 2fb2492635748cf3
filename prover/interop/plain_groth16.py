"""Plain Groth16 over our engines: a yardstick and a translator, NOT the product's protocol.

Any prover of Groth16 can be timed on the constraint system and witness of a statement, if the
challenge is taken as one more public input. Such a proof says little: here the prover chooses the
challenge, before he commits to anything. Nothing of the product proves or accepts with this.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from circuits.field import BN254_FR, FieldArray, pack_scalars, unpack_scalars
from circuits.r1cs import Matrices
from prover.curve import G1_GENERATOR, G2_GENERATOR, G1Point, G2Point
from prover.engines import default_engine
from prover.engines.base import ConstraintMatrices, Engine, PointVector
from prover.errors import (
    CorruptInteropFileError,
    InvalidProof,
    MalformedPointError,
    Reason,
    WitnessError,
)
from prover.groth16.toxic_waste import ToxicWaste
from prover.interop.plain_key import (
    COEFFICIENT,
    COEFFICIENT_SCALE,
    PlainKey,
    PlainProof,
    PlainVerifyingKey,
)
from prover.interop.plain_system import PlainSystem, rows_of


def plain_setup(system: PlainSystem, waste: ToxicWaste, engine: Engine | None = None) -> PlainKey:
    """A key of one process; delta is `delta_2`, `delta_1` has no part. For measurements."""
    engine = engine or default_engine()
    rows, domain = system.rows(), system.domain
    matrices = engine.load_matrices(rows, system.wire_count, domain)
    columns = engine.columns_at(matrices, domain.lagrange_at(waste.tau, engine))
    a_column, b_column, _ = columns
    keyed = engine.combine(columns, [waste.beta, waste.alpha, 1])
    first_private = system.public_count + 1
    by_gamma, by_delta, half = map(BN254_FR.inverse, (waste.gamma, waste.delta_2, 2))
    # At an odd point the larger Lagrange polynomial is the shifted domain's times t/-2.
    odd = domain.lagrange_at(waste.tau * BN254_FR.inverse(domain.shift), engine)
    h_scalars = engine.combine([odd], [-domain.vanishing_at(waste.tau) * half * by_delta])
    private = engine.combine([keyed[first_private:]], [by_delta])

    def g1(scalar: int) -> G1Point:
        return engine.combine_g1([G1_GENERATOR], [scalar])

    def g2(scalar: int) -> G2Point:
        return engine.combine_g2([G2_GENERATOR], [scalar])

    return PlainKey(
        verifying_key=PlainVerifyingKey(
            alpha_g1=g1(waste.alpha),
            beta_g2=g2(waste.beta),
            gamma_g2=g2(waste.gamma),
            delta_g2=g2(waste.delta_2),
            ic_g1=tuple(g1(x * by_gamma) for x in unpack_scalars(keyed[:first_private])),
        ),
        beta_g1=g1(waste.beta),
        delta_g1=g1(waste.delta_2),
        wire_count=system.wire_count,
        domain=domain,
        coefficients=_coefficients(rows),
        a_query=engine.fixed_base_g1(a_column).to_bytes(),
        b_g1_query=engine.fixed_base_g1(b_column).to_bytes(),
        b_g2_query=engine.fixed_base_g2(b_column).to_bytes(),
        c_query=engine.fixed_base_g1(private).to_bytes(),
        h_query=engine.fixed_base_g1(h_scalars).to_bytes(),
    )


def plain_verify(
    key: PlainVerifyingKey,
    public: Sequence[int],
    proof: PlainProof,
    engine: Engine | None = None,
) -> None:
    """Return if the proof holds for these public wires (without the one), else InvalidProof.

    The key is trusted: one from elsewhere goes through `check_verifying_key` first.
    """
    engine = engine or default_engine()
    if len(public) != key.public_count:
        raise InvalidProof(Reason.WORD_COUNT, f"{len(public)} public wires for {key.public_count}")
    if not all(0 <= value < BN254_FR.modulus for value in public):
        raise InvalidProof(Reason.WORD_RANGE, "a public wire is not in [0, r)")
    try:
        engine.check_g1(proof.a_g1)
        engine.check_g1(proof.c_g1)
        engine.check_g2(proof.b_g2)
    except MalformedPointError as error:
        raise InvalidProof(error.reason, "a point of the proof") from error
    public_g1 = engine.combine_g1(key.ic_g1, (1, *public))
    pairs = [
        (-proof.a_g1, proof.b_g2),
        (key.alpha_g1, key.beta_g2),
        (public_g1, key.gamma_g2),
        (proof.c_g1, key.delta_g2),
    ]
    if not engine.pairing_product_is_one(pairs):
        raise InvalidProof(Reason.EQUATION, "the pairing equation does not hold")


@dataclass(frozen=True)
class PlainProver:
    """A key and a system, resident in one engine; made by `load`."""

    key: PlainKey
    engine: Engine
    matrices: ConstraintMatrices
    a_query: PointVector
    b_g1_query: PointVector
    b_g2_query: PointVector
    c_query: PointVector
    h_query: PointVector

    @classmethod
    def load(cls, key: PlainKey, system: PlainSystem, engine: Engine | None = None) -> PlainProver:
        """Refuses, with WitnessError, a key whose sizes, A or B are not the system's."""
        engine = engine or default_engine()
        sizes = (system.wire_count, system.public_count, system.domain.size)
        if sizes != (key.wire_count, key.public_count, key.domain.size):
            raise WitnessError(f"the key is of another system than one of sizes {sizes}")
        rows = system.rows()
        if not np.array_equal(_sorted(key.coefficients), _sorted(_coefficients(rows))):
            raise WitnessError("the key is of another system: A or B differ")
        return cls(
            key=key,
            engine=engine,
            matrices=engine.load_matrices(rows, key.wire_count, key.domain),
            a_query=engine.load_g1(key.a_query),
            b_g1_query=engine.load_g1(key.b_g1_query),
            b_g2_query=engine.load_g2(key.b_g2_query),
            c_query=engine.load_g1(key.c_query),
            h_query=engine.load_g1(key.h_query),
        )

    def prove(self, assignment: FieldArray) -> PlainProof:
        """A proof with fresh randomness; UnsatisfiedConstraintError where a row is broken.

        A key that did not pass `check_key` may end in CorruptInteropFileError, or a wrong proof.
        """
        if assignment.shape != (self.key.wire_count, 4):
            expected = self.key.wire_count
            raise WitnessError(f"expected {expected} wires, received {assignment.shape}")
        try:
            return self._prove(assignment)
        except (ValueError, MalformedPointError) as error:  # an engine met a point that is none
            raise CorruptInteropFileError(f"the key holds bad points: {error}") from error

    def _prove(self, assignment: FieldArray) -> PlainProof:
        key, vk, engine = self.key, self.key.verifying_key, self.engine
        r, s = (secrets.randbelow(BN254_FR.modulus) for _ in range(2))
        quotient = engine.quotient(self.matrices, assignment)
        z = engine.load_scalars(assignment)
        a_g1 = engine.combine_g1(
            [vk.alpha_g1, engine.msm_g1(self.a_query, z), key.delta_g1], [1, 1, r]
        )
        b_g1 = engine.combine_g1(
            [key.beta_g1, engine.msm_g1(self.b_g1_query, z), key.delta_g1], [1, 1, s]
        )
        b_g2 = engine.combine_g2(
            [vk.beta_g2, engine.msm_g2(self.b_g2_query, z), vk.delta_g2], [1, 1, s]
        )
        l_g1 = engine.msm_g1(self.c_query, z.tail(key.public_count + 1))
        h_g1 = engine.msm_g1(self.h_query, engine.load_scalars(quotient))  # of (A·B - C)/-2
        c_g1 = engine.combine_g1([l_g1, h_g1, a_g1, b_g1, key.delta_g1], [1, -2, s, r, -r * s])
        return PlainProof(a_g1=a_g1, b_g2=b_g2, c_g1=c_g1)


def _coefficients(rows: Matrices) -> NDArray[np.void]:
    """A and B as section 4 of a `.zkey` wants them: row by row, A before B."""
    values = pack_scalars(value * COEFFICIENT_SCALE for value in rows.coefficients)
    sides = []
    for number, side in enumerate((rows.a, rows.b)):
        entries = np.zeros(len(side.wires), dtype=COEFFICIENT)
        entries["matrix"] = number
        entries["row"] = rows_of(side)
        entries["wire"] = side.wires
        entries["value"] = values[side.coefficient_ids]
        sides.append(entries)
    both = np.concatenate(sides)
    return both[np.argsort(both["row"], kind="stable")]


def _sorted(entries: NDArray[np.void]) -> NDArray[np.void]:
    """Row by row, A before B, wires ascending: order has no meaning in a `.zkey`."""
    return entries[np.lexsort((entries["wire"], entries["matrix"], entries["row"]))]
