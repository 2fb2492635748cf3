"""Jobs through real worker processes, with a queue in memory: crashes, timeouts, stops."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
import structlog

from node.proving import ProvingService, ProvingSettings
from node.proving.ports import ClaimedJob
from node.proving.process import WorkerProcess
from tests.node.proving.conftest import Run
from tests.node.proving.queues import MemoryQueue, Times, until
from tests.node.proving.recipes import ScriptedRecipe, broken_factory, hanging_factory


def test_jobs_are_proven_in_order_by_one_process_that_stays(run: Run) -> None:
    queue = MemoryQueue("prove", "prove", "prove")
    run(queue)
    until(lambda: len(queue.proved) == 3)
    for step in ("claim", "complete"):
        assert [job for done, job in queue.steps() if done == step] == ["job-1", "job-2", "job-3"]
    assert len({proved.data_hash for proved in queue.proved.values()}) == 1
    assert Times(queue.proved["job-3"]).number == 3


def test_a_job_queued_later_is_taken_when_woken(run: Run) -> None:
    queue = MemoryQueue()
    service = run(queue)
    queue.waiting.append(ClaimedJob("late", b"prove"))
    service.wake()
    until(lambda: "late" in queue.proved)


def test_a_killed_worker_brings_its_job_back_and_the_next_one_proves_it(
    run: Run, tmp_path: Path
) -> None:
    queue = MemoryQueue(f"die-once {tmp_path / 'died'}", "prove")
    service = run(queue)
    until(lambda: len(queue.proved) == 2)
    assert [entry for entry in queue.written if entry[1] == "job-1"] == [
        ("claim", "job-1"),
        ("requeue", "job-1", "the worker process died (signal 9)"),
        ("claim", "job-1"),
        ("complete", "job-1"),
    ]
    assert service.health()[0].starts == 2


def test_kill_minus_nine_from_outside_is_noticed(run: Run) -> None:
    queue = MemoryQueue("sleep 0.4")
    service = run(queue)
    until(lambda: service.progress("job-1") is not None)
    pid = service.health()[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: "job-1" in queue.proved)
    assert [entry[0] for entry in queue.written] == ["claim", "requeue", "claim", "complete"]


def test_a_job_that_kills_every_worker_is_given_up(run: Run) -> None:
    queue = MemoryQueue("die", "prove")
    run(queue, attempts=2)
    until(lambda: "job-2" in queue.proved)
    failed = [entry for entry in queue.written if entry[0] == "fail"]
    assert len(failed) == 1
    assert failed[0][1:3] == ("job-1", "WORKER_LOST")
    assert "2 times" in failed[0][3]


def test_a_worker_that_cannot_start_fails_jobs_instead_of_looping(run: Run) -> None:
    queue = MemoryQueue("prove")
    run(queue, broken_factory, attempts=2)
    until(lambda: any(entry[0] == "fail" for entry in queue.written))
    assert "exit code 5" in queue.written[-1][3]


def test_a_process_that_cannot_be_made_at_once_is_made_later(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine has no process or no memory to spare: the worker is not lost for that."""
    start, refusals = WorkerProcess.ensure_started, iter([OSError("fork"), OSError("fork")])

    def sometimes(process: WorkerProcess) -> None:
        for refusal in refusals:
            raise refusal
        start(process)

    monkeypatch.setattr(WorkerProcess, "ensure_started", sometimes)
    queue = MemoryQueue("prove")
    run(queue)
    until(lambda: "job-1" in queue.proved)


def test_failures_keep_their_cause_and_other_jobs_go_on(
    run: Run, quiet_log: list[structlog.typing.EventDict]
) -> None:
    queue = MemoryQueue("fail", "raise", "prove")
    run(queue)
    until(lambda: "job-3" in queue.proved)
    failed = {entry[1]: entry[2:] for entry in queue.written if entry[0] == "fail"}
    assert failed["job-1"] == ("INPUT_INVALID", "price out of range")
    assert failed["job-2"][0] == "INTERNAL"
    assert "RuntimeError" in failed["job-2"][1]
    assert "74000" not in repr(queue.written)
    assert "74000" not in repr(quiet_log)


def test_a_proof_that_takes_too_long_is_ended(run: Run) -> None:
    queue = MemoryQueue("sleep 60", "prove")
    run(queue, job_timeout_seconds=1.0)
    until(lambda: "job-2" in queue.proved)
    failed = [entry[1:3] for entry in queue.written if entry[0] == "fail"]
    assert failed == [("job-1", "PROVING_TIMEOUT")]


