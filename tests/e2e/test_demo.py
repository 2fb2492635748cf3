"""`proofmark demo` as a person runs it, and what it must never do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from circuits.statements.option_marks import OptionMarks
from node.cli.app import build_app
from node.demo.shipped import load_shipped
from node.demo.snapshot import load_snapshot
from prover import r1cs_digest

RUNNER = CliRunner()
CHEATS = 9


@pytest.fixture(scope="module", autouse=True)
def _logging_as_before() -> Iterator[None]:
    """The command configures logging for its process, which here is the tests'."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("demo")
    result = RUNNER.invoke(build_app(), ["demo", "--json", "--data-directory", str(folder)])
    assert result.exit_code == 0, result.stderr
    assert list((folder / "keys").iterdir())
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def test_the_shipped_chain_is_proven_whole(report: dict[str, Any]) -> None:
    assert (report["options"], report["expiries"], report["capacity"]) == (387, 12, 512)
    assert report["proof_bytes"] == 320
    assert report["chain"] == "embedded"


def test_a_watcher_sees_every_state_in_order(report: dict[str, Any]) -> None:
    expected = ["QUEUED", "PROVING", "PROVED", "SUBMITTED", "CONFIRMED"]
    assert [state for state in report["states"] if state in expected] == expected


def test_marks_read_from_the_contract_are_right_to_the_stated_bound(
    report: dict[str, Any],
) -> None:
    assert len(report["marks"]) == report["marks_checked"] == 12
    for row in report["marks"]:
        # 2e-13 * F + half an atom, F below 1e5 dollars and an atom 1e-9 dollars.
        assert Decimal(row["error"]) <= Decimal("2e-8") + Decimal("5e-10")
        if row["bid"]:
            assert Decimal(row["bid"]) <= Decimal(row["ask"])


def test_a_quote_is_at_once(report: dict[str, Any]) -> None:
    assert report["quote_seconds"] <= 1.0


def test_every_cheat_is_refused_with_a_reason(report: dict[str, Any]) -> None:
    reasons = {refusal["attempt"]: refusal["reason"] for refusal in report["refusals"]}
    assert len(reasons) == CHEATS
    assert all(reasons.values())
    assert "proof rejected" in reasons["a mark raised by one atom"]
    assert "market hash mismatch" in reasons["a volatility nobody signed"]
    assert "already attested" in reasons["the same attestation again"]


def test_gas_is_stated_beside_recomputation(report: dict[str, Any]) -> None:
    assert 0 < report["attest_gas"] < 600_000
    assert report["gas_per_option"] < report["recomputation_gas_per_option"]


def test_a_bad_chain_file_is_refused_whole(tmp_path: Path) -> None:
    file = tmp_path / "chain.csv"
    header = "valuation_utc,underlying,expiry_utc,strike,option_type,forward,implied_volatility"
    file.write_text(f"{header}\n2026-05-21T10:00:00Z,BTC,2026-05-20T08:00:00Z,-1,call,nan,0.5\n")
    result = RUNNER.invoke(build_app(), ["demo", "--json", "--chain", str(file)])
    assert result.exit_code == 1
    fields = {fault["field"] for fault in json.loads(result.stderr)["error"]["faults"]}
    assert {"discount_factor", "strike", "forward", "expiry_utc"} <= fields


def test_an_endpoint_that_is_down_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFMARK_DATA_DIRECTORY", str(tmp_path))
    arguments = ["demo", "--rpc", "http://127.0.0.1:9", "--json"]
    result = RUNNER.invoke(build_app(), arguments)
    assert result.exit_code == 1
    assert "127.0.0.1:9" in result.stderr


def test_without_the_native_engine_a_shipped_proof_is_verified_and_attested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFMARK_DATA_DIRECTORY", str(tmp_path))
    result = RUNNER.invoke(build_app(), ["demo", "--engine", "reference", "--json"])
    assert result.exit_code == 0, result.stderr
    replayed = json.loads(result.stdout)
    assert replayed["proof_shipped"]
    assert replayed["engine"] == "reference"
    assert len(replayed["marks"]) == 12
    assert len(replayed["refusals"]) == CHEATS


def test_the_shipped_proof_is_of_the_statement_as_it_is() -> None:
    shipped = load_shipped()
    statement = OptionMarks(load_snapshot().shape)
    digest = r1cs_digest(statement.r1cs().canonical_bytes())
    assert shipped.key.r1cs_digest == digest, "run node/data/make_demo_attestation.py"


def test_what_the_reference_engine_cannot_do_is_said(tmp_path: Path) -> None:
    arguments = ["demo", "--engine", "reference", "--greeks"]
    result = RUNNER.invoke(build_app(), arguments, env={"PROOFMARK_DATA_DIRECTORY": str(tmp_path)})
    assert result.exit_code == 1
    assert "make native" in result.stderr
