"""The relay on a real node: clock, re-organisation, replacement, refusals."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_account.signers.local import LocalAccount

from node.chain import RpcChain, Transaction, deploy
from node.chain import errors as e
from node.relay import EventKind
from node.store import Settlement, Store
from tests.node.chain.anvil import running_anvil
from tests.node.chain.toy import START
from tests.node.relay.test_settlement import DEPLOYER, OTHER, PLAN, RELAY, Node, settle


@pytest.fixture(scope="module")
def anvil() -> Iterator[RpcChain]:
    with running_anvil() as chain:
        yield chain


@pytest.fixture
def node(anvil: RpcChain, tmp_path: Path) -> Iterator[Node]:
    snapshot = anvil.development_request("evm_snapshot")
    for account in (DEPLOYER, RELAY):
        anvil.fund(account.address, 10**20)
    anvil.set_time(START + 12)  # months before the wall clock
    with Store.open(tmp_path / "node.sqlite") as store:
        yield Node(anvil, deploy(anvil, DEPLOYER, PLAN), store)
    anvil.development_request("evm_setAutomine", True)
    anvil.development_request("evm_revert", snapshot)


def test_settles_with_the_clock_at_the_valuation_time(node: Node) -> None:
    node.report_snapshot()
    job = node.prove()
    settle(node.relay())
    assert node.store.jobs.get(job).settlement is Settlement.CONFIRMED
    assert START < node.chain.head().timestamp < START + 1_000
    node.chain.mine(2)
    settle(node.relay())
    assert node.store.jobs.get(job).settlement is Settlement.FINAL


def test_a_reorganisation_is_survived(node: Node, anvil: RpcChain) -> None:
    node.report_snapshot()
    job = node.prove()
    settle(node.relay())
    assert node.store.jobs.get(job).settlement is Settlement.CONFIRMED
    anvil.development_request("anvil_reorg", 1, [])
    settle(node.relay(), rounds=6)
    after = [s.after for s in node.store.jobs.history(job) if s.axis == "settlement"]
    assert after[:4] == ["READY", "SUBMITTED", "CONFIRMED", "SUBMITTED"]
    assert after[-1] in {"CONFIRMED", "FINAL"}


def test_a_stuck_transaction_is_replaced(node: Node, anvil: RpcChain) -> None:
    node.report_snapshot()
    job = node.prove()
    anvil.development_request("evm_setAutomine", False)
    relay = node.relay()
    settle(relay, rounds=1)
    (entry,) = node.store.outbox.entries()
    (first,) = node.store.outbox.attempts(entry.id)
    # a base fee above what we offered keeps ours out of the next blocks
    for _ in range(3):
        anvil.development_request("anvil_setNextBlockBaseFeePerGas", hex(first.max_fee + 1))
        anvil.mine()
    events = settle(relay, rounds=1)
    assert EventKind.BUMPED in {event.kind for event in events}
    anvil.mine(4)
    settle(relay)
    assert node.store.jobs.get(job).settlement in {Settlement.CONFIRMED, Settlement.FINAL}


@pytest.mark.parametrize(
    ("account", "changes", "error"),
    [
        (OTHER, {}, e.InsufficientFundsError),
        (DEPLOYER, {"nonce": 0}, e.NonceTooLowError),
        (DEPLOYER, {"max_fee": 1, "priority_fee": 1}, e.UnderpricedError),
        (DEPLOYER, {"gas_limit": 20_000}, e.TransactionRefusedError),
    ],
)
def test_refusals_are_classified(
    node: Node, account: LocalAccount, changes: dict[str, int], error: type[Exception]
) -> None:
    fields = {
        "nonce": node.chain.nonce(account.address),
        "gas_limit": 21_000,
        "max_fee": 10**10,
        "priority_fee": 1,
    }
    raw = (
        Transaction(chain_id=31337, to=OTHER.address, data=b"", **(fields | changes))
        .sign(account)
        .raw
    )
    with pytest.raises(error):
        node.chain.send_raw(raw)
