"""The service: workers that take jobs from a queue and write back what came of them.

One job is one proof here; which jobs share one is the queue's to know. The queue (SQL) remembers,
the workers only run: whatever dies, a job that is not PROVED or FAILED is proven again, which is
harmless because proving changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from node.proving.driver import ProvingSettings, WorkerDriver, Workshop
from node.proving.ports import ProofQueue, RecipeFactory
from node.values import JobProgress

_JOIN_SECONDS = 10.0

log = structlog.get_logger("node.proving")


@dataclass(frozen=True)
class WorkerHealth:
    """One worker: its process, how often it was started, the jobs in its hands, oldest first."""

    pid: int | None
    starts: int
    job_ids: tuple[str, ...]


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
        self._fatal = fatal
        self.failure: Exception | None = None
        self._workshop = Workshop(queue, settings or ProvingSettings(), changed)
        self._workshop.drivers += [
            WorkerDriver(self._workshop, factory, f"proofmark-worker-{number}")
            for number in range(self._workshop.settings.workers)
        ]
        self._threads = [
            threading.Thread(target=self._run, args=(driver,), name=driver.name, daemon=True)
            for driver in self._workshop.drivers
        ]

    def start(self) -> None:
        """Bring back what a crash left PROVING, then work."""
        recovered = self._workshop.queue.recover()
        if recovered:
            log.info("jobs recovered", jobs=recovered)
            self._workshop.changed()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Kill the workers; their jobs go back to the queue."""
        self._workshop.stopping.set()
        self.wake()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(_JOIN_SECONDS)

    def wake(self) -> None:
        """A job was queued."""
        with self._workshop.wanted:
            self._workshop.wanted.notify_all()

    def progress(self, job_id: str) -> JobProgress | None:
        """What a worker does for the job, if one is on it."""
        return self._workshop.progress.get(job_id)

    def health(self) -> list[WorkerHealth]:
        """Every worker as it is now."""
        return [
            WorkerHealth(driver.worker.pid, driver.worker.starts, tuple(driver.held))
            for driver in self._workshop.drivers
        ]

    def _run(self, driver: WorkerDriver) -> None:
        try:
            driver.run(self._fatal)
        except self._fatal as error:
            log.critical("proving stopped", error=type(error).__name__, message=str(error))
            self.failure = error
        except Exception as error:  # the jobs are put back when the node starts again
            log.error("jobs not handed back", error=type(error).__name__, message=str(error))
