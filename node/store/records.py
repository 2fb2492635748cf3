"""Rows as plain data, in and out."""

from dataclasses import dataclass
from typing import NewType

from node.store.states import AttemptKind, AttemptState, Cause, Proving, Settlement
from node.words import split_words

__all__ = [
    "Accepted",
    "Attempt",
    "Attestation",
    "BlockCursor",
    "Job",
    "NewAttempt",
    "NewAttestation",
    "OutboxEntry",
    "OutboxId",
    "Slot",
    "Submission",
    "Transition",
    "WaitingJob",
]

OutboxId = NewType("OutboxId", int)


@dataclass(frozen=True)
class Submission:
    """A request to be accepted.

    ``content_digest`` (32 bytes) is taken over the canonical content, never over protobuf bytes;
    ``payload`` is what the prover needs, in a form of the caller's own. ``deadline_ms`` is when
    the job expires if it is not being proved by then.
    """

    kind: str
    payload: bytes
    content_digest: bytes
    request_id: str | None = None
    deadline_ms: int | None = None


@dataclass(frozen=True)
class Job:
    """One accepted request. ``cause`` and ``detail`` explain the latest change, if they can."""

    id: str
    request_id: str | None
    content_digest: bytes
    kind: str
    payload: bytes
    deadline_ms: int | None
    proving: Proving
    settlement: Settlement
    cause: Cause | None
    detail: str | None
    attestation_id: int | None
    outbox_id: OutboxId | None
    submitted_ms: int
    updated_ms: int

    @property
    def is_terminal(self) -> bool:
        """Whether nothing more will happen to the job."""
        if self.proving is Proving.PROVED:
            return self.outbox_id is None or self.settlement.is_terminal
        return self.proving.is_terminal


@dataclass(frozen=True)
class WaitingJob:
    """A job that waits for a worker, as far as its turn depends on it."""

    id: str
    submitted_ms: int
    deadline_ms: int | None


@dataclass(frozen=True)
class Accepted:
    """Answer to a submission; ``created`` is False when it had been accepted before."""

    job: Job
    created: bool


@dataclass(frozen=True)
class Transition:
    """One step of a job on one axis (``proving`` or ``settlement``)."""

    at_ms: int
    axis: str
    before: str | None
    after: str
    cause: Cause | None
    detail: str | None


@dataclass(frozen=True)
class NewAttestation:
    """A finished attestation: words as 32-byte big-endian numbers in a row, proof 320 bytes."""

    key_id: bytes
    data_hash: bytes
    words: bytes
    proof: bytes

    def word_values(self) -> tuple[int, ...]:
        """Words as integers."""
        return split_words(self.words)

    def proof_values(self) -> tuple[int, ...]:
        """Proof coordinates as integers, in calldata order."""
        return split_words(self.proof)


@dataclass(frozen=True)
class Attestation(NewAttestation):
    """A stored attestation."""

    id: int
    created_ms: int


@dataclass(frozen=True)
class Slot:
    """The one place on chain an attestation is for; at most one live outbox row each.

    ``valid_until`` (unix seconds) is not part of the identity.
    """

    chain_id: int
    registry: bytes
    key_id: bytes
    consumer: bytes
    subject: bytes
    sequence: int
    valid_until: int


@dataclass(frozen=True)
class OutboxEntry:
    """An attestation on its way to the chain.

    ``nonce`` is set while a transaction of ours may be under way. ``tx_hash`` is the newest one
    sent, later the mined one, and None where somebody else's transaction settled the slot;
    ``block_number``, ``block_hash`` and ``gas_used`` come from the receipt.
    """

    id: OutboxId
    attestation_id: int
    slot: Slot
    state: Settlement
    cause: Cause | None
    detail: str | None
    not_before_ms: int
    tries: int
    sender: bytes | None
    nonce: int | None
    tx_hash: bytes | None
    block_number: int | None
    block_hash: bytes | None
    gas_used: int | None
    created_ms: int
    updated_ms: int


@dataclass(frozen=True)
class NewAttempt:
    """Signed bytes about to be stored, before they are sent."""

    kind: AttemptKind
    sender: bytes
    nonce: int
    tx_hash: bytes
    raw: bytes
    gas_limit: int
    max_fee: int
    priority_fee: int


@dataclass(frozen=True)
class Attempt(NewAttempt):
    """Stored signed bytes; ``outbox_id`` is None for a filler of a nonce gap."""

    id: int
    outbox_id: OutboxId | None
    state: AttemptState
    detail: str | None
    created_ms: int
    sent_ms: int | None
    sent_block: int | None


@dataclass(frozen=True)
class BlockCursor:
    """How far a reader of the chain has come."""

    name: str
    block_number: int
    block_hash: bytes
