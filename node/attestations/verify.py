"""Verification of an attestation under a key that did not come with it."""

from __future__ import annotations

from circuits.statements.option_marks import DecodedWords, InputError, OptionMarks, decode_words
from circuits.statements.portfolio_margin import Claim
from circuits.statements.portfolio_margin import decode_words as decode_claim
from node.attestations.errors import InvalidAttestationError
from node.attestations.model import Attestation
from node.keys import KnownStatement, statement_of
from prover import Engine, InvalidProof, Proof, VerifyingKey, verify


def verify_attestation(
    attestation: Attestation, key: VerifyingKey, engine: Engine
) -> tuple[KnownStatement, DecodedWords | Claim]:
    """What a valid attestation says, and by which statement; InvalidAttestationError.

    A valid proof of words that no encoder writes (a false number of options, say) is refused
    too: the circuit leaves that field to the oracle's signers.
    """
    _check_identity(attestation, key)
    try:
        verify(key, attestation.words, Proof.from_bytes(attestation.proof), engine)
    except InvalidProof as error:
        raise InvalidAttestationError(f"the proof is refused, {error}") from error
    statement = statement_of(key.statement)
    try:
        return statement, _decoded(statement, attestation.words)
    except InputError as error:
        raise InvalidAttestationError(f"the words say nothing, {error}") from error


def _decoded(statement: KnownStatement, words: tuple[int, ...]) -> DecodedWords | Claim:
    """A market with its marks, or what is claimed of a margin; InputError."""
    if isinstance(statement, OptionMarks):
        return decode_words(words, statement.shape, greeks=statement.greeks)
    return decode_claim(words, statement.shape)


def _check_identity(attestation: Attestation, key: VerifyingKey) -> None:
    if attestation.key_id != key.key_id:
        raise InvalidAttestationError(
            f"the attestation names key {attestation.key_id.hex()}, expected {key.key_id.hex()}"
        )
    for field in ("name", "version", "parameters", "word_count"):
        received, expected = getattr(attestation.statement, field), getattr(key.statement, field)
        if received != expected:
            raise InvalidAttestationError(
                f"statement.{field} is {received!r}, expected {expected!r} as in the key"
            )
