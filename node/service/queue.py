"""The store as proving works through it: whose turn it is, and who shares a proof.

A proof says nothing but its task (key and words are a function of it), so jobs with the same task
share one: those that wait when it is claimed, and those that come before it is finished, up to a
number. One of them leads, the only one that proving knows of; what becomes of it becomes of all,
except that each is cancelled or expires by itself.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from circuits.statements.option_marks import OptionMarks
from node.proving import ClaimedJob, ProvedMarks
from node.proving.errors import TaskError
from node.proving.schedule import WaitingJob, next_job
from node.proving.task import MarksTask, TaskSummary, option_marks
from node.service.costs import ProvingCosts
from node.store import Cause, Job, NewAttestation, Proving, Slot, Store, TransitionError
from node.values import JobCause

#: Jobs looked at when one is chosen: the oldest, so that a long queue costs no more than this.
_WINDOW = 512

#: Jobs that share one proof: each is two or three transactions more, during which nobody else is
#: served. Who comes after them waits in the queue, where intake counts and refuses.
_MOST_SHARING = 256


@dataclass(frozen=True)
class _Task:
    """What the queue keeps of a waiting job's task; no statement where the task is damaged."""

    digest: bytes
    statement: OptionMarks | None


@dataclass
class _Proof:
    """A proof being made: of which task, for which jobs."""

    task: _Task
    job_ids: list[str]


class StoredQueue:
    """Jobs as proving works through them. `clock` gives Unix milliseconds."""

    def __init__(self, store: Store, costs: ProvingCosts, clock: Callable[[], int]) -> None:
        self._store = store
        self._costs = costs
        self._clock = clock
        self._lock = threading.Lock()
        self._tasks: dict[str, _Task] = {}
        self._proofs: dict[str, _Proof] = {}

    def recover(self) -> int:
        """Whatever was being proven when the node died waits again; how many wait."""
        return len(self._store.jobs.resume())

    def leader_of(self, job_id: str) -> str:
        """The job whose proof this one shares; itself, if it shares none."""
        for leader, proof in tuple(self._proofs.items()):
            if job_id in proof.job_ids:
                return leader
        return job_id

    def claim(self) -> ClaimedJob | None:
        """The job whose turn it is, with all that ask for the same."""
        with self._lock:
            self._store.jobs.expire()
            waiting = self._join(self._look())
            while waiting:
                leader = next_job(waiting).job_id
                task = self._tasks[leader]
                same = self._same(task, waiting, _MOST_SHARING)
                claimed = self._store.jobs.claim(same)
                if claimed:
                    first = claimed[0]
                    self._proofs[first.id] = _Proof(task, [job.id for job in claimed])
                    return ClaimedJob(first.id, first.payload)
                waiting = [job for job in waiting if job.job_id not in same]
            return None

    def still_wanted(self, job_id: str) -> bool:
        """Whether anybody waits for the proof, which is given up otherwise.

        Who is past the deadline expires.
        """
        with self._lock:
            sharing = self._proofs[job_id].job_ids
            wanted = [each for each in sharing if self._store.jobs.still_wanted(each)]
            if not wanted:
                del self._proofs[job_id]
            return bool(wanted)

    def complete(self, job_id: str, proved: ProvedMarks) -> None:
        """Store proof and outbox row of all; a job that was cancelled meanwhile stays so."""
        attestation = NewAttestation(
            key_id=proved.key_id,
            data_hash=proved.data_hash,
            words=proved.words,
            proof=proved.proof,
        )
        task = MarksTask.decode_bytes(self._store.jobs.get(job_id).payload)
        slot = _slot(task, proved.key_id) if task.settle else None
        with self._lock:
            self._costs.learn(task.option_marks, proved)
            self._join(self._look())
            self._end(job_id, lambda each: self._store.jobs.complete(each, attestation, slot))

    def fail(self, job_id: str, cause: JobCause, message: str) -> None:
        """FAILED, all of them: they ask for the same."""
        self._move(job_id, Proving.FAILED, Cause[cause.name], message)

    def requeue(self, job_id: str, message: str) -> None:
        """Back to QUEUED."""
        self._move(job_id, Proving.QUEUED, Cause.WORKER_LOST, message)

    def _look(self) -> list[WaitingJob]:
        """What waits; tasks are read once, as they never change."""
        rows, now = self._store.jobs.waiting(_WINDOW), self._clock()
        self._tasks = {
            row.id: self._tasks.get(row.id) or _task(self._store.jobs.get(row.id)) for row in rows
        }
        return [
            WaitingJob(
                job_id=row.id,
                waited_seconds=(now - row.submitted_ms) / 1_000,
                expected_seconds=self._expected_seconds(self._tasks[row.id]),
                seconds_to_deadline=(
                    None if row.deadline_ms is None else (row.deadline_ms - now) / 1_000
                ),
            )
            for row in rows
        ]

    def _join(self, waiting: Sequence[WaitingJob]) -> list[WaitingJob]:
        """Jobs that ask for a proof which is being made share it; the others are returned."""
        rest = list(waiting)
        for proof in self._proofs.values():
            same = self._same(proof.task, rest, _MOST_SHARING - len(proof.job_ids))
            if same:
                proof.job_ids += [job.id for job in self._store.jobs.claim(same)]
                rest = [job for job in rest if job.job_id not in same]
        return rest

    def _same(self, task: _Task, waiting: Sequence[WaitingJob], most: int) -> list[str]:
        """The oldest jobs of this task."""
        return [job.job_id for job in waiting if self._tasks[job.job_id] == task][:most]

    def _expected_seconds(self, task: _Task) -> float:
        return 0.0 if task.statement is None else self._costs.proof_seconds(task.statement)

    def _move(self, leader: str, to: Proving, cause: Cause, message: str) -> None:
        advance = self._store.jobs.advance
        with self._lock:
            self._end(leader, lambda each: advance(each, to, cause=cause, detail=message))

    def _end(self, leader: str, write: Callable[[str], Job]) -> None:
        """One outcome for all, each in a transaction; the proof is forgotten when all have it.

        Who is no longer being proven ended by itself, or has an outcome from a time before, when
        the store did not take the others'. Nobody can join meanwhile: the caller holds the lock.
        """
        for job_id in self._proofs[leader].job_ids:
            try:
                write(job_id)
            except TransitionError as error:
                if error.present == Proving.PROVING:
                    raise
        del self._proofs[leader]


def _task(job: Job) -> _Task:
    digest = hashlib.sha256(job.payload).digest()
    try:
        summary = TaskSummary.decode_bytes(job.payload)
        return _Task(digest, option_marks(summary.statement, summary.shape, summary.profile))
    except (TaskError, KeyError):
        return _Task(digest, None)


def _slot(task: MarksTask, key_id: bytes) -> Slot:
    header = task.header
    return Slot(
        chain_id=header.chain_id,
        registry=header.registry.to_bytes(20, "big"),
        key_id=key_id,
        consumer=header.consumer.to_bytes(20, "big"),
        subject=task.market.underlying_id.to_bytes(32, "big"),
        sequence=header.sequence,
        valid_until=header.valid_until,
    )
