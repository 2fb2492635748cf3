"""A whole node over gRPC, with the real quoting, store and prover; the chain is played."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from circuits.statements.option_marks import Header, Market, Shape, decode_words
from node.client import (
    Chain,
    Client,
    InvalidRequestError,
    NotFoundError,
    OverloadedError,
    PreconditionError,
    RequestIdReusedError,
    SettlementMode,
    Statement,
)
from node.quoting import PROVING, price_report, read_chain
from node.rpc.errors import SnapshotUnknown
from node.service import Node, NodeSettings
from node.store import Cause, Settlement, Store, StoreInUseError
from node.values import SettlementChain
from tests.node.service.conftest import Start, needs_native
from tests.node.service.recipes import HeldRecipe

ROOT = Path(__file__).resolve().parents[3]
CHAIN_FILE = ROOT / "node" / "data" / "btc_chain_20260521.csv"


def demo_chain(count: int | None = None) -> Chain:
    with CHAIN_FILE.open(newline="", encoding="utf-8-sig") as stream:
        return Chain.from_rows(list(csv.DictReader(stream))[:count])


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.02)


def test_a_quote_of_the_demo_chain_is_the_price_report_and_quick(start: Start) -> None:
    _, client = start()
    chain = demo_chain()
    client.quote(chain)
    started = time.monotonic()
    marks = client.quote(chain)
    assert time.monotonic() - started < 1.0
    report = price_report(read_chain(CHAIN_FILE, PROVING))
    assert len(marks) == len(report) == 387
    for mark, entry in zip(marks, report, strict=True):
        assert mark.price == Decimal(entry["price"])
        for name in ("delta", "gamma", "vega", "theta", "rho"):
            assert getattr(mark.greeks, name) == Decimal(entry[name])
        for name, value in entry["inputs"].items():
            assert getattr(mark.inputs, name) == Decimal(value)


def test_every_fault_of_a_chain_comes_back_by_its_path(start: Start) -> None:
    _, client = start()
    good = demo_chain(4)
    first, second, third, fourth = good.options
    bad = replace(
        good,
        underlying="DOGE",
        options=(
            replace(first, strike="-74000"),
            replace(second, implied_volatility="NaN", forward=""),
            replace(third, expiry_utc="2026-05-20T08:00:00Z", discount_factor="2"),
            fourth,
            fourth,
        ),
    )
    for call in (client.quote, client.submit_marks):
        with pytest.raises(InvalidRequestError) as caught:
            call(bad)
        assert sorted(fault.field for fault in caught.value.faults) == [
            "chain.options[0].strike",
            "chain.options[1].forward",
            "chain.options[1].implied_volatility",
            "chain.options[2].discount_factor",
            "chain.options[2].expiry_time",
            "chain.options[4].strike",
            "chain.underlying",
        ]
        texts = " ".join(fault.description for fault in caught.value.faults)
        assert "-74000" in texts
        assert "expected" in texts


def test_an_empty_chain_and_unknown_sizes_are_refused(start: Start) -> None:
    _, client = start()
    with pytest.raises(InvalidRequestError, match="at least one option"):
        client.quote(replace(demo_chain(1), options=()))
    with pytest.raises(InvalidRequestError, match="16, 32, or 0"):
        client.submit_marks(demo_chain(1), capacity=100)
    with pytest.raises(InvalidRequestError, match="at most"):
        client.submit_marks(demo_chain(100), capacity=16)
    with pytest.raises(InvalidRequestError, match="no size that this node offers"):
        client.submit_marks(demo_chain(100))


@needs_native
def test_a_submitted_chain_is_proven_and_its_attestation_verifies(start: Start) -> None:
    node, client = start()
    chain = demo_chain(20)
    job = client.submit_marks(chain)
    assert (job.statement, job.options, job.capacity) == (Statement.PRICE, 20, 32)
    states = list(client.watch_job(job.job_id, timeout_seconds=60))
    steps = [state.proving_state.name for state in states]
    assert list(dict.fromkeys(steps)) in (["QUEUED", "PROVING", "PROVED"], ["PROVING", "PROVED"])
    assert states[-1].succeeded
    assert [state.revision for state in states] == sorted(state.revision for state in states)
    attestation = client.get_attestation(job.job_id)
    found = client.verify_attestation(attestation)
    assert (found.valid, found.reason, len(found.data_hash)) == (True, "", 32)
    decoded = decode_words(attestation.word_values, Shape(2))
    assert decoded.header == Header(0, 0, 0, 0, 0)
    marks = client.quote(chain)
    assert sorted(decoded.price_atoms) == sorted(mark.price_atoms for mark in marks)
    served = [s for s in client.capabilities().statements if s.key_id]
    assert [(s.statement, s.capacity, s.key_id) for s in served] == [
        (Statement.PRICE, 32, attestation.key_id)
    ]
    for damaged, why in (
        (replace(attestation, words=attestation.words[:-1] + b"\x01"), "pairing"),
        (replace(attestation, words=attestation.words[:-32]), "word count"),
        (replace(attestation, words=attestation.words[:-5]), "no multiple of 32"),
        (replace(attestation, proof=attestation.proof[:-1]), "length"),
        (replace(attestation, proof=bytes(320)), "infinity"),
        (replace(attestation, key_id=b"\x01"), "key id"),
    ):
        verdict = client.verify_attestation(damaged)
        assert not verdict.valid
        assert why in verdict.reason
    with pytest.raises(NotFoundError, match="not in this node's key store"):
        client.verify_attestation(replace(attestation, key_id=b"\x01" * 32))
    assert node.workers()[0].starts == 1


class PlayedChain:
    """A chain whose oracle knows every market but those before the year 2020."""

    def describe(self) -> SettlementChain:
        return SettlementChain(31337, b"\x0a" * 20, b"\x0b" * 20, b"\x0c" * 20, b"\x0d" * 20)

    def header(self, market: Market, shape: Shape, consumer: bytes) -> Header:
        if market.snapshot_unix < 1_577_836_800:
            raise SnapshotUnknown("the oracle has no such snapshot; publish it first")
        to = int.from_bytes(consumer or b"\x0d" * 20, "big")
        return Header(31337, int.from_bytes(b"\x0a" * 20, "big"), to, 7, 2_000_000_000)


class PlayedRelay:
    """Takes whatever is READY through all states."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        outbox = self._store.outbox
        while not self._stopping.wait(0.02):
            for entry in outbox.entries((Settlement.READY,)):
                if entry.tries == 0:
                    outbox.note(entry, Cause.INSUFFICIENT_FUNDS, "send coin")
                    self._stopping.wait(0.3)
                    continue
                sent = outbox.move(entry, Settlement.SUBMITTED, tx_hash=b"\x33" * 32)
                mined = outbox.move(
                    sent, Settlement.CONFIRMED, block_number=5, block_hash=b"\x44" * 32, gas_used=9
                )
                outbox.move(mined, Settlement.FINAL)


