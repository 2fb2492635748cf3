"""The whole statement on both engines: bit for bit at R6, where the reference engine can follow."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from circuits.edsl import Numbers
from circuits.profile import R6, R14, Profile
from circuits.statements.option_marks import Header, OptionMarks, Shape
from prover import (
    InvalidProof,
    Proof,
    ProvingKey,
    development_toxic_waste,
    lane_numbers,
    native,
    r1cs_digest,
    reference,
    setup,
    verify,
)
from prover.engines import Engine
from prover.groth16.prove import prove_deterministic
from tests.e2e.settlement import small_market

HEADER = Header(chain_id=31337, registry=0xA, consumer=0xC, sequence=7, valid_until=1_800_000_000)
BLINDING = {"r": 3**150, "s": 5**100, "v": 7**80}
QUERIES = ("a_query", "b_g1_query", "b_g2_query", "committed_query", "l_query", "h_query")


class Made(NamedTuple):
    key: ProvingKey
    words: tuple[int, ...]
    proof: Proof


def make(statement: OptionMarks, engine: Engine, numbers: Numbers | None) -> Made:
    r1cs = statement.r1cs()
    waste = development_toxic_waste(b"both engines", r1cs_digest(r1cs.canonical_bytes()))
    key = setup(r1cs, statement.description, waste, engine)
    witness = statement.witness(HEADER, small_market(), numbers=numbers)
    proof = prove_deterministic(key, witness, witness.words, engine, **BLINDING)
    return Made(key, witness.words, proof)


@pytest.fixture(scope="module", params=["one coset", "three cosets"])
def made(request: pytest.FixtureRequest) -> tuple[Made, Made]:
    """The two kinds of domain; the Greeks fill the second."""
    statement = OptionMarks(Shape(2, 3), R6, greeks=request.param == "three cosets")
    ours = make(statement, reference(), None)
    theirs = make(statement, native(), lane_numbers())
    assert (ours.key.domain.size % 3 == 0) is statement.greeks
    return ours, theirs


def test_keys_agree_bit_for_bit(made: tuple[Made, Made]) -> None:
    ours, theirs = made
    assert ours.key.verifying_key == theirs.key.verifying_key
    for name in QUERIES:
        assert bytes(getattr(ours.key, name)) == bytes(getattr(theirs.key, name)), name


def test_proofs_agree_bit_for_bit(made: tuple[Made, Made]) -> None:
    ours, theirs = made
    assert ours.words == theirs.words
    assert ours.proof.to_bytes() == theirs.proof.to_bytes()


def test_each_engine_verifies_the_others_proof(made: tuple[Made, Made]) -> None:
    ours, theirs = made
    verify(ours.key.verifying_key, theirs.words, theirs.proof, reference())
    verify(theirs.key.verifying_key, ours.words, ours.proof, native())


@pytest.mark.parametrize("engine", [reference(), native()], ids=["reference", "native"])
def test_each_engine_refuses_other_words(made: tuple[Made, Made], engine: Engine) -> None:
    ours, _ = made
    words = (*ours.words[:-1], ours.words[-1] + 1)
    with pytest.raises(InvalidProof):
        verify(ours.key.verifying_key, words, ours.proof, engine)


@pytest.mark.parametrize(("profile", "greeks"), [(R6, True), (R14, False), (R14, True)])
def test_the_native_engine_proves_every_form(profile: Profile, greeks: bool) -> None:
    made = make(OptionMarks(Shape(2, 3), profile, greeks), native(), lane_numbers())
    verify(made.key.verifying_key, made.words, made.proof, native())
    with pytest.raises(InvalidProof):
        verify(made.key.verifying_key, made.words[::-1], made.proof, native())
