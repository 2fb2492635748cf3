"""One test per refusal: a sound key with one fault, and the finding by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from circuits.r1cs import R1CS, Block, Matrices
from prover import (
    DEVELOPMENT_CHAINS,
    Domain,
    LintError,
    ProvingKey,
    VerifyingKey,
    default_engine,
    development_toxic_waste,
    lint_proving_key,
    lint_verifying_key,
    refuse_chain,
    refuse_proving_key,
    refuse_verifying_key,
    sample_toxic_waste,
    setup,
)
from prover.curve import G1_BYTES, G1_GENERATOR, G2_GENERATOR, G1Point, G2Point
from tests.prover.systems import SquaresWitness, description, squares
from tests.prover.test_engines import BAD_G1, BAD_G2

VerifyingChange = Callable[[VerifyingKey], dict[str, Any]]

INFINITY_G1, INFINITY_G2 = G1Point(0, 0), G2Point(0, 0, 0, 0)

WEAK_VERIFYING_KEYS: dict[str, tuple[VerifyingChange, str]] = {
    "gamma = delta_1": (lambda k: {"gamma_g2": k.delta_1_g2}, "gamma_g2 equals delta_1_g2"),
    "gamma = -delta_1": (lambda k: {"gamma_g2": -k.delta_1_g2}, "gamma_g2 equals delta_1_g2"),
    "gamma = delta_2": (lambda k: {"delta_2_g2": k.gamma_g2}, "gamma_g2 equals delta_2_g2"),
    "gamma = -delta_2": (lambda k: {"delta_2_g2": -k.gamma_g2}, "gamma_g2 equals delta_2_g2"),
    "delta_1 = delta_2": (lambda k: {"delta_1_g2": k.delta_2_g2}, "delta_1_g2 equals delta_2_g2"),
    "delta_1 = -delta_2": (
        lambda k: {"delta_1_g2": -k.delta_2_g2},
        "delta_1_g2 equals delta_2_g2",
    ),
    "alpha = 1": (lambda k: {"alpha_g1": G1_GENERATOR}, "alpha_g1 is the generator"),
    "alpha = -1": (lambda k: {"alpha_g1": -G1_GENERATOR}, "alpha_g1 is the generator"),
    "beta = 1": (lambda k: {"beta_g2": G2_GENERATOR}, "beta_g2 is the generator"),
    "beta = -1": (lambda k: {"beta_g2": -G2_GENERATOR}, "beta_g2 is the generator"),
    "gamma = 1": (lambda k: {"gamma_g2": G2_GENERATOR}, "gamma_g2 is the generator"),
    "delta_1 = 1": (lambda k: {"delta_1_g2": G2_GENERATOR}, "delta_1_g2 is the generator"),
    "delta_2 = -1": (lambda k: {"delta_2_g2": -G2_GENERATOR}, "delta_2_g2 is the generator"),
    "alpha = 0": (lambda k: {"alpha_g1": INFINITY_G1}, "alpha_g1: point at infinity"),
    "beta = 0": (lambda k: {"beta_g2": INFINITY_G2}, "beta_g2: point at infinity"),
    "gamma = 0": (lambda k: {"gamma_g2": INFINITY_G2}, "gamma_g2: point at infinity"),
    "delta_1 = 0": (lambda k: {"delta_1_g2": INFINITY_G2}, "delta_1_g2: point at infinity"),
    "delta_2 = 0": (lambda k: {"delta_2_g2": INFINITY_G2}, "delta_2_g2: point at infinity"),
    "two public points": (
        lambda k: {"gamma_abc_g1": k.gamma_abc_g1[:2]},
        "gamma_abc_g1 has 2 points",
    ),
    "four public points": (
        lambda k: {"gamma_abc_g1": (*k.gamma_abc_g1, G1_GENERATOR)},
        "gamma_abc_g1 has 4 points",
    ),
    "zero public point": (
        lambda k: {"gamma_abc_g1": (*k.gamma_abc_g1[:2], INFINITY_G1)},
        r"gamma_abc_g1\[2\]: point at infinity",
    ),
    "equal public points": (
        lambda k: {"gamma_abc_g1": (*k.gamma_abc_g1[:2], k.gamma_abc_g1[0])},
        r"gamma_abc_g1\[0\] equals gamma_abc_g1\[2\]",
    ),
    "opposite public points": (
        lambda k: {"gamma_abc_g1": (*k.gamma_abc_g1[:2], -k.gamma_abc_g1[1])},
        r"gamma_abc_g1\[1\] equals gamma_abc_g1\[2\]",
    ),
}
for _reason, _point in BAD_G2.items():
    WEAK_VERIFYING_KEYS[f"delta_2: {_reason.value}"] = (
        lambda _, point=_point: {"delta_2_g2": point},  # type: ignore[misc]
        f"delta_2_g2: {_reason.value}",
    )
for _reason, _g1 in BAD_G1.items():
    WEAK_VERIFYING_KEYS[f"alpha: {_reason.value}"] = (
        lambda _, point=_g1: {"alpha_g1": point},  # type: ignore[misc]
        f"alpha_g1: {_reason.value}",
    )


@pytest.mark.parametrize("name", WEAK_VERIFYING_KEYS)
def test_a_weak_verifying_key_is_refused(key: ProvingKey, name: str) -> None:
    change, finding = WEAK_VERIFYING_KEYS[name]
    weak = replace(key.verifying_key, **change(key.verifying_key))
    with pytest.raises(LintError, match=finding):
        refuse_verifying_key(weak, default_engine())
    with pytest.raises(LintError, match=finding):
        refuse_proving_key(replace(key, verifying_key=weak), default_engine())


def test_a_sound_key_has_no_findings(key: ProvingKey, system: tuple[R1CS, SquaresWitness]) -> None:
    engine = default_engine()
    assert lint_verifying_key(key.verifying_key, engine, known_keys=[key.verifying_key]) == []
    assert lint_proving_key(key, engine, r1cs=system[0], every_point=True) == []


def _put(raw: bytes | memoryview, index: int, point: bytes) -> bytes:
    start = index * len(point)
    return bytes(raw[:start]) + point + bytes(raw[start + len(point) :])


def _no_consistency_row(matrices: Matrices) -> Matrices:
    """The fingerprint's row moved to the challenge: x_1 * 0 = 0 twice."""
    wires = matrices.a.wires.copy()
    wires[2] = 1
    return replace(matrices, a=replace(matrices.a, wires=wires))


