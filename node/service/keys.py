"""The key store behind the ports: verification, and what the node can prove."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import metadata

import prover
from circuits.statements.option_marks import OptionMarks
from node.attestations import Attestation, InvalidAttestationError, verify_attestation
from node.keys import KeyNotFoundError, KeyStore
from node.proving.task import option_marks
from node.quoting import Underlying
from node.rpc.errors import KeyNotFound
from node.service.intake import IntakePolicy
from node.service.settlement import SettlementPort
from node.values import (
    AttestationBytes,
    ListedUnderlying,
    MarksStatement,
    NodeDescription,
    ServedStatement,
    Verification,
)
from node.words import WORD_BYTES, split_words
from prover import transcript

_KEY_ID_BYTES = 32
_UNDERLYING_ID_BYTES = 12


class KeyStoreVerifier:
    """VerifyAttestation behind the server's port."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    def verify(self, attestation: AttestationBytes) -> Verification:
        """What was found; malformed bytes are an answer, a missing key is KeyNotFound."""
        if len(attestation.key_id) != _KEY_ID_BYTES:
            return _invalid(f"key id: expected 32 bytes, received {len(attestation.key_id)}")
        if len(attestation.words) % WORD_BYTES:
            return _invalid(f"words: {len(attestation.words)} bytes are no multiple of 32")
        try:
            key = self._keys.verifying_key_by_id(attestation.key_id)
        except KeyNotFoundError as error:
            raise KeyNotFound(
                f"key {attestation.key_id.hex()} is not in this node's key store",
                metadata={"key_id": attestation.key_id.hex()},
            ) from error
        words = split_words(attestation.words)
        try:
            verify_attestation(
                Attestation(attestation.key_id, key.statement, words, attestation.proof),
                key,
                prover.default_engine(),
            )
        except InvalidAttestationError as error:
            return _invalid(str(error))
        return Verification(reason="", data_hash=transcript.data_hash(words))


class NodeDescriber:
    """GetCapabilities behind the server's port."""

    def __init__(
        self,
        keys: KeyStore,
        underlyings: Iterable[Underlying],
        settlement: SettlementPort,
        policy: IntakePolicy,
    ) -> None:
        self._keys = keys
        self._underlyings = tuple(underlyings)
        self._settlement = settlement
        self._policy = policy

    def describe(self) -> NodeDescription:
        """As of now."""
        return NodeDescription(
            version=_version(),
            engine=prover.default_engine().name,
            underlyings=tuple(
                ListedUnderlying(
                    symbol=u.symbol,
                    tick_exponent=u.tick_exponent,
                    underlying_id=u.underlying_id.to_bytes(_UNDERLYING_ID_BYTES, "big"),
                )
                for u in self._underlyings
            ),
            statements=tuple(self._statements()),
            queued_jobs=self._policy.queued_jobs,
            chain=self._settlement.describe(),
        )

    def _statements(self) -> Iterable[ServedStatement]:
        for shape in self._policy.shapes:
            for statement in MarksStatement:
                marks = option_marks(statement, shape, self._policy.profile)
                entry = self._keys.find(marks)
                key = entry.verifying_key if entry else None
                yield ServedStatement(
                    statement=statement,
                    capacity=shape.capacity,
                    statement_id=_statement_id(marks),
                    key_id=b"" if key is None else key.key_id,
                    development_key=None if key is None else key.unsafe_dev,
                )


def _statement_id(marks: OptionMarks) -> bytes:
    return prover.StatementIdentity.of(marks.description).statement_id


@cache
def _version() -> str:
    try:
        return metadata.version("proofmark")
    except metadata.PackageNotFoundError:
        return "not installed"


def _invalid(reason: str) -> Verification:
    return Verification(reason=reason, data_hash=b"")
