"""`proofmark deploy-letters`: made, recorded, and refused before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import node.chain
from circuits.statements.portfolio_margin import load_shipped
from circuits.statements.portfolio_margin.statement import PortfolioMargin
from node.chain import (
    Contract,
    DeploymentPlan,
    DeploymentsFile,
    EmbeddedChain,
    Token,
    VerifierSpec,
    contract_abi,
    deploy,
    development_account,
)
from node.chain.deployer import Deployer
from node.cli import letters_deployment
from tests.node.chain.synthetic import UNDERLYING
from tests.node.chain.test_letters import SIGNERS, margin_spec
from tests.node.chain.toy import START
from tests.node.cli.running import error_of, invoke, invoke_json
from tests.node.cli.wallets import wallet

DEPLOYER = development_account("deployer")


@pytest.fixture(scope="module")
def chain() -> EmbeddedChain:
    return EmbeddedChain(start_time=START, funded=[DEPLOYER.address])


@pytest.fixture(scope="module")
def token(chain: EmbeddedChain) -> str:
    return Deployer(chain, DEPLOYER, None).create("TestToken").address


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    return wallet(tmp_path_factory.mktemp("wallet"), DEPLOYER)


@pytest.fixture
def command(
    chain: EmbeddedChain,
    token: str,
    keys: tuple[object, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[object, ...]:
    """The command with all it needs, beside contracts on record; keys are not made but told."""

    def told(statement: PortfolioMargin, *_: Any) -> VerifierSpec:
        return margin_spec(statement.shape)

    monkeypatch.setattr(node.chain, "RpcChain", lambda _url: chain)
    monkeypatch.setattr(letters_deployment, "verifier_spec", told)
    plan = DeploymentPlan(signers=SIGNERS, threshold=2)
    DeploymentsFile(tmp_path / "deployments.json").save(deploy(chain, DEPLOYER, plan))
    named = ("--token", token, "--underlying", "BTC", "--data-directory", tmp_path)
    return ("deploy-letters", "--rpc", "http://chain", *keys, *named)


def test_letters_are_made_and_recorded(
    chain: EmbeddedChain, command: tuple[object, ...], tmp_path: Path
) -> None:
    rules = ("--cover-seconds", 600, "--spot-move-bps", 100, "--max-snapshots-behind", 1)
    sizes = ("--slots", 32, "--slots", 128, "--volatilities", "svi", "--volatilities", "series")
    report = invoke_json(*command, *rules, *sizes, "--owner", SIGNERS[0])
    assert (report["name"], len(report["keys"])) == ("BTC letters", 8)
    known = DeploymentsFile(tmp_path / "deployments.json").load(chain.chain_id())
    assert known is not None
    known.check(chain)
    assert known.consumers["BTC letters"].address == report["consumer"]
    assert set(known.verifiers) == set(report["keys"])
    letters = Contract(chain, report["consumer"], contract_abi("CoveredLetters"))
    assert letters.read_one("rules") == (600, 100, 1_000, 1)
    assert letters.read_one("underlying") == UNDERLYING
    digest = load_shipped("derive_like_33").parameters.digest()
    assert int.from_bytes(letters.read_one("parametersDigest"), "big") == digest
    assert {f"0x{key.hex()}" for key in letters.read_one("allowedKeys")} == set(report["keys"])
    assert letters.read_one("pendingOwner") == SIGNERS[0].lower()


def test_a_name_is_given_once(chain: EmbeddedChain, command: tuple[object, ...]) -> None:
    first = invoke_json(*command)["consumer"]
    before = chain.head().number
    assert f"on record at {first}" in error_of(*command)["message"]
    assert chain.head().number == before
    assert invoke_json(*command, "--name", "others")["consumer"] != first
    code, out, _ = invoke(*command, "--afresh")
    assert (code, "portfolio_margin breach, 128 slots" in out, first in out) == (0, True, False)


@pytest.mark.parametrize(
    ("more", "reason", "message"),
    [
        (("--kind", "covered"), "CONFIG_INVALID", "could never be shown in breach"),
        (("--kind", "requirement", "--slots", 32), "CONFIG_INVALID", "never be shown in breach"),
        (("--token", SIGNERS[0]), "CONTRACT_MISSING", "another contract"),
        (("--underlying", "ETH"), "CONTRACT_MISSING", "it is 100000"),
        (("--parameters", "nobody_like"), "INVALID_REQUEST", "derive_like_33"),
    ],
)
def test_what_is_refused_sends_nothing(
    chain: EmbeddedChain,
    command: tuple[object, ...],
    more: tuple[object, ...],
    reason: str,
    message: str,
) -> None:
    before = chain.head().number
    error = error_of(*command, *more)
    assert (error["reason"], message in error["message"]) == (reason, True)
    assert chain.head().number == before


def test_a_token_of_other_units_is_refused(
    chain: EmbeddedChain, command: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owners would be covered by a millionth of a millionth of what their book needs."""
    monkeypatch.setattr(Token, "decimals", lambda _: 18)
    before = chain.head().number
    assert "it is 1/100000000" in error_of(*command)["message"]
    assert chain.head().number == before


def test_they_stand_beside_contracts_on_record(command: tuple[object, ...], tmp_path: Path) -> None:
    (tmp_path / "deployments.json").unlink()
    assert "proofmark deploy" in error_of(*command)["message"]


@pytest.mark.parametrize(
    "more", [("--slots", 48), ("--underlying", "DOGE"), ("--kind", "open"), ("--cover-seconds", 0)]
)
def test_wrong_usage_exits_with_2(command: tuple[object, ...], more: tuple[object, ...]) -> None:
    assert invoke(*command, *more)[0] == 2