def _consistency_row_of_two(matrices: Matrices) -> Matrices:
    ids = matrices.a.coefficient_ids.copy()
    ids[1] = max(range(len(matrices.coefficients)), key=lambda i: matrices.coefficients[i])
    return replace(matrices, a=replace(matrices.a, coefficient_ids=ids))


def _larger_domain(key: ProvingKey) -> dict[str, Any]:
    """With as many points as it wants, but not the smallest for the rows."""
    larger = Domain.for_rows(key.domain.size + 1)
    return {"domain": larger, "h_query": (bytes(key.h_query) * 2)[: G1_BYTES * larger.size]}


OFF_CURVE_RAW = bytes([1]) + bytes(63)

WEAK_PROVING_KEYS: dict[str, tuple[Callable[[ProvingKey], dict[str, Any]], str]] = {
    "committed wire missing": (
        lambda k: {"committed_query": k.committed_query[64:]},
        "committed_query holds",
    ),
    "committed wire in l_query": (
        lambda k: {"l_query": bytes(k.l_query) + bytes(k.committed_query[:64])},
        "l_query holds",
    ),
    "a_query length": (lambda k: {"a_query": k.a_query[:-64]}, "a_query holds"),
    "b_g1_query length": (lambda k: {"b_g1_query": bytes(64)}, "b_g1_query holds"),
    "b_g2_query length": (lambda k: {"b_g2_query": b""}, "b_g2_query holds"),
    "h_query length": (lambda k: {"h_query": bytes(k.h_query) * 2}, "h_query holds"),
    "domain size": (_larger_domain, "rows do not go with"),
    "beta": (lambda k: {"beta_g1": k.delta_1_g1}, "beta_g1 and beta_g2 do not match"),
    "delta_1": (lambda k: {"delta_1_g1": -k.delta_1_g1}, "delta_1_g1 and delta_1_g2 do not"),
    "delta_2": (lambda k: {"delta_2_g1": G1_GENERATOR}, "delta_2_g1 and delta_2_g2 do not"),
    "delta_2 at infinity": (lambda k: {"delta_2_g1": INFINITY_G1}, "delta_2_g1: point at inf"),
    "committed infinity": (
        lambda k: {"committed_query": _put(k.committed_query, 1, bytes(64))},
        r"committed_query\[1\] is infinity",
    ),
    "l infinity": (
        lambda k: {"l_query": _put(k.l_query, 2, bytes(64))},
        r"l_query\[2\] is infinity",
    ),
    "h infinity": (
        lambda k: {"h_query": _put(k.h_query, 0, bytes(64))},
        r"h_query\[0\] is infinity",
    ),
    "a off the curve": (
        lambda k: {"a_query": _put(k.a_query, 3, OFF_CURVE_RAW)},
        r"a_query\[3\]: point not on the curve",
    ),
    "consistency row": (
        lambda k: {"matrices": _no_consistency_row(k.matrices)},
        "public wire 2 lacks its consistency row",
    ),
    "scaled consistency row": (
        lambda k: {"matrices": _consistency_row_of_two(k.matrices)},
        "public wire 1 lacks its consistency row",
    ),
    "r1cs bytes": (lambda k: {"r1cs_bytes": bytes(k.r1cs_bytes) + b"\0"}, "R1CS digest"),
    "r1cs digest": (
        lambda k: {"verifying_key": replace(k.verifying_key, r1cs_digest=bytes(32))},
        "R1CS digest",
    ),
}


