"""kill -9 of a serving node at moments nobody chose: in start-up, in the queue, between writes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from node.client import Client, ClientError
from node.store import Proving, Store, StoreInUseError
from tests.node.service.chains import ROOT, demo_chain, until

LIVES = int(os.environ.get("PROOFMARK_KILLS", "4"))

SERVE = """
import sys, time
from dataclasses import dataclass
from pathlib import Path
from circuits.statements.option_marks import Shape
from node.proving.ports import ProvedMarks
from node.service import IntakePolicy, Node, NodeSettings
from prover import transcript


@dataclass(frozen=True)
class Quick:
    def __call__(self):
        return self

    def prepare(self, payload, report):
        return payload

    def finish(self, payload, report):
        words = [int.from_bytes(transcript.keccak(payload)[:16], "big")]
        data = words[0].to_bytes(32, "big")
        return ProvedMarks(b"\\x0b" * 32, transcript.data_hash(words), data, bytes(320))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    settings = NodeSettings(
        store=folder / "node.db", keys_directory=folder / "keys", address="127.0.0.1:0",
        intake=IntakePolicy(shapes=(Shape(1),), queued_jobs=100_000),
    )
    node = Node(settings, recipe=Quick())
    node.start()
    (folder / "address.new").write_text(node.address)
    (folder / "address.new").rename(folder / "address")
    sys.stdin.read()
"""


@contextmanager
def serving(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    script = folder / "serve.py"
    script.write_text(SERVE)
    (folder / "address").unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, str(script), str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=10)


def submit_until_cut_off(address: str, accepted: dict[str, str], life: int) -> None:
    """Note a job only after the call returned: that is what accepted means."""
    try:
        with Client(address, timeout_seconds=5) as client:
            for number in range(10_000):
                request_id = f"life-{life}-{number}"
                chain = demo_chain(1 + number % 3)
                accepted[request_id] = client.submit_marks(chain, request_id=request_id).job_id
    except ClientError:
        return


@pytest.mark.slow
def test_no_accepted_job_is_lost_whenever_the_node_is_killed(tmp_path: Path) -> None:
    accepted: dict[str, str] = {}
    moments = random.Random(20260521)
    for life in range(LIVES):
        with serving(tmp_path) as process:
            until((tmp_path / "address").exists)
            address = (tmp_path / "address").read_text()
            with pytest.raises(StoreInUseError, match=f"process {process.pid}"):
                Store.open(tmp_path / "node.db")
            sender = threading.Thread(target=submit_until_cut_off, args=(address, accepted, life))
            sender.start()
            time.sleep(moments.uniform(0.05, 1.0))
            os.kill(process.pid, signal.SIGKILL)
            sender.join(30)
            assert not sender.is_alive()
    assert accepted
    with serving(tmp_path):
        until((tmp_path / "address").exists)
        with Client((tmp_path / "address").read_text(), timeout_seconds=10) as client:
            for job_id in accepted.values():
                assert client.wait(job_id, timeout_seconds=30).succeeded
            request_id, job_id = next(iter(accepted.items()))
            assert client.submit_marks(demo_chain(1), request_id=request_id).job_id == job_id
        with Store.open_reading(tmp_path / "node.db") as reader:  # stored, but not yet answered
            until(lambda: not reader.jobs.unfinished())
    with Store.open(tmp_path / "node.db") as store:
        jobs = store.jobs.page(limit=1_000_000)
        assert {job.proving for job in jobs} == {Proving.PROVED}
        assert max(Counter(job.request_id for job in jobs).values()) == 1
        assert {job.id for job in jobs} >= set(accepted.values())
