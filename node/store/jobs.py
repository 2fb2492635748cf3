"""Jobs: accepted once, moved by compare-and-set, never lost."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from node.store import tables as t
from node.store.database import Database
from node.store.errors import (
    RequestIdTakenError,
    SlotTakenError,
    TransitionError,
)
from node.store.job_steps import (
    advance_job,
    handed_in,
    insert_job,
    job_by_id,
    prove_job,
    store_attestation,
)
from node.store.outbox import enqueue, occupant
from node.store.records import (
    Accepted,
    Attestation,
    Job,
    NewAttestation,
    Slot,
    Submission,
    Transition,
    WaitingJob,
)
from node.store.rows import attestation_of, job_of, transition_of
from node.store.states import Cause, Proving, Settlement, check_proving

__all__ = ["Jobs"]

_WAITING = (Proving.QUEUED, Proving.BATCHED)
_UNFINISHED = (*_WAITING, Proving.PROVING)


class Jobs:
    """The jobs of a store. Every change is one transaction, on disk when the call returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, submission: Submission) -> Accepted:
        """Accept a request; the same request id and content give the same job again.

        Raises RequestIdTakenError for a known request id with other content.
        """
        with self._database.write() as write:
            known = self._by_request_id(write.connection, submission.request_id)
            if known is not None:
                if known.content_digest != submission.content_digest:
                    raise RequestIdTakenError(known.request_id or "", known.id)
                return Accepted(known, created=False)
            return Accepted(insert_job(write, submission), created=True)

    def hand_in(self, submission: Submission, attestation: NewAttestation, slot: Slot) -> Accepted:
        """Accept a finished attestation: job, proof and outbox row in one transaction.

        The same words again give the same job, unless the chain has refused them since. Raises
        SlotTakenError where other words have the slot.
        """
        with self._database.write() as write:
            attestation_id = store_attestation(write, attestation)
            entry = enqueue(write, attestation_id, slot)
            if entry.attestation_id != attestation_id:
                raise SlotTakenError(
                    f"sequence {slot.sequence} of this key, consumer and subject is taken by other"
                    f" words, which are {entry.state}"
                )
            known = handed_in(write.connection, entry, submission.kind)
            if known is not None:
                return Accepted(known, created=False)
            job = insert_job(write, submission)
            return Accepted(prove_job(write, job, attestation_id, entry), created=True)

    def find_handed_in(self, kind: str, data_hash: bytes, slot: Slot) -> Job | None:
        """The job of that kind whose words, with that hash, have the slot now."""
        with self._database.read() as connection:
            entry = occupant(connection, slot)
            if entry is None:
                return None
            hashes = select(t.attestations.c.data_hash)
            query = hashes.where(t.attestations.c.id == entry.attestation_id)
            if connection.execute(query).scalar_one() != data_hash:
                return None
            return handed_in(connection, entry, kind)

    def get(self, job_id: str) -> Job:
        """Return a job; JobUnknownError."""
        with self._database.read() as connection:
            return job_by_id(connection, job_id)

    def find(self, request_id: str) -> Job | None:
        """Return the job of a request id, if there is one."""
        with self._database.read() as connection:
            return self._by_request_id(connection, request_id)

    def page(
        self,
        *,
        after: str | None = None,
        limit: int = 100,
        proving: Collection[Proving] = (),
        settlement: Collection[Settlement] = (),
    ) -> tuple[Job, ...]:
        """Return jobs in order of submission, those after a job id, in any of the given states."""
        query = select(t.jobs).order_by(t.jobs.c.id).limit(limit)
        if after is not None:
            query = query.where(t.jobs.c.id > after)
        if proving:
            query = query.where(t.jobs.c.proving.in_(proving))
        if settlement:
            query = query.where(t.jobs.c.settlement.in_(settlement))
        with self._database.read() as connection:
            return tuple(map(job_of, connection.execute(query)))

    def count(self) -> dict[Proving, int]:
        """Return how many jobs are in each proving state, zeros included."""
        query = select(t.jobs.c.proving, func.count()).group_by(t.jobs.c.proving)
        with self._database.read() as connection:
            found = {Proving(state): number for state, number in connection.execute(query)}
        return {state: found.get(state, 0) for state in Proving}

    def history(self, job_id: str) -> tuple[Transition, ...]:
        """Return every step of a job with its time, oldest first."""
        query = select(t.transitions).where(t.transitions.c.job_id == job_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(t.transitions.c.id))
            return tuple(map(transition_of, rows))

    def attestation(self, job_id: str) -> Attestation | None:
        """Return the attestation that stands for a job; None until it is proved."""
        query = select(t.attestations).join(t.jobs, t.jobs.c.attestation_id == t.attestations.c.id)
        with self._database.read() as connection:
            row = connection.execute(query.where(t.jobs.c.id == job_id)).one_or_none()
        return None if row is None else attestation_of(row)

    def advance(
        self, job_id: str, to: Proving, *, cause: Cause | None = None, detail: str | None = None
    ) -> Job:
        """Move a job on the proving axis; TransitionError when the step does not exist.

        PROVED is reached through ``complete`` only.
        """
        with self._database.write() as write:
            job = job_by_id(write.connection, job_id)
            if to is Proving.PROVED:
                raise TransitionError(f"job {job_id}", job.proving, "PROVED without an attestation")
            return advance_job(write, job, to, cause, detail)

    def waiting(self, limit: int) -> tuple[WaitingJob, ...]:
        """Return the oldest jobs that wait for a worker, without what they are about."""
        columns = (t.jobs.c.id, t.jobs.c.submitted_ms, t.jobs.c.deadline_ms)
        query = select(*columns).where(t.jobs.c.proving.in_(_WAITING))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(t.jobs.c.id).limit(limit))
            return tuple(WaitingJob(**row._mapping) for row in rows)

    def claim(self, job_ids: Collection[str]) -> tuple[Job, ...]:
        """Move those of the jobs that still wait to PROVING; returns them, oldest first."""
        mine = (t.jobs.c.id.in_(job_ids), t.jobs.c.proving.in_(_WAITING))
        query = select(t.jobs).where(*mine).order_by(t.jobs.c.id)
        with self._database.write() as write:
            jobs = tuple(map(job_of, write.connection.execute(query)))
            return tuple(advance_job(write, job, Proving.PROVING, None, None) for job in jobs)

    def still_wanted(self, job_id: str) -> bool:
        """Whether a job is PROVING still; one whose deadline has passed meanwhile expires."""
        with self._database.write() as write:
            job = job_by_id(write.connection, job_id)
            if job.proving is not Proving.PROVING:
                return False
            if job.deadline_ms is not None and job.deadline_ms < write.now_ms:
                advance_job(write, job, Proving.EXPIRED, Cause.DEADLINE_PASSED, None)
                return False
            return True

    def complete(self, job_id: str, attestation: NewAttestation, slot: Slot | None) -> Job:
        """Store a job's proof and, with a slot, put it in the outbox: one transaction.

        Where another attestation already stands for that slot, it stands for this job too, so
        that nothing is attested twice. Raises TransitionError when the job ended meanwhile.
        """
        with self._database.write() as write:
            job = job_by_id(write.connection, job_id)
            check_proving(f"job {job_id}", job.proving, Proving.PROVED)
            attestation_id = store_attestation(write, attestation)
            entry = None if slot is None else enqueue(write, attestation_id, slot)
            return prove_job(write, job, attestation_id, entry)

    def cancel(self, job_id: str) -> bool:
        """Cancel a job that is not proved yet; False, and nothing done, when it is past that."""
        with self._database.write() as write:
            job = job_by_id(write.connection, job_id)
            if job.proving.is_terminal:
                return False
            advance_job(write, job, Proving.CANCELLED, Cause.CANCELLED_BY_CLIENT, None)
            return True

    def expire(self) -> tuple[Job, ...]:
        """Expire waiting jobs whose deadline has passed; returns them."""
        with self._database.write() as write:
            overdue = (
                select(t.jobs)
                .where(t.jobs.c.proving.in_(_WAITING), t.jobs.c.deadline_ms < write.now_ms)
                .order_by(t.jobs.c.id)
            )
            jobs = tuple(map(job_of, write.connection.execute(overdue)))
            return tuple(
                advance_job(write, job, Proving.EXPIRED, Cause.DEADLINE_PASSED, None)
                for job in jobs
            )

    def resume(self) -> tuple[Job, ...]:
        """After a start: put interrupted jobs back in the queue, return all that wait."""
        interrupted = select(t.jobs).where(t.jobs.c.proving.in_((Proving.BATCHED, Proving.PROVING)))
        with self._database.write() as write:
            for row in write.connection.execute(interrupted).all():
                advance_job(write, job_of(row), Proving.QUEUED, Cause.RESTARTED, None)
        return self.page(proving=(Proving.QUEUED,), limit=1_000_000)

    def unfinished(self) -> tuple[Job, ...]:
        """Return jobs without a proof that may still get one."""
        return self.page(proving=_UNFINISHED, limit=1_000_000)

    @staticmethod
    def _by_request_id(connection: Connection, request_id: str | None) -> Job | None:
        if request_id is None:
            return None
        query = select(t.jobs).where(t.jobs.c.request_id == request_id)
        row = connection.execute(query).one_or_none()
        return None if row is None else job_of(row)
