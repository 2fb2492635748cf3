"""`proofmark deploy`: on the embedded chain, recorded, repeated, and refused on public chains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from eth_utils.address import to_checksum_address

import node.chain
from node.chain import (
    Contract,
    DeploymentsFile,
    EmbeddedChain,
    contract_abi,
    development_account,
)
from node.cli import checks
from tests.node.chain.toy import START
from tests.node.cli.running import error_of, invoke, invoke_json
from tests.node.cli.wallets import wallet as wallet_of

DEPLOYER = development_account("deployer")
PUBLIC_CHAIN = 1


@pytest.fixture(scope="module")
def embedded() -> EmbeddedChain:
    return EmbeddedChain(start_time=START, funded=[DEPLOYER.address])


@pytest.fixture(scope="module")
def wallet(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    made = wallet_of(tmp_path_factory.mktemp("wallet"), DEPLOYER)
    return ("--rpc", "http://chain", *made)


@pytest.fixture
def _embedded_behind_the_url(embedded: EmbeddedChain, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (node.chain, checks):
        monkeypatch.setattr(module, "RpcChain", lambda _url: embedded)


@pytest.mark.usefixtures("_embedded_behind_the_url")
def test_contracts_are_deployed_once_and_recorded(
    data: Path, wallet: tuple[object, ...], embedded: EmbeddedChain
) -> None:
    command = ("deploy", *wallet, "--data-directory", data)
    report = invoke_json(*command)
    assert set(report["contracts"]) >= {"VerifierRouter", "MarketOracle", "MarkBoard"}
    ((key_id, verifier),) = report["verifiers"].items()
    assert verifier["unsafe_dev"] is True
    recorded = DeploymentsFile(data / "deployments.json").load(embedded.chain_id())
    assert recorded is not None
    recorded.check(embedded)
    before = embedded.head().number
    code, out, err = invoke(*command)
    assert code == 0
    assert f"verifier of {key_id}" in out
    assert f"key {key_id} has its verifier already" in err
    assert embedded.head().number == before
    found = invoke_json("doctor", "--rpc", "http://chain", "--data-directory", data)["checks"]
    assert [check["outcome"] for check in found if check["name"] == "contracts"] == ["ok"]


@pytest.mark.usefixtures("_embedded_behind_the_url")
def test_owner_and_guardian_are_those_named(
    data: Path, wallet: tuple[object, ...], embedded: EmbeddedChain
) -> None:
    owner, guardian = (development_account(role).address for role in ("owner", "guardian"))
    roles = ("--owner", owner, "--guardian", guardian.lower(), "--afresh")
    report = invoke_json("deploy", *wallet, *roles, "--data-directory", data)
    for name in ("VerifierRouter", "MarketOracle"):
        contract = Contract(embedded, report["contracts"][name], contract_abi(name))
        assert to_checksum_address(contract.read_one("guardian")) == guardian
        assert to_checksum_address(contract.read_one("pendingOwner")) == owner


@pytest.mark.usefixtures("_embedded_behind_the_url")
def test_roles_given_to_contracts_that_exist_are_not_lost_silently(
    data: Path, wallet: tuple[object, ...]
) -> None:
    invoke_json("deploy", *wallet, "--data-directory", data)
    owner = development_account("owner").address
    error = error_of("deploy", *wallet, "--owner", owner, "--data-directory", data)
    assert "--owner only count when they are made" in error["message"]


class PublicChain:
    """A chain that must not be sent anything."""

    name = "public"

    def chain_id(self) -> int:
        return PUBLIC_CHAIN


def test_public_chains_take_no_development_keys(
    data: Path,
    tmp_path: Path,
    wallet: tuple[object, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(node.chain, "RpcChain", lambda _url: PublicChain())
    invoke_json("setup", "--data-directory", data)
    error = error_of("deploy", *wallet, "--data-directory", data)
    assert "is marked unsafe-dev" in error["message"]
    error = error_of("deploy", *wallet, "--data-directory", tmp_path)
    assert error["reason"] == "KEY_NOT_FOUND"
    assert "import a ceremony's key" in error["message"]


@pytest.mark.usefixtures("_embedded_behind_the_url")
@pytest.mark.parametrize(
    "signers", [["--threshold", 4], ["--threshold", 0, "--signer", "0x" + "11" * 20]]
)
def test_an_impossible_threshold_is_refused(
    data: Path, wallet: tuple[object, ...], signers: list[Any]
) -> None:
    error = error_of("deploy", *wallet, "--afresh", "--data-directory", data, *signers)
    assert "expected distinct signers" in error["message"]


def test_an_open_or_wrong_wallet_is_refused(
    data: Path, tmp_path: Path, wallet: tuple[object, ...]
) -> None:
    wrong = tmp_path / "password"
    wrong.write_text("x")
    wrong.chmod(0o644)
    arguments = ("deploy", *wallet[:-1], wrong, "--data-directory", data)
    assert "chmod 600" in error_of(*arguments)["message"]
    wrong.chmod(0o600)
    assert "does not open" in error_of(*arguments)["message"]


def test_a_malformed_address_is_a_usage_error(wallet: tuple[object, ...]) -> None:
    for option in ("--signer", "--owner", "--guardian"):
        assert invoke("deploy", *wallet, option, "0x12")[0] == 2
