"""Setup: toxic waste and a constraint system in, a proving key out. Deterministic."""

from __future__ import annotations

from collections.abc import Sequence

from circuits.field import BN254_FR, FieldArray, unpack_scalars
from circuits.r1cs import PUBLIC_WIRES, R1CS
from prover.curve import G1_GENERATOR, G2_GENERATOR, G1Point, G2Point
from prover.domain import Domain
from prover.engines import default_engine
from prover.engines.base import Engine
from prover.groth16.proving_key import ProvingKey
from prover.groth16.toxic_waste import ToxicWaste
from prover.groth16.verifying_key import VerifyingKey
from prover.identity import StatementDescription, StatementIdentity, r1cs_digest
from prover.linter import refuse_proving_key


def setup(
    r1cs: R1CS,
    description: StatementDescription,
    toxic_waste: ToxicWaste,
    engine: Engine | None = None,
) -> ProvingKey:
    """A proving key, marked `unsafe-dev`, that the linter has passed.

    Raises LintError (for instance for a wire that no constraint uses) and ToxicWasteError.
    """
    engine = engine or default_engine()
    key = setup_unchecked(r1cs, description, toxic_waste, engine)
    refuse_proving_key(key, engine, r1cs=r1cs)
    return key


def setup_unchecked(
    r1cs: R1CS, description: StatementDescription, waste: ToxicWaste, engine: Engine
) -> ProvingKey:
    """The same without the linter, which stays the caller's duty: for must-fail tests."""
    domain = Domain.for_rows(r1cs.row_count)
    matrices = engine.load_matrices(r1cs.matrices, r1cs.wire_count, domain)
    columns = engine.columns_at(matrices, domain.lagrange_at(waste.tau, engine))
    a_column, b_column, _ = columns
    public, committed, private = _keyed(columns, r1cs.committed_count, waste, engine)
    h_scale = domain.vanishing_at(waste.tau) * BN254_FR.inverse(waste.delta_2)
    h_scalars = engine.combine([domain.quotient_basis_at(waste.tau, engine)], [h_scale])
    r1cs_bytes = r1cs.canonical_bytes()
    return ProvingKey(
        verifying_key=_verifying_key(
            StatementIdentity.of(description), r1cs_digest(r1cs_bytes), waste, public, engine
        ),
        committed_count=r1cs.committed_count,
        private_count=r1cs.private_count,
        domain=domain,
        beta_g1=_times_g1(engine, waste.beta),
        delta_1_g1=_times_g1(engine, waste.delta_1),
        delta_2_g1=_times_g1(engine, waste.delta_2),
        a_query=engine.fixed_base_g1(a_column).to_bytes(),
        b_g1_query=engine.fixed_base_g1(b_column).to_bytes(),
        b_g2_query=engine.fixed_base_g2(b_column).to_bytes(),
        committed_query=engine.fixed_base_g1(committed).to_bytes(),
        l_query=engine.fixed_base_g1(private).to_bytes(),
        h_query=engine.fixed_base_g1(h_scalars).to_bytes(),
        r1cs_bytes=r1cs_bytes,
        matrices=r1cs.matrices,
    )


def _keyed(
    columns: Sequence[FieldArray], committed_count: int, waste: ToxicWaste, engine: Engine
) -> tuple[FieldArray, FieldArray, FieldArray]:
    """K_j = beta A_j(tau) + alpha B_j(tau) + C_j(tau), each wire over the secret of its class."""
    first_private = PUBLIC_WIRES + committed_count

    def over(secret: int, begin: int, end: int | None) -> FieldArray:
        inverse = BN254_FR.inverse(secret)
        weights = [waste.beta * inverse, waste.alpha * inverse, inverse]
        return engine.combine([column[begin:end] for column in columns], weights)

    return (
        over(waste.gamma, 0, PUBLIC_WIRES),
        over(waste.delta_1, PUBLIC_WIRES, first_private),
        over(waste.delta_2, first_private, None),
    )


def _verifying_key(
    statement: StatementIdentity,
    digest: bytes,
    waste: ToxicWaste,
    public: FieldArray,
    engine: Engine,
) -> VerifyingKey:
    return VerifyingKey(
        statement=statement,
        r1cs_digest=digest,
        unsafe_dev=True,
        alpha_g1=_times_g1(engine, waste.alpha),
        beta_g2=_times_g2(engine, waste.beta),
        gamma_g2=_times_g2(engine, waste.gamma),
        delta_1_g2=_times_g2(engine, waste.delta_1),
        delta_2_g2=_times_g2(engine, waste.delta_2),
        gamma_abc_g1=tuple(_times_g1(engine, scalar) for scalar in unpack_scalars(public)),
    )


def _times_g1(engine: Engine, scalar: int) -> G1Point:
    return engine.combine_g1([G1_GENERATOR], [scalar])


def _times_g2(engine: Engine, scalar: int) -> G2Point:
    return engine.combine_g2([G2_GENERATOR], [scalar])
