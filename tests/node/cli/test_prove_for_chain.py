"""`proofmark margin prove --rpc`: the header read from the chain, and what is not proven for it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import node.chain
from node.chain import CoveredLetters, load_keystore
from node.cli.margin import prove as proving
from node.margin import (
    AccountReference,
    ClaimRefused,
    MarginRequest,
    OwnerSecret,
    Vault,
    breach_headroom,
)
from tests.node.chain.letters_stage import INITIAL, LettersStage
from tests.node.chain.toy import START
from tests.node.cli.running import error_of, invoke, invoke_json
from tests.node.cli.wallets import wallet
from tests.node.margin.books import (
    BOOK,
    FALLEN,
    MARKET,
    PARAMETERS,
    quoted,
    shipped_book,
    valuer,
)
from tests.node.service.accounts import MAX_AGE_SECONDS, OPERATOR
from tests.privacy.needles import SHORTEST_BYTES, private_numbers, traces

HELD = 1_000
RPC = ("--rpc", "http://chain")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> LettersStage:
    made = LettersStage(parameters_digest=PARAMETERS.digest())
    monkeypatch.setattr(node.chain, "RpcChain", lambda _url, **_: made.chain)
    return made


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    return wallet(tmp_path_factory.mktemp("wallet"), OPERATOR)


class Owner:
    """An account with the shipped book and a deposit, and what `margin prove` is told of it."""

    def __init__(self, letters: CoveredLetters, keys: tuple[object, ...], folder: Path) -> None:
        self.letters, self.folder = letters, folder
        self.number = letters.account_id_of(OPERATOR.address, bytes(32))
        self.named = ("--consumer", letters.address, "--account", f"0x{self.number.hex()}")
        self.keys = (*keys, "--data-directory", folder)
        letters.register(OPERATOR, bytes(32), bytes.fromhex(self.commit()[2:]))
        letters.allow(OPERATOR, HELD)
        letters.deposit(OPERATOR, self.number, HELD)

    def commit(self) -> str:
        command = ("margin", "commit", "--portfolio", BOOK, "--market", MARKET)
        return str(invoke_json(*command, *self.named, *self.keys)["commitment"])

    def prove(self, kind: str, *more: object, market: Path = MARKET) -> tuple[object, ...]:
        told = ("--market", market, "--out", self.folder / "proof.json", *more)
        return ("margin", "prove", kind, *self.named, *RPC, *self.keys, *told)

    def refused(self, kind: str, *more: object, market: Path = MARKET) -> str:
        """The message; nothing was made for it, and nothing of the book is in it."""
        error = error_of(*self.prove(kind, *more, market=market))
        assert not list(self.folder.glob("keys/*"))
        assert not self.traces(json.dumps(error))
        assert "margin account status" in error["help"]
        return str(error["message"])

    def traces(self, written: str) -> list[str]:
        group = int(self.letters.address, 16)
        account = AccountReference(group, int.from_bytes(self.number, "big"))
        opened = Vault(self.folder / "vault", OwnerSecret.of(OPERATOR)).newest(account)
        numbers = private_numbers(opened, valuer()) | {"commitment": opened.commitment()}
        long = 1 << 8 * (SHORTEST_BYTES - 1)
        return traces({name: each for name, each in numbers.items() if each >= long}, written)


@pytest.fixture
def owner(
    stage: LettersStage,
    keys: tuple[object, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Owner:
    monkeypatch.setattr(node.chain, "load_keystore", cache(load_keystore))
    return Owner(stage.letters, keys, tmp_path)


@pytest.fixture
def attested(stage: LettersStage) -> LettersStage:
    """With the listing of MARKET as its newest snapshot."""
    stage.publish(quoted().market.digest())
    return stage


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[MarginRequest]:
    """What is about to be proven, noted instead of proven."""
    noted: list[MarginRequest] = []

    def note(request: MarginRequest, *_: Any) -> None:
        noted.append(request)
        raise ClaimRefused("noted")

    monkeypatch.setattr(proving, "claim_of", note)
    return noted


@pytest.mark.parametrize(
    ("kind", "collateral", "sequence"),
    [("covered", HELD, 2), ("breach", HELD, 1), ("requirement", 0, 2)],
)
def test_the_header_is_what_status_says(
    attested: LettersStage,
    owner: Owner,
    asked: list[MarginRequest],
    kind: str,
    collateral: int,
    sequence: int,
) -> None:
    commitment = int.from_bytes(owner.letters.account(owner.number).commitment, "big")
    said = {"digest": quoted().market.digest(), "parameters": PARAMETERS.digest()}
    cover = attested.statement(
        owner.number, level=INITIAL, collateral=HELD, commitment=commitment, **said
    )
    attested.attest(cover)
    status = invoke_json("margin", "account", "status", *owner.named, *RPC)
    assert error_of(*owner.prove(kind, "--collateral", collateral))["message"] == "noted"
    (header,) = (request.header for request in asked)
    assert (header.chain_id, f"{header.registry:040x}", header.consumer) == (
        status["chain_id"],
        status["registry"][2:].lower(),
        int(owner.letters.address, 16),
    )
    assert header.valid_until == status["valid_until_unix"] == START + MAX_AGE_SECONDS
    next_of = "breach" if kind == "breach" else "covered"
    assert header.sequence == status["next_sequences"][next_of] == sequence


@pytest.mark.usefixtures("attested")
def test_options_win(owner: Owner, asked: list[MarginRequest]) -> None:
    told = ("--chain-id", 5, "--registry", "0xabc", "--sequence", 0, "--valid-until", 9)
    error_of(*owner.prove("covered", *told))
    error_of(*owner.prove("covered", *told[4:6]))
    whole, partly = (request.header for request in asked)
    assert (whole.chain_id, whole.registry, whole.sequence, whole.valid_until) == (5, 0xABC, 0, 9)
    assert (partly.chain_id, partly.sequence) == (owner.letters.chain.chain_id(), 0)


@pytest.mark.usefixtures("attested")
def test_another_market_than_the_newest(owner: Owner) -> None:
    message = owner.refused("covered", market=FALLEN)
    assert "not the newest snapshot on chain: it is of 2026-05-21" in message
    assert "the chain has number 1 of 2026-" in message


def test_a_market_that_is_the_newest_no_more(attested: LettersStage, owner: Owner) -> None:
    attested.publish(4_712, after=60)
    assert "the chain has number 2 of" in owner.refused("requirement")


def test_a_chain_without_snapshots(owner: Owner) -> None:
    assert "no snapshot" in owner.refused("covered")


def test_a_snapshot_that_is_too_old(attested: LettersStage, owner: Owner) -> None:
    attested.chain.set_time(START + MAX_AGE_SECONDS + 60)
    attested.chain.mine()
    assert "too old" in owner.refused("covered")


@pytest.mark.usefixtures("attested")
def test_other_parameters(owner: Owner) -> None:
    message = owner.refused("covered", "--parameters", "derive_like_21")
    assert "derive_like_21, digest 0x" in message
    assert "expected derive_like_33, digest 0x" in message


@pytest.mark.usefixtures("attested")
def test_another_book_than_on_chain(owner: Owner) -> None:
    owner.commit()
    message = owner.refused("covered")
    assert ("update 2" in message, "margin account update" in message) == (True, True)


@pytest.mark.usefixtures("attested")
@pytest.mark.parametrize(
    ("kind", "w", "said"),
    [("covered", 7_654_321, "more than the account holds, 1000"), ("breach", 987, "less than")],
)
def test_w_that_is_not_held(owner: Owner, kind: str, w: int, said: str) -> None:
    message = owner.refused(kind, "--collateral", w)
    assert (said in message, str(w) in message) == (True, False)


@pytest.mark.usefixtures("attested")
def test_a_false_claim_is_refused_as_without_a_chain(owner: Owner) -> None:
    error = error_of(*owner.prove("breach", "--collateral", HELD))
    assert "does not hold" in error["message"]


def test_accounts_take_no_open(owner: Owner) -> None:
    assert invoke(*owner.prove("open"))[0] == 2


def test_an_account_that_is_not_there(stage: LettersStage, tmp_path: Path) -> None:
    named = ("--consumer", stage.letters.address, "--account", "0x1", "--out", tmp_path / "x")
    told = (*named, *RPC, "--market", MARKET, "--data-directory", tmp_path)
    assert "account unknown" in error_of("margin", "prove", "covered", *told)["message"]


def test_w_of_a_breach_outlasts_deposits(
    stage: LettersStage, owner: Owner, asked: list[MarginRequest]
) -> None:
    stage.publish(quoted(FALLEN).market.digest())
    error_of(*owner.prove("breach", market=FALLEN))
    (request,) = asked
    headroom = breach_headroom(valuer(FALLEN).quote(shipped_book()), PARAMETERS, HELD)
    assert request.collateral == headroom > HELD


@pytest.mark.usefixtures("attested")
def test_without_a_breach_there_is_no_w_for_one(owner: Owner) -> None:
    assert "there is no breach" in error_of(*owner.prove("breach"))["message"]
