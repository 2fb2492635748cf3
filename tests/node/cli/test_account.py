"""`proofmark margin account`, `relay` and `verify`: the half of a hidden book that is on chain."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

import node.chain
import node.client
from node.attestations import write_attestation
from node.chain import CoveredLetters, RpcChain, development_account, load_keystore
from node.relay import RelayRunner
from node.service import ChainSettlement, Node, NodeSettings
from node.store import Store
from tests.node.chain.letters_stage import INITIAL, LettersStage, attestation_of
from tests.node.chain.test_rpc import Endpoint
from tests.node.chain.toy import START
from tests.node.cli.running import error_of, invoke, invoke_json
from tests.node.cli.wallets import wallet
from tests.node.margin.books import BOOK, MARKET
from tests.node.service.accounts import DIGEST, MAX_AGE_SECONDS, OPERATOR, RELAY, keep_key

SALT = "0x5a17"
DEPOSIT, W = 1_000, 600
opened_once = cache(load_keystore)
"""A keystore is slow to open, on purpose."""

STRANGER = development_account("owner")


@pytest.fixture(scope="module")
def stage() -> LettersStage:
    made = LettersStage()
    made.publish(DIGEST)
    return made


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    return wallet(tmp_path_factory.mktemp("wallet"), OPERATOR)


@pytest.fixture(autouse=True)
def _the_stage_is_behind_the_url(stage: LettersStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node.chain, "RpcChain", lambda _url, **_: stage.chain)
    monkeypatch.setattr(node.chain, "load_keystore", opened_once)


class Desk:
    """An owner's commands: every one names contract, chain, and the account once it is known."""

    def __init__(self, stage: LettersStage, keys: tuple[object, ...], data: Path) -> None:
        self.letters: CoveredLetters = stage.letters
        self.where: tuple[object, ...] = (
            "--consumer",
            self.letters.address,
            "--rpc",
            "http://chain",
        )
        self.keys = keys
        self.data = ("--data-directory", data)

    def account_id(self, salt: str = SALT) -> str:
        command = ("margin", "account", "id", *self.where, "--owner", OPERATOR.address)
        return str(invoke_json(*command, "--salt", salt)["account"])

    def commit(self, account: str) -> str:
        command = ("margin", "commit", "--portfolio", BOOK, "--market", MARKET, *self.keys)
        named = ("--consumer", self.letters.address, "--account", account)
        return str(invoke_json(*command, *named, *self.data)["commitment"])

    def command(self, name: str, *more: object) -> tuple[object, ...]:
        return ("margin", "account", name, *self.where, *self.keys, *more)

    def open(self, salt: str) -> tuple[str, str]:
        """Account and commitment, registered, with the deposit in it."""
        account = self.account_id(salt)
        commitment = self.commit(account)
        invoke_json(*self.command("register", "--salt", salt, *self.data))
        invoke_json(*self.command("deposit", "--account", account, "--amount", DEPOSIT))
        return account, commitment

    def status(self, account: str) -> Any:
        return invoke_json("margin", "account", "status", *self.where, "--account", account)


@pytest.fixture
def desk(stage: LettersStage, keys: tuple[object, ...], tmp_path: Path) -> Desk:
    return Desk(stage, keys, tmp_path)


def covered(stage: LettersStage, account: str, commitment: str, path: Path, **more: int) -> Path:
    """An attestation file of the account's cover at initial level."""
    number = bytes.fromhex(account[2:])
    changes = {"level": INITIAL, "collateral": W, "commitment": int(commitment, 16)} | more
    write_attestation(path, attestation_of(stage.statement(number, **changes)))
    return path


