"""A valid proof of words that no encoder writes: the circuit leaves `options` to the signers.

Whoever verifies without a chain has no signers' hash to compare with, so it must read the words.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import prover
from circuits.profile import R6
from circuits.statements.option_marks import Market, OptionMarks, Shape
from node.attestations import Attestation, InvalidAttestationError, verify_attestation
from node.attestations.make import OFF_CHAIN
from node.keys import KeyStore
from node.service.keys import KeyStoreVerifier
from node.values import AttestationBytes
from tests.e2e.settlement import small_market

STATEMENT = OptionMarks(Shape(2), R6)


class BoastfulMarket(Market):
    """Says that it has more options than it has."""

    option_count = property(lambda _: 999)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyStore:
    store = KeyStore(tmp_path_factory.mktemp("keys"), test_profiles=True)
    store.ensure_development_key(STATEMENT)
    return store


def attest(keys: KeyStore, market: Market) -> Attestation:
    key = keys.ensure_development_key(STATEMENT)
    witness = STATEMENT.witness(OFF_CHAIN, market)
    proof = prover.prove(key, witness, witness.words)
    vk = key.verifying_key
    prover.verify(vk, witness.words, proof)  # the proof itself is sound
    return Attestation(vk.key_id, vk.statement, witness.words, proof.to_bytes())


def on_the_wire(attestation: Attestation) -> AttestationBytes:
    words = b"".join(word.to_bytes(32, "big") for word in attestation.words)
    return AttestationBytes(attestation.key_id, words, attestation.proof)


def test_a_false_number_of_options_is_refused_by_file_and_by_wire(keys: KeyStore) -> None:
    market = small_market()
    honest = attest(keys, market)
    fields = (market.underlying_id, market.tick_exponent, market.snapshot_unix, market.groups)
    boastful = attest(keys, BoastfulMarket(*fields))
    key, engine = keys.verifying_key_by_id(honest.key_id), prover.default_engine()
    verify_attestation(honest, key, engine)
    with pytest.raises(InvalidAttestationError, match="999 options"):
        verify_attestation(boastful, key, engine)
    verifier = KeyStoreVerifier(keys)
    assert verifier.verify(on_the_wire(honest)).valid
    found = verifier.verify(on_the_wire(boastful))
    assert not found.valid
    assert "999 options" in found.reason


def test_the_key_directory_is_not_named(keys: KeyStore, tmp_path: Path) -> None:
    """A caller over the wire learns nothing about the node's files."""
    empty = KeyStoreVerifier(KeyStore(tmp_path / "nothing"))
    with pytest.raises(Exception, match="not in this node's key store") as caught:
        empty.verify(on_the_wire(attest(keys, small_market())))
    assert str(tmp_path) not in str(caught.value)
