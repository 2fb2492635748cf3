"""What came of a job, written to the queue; and again, when the queue did not take it."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from node.proving.errors import WorkerLostError
from node.proving.ports import ClaimedJob, ProofQueue, ProvedMarks
from node.values import JobCause

log = structlog.get_logger("node.proving")


class Outcomes:
    """Writes outcomes for one worker; `deaths` counts, for all of them, those on each job."""

    def __init__(self, queue: ProofQueue, attempts: int, deaths: dict[str, int]) -> None:
        self._queue = queue
        self._attempts = attempts
        self._deaths = deaths
        self._unwritten: dict[str, ClaimedJob] = {}

    def is_suspect(self, job: ClaimedJob) -> bool:
        """Whether a worker died on it: it is then tried without company."""
        return job.job_id in self._deaths

    def owe(self, job: ClaimedJob) -> None:
        """An outcome of this job is to be written; `put_back` makes good where none is."""
        self._unwritten[job.job_id] = job

    def finished(self, job: ClaimedJob, proved: ProvedMarks) -> None:
        """PROVED."""
        self._write(job, lambda: self._queue.complete(job.job_id, proved))
        self._deaths.pop(job.job_id, None)
        log.info(
            "proved",
            job_id=job.job_id,
            key_seconds=round(proved.key_seconds, 3),
            witness_seconds=round(proved.witness_seconds, 3),
            proof_seconds=round(proved.proof_seconds, 3),
            check_seconds=round(proved.check_seconds, 3),
        )

    def failed(self, job: ClaimedJob, cause: JobCause, message: str) -> None:
        """FAILED."""
        log.error("job failed", job_id=job.job_id, cause=cause, message=message)
        self._deaths.pop(job.job_id, None)
        self._write(job, lambda: self._queue.fail(job.job_id, cause, message))

    def returned(self, job: ClaimedJob, message: str) -> None:
        """Back to QUEUED, by no fault of its own."""
        self._write(job, lambda: self._queue.requeue(job.job_id, message))

    def lost(self, job: ClaimedJob, error: WorkerLostError, *, alone: bool) -> None:
        """A worker died on it: QUEUED again, or FAILED after too many deaths.

        Where the worker was on two jobs, nobody knows which one killed it: that fails neither.
        """
        deaths = self._deaths[job.job_id] = self._deaths.get(job.job_id, 0) + 1
        if alone and deaths >= self._attempts:
            message = f"{error}, {deaths} times in a row on this job"
            self.failed(job, JobCause.WORKER_LOST, message)
            return
        log.warning("worker lost", job_id=job.job_id, deaths=deaths, message=str(error))
        self.returned(job, str(error))

    def put_back(self) -> None:
        """Jobs whose outcome the queue did not take wait again, as after a restart."""
        message = "the store did not take what came of it"
        for job_id, job in tuple(self._unwritten.items()):
            if self._deaths.get(job_id, 0) + 1 >= self._attempts:
                self.failed(job, JobCause.INTERNAL, message)
            else:
                self.returned(job, message)
                self._deaths[job_id] = self._deaths.get(job_id, 0) + 1

    def _write(self, job: ClaimedJob, write: Callable[[], None]) -> None:
        self.owe(job)
        write()
        del self._unwritten[job.job_id]