@pytest.mark.parametrize("name", WEAK_PROVING_KEYS)
def test_a_weak_proving_key_is_refused(key: ProvingKey, name: str) -> None:
    change, finding = WEAK_PROVING_KEYS[name]
    weak = replace(key, **change(key))
    with pytest.raises(LintError, match=finding):
        refuse_proving_key(weak, default_engine(), every_point=True)


def test_a_key_of_another_system_is_refused(key: ProvingKey) -> None:
    other, _ = squares(lanes=6, word_count=2)
    findings = lint_proving_key(key, default_engine(), r1cs=other)
    assert "the key is of another constraint system" in findings
    assert "the key's matrices are not those of the constraint system" in findings


def test_a_shared_delta_is_refused(key: ProvingKey) -> None:
    sharing = replace(key.verifying_key, statement=description(2, name="other"))
    with pytest.raises(LintError, match="delta_1_g2 equals delta_1_g2 of key"):
        refuse_verifying_key(sharing, default_engine(), known_keys=[key.verifying_key])
    crossed = replace(sharing, delta_1_g2=sharing.delta_2_g2, delta_2_g2=-sharing.delta_1_g2)
    findings = lint_verifying_key(crossed, default_engine(), known_keys=[key.verifying_key])
    assert len(findings) == 2


def test_an_unused_wire_is_refused_at_setup() -> None:
    r1cs, _ = squares(lanes=3, word_count=2)
    idle = Block("idle", lanes=1, committed=0, private=1, constraints=())
    with pytest.raises(LintError, match=r"l_query\[5\] is infinity"):
        setup(R1CS((*r1cs.blocks, idle), r1cs.columns), description(2), sample_toxic_waste())


def test_setup_refuses_secrets_that_are_equal(system: tuple[R1CS, SquaresWitness]) -> None:
    waste = development_toxic_waste(b"weak", bytes(32))
    for weak in (replace(waste, delta_2=waste.gamma), replace(waste, delta_1=waste.delta_2)):
        with pytest.raises(LintError, match="up to sign"):
            setup(system[0], description(2), weak)


def test_development_keys_stay_on_development_chains(key: ProvingKey) -> None:
    for chain_id in (0, *DEVELOPMENT_CHAINS):
        refuse_chain(key.verifying_key, chain_id)
    with pytest.raises(LintError, match="unsafe-dev key on chain 1"):
        refuse_chain(key.verifying_key, 1)
    refuse_chain(replace(key.verifying_key, unsafe_dev=False), 1)


def test_matrices_survive_a_copy(key: ProvingKey) -> None:
    """The linter compares values, not identities."""
    side = key.matrices.a
    copied = replace(key.matrices, a=replace(side, wires=np.array(side.wires)))
    assert lint_proving_key(replace(key, matrices=copied), default_engine()) == []
