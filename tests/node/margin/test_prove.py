"""Proofs made in the owner's process: they verify, say what holds, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import cast

import pytest
import structlog

from circuits.statements.portfolio_margin import (
    Book,
    Breach,
    Covered,
    Kind,
    Level,
    Opening,
    Requirement,
)
from node.attestations import (
    Attestation,
    decode_attestation,
    encode_attestation,
    verify_attestation,
)
from node.chain import development_account
from node.margin import (
    BookOpening,
    BookRefused,
    ClaimRefused,
    MarginRequest,
    OwnerSecret,
    Valuer,
    breach_headroom,
    prove_margin,
)
from node.margin.prove import claim_of, equity_bound, requirement
from prover import ProvingKey, default_engine
from tests.node.margin.books import (
    ACCOUNT,
    FALLEN,
    HEADER,
    PARAMETERS,
    book_of,
    first_legs,
    shipped_book,
    valuer,
)

SECRET = OwnerSecret.of(development_account("owner"))
KeyOf = Callable[[Kind], ProvingKey]


def opened(book: Book, update: int = 1) -> BookOpening:
    return BookOpening.new(book, ACCOUNT, update, SECRET)


def prove(kind: Kind, made: BookOpening, key_of: KeyOf, own: Valuer, **more: object) -> Attestation:
    request = MarginRequest(kind, HEADER, **more)  # type: ignore[arg-type]
    attestation, _ = prove_margin(request, made, own, key_of(kind), default_engine(), slots=16)
    return attestation


@pytest.mark.slow
def test_covered_verifies_and_survives_the_file(key_of: KeyOf) -> None:
    made = opened(first_legs(9))
    attestation = prove(Kind.COVERED, made, key_of, valuer(), level=Level.INITIAL, collateral=7)
    again = decode_attestation(encode_attestation(attestation).encode())
    _, claim = verify_attestation(again, key_of(Kind.COVERED).verifying_key, default_engine())
    assert isinstance(claim, Covered)
    assert (claim.commitment, claim.collateral) == (made.commitment(), 7)
    assert claim.scene.level is Level.INITIAL
    assert claim.scene.account_id == ACCOUNT.account_id


@pytest.mark.slow
def test_two_proofs_of_one_book_are_unrelated(key_of: KeyOf) -> None:
    """Same book, two openings: no common point, and only public words in common."""
    made = [opened(first_legs(9), update) for update in (1, 2)]
    one, other = (prove(Kind.COVERED, each, key_of, valuer()) for each in made)
    differing = [
        i for i, pair in enumerate(zip(one.words, other.words, strict=True)) if pair[0] != pair[1]
    ]
    assert differing == [7], "the commitment alone"
    numbers = [
        [each.proof[at : at + 32] for at in range(0, len(each.proof), 32)] for each in (one, other)
    ]
    assert not set(numbers[0]) & set(numbers[1])
    again = prove(Kind.COVERED, made[0], key_of, valuer())
    assert again.words == one.words
    assert not {again.proof[at : at + 32] for at in range(0, 320, 32)} & set(numbers[0])


@pytest.mark.slow
def test_different_books_give_the_same_sizes(key_of: KeyOf) -> None:
    books = [Book(cash=10**15), first_legs(1), first_legs(16)]
    files = [encode_attestation(prove(Kind.COVERED, opened(b), key_of, valuer())) for b in books]
    assert len({len(text) for text in files}) == 1


@pytest.mark.slow
def test_a_breach_is_proven_with_headroom(key_of: KeyOf) -> None:
    own = valuer(FALLEN)
    made = opened(replace(first_legs(9), cash=-(10**16)))
    sheet = own.quote(made.book)
    bound = breach_headroom(sheet, PARAMETERS)
    attestation = prove(Kind.BREACH, made, key_of, own, collateral=bound)
    _, claim = verify_attestation(attestation, key_of(Kind.BREACH).verifying_key, default_engine())
    assert isinstance(claim, Breach)
    assert claim.collateral == bound
    with pytest.raises(ClaimRefused):
        prove(Kind.BREACH, made, key_of, own, collateral=exactly_missing(own, made.book))


def exactly_missing(own: Valuer, book: Book) -> int:
    """The least W with which the maintenance margin is not negative."""
    return -(own.quote(book).maintenance // PARAMETERS.collateral_unit)


def test_exactly_one_of_covered_and_breach_holds() -> None:
    own, book = valuer(FALLEN), shipped_book()
    bound = exactly_missing(own, book) - 1
    for collateral in (0, bound, bound + 1, 2 * bound):
        held = []
        for kind in (Kind.COVERED, Kind.BREACH):
            try:
                claim_of(MarginRequest(kind, HEADER, collateral=collateral), opened(book), own)
                held.append(kind)
            except ClaimRefused:
                pass
        assert held == [Kind.BREACH if collateral <= bound else Kind.COVERED]


def test_requirements_are_the_least_multiple_that_covers() -> None:
    own, book = valuer(FALLEN), shipped_book()
    claim = claim_of(MarginRequest(Kind.REQUIREMENT, HEADER), opened(book), own)
    assert isinstance(claim, Requirement)
    step = PARAMETERS.requirement_step
    assert claim.requirement % step == 0
    assert own.quote(book, claim.requirement).maintenance >= 0
    assert own.quote(book, claim.requirement - step).maintenance < 0
    assert requirement(0, PARAMETERS) == requirement(5, PARAMETERS) == 0


def two_digits(number: int) -> bool:
    return not str(number)[2:].strip("0")


@pytest.mark.parametrize("equity", [1, 10**4, 98 * 10**9, 99_000_001 * 10**4, 123_456_789 * 10**7])
def test_the_equity_bound_is_rounded_up_to_two_digits(equity: int) -> None:
    unit = PARAMETERS.collateral_unit
    sheet = valuer(FALLEN).quote(shipped_book())
    bound = equity_bound(replace(sheet, equity=Fraction(equity)), PARAMETERS)
    assert two_digits(bound)
    assert equity <= bound * unit <= max(unit, equity * 11 // 10 + unit)
    assert equity_bound(replace(sheet, equity=Fraction(-equity)), PARAMETERS) == 0


def test_the_headroom_is_what_is_held_and_two_digits_of_what_is_missing() -> None:
    own, book = valuer(FALLEN), shipped_book()
    sheet = own.quote(book)
    missing = exactly_missing(own, book)
    for held in (0, missing // 3, missing - 12_345, missing - 1):
        bound = breach_headroom(sheet, PARAMETERS, held)
        assert two_digits(bound - held)
        assert held <= bound < missing
        assert bound - held > (missing - 1 - held) * 10 // 11 - 1
    for held in (missing, missing + 1):
        with pytest.raises(ClaimRefused):
            breach_headroom(sheet, PARAMETERS, held)
    with pytest.raises(ClaimRefused):
        breach_headroom(replace(sheet, maintenance=0), PARAMETERS)


def test_refusals_come_before_the_key_is_used() -> None:
    made, own = opened(shipped_book()), valuer(FALLEN)
    for kind, more in (
        (Kind.COVERED, {}),
        (Kind.BREACH, {"level": Level.INITIAL}),
        (Kind.COVERED, {"header": replace(HEADER, consumer=1)}),
    ):
        request = replace(MarginRequest(kind, HEADER), **more)
        with pytest.raises(ClaimRefused):
            claim_of(request, made, own)
    no_key = cast(ProvingKey, None)
    request = MarginRequest(Kind.COVERED, HEADER)
    with pytest.raises(ClaimRefused, match="does not fit"):
        prove_margin(request, made, own, no_key, default_engine(), slots=16)


@pytest.mark.slow
def test_a_failing_proof_tells_nothing_of_the_book(
    key_of: KeyOf, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole text that a careless caller could log, searched for every number of the book."""
    own = valuer()
    book = first_legs(16)
    good = opened(book)
    wrong_salt = BookOpening(book, Opening(ACCOUNT.group, ACCOUNT.account_id, 9, 1), 1)
    poor = opened(replace(book, cash=-(10**17)))
    expired = opened(book_of(own.market, 3, amount=123_456_789))
    shifted = Valuer(
        replace(own.market, snapshot_unix=own.market.slices[0].expiry_unix - 1), own.parameters
    )
    late = Valuer(
        replace(
            shifted.market,
            slices=own.market.slices[1:],
            snapshot_unix=own.market.slices[1].expiry_unix - 1,
        ),
        own.parameters,
    )
    texts = []
    with structlog.testing.capture_logs() as logs:
        for made, valued in ((wrong_salt, own), (expired, late), (poor, own)):
            with pytest.raises((ClaimRefused, BookRefused)) as refused:
                prove(Kind.COVERED, made, key_of, valued)
            logging.getLogger("owner").exception("failed", exc_info=refused.value)
            structlog.get_logger("owner").error("failed", error=refused.value, opened=made)
            texts.append(str(refused.getrepr(showlocals=False, style="short")))
    text = "".join([*texts, caplog.text, str(logs), *capsys.readouterr()])
    for made in (good, wrong_salt, expired):
        for leg in made.book.legs:
            for number in (leg.strike_ticks, abs(leg.amount), leg.packed):
                assert str(number) not in text
        assert str(made.opening.salt) not in text or made.opening.salt < 10
