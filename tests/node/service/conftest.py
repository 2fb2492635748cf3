from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

import prover
from circuits.statements.option_marks import Shape
from node.client import Client
from node.proving import ProvingSettings
from node.rpc import ServerLimits
from node.service import IntakePolicy, Node, NodeSettings
from node.store import Store
from tests.node.service.accounts import DIGEST, Accounts

#: Two groups of sixteen: the smallest size that a request of several expiries needs.
SMALL = IntakePolicy(shapes=(Shape(1), Shape(2)), queued_jobs=3)

needs_native = pytest.mark.skipif(
    prover.default_engine().name != "native", reason="the native engine is not built"
)

Start = Callable[..., tuple[Node, Client]]


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield


@pytest.fixture(scope="session")
def keys_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("node-keys")


@pytest.fixture
def settings(tmp_path: Path, keys_directory: Path) -> NodeSettings:
    return NodeSettings(
        store=tmp_path / "node.db",
        keys_directory=keys_directory,
        address="127.0.0.1:0",
        limits=ServerLimits(options_per_request=4096),
        intake=SMALL,
        proving=ProvingSettings(workers=1),
        drain_seconds=2.0,
    )


@pytest.fixture
def start(settings: NodeSettings) -> Iterator[Start]:
    running: list[tuple[Node, Client]] = []

    def run(**options: Any) -> tuple[Node, Client]:
        node = Node(options.pop("settings", settings), **options)
        node.start()
        client = Client(node.address, timeout_seconds=20)
        running.append((node, client))
        return node, client

    yield run
    for node, client in running:
        client.close()
        node.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "node.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def accounts() -> Accounts:
    made = Accounts()
    made.publish(DIGEST)
    return made
