"""Oracle, store, relay and the real contracts on the embedded chain, without a prover."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from eth_account.signers.local import LocalAccount

from node.chain import (
    Contract,
    Deployment,
    DeploymentPlan,
    EmbeddedChain,
    RpcChain,
    contract_abi,
    deploy,
    development_account,
    error_table,
)
from node.chain.abi import signature
from node.relay import Event, EventKind, Relay, RelayPolicy, RelayRunner
from node.relay.attestation import _ATTEST, _ATTESTED
from node.store import Cause, NewAttestation, Proving, Settlement, Store, Submission
from node.words import join_words
from prover.transcript import data_hash
from tests.node.chain import synthetic
from tests.node.chain.toy import START
from tests.node.oracle.reports import ADDRESSES, publish, report_of
from tests.node.relay.slots import slot_of

DEPLOYER = development_account("deployer")
RELAY = development_account("relay")
OTHER = development_account("other")
PLAN = DeploymentPlan(
    signers=ADDRESSES,
    threshold=2,
    verifiers=(synthetic.verifier_spec(),),
)
MARKET = synthetic.SyntheticMarket(START)


@dataclass
class Node:
    """A node on a chain of its own, with contracts and one snapshot to come."""

    chain: EmbeddedChain | RpcChain
    deployment: Deployment
    store: Store

    def relay(self, account: LocalAccount | None = RELAY, store: Store | None = None) -> Relay:
        return Relay(
            store or self.store,
            self.chain,
            registry=self.deployment.address("AttestationRegistry"),
            errors=error_table(),
            account=account,
            policy=RelayPolicy.development(),
        )

    def report_snapshot(self, number: int = 1) -> None:
        report = report_of(MARKET.market_words(), 7_800_000, number)
        assert publish(self.chain, self.deployment, DEPLOYER, report)

    def words(self) -> tuple[int, ...]:
        return MARKET.words(
            chain_id=self.chain.chain_id(),
            registry=self.deployment.address("AttestationRegistry"),
            consumer=self.deployment.address("MarkBoard"),
            number=1,
            valid_until=START + PLAN.max_snapshot_age_seconds,
        )

    def prove(self, store: Store | None = None, *, spoil: bool = False) -> str:
        """A job whose proof is made in the exponent; ``spoil`` alters its first coordinate."""
        target, words = store or self.store, self.words()
        key_id = synthetic.verifier_spec().key_id
        proof = synthetic.prove(words)
        if spoil:
            proof = b"".join(w.to_bytes(32, "big") for w in synthetic.g1(99)) + proof[64:]
        job = target.jobs.submit(Submission("marks", b"", bytes(32))).job
        target.jobs.advance(job.id, Proving.PROVING)
        attestation = NewAttestation(key_id, data_hash(words), join_words(words), proof)
        target.jobs.complete(job.id, attestation, slot_of(key_id, words))
        return job.id

    def board(self) -> Contract:
        return Contract(self.chain, self.deployment.address("MarkBoard"), contract_abi("MarkBoard"))


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    funded = [DEPLOYER.address, RELAY.address, OTHER.address]
    chain = EmbeddedChain(start_time=START, funded=funded)
    with Store.open(tmp_path / "node.sqlite") as store:
        yield Node(chain, deploy(chain, DEPLOYER, PLAN), store)


def now() -> int:
    return time.time_ns() // 1_000_000


def settle(relay: Relay, rounds: int = 4) -> list[Event]:
    moment = now()
    return [event for i in range(rounds) for event in relay.step(moment + 2_000 * i)]


def test_signatures_are_those_of_the_artifacts() -> None:
    abi = contract_abi("AttestationRegistry")
    assert signature(abi.find("function", "attest")) == _ATTEST
    assert signature(abi.find("event", "Attested")) == _ATTESTED
    known = error_table().names
    assert {"AlreadyAttested", "ProofRejected"} | RelayPolicy().later_errors <= known


def test_a_proof_becomes_a_readable_mark(node: Node) -> None:
    node.report_snapshot()
    job = node.prove()
    settle(node.relay())
    found = node.store.jobs.get(job)
    assert found.settlement is Settlement.CONFIRMED
    assert found.outbox_id is not None
    entry = node.store.outbox.get(found.outbox_id)
    assert entry.gas_used is not None
    assert entry.gas_used < 500_000
    stored = node.store.jobs.attestation(job)
    assert stored is not None
    (mark,) = node.board().read("readMark", stored.word_values(), 0).values()
    assert 12_345 in mark
    node.chain.mine(2)
    settle(node.relay())
    assert node.store.jobs.get(job).settlement is Settlement.FINAL


def test_before_the_snapshot_it_waits(node: Node) -> None:
    job = node.prove()
    settle(node.relay(), rounds=1)
    found = node.store.jobs.get(job)
    assert (found.settlement, found.cause) == (Settlement.READY, Cause.CHAIN_NOT_READY)
    assert "snapshot unknown" in (found.detail or "")
    node.report_snapshot()
    settle(node.relay())
    assert node.store.jobs.get(job).settlement is Settlement.CONFIRMED


def test_a_forged_proof_is_refused_in_words_and_costs_nothing(node: Node) -> None:
    node.report_snapshot()
    job = node.prove(spoil=True)
    before = node.chain.balance(RELAY.address)
    settle(node.relay())
    found = node.store.jobs.get(job)
    assert (found.settlement, found.cause, found.detail) == (
        Settlement.REJECTED,
        Cause.REVERTED,
        "proof rejected",
    )
    assert node.chain.balance(RELAY.address) == before


def test_two_relays_settle_once_and_both_succeed(node: Node, tmp_path: Path) -> None:
    node.report_snapshot()
    first = node.prove()
    with Store.open(tmp_path / "other.sqlite") as other:
        second = node.prove(other)
        settle(node.relay())
        settle(node.relay(OTHER, other))
        assert node.store.jobs.get(first).settlement is Settlement.CONFIRMED
        found = other.jobs.get(second)
        assert (found.settlement, found.cause) == (
            Settlement.CONFIRMED,
            Cause.SETTLED_BY_OTHER,
        )
    registry = node.deployment.address("AttestationRegistry")
    events = Contract(node.chain, registry, contract_abi("AttestationRegistry")).events(
        "Attested", 0, node.chain.head().number
    )
    assert len(list(events)) == 1


def test_a_tripped_breaker_only_delays(node: Node) -> None:
    node.report_snapshot()
    job = node.prove()
    oracle = Contract(
        node.chain, node.deployment.address("MarketOracle"), contract_abi("MarketOracle")
    )
    _send(node, oracle, "tripBreaker")
    settle(node.relay(), rounds=1)
    assert node.store.jobs.get(job).detail == "breaker tripped"
    _send(node, oracle, "resetBreaker")
    settle(node.relay())
    assert node.store.jobs.get(job).settlement is Settlement.CONFIRMED


def test_the_runner_settles_as_soon_as_a_proof_is_there(node: Node) -> None:
    node.report_snapshot()
    seen: list[EventKind] = []
    confirmed = threading.Event()

    def watch(event: Event) -> None:
        seen.append(event.kind)
        if event.kind is EventKind.CONFIRMED:
            confirmed.set()

    runner = RelayRunner(node.relay(), node.store, interval=30.0, on_event=watch)
    runner.start()
    try:
        job = node.prove()
        assert confirmed.wait(20.0), seen
    finally:
        runner.stop(20.0)
    assert not runner.is_alive
    assert runner.failure is None
    assert seen == [EventKind.SENT, EventKind.CONFIRMED]
    assert node.store.jobs.get(job).settlement is Settlement.CONFIRMED


def test_the_runner_ends_when_the_lease_is_lost(node: Node) -> None:
    from node.store import tables as t

    node.report_snapshot()
    node.prove()
    with node.store._database.writing_unchecked() as connection:
        connection.execute(t.lease.update().values(holder="somebody else"))
    runner = RelayRunner(node.relay(), node.store, interval=30.0)
    runner.start()
    runner._thread.join(20.0)
    assert runner.failure is not None
    runner.stop()


def test_the_runner_survives_what_nobody_foresaw(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.report_snapshot()
    job = node.prove()
    relay = node.relay()
    step, surprises = relay.step, [RuntimeError("surprise")]

    def surprising(now_ms: int) -> tuple[Event, ...]:
        if surprises:
            raise surprises.pop()
        return step(now_ms)

    monkeypatch.setattr(relay, "step", surprising)
    runner = RelayRunner(relay, node.store, interval=0.05)
    runner.start()
    deadline = time.monotonic() + 20.0
    while node.store.jobs.get(job).settlement is not Settlement.CONFIRMED:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    runner.stop(20.0)


def _send(node: Node, contract: Contract, function: str) -> None:
    from node.chain import transact

    transact(node.chain, DEPLOYER, contract.address, contract.abi.encode_call(function))
