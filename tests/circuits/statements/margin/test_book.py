"""Books: packing there and back, order, dummies, ranges; commitments hold every field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.statements.portfolio_margin import (
    Book,
    BookError,
    InputError,
    Leg,
    LinearHoldings,
    Opening,
    RangeError,
    WordError,
    commit,
)
from circuits.statements.portfolio_margin.book import AMOUNT_BIAS, DUMMY_LEG, unpack_book
from tests.circuits.statements.margin.examples import OPENING, book, books, leg, within


def unpack(leaves: tuple[int, ...], of: Book) -> Book:
    return unpack_book(leaves, of.linear.packed, of.packed_cash, 1)


@given(books(), st.integers(0, 4))
def test_books_survive_packing(given_book: Book, spare: int) -> None:
    leaves = given_book.leaves(max(1, len(given_book.legs) + spare))
    assert all(leaf < 1 << 144 for leaf in leaves)
    assert given_book.linear.packed < 1 << 190
    assert 0 < given_book.packed_cash < 1 << 96
    assert unpack(leaves, given_book) == given_book


@given(st.lists(st.integers(0, (1 << 145) - 1) | st.just(DUMMY_LEG), min_size=1, max_size=4))
def test_leaves_that_are_read_are_those_that_are_written(leaves: list[int]) -> None:
    empty = Book()
    try:
        read = unpack(tuple(leaves), empty)
    except InputError:
        return
    assert read.leaves(len(leaves)) == tuple(leaves)


def test_no_legs_is_a_book() -> None:
    assert Book().leaves(2) == (DUMMY_LEG, DUMMY_LEG)
    assert commit(Book(), OPENING)


def test_a_strikes_call_and_put_are_neighbours() -> None:
    pair = Book((leg(), leg(put=True), leg(strike=780_000_000)))
    keys = [each.key for each in pair.legs]
    assert keys[1] == keys[0] + 1


@pytest.mark.parametrize(
    ("legs", "message"),
    [
        ((leg(), leg()), "leg 1: the call with strike 770000000 .* is given twice"),
        ((leg(), leg(amount=-3)), "is given twice"),
        ((leg(week=2), leg(week=1)), "leg 1: .* comes after"),
        ((leg(strike=780_000_000), leg()), "comes after"),
        ((leg(put=True), leg()), "comes after"),
        ((leg(), replace(leg(week=2), underlying=2)), "leg 1 is of underlying 2, expected 1"),
    ],
)
def test_disorder_is_refused(legs: tuple[Leg, ...], message: str) -> None:
    with pytest.raises(BookError, match=message):
        Book(legs)


def test_an_amount_of_zero_is_no_leg() -> None:
    with pytest.raises(BookError, match="has amount 0"):
        leg(amount=0)
    packed = leg().packed - 250_000
    with pytest.raises(BookError, match="has amount 0"):
        unpack((packed, DUMMY_LEG), Book())


@pytest.mark.parametrize(
    ("leaves", "message"),
    [
        ((DUMMY_LEG, leg().packed), "word 1: an empty slot stands before a leg"),
        ((leg().packed, DUMMY_LEG, leg(week=2).packed), "word 2: an empty slot stands before"),
        ((leg().packed, DUMMY_LEG + 1), "word 2: an empty slot is not the canonical one"),
        ((DUMMY_LEG - AMOUNT_BIAS,), "word 1: an empty slot is not the canonical one"),
        ((1 << 144,), "word 1: .* does not fit its 144 bits"),
        ((leg().packed + (254 << 136),), "not the canonical one"),
    ],
)
def test_dummies_stand_at_the_end_and_are_all_alike(leaves: Any, message: str) -> None:
    with pytest.raises(WordError, match=message):
        unpack(leaves, Book())


def test_the_least_amount_is_refused() -> None:
    """Offset 0 would be -2^63, whose magnitude is no amount."""
    with pytest.raises(RangeError, match="amount is -9223372036854775808"):
        unpack((leg().packed >> 64 << 64,), Book())


def test_more_legs_than_slots_are_refused() -> None:
    assert len(book(128).leaves(128)) == 128
    with pytest.raises(BookError, match="17 legs, the statement has 16 slots"):
        book(17).leaves(16)
    with pytest.raises(BookError, match="129 legs, expected at most 128"):
        book(129)
    with pytest.raises(RangeError, match="slots is 129"):
        book(1).leaves(129)


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: replace(leg(), underlying=255), "underlying"),
        (lambda: replace(leg(), underlying=-1), "underlying"),
        (lambda: replace(leg(), expiry_unix=1 << 35), "leg_expiry_unix"),
        (lambda: replace(leg(), strike_ticks=(1 << 20) - 1), "strike_ticks"),
        (lambda: replace(leg(), strike_ticks=1 << 36), "strike_ticks"),
        (lambda: replace(leg(), amount=1 << 63), "amount"),
        (lambda: replace(leg(), amount=-(1 << 63)), "amount"),
        (lambda: LinearHoldings(perpetual=1 << 63), "perpetual"),
        (lambda: LinearHoldings(collateral_1=-1), "collateral"),
        (lambda: LinearHoldings(collateral_2=1 << 63), "collateral"),
        (lambda: Book(cash=1 << 95), "cash"),
        (lambda: Book(cash=-(1 << 95)), "cash"),
        (lambda: replace(OPENING, group=1 << 160), "group"),
        (lambda: replace(OPENING, salt=1 << 248), "salt"),
        (lambda: replace(OPENING, settled_through=-1), "settled_through"),
    ],
)
def test_a_field_outside_its_range_is_refused_by_name(
    build: Callable[[], object], field: str
) -> None:
    with pytest.raises(RangeError) as caught:
        build()
    assert caught.value.field == field
    assert str(caught.value.allowed) in str(caught.value)


@pytest.mark.parametrize("field", ["group", "account_id", "settled_through", "salt"])
def test_a_commitment_depends_on_its_opening(field: str) -> None:
    other = replace(OPENING, **{field: getattr(OPENING, field) ^ 1})
    assert commit(book(3), other) != commit(book(3), OPENING)


def test_a_commitment_depends_on_the_whole_book() -> None:
    whole = book(18)
    changed = [
        replace(whole, cash=whole.cash + 1),
        replace(whole, linear=replace(whole.linear, perpetual=0)),
        replace(whole, linear=replace(whole.linear, collateral_1=0)),
        replace(whole, linear=replace(whole.linear, collateral_2=0)),
        replace(whole, legs=whole.legs[:-1]),
        replace(whole, legs=(replace(whole.legs[0], amount=7), *whole.legs[1:])),
    ]
    assert len({commit(each, OPENING) for each in [whole, *changed]}) == 7


@given(within("group"), within("account_id"), within("settled_through"), within("salt"))
def test_openings_hold_their_ranges(group: int, account: int, settled: int, salt: int) -> None:
    assert Opening(group, account, settled, salt).salt == salt
