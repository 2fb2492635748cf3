"""The store behind the ports: jobs as the server shows them.

A job's states on the wire are its history replayed, so that a watcher who looks late still sees
every step in order. Proof and outbox row are written in one transaction, the outbox's line first:
those two lines are one step here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from node.proving.task import TaskSummary
from node.store import (
    Cause,
    Job,
    JobUnknownError,
    OutboxEntry,
    Proving,
    Settlement,
    Store,
)
from node.values import (
    AttestationBytes,
    JobCause,
    JobKind,
    JobProgress,
    JobTransaction,
    JobView,
    MarksStatement,
    ProvingState,
    SettlementState,
)

JOB_KIND = "marks"
RELAY_KIND = "relay"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SENT = (Settlement.SUBMITTED, Settlement.CONFIRMED, Settlement.FINAL)
_MINED = (Settlement.CONFIRMED, Settlement.FINAL)


class StoredJobs:
    """Jobs as the server shows them."""

    def __init__(self, store: Store, progress: Callable[[str], JobProgress | None]) -> None:
        self._store = store
        self._progress = progress

    def job(self, job_id: str) -> JobView | None:
        """The newest state, or None."""
        try:
            return self.view(self._store.jobs.get(job_id))
        except JobUnknownError:
            return None

    def changes(self, job_id: str, after_revision: int) -> Sequence[JobView]:
        """Every state with a larger revision, in order."""
        states = self._states(self._store.jobs.get(job_id))
        return [state for state in states if state.revision > after_revision]

    def attestation(self, job_id: str) -> AttestationBytes | None:
        """Words and proof once the job is PROVED."""
        found = self._store.jobs.attestation(job_id)
        if found is None:
            return None
        return AttestationBytes(found.key_id, found.words, found.proof)

    def progress(self, job_id: str) -> JobProgress | None:
        """What a worker does for the job."""
        return self._progress(job_id)

    def view(self, job: Job) -> JobView:
        """A stored job's newest state."""
        *_, newest = self._states(job)
        # A cause noted without a step (the relay waits for gas money, say) belongs to the newest.
        return replace(newest, cause=_cause(job.cause), cause_message=job.detail or "")

    def _states(self, job: Job) -> Iterator[JobView]:
        about = _about(job)
        entry = None if job.outbox_id is None else self._store.outbox.get(job.outbox_id)
        proving, settlement, revision = Proving.QUEUED, Settlement.NONE, 0
        for step in self._store.jobs.history(job.id):
            if step.axis == "proving":
                proving = Proving(step.after)
            else:
                settlement = Settlement(step.after)
                if proving is not Proving.PROVED:
                    continue
            revision += 1
            yield JobView(
                job_id=job.id,
                request_id=job.request_id or "",
                statement=about.statement,
                options=about.options,
                capacity=about.capacity,
                proving_state=ProvingState[proving.name],
                settlement_state=SettlementState[settlement.name],
                cause=_cause(step.cause),
                cause_message=step.detail or "",
                transaction=_transaction(entry, settlement),
                created=_moment(job.submitted_ms),
                updated=_moment(step.at_ms),
                revision=revision,
                kind=about.kind,
            )


@dataclass(frozen=True)
class _About:
    """What a job is about, as far as the server shows it."""

    kind: JobKind
    statement: MarksStatement | None = None
    options: int = 0
    capacity: int = 0


def _about(job: Job) -> _About:
    if job.kind == RELAY_KIND:
        return _About(JobKind.RELAY)
    task = TaskSummary.decode_bytes(job.payload)
    return _About(JobKind.MARKS, task.statement, task.options, task.shape.capacity)


def _transaction(entry: OutboxEntry | None, settlement: Settlement) -> JobTransaction | None:
    if entry is None or entry.tx_hash is None or settlement not in _SENT:
        return None
    mined = settlement in _MINED
    return JobTransaction(
        chain_id=entry.slot.chain_id,
        transaction_hash=entry.tx_hash,
        block_number=(entry.block_number or 0) if mined else 0,
        gas_used=(entry.gas_used or 0) if mined else 0,
    )


def _cause(cause: Cause | None) -> JobCause | None:
    return None if cause is None else JobCause[cause.name]


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
