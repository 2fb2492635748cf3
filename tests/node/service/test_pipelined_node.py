"""A whole node whose worker holds two jobs, and jobs that share a proof, as clients see them."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from node.client import Client
from node.service import Node
from node.store import Proving
from tests.node.service.chains import demo_chain, until
from tests.node.service.conftest import Start
from tests.node.service.recipes import HeldRecipe


def steps(node: Node, job_id: str) -> list[str]:
    return [s.after for s in node.store.jobs.history(job_id) if s.axis == "proving"]


def two_in_hand(node: Node, client: Client) -> tuple[str, str]:
    """One that is being proven, one that is prepared."""
    first = client.submit_marks(demo_chain(1)).job_id
    until(lambda: node.workers()[0].job_ids == (first,))
    second = client.submit_marks(demo_chain(2)).job_id
    until(lambda: "another proof" in getattr(client.get_job(second).progress, "message", ""))
    return first, second


def test_a_watcher_sees_the_usual_steps_of_both_jobs(start: Start, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    node, client = start(recipe=HeldRecipe(gate))
    jobs = two_in_hand(node, client)
    gate.touch()
    for job_id in jobs:
        states = list(client.watch_job(job_id, timeout_seconds=20))
        seen = list(dict.fromkeys(state.proving_state.name for state in states))
        assert seen in (["PROVING", "PROVED"], ["PROVED"])
        assert steps(node, job_id) == ["QUEUED", "PROVING", "PROVED"]


def test_kill_minus_nine_of_the_worker_loses_neither(start: Start, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    node, client = start(recipe=HeldRecipe(gate))
    jobs = two_in_hand(node, client)
    pid = node.workers()[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    gate.touch()
    for job_id in jobs:
        assert client.wait(job_id, timeout_seconds=20).succeeded
        assert steps(node, job_id) == ["QUEUED", "PROVING", "QUEUED", "PROVING", "PROVED"]
    assert node.workers()[0].starts == 2


def test_a_cancelled_job_is_not_proven_though_it_is_prepared(start: Start, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    node, client = start(recipe=HeldRecipe(gate))
    first, second = two_in_hand(node, client)
    assert node.store.jobs.cancel(second)
    gate.touch()
    assert client.wait(first, timeout_seconds=20).succeeded
    until(lambda: node.workers()[0].job_ids == ())
    assert steps(node, second) == ["QUEUED", "PROVING", "CANCELLED"]
    assert node.store.jobs.attestation(second) is None


def test_stopping_puts_both_back_on_disk(start: Start, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    node, client = start(recipe=HeldRecipe(gate))
    jobs = two_in_hand(node, client)
    node.stop()
    gate.touch()
    again, client = start(recipe=HeldRecipe(gate))
    for job_id in jobs:
        assert client.wait(job_id, timeout_seconds=20).succeeded
        assert steps(again, job_id)[:3] == ["QUEUED", "PROVING", "QUEUED"]


def test_the_same_marks_for_several_clients_are_proven_once(start: Start, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    node, client = start(recipe=HeldRecipe(gate))
    leader = client.submit_marks(demo_chain(1)).job_id
    until(lambda: node.workers()[0].job_ids == (leader,))
    others = [client.submit_marks(demo_chain(1), request_id=f"r{n}").job_id for n in range(2)]
    for job_id in others:  # they share what is under way, and its progress is theirs
        until(lambda job_id=job_id: client.get_job(job_id).progress is not None)  # type: ignore[misc]
        assert client.get_job(job_id).progress == client.get_job(leader).progress
    assert node.workers()[0].job_ids == (leader,)
    gate.touch()
    attestations = set()
    for job_id in (leader, *others):
        assert client.wait(job_id, timeout_seconds=20).succeeded
        assert steps(node, job_id) == ["QUEUED", "PROVING", "PROVED"]
        attestations.add(client.get_attestation(job_id))
    assert len(attestations) == 1
    assert node.store.jobs.count()[Proving.PROVED] == 3
