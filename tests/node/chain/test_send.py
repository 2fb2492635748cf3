"""Transactions outside the relay: what an endpoint may make a deployer pay."""

import pytest

from node.chain import EmbeddedChain, development_account, transact
from tests.node.chain.toy import START

ALICE = development_account("test-alice")
GWEI = 10**9


def test_a_greedy_tip_is_not_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = EmbeddedChain(start_time=START, funded=[ALICE.address])
    monkeypatch.setattr(chain, "priority_fee", lambda: 10**18)
    base_fee = chain.head().base_fee
    receipt = transact(chain, ALICE, ALICE.address, b"")
    assert receipt.effective_gas_price <= base_fee + 50 * GWEI
