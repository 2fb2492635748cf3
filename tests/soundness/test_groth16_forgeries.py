"""Forgeries of the proof system. Each works on a deliberately broken twin and fails on ours.

A verifier that always says yes passes every honest test; these are the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from circuits.field import BN254_FR, pack_scalars
from circuits.r1cs import PUBLIC_WIRES
from prover import (
    InvalidProof,
    LintError,
    Proof,
    ProvingKey,
    Reason,
    default_engine,
    prove,
    refuse_proving_key,
    transcript,
    verify,
)
from prover.curve import G1_GENERATOR, G1Point
from prover.errors import WordsError
from prover.groth16.prove import prove_deterministic
from tests.soundness.forging import (
    COMMITTED,
    FALSE_CLAIM,
    WASTE,
    WORDS,
    ProductWitness,
    add,
    keyed_columns,
    pieces,
    product_key,
    product_system,
    refused,
    satisfying_words,
    times,
)

R = BN254_FR.modulus


def challenge_of(key: ProvingKey, d_g1: G1Point, words: Sequence[int]) -> int:
    return transcript.challenge(key.verifying_key.key_id, d_g1, words)


def test_gamma_equal_to_delta_lets_anyone_prove_anything(key: ProvingKey) -> None:
    """C cancels the public part: no witness needed. Two systems lost their funds so in 2026."""

    def forge(target: ProvingKey) -> Proof:
        vk, d_g1 = target.verifying_key, times(target.delta_2_g1, 99)
        challenge = challenge_of(target, d_g1, FALSE_CLAIM)
        fingerprint = transcript.fingerprint(FALSE_CLAIM, challenge)
        public_g1 = default_engine().combine_g1(vk.gamma_abc_g1, (1, challenge, fingerprint))
        c_g1 = add(-public_g1, times(target.delta_1_g1, -99))
        return Proof(vk.alpha_g1, vk.beta_g2, c_g1, d_g1)

    twin = product_key(replace(WASTE, gamma=WASTE.delta_2))
    verify(twin.verifying_key, FALSE_CLAIM, forge(twin))
    with pytest.raises(LintError, match="gamma_g2 equals delta_2_g2"):
        refuse_proving_key(twin, default_engine())
    assert refused(key, FALSE_CLAIM, forge(key)) is Reason.EQUATION


def test_a_known_ratio_of_the_deltas_undoes_the_commitment(key: ProvingKey) -> None:
    """delta_1 = 7 delta_2: what D does not hold, C holds sevenfold, chosen after the challenge."""

    def forge(target: ProvingKey) -> Proof:
        d_g1 = times(G1_GENERATOR, 4711)
        challenge = challenge_of(target, d_g1, FALSE_CLAIM)
        parts = pieces(target, satisfying_words(FALSE_CLAIM, challenge), challenge)
        return parts.proof(add(parts.c_g1, times(add(parts.d_g1, -d_g1), 7)), d_g1)

    twin = product_key(replace(WASTE, delta_1=7 * WASTE.delta_2 % R))
    verify(twin.verifying_key, FALSE_CLAIM, forge(twin))
    assert refused(key, FALSE_CLAIM, forge(key)) is Reason.EQUATION


def test_a_committed_wire_also_in_l_query_undoes_the_commitment(key: ProvingKey) -> None:
    """With K_j / delta_2 of committed wires in hand, C corrects what D committed to."""
    honest_words = (1, 1, 1)

    def forge(target: ProvingKey, also_in_l_query: bytes | memoryview) -> Proof:
        engine = default_engine()
        committed = pieces(target, honest_words, 0).d_g1
        challenge = challenge_of(target, committed, FALSE_CLAIM)
        chosen = satisfying_words(FALSE_CLAIM, challenge)
        parts = pieces(target, chosen, challenge)
        change = [new - old for new, old in zip(chosen, honest_words, strict=True)]
        leaked = engine.load_g1(also_in_l_query)
        correction = engine.msm_g1(leaked, engine.load_scalars(pack_scalars(change)))
        return parts.proof(add(parts.c_g1, correction), committed)

    # The leak: the same key's committed wires over delta_2, as if they were private ones.
    leak = product_key(replace(WASTE, delta_1=WASTE.delta_2)).committed_query
    assert default_engine().load_g1(leak).to_bytes() != bytes(key.committed_query)
    verify(key.verifying_key, FALSE_CLAIM, forge(key, leak))
    assert refused(key, FALSE_CLAIM, forge(key, key.committed_query)) is Reason.EQUATION
    twin = replace(key, l_query=bytes(key.l_query) + bytes(leak))
    with pytest.raises(LintError, match="l_query holds"):
        refuse_proving_key(twin, default_engine())


def test_the_three_vectors_partition_the_wires(key: ProvingKey) -> None:
    """Every wire is published once: K_j over exactly one of gamma, delta_1, delta_2."""
    engine = default_engine()
    in_gamma = len(key.verifying_key.gamma_abc_g1)
    in_delta_1 = len(engine.load_g1(key.committed_query))
    in_delta_2 = len(engine.load_g1(key.l_query))
    assert in_gamma + in_delta_1 + in_delta_2 == key.wire_count == product_system().wire_count
    published = {bytes(key.committed_query[i : i + 64]) for i in range(0, 64 * in_delta_1, 64)}
    published |= {bytes(key.l_query[i : i + 64]) for i in range(0, 64 * in_delta_2, 64)}
    published |= {bytes(key.h_query[i : i + 64]) for i in range(0, len(key.h_query), 64)}
    keyed = keyed_columns(key)
    by_secret = {
        name: [value * BN254_FR.inverse(secret) for value in keyed]
        for name, secret in (("g", WASTE.gamma), ("1", WASTE.delta_1), ("2", WASTE.delta_2))
    }
    first_private = PUBLIC_WIRES + COMMITTED
    forbidden = by_secret["2"][:first_private]
    forbidden += by_secret["1"][:PUBLIC_WIRES] + by_secret["1"][first_private:]
    forbidden += by_secret["g"][PUBLIC_WIRES:]
    raw = engine.fixed_base_g1(pack_scalars(forbidden)).to_bytes()
    assert not published & {raw[i : i + 64] for i in range(0, len(raw), 64)}


def test_a_challenge_without_the_commitment_lets_the_forger_commit_late(
    key: ProvingKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The weakened transcript leaves D out: values are chosen after the challenge."""

    def forge() -> Proof:
        challenge = challenge_of(key, G1_GENERATOR, FALSE_CLAIM)
        parts = pieces(key, satisfying_words(FALSE_CLAIM, challenge), challenge)
        return parts.proof(parts.c_g1, parts.d_g1)

    assert refused(key, FALSE_CLAIM, forge()) is Reason.EQUATION
    sound = transcript.challenge
    monkeypatch.setattr(
        transcript, "challenge", lambda key_id, _, words: sound(key_id, G1_GENERATOR, words)
    )
    verify(key.verifying_key, FALSE_CLAIM, forge())


