"""What proving asks of others: a queue that remembers, and a recipe that proves.

Workers never read SQL: the node's own process asks the queue, one thread for each worker process,
which gets bytes and answers with bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from node.values import JobCause, ProvingPhase

#: Called by a recipe as it goes: phase, and a message for people.
Report = Callable[[ProvingPhase, str], None]


@dataclass(frozen=True)
class ClaimedJob:
    """A job that was QUEUED and is PROVING now; the payload is what the submission stored."""

    job_id: str
    payload: bytes


@dataclass(frozen=True)
class ProvedMarks:
    """A proof that was verified by its maker: key id (32), data hash (32), words (32 each), proof.

    Seconds are wall-clock times of this job's parts; a key already loaded costs 0, and what the
    witness computes once it knows the challenge counts as proof.
    """

    key_id: bytes
    data_hash: bytes
    words: bytes
    proof: bytes
    key_seconds: float = 0.0
    witness_seconds: float = 0.0
    proof_seconds: float = 0.0
    check_seconds: float = 0.0


class ProofQueue(Protocol):
    """The store, as far as proving goes. What a method did is committed when it returns."""

    def recover(self) -> int:
        """At start: whatever was PROVING when the node died is QUEUED again; how many."""

    def claim(self) -> ClaimedJob | None:
        """The QUEUED job whose turn it is, now PROVING; None if there is none."""

    def still_wanted(self, job_id: str) -> bool:
        """Asked before the proof begins: False for a job that was cancelled or expires now."""

    def complete(self, job_id: str, proved: ProvedMarks) -> None:
        """PROVED, with its attestation, and READY for the relay if it is to be settled."""

    def fail(self, job_id: str, cause: JobCause, message: str) -> None:
        """FAILED."""

    def requeue(self, job_id: str, message: str) -> None:
        """Back to QUEUED."""


Prepared = TypeVar("Prepared")


class Recipe(Protocol[Prepared]):
    """How a payload becomes a proof; lives in a worker process and keeps its keys loaded.

    The two halves run in two threads: one job is prepared while the one before it is finished.
    Each half sees one job at a time. Both raise JobFailedError with its cause.
    """

    def prepare(self, payload: bytes, report: Report) -> Prepared:
        """Everything that comes before the proof: key and witness."""

    def finish(self, prepared: Prepared, report: Report) -> ProvedMarks:
        """A proof, verified."""


#: Makes the recipe inside the worker: must pickle (a module-level function or class, or a partial).
RecipeFactory = Callable[[], Recipe[Any]]
