"""CoveredLetters from Python: calls, the contract's words, and covers judged as it judges them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, cast

import pytest

from node.attestations import InvalidAttestationError
from node.chain import (
    Call,
    Chain,
    Cover,
    CoveredLetters,
    Standing,
    contract_abi,
    development_account,
)
from node.chain.errors import (
    ContractMissingError,
    GasCeilingError,
    RevertedError,
    TokenBalanceError,
    WrongChainIdError,
)
from node.chain.letters_account import LettersAccount, LettersRules
from node.relay.direct import attest_directly
from tests.node.chain.anvil import running_anvil
from tests.node.chain.letters_stage import (
    COMMITMENT,
    INITIAL,
    MAINTENANCE,
    PARAMETERS_DIGEST,
    PLAYED,
    LettersStage,
    attestation_of,
)
from tests.node.chain.toy import START
from tests.node.service.accounts import (
    DIGEST,
    MAX_AGE_SECONDS,
    OPERATOR,
    RELAY,
    SPOT,
    VOLATILITY,
)

POOR = development_account("poor")
W = 600
COLLATERAL = 1_000
SALTS = (bytes(30) + number.to_bytes(2, "big") for number in itertools.count(1))


@pytest.fixture(scope="module")
def stage() -> LettersStage:
    """For tests that move no market."""
    made = LettersStage()
    made.publish(DIGEST)
    return made


@pytest.fixture
def moved() -> LettersStage:
    """For one test that moves the market."""
    made = LettersStage()
    made.publish(DIGEST)
    return made


@pytest.fixture
def account(stage: LettersStage) -> bytes:
    return stage.open(COLLATERAL, next(SALTS))


def test_an_account_from_its_id_to_its_withdrawal(stage: LettersStage, account: bytes) -> None:
    letters = stage.letters
    kept = letters.account(account)
    assert (kept.owner, kept.commitment) == (OPERATOR.address, COMMITMENT)
    assert (kept.collateral, kept.standing) == (COLLATERAL, Standing.GOOD)
    assert kept.covers == {}
    stage.attest(stage.statement(account, level=INITIAL, collateral=W))
    status = letters.status(account)
    assert (status.is_covered, status.account.covered_sequence) == (True, 1)
    assert list(status.account.covers) == ["initial"]
    assert (status.valid_until, status.held) == (START + MAX_AGE_SECONDS, None)
    assert int.from_bytes(status.parameters_digest, "big") == PARAMETERS_DIGEST
    assert status.registry == stage.deployment.address("AttestationRegistry")
    letters.withdraw(OPERATOR, account, COLLATERAL - W, POOR.address)
    assert letters.token.balance_of(POOR.address) == COLLATERAL - W
    with pytest.raises(RevertedError, match=r"withdraw .*collateral below bound \(collateral 599"):
        letters.withdraw(OPERATOR, account, 1, POOR.address)
    letters.update(OPERATOR, account, bytes(31) + b"\7")
    assert letters.account(account).covers == {}


def test_refusals_are_the_contracts_words(stage: LettersStage, account: bytes) -> None:
    letters = stage.letters
    with pytest.raises(RevertedError, match=r"accountOf .*account unknown \(account 0x00"):
        letters.account(bytes(32))
    with pytest.raises(RevertedError, match="not covered"):
        letters.withdraw(OPERATOR, account, 1, OPERATOR.address)
    with pytest.raises(RevertedError, match="not account owner"):
        letters.update(RELAY, account, bytes(31) + b"\1")
    with pytest.raises(RevertedError, match="commitment repeated"):
        letters.update(OPERATOR, account, COMMITMENT)
    with pytest.raises(ContractMissingError, match="another contract"):
        CoveredLetters(stage.chain, POOR.address).account(account)


def test_a_standing_that_no_letters_have_is_another_contracts() -> None:
    cover = (0, 0, 0, 0, 0)
    values = (POOR.address, 0, COMMITMENT, 0, 0, 0, len(Standing), 0, cover, cover)
    with pytest.raises(ContractMissingError, match="no CoveredLetters"):
        LettersAccount.of(values)


class Liar:
    """An endpoint that gives everybody the id of one account."""

    def __init__(self, chain: Chain, account: bytes) -> None:
        self._chain, self._account = chain, account

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)

    def call(self, call: Call, block_number: int | None = None) -> bytes:
        asked = contract_abi("CoveredLetters").encode_call("accountIdOf", RELAY.address, bytes(32))
        return self._account if call.data == asked else self._chain.call(call, block_number)


def test_an_endpoint_gives_nobody_the_id_of_anothers_account(
    stage: LettersStage, account: bytes
) -> None:
    """Who believed it would pay his deposit to that other."""
    lied_to = CoveredLetters(cast("Chain", Liar(stage.chain, account)), stage.letters.address)
    assert lied_to.account(account).owner == OPERATOR.address
    with pytest.raises(ContractMissingError, match="another account id"):
        lied_to.account_id_of(RELAY.address, bytes(32))
    assert stage.letters.account_id_of(RELAY.address, bytes(32)) != account


def test_only_what_is_missing_is_allowed(stage: LettersStage, account: bytes) -> None:
    letters, token = stage.letters, stage.letters.token
    assert len(letters.allow(OPERATOR, 50)) == 1
    assert letters.allow(OPERATOR, 50) == ()
    assert len(letters.allow(OPERATOR, 70)) == 2  # by way of zero
    assert token.allowance(OPERATOR.address, letters.address) == 70
    letters.deposit(OPERATOR, account, 70)
    with pytest.raises(TokenBalanceError, match="holds 0 of token"):
        letters.allow(RELAY, 1)
    with pytest.raises(TokenBalanceError, match=f"expected {PLAYED + 1} or more"):
        letters.allow(OPERATOR, PLAYED + 1)


SPOT_BAND = (SPOT * 98 // 100, SPOT * 102 // 100)
VOLATILITY_BAND = (VOLATILITY * 9 // 10, VOLATILITY * 11 // 10)
MARKETS: tuple[tuple[dict[str, int], tuple[str, ...]], ...] = (
    ({}, ()),
    ({"spot": SPOT_BAND[0]}, ()),
    ({"spot": SPOT_BAND[0] - 1}, ("spot",)),
    ({"spot": SPOT_BAND[1]}, ()),
    ({"spot": SPOT_BAND[1] + 1}, ("spot",)),
    ({"volatility": VOLATILITY_BAND[0]}, ()),
    ({"volatility": VOLATILITY_BAND[0] - 1}, ("volatility",)),
    ({"volatility": VOLATILITY_BAND[1] + 1}, ("volatility",)),
    ({"spot": SPOT_BAND[0] - 1, "volatility": 1}, ("spot", "volatility")),
    ({}, ()),
    ({"spot": SPOT * 2, "accepted": False}, ("spot",)),
)


def test_covers_end_as_the_contract_says(moved: LettersStage) -> None:
    account = moved.open(COLLATERAL)
    moved.attest(moved.statement(account, level=MAINTENANCE, collateral=W))
    for step, (market, endings) in enumerate(MARKETS, 1):
        moved.publish(DIGEST + step, 10 * step, **market)  # type: ignore[arg-type]
        status = moved.letters.status(account)
        cover = status.account.maintenance
        assert cover is not None
        bands = cover.spot_band(status.rules), cover.volatility_band(status.rules)
        assert bands == (SPOT_BAND, VOLATILITY_BAND)
        assert status.endings(cover) == endings, market
        assert status.is_covered is (endings == ()), market
        assert (status.held is None) is market.get("accepted", True)


def test_covers_end_with_their_age_and_their_collateral(moved: LettersStage) -> None:
    account = moved.open(COLLATERAL)
    moved.attest(moved.statement(account, level=MAINTENANCE, collateral=COLLATERAL))
    moved.attest(moved.statement(account, level=INITIAL, collateral=W, sequence=2))
    moved.letters.withdraw(OPERATOR, account, 1, OPERATOR.address)
    status = moved.letters.status(account)
    assert {level: status.endings(each) for level, each in status.account.covers.items()} == {
        "initial": (),
        "maintenance": ("collateral",),
    }
    assert status.is_covered
    initial = status.account.initial
    assert initial is not None
    for time, endings in ((initial.live_until, ()), (initial.live_until + 1, ("age",))):
        moved.chain.set_time(time)
        moved.chain.mine()
        status = moved.letters.status(account)
        assert (status.block_unix, status.endings(initial)) == (time, endings)
        assert status.is_covered is (endings == ())


def test_over_rpc() -> None:
    with running_anvil() as chain:
        for account in (OPERATOR, RELAY):
            chain.fund(account.address, 10**20)
        chain.set_time(START)
        stage = LettersStage(chain)
        stage.publish(DIGEST)
        account_id = stage.open(COLLATERAL)
        stage.attest(stage.statement(account_id, level=INITIAL, collateral=W))
        status = stage.letters.status(account_id)
        assert status.account.initial is not None
        assert (status.is_covered, status.endings(status.account.initial)) == (True, ())
        chain.set_time(status.account.initial.live_until + 1)
        chain.mine()
        status = stage.letters.status(account_id)
        assert status.account.initial is not None
        assert (status.is_covered, status.endings(status.account.initial)) == (False, ("age",))
        with pytest.raises(RevertedError, match=r"withdraw .*not covered"):
            stage.letters.withdraw(OPERATOR, account_id, 1, OPERATOR.address)


def test_an_account_before_any_snapshot() -> None:
    stage = LettersStage()
    status = stage.letters.status(stage.open(COLLATERAL))
    assert (status.newest, status.valid_until, status.is_covered) == (None, None, False)


@pytest.mark.parametrize("move", [1, 200, 9_999])
@pytest.mark.parametrize("base", [1, 7, 9_999, 10_001, 123_457])
def test_bands_are_all_that_the_contract_calls_near(base: int, move: int) -> None:
    """|value - base| * 10^4 <= base * move, as BasisPoints.sol has it."""
    cover = Cover(0, 0, base, base, 1)
    rules = LettersRules(1, move, move, 0)
    low, high = cover.spot_band(rules)
    assert cover.volatility_band(rules) == (low, high)
    for value, near in ((low - 1, False), (low, True), (high, True), (high + 1, False)):
        assert (abs(value - base) * 10_000 <= base * move) is near


def test_attesting_directly(stage: LettersStage, account: bytes) -> None:
    said = stage.statement(account, level=INITIAL, collateral=W)
    made = attestation_of(said)
    too_much = attestation_of(replace(said, collateral=COLLATERAL + 1))
    with pytest.raises(RevertedError, match=r"attest .*collateral below bound"):
        attest_directly(stage.chain, RELAY, too_much)
    assert attest_directly(stage.chain, RELAY, made) is not None
    assert attest_directly(stage.chain, RELAY, made) is None  # the registry has it
    for change, error in (
        ({"chain_id": 1}, WrongChainIdError),
        ({"registry": 7}, ContractMissingError),
        ({"registry": int(stage.token.address, 16)}, RevertedError),
        ({"registry": int.from_bytes(stage.taker, "big")}, ContractMissingError),
    ):
        with pytest.raises(error):
            attest_directly(stage.chain, RELAY, attestation_of(replace(said, **change)))
    with pytest.raises(InvalidAttestationError, match="say nothing"):
        attest_directly(stage.chain, RELAY, replace(made, words=(1 << 250, 0)))


def test_a_registry_that_burns_gas_is_not_paid(
    stage: LettersStage, account: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever made the file chose the address."""
    made = attestation_of(stage.statement(account, level=INITIAL, collateral=W))
    before = stage.chain.nonce(RELAY.address)
    with monkeypatch.context() as patch:
        patch.setattr(stage.chain, "estimate_gas", lambda _: 1_100_000)
        with pytest.raises(GasCeilingError, match="needs 1210000 gas, expected at most 1018000"):
            attest_directly(stage.chain, RELAY, made)
    assert stage.chain.nonce(RELAY.address) == before
    assert attest_directly(stage.chain, RELAY, made) is not None
