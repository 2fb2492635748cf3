"""Finds and runs anvil for integration tests; tests that need it skip where it is missing."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import verifier_contracts
from node.chain import RpcChain
from node.chain.errors import RpcUnavailableError


def find_anvil() -> str:
    """Path of anvil: $PROOFMARK_ANVIL, the npm package beside the contracts, or PATH; or skip."""
    root = Path(verifier_contracts.__file__).resolve().parent
    npm = root / "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
    for candidate in (os.environ.get("PROOFMARK_ANVIL"), npm, shutil.which("anvil")):
        if candidate and Path(candidate).is_file():
            return str(candidate)
    pytest.skip("anvil not found: npm ci in verifier_contracts, or set PROOFMARK_ANVIL")


@contextmanager
def running_anvil(*options: str) -> Iterator[RpcChain]:
    """A connection to an anvil of the test's own."""
    with anvil_endpoint(*options) as url:
        yield _connect(url)


@contextmanager
def anvil_endpoint(*options: str, hardfork: str = "prague") -> Iterator[str]:
    """The URL of an anvil of the test's own on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [find_anvil(), "--port", str(port), "--silent", "--hardfork", hardfork, *options]
    with subprocess.Popen(command) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _connect(url)
            yield url
        finally:
            process.terminate()


def _connect(url: str) -> RpcChain:
    deadline = time.monotonic() + 20.0
    while True:
        try:
            return RpcChain(url, expected_chain_id=31337)
        except RpcUnavailableError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
