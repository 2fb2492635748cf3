"""Signers that serve, a leader that asks over gRPC, and the contract that takes the result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest

from node.chain import Contract, DeploymentPlan, EmbeddedChain, contract_abi, deploy
from node.client import (
    CallError,
    InvalidRequestError,
    OraclePeer,
    PreconditionError,
    UnavailableError,
    tls_credentials,
)
from node.config import Settings, load_settings
from node.oracle import (
    Leader,
    SignaturesError,
    SubmissionError,
    decode_view,
    find_margin_snapshot,
    signer_of,
)
from node.service.oracle import SignerFiles, SignerNode, leader_of, oracle_domain, submit_round
from node.tls import TlsFiles
from node.values import SignedView
from tests.node.certificates import Authority
from tests.node.oracle.committee import ACCOUNTS, ADDRESSES, NOW, UNDERLYING
from tests.node.service.accounts import OPERATOR

DATA = resources.files("node") / "data"
NAMES = ("btc_chain_20260521.csv", "btc_margin_svi_20260521.json")


class Network:
    """Five signers with files of their own on one chain; tests stop and start them."""

    def __init__(self, folder: Path) -> None:
        self.chain = EmbeddedChain(start_time=NOW, funded=[OPERATOR.address])
        plan = DeploymentPlan(signers=ADDRESSES, threshold=3)
        self.deployment = deploy(self.chain, OPERATOR, plan)
        self.domain = oracle_domain(self.deployment)
        self.now = NOW + 1
        self.folder = folder
        self.settings: Settings = load_settings(data_directory=folder / "data")
        self.nodes = [self.node(i) for i in range(5)]
        self.running = ExitStack()

    def files(self, index: int) -> SignerFiles:
        folder = self.folder / str(index)
        return SignerFiles(folder / NAMES[0], folder / NAMES[1])

    def write(self, seconds: int = 0) -> None:
        """Every signer's files, moved by some seconds."""
        for index in range(5):
            files = self.files(index)
            assert files.chain is not None
            files.chain.parent.mkdir(exist_ok=True)
            for name in NAMES:
                text = (DATA / name).read_text(encoding="utf-8")
                moment = datetime(2026, 5, 21, 10, 4, 10, tzinfo=UTC) + timedelta(seconds=seconds)
                text = text.replace("2026-05-21T10:04:10.269985Z", f"{moment:%Y-%m-%dT%H:%M:%S}Z")
                (files.chain.parent / name).write_text(text, encoding="utf-8")

    def node(
        self, index: int, address: str = "127.0.0.1:0", tls: TlsFiles | None = None
    ) -> SignerNode:
        return SignerNode(
            self.settings,
            self.chain,
            self.deployment,
            ACCOUNTS[index],
            UNDERLYING,
            self.files(index),
            address=address,
            tls=tls,
            clock=lambda: self.now,
        )

    def start(self, indices: range) -> list[OraclePeer]:
        self.nodes = [self.running.enter_context(self.node(i)) for i in indices]
        return [self.running.enter_context(OraclePeer(node.address)) for node in self.nodes]

    def leader(self, peers: list[OraclePeer]) -> Leader:
        parts = self.settings, self.chain, self.deployment, UNDERLYING
        return leader_of(peers, *parts, clock=lambda: self.now)


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    made = Network(tmp_path)
    made.write()
    yield made
    made.running.close()


def test_files_become_a_snapshot_on_chain(network: Network) -> None:
    peers = network.start(range(4))
    dead = OraclePeer("127.0.0.1:1", timeout_seconds=2)
    troubles: list[str] = []
    leader = network.leader([*peers, dead])
    assert submit_round(leader, network.chain, OPERATOR, troubles.append)
    assert [trouble.split(": ")[0] for trouble in troubles] == ["127.0.0.1:1"]
    dead.close()
    oracle = Contract(network.chain, network.domain.oracle, contract_abi("MarketOracle"))
    latest = oracle.read_one("latestSnapshot", UNDERLYING)
    signed = peers[0].view()
    assert signer_of(signed, network.domain) == ADDRESSES[0]
    view = decode_view(signed.content)
    assert view.next_number == 2
    found = find_margin_snapshot(network.chain, network.domain, bytes(latest[6]))
    assert found == replace(view, next_number=1).report()

    with pytest.raises(SubmissionError, match="report 2 is refused: snapshot time not increasing"):
        submit_round(leader, network.chain, OPERATOR, troubles.append)
    network.write(seconds=20)
    network.now += 20
    assert submit_round(leader, network.chain, OPERATOR, troubles.append)
    assert oracle.read_one("latestNumber", UNDERLYING) == 3


def test_a_signer_beyond_loopback_answers_its_leader_alone(
    network: Network, tmp_path: Path
) -> None:
    signers = Authority(tmp_path / "signers", "signers")
    leaders = Authority(tmp_path / "leaders", "leaders")
    served = signers.issue("signer", believed=leaders)
    node = network.running.enter_context(network.node(0, "0.0.0.0:0", served))
    address = node.address.replace("0.0.0.0", "127.0.0.1")
    leader = tls_credentials(leaders.issue("leader", believed=signers))
    with OraclePeer(address, credentials=leader) as peer:
        assert peer.view().content
    stranger = tls_credentials(TlsFiles(authority=signers.certificate))
    with (
        OraclePeer(address, timeout_seconds=1, credentials=stranger) as peer,
        pytest.raises(CallError),
    ):
        peer.view()


def test_a_stale_file_is_no_view(network: Network) -> None:
    (peer,) = network.start(range(1))
    assert peer.view().content
    network.now += 200
    with pytest.raises(PreconditionError, match="SOURCE_UNUSABLE: stale: 201 s old"):
        peer.view()


def test_refusals_travel(network: Network) -> None:
    peers = network.start(range(3))
    views = [peer.view() for peer in peers]
    with pytest.raises(InvalidRequestError, match="2 views, a report needs those of 3"):
        peers[0].sign(views[:2])
    with pytest.raises(InvalidRequestError, match="which is no signer"):
        peers[0].sign([*views[:2], SignedView(b"{}", views[2].signature)])
    with pytest.raises(InvalidRequestError):
        peers[0].sign([*views, SignedView(b"x" * (1 << 20), bytes(65))])
    signature = peers[0].sign(views)
    assert peers[0].sign(views) == signature
    with pytest.raises(PreconditionError, match="REPORT_REFUSED: number 1, the next one is 2"):
        peers[0].sign([views[1], *_later_views(network)])


def _later_views(network: Network) -> list[SignedView]:
    """Of two signers whose market is a second later, so that the medians are other ones."""
    network.write(seconds=1)
    return [peer.view() for peer in network.start(range(3, 5))]


def test_a_restarted_signer_remembers(network: Network) -> None:
    peers = network.start(range(3))
    views = [peer.view() for peer in peers]
    signature = peers[0].sign(views)
    network.nodes[0].__exit__(None, None, None)
    with pytest.raises(UnavailableError):
        OraclePeer(network.nodes[0].address, timeout_seconds=2).view()
    again = network.running.enter_context(network.node(0))
    peer = network.running.enter_context(OraclePeer(again.address))
    assert peer.sign(views) == signature


def test_only_a_signer_of_the_contract_serves(network: Network) -> None:
    stranger = SignerNode(
        network.settings,
        network.chain,
        network.deployment,
        OPERATOR,
        UNDERLYING,
        network.files(0),
        address="127.0.0.1:0",
    )
    with pytest.raises(SignaturesError, match="is no signer of"):
        stranger.__enter__()
