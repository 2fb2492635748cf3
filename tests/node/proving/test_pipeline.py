"""Two jobs in one worker: what overlaps, and what becomes of the other when one goes wrong."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from node.proving import ProvingService, WorkerHealth
from node.proving.ports import ClaimedJob
from node.values import ProvingPhase
from tests.node.proving.conftest import Run
from tests.node.proving.queues import MemoryQueue, Times, until
from tests.node.proving.recipes import ScriptedRecipe


def test_a_job_is_prepared_while_the_one_before_it_is_proven(run: Run) -> None:
    queue = MemoryQueue(*["sleep 0.05 | sleep 0.8"] * 3)
    run(queue)
    until(lambda: len(queue.proved) == 3)
    times = [Times(queue.proved[f"job-{i}"]) for i in (1, 2, 3)]
    for before, after in pairwise(times):
        # The begins of the proof and of the next preparation are asked for in one breath.
        assert before.prepare[1] <= after.prepare[0] < after.prepare[1] < before.finish[1]
        assert before.finish[1] <= after.finish[0]
    assert [t.number for t in times] == [1, 2, 3]


def test_it_can_be_done_without(run: Run) -> None:
    queue = MemoryQueue("sleep 0.1 | sleep 0.2", "sleep 0.1 | sleep 0.2")
    run(queue, prepare_ahead=False)
    until(lambda: len(queue.proved) == 2)
    first, second = (Times(queue.proved[f"job-{i}"]) for i in (1, 2))
    assert first.finish[1] < second.prepare[0]
    assert queue.steps() == [(s, f"job-{i}") for i in (1, 2) for s in ("claim", "complete")]


def test_no_more_than_two_are_taken_and_both_are_shown(run: Run, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    queue = MemoryQueue(*[f"await {gate}"] * 3)
    service = run(queue)
    until(lambda: service.health()[0].job_ids == ("job-1", "job-2"))
    until(lambda: "another proof" in getattr(service.progress("job-2"), "message", ""))
    first, second = service.progress("job-1"), service.progress("job-2")
    assert first is not None
    assert second is not None
    assert (first.phase, second.phase) == (ProvingPhase.PROOF, ProvingPhase.WITNESS)
    assert service.progress("job-3") is None
    time.sleep(0.3)
    assert queue.steps() == [("claim", "job-1"), ("claim", "job-2")]
    gate.touch()
    until(lambda: len(queue.proved) == 3)
    assert service.progress("job-2") is None


def test_a_worker_without_a_job_comes_before_preparing_ahead(run: Run, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    queue = MemoryQueue(*[f"await {gate}"] * 2)
    service = run(queue, workers=2)
    until(lambda: [len(health.job_ids) for health in service.health()] == [1, 1])
    queue.waiting.append(ClaimedJob("job-3", b"prove"))
    until(lambda: sorted(len(health.job_ids) for health in service.health()) == [1, 2])
    gate.touch()
    until(lambda: len(queue.proved) == 3)


def test_kill_minus_nine_brings_both_jobs_back_and_blames_the_one_that_was_proven(
    run: Run, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    queue = MemoryQueue(f"await {gate}", f"await {gate}")
    service = run(queue, attempts=2)
    until(lambda: "another proof" in getattr(service.progress("job-2"), "message", ""))
    _kill(service)
    back = [("requeue", "job-1"), ("requeue", "job-2"), ("claim", "job-1")]
    until(lambda: queue.steps()[2:] == back)
    until(lambda: service.progress("job-1") is not None)
    time.sleep(0.3)
    assert service.health()[0].job_ids == ("job-1",), "a suspect is tried without company"
    _kill(service)
    until(lambda: service.progress("job-2") is not None)
    gate.touch()
    until(lambda: "job-2" in queue.proved)
    failed = [entry[1:] for entry in queue.written if entry[0] == "fail"]
    why = "the worker process died (signal 9), 2 times in a row on this job"
    assert failed == [("job-1", "WORKER_LOST", why)]


def _kill(service: ProvingService) -> None:
    pid = service.health()[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def test_a_job_that_kills_workers_does_not_take_the_next_one_with_it(run: Run) -> None:
    queue = MemoryQueue("sleep 0.3 | die", *["sleep 0.3 | prove"] * 3)
    service = run(queue, attempts=2)
    until(lambda: len(queue.proved) == 3)
    failed = [entry for entry in queue.written if entry[0] == "fail"]
    assert [entry[1:3] for entry in failed] == [("job-1", "WORKER_LOST")]
    assert "2 times" in failed[0][3]
    assert service.health()[0].starts == 3


def test_who_dies_while_preparing_is_found_out_alone(run: Run) -> None:
    """The first death may be either job's; after it each is tried without company."""
    queue = MemoryQueue("sleep 0.3", "die | prove", "prove", "prove")
    run(queue, attempts=2)
    until(lambda: len(queue.proved) == 3)
    failed = [entry[1:3] for entry in queue.written if entry[0] == "fail"]
    assert failed == [("job-2", "WORKER_LOST")]
    assert [job for step, job in queue.steps() if step == "requeue"].count("job-1") == 1


