"""Prove: commit, draw the challenge, answer it. A deterministic core and a sampling wrapper."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import numpy as np

from circuits.field import BN254_FR, FieldArray, pack_scalars
from circuits.r1cs import ChallengeCollisionError, TwoPhaseWitness
from prover import transcript
from prover.engines import default_engine
from prover.engines.base import Engine
from prover.errors import WitnessError
from prover.groth16.proof import Proof
from prover.groth16.proving_key import ProvingKey


def prove(
    proving_key: ProvingKey,
    witness: TwoPhaseWitness,
    words: Sequence[int],
    engine: Engine | None = None,
) -> Proof:
    """A proof that the words belong to a witness; fresh randomness from the operating system.

    The challenge equals a looked-up value with probability below 2^-228: one retry, with a new v.
    Raises WordsError, WitnessError and UnsatisfiedConstraintError; with a key whose points the
    linter has not seen, MalformedPointError, or the proof may be wrong.
    """
    engine = engine or default_engine()
    try:
        return _prove_sampled(proving_key, witness, words, engine)
    except ChallengeCollisionError:  # a second one in a row is a broken witness
        return _prove_sampled(proving_key, witness, words, engine)


def _prove_sampled(
    key: ProvingKey, witness: TwoPhaseWitness, words: Sequence[int], engine: Engine
) -> Proof:
    r, s, v = (secrets.randbelow(BN254_FR.modulus) for _ in range(3))
    return prove_deterministic(key, witness, words, engine, r=r, s=s, v=v)


def prove_deterministic(
    key: ProvingKey,
    witness: TwoPhaseWitness,
    words: Sequence[int],
    engine: Engine,
    *,
    r: int,
    s: int,
    v: int,
) -> Proof:
    """The core. Blinding factors used twice, or known, give the witness away: tests only.

    r blinds A, s blinds B, v blinds D; C is then determined (prover/docs/security.md, section 3).
    """
    verifying_key, loaded = key.verifying_key, key.loaded(engine)
    transcript.check_words(words, verifying_key.statement.word_count)
    committed = _scalars(witness.committed(), key.committed_count, "committed")
    d_g1 = engine.combine_g1(
        [engine.msm_g1(loaded.committed_query, engine.load_scalars(committed)), key.delta_2_g1],
        [1, v],
    )
    challenge = transcript.challenge(verifying_key.key_id, d_g1, words)
    wires = _answer(key, witness, words, challenge, committed)
    z, quotient = engine.load_scalars(wires), engine.quotient(loaded.matrices, wires)
    a_g1 = engine.combine_g1(
        [verifying_key.alpha_g1, engine.msm_g1(loaded.a_query, z), key.delta_2_g1], [1, 1, r]
    )
    b_g1 = engine.combine_g1(
        [key.beta_g1, engine.msm_g1(loaded.b_g1_query, z), key.delta_2_g1], [1, 1, s]
    )
    b_g2 = engine.combine_g2(
        [verifying_key.beta_g2, engine.msm_g2(loaded.b_g2_query, z), verifying_key.delta_2_g2],
        [1, 1, s],
    )
    l_g1 = engine.msm_g1(loaded.l_query, z.tail(len(z) - key.private_count))
    h_g1 = engine.msm_g1(loaded.h_query, engine.load_scalars(quotient))
    c_g1 = engine.combine_g1(
        [l_g1, h_g1, a_g1, b_g1, key.delta_2_g1, key.delta_1_g1], [1, 1, s, r, -r * s, -v]
    )
    return Proof(a_g1=a_g1, b_g2=b_g2, c_g1=c_g1, d_g1=d_g1)


def _answer(
    key: ProvingKey,
    witness: TwoPhaseWitness,
    words: Sequence[int],
    challenge: int,
    committed: FieldArray,
) -> FieldArray:
    """All wires, the private ones last, once the challenge is known."""
    fingerprint, values = witness.respond(challenge)
    if fingerprint != transcript.fingerprint(words, challenge):
        raise WitnessError("the witness is of other words: fingerprints differ")
    private = _scalars(values, key.private_count, "private")
    public = pack_scalars((1, challenge, fingerprint))
    return np.concatenate([public, committed, private])


def _scalars(values: FieldArray, count: int, wires: str) -> FieldArray:
    if values.shape != (count, 4):
        raise WitnessError(f"expected {count} {wires} wires, received shape {values.shape}")
    return np.ascontiguousarray(values, dtype=np.uint64)