@pytest.mark.parametrize("payload", ["prove", "prove" + " " * (4 << 20)], ids=["small", "large"])
def test_a_worker_that_hangs_at_its_start_costs_the_job_its_time_and_the_node_nothing(
    run: Run, payload: str
) -> None:
    """A job that the pipe cannot hold is only read by a worker that runs."""
    queue = MemoryQueue(payload)
    service = run(queue, hanging_factory, job_timeout_seconds=0.5)
    until(lambda: queue.steps()[1:] != [])
    assert queue.written[-1][:3] == ("fail", "job-1", "PROVING_TIMEOUT")
    started = time.monotonic()
    service.stop()
    assert time.monotonic() - started < 5


def test_stopping_is_quick_while_a_large_job_waits_to_be_read(run: Run) -> None:
    queue = MemoryQueue("prove" + " " * (4 << 20))
    service = run(queue, hanging_factory)
    until(lambda: bool(queue.claimed))
    started = time.monotonic()
    service.stop()
    assert time.monotonic() - started < 5
    assert queue.written[-1] == ("requeue", "job-1", "the node is stopping")


def test_large_jobs_are_proven(run: Run) -> None:
    queue = MemoryQueue(*["nothing | prove" + " " * (4 << 20)] * 3)
    run(queue)
    until(lambda: len(queue.proved) == 3)


def test_stopping_kills_the_worker_and_returns_its_job(run: Run) -> None:
    queue = MemoryQueue("sleep 60")
    service = run(queue)
    until(lambda: service.progress("job-1") is not None)
    started = time.monotonic()
    service.stop()
    assert time.monotonic() - started < 5
    assert queue.written[-1] == ("requeue", "job-1", "the node is stopping")
    assert service.health()[0].pid is None


def test_what_a_crash_left_behind_is_proven_first(run: Run) -> None:
    queue = MemoryQueue("prove")
    queue.claimed["old"] = ClaimedJob("old", b"prove")
    run(queue)
    until(lambda: len(queue.proved) == 2)
    assert queue.written[0] == ("claim", "old")


def test_trouble_with_the_store_is_survived(run: Run) -> None:
    queue = MemoryQueue("prove")
    queue.troubles = 1
    run(queue)
    until(lambda: "job-1" in queue.proved)


def test_losing_the_store_for_good_ends_the_service() -> None:
    queue = MemoryQueue("prove")
    queue.troubles = 1
    service = ProvingService(
        queue, ScriptedRecipe, settings=ProvingSettings(workers=1), fatal=(OSError,)
    )
    service.start()
    until(lambda: service.failure is not None)
    service.stop()
    assert queue.written == []
    assert service.health()[0].pid is None


def test_two_workers_prove_side_by_side(run: Run) -> None:
    queue = MemoryQueue("sleep 0.5", "sleep 0.5")
    service = run(queue, workers=2)
    until(lambda: [len(h.job_ids) for h in service.health()] == [1, 1])
    until(lambda: len(queue.proved) == 2)
    assert len({proved.data_hash for proved in queue.proved.values()}) == 2


def test_a_worker_dies_with_its_parent(tmp_path: Path) -> None:
    import subprocess
    import sys

    script = tmp_path / "parent.py"
    script.write_text(
        "import os, signal\n"
        "from node.proving.process import WorkerProcess\n"
        "from node.proving.worker import Prepare\n"
        "from tests.node.proving.recipes import ScriptedRecipe\n"
        "if __name__ == '__main__':\n"
        "    worker = WorkerProcess(ScriptedRecipe, 'orphan')\n"
        "    worker.ensure_started()\n"
        "    worker.send(Prepare('job', b'prove'))\n"
        "    assert worker.receive(20) is not None\n"
        "    print(worker.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        timeout=30,
        check=False,
    )
    pid = int(done.stdout)
    until(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("refused", [1, 2])
def test_an_outcome_the_store_did_not_take_is_made_again(run: Run, refused: int) -> None:
    """Without a restart: nobody else would ever look at a job that is PROVING."""
    queue = MemoryQueue("prove", "prove")
    queue.refusals["job-1"] = refused
    run(queue)
    until(lambda: len(queue.proved) == 2)
    assert [step[0] for step in queue.written].count("requeue") == refused


def test_an_outcome_the_store_never_takes_keeps_nobody_waiting(run: Run) -> None:
    queue = MemoryQueue("prove", "prove")
    queue.refusals["job-1"] = 3
    run(queue)
    given_up = ("fail", "job-1", "INTERNAL", "the store did not take what came of it")
    until(lambda: list(queue.proved) == ["job-2"] and given_up in queue.written)
