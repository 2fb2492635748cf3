"""Rung 2: honest witnesses of every kind satisfy the circuit, at the edge of what is true."""

from __future__ import annotations

from dataclasses import replace

import pytest

from circuits.statements.portfolio_margin import (
    Book,
    Kind,
    Level,
    ListedVolatility,
    MarginShape,
    UnprovableError,
    VolatilityForm,
    encode_words,
)
from circuits.statements.portfolio_margin.statement import Evidence, PortfolioMargin
from tests.circuits.statements.margin.examples import book, leg, market
from tests.circuits.statements.margin.statements import (
    BOOK,
    PARAMETERS,
    ROWS,
    claim,
    evidence,
    violations,
)

SLOTS = 4


KINDS = [
    (kind, level)
    for kind in Kind
    for level in Level
    if (kind, level) != (Kind.BREACH, Level.INITIAL)  # a breach is of the maintenance margin
]


@pytest.mark.parametrize(("kind", "level"), KINDS)
def test_the_tightest_true_claim_is_provable(kind: Kind, level: Level) -> None:
    shape = MarginShape(kind, SLOTS, ROWS)
    told = claim(kind, evidence(), level)
    broken, words = violations(shape, told, evidence())
    assert not broken
    assert words == encode_words(told, shape)
    assert PortfolioMargin(shape).witness(told, evidence()).words == words
    assert len(words) == shape.description.word_count


@pytest.mark.parametrize(
    ("kind", "off"),
    [
        (Kind.COVERED, -1),
        (Kind.OPEN, -1),
        (Kind.BREACH, 1),
        (Kind.REQUIREMENT, -1),
        (Kind.REQUIREMENT, 1),
    ],
)
def test_one_unit_beside_it_is_not(kind: Kind, off: int) -> None:
    shape = MarginShape(kind, SLOTS, ROWS)
    broken, _ = violations(shape, claim(kind, evidence(), off=off), evidence())
    assert broken


def test_an_empty_book_and_a_full_one() -> None:
    shape = MarginShape(Kind.COVERED, SLOTS, ROWS)
    for own in (Book((), BOOK.linear, BOOK.cash), book(SLOTS)):
        told = claim(Kind.COVERED, evidence(own))
        assert violations(shape, told, evidence(own))[0] == []


def test_listed_volatilities() -> None:
    """Among many others, of both a call and a put."""
    own = Book((leg(amount=2), leg(2, put=True, amount=-1)), BOOK.linear, BOOK.cash)
    listing = market(4, None, series=400)
    extra = tuple(ListedVolatility(i, 770_000_000, 30_000_000) for i in (0, 1))
    kept = tuple(each for each in listing.series if each.strike_ticks != 770_000_000)
    about = evidence(own, replace(listing, series=tuple(sorted(kept + extra))))
    shape = MarginShape(Kind.COVERED, 2, ROWS, VolatilityForm.SERIES)
    assert violations(shape, claim(Kind.COVERED, about), about)[0] == []


def test_empty_slots_need_no_volatility_in_the_first_slice() -> None:
    """A market may list none for an expiry; books of other expiries stay provable both ways."""
    listing = replace(
        market(2, None, series=2), series=(ListedVolatility(1, 770_000_000, 30_000_000),)
    )
    for own in (Book((leg(2),), BOOK.linear, BOOK.cash), Book((), BOOK.linear, BOOK.cash)):
        about = evidence(own, listing)
        for kind in (Kind.COVERED, Kind.BREACH):
            shape = MarginShape(kind, SLOTS, ROWS, VolatilityForm.SERIES)
            assert violations(shape, claim(kind, about), about)[0] == []


def test_a_false_claim_is_refused_at_the_door() -> None:
    shape = MarginShape(Kind.COVERED, SLOTS, ROWS)
    told = claim(Kind.COVERED, evidence())
    other = Evidence(book(3), evidence().market, PARAMETERS, evidence().opening)
    with pytest.raises(UnprovableError, match="word 8"):
        PortfolioMargin(shape).witness(told, other)


@pytest.mark.parametrize(
    ("kind", "off"),
    [
        (Kind.COVERED, -1),
        (Kind.OPEN, -1),
        (Kind.BREACH, 1),
        (Kind.REQUIREMENT, 1),
        (Kind.REQUIREMENT, -1),
    ],
)
def test_a_claim_the_margin_does_not_show_has_no_witness(kind: Kind, off: int) -> None:
    shape = MarginShape(kind, SLOTS, ROWS)
    assert PortfolioMargin(shape).witness(claim(kind, evidence()), evidence())
    with pytest.raises(UnprovableError, match="does not show"):
        PortfolioMargin(shape).witness(claim(kind, evidence(), off=off), evidence())


def test_a_book_without_a_margin_has_no_witness() -> None:
    told = claim(Kind.COVERED, evidence())
    about = evidence(Book((leg(9),)))
    with pytest.raises(UnprovableError, match="no slice"):
        PortfolioMargin(MarginShape(Kind.COVERED, SLOTS, ROWS)).witness(told, about)
