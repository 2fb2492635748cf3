"""The whole way: gRPC request → proof → relay → contracts on the embedded chain → FINAL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
import structlog

import prover
from circuits.statements.option_marks import Market, OptionMarks, Shape, market_words
from node.chain import (
    Contract,
    Deployment,
    DeploymentPlan,
    EmbeddedChain,
    contract_abi,
    deploy,
    development_account,
    error_table,
)
from node.client import Client, Option, PreconditionError
from node.keys import KeyStore
from node.quoting import market_of
from node.relay import Relay, RelayPolicy, RelayRunner
from node.service import ChainSettlement, IntakePolicy, Node, NodeSettings, SnapshotBook
from node.service.quoting import QuotingDesk
from node.store import Store
from node.values import ChainRequest, OptionRow
from tests.e2e.settlement import verifier_spec
from tests.node.oracle.reports import ADDRESSES, publish, report_of
from tests.node.service.chains import demo_chain

SHAPE = Shape(4)
OPERATOR = development_account("operator")
RELAY = development_account("relay")
ASKED = demo_chain(40)

pytestmark = pytest.mark.skipif(
    prover.default_engine().name != "native", reason="the native engine is not built"
)


def _request() -> ChainRequest:
    def row(option: Option) -> OptionRow:
        return OptionRow(
            expiry_utc=str(option.expiry_utc),
            strike=str(option.strike),
            option_type=str(option.option_type),
            forward=str(option.forward),
            implied_volatility=str(option.implied_volatility),
            discount_factor=str(option.discount_factor),
        )

    rows = tuple(row(option) for option in ASKED.options)
    return ChainRequest(ASKED.underlying, str(ASKED.valuation_utc), rows)


@dataclass
class World:
    """A node that settles on a chain whose oracle has attested the asked snapshot."""

    chain: EmbeddedChain
    node: Node
    client: Client
    board: Contract


def _deployed(market: Market, keys: Path) -> tuple[EmbeddedChain, Deployment]:
    statement = OptionMarks(SHAPE)
    key = KeyStore(keys).ensure_development_key(statement)
    funded = [OPERATOR.address, RELAY.address]
    chain = EmbeddedChain(start_time=market.snapshot_unix, funded=funded)
    plan = DeploymentPlan(
        signers=ADDRESSES,
        threshold=2,
        verifiers=[verifier_spec(key, statement)],
    )
    return chain, deploy(chain, OPERATOR, plan)


def _node(chain: EmbeddedChain, deployment: Deployment, market: Market, folder: Path) -> Node:
    book = SnapshotBook()
    book.add(market)

    def relay(store: Store) -> RelayRunner:
        policy = replace(RelayPolicy.development(), final_depth=1)
        registry = deployment.address("AttestationRegistry")
        made = Relay(
            store, chain, registry=registry, errors=error_table(), account=RELAY, policy=policy
        )
        return RelayRunner(made, store, interval=0.05)

    settings = NodeSettings(
        store=folder / "node.db",
        keys_directory=folder / "keys",
        address="127.0.0.1:0",
        intake=IntakePolicy(shapes=(SHAPE,)),
    )
    return Node(settings, settlement=ChainSettlement(chain, deployment, book=book), relay=relay)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("node")
    market = market_of(QuotingDesk().quantise(_request())).market
    chain, deployment = _deployed(market, folder / "keys")
    assert publish(chain, deployment, OPERATOR, report_of(market_words(market, SHAPE), 775_000_000))
    board = Contract(chain, deployment.address("MarkBoard"), contract_abi("MarkBoard"))
    with (
        structlog.testing.capture_logs(),
        _node(chain, deployment, market, folder) as node,
        Client(node.address, timeout_seconds=20) as client,
    ):
        yield World(chain, node, client, board)


def test_a_request_becomes_a_mark_on_the_chain(world: World) -> None:
    quoted = world.client.quote(ASKED)
    job = world.client.submit_marks(ASKED)
    states = [
        (state.proving_state.name, state.settlement_state.name)
        for state in world.client.watch_job(job.job_id, timeout_seconds=60)
    ]
    steps = [step for step in dict.fromkeys(states) if step != ("QUEUED", "NONE")]
    assert steps == [
        ("PROVING", "NONE"),
        ("PROVED", "READY"),
        ("PROVED", "SUBMITTED"),
        ("PROVED", "CONFIRMED"),
        ("PROVED", "FINAL"),
    ]
    final = world.client.get_job(job.job_id)
    assert final.succeeded
    assert final.transaction is not None
    receipt = world.chain.receipt(final.transaction.transaction_hash)
    assert receipt is not None
    assert receipt.gas_used == final.transaction.gas_used
    attestation = world.client.get_attestation(job.job_id)
    assert world.client.verify_attestation(attestation).valid
    by_price = {mark.price_atoms: mark for mark in quoted}
    for index in (0, len(quoted) - 1):
        read = world.board.read_one("readMark", list(attestation.word_values), index)
        strike_ticks, is_put, price_atoms = read[2], read[3], read[6]
        mark = by_price[price_atoms]
        assert mark.price == Decimal(price_atoms) * mark.inputs.tick / 100_000
        assert mark.inputs.strike == strike_ticks * mark.inputs.tick
        assert (mark.option_type == "put") == is_put


def test_some_series_of_the_snapshot_lead_to_the_same_attestation(world: World) -> None:
    some = replace(ASKED, options=ASKED.options[3:9])
    job = world.client.submit_marks(some)
    assert job.options == len(ASKED.options)
    final = world.client.wait(job.job_id, timeout_seconds=60)
    assert final.succeeded


def test_a_snapshot_the_oracle_has_not_attested_is_refused(world: World) -> None:
    later = replace(ASKED, valuation_utc="2026-05-21T10:05:10Z")
    with pytest.raises(PreconditionError) as caught:
        world.client.submit_marks(later)
    assert caught.value.reason == "SNAPSHOT_UNKNOWN"


def test_capabilities_name_the_contracts_and_the_key(world: World) -> None:
    found = world.client.capabilities()
    assert found.chain is not None
    assert found.chain.chain_id == world.chain.chain_id()
    assert found.statements[0].key_origin == "UNSAFE_DEVELOPMENT"
