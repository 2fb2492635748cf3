"""The dispatcher: takes jobs from the queue, has them proven, writes back what came of it.

One job is one proof for now; a batcher would stand between `claim` and `prove`. The queue (SQL)
remembers, the workers only run: whatever dies, a job that is not PROVED or FAILED is proven again,
which is harmless because proving changes nothing.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from node.proving.errors import (
    InterruptedProofError,
    JobFailedError,
    WorkerLostError,
    WorkerTimeoutError,
)
from node.proving.ports import ClaimedJob, ProofQueue, ProvedMarks, RecipeFactory
from node.proving.process import WorkerProcess
from node.values import JobCause, JobProgress, ProvingPhase

_IDLE_SECONDS = 0.5
_TROUBLE_SECONDS = 1.0
_JOIN_SECONDS = 10.0

log = structlog.get_logger("node.proving")


@dataclass(frozen=True)
class ProvingSettings:
    """How many workers, how long a proof may take, how often a worker may die on one job."""

    workers: int = 1
    job_timeout_seconds: float = 900.0
    attempts: int = 3


@dataclass(frozen=True)
class WorkerHealth:
    """One worker: its process, how often it was started, and the job it is on."""

    pid: int | None
    starts: int
    job_id: str | None


class ProvingService:
    """Threads that each drive one worker process. `start` once, `stop` once.

    An error of a kind in `fatal` (the store belongs to another node now) ends the service, and
    `failure` says so; any other trouble of the queue is waited out.
    """

    def __init__(
        self,
        queue: ProofQueue,
        factory: RecipeFactory,
        *,
        settings: ProvingSettings | None = None,
        changed: Callable[[], None] = lambda: None,
        fatal: tuple[type[Exception], ...] = (),
    ) -> None:
        self._queue = queue
        self._settings = settings or ProvingSettings()
        self._changed = changed
        self._fatal = fatal
        self.failure: Exception | None = None
        self._stopping = threading.Event()
        self._wanted = threading.Condition()
        self._progress: dict[str, JobProgress] = {}
        self._lost: defaultdict[str, int] = defaultdict(int)
        self._jobs: dict[int, str | None] = {}
        self._unwritten: dict[int, ClaimedJob] = {}
        count = self._settings.workers
        self._workers = [WorkerProcess(factory, f"proofmark-worker-{i}") for i in range(count)]
        self._threads = [
            threading.Thread(target=self._run, args=(i,), name=f"proving-{i}", daemon=True)
            for i in range(count)
        ]

    def start(self) -> None:
        """Bring back what a crash left PROVING, then work."""
        recovered = self._queue.recover()
        if recovered:
            log.info("jobs recovered", jobs=recovered)
            self._changed()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Kill the workers; their jobs go back to the queue."""
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(_JOIN_SECONDS)

    def wake(self) -> None:
        """A job was queued."""
        with self._wanted:
            self._wanted.notify_all()

    def progress(self, job_id: str) -> JobProgress | None:
        """What a worker does for the job, if one is on it."""
        return self._progress.get(job_id)

    def health(self) -> list[WorkerHealth]:
        """Every worker as it is now."""
        return [
            WorkerHealth(worker.pid, worker.starts, self._jobs.get(index))
            for index, worker in enumerate(self._workers)
        ]

    def _run(self, index: int) -> None:
        worker = self._workers[index]
        worker.ensure_started()  # imports and keys load while there is nothing to do
        while not self._stopping.is_set():
            try:
                self._put_back(index)
                job = self._queue.claim()
                if job is None:
                    self._rest(_IDLE_SECONDS)
                    continue
                self._jobs[index] = job.job_id
                self._unwritten[index] = job
                self._work(worker, job)
                del self._unwritten[index]
            except self._fatal as error:
                log.critical("proving stopped", error=type(error).__name__, message=str(error))
                self.failure = error
                break
            except Exception as error:  # the store is in trouble: nothing is lost, try again
                log.error("proving interrupted", error=type(error).__name__, message=str(error))
                self._rest(_TROUBLE_SECONDS)
            finally:
                self._jobs[index] = None
        worker.end()

    def _rest(self, seconds: float) -> None:
        with self._wanted:
            if not self._stopping.is_set():
                self._wanted.wait(seconds)

    def _work(self, worker: WorkerProcess, job: ClaimedJob) -> None:
        def report(phase: ProvingPhase, message: str) -> None:
            self._progress[job.job_id] = JobProgress(phase, message)
            self._changed()

        log.info("proving", job_id=job.job_id)
        self._changed()
        try:
            proved = worker.prove(
                job.payload,
                report=report,
                timeout_seconds=self._settings.job_timeout_seconds,
                stopping=self._stopping,
            )
        except JobFailedError as error:
            self._fail(job, error.cause, error.message)
        except WorkerTimeoutError as error:
            self._fail(job, JobCause.PROVING_TIMEOUT, f"{error}; the limit is the node's")
        except InterruptedProofError as error:
            self._queue.requeue(job.job_id, str(error))
        except WorkerLostError as error:
            self._try_again(job, error)
        else:
            self._finish(job, proved)
        finally:
            self._progress.pop(job.job_id, None)
            self._changed()

    def _finish(self, job: ClaimedJob, proved: ProvedMarks) -> None:
        self._queue.complete(job.job_id, proved)
        self._lost.pop(job.job_id, None)
        log.info(
            "proved",
            job_id=job.job_id,
            key_seconds=round(proved.key_seconds, 3),
            witness_seconds=round(proved.witness_seconds, 3),
            proof_seconds=round(proved.proof_seconds, 3),
            check_seconds=round(proved.check_seconds, 3),
        )

    def _try_again(self, job: ClaimedJob, error: WorkerLostError) -> None:
        self._lost[job.job_id] += 1
        deaths, most = self._lost[job.job_id], self._settings.attempts
        if deaths >= most:
            self._fail(job, JobCause.WORKER_LOST, f"{error}, {deaths} times in a row on this job")
            return
        log.warning("worker lost", job_id=job.job_id, deaths=deaths, message=str(error))
        self._queue.requeue(job.job_id, str(error))

    def _put_back(self, index: int) -> None:
        """A job whose outcome the store did not take waits again, as after a restart."""
        job = self._unwritten.get(index)
        if job is None:
            return
        message = "the store did not take what came of it"
        if self._lost[job.job_id] + 1 >= self._settings.attempts:
            self._fail(job, JobCause.INTERNAL, message)
        else:
            self._queue.requeue(job.job_id, message)
            self._lost[job.job_id] += 1
        del self._unwritten[index]

    def _fail(self, job: ClaimedJob, cause: JobCause, message: str) -> None:
        log.error("job failed", job_id=job.job_id, cause=cause, message=message)
        self._lost.pop(job.job_id, None)
        self._queue.fail(job.job_id, cause, message)
