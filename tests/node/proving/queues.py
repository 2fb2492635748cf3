"""A queue in memory, and what the tests of proving ask of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from node.proving.ports import ClaimedJob, ProvedMarks
from node.values import JobCause
from node.words import split_words


class MemoryQueue:
    """Keeps the order of everything that was written."""

    def __init__(self, *payloads: str) -> None:
        self.waiting = [ClaimedJob(f"job-{i}", p.encode()) for i, p in enumerate(payloads, 1)]
        self.claimed: dict[str, ClaimedJob] = {}
        self.written: list[tuple[str, ...]] = []
        self.proved: dict[str, ProvedMarks] = {}
        self.lock = threading.Lock()
        self.troubles = 0
        self.refusals: dict[str, int] = {}
        self.unwanted: set[str] = set()

    def recover(self) -> int:
        with self.lock:
            found = list(self.claimed.values())
            self.waiting = found + self.waiting
            self.claimed.clear()
            return len(found)

    def claim(self) -> ClaimedJob | None:
        with self.lock:
            if self.troubles:
                self.troubles -= 1
                raise OSError("disk")
            if not self.waiting:
                return None
            job = self.waiting.pop(0)
            self.claimed[job.job_id] = job
            self.written.append(("claim", job.job_id))
            return job

    def still_wanted(self, job_id: str) -> bool:
        with self.lock:
            if job_id not in self.unwanted:
                return True
            self.claimed.pop(job_id)
            self.written.append(("unwanted", job_id))
            return False

    def complete(self, job_id: str, proved: ProvedMarks) -> None:
        with self.lock:
            if self.refusals.get(job_id):
                self.refusals[job_id] -= 1
                raise OSError("disk")
            self.claimed.pop(job_id)
            self.proved[job_id] = proved
            self.written.append(("complete", job_id))

    def fail(self, job_id: str, cause: JobCause, message: str) -> None:
        with self.lock:
            self.claimed.pop(job_id)
            self.written.append(("fail", job_id, cause.name, message))

    def requeue(self, job_id: str, message: str) -> None:
        with self.lock:
            self.waiting.append(self.claimed.pop(job_id))
            self.waiting.sort(key=lambda job: job.job_id)
            self.written.append(("requeue", job_id, message))

    def steps(self) -> list[tuple[str, ...]]:
        """What happened to which job, without the reasons."""
        with self.lock:
            return [entry[:2] for entry in self.written]


class Times:
    """When the halves of a scripted job began and ended, in microseconds."""

    def __init__(self, proved: ProvedMarks) -> None:
        self.number, *moments = split_words(proved.words)
        self.prepare, self.finish = tuple(moments[:2]), tuple(moments[2:])


def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.01)
