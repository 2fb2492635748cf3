"""From a book to a live cover and a withdrawal by commands alone, keys and proof made here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

import node.chain
from node.chain import (
    DeploymentsFile,
    EmbeddedChain,
    development_account,
    load_keystore,
)
from node.chain.deployer import Deployer
from node.demo.margin.stage import MarginStage, attest_margin_market
from prover import default_engine
from tests.node.cli.running import error_of, invoke_json
from tests.node.cli.wallets import wallet
from tests.node.margin.books import BOOK, MARKET, quoted

DEPLOYER, OWNER = development_account("deployer"), development_account("owner", 7)
CLIENT = development_account("client")
TOKEN = 10**6
DEPOSIT, W = 50_000 * TOKEN, 20_000 * TOKEN

pytestmark = pytest.mark.slow


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> EmbeddedChain:
    if default_engine().name != "native":
        pytest.skip("the circuits of portfolio margin need the native engine")
    market = quoted().market
    made = EmbeddedChain(start_time=market.snapshot_unix, funded=[DEPLOYER.address, OWNER.address])
    monkeypatch.setattr(node.chain, "RpcChain", lambda _url, **_: made)
    monkeypatch.setattr(node.chain, "load_keystore", cache(load_keystore))
    return made


class Hand:
    """A key that runs commands over the chain, with everything kept in one folder."""

    def __init__(self, folder: Path, account: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.keys = (*wallet(folder, account),)
        self.data = ("--data-directory", folder)

    def __call__(self, *command: object, data: bool = True) -> Any:
        return invoke_json(*command, *self.keys, *(self.data if data else ()))


RPC = ("--rpc", "http://chain")


def deployed(chain: EmbeddedChain, folder: Path) -> str:
    """The address of letters, deployed by commands beside a snapshot that signers attest."""
    operator = Hand(folder, DEPLOYER)
    operator("deploy", *RPC)
    deployer = Deployer(chain, DEPLOYER, None)
    token = deployer.create("TestToken").address
    deployer.send("TestToken", token, "mint", OWNER.address, DEPOSIT)
    told = ("--token", token, "--underlying", "BTC", "--slots", 32)
    made = operator("deploy-letters", *RPC, *told)
    deployment = DeploymentsFile(folder / "deployments.json").recorded(chain)
    attest_margin_market(MarginStage(chain, deployment, {}), quoted().market)
    return str(made["consumer"])


def opened(owner: Hand, consumer: tuple[str, str]) -> tuple[str, ...]:
    """Options that name an account with the shipped book and a deposit."""
    account_id = ("margin", "account", "id", *consumer, *RPC, "--owner", OWNER.address)
    account = (*consumer, "--account", invoke_json(*account_id)["account"])
    sealed = owner("margin", "commit", "--portfolio", BOOK, "--market", MARKET, *account)
    registered = owner("margin", "account", "register", *consumer, *RPC)
    assert registered["commitment"] == sealed["commitment"]
    owner("margin", "account", "deposit", *account, *RPC, "--amount", DEPOSIT, data=False)
    return account


def test_everything_by_commands(chain: EmbeddedChain, tmp_path: Path) -> None:
    consumer = ("--consumer", deployed(chain, tmp_path / "operator"))
    owner, file = Hand(tmp_path / "owner", OWNER), tmp_path / "covered.json"
    account = opened(owner, consumer)
    ask = ("margin", "account", "status", *account, *RPC)
    status = invoke_json(*ask)
    assert (status["parameters"], status["is_covered"]) == ("derive_like_33", False)
    owner(
        *("margin", "prove", "covered", "--level", "initial", "--collateral", W, *account),
        *(*RPC, "--market", MARKET, "--slots", 32, "--out", file),
    )
    ours = ("--market", MARKET, "--parameters", "derive_like_33")
    shown = invoke_json("verify", file, *ours, *owner.data)
    assert (shown["market_compared"], shown["parameters_compared"]) == (True, True)
    assert shown["market_digest"] == status["newest_snapshot"]["market_digest"]
    assert owner("relay", file, *RPC, data=False)["state"] == "attested"
    status = invoke_json(*ask)
    assert (status["is_covered"], status["covers"]["initial"]["collateral"]) == (True, W)
    withdraw = ("margin", "account", "withdraw", *account, *RPC)
    taken = owner(*withdraw, "--amount", DEPOSIT - W, "--to", CLIENT.address, data=False)
    assert taken["collateral"] == W
    refused = error_of(*withdraw, "--amount", 1, *owner.keys)
    assert "collateral below bound" in refused["message"]
