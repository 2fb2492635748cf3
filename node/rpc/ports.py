"""What the server asks of the other rooms: small protocols and the plain values between them.

The server never sees a database, a prover or a chain; the composition root (node/service) hands
it objects of these shapes, and the tests hand it fakes.

Errors that cross: `RequestFaults` and the other `Refusal`s of node.rpc.errors. Whatever else a port
raises is answered INTERNAL, without its text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from node.values import (
    AttestationBytes,
    ChainRequest,
    JobProgress,
    JobView,
    MarksSubmission,
    NodeDescription,
    QuotedMark,
    SignedView,
    Verification,
)

#: Raises when the caller is gone or its deadline has passed; long work calls it now and then.
StillWanted = Callable[[], None]


class Pricing(Protocol):
    """Marks at once."""

    def quote(self, chain: ChainRequest, still_wanted: StillWanted) -> Sequence[QuotedMark]:
        """One mark per row, in order; raises RequestFaults with every fault."""


class Intake(Protocol):
    """Requests for proofs."""

    def submit(self, submission: MarksSubmission, still_wanted: StillWanted) -> JobView:
        """The job, committed to disk before this returns; raises a Refusal.

        A known request id with the same content answers the job of the first call.
        """


class RelayDesk(Protocol):
    """Finished attestations."""

    def relay(
        self, attestation: AttestationBytes, caller: str, still_wanted: StillWanted
    ) -> JobView:
        """The job, committed to disk before this returns; raises a Refusal.

        The same words again answer the same job. `caller` is the network address that asks.
        """


class OracleSigning(Protocol):
    """An oracle signer; raises a NodeError whose reason is one of the wire's."""

    def view(self) -> SignedView:
        """What its source says now."""

    def sign(self, views: Sequence[SignedView]) -> bytes:
        """Its signature under the report that these views make."""


class Jobs(Protocol):
    """Jobs as stored."""

    def job(self, job_id: str) -> JobView | None:
        """The newest state, or None."""

    def changes(self, job_id: str, after_revision: int) -> Sequence[JobView]:
        """Every stored state with a larger revision, in order."""

    def attestation(self, job_id: str) -> AttestationBytes | None:
        """Words and proof once the job is PROVED."""

    def progress(self, job_id: str) -> JobProgress | None:
        """What the worker does, if one is on this job."""


class Changes(Protocol):
    """Wakes those who wait for some job's change (of any job: the waiter looks for itself)."""

    def count(self) -> int:
        """How many changes there have been."""

    def wait(self, seen: int, timeout_seconds: float) -> None:
        """Return when count() exceeds `seen`, or after the time."""

    def notify(self) -> None:
        """Something changed."""


class Verifier(Protocol):
    """Local verification."""

    def verify(self, attestation: AttestationBytes) -> Verification:
        """What was found; raises KeyNotFound if the key is not in the key store."""


class Describer(Protocol):
    """What the node can do."""

    def describe(self) -> NodeDescription:
        """As of now (keys may have been made since the last call)."""


@dataclass(frozen=True)
class Rooms:
    """Everything the service speaks to."""

    pricing: Pricing
    intake: Intake
    relay: RelayDesk
    jobs: Jobs
    changes: Changes
    verifier: Verifier
    describer: Describer