def test_from_a_book_to_a_withdrawal(stage: LettersStage, desk: Desk, tmp_path: Path) -> None:
    account = desk.account_id()
    commitment = desk.commit(account)
    opened = invoke_json(*desk.command("register", "--salt", SALT, *desk.data))
    assert (opened["account"], opened["commitment"]) == (account, commitment)
    paid = invoke_json(*desk.command("deposit", "--account", account, "--amount", DEPOSIT))
    assert (paid["collateral"], paid["token"]) == (DEPOSIT, stage.token.address)
    before = desk.status(account)
    assert before["token"] == stage.token.address
    assert (before["standing"], before["is_covered"], before["covers"]) == ("good", False, {})
    assert before["next_sequences"] == {"covered": 1, "breach": 1}
    assert before["valid_until_unix"] == START + MAX_AGE_SECONDS
    file = covered(stage, account, commitment, tmp_path / "covered.json")
    relayed = ("relay", file, "--rpc", "http://chain", *desk.keys)
    assert invoke_json(*relayed)["state"] == "attested"
    assert invoke_json(*relayed)["state"] == "attested before"
    after = desk.status(account)
    assert (after["is_covered"], after["next_sequences"]["covered"]) == (True, 2)
    cover = after["covers"]["initial"]
    assert (cover["live"], cover["collateral"], cover["ended_by"]) == (True, W, [])
    assert cover["spot_within"] == ["764.4", "795.6"]
    assert cover["volatility_within"] == ["0.324", "0.396"]
    taken = ("--account", account, "--amount", DEPOSIT - W, "--to", STRANGER.address)
    assert invoke_json(*desk.command("withdraw", *taken))["collateral"] == W
    assert desk.letters.token.balance_of(STRANGER.address) == DEPOSIT - W
    error = error_of(*desk.command("withdraw", "--account", account, "--amount", 1))
    assert (error["reason"], "collateral below bound" in error["message"]) == ("REVERTED", True)


def test_a_changed_book_ends_the_cover(stage: LettersStage, desk: Desk, tmp_path: Path) -> None:
    account, commitment = desk.open("0x2")
    file = covered(stage, account, commitment, tmp_path / "covered.json")
    invoke_json("relay", file, "--rpc", "http://chain", *desk.keys)
    error = error_of(*desk.command("update", "--account", account, *desk.data))
    assert "commitment repeated" in error["message"]
    newer = desk.commit(account)
    report = invoke_json(*desk.command("update", "--account", account, *desk.data))
    assert (report["commitment"], report["update"]) == (newer, 2)
    status = desk.status(account)
    assert (status["commitment"], status["is_covered"]) == (newer, False)


def test_people_read_what_a_proof_names(stage: LettersStage, desk: Desk, tmp_path: Path) -> None:
    account, commitment = desk.open("0x3")
    file = covered(stage, account, commitment, tmp_path / "covered.json")
    invoke_json("relay", file, "--rpc", "http://chain", *desk.keys)
    code, out, err = invoke("margin", "account", "status", *desk.where, "--account", account)
    assert (code, err) == (0, "")
    lines = dict(line.split("  ", 1) for line in out.splitlines())
    assert lines["next covered"].strip() == "--sequence 2"
    registry = stage.deployment.address("AttestationRegistry")
    assert lines["for proofs of the newest"].strip() == (
        f"--chain-id {stage.chain.chain_id()} --registry {registry}"
        f" --valid-until {START + MAX_AGE_SECONDS}"
    )
    assert lines["initial cover"].strip().startswith(f"live; W {W}, until ")
    assert lines["maintenance cover"].strip() == "none"


