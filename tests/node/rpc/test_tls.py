"""TLS: who may be listened to, who may ask, and that nothing crosses a network in the clear."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from node.chain import development_account
from node.client import (
    AsyncClient,
    Client,
    DeadlineError,
    InvalidValueError,
    OraclePeer,
    UnavailableError,
    tls_credentials,
)
from node.client.margin import MarginClient, Owner
from node.margin.authority import CallDomain
from node.rpc import AddressRefusedError, PricingServer
from node.tls import TlsError, TlsFiles
from tests.node.certificates import Authority
from tests.node.rpc.conftest import LIMITS
from tests.node.rpc.fakes import FakeNode


@pytest.fixture
def nodes(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "nodes", "nodes")


@pytest.fixture
def callers(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "callers", "callers")


@pytest.fixture
def served(nodes: Authority, callers: Authority) -> TlsFiles:
    return nodes.issue("node", believed=callers)


@pytest.fixture
def server(node: FakeNode, served: TlsFiles) -> Iterator[PricingServer]:
    """On every interface, and for listed callers."""
    running = PricingServer(node.rooms, address="0.0.0.0:0", limits=LIMITS, tls=served)
    running.start()
    yield running
    running.stop()


def ask(server: PricingServer, files: TlsFiles | None) -> bool:
    credentials = None if files is None else tls_credentials(files)
    address = f"127.0.0.1:{server.port}"
    with Client(address, timeout_seconds=2, credentials=credentials) as asking:
        return bool(asking.capabilities())


def test_a_listed_caller_is_answered(
    server: PricingServer, nodes: Authority, callers: Authority
) -> None:
    shown = callers.issue("leader", believed=nodes)
    assert ask(server, shown)

    async def asynchronously() -> bool:
        address = f"127.0.0.1:{server.port}"
        async with AsyncClient(address, credentials=tls_credentials(shown)) as asking:
            return bool(await asking.capabilities())

    assert asyncio.run(asynchronously())


def test_nobody_else_is_answered(
    server: PricingServer, nodes: Authority, callers: Authority
) -> None:
    for files in (
        None,
        TlsFiles(authority=nodes.certificate),
        nodes.issue("one of theirs", believed=nodes),
        callers.issue("who takes the callers' authority for the node's", believed=callers),
    ):
        with pytest.raises((UnavailableError, DeadlineError)):
            ask(server, files)


def test_whoever_is_believed_by_all_needs_no_certificate(
    node: FakeNode, served: TlsFiles, nodes: Authority
) -> None:
    files = replace(served, authority=None)
    running = PricingServer(node.rooms, address="127.0.0.1:0", limits=LIMITS, tls=files)
    running.start()
    try:
        assert ask(running, TlsFiles(authority=nodes.certificate))
    finally:
        running.stop()


def test_files_that_cannot_be_used(node: FakeNode, served: TlsFiles, nodes: Authority) -> None:
    def refused(files: TlsFiles, kind: type[Exception], match: str) -> None:
        with pytest.raises(kind, match=match):
            PricingServer(node.rooms, address="127.0.0.1:0", tls=files)

    other = nodes.issue("other")
    assert served.key is not None
    assert served.certificate is not None
    refused(replace(served, key=other.key), AddressRefusedError, "no pair")
    refused(replace(served, key=None), TlsError, "needs a certificate and its key")
    missing = replace(served, certificate=Path("none.pem"))
    refused(missing, TlsError, "cannot read none.pem: No such")
    served.key.chmod(0o640)
    refused(served, TlsError, "open to other users .mode 0640.: chmod 600")
    served.key.chmod(0o600)
    served.certificate.write_text("no certificate", encoding="ascii")
    refused(served, AddressRefusedError, "no pair")


@pytest.mark.parametrize("address", ["192.0.2.1:50051", "example.org:50051", "[2001:db8::1]:1"])
def test_clients_send_nothing_over_a_network_in_the_clear(address: str) -> None:
    owner = Owner(development_account("owner"), 1, CallDomain(1, 1))
    for start in (
        lambda: Client(address),
        lambda: OraclePeer(address),
        lambda: MarginClient(address, owner),
    ):
        with pytest.raises(InvalidValueError, match="not a loopback address"):
            start()

    async def asynchronously() -> None:
        AsyncClient(address)

    with pytest.raises(InvalidValueError, match="not a loopback address"):
        asyncio.run(asynchronously())


@pytest.mark.parametrize("variable", ["grpc_proxy", "https_proxy", "http_proxy"])
def test_nothing_in_the_clear_goes_to_a_proxy(
    variable: str, node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = PricingServer(node.rooms, address="127.0.0.1:0", limits=LIMITS)
    server.start()
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        assert ask(server, None)

        async def asynchronously() -> bool:
            async with AsyncClient(server.address) as asking:
                return bool(await asking.capabilities())

        assert asyncio.run(asynchronously())
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):
            proxy.accept()
    server.stop()
