"""One worker and the jobs in its hands: at most one whose proof is made and one that is prepared.

A turn of the driver looks at what it holds and does whatever can be done next, so trouble in the
middle of a turn leaves nothing to repair: the next turn looks again.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from node.proving.errors import WorkerLostError
from node.proving.held import HeldJob, Stage
from node.proving.outcomes import Outcomes
from node.proving.ports import ProofQueue, RecipeFactory
from node.proving.process import WorkerProcess
from node.proving.worker import Answer, Failed, Finish, Finished, Forget, Prepare, Ready, Reported
from node.values import JobCause, JobProgress, ProvingPhase

_POLL_SECONDS = 0.1
_IDLE_SECONDS = 0.5
_TROUBLE_SECONDS = 1.0

log = structlog.get_logger("node.proving")


def usual_workers() -> int:
    """Two, each as wide as the machine: a job alone gets all cores, several share them.

    A proof keeps two cores busy for three quarters of its time; the second fills the gaps.
    """
    return min(2, os.cpu_count() or 1)


@dataclass(frozen=True)
class ProvingSettings:
    """How many workers, how wide, how long a proof may take, how often one may die on a job.

    `threads_per_worker` None: each uses all cores, and the operating system shares them out.
    """

    workers: int = field(default_factory=usual_workers)
    threads_per_worker: int | None = None
    prepare_ahead: bool = True
    job_timeout_seconds: float = 900.0
    attempts: int = 3


@dataclass
class Workshop:
    """What all workers of a service share."""

    queue: ProofQueue
    settings: ProvingSettings
    changed: Callable[[], None]
    stopping: threading.Event = field(default_factory=threading.Event)
    wanted: threading.Condition = field(default_factory=threading.Condition)
    progress: dict[str, JobProgress] = field(default_factory=dict)
    deaths: dict[str, int] = field(default_factory=dict)
    drivers: list[WorkerDriver] = field(default_factory=list)

    def rest(self, seconds: float) -> None:
        """Wait for work, or for a while."""
        with self.wanted:
            if not self.stopping.is_set():
                self.wanted.wait(seconds)

    def somebody_is_idle(self) -> bool:
        """Whether a worker has nothing to do, and should have the next job."""
        return any(not driver.held for driver in self.drivers)


class WorkerDriver:
    """Drives one worker process from one thread; `held` may be read by others."""

    def __init__(self, workshop: Workshop, factory: RecipeFactory, name: str) -> None:
        settings = workshop.settings
        self._workshop = workshop
        self._queue = workshop.queue
        self._outcomes = Outcomes(workshop.queue, settings.attempts, workshop.deaths)
        self.name = name
        self.worker = WorkerProcess(factory, name, settings.threads_per_worker)
        self.held: dict[str, HeldJob] = {}

    def run(self, fatal: tuple[type[Exception], ...]) -> None:
        """Work until the service stops; an error of a kind in `fatal` is raised."""
        self._start_early()
        try:
            while not self._workshop.stopping.is_set():
                try:
                    self._turn()
                except fatal:
                    raise
                except Exception as error:  # the store is in trouble: nothing is lost, try again
                    log.error("proving interrupted", error=type(error).__name__, message=str(error))
                    self._workshop.rest(_TROUBLE_SECONDS)
        finally:
            self.worker.end()
        self._hand_back("the node is stopping")

    def _start_early(self) -> None:
        """Imports load while there is nothing to do; where it fails, the first job tries again."""
        try:
            self.worker.ensure_started()
        except OSError as error:
            log.warning("worker not started", error=type(error).__name__, message=str(error))

    def _turn(self) -> None:
        self._outcomes.put_back()
        try:
            self._begin_proof()
            self._take()
            self._begin_preparing()
            if not self.held:
                self._workshop.rest(_IDLE_SECONDS)
            else:
                self._hear(self.worker.receive(_POLL_SECONDS))
        except WorkerLostError as error:
            self._lost(error)
        self._end_what_is_overdue()

    def _take(self) -> None:
        """Claim a job if there is room: a second one only when every worker has a first."""
        held = tuple(self.held.values())
        if held:
            first, *more = held
            ahead = self._workshop.settings.prepare_ahead and not more
            if not ahead or first.stage is not Stage.PROVING or self._wants_no_company(first):
                return
            if self._workshop.somebody_is_idle():
                return
        job = self._queue.claim()
        if job is not None:
            self.held[job.job_id] = HeldJob(job, self._workshop.settings.job_timeout_seconds)
            log.info("proving", job_id=job.job_id)
            self._workshop.changed()

    def _begin_preparing(self) -> None:
        for job_id, held in self.held.items():
            started = [other for other in self.held.values() if other.stage is not Stage.TAKEN]
            if held.stage is not Stage.TAKEN or (started and self._wants_no_company(held)):
                continue
            if not started:
                self.worker.ensure_started()
            held.enter(Stage.PREPARING, time.monotonic())
            self.worker.send(Prepare(job_id, held.job.payload))

    def _begin_proof(self) -> None:
        """Let the oldest prepared job be proven, unless nobody wants it any more."""
        for job_id, held in tuple(self.held.items()):
            if held.stage is Stage.PROVING:
                return
            if held.stage is not Stage.READY:
                continue
            if self._queue.still_wanted(job_id):
                held.enter(Stage.PROVING, time.monotonic())
                self.worker.send(Finish(job_id))
                return
            log.info("no longer wanted", job_id=job_id)
            self._drop(job_id)
            self.worker.send(Forget(job_id))

    def _hear(self, answer: Answer | None) -> None:
        if isinstance(answer, Reported):
            self._show(answer.job_id, answer.phase, answer.message)
        elif isinstance(answer, Ready):
            self.held[answer.job_id].enter(Stage.READY, time.monotonic())
            self._begin_proof()
            held = self.held.get(answer.job_id)
            if held is not None and held.stage is Stage.READY:
                self._show(answer.job_id, ProvingPhase.WITNESS, "done; another proof is under way")
        elif isinstance(answer, Finished | Failed):
            job = self._drop(answer.job_id).job
            try:
                self._begin_proof()  # before the outcome is on disk, which takes a while
            finally:
                if isinstance(answer, Finished):
                    self._outcomes.finished(job, answer.proved)
                else:
                    self._outcomes.failed(job, answer.cause, answer.message)
                self._workshop.changed()

    def _lost(self, error: WorkerLostError) -> None:
        """The process died: whoever it worked for is suspect, a job that was ready is not."""
        started = [held for held in self.held.values() if held.stage is not Stage.TAKEN]
        alone = sum(held.is_worked_on for held in started) == 1
        for held in self._drop_all(started):
            if held.is_worked_on:
                self._outcomes.lost(held.job, error, alone=alone)
            else:
                self._outcomes.returned(held.job, str(error))
        self._workshop.changed()

    def _end_what_is_overdue(self) -> None:
        now, limit = time.monotonic(), self._workshop.settings.job_timeout_seconds
        overdue = [held for held in self.held.values() if held.is_overdue(now)]
        if not overdue:
            return
        self.worker.end()
        self._hand_back("its worker was ended: another job took too long", but=overdue)
        for held in self._drop_all(overdue):
            message = f"no proof after {limit:g} s; the limit is the node's"
            self._outcomes.failed(held.job, JobCause.PROVING_TIMEOUT, message)
        self._workshop.changed()

    def _hand_back(self, message: str, but: Sequence[HeldJob] = ()) -> None:
        for held in self._drop_all([held for held in self.held.values() if held not in but]):
            self._outcomes.returned(held.job, message)
        self._workshop.changed()

    def _drop_all(self, jobs: Sequence[HeldJob]) -> Sequence[HeldJob]:
        """Out of hand, all of them: where an outcome is not taken, the next turn sees to it."""
        for held in jobs:
            self._outcomes.owe(self._drop(held.job.job_id).job)
        return jobs

    def _drop(self, job_id: str) -> HeldJob:
        self._workshop.progress.pop(job_id, None)
        return self.held.pop(job_id)

    def _show(self, job_id: str, phase: ProvingPhase, message: str) -> None:
        self._workshop.progress[job_id] = JobProgress(phase, message)
        self._workshop.changed()

    def _wants_no_company(self, held: HeldJob) -> bool:
        return self._outcomes.is_suspect(held.job)
