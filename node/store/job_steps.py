"""The steps of a job's life inside a write transaction, each with its line of history."""

import secrets

from sqlalchemy import Connection, insert, select

from node.store import tables as t
from node.store.database import Write
from node.store.errors import JobUnknownError
from node.store.records import Job, NewAttestation, OutboxEntry, Submission
from node.store.rows import job_of, log_transition, write_job
from node.store.states import Cause, Proving, Settlement, check_proving

__all__ = [
    "advance_job",
    "handed_in",
    "insert_job",
    "job_by_id",
    "prove_job",
    "store_attestation",
]


def job_by_id(connection: Connection, job_id: str) -> Job:
    """The job; JobUnknownError."""
    row = connection.execute(select(t.jobs).where(t.jobs.c.id == job_id)).one_or_none()
    if row is None:
        raise JobUnknownError(f"no job {job_id}")
    return job_of(row)


def advance_job(
    write: Write, job: Job, to: Proving, cause: Cause | None, detail: str | None
) -> Job:
    """The next state on the proving axis; TransitionError where no such step exists."""
    check_proving(f"job {job.id}", job.proving, to)
    write_job(write, job.id, proving=to, cause=cause, detail=detail)
    log_transition(write, job.id, job.proving, to, cause=cause, detail=detail)
    return job_by_id(write.connection, job.id)


def insert_job(write: Write, submission: Submission) -> Job:
    """A new job, QUEUED; its id sorts by the time of submission."""
    job_id = f"{write.now_ms:012x}{secrets.token_hex(10)}"
    write.connection.execute(
        insert(t.jobs).values(
            id=job_id,
            request_id=submission.request_id,
            content_digest=submission.content_digest,
            kind=submission.kind,
            payload=submission.payload,
            deadline_ms=submission.deadline_ms,
            proving=Proving.QUEUED,
            settlement=Settlement.NONE,
            submitted_ms=write.now_ms,
            updated_ms=write.now_ms,
        )
    )
    write.touched[job_id] = None
    log_transition(write, job_id, None, Proving.QUEUED)
    return job_by_id(write.connection, job_id)


def prove_job(write: Write, job: Job, attestation_id: int, entry: OutboxEntry | None) -> Job:
    """PROVED; with an outbox entry, its attestation and its state are the job's."""
    if entry is None:
        write_job(write, job.id, attestation_id=attestation_id)
    else:
        write_job(
            write,
            job.id,
            attestation_id=entry.attestation_id,
            outbox_id=entry.id,
            settlement=entry.state,
        )
        log_transition(
            write, job.id, job.settlement, entry.state, cause=entry.cause, detail=entry.detail
        )
    return advance_job(write, job, Proving.PROVED, None, None)


def handed_in(connection: Connection, entry: OutboxEntry, kind: str) -> Job | None:
    """The first job of that kind that follows an outbox entry."""
    query = select(t.jobs).where(t.jobs.c.outbox_id == entry.id, t.jobs.c.kind == kind)
    row = connection.execute(query.order_by(t.jobs.c.id).limit(1)).one_or_none()
    return None if row is None else job_of(row)


def store_attestation(write: Write, attestation: NewAttestation) -> int:
    """Insert an attestation, or find the one with the same words: proofs are interchangeable."""
    known = select(t.attestations.c.id).where(
        t.attestations.c.key_id == attestation.key_id,
        t.attestations.c.data_hash == attestation.data_hash,
    )
    found = write.connection.execute(known).scalar()
    if found is not None:
        return int(found)
    return int(
        write.connection.execute(
            insert(t.attestations)
            .values(
                key_id=attestation.key_id,
                data_hash=attestation.data_hash,
                words=attestation.words,
                proof=attestation.proof,
                created_ms=write.now_ms,
            )
            .returning(t.attestations.c.id)
        ).scalar_one()
    )