def test_a_job_for_the_chain_goes_all_the_way(start: Start, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    _, client = start(settlement=PlayedChain(), relay=PlayedRelay, recipe=HeldRecipe(gate))
    job = client.submit_marks(demo_chain(3))
    seen, causes = [], []
    for state in client.watch_job(job.job_id, timeout_seconds=20):
        seen.append((state.proving_state.name, state.settlement_state.name))
        causes.append((state.cause, state.cause_message))
        if state.progress is not None:
            gate.touch()
    steps = list(dict.fromkeys(seen))
    assert [step for step in steps if step != ("QUEUED", "NONE")] == [
        ("PROVING", "NONE"),
        ("PROVED", "READY"),
        ("PROVED", "SUBMITTED"),
        ("PROVED", "CONFIRMED"),
        ("PROVED", "FINAL"),
    ]
    assert ("INSUFFICIENT_FUNDS", "send coin") in causes
    final = client.get_job(job.job_id)
    assert final.succeeded
    assert final.transaction is not None
    assert (final.transaction.chain_id, final.transaction.block_number) == (31337, 5)
    assert final.transaction.transaction_hash == b"\x33" * 32
    chain = client.capabilities().chain
    assert chain is not None
    assert chain.registry == b"\x0a" * 20


def test_snapshots_and_chains_that_do_not_allow_settlement_are_refused(start: Start) -> None:
    _, client = start(settlement=PlayedChain())
    old = replace(
        demo_chain(1),
        valuation_utc="2019-05-21T10:04:10Z",
        options=(replace(demo_chain(1).options[0], expiry_utc="2019-05-22T08:00:00Z"),),
    )
    with pytest.raises(PreconditionError) as caught:
        client.submit_marks(old)
    assert caught.value.reason == "SNAPSHOT_UNKNOWN"


def test_without_a_chain_only_proofs_are_made(start: Start, tmp_path: Path) -> None:
    _, client = start(recipe=HeldRecipe(tmp_path / "gate"))
    with pytest.raises(PreconditionError) as caught:
        client.submit_marks(demo_chain(1), settlement_mode=SettlementMode.ATTEST)
    assert caught.value.reason == "NO_SETTLEMENT"
    assert client.capabilities().chain is None
    assert not client.submit_marks(demo_chain(1)).done


def test_request_ids_and_a_full_queue(start: Start, tmp_path: Path) -> None:
    _, client = start(recipe=HeldRecipe(tmp_path / "gate"))
    first = client.submit_marks(demo_chain(1), request_id="one")
    until(lambda: client.get_job(first.job_id).proving_state == "proving")
    for _ in range(3):
        client.submit_marks(demo_chain(1))
    with pytest.raises(OverloadedError) as full:
        client.submit_marks(demo_chain(1))
    assert (full.value.reason, full.value.retry_after_seconds) == ("QUEUE_FULL", 5.0)
    assert client.submit_marks(demo_chain(1), request_id="one").job_id == first.job_id
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


def test_a_part_that_cannot_start_stops_the_parts_before_it(
    start: Start, settings: NodeSettings, tmp_path: Path
) -> None:
    from node.rpc import AddressRefusedError

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
