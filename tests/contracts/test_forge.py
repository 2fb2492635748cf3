"""Every Solidity test as an item of its own, and their gas figures against the committed ones."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.contracts import forge

pytestmark = pytest.mark.skipif(not forge.FORGE.exists(), reason=forge.MISSING)

SNAPSHOT = forge.ROOM / "snapshots" / "gas.json"


@pytest.mark.parametrize(
    "test", forge.declared_tests(), ids=lambda test: f"{test.suite.split(':')[1]}.{test.name}"
)
def test_solidity(test: forge.ForgeTest) -> None:
    failure = forge.run().failures[test]
    assert failure is None, f"{test.suite}.{test.name}\n{failure}"


def test_every_solidity_test_is_listed() -> None:
    assert set(forge.run().failures) == set(forge.declared_tests())


def test_gas_is_the_committed_gas() -> None:
    committed = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert forge.run().gas == committed, (
        "gas changed: look at the difference, then run "
        "`FORGE_SNAPSHOT_CHECK=false forge test` in verifier_contracts to keep it"
    )


def test_solidity_is_formatted() -> None:
    done = subprocess.run(
        [str(forge.FORGE), "fmt", "--check"],
        cwd=forge.ROOM,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_solidity_files_are_small() -> None:
    sources = [*(forge.ROOM / "src").rglob("*.sol"), *(forge.ROOM / "test").rglob("*.sol")]
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in sources}
    assert not {name: length for name, length in lengths.items() if length > 300}
