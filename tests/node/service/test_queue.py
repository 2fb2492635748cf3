"""The store as a queue: order, shared proofs, and what each job that shares keeps for itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from circuits.statements.option_marks import Shape
from node.proving import ClaimedJob, ProvedMarks
from node.proving.task import MarksTask
from node.service.costs import ProvingCosts
from node.service.queue import StoredQueue
from node.store import Cause, Job, Proving, Settlement, Store, Submission
from node.values import JobCause
from tests.node.proving.test_marks import HEADER, TASK
from tests.node.store.conftest import Clock

PROVED = ProvedMarks(b"\x01" * 32, b"\x02" * 32, b"\x03" * 64, bytes(320))
LARGE = replace(TASK, shape=Shape(4))
OTHER = replace(TASK, header=replace(HEADER, sequence=8))


class Bench:
    """A store, the queue over it, and a clock that moves when told."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.store = Store.open(folder / "node.db", clock=self.clock)
        self.queue = StoredQueue(self.store, ProvingCosts(), self.clock)

    def submit(self, task: MarksTask, *, deadline_ms: int | None = None) -> str:
        self.clock.now_ms += 1
        payload = task.to_bytes()
        asked = Submission("marks", payload, bytes(32), deadline_ms=deadline_ms)
        return self.store.jobs.submit(asked).job.id

    def claim(self) -> ClaimedJob:
        job = self.queue.claim()
        assert job is not None
        return job

    def job(self, job_id: str) -> Job:
        return self.store.jobs.get(job_id)

    def steps(self, job_id: str) -> list[str]:
        return [s.after for s in self.store.jobs.history(job_id) if s.axis == "proving"]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.store.close()


def test_jobs_that_ask_for_the_same_share_one_proof(bench: Bench) -> None:
    first, other, second = bench.submit(TASK), bench.submit(OTHER), bench.submit(TASK)
    job = bench.claim()
    assert (job.job_id, job.payload) == (first, TASK.to_bytes())
    assert bench.queue.leader_of(second) == first
    assert bench.queue.leader_of(other) == other
    assert bench.claim().job_id == other
    assert bench.queue.claim() is None
    bench.queue.complete(first, PROVED)
    for job_id in (first, second):
        assert bench.steps(job_id) == ["QUEUED", "PROVING", "PROVED"]
        assert bench.job(job_id).settlement is Settlement.READY
    assert bench.store.jobs.attestation(first) == bench.store.jobs.attestation(second)
    assert len(bench.store.outbox.entries()) == 1
    assert bench.job(other).proving is Proving.PROVING
    assert bench.queue.leader_of(second) == second


def test_who_comes_while_the_proof_is_made_shares_it_too(bench: Bench) -> None:
    first = bench.submit(TASK)
    bench.claim()
    second = bench.submit(TASK)
    assert bench.queue.claim() is None, "nothing is left to do for another worker"
    assert bench.job(second).proving is Proving.PROVING
    third = bench.submit(TASK)
    bench.queue.complete(first, PROVED)
    for job_id in (second, third):
        assert bench.steps(job_id) == ["QUEUED", "PROVING", "PROVED"]
    again = bench.submit(TASK)
    assert bench.claim().job_id == again, "a proof that was finished before is not waited for"


