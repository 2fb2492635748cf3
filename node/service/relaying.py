"""From a finished attestation to a job for the relay: checked, verified, stored.

The cheap checks come first: sizes, header, consumer, whether it is known; then the proof; then the
registry is asked what it would say. So nothing waits that would not have passed when it came, and
nobody can keep a place on chain with words that the consumer refuses. Nothing of the words is
logged beyond what names them.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

import prover
from circuits.statements.header import HEADER_WORDS, Header, unpack_header
from circuits.statements.ranges import InputError
from node.keys import KeyNotFoundError, KeyStore, NotServedError
from node.rpc.errors import (
    Draining,
    Fault,
    KeyNotFound,
    NoSettlement,
    ProofInvalid,
    QueueFull,
    RequestFaults,
    SlotTaken,
    Unsupported,
)
from node.rpc.ports import StillWanted
from node.service.jobs import RELAY_KIND, StoredJobs
from node.service.rate import RateLimit
from node.service.settlement import SettlementPort
from node.store import (
    LeaseLostError,
    NewAttestation,
    Slot,
    SlotTakenError,
    Store,
    Submission,
)
from node.values import AttestationBytes, JobView
from node.words import WORD_BYTES, split_words
from prover import PROOF_BYTES, VerifyingKey, transcript

_KEY_ID_BYTES = 32
_QUEUE_RETRY_SECONDS = 5.0

log = structlog.get_logger("node")


@dataclass(frozen=True)
class RelayIntake:
    """How much is taken: while fewer are in no block yet, and so many new ones in a minute.

    `of_one` is how many of one key, consumer and subject wait; `per_minute` counts for each caller.
    """

    waiting: int = 256
    of_one: int = 8
    per_minute: int = 120


class AttestationRelay:
    """RelayAttestation behind the server's port."""

    def __init__(
        self,
        store: Store,
        jobs: StoredJobs,
        keys: KeyStore,
        settlement: SettlementPort,
        policy: RelayIntake,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._keys = keys
        self._settlement = settlement
        self._policy = policy
        self._rate = RateLimit(policy.per_minute)

    def relay(
        self, attestation: AttestationBytes, caller: str, still_wanted: StillWanted
    ) -> JobView:
        """The job, on disk before this returns; the same words again answer the same job."""
        if self._settlement.describe() is None:
            raise NoSettlement("this node settles on no chain, so it relays nothing; ask another")
        _check_sizes(attestation)
        key = self._key(attestation.key_id)
        words = _words(attestation, key)
        header, data_hash = _header(words), _data_hash(words)
        self._settlement.check_header(header)
        slot = _slot(attestation.key_id, header, words)
        known = self._store.jobs.find_handed_in(RELAY_KIND, data_hash, slot)
        if known is not None:
            return self._jobs.view(known)
        self._check_room(slot, caller)
        _verify(attestation, key, words, header)
        finished = NewAttestation(
            key_id=attestation.key_id,
            data_hash=data_hash,
            words=attestation.words,
            proof=attestation.proof,
        )
        self._settlement.ask_registry(finished)
        still_wanted()
        return self._accept(finished, slot)

    def _accept(self, finished: NewAttestation, slot: Slot) -> JobView:
        submission = Submission(kind=RELAY_KIND, payload=b"", content_digest=finished.data_hash)
        try:
            accepted = self._store.jobs.hand_in(submission, finished, slot)
        except SlotTakenError as error:
            raise SlotTaken(str(error), metadata={"sequence": str(slot.sequence)}) from error
        except LeaseLostError as error:
            raise Draining(f"this node is no longer the store's: {error}") from error
        if accepted.created:
            log.info("relaying", job_id=accepted.job.id, key_id=finished.key_id.hex())
        return self._jobs.view(accepted.job)

    def _key(self, key_id: bytes) -> VerifyingKey:
        try:
            return self._keys.relayed_key_by_id(key_id)
        except KeyNotFoundError as error:
            raise KeyNotFound(
                f"key {key_id.hex()} is not in this node's key store",
                metadata={"key_id": key_id.hex()},
            ) from error
        except NotServedError as error:
            raise Unsupported(str(error)) from error

    def _check_room(self, slot: Slot, caller: str) -> None:
        waiting = self._store.outbox.waiting()
        if waiting >= self._policy.waiting:
            raise QueueFull(
                f"{waiting} attestations are in no block yet, the most this node keeps; send later",
                metadata={"limit": str(self._policy.waiting)},
                retry_after_seconds=_QUEUE_RETRY_SECONDS,
            )
        beside = self._store.outbox.waiting(slot)
        if beside >= self._policy.of_one:
            raise QueueFull(
                f"{beside} attestations of this key, consumer and subject are in no block yet; "
                "send the next one later",
                metadata={"limit": str(self._policy.of_one)},
                retry_after_seconds=_QUEUE_RETRY_SECONDS,
            )
        delay = self._rate.take(caller)
        if delay:
            raise QueueFull(
                f"{self._policy.per_minute} attestations a minute are looked at for one caller; "
                "send later",
                metadata={"limit": str(self._policy.per_minute)},
                retry_after_seconds=delay,
            )


def _verify(
    attestation: AttestationBytes, key: VerifyingKey, words: tuple[int, ...], header: Header
) -> None:
    try:
        prover.refuse_chain(key, header.chain_id)
        proof = prover.Proof.from_bytes(attestation.proof)
        prover.verify(key, words, proof, prover.default_engine())
    except prover.InvalidProof as error:
        raise ProofInvalid(f"the proof is refused, {error.reason.value}") from error
    except prover.LintError as error:
        raise Unsupported(f"key {attestation.key_id.hex()}: {error}") from error


def _check_sizes(attestation: AttestationBytes) -> None:
    faults = []
    if len(attestation.key_id) != _KEY_ID_BYTES:
        faults.append(Fault("attestation.key_id", f"{len(attestation.key_id)} bytes, expected 32"))
    if len(attestation.proof) != PROOF_BYTES:
        received = len(attestation.proof)
        faults.append(Fault("attestation.proof", f"{received} bytes, expected {PROOF_BYTES}"))
    if len(attestation.words) % WORD_BYTES:
        fault = f"{len(attestation.words)} bytes are no multiple of 32"
        faults.append(Fault("attestation.words", fault))
    if faults:
        raise RequestFaults(faults)


def _words(attestation: AttestationBytes, key: VerifyingKey) -> tuple[int, ...]:
    count, expected = len(attestation.words) // WORD_BYTES, key.statement.word_count
    if count != expected or count < HEADER_WORDS:
        fault = f"{count} words, a statement of this key has {expected}"
        raise RequestFaults([Fault("attestation.words", fault)])
    return split_words(attestation.words)


def _header(words: tuple[int, ...]) -> Header:
    try:
        return unpack_header(words)
    except InputError as error:
        fault = "words 1 and 2 are no header"
        raise RequestFaults([Fault("attestation.words", fault)]) from error


def _data_hash(words: tuple[int, ...]) -> bytes:
    try:
        return transcript.data_hash(words)
    except prover.ProverError as error:
        raise RequestFaults([Fault("attestation.words", str(error))]) from error


def _slot(key_id: bytes, header: Header, words: tuple[int, ...]) -> Slot:
    """By the header alone: subject is an underlying or an account, whatever the statement."""
    return Slot(
        chain_id=header.chain_id,
        registry=header.registry.to_bytes(20, "big"),
        key_id=key_id,
        consumer=header.consumer.to_bytes(20, "big"),
        subject=words[2].to_bytes(WORD_BYTES, "big"),
        sequence=header.sequence,
        valid_until=header.valid_until,
    )
