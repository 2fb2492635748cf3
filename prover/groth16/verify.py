"""Verify: five pairings, one product.

e(A, B) = e(alpha, beta) e(K_0 + challenge K_1 + fingerprint K_2, gamma)
          e(C, delta_2) e(D, delta_1)
"""

from __future__ import annotations

from collections.abc import Sequence

from prover import transcript
from prover.engines import default_engine
from prover.engines.base import Engine
from prover.errors import InvalidProof, MalformedPointError, Reason, WordsError
from prover.groth16.proof import Proof
from prover.groth16.verifying_key import VerifyingKey


def verify(
    verifying_key: VerifyingKey,
    words: Sequence[int],
    proof: Proof,
    engine: Engine | None = None,
) -> None:
    """Return if the proof proves these words under this key, else raise InvalidProof.

    The key is trusted (`VerifyingKey` from a key file or the linter's hands); words and proof
    are not. The acceptance set is exactly the verifier contract's.
    """
    engine = engine or default_engine()
    try:
        transcript.check_words(words, verifying_key.statement.word_count)
    except WordsError as error:
        raise InvalidProof(error.reason, str(error)) from error
    check_points(proof, engine)
    challenge = transcript.challenge(verifying_key.key_id, proof.d_g1, words)
    fingerprint = transcript.fingerprint(words, challenge)
    if not equation_holds(verifying_key, challenge, fingerprint, proof, engine):
        raise InvalidProof(Reason.EQUATION, "the pairing equation does not hold")


def check_points(proof: Proof, engine: Engine) -> None:
    """Raise InvalidProof unless the four points are finite points of their groups."""
    for name in ("a_g1", "c_g1", "d_g1"):
        try:
            engine.check_g1(getattr(proof, name))
        except MalformedPointError as error:
            raise InvalidProof(error.reason, name) from error
    try:
        engine.check_g2(proof.b_g2)
    except MalformedPointError as error:
        raise InvalidProof(error.reason, "b_g2") from error


def equation_holds(
    key: VerifyingKey, challenge: int, fingerprint: int, proof: Proof, engine: Engine
) -> bool:
    """The pairing equation alone; the points must have been checked."""
    public_g1 = engine.combine_g1(key.gamma_abc_g1, (1, challenge, fingerprint))
    return engine.pairing_product_is_one(
        [
            (-proof.a_g1, proof.b_g2),
            (key.alpha_g1, key.beta_g2),
            (public_g1, key.gamma_g2),
            (proof.c_g1, key.delta_2_g2),
            (proof.d_g1, key.delta_1_g2),
        ]
    )
