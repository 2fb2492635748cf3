"""Points of a proof: only finite points of the right group, only 320 bytes, only together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from circuits.field import BN254_FR
from circuits.r1cs import PUBLIC_WIRES
from prover import (
    InvalidProof,
    Proof,
    ProvingKey,
    Reason,
    VerifyingKey,
    default_engine,
    prove,
    transcript,
    verify,
)
from prover.curve import BASE_MODULUS, G1Point, G2Point
from prover.groth16.prove import prove_deterministic
from prover.groth16.verify import equation_holds
from tests.prover.test_engines import off_subgroup_g2
from tests.soundness.forging import WASTE, WORDS, ProductWitness, keyed_columns, refused

R = BN254_FR.modulus


def unchecked(key: VerifyingKey, words: Sequence[int], proof: Proof) -> bool:
    """The broken twin of `verify` that looks at no point."""
    challenge = transcript.challenge(key.key_id, proof.d_g1, words)
    fingerprint = transcript.fingerprint(words, challenge)
    return equation_holds(key, challenge, fingerprint, proof, default_engine())


def test_infinity_is_refused_where_the_equation_would_hold(key: ProvingKey) -> None:
    """Blinding chosen, with the secrets in hand, so that D is infinity: the equation holds."""
    engine, keyed = default_engine(), keyed_columns(key)
    total = sum(word * keyed[j] for j, word in enumerate(WORDS, start=PUBLIC_WIRES))
    v = -total * BN254_FR.inverse(WASTE.delta_1 * WASTE.delta_2) % R
    proof = prove_deterministic(key, ProductWitness(WORDS), WORDS, engine, r=1, s=2, v=v)
    assert proof.d_g1.is_infinity
    assert unchecked(key.verifying_key, WORDS, proof)
    assert refused(key, WORDS, proof) is Reason.INFINITY


@pytest.mark.parametrize("point", ["a_g1", "c_g1", "d_g1"])
def test_bad_points_of_g1_are_refused(key: ProvingKey, honest: Proof, point: str) -> None:
    good: G1Point = getattr(honest, point)
    bad = {
        Reason.INFINITY: G1Point(0, 0),
        Reason.NOT_ON_CURVE: G1Point(good.x, good.y + 1),
        Reason.COORDINATE_RANGE: G1Point(good.x + BASE_MODULUS, good.y),
    }
    for reason, replacement in bad.items():
        changed = replace(honest, **{point: replacement})  # type: ignore[arg-type]
        assert refused(key, WORDS, changed) is reason


def test_bad_points_of_g2_are_refused(key: ProvingKey, honest: Proof) -> None:
    good = honest.b_g2
    bad = {
        Reason.INFINITY: G2Point(0, 0, 0, 0),
        Reason.NOT_ON_CURVE: replace(good, x_real=good.x_real + 1),
        Reason.COORDINATE_RANGE: replace(good, y_real=good.y_real + BASE_MODULUS),
        Reason.NOT_IN_SUBGROUP: off_subgroup_g2(),
    }
    for reason, replacement in bad.items():
        assert refused(key, WORDS, replace(honest, b_g2=replacement)) is reason


def test_proof_bytes_are_320_and_in_range(honest: Proof) -> None:
    data = honest.to_bytes()
    assert Proof.from_bytes(data) == honest
    for wrong in (b"", data[:-1], data + b"\0", data[:256]):
        with pytest.raises(InvalidProof, match=f"expected 320 bytes, received {len(wrong)}"):
            Proof.from_bytes(wrong)
    for place in range(0, 320, 32):
        value = int.from_bytes(data[place : place + 32], "big") + BASE_MODULUS
        shifted = data[:place] + value.to_bytes(32, "big") + data[place + 32 :]
        with pytest.raises(InvalidProof) as caught:
            Proof.from_bytes(shifted)
        assert caught.value.reason is Reason.COORDINATE_RANGE


def test_no_flipped_byte_of_a_proof_is_accepted(key: ProvingKey, honest: Proof) -> None:
    data = honest.to_bytes()
    for place in range(0, 320, 3):
        flipped = bytearray(data)
        flipped[place] ^= 1
        with pytest.raises(InvalidProof):
            verify(key.verifying_key, WORDS, Proof.from_bytes(bytes(flipped)))


def test_points_of_a_proof_cannot_be_mixed(key: ProvingKey, honest: Proof) -> None:
    other = prove(key, ProductWitness(WORDS), WORDS)
    for name in ("a_g1", "b_g2", "c_g1", "d_g1"):
        mixed = replace(honest, **{name: getattr(other, name)})
        assert refused(key, WORDS, mixed) is Reason.EQUATION
