"""Libraries raise the recursion limit when they are imported; the node's processes keep theirs."""

from __future__ import annotations

import subprocess
import sys

import pytest

DOORS = (
    "node.chain",
    "node.chain.rpc",
    "node.oracle",
    "node.relay",
    "node.attestations",
    "node.service",
    "node.cli.deployment",
    "node.demo",
)
USES = {
    "the embedded chain": "import node.chain; node.chain.EmbeddedChain(start_time=1)",
    "the reference engine": "import prover; prover.reference()",
}
NESTED = """
import json
try:
    json.loads("[" * 100_000)
except RecursionError:
    print("refused", sys.getrecursionlimit())
"""


@pytest.mark.parametrize(
    "program", [*(f"import {door}" for door in DOORS), *USES.values()], ids=[*DOORS, *USES]
)
def test_a_nested_document_is_an_error_and_no_crash(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{program}\n{NESTED}"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"refused {1_000}\n"
