"""`proofmark relay` without a chain: who is asked, how, and what is said of refusals."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

import node.client
from node.attestations import write_attestation
from node.client import SettlementState
from tests.node.chain.letters_stage import attestation_of
from tests.node.cli.running import error_of, invoke
from tests.node.service.accounts import Cover


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "covered.json"
    write_attestation(path, attestation_of(Cover(chain_id=1, registry=2, consumer=3, account=4)))
    return path


def test_a_job_that_ends_refused_is_no_success(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = SimpleNamespace(
        job_id="ab12",
        done=True,
        succeeded=False,
        settlement_state=SettlementState.REJECTED,
        cause="REFUSED_BY_CONTRACT",
        cause_message="commitment mismatch",
    )
    client = MagicMock()
    client.return_value.__enter__.return_value.relay_attestation.return_value = ended
    monkeypatch.setattr(node.client, "Client", client)
    error = error_of("relay", file, "--node", "127.0.0.1:1")
    assert "ended REJECTED: REFUSED_BY_CONTRACT commitment mismatch" in error["message"]


def test_nobody_listens(file: Path) -> None:
    error = error_of("relay", file, "--node", "127.0.0.1:1")
    assert (error["reason"], "the node runs" in error["help"]) == ("CHAIN_UNAVAILABLE", True)


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--node", "127.0.0.1:1", "--rpc", "http://chain"),
        ("--rpc", "http://chain"),
        ("--rpc", "http://chain", "--keystore", "x", "--password-file", "x", "--tls-servers", "x"),
        ("--node", "127.0.0.1:1", "--tls-certificate", "x", "--tls-key", "x"),
        ("--node", "127.0.0.1:1", "--keystore", "x", "--password-file", "x"),
    ],
)
def test_one_way_is_named(tmp_path: Path, more: tuple[object, ...]) -> None:
    assert invoke("relay", tmp_path / "x", *more)[0] == 2


def test_beyond_loopback_under_tls_alone(file: Path, tmp_path: Path) -> None:
    code, _, err = invoke("relay", file, "--node", "192.0.2.1:1")
    assert (code, "--tls-servers" in err) == (2, True)
    missing = ("--tls-servers", tmp_path / "missing.pem")
    error = error_of("relay", file, "--node", "192.0.2.1:1", *missing)
    assert error["reason"] == "CONFIG_INVALID"
