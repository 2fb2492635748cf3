"""A whole node over gRPC, with the real quoting, store and prover; the chain is played."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from circuits.statements.option_marks import Header, Market, Shape, decode_words
from node.client import (
    InvalidRequestError,
    NotFoundError,
    PreconditionError,
    SettlementMode,
    Statement,
)
from node.quoting import PROVING, price_report, read_chain
from node.rpc.errors import SnapshotUnknown
from node.service import Bound
from node.store import Cause, Settlement, Store
from node.values import SettlementChain
from tests.node.service.chains import CHAIN_FILE, demo_chain
from tests.node.service.conftest import Start, needs_native
from tests.node.service.recipes import HeldRecipe


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
    with pytest.raises(InvalidRequestError, match="at most 32 options"):
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

    def bind(self, market: Market, shapes: Sequence[Shape], consumer: bytes) -> Bound:
        if market.snapshot_unix < 1_577_836_800:
            raise SnapshotUnknown("the oracle has no such snapshot; publish it first")
        to = int.from_bytes(consumer or b"\x0d" * 20, "big")
        header = Header(31337, int.from_bytes(b"\x0a" * 20, "big"), to, 7, 2_000_000_000)
        return Bound(header, market, shapes[0])


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
