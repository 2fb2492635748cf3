"""A node's life: repeated and refused requests, restarts, kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from node.client import Client, OverloadedError, RequestIdReusedError, Statement, UnavailableError
from node.rpc import AddressRefusedError
from node.service import Node, NodeSettings
from node.store import LeaseLostError, StoreInUseError
from tests.node.service.chains import ROOT, demo_chain, until
from tests.node.service.conftest import Start
from tests.node.service.recipes import HeldRecipe


def test_request_ids_and_a_full_queue(start: Start, tmp_path: Path) -> None:
    _, client = start(recipe=HeldRecipe(tmp_path / "gate"))
    first = client.submit_marks(demo_chain(1), request_id="one")
    second = client.submit_marks(demo_chain(2))
    for job in (first, second):  # one is proven, one prepared
        until(lambda job=job: client.get_job(job.job_id).proving_state == "proving")  # type: ignore[misc]
    for options in (3, 4, 5):
        client.submit_marks(demo_chain(options))
    with pytest.raises(OverloadedError) as full:
        client.submit_marks(demo_chain(6))
    assert (full.value.reason, full.value.retry_after_seconds) == ("QUEUE_FULL", 5.0)
    assert client.submit_marks(demo_chain(1), request_id="one").job_id == first.job_id
    for other in ({"capacity": 16}, {"statement": Statement.PRICE_AND_GREEKS}):
        with pytest.raises(RequestIdReusedError, match="one"):
            client.submit_marks(demo_chain(1), request_id="one", **other)
    with pytest.raises(RequestIdReusedError, match="one"):
        client.submit_marks(demo_chain(2), request_id="one")


def test_a_restart_resumes_what_was_accepted(
    start: Start, settings: NodeSettings, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    node = Node(settings, recipe=HeldRecipe(gate))
    node.start()
    with Client(node.address) as client:
        jobs = [client.submit_marks(demo_chain(n), request_id=f"r{n}") for n in (1, 2)]
        until(lambda: client.get_job(jobs[0].job_id).proving_state == "proving")
    node.stop()
    gate.touch()
    _, client = start(recipe=HeldRecipe(gate))
    for job in jobs:
        assert client.wait(job.job_id, timeout_seconds=20).succeeded
    assert client.submit_marks(demo_chain(1), request_id="r1").job_id == jobs[0].job_id


def test_a_second_node_on_the_store_is_refused(start: Start, settings: NodeSettings) -> None:
    start()
    with pytest.raises(StoreInUseError):
        Node(settings).start()


def test_a_node_whose_store_went_to_another_takes_no_jobs_and_says_so(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, client = start(recipe=HeldRecipe(tmp_path / "gate"))

    def lost(*_: object) -> None:
        raise LeaseLostError("another node took over")

    monkeypatch.setattr(node.store.jobs, "submit", lost)
    monkeypatch.setattr(node.store.jobs, "expire", lost)
    with pytest.raises(UnavailableError, match="another node took over"):
        client.submit_marks(demo_chain(1))
    until(lambda: isinstance(node.failure, LeaseLostError))


def test_a_part_that_cannot_start_stops_the_parts_before_it(
    start: Start, settings: NodeSettings, tmp_path: Path
) -> None:
    first, _ = start()
    other = replace(settings, store=tmp_path / "other.db", address=first.address)
    with pytest.raises(AddressRefusedError):
        Node(other).start()
    start(settings=replace(other, address="127.0.0.1:0"))


SERVE = """
import sys
from pathlib import Path
from node.service import Node, NodeSettings, IntakePolicy
from circuits.statements.option_marks import Shape
from tests.node.service.recipes import HeldRecipe

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    settings = NodeSettings(
        store=folder / "node.db", keys_directory=folder / "keys", address="127.0.0.1:0",
        intake=IntakePolicy(shapes=(Shape(1),)),
    )
    node = Node(settings, recipe=HeldRecipe(folder / "gate"))
    node.start()
    (folder / "address.new").write_text(node.address)
    (folder / "address.new").rename(folder / "address")
    sys.stdin.read()
"""


def test_kill_minus_nine_of_the_node_loses_no_accepted_job(
    start: Start, settings: NodeSettings, tmp_path: Path
) -> None:
    script = tmp_path / "serve.py"
    script.write_text(SERVE)
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until((tmp_path / "address").exists)
        with Client((tmp_path / "address").read_text(), timeout_seconds=10) as client:
            jobs = [client.submit_marks(demo_chain(n)) for n in (1, 2)]
            until(lambda: client.get_job(jobs[0].job_id).progress is not None)
            os.kill(process.pid, signal.SIGKILL)
    finally:
        process.kill()
        process.wait(10)
        if process.stdin is not None:
            process.stdin.close()
    (tmp_path / "gate").touch()
    _, client = start(recipe=HeldRecipe(tmp_path / "gate"))
    for job in jobs:
        assert client.wait(job.job_id, timeout_seconds=20).succeeded
