"""Binding requests to snapshots, against the contracts on the embedded chain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from circuits.statements.option_marks import (
    PRODUCT_SHAPES,
    Market,
    OptionInputs,
    Shape,
    market_words,
)
from node.chain import DeploymentPlan, EmbeddedChain, deploy, development_account
from node.chain.errors import RpcUnavailableError
from node.rpc.errors import ChainUnavailable, ConsumerRefused, NoSettlement, SnapshotUnknown
from node.service import ChainSettlement, NoChain, SnapshotBook
from tests.node.oracle.reports import ADDRESSES, publish, report_of
from tests.node.proving.test_marks import MARKET

OPERATOR = development_account("operator")
MAX_AGE_SECONDS = 3_600  # the deployment plan's default


class Published:
    """A chain with the contracts, whose oracle has attested MARKET at 1,024 options."""

    def __init__(self) -> None:
        start = MARKET.snapshot_unix
        self.chain = EmbeddedChain(start_time=start, funded=[OPERATOR.address])
        plan = DeploymentPlan(signers=ADDRESSES, threshold=2, verifiers=[])
        self.deployment = deploy(self.chain, OPERATOR, plan)
        self.publish(MARKET, Shape(64))

    def publish(self, market: Market, shape: Shape) -> None:
        report = report_of(market_words(market, shape), 775_000_000)
        assert publish(self.chain, self.deployment, OPERATOR, report)


@pytest.fixture(scope="module")
def published() -> Published:
    return Published()


def part(market: Market, options: slice) -> Market:
    group = market.groups[0]
    return replace(market, groups=(replace(group, options=group.options[options]),))


def test_a_snapshot_is_found_at_the_size_it_was_signed(published: Published) -> None:
    settlement = ChainSettlement(published.chain, published.deployment)
    bound = settlement.bind(MARKET, PRODUCT_SHAPES, b"")
    assert (bound.market, bound.shape) == (MARKET, Shape(64))
    described = settlement.describe()
    assert bound.header.chain_id == published.chain.chain_id() == described.chain_id
    assert bound.header.registry.to_bytes(20, "big") == described.registry
    assert bound.header.consumer.to_bytes(20, "big") == described.default_consumer
    assert bound.header.sequence == 1
    assert bound.header.valid_until == MARKET.snapshot_unix + MAX_AGE_SECONDS
    with pytest.raises(ConsumerRefused, match="does not pay for 0x0707"):
        settlement.bind(MARKET, PRODUCT_SHAPES, b"\x07" * 20)
    settlement = ChainSettlement(published.chain, published.deployment, consumers=[b"\x07" * 20])
    other = settlement.bind(MARKET, PRODUCT_SHAPES, b"\x07" * 20)
    assert other.header.consumer.to_bytes(20, "big") == b"\x07" * 20


def test_some_series_are_proven_with_the_snapshot_they_belong_to(published: Published) -> None:
    book = SnapshotBook()
    settlement = ChainSettlement(published.chain, published.deployment, book=book)
    asked = part(MARKET, slice(0, 1))
    with pytest.raises(SnapshotUnknown):
        settlement.bind(asked, PRODUCT_SHAPES, b"")
    book.add(MARKET)
    assert settlement.bind(asked, PRODUCT_SHAPES, b"").market == MARKET
    first = MARKET.groups[0].options[0]
    altered = replace(
        asked,
        groups=(
            replace(
                asked.groups[0],
                options=(OptionInputs(first.strike_ticks, first.volatility + 1, first.is_put),),
            ),
        ),
    )
    with pytest.raises(SnapshotUnknown):
        settlement.bind(altered, PRODUCT_SHAPES, b"")


def test_what_the_oracle_did_not_sign_is_refused(published: Published) -> None:
    settlement = ChainSettlement(published.chain, published.deployment)
    with pytest.raises(SnapshotUnknown, match="attested no snapshot"):
        settlement.bind(
            replace(MARKET, snapshot_unix=MARKET.snapshot_unix + 1), PRODUCT_SHAPES, b""
        )
    with pytest.raises(SnapshotUnknown):
        settlement.bind(MARKET, PRODUCT_SHAPES[:1], b"")


def test_a_silent_endpoint_is_unavailable_and_no_chain_is_said(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    settlement = ChainSettlement(published.chain, published.deployment)

    def silent(*_: object) -> bytes:
        raise RpcUnavailableError("nobody answers at http://127.0.0.1:8545")

    monkeypatch.setattr(published.chain, "call", silent)
    with pytest.raises(ChainUnavailable, match="nobody answers"):
        settlement.bind(MARKET, PRODUCT_SHAPES, b"")
    with pytest.raises(NoSettlement, match="settles on no chain"):
        NoChain().bind(MARKET, PRODUCT_SHAPES, b"")


def test_the_book_keeps_the_newest() -> None:
    book = SnapshotBook(keep=2)
    snapshots = [replace(MARKET, snapshot_unix=MARKET.snapshot_unix - i) for i in range(3)]
    for market in snapshots:
        book.add(market)
    asked = [part(market, slice(0, 1)) for market in snapshots]
    assert [len(list(book.containing(market))) for market in asked] == [1, 2, 2]