def test_nothing_is_signed_for_another_chain_than_the_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endpoint of a chain for play may say that it is one where the key owns something."""
    monkeypatch.setattr(node.chain, "RpcChain", RpcChain)
    endpoint = Endpoint()
    desk.where = ("--consumer", desk.letters.address, "--rpc", endpoint.url, "--chain-id", 1)
    account = ("--account", "0x1")
    for name, more in (
        ("register", ("--salt", SALT)),
        ("update", account),
        ("deposit", (*account, "--amount", 1)),
        ("withdraw", (*account, "--amount", 1)),
        ("offer", (*account, "--to", STRANGER.address)),
        ("accept", account),
    ):
        error = error_of(*desk.command(name, *more))
        assert error["reason"] == "WRONG_CHAIN_ID"
        assert "serves chain id 31337, expected 1" in error["message"]
    endpoint.close()
    assert {method for method, _ in endpoint.asked} == {"eth_chainId"}


def test_an_account_that_is_not_there(desk: Desk) -> None:
    account = desk.account_id("0x4")
    for name, more in (("deposit", ("--amount", 1)), ("status", ())):
        keys = desk.keys if more else ()
        command = ("margin", "account", name, *desk.where, "--account", account, *more, *keys)
        assert "account unknown" in error_of(*command)["message"]
    error = error_of(*desk.command("register", "--salt", "0x4", *desk.data))
    assert "margin commit" in error["help"]


def test_more_than_is_held_is_not_paid(desk: Desk) -> None:
    account, _ = desk.open("0x5")
    before = desk.letters.chain.head().number
    error = error_of(*desk.command("deposit", "--account", account, "--amount", 10**15))
    assert (error["reason"], "of token" in error["message"]) == ("INSUFFICIENT_FUNDS", True)
    assert desk.letters.chain.head().number == before


def test_an_account_changes_hands(
    stage: LettersStage, desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    account, _ = desk.open("0x7")
    taker = wallet(tmp_path_factory.mktemp("taker"), RELAY)
    named = ("--account", account)
    accept = ("margin", "account", "accept", *desk.where, *named, *taker)
    assert "not offered" in error_of(*accept)["message"]
    invoke_json(*desk.command("offer", *named, "--to", RELAY.address))
    assert invoke_json(*accept)["owner"] == RELAY.address
    assert desk.status(account)["owner"] == RELAY.address
    error = error_of(*desk.command("update", *named, *desk.data))
    assert "not account owner" in error["message"]


def test_another_contract_is_no_letters(stage: LettersStage, desk: Desk) -> None:
    desk.where = ("--consumer", stage.token.address, "--rpc", "http://chain")
    error = error_of("margin", "account", "status", *desk.where, "--account", "0x1")
    assert error["reason"] in ("REVERTED", "CONTRACT_MISSING")
    desk.where = ("--consumer", STRANGER.address, "--rpc", "http://chain")
    error = error_of("margin", "account", "status", *desk.where, "--account", "0x1")
    assert error["reason"] == "CONTRACT_MISSING"


@pytest.fixture
def relaying(stage: LettersStage, tmp_path: Path) -> Iterator[str]:
    """The address of a node whose relay pays for the letters; blocks go on."""
    keep_key(tmp_path / "keys")
    consumer = bytes.fromhex(stage.letters.address[2:])
    settlement = ChainSettlement(stage.chain, stage.deployment, consumers=[consumer])
    settings = NodeSettings(
        store=tmp_path / "node.db",
        keys_directory=tmp_path / "keys",
        address="127.0.0.1:0",
        drain_seconds=2.0,
    )

    def relay(store: Store) -> RelayRunner:
        return RelayRunner(stage.relay(store), store)

    stopped = threading.Event()

    def mine() -> None:
        while not stopped.wait(0.2):
            stage.chain.mine()

    with capture_logs(), Node(settings, settlement=settlement, relay=relay) as running:
        miner = threading.Thread(target=mine)
        miner.start()
        yield running.address
        stopped.set()
        miner.join()


def test_a_node_relays(stage: LettersStage, desk: Desk, tmp_path: Path, relaying: str) -> None:
    account, commitment = desk.open("0x6")
    file = covered(stage, account, commitment, tmp_path / "covered.json")
    report = invoke_json("relay", file, "--node", relaying)
    assert report["state"] in ("ready", "submitted", "confirmed", "final")
    code, out, err = invoke("relay", file, "--node", relaying, "--wait", "--timeout", 30)
    assert (code, "final" in out, report["job_id"] in err) == (0, True, True)
    assert desk.status(account)["is_covered"]
    other = covered(stage, account, commitment, tmp_path / "other.json", consumer=7, sequence=2)
    error = error_of("relay", other, "--node", relaying)
    assert (error["reason"], "does not pay for" in error["message"]) == ("CONSUMER_REFUSED", True)
    again = covered(stage, account, commitment, tmp_path / "again.json", collateral=W - 1)
    error = error_of("relay", again, "--node", relaying)
    assert (error["reason"], "sequence" in error["message"]) == ("ATTESTATION_REFUSED", True)


def test_files_for_no_chain_are_not_relayed(
    stage: LettersStage, desk: Desk, tmp_path: Path
) -> None:
    file = covered(stage, "0x01", "0x01", tmp_path / "x.json", chain_id=0)
    error = error_of("relay", file, "--rpc", "http://chain", *desk.keys)
    assert error["reason"] == "WRONG_CHAIN_ID"
