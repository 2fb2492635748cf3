"""Setup, prove, verify: completeness, determinism, both engines alike, and honest refusals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import pytest

from circuits.field import FieldArray, pack_scalars
from circuits.r1cs import R1CS, ChallengeCollisionError, TwoPhaseWitness
from prover import (
    Engine,
    InvalidProof,
    Proof,
    ProvingKey,
    Reason,
    UnsatisfiedConstraintError,
    WitnessError,
    WordsError,
    development_toxic_waste,
    prove,
    r1cs_digest,
    reference,
    sample_toxic_waste,
    setup,
    verify,
)
from prover.groth16.prove import prove_deterministic
from tests.prover.systems import (
    RandomWitness,
    SquaresWitness,
    description,
    random_system,
    squares,
)

Made = tuple[R1CS, SquaresWitness | RandomWitness]
SYSTEMS: dict[str, Callable[[], Made]] = {
    "squares": lambda: squares(lanes=4, word_count=2),
    "random": lambda: random_system(seed=5, row_count=25),
    "random on three cosets": lambda: random_system(seed=6, row_count=20),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_both_engines_agree_bit_for_bit(native_engine: Engine, name: str) -> None:
    r1cs, witness = SYSTEMS[name]()
    waste = development_toxic_waste(b"agree", r1cs_digest(r1cs.canonical_bytes()))
    keys, proofs = [], []
    for engine in (native_engine, reference()):
        key = setup(r1cs, description(len(witness.words)), waste, engine)
        blinding = {"r": 11, "s": 2**200, "v": 3**100}
        proofs.append(prove_deterministic(key, witness, witness.words, engine, **blinding))
        keys.append(key)
    assert proofs[0] == proofs[1]
    for item in fields(ProvingKey):
        if item.name not in ("matrices", "_loaded"):
            assert getattr(keys[0], item.name) == getattr(keys[1], item.name), item.name
    for engine in (native_engine, reference()):
        verify(keys[0].verifying_key, witness.words, proofs[0], engine)


@pytest.mark.parametrize("seed", range(20))
def test_honest_proofs_of_random_systems_verify(native_engine: Engine, seed: int) -> None:
    r1cs, witness = random_system(seed, row_count=5 + 7 * seed)
    key = setup(r1cs, description(3), sample_toxic_waste(), native_engine)
    proof = prove(key, witness, witness.words, native_engine)
    verify(key.verifying_key, witness.words, proof, native_engine)
    decoded = Proof.from_bytes(proof.to_bytes())
    assert decoded == proof
    assert len(proof.words) == 10


def test_a_system_of_a_few_thousand_rows_proves(native_engine: Engine) -> None:
    r1cs, witness = squares(lanes=2500, word_count=700)
    key = setup(r1cs, description(700), sample_toxic_waste(), native_engine)
    verify(key.verifying_key, witness.words, prove(key, witness, witness.words, native_engine))


def test_two_proofs_of_one_witness_share_no_point(
    key: ProvingKey, system: tuple[R1CS, SquaresWitness]
) -> None:
    _, witness = system
    first, second = (prove(key, witness, witness.words) for _ in range(2))
    assert not {first.a_g1, first.c_g1, first.d_g1} & {second.a_g1, second.c_g1, second.d_g1}
    assert first.b_g2 != second.b_g2


def test_an_altered_word_or_point_is_refused(
    key: ProvingKey, system: tuple[R1CS, SquaresWitness]
) -> None:
    _, witness = system
    proof = prove(key, witness, witness.words)
    for position in range(2):
        words = list(witness.words)
        words[position] ^= 1
        with pytest.raises(InvalidProof) as caught:
            verify(key.verifying_key, words, proof)
        assert caught.value.reason is Reason.EQUATION
    swapped = Proof(proof.c_g1, proof.b_g2, proof.a_g1, proof.d_g1)
    with pytest.raises(InvalidProof, match="equation"):
        verify(key.verifying_key, witness.words, swapped)


class CollidingWitness:
    """Refuses the first challenges, as if they were looked-up values."""

    def __init__(self, witness: SquaresWitness, collisions: int) -> None:
        self.witness = witness
        self.collisions = collisions
        self.seen: list[int] = []

    def committed(self) -> FieldArray:
        return self.witness.committed()

    def respond(self, challenge: int) -> tuple[int, FieldArray]:
        self.seen.append(challenge)
        if len(self.seen) <= self.collisions:
            raise ChallengeCollisionError
        return self.witness.respond(challenge)


def test_a_collision_is_answered_with_a_new_commitment(
    key: ProvingKey, system: tuple[R1CS, SquaresWitness]
) -> None:
    _, witness = system
    colliding = CollidingWitness(witness, collisions=1)
    verify(key.verifying_key, witness.words, prove(key, colliding, witness.words))
    assert len(set(colliding.seen)) == 2
    with pytest.raises(ChallengeCollisionError):
        prove(key, CollidingWitness(witness, collisions=2), witness.words)


class LyingWitness:
    """Passes values through a change."""

    def __init__(
        self,
        witness: SquaresWitness,
        committed: Callable[[FieldArray], FieldArray] = lambda values: values,
        private: Callable[[FieldArray], FieldArray] = lambda values: values,
    ) -> None:
        self.witness, self.change_committed, self.change_private = witness, committed, private

    def committed(self) -> FieldArray:
        return self.change_committed(self.witness.committed())

    def respond(self, challenge: int) -> tuple[int, FieldArray]:
        fingerprint, values = self.witness.respond(challenge)
        return fingerprint, self.change_private(values)


def _plus_one(values: FieldArray) -> FieldArray:
    changed = values.copy()
    changed[-1, 0] ^= 1
    return changed


LIES: dict[str, tuple[Callable[[SquaresWitness], TwoPhaseWitness], type[Exception]]] = {
    "committed": (lambda w: LyingWitness(w, committed=_plus_one), UnsatisfiedConstraintError),
    "private": (lambda w: LyingWitness(w, private=_plus_one), UnsatisfiedConstraintError),
    "short": (lambda w: LyingWitness(w, private=lambda v: v[1:]), WitnessError),
    "long": (lambda w: LyingWitness(w, committed=lambda v: pack_scalars([1] * 99)), WitnessError),
}


@pytest.mark.parametrize("lie", LIES)
def test_the_prover_refuses_a_false_witness(
    key: ProvingKey, system: tuple[R1CS, SquaresWitness], lie: str
) -> None:
    r1cs, witness = system
    lying, error = LIES[lie]
    with pytest.raises(error) as caught:
        prove(key, lying(witness), witness.words)
    if isinstance(caught.value, UnsatisfiedConstraintError):
        assert "squares" in r1cs.row_path(caught.value.row)


def test_the_prover_refuses_other_words(
    key: ProvingKey, system: tuple[R1CS, SquaresWitness]
) -> None:
    _, witness = system
    with pytest.raises(WitnessError, match="fingerprints differ"):
        prove(key, witness, (1, 2))
    with pytest.raises(WordsError, match="expected 2 words, received 3"):
        prove(key, witness, (*witness.words, 0))
