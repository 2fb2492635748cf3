"""The demonstration on a real node's EVM: the last rung of the ladder (CONTRIBUTING.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from node.cli.app import build_app
from node.demo.snapshot import load_snapshot, redated
from tests.node.chain.anvil import anvil_endpoint


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("hardfork", ["prague", "osaka"])
def test_the_demonstration_runs_on_anvil(
    hardfork: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFMARK_DATA_DIRECTORY", str(tmp_path_factory.getbasetemp() / "keys"))
    with anvil_endpoint("--enable-tx-gas-limit", hardfork=hardfork) as url:
        arguments = ["demo", "--json", "--rpc", url]
        result = CliRunner().invoke(build_app(), arguments)
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["chain_id"] == 31337
    assert "anvil" in report["chain"]
    assert report["states"][-1] in ("CONFIRMED", "FINAL")
    assert len(report["refusals"]) == 9


def test_a_snapshot_can_be_redated() -> None:
    snapshot = load_snapshot()
    later = redated(snapshot, snapshot.placed.market.snapshot_unix + 1_000)
    before, after = snapshot.placed.market, later.placed.market
    assert after.snapshot_unix == before.snapshot_unix + 1_000
    assert [group.forward_ticks for group in after.groups] == [
        group.forward_ticks for group in before.groups
    ]
    times = zip(before.groups, after.groups, strict=True)
    assert all(late.expiry_unix - early.expiry_unix == 1_000 for early, late in times)


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(build_app(), ["demo", "--chain", str(tmp_path / "no.csv")])
    assert result.exit_code == 1
    assert "no.csv" in result.stderr