def test_a_worker_whose_preparing_thread_ends_is_not_waited_for(run: Run) -> None:
    queue = MemoryQueue("sleep 0.3", "exit | prove", "prove")
    run(queue, attempts=2)
    until(lambda: len(queue.proved) == 2)
    failed = [entry[1:3] for entry in queue.written if entry[0] == "fail"]
    assert failed == [("job-2", "WORKER_LOST")]


def test_a_witness_that_fails_fails_its_job_alone(run: Run) -> None:
    queue = MemoryQueue("sleep 0.3", "fail | prove", "raise | prove", "prove")
    service = run(queue)
    until(lambda: len(queue.proved) == 2)
    failed = {entry[1]: entry[2] for entry in queue.written if entry[0] == "fail"}
    assert failed == {"job-2": "INPUT_INVALID", "job-3": "INTERNAL"}
    assert service.health()[0].starts == 1
    assert "74000" not in repr(queue.written)
    steps = queue.steps()
    assert steps.index(("fail", "job-2")) < steps.index(("complete", "job-1"))


def test_a_prepared_job_that_nobody_wants_any_more_is_not_proven(run: Run, tmp_path: Path) -> None:
    """Cancelled, or expired: the queue knows which."""
    gate = tmp_path / "gate"
    queue = MemoryQueue(f"await {gate}", f"touch {tmp_path}", "prove")
    service = run(queue)
    until(lambda: "another proof" in getattr(service.progress("job-2"), "message", ""))
    queue.unwanted.add("job-2")
    gate.touch()
    until(lambda: "job-3" in queue.proved)
    assert ("unwanted", "job-2") in queue.steps()
    assert list(queue.proved) == ["job-1", "job-3"]
    assert Times(queue.proved["job-3"]).number == 2
    assert service.progress("job-2") is None


def test_waiting_for_its_turn_costs_a_job_none_of_its_time(run: Run) -> None:
    queue = MemoryQueue(*["sleep 1.2"] * 3)
    run(queue, job_timeout_seconds=2.0)
    until(lambda: len(queue.proved) == 3)


@pytest.mark.parametrize("slow", ["sleep 60 | prove", "sleep 60"])
def test_a_job_that_takes_too_long_sends_the_other_back_unharmed(run: Run, slow: str) -> None:
    queue = MemoryQueue("sleep 0.3", slow, "sleep 0.6")
    run(queue, job_timeout_seconds=2.0, attempts=1)
    until(lambda: len(queue.proved) == 2)
    failed = [entry[1:3] for entry in queue.written if entry[0] == "fail"]
    assert failed == [("job-2", "PROVING_TIMEOUT")]


def test_stopping_returns_both_jobs(run: Run) -> None:
    queue = MemoryQueue("sleep 60", "sleep 60", "prove")
    service = run(queue)
    until(lambda: len(service.health()[0].job_ids) == 2)
    started = time.monotonic()
    service.stop()
    assert time.monotonic() - started < 5
    assert [entry for entry in queue.written if entry[0] != "claim"] == [
        ("requeue", "job-1", "the node is stopping"),
        ("requeue", "job-2", "the node is stopping"),
    ]
    assert service.health()[0] == WorkerHealth(None, 1, ())


def test_trouble_with_one_outcome_leaves_the_other_job_alone(run: Run) -> None:
    queue = MemoryQueue("prove", "sleep 0.5")
    queue.refusals["job-1"] = 1
    service = run(queue)
    until(lambda: len(queue.proved) == 2)
    assert [job for step, job in queue.steps() if step == "requeue"] == ["job-1"]
    assert service.health()[0].starts == 1


def test_the_native_engine_gets_as_many_threads_as_it_may_use(run: Run) -> None:
    queue = MemoryQueue("threads")
    run(queue, ThreadsRecipe, threads_per_worker=3)
    until(lambda: "job-1" in queue.proved)
    assert queue.proved["job-1"].words == b"3"


class ThreadsRecipe(ScriptedRecipe):
    """Answers how many threads the engine would start."""

    def finish(self, prepared, report):  # type: ignore[no-untyped-def]
        threads = os.environ["RAYON_NUM_THREADS"].encode()
        return replace(super().finish(prepared, report), words=threads)
