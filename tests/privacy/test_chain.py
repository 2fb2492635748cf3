"""What an observer of the chain measures: calldata, gas, keys, events, storage, refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from circuits.statements.portfolio_margin import Kind, MarginShape, Open, encode_words
from circuits.statements.portfolio_margin.statement import Evidence, PortfolioMargin
from node.attestations import Attestation
from node.chain.types import LogFilter
from node.margin import MarginRequest
from node.margin.prove import claim_of
from node.words import join_words
from tests.privacy.books import HEADER, LEGS, OWNER, SLOTS, VALUER, hidden_book, hidden_opening
from tests.privacy.needles import private_numbers, traces
from tests.privacy.stage import Account, Stage, attest_arguments

ZERO_BYTE_GAS, OTHER_BYTE_GAS = 4, 16
MOST_ZEROS = 14
"""In ten words of proof, commitment and account id, where chance makes 2.5."""


def drawn_words(made: Attestation) -> tuple[bytes, ...]:
    """The words that nobody can tell from random: account id, commitment, proof."""
    return made.proof, *(made.words[at].to_bytes(32, "big") for at in (2, 7))


def test_calldata_is_the_same_but_for_words_that_look_random(stage: Stage) -> None:
    rest = set()
    for each in stage.accounts:
        public = each.calldata
        for drawn in drawn_words(each.attestation):
            assert drawn in public
            public = public.replace(drawn, b"")
        rest.add(public)
        assert b"".join(drawn_words(each.attestation)).count(0) <= MOST_ZEROS
    assert len(rest) == 1
    assert {len(each.calldata) for each in stage.accounts} == {4 + 32 * (1 + 10 + 2 + 9)}


def test_an_open_twin_shows_its_size_by_its_zero_bytes() -> None:
    """The measure tells books apart where they are public."""
    shape = MarginShape(Kind.OPEN, SLOTS, len(VALUER.parameters.rows))
    request = MarginRequest(Kind.OPEN, HEADER)
    zeros = {}
    for name in LEGS:
        claim = claim_of(request, hidden_opening(name), VALUER)
        assert isinstance(claim, Open)
        zeros[name] = join_words(encode_words(claim, shape)).count(0)
    assert zeros["one leg"] != zeros["empty"]
    assert abs(zeros["full"] - zeros["empty"]) > 200


def test_open_words_say_the_book_and_nothing_of_its_commitment() -> None:
    shape = MarginShape(Kind.OPEN, SLOTS, len(VALUER.parameters.rows))
    request = MarginRequest(Kind.OPEN, HEADER)
    made = [hidden_opening("full", update) for update in (1, 2)]
    words = [encode_words(claim_of(request, each, VALUER), shape) for each in made]
    assert words[0] == words[1]
    assert set(words[0]) >= {leg.packed for leg in made[0].book.legs}
    for each in made:
        assert not {each.commitment(), each.opening.salt} & set(words[0])


def test_gas_is_a_constant_and_the_price_of_calldata(stage: Stage) -> None:
    """So books can be told apart by gas no better than by random bytes."""
    rest = {
        each.gas
        - ZERO_BYTE_GAS * each.calldata.count(0)
        - OTHER_BYTE_GAS * (len(each.calldata) - each.calldata.count(0))
        for each in stage.accounts
    }
    assert len(rest) == 1
    spread = Counter(each.gas for each in stage.accounts)
    assert max(spread) - min(spread) <= MOST_ZEROS * (OTHER_BYTE_GAS - ZERO_BYTE_GAS)


def test_registering_costs_the_same_for_every_book(stage: Stage) -> None:
    gas = [each.registering_gas for each in stage.accounts]
    assert max(gas) - min(gas) <= 6 * (OTHER_BYTE_GAS - ZERO_BYTE_GAS)


def test_one_key_serves_every_book(stage: Stage) -> None:
    assert {each.attestation.key_id for each in stage.accounts} == {stage.key.verifying_key.key_id}
    assert {len(each.attestation.proof) for each in stage.accounts} == {320}


def test_two_accounts_with_one_book_have_no_random_word_in_common(stage: Stage) -> None:
    seen: set[int] = set()
    for each in stage.accounts:
        _, proof, words = attest_arguments(each.attestation)
        drawn = {*proof, words[2], words[7]}
        assert len(drawn) == 12
        assert not drawn & seen
        seen |= drawn


def test_no_private_number_is_in_calldata_events_or_storage(stage: Stage) -> None:
    chain = stage.margins.chain
    logs = [
        log
        for contract in (stage.letters, stage.registry)
        for log in chain.logs(LogFilter(contract.address, 0, chain.head().number, ()))
    ]
    events = b"".join(part for log in logs for part in (*log.topics, log.data))
    for each in stage.accounts:
        kept = repr(stage.letters.read_one("accountOf", each.account_id))
        numbers = private_numbers(each.opened, VALUER)
        assert traces(numbers, each.calldata, events, kept) == []
        assert traces({"commitment": each.opened.commitment()}, each.calldata) == ["commitment"]


def _altered(made: Attestation) -> Attestation:
    return replace(made, proof=made.proof[32:64] + made.proof[32:])


REFUSED: dict[str, Callable[[Stage, Account], bytes]] = {
    "attested again": lambda s, a: s.refusal(
        s.registry, "attest", *attest_arguments(a.attestation)
    ),
    "another bound": lambda s, a: s.refusal(
        s.registry,
        "attest",
        *attest_arguments(replace(a.attestation, words=(*a.attestation.words[:8], 1))),
    ),
    "another commitment": lambda s, a: s.refusal(
        s.registry,
        "attest",
        *attest_arguments(
            replace(a.attestation, words=(*a.attestation.words[:7], 1, a.attestation.words[8]))
        ),
    ),
    "altered point": lambda s, a: s.refusal(
        s.registry, "attest", *attest_arguments(_altered(a.attestation))
    ),
    "withdraw": lambda s, a: s.refusal(s.letters, "withdraw", a.account_id, 1, OWNER.address),
    "update": lambda s, a: s.refusal(s.letters, "update", a.account_id, a.commitment),
    "accept": lambda s, a: s.refusal(s.letters, "acceptAccount", a.account_id),
    "register again": lambda s, a: s.refusal(
        s.letters, "register", a.salt, a.commitment, sender=OWNER
    ),
    "same commitment": lambda s, a: s.refusal(
        s.letters, "update", a.account_id, a.commitment, sender=OWNER
    ),
    "withdraw too much": lambda s, a: s.refusal(
        s.letters, "withdraw", a.account_id, 1, OWNER.address, sender=OWNER
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_contracts_refuse_every_book_alike(stage: Stage, what: str) -> None:
    said = set()
    for each in stage.accounts:
        data = REFUSED[what](stage, each)
        said.add(data.replace(each.account_id, b"<account>").replace(each.commitment, b"<C>"))
        assert traces(private_numbers(each.opened, VALUER), data) == []
    assert len(said) == 1


def test_market_words_list_the_same_for_every_book(stage: Stage) -> None:
    assert len({each.attestation.words[3:7] for each in stage.accounts}) == 1
    assert stage.accounts[0].attestation.words[4] == VALUER.market.digest()


def test_a_prover_cannot_choose_a_listing(stage: Stage, statement: PortfolioMargin) -> None:
    """Expiries that the book does not hold belong to the digest; without them it is another one."""
    account = next(each for each in stage.accounts if each.book == "one leg")
    (leg,) = hidden_book("one leg").legs
    held = tuple(each for each in VALUER.market.slices if each.expiry_unix == leg.expiry_unix)
    market = replace(VALUER.market, slices=held)
    request = MarginRequest(Kind.COVERED, stage.header(account.opened, sequence=2))
    claim = claim_of(request, account.opened, VALUER)
    evidence = Evidence(account.opened.book, market, VALUER.parameters, account.opened.opening)
    with pytest.raises(ValueError, match="word 5 of the claim"):
        statement.witness(claim, evidence)
    own = replace(claim, scene=replace(claim.scene, market_digest=market.digest()))
    words = encode_words(own, statement.shape)
    assert words[4] != VALUER.market.digest()
    made = replace(account.attestation, words=words)
    data = stage.refusal(stage.registry, "attest", *attest_arguments(made))
    assert market.digest().to_bytes(32, "big") in data