def test_d_cannot_be_replaced(
    key: ProvingKey, honest: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D + t delta_2 with C - t delta_1 keeps the equation, and draws another challenge."""
    moved = replace(
        honest,
        d_g1=add(honest.d_g1, times(key.delta_2_g1, 5)),
        c_g1=add(honest.c_g1, times(key.delta_1_g1, -5)),
    )
    assert refused(key, WORDS, moved) is Reason.EQUATION
    assert refused(key, WORDS, replace(honest, d_g1=-honest.d_g1)) is Reason.EQUATION
    challenge = challenge_of(key, honest.d_g1, WORDS)
    monkeypatch.setattr(transcript, "challenge", lambda *_: challenge)
    verify(key.verifying_key, WORDS, moved)


def test_word_plus_modulus_is_refused(key: ProvingKey, monkeypatch: pytest.MonkeyPatch) -> None:
    """One claim to the field, two to keccak: the same statement would pass twice."""
    doubled = (WORDS[0] + R, *WORDS[1:])
    with pytest.raises(WordsError, match="word 1"):
        prove(key, ProductWitness(WORDS), doubled)
    with monkeypatch.context() as broken:
        broken.setattr(transcript, "check_words", lambda words, count: None)
        proof = prove(key, ProductWitness(WORDS), doubled)
        verify(key.verifying_key, doubled, proof)
        assert transcript.data_hash(doubled) != transcript.data_hash(WORDS)
    assert refused(key, doubled, proof) is Reason.WORD_RANGE


def test_an_omitted_word_is_refused(key: ProvingKey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the number of words, (0, b, 0) and (b, 0) have one fingerprint."""
    words, shorter = (0, 8, 0), (8, 0)
    proof = prove(key, ProductWitness(words), words)
    assert refused(key, shorter, proof) is Reason.WORD_COUNT
    assert refused(key, (*words, 0), proof) is Reason.WORD_COUNT

    def countless(words: Sequence[int], challenge: int) -> int:
        sums = 0
        for word in words:
            sums = (sums * challenge + word) % R
        return sums

    twin = product_key(start=0)
    monkeypatch.setattr(transcript, "fingerprint", countless)
    monkeypatch.setattr(transcript, "check_words", lambda words, count: None)
    forged = prove(twin, ProductWitness(words, start=0), shorter)
    verify(twin.verifying_key, shorter, forged)


def test_the_word_count_is_part_of_the_fold(key: ProvingKey) -> None:
    """Even a verifier that forgets to count refuses: the fold starts with the number of words."""
    words = (0, 8, 0)
    proof = prove(key, ProductWitness(words), words)
    lax = replace(key.verifying_key, statement=replace(key.verifying_key.statement, word_count=2))
    with pytest.raises(InvalidProof, match="equation"):
        verify(lax, words[1:], proof)


def test_a_proof_of_another_key_is_refused(
    key: ProvingKey, honest: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same secrets, same system, another statement: only the key id in the transcript differs."""
    other = product_key(name="another statement")
    assert other.verifying_key.key_words == key.verifying_key.key_words
    assert refused(other, WORDS, honest) is Reason.EQUATION
    sound = transcript.challenge
    monkeypatch.setattr(
        transcript, "challenge", lambda _, d_g1, words: sound(bytes(32), d_g1, words)
    )
    verify(other.verifying_key, WORDS, prove(key, ProductWitness(WORDS), WORDS))


def test_a_key_of_other_secrets_refuses(key: ProvingKey, honest: Proof) -> None:
    waste = replace(WASTE, delta_1=WASTE.delta_1 + 1)
    assert refused(product_key(waste), WORDS, honest) is Reason.EQUATION


def test_a_rerandomised_proof_is_the_same_claim(key: ProvingKey, honest: Proof) -> None:
    """Groth16 proofs can be re-randomised by anyone; what they claim stays, so replays show."""
    engine = default_engine()
    u = 123456789
    again = replace(
        honest,
        a_g1=times(honest.a_g1, BN254_FR.inverse(u)),
        b_g2=engine.combine_g2([honest.b_g2], [u]),
    )
    verify(key.verifying_key, WORDS, again)
    assert again.to_bytes() != honest.to_bytes()
    shifted = replace(
        honest,
        b_g2=engine.combine_g2([honest.b_g2, key.verifying_key.delta_2_g2], [1, u]),
        c_g1=add(honest.c_g1, times(honest.a_g1, u)),
    )
    verify(key.verifying_key, WORDS, shifted)
    for altered in ((3, 5, 16), (5, 3, 15), (1, 15, 15)):
        assert refused(key, altered, again) is Reason.EQUATION


def test_the_commitment_hides_a_guessable_witness(key: ProvingKey, honest: Proof) -> None:
    """D without blinding is a function of the words; with it, no guess can be confirmed."""
    engine = default_engine()
    scalars = engine.load_scalars(pack_scalars(WORDS))
    bare = engine.msm_g1(engine.load_g1(key.committed_query), scalars)
    witness = ProductWitness(WORDS)
    unblinded = prove_deterministic(key, witness, WORDS, engine, r=1, s=1, v=0)
    assert unblinded.d_g1 == bare
    blinded = [prove(key, witness, WORDS) for _ in range(3)]
    points = {bare, honest.d_g1, *(proof.d_g1 for proof in blinded)}
    assert len(points) == 5


def test_the_quotient_vector_is_over_delta_2_only(key: ProvingKey) -> None:
    """h_query over delta_1 would let D absorb any error of the quotient after the challenge."""
    scalars = np.frombuffer(key.h_query, dtype=np.uint64)
    assert scalars.size == 8 * key.domain.size
    over_delta_1 = product_key(replace(WASTE, delta_2=WASTE.delta_1)).h_query
    published = {bytes(key.h_query[i : i + 64]) for i in range(0, len(key.h_query), 64)}
    leaked = {bytes(over_delta_1[i : i + 64]) for i in range(0, len(over_delta_1), 64)}
    assert not published & leaked