def test_no_more_share_a_proof_than_can_be_told_of_it_soon(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest waits, is counted and refused at intake; it gets a proof of its own."""
    monkeypatch.setattr("node.service.queue._MOST_SHARING", 3)
    jobs = [bench.submit(TASK) for _ in range(4)]
    assert bench.claim().job_id == jobs[0]
    assert [bench.job(job).proving for job in jobs] == [*["PROVING"] * 3, "QUEUED"]
    assert bench.claim().job_id == jobs[3]
    late = [bench.submit(TASK) for _ in range(3)]
    bench.queue.complete(jobs[0], PROVED)
    assert [bench.job(job).proving for job in late] == ["PROVING", "PROVING", "QUEUED"]
    bench.queue.complete(jobs[3], PROVED)
    assert bench.claim().job_id == late[2]
    assert [bench.job(job).proving for job in (*jobs, *late[:2])] == ["PROVED"] * 6


def test_cancelling_one_leaves_the_proof_to_the_others(bench: Bench) -> None:
    first, second = bench.submit(TASK), bench.submit(TASK)
    bench.claim()
    assert bench.store.jobs.cancel(first)
    assert bench.queue.still_wanted(first)
    bench.queue.complete(first, PROVED)
    assert bench.job(first).proving is Proving.CANCELLED
    assert bench.store.jobs.attestation(first) is None
    assert bench.job(second).proving is Proving.PROVED


def test_a_proof_that_nobody_waits_for_is_given_up(bench: Bench) -> None:
    first = bench.submit(TASK)
    second = bench.submit(TASK, deadline_ms=bench.clock.now_ms + 10)
    bench.claim()
    bench.store.jobs.cancel(first)
    assert bench.queue.still_wanted(first)
    bench.clock.now_ms += 20
    assert not bench.queue.still_wanted(first)
    expired = bench.job(second)
    assert (expired.proving, expired.cause) == (Proving.EXPIRED, Cause.DEADLINE_PASSED)
    third = bench.submit(TASK)
    assert bench.claim().job_id == third, "it does not join what was given up"


def test_what_becomes_of_the_leader_becomes_of_all(bench: Bench) -> None:
    jobs = [bench.submit(TASK) for _ in range(3)]
    bench.claim()
    bench.store.jobs.cancel(jobs[1])
    bench.queue.requeue(jobs[0], "the worker process died")
    assert [bench.job(job).proving for job in jobs] == ["QUEUED", "CANCELLED", "QUEUED"]
    assert bench.claim().job_id == jobs[0]
    bench.queue.fail(jobs[0], JobCause.INPUT_INVALID, "no witness")
    assert [bench.job(job).proving for job in jobs] == ["FAILED", "CANCELLED", "FAILED"]
    assert bench.job(jobs[2]).detail == "no witness"


def test_trouble_in_the_middle_is_made_good(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = bench.submit(TASK), bench.submit(TASK)
    bench.claim()
    complete = bench.store.jobs.complete

    def once(job_id: str, *rest: object) -> Job:
        if job_id == second:
            raise OSError("disk")
        return complete(job_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(bench.store.jobs, "complete", once)
    with pytest.raises(OSError, match="disk"):
        bench.queue.complete(first, PROVED)
    bench.queue.requeue(first, "the store did not take what came of it")
    assert (bench.job(first).proving, bench.job(second).proving) == ("PROVED", "QUEUED")
    monkeypatch.undo()
    assert bench.claim().job_id == second
    bench.queue.complete(second, PROVED)
    assert bench.job(second).proving is Proving.PROVED


def test_trouble_while_putting_back_is_made_good(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is back already is no reason to leave the others where they are."""
    first, second, third = (bench.submit(TASK) for _ in range(3))
    bench.claim()
    advance = bench.store.jobs.advance

    def once(job_id: str, *rest: Proving, **why: object) -> Job:
        if job_id == second:
            monkeypatch.undo()
            raise OSError("disk")
        return advance(job_id, *rest, **why)  # type: ignore[arg-type]

    monkeypatch.setattr(bench.store.jobs, "advance", once)
    with pytest.raises(OSError, match="disk"):
        bench.queue.requeue(first, "the worker process died")
    assert bench.queue.claim() is None, "it joins what is still to be put back"
    bench.queue.requeue(first, "the worker process died")
    assert [bench.job(job).proving for job in (first, second, third)] == ["QUEUED"] * 3
    assert bench.claim().job_id == first
    bench.queue.complete(first, PROVED)
    assert [bench.job(job).proving for job in (first, second, third)] == ["PROVED"] * 3


def test_a_small_job_overtakes_a_large_one_that_came_just_before(bench: Bench) -> None:
    large, small = bench.submit(LARGE), bench.submit(TASK)
    assert bench.claim().job_id == small
    bench.clock.now_ms += 10_000
    bench.submit(OTHER)
    assert bench.claim().job_id == large, "it has waited too long to be overtaken again"


def test_a_near_deadline_goes_first(bench: Bench) -> None:
    bench.submit(TASK)
    late = bench.submit(LARGE, deadline_ms=bench.clock.now_ms + 5_000)
    assert bench.claim().job_id == late


def test_a_task_nobody_can_read_is_claimed_and_fails_by_itself(bench: Bench) -> None:
    damaged = bench.store.jobs.submit(Submission("marks", b"?", bytes(32))).job.id
    good = bench.submit(TASK)
    bench.clock.now_ms += 5
    assert {bench.claim().job_id, bench.claim().job_id} == {damaged, good}
    bench.queue.fail(damaged, JobCause.INTERNAL, "not a task of marks")
    bench.queue.complete(good, PROVED)
    assert bench.job(good).proving is Proving.PROVED


def test_after_a_restart_they_share_again(bench: Bench) -> None:
    jobs = [bench.submit(TASK) for _ in range(2)]
    bench.claim()
    queue = StoredQueue(bench.store, ProvingCosts(), bench.clock)
    assert queue.recover() == 2
    assert queue.claim() is not None
    assert queue.leader_of(jobs[1]) == jobs[0]
