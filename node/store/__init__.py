"""The room of durable state: jobs, attestations, the outbox, and the right to write.

SQLite in WAL mode by default, PostgreSQL by URL. Accepted means committed to disk.
"""

from node.store.errors import (
    JobUnknownError,
    LeaseLostError,
    RequestIdTakenError,
    SlotTakenError,
    StoreError,
    StoreInUseError,
    StoreUnusableError,
    TransitionError,
)
from node.store.records import (
    Accepted,
    Attempt,
    Attestation,
    BlockCursor,
    Job,
    NewAttempt,
    NewAttestation,
    OutboxEntry,
    OutboxId,
    Slot,
    Submission,
    Transition,
    WaitingJob,
)
from node.store.states import AttemptKind, AttemptState, Cause, Proving, Settlement
from node.store.store import Store, system_clock_ms

__all__ = [
    "Accepted",
    "Attempt",
    "AttemptKind",
    "AttemptState",
    "Attestation",
    "BlockCursor",
    "Cause",
    "Job",
    "JobUnknownError",
    "LeaseLostError",
    "NewAttempt",
    "NewAttestation",
    "OutboxEntry",
    "OutboxId",
    "Proving",
    "RequestIdTakenError",
    "Settlement",
    "Slot",
    "SlotTakenError",
    "Store",
    "StoreError",
    "StoreInUseError",
    "StoreUnusableError",
    "Submission",
    "Transition",
    "TransitionError",
    "WaitingJob",
    "system_clock_ms",
]
