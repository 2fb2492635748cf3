from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from node.client import Client
from node.rpc import PricingServer, ServerLimits
from tests.node.rpc.fakes import FakeNode

LIMITS = ServerLimits(
    options_per_request=50, request_bytes=64 * 1024, concurrent_calls=4, concurrent_watches=2
)


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
def node() -> FakeNode:
    return FakeNode()


@pytest.fixture
def server(node: FakeNode) -> Iterator[PricingServer]:
    running = PricingServer(node.rooms, address="127.0.0.1:0", limits=LIMITS)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def client(server: PricingServer) -> Iterator[Client]:
    with Client(server.address, timeout_seconds=5) as connected:
        yield connected
