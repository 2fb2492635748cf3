"""Book files: rows to the integers that are committed; every fault named, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from circuits.statements.portfolio_margin import Book, Leg, LinearHoldings
from node.quoting import (
    BookRefusedError,
    BookRules,
    Fault,
    MarginFileError,
    format_instant,
    parse_book,
    read_book,
    scaled_to_decimal,
)
from node.quoting.book import BOOK_COLUMNS
from tests.circuits.statements.margin.examples import books, market

RULES = BookRules(underlying=1, tick_exponent=4)
HEADER = ",".join(BOOK_COLUMNS)
CALL = "call,2026-05-29T08:00:00Z,74000,1.5"
EXPIRY = 1_780_041_600


def faults_of(*rows: str, rules: BookRules = RULES) -> tuple[Fault, ...]:
    with pytest.raises(BookRefusedError) as caught:
        parse_book("\n".join((HEADER, *rows)), rules)
    for fault in caught.value.faults:
        assert fault.expected
        assert fault.way_out
        assert str(fault) in str(caught.value)
    return caught.value.faults


def test_a_book_is_read_in_any_order_of_rows_and_columns() -> None:
    rows = (
        "amount,strike,kind,expiry_utc",
        "-2.5,74000,put,2026-05-29T08:00:00Z",
        "1.5,74000,call,2026-05-29T08:00:00Z",
        "-1000.0000000001,,cash,",
        "0.000001,70000.00005,call,2026-05-29T08:00:00Z",
        "-3,,perpetual,",
        "2,,collateral_1,",
    )
    assert parse_book("\r\n".join(rows), RULES) == Book(
        (
            Leg(1, EXPIRY, 700_000_000, False, 1),
            Leg(1, EXPIRY, 740_000_000, False, 1_500_000),
            Leg(1, EXPIRY, 740_000_000, True, -2_500_000),
        ),
        LinearHoldings(-3_000_000, 2_000_000, 0),
        -10_000_000_000_001,
    )


def test_an_empty_account_is_a_book() -> None:
    assert parse_book(HEADER, RULES) == Book()


def as_text(book: Book) -> str:
    lines = [HEADER]
    for leg in book.legs:
        kind = "put" if leg.is_put else "call"
        strike = scaled_to_decimal(leg.strike_ticks, power_of_ten=4)
        amount = scaled_to_decimal(leg.amount, power_of_ten=6)
        lines.append(f"{kind},{format_instant(leg.expiry_unix)},{strike},{amount}")
    for kind in ("perpetual", "collateral_1", "collateral_2"):
        amount = scaled_to_decimal(getattr(book.linear, kind), power_of_ten=6)
        lines.append(f"{kind},,,{amount}")
    lines.append(f"cash,,,{scaled_to_decimal(book.cash, power_of_ten=10)}")
    return "\n".join(lines)


@given(books())
def test_any_book_survives_its_text(book: Book) -> None:
    number = book.legs[0].underlying if book.legs else 1
    assert parse_book(as_text(book), BookRules(number, 4)) == book


@pytest.mark.parametrize(
    ("row", "field", "expected"),
    [
        ("swap,,,1", "kind", "one of call, put, perpetual, collateral_1"),
        (",,,1", "kind", "one of call, put"),
        ("call,,74000,1", "expiry_utc", "a UTC time such as"),
        ("call,2026-05-29,74000,1", "expiry_utc", "a UTC time such as"),
        ("call,2026-05-29T08:00:00.5Z,74000,1", "expiry_utc", "a whole second"),
        ("call,3059-01-01T00:00:00Z,74000,1", "expiry_utc", "a time before the year 3058"),
        ("call,2026-05-29T08:00:00Z,,1", "strike", "a plain decimal"),
        ("call,2026-05-29T08:00:00Z,100,1", "strike", "104.8576 to 6871947.6735"),
        ("call,2026-05-29T08:00:00Z,74000,", "amount", "a plain decimal"),
        ("call,2026-05-29T08:00:00Z,74000,nan", "amount", "a plain decimal"),
        ("call,2026-05-29T08:00:00Z,74000,0", "amount", "an amount other than 0"),
        ("call,2026-05-29T08:00:00Z,74000,1e-7", "amount", "a multiple of 0.000001"),
        ("call,2026-05-29T08:00:00Z,74000,1e13", "amount", "-9223372036854.775807 to"),
        ("perpetual,,,1e13", "amount", "-9223372036854.775807 to"),
        ("perpetual,2026-05-29T08:00:00Z,,1", "expiry_utc", "nothing for perpetual"),
        ("cash,,74000,1", "strike", "nothing for cash"),
        ("collateral_1,,,-1", "amount", "0 to 9223372036854.775807"),
        ("collateral_2,,,0.0000005", "amount", "a multiple of 0.000001"),
        ("cash,,,0.00000000001", "amount", "a multiple of 0.0000000001"),
        ("cash,,,4e18", "amount", "-3961408125713216879.6"),
    ],
)
def test_a_fault_names_row_field_and_range(row: str, field: str, expected: str) -> None:
    faults = [fault for fault in faults_of(CALL, row) if fault.field == field]
    assert [fault.row for fault in faults] == [3]
    assert faults[0].expected.startswith(expected)


def test_a_holding_is_given_once() -> None:
    put = CALL.replace("call", "put")
    faults = faults_of(CALL, "perpetual,,,1", CALL, put, "perpetual,,,2")
    assert [(fault.row, fault.value) for fault in faults] == [(4, "call"), (6, "perpetual")]
    assert "row 2 has it" in faults[0].expected
    assert "add the two amounts" in faults[0].way_out


def test_strikes_that_round_to_one_tick_are_one_series() -> None:
    near = CALL.replace("74000", "74000.00004")
    assert [fault.row for fault in faults_of(CALL, near)] == [3]


def test_more_legs_than_a_commitment_holds() -> None:
    rows = [CALL.replace("74000", str(60_000 + i)) for i in range(129)]
    (fault,) = faults_of(*rows)
    assert (fault.field, fault.value, fault.expected) == ("legs", "129", "at most 128 legs")
    assert len(parse_book("\n".join((HEADER, *rows[1:])), RULES).legs) == 128


def test_legs_the_market_cannot_value_are_faults() -> None:
    svi = market(2)
    held = (
        "call,2020-01-01T00:00:00Z,74000,1",
        f"call,{format_instant(svi.slices[0].expiry_unix)},74000,1",
        f"put,{format_instant(svi.slices[0].expiry_unix + 1)},74000,1",
    )
    expired, unknown = faults_of(*held, rules=BookRules(1, 4, svi))
    assert (expired.row, expired.field) == (2, "expiry_utc")
    assert "expired before the snapshot" in expired.expected
    assert (unknown.row, unknown.field) == (4, "expiry_utc")
    assert "has an expiry the market has no slice for" in unknown.expected
    (unlisted,) = faults_of(held[1], rules=BookRules(1, 4, market(2, None, 4)))
    assert (unlisted.field, unlisted.row) == ("strike", 2)
    assert "lists no volatility" in unlisted.expected


def test_everything_is_reported_at_once() -> None:
    faults = faults_of("swap,,,x", "call,now,74000,0", CALL, CALL, "cash,1,2,3,4")
    assert [(fault.row, fault.field) for fault in faults] == [
        (2, "kind"),
        (3, "expiry_utc"),
        (3, "amount"),
        (5, "kind"),
        (6, "cells"),
    ]


def test_table_faults_are_those_of_chains() -> None:
    with pytest.raises(BookRefusedError) as caught:
        parse_book("kind,expiry_utc,strike,size\n", RULES)
    assert [fault.field for fault in caught.value.faults] == ["amount", "column 4"]
    with pytest.raises(BookRefusedError, match="book refused, 1 fault:\n  row 1, header"):
        parse_book("", RULES)


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(MarginFileError, match="check the path"):
        read_book(tmp_path / "missing.csv", RULES)
    (tmp_path / "book.csv").write_bytes(b"\xff")
    with pytest.raises(MarginFileError, match="byte 0 is not UTF-8"):
        read_book(tmp_path / "book.csv", RULES)
    (tmp_path / "book.csv").write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n{CALL}\r\n".encode())
    assert len(read_book(tmp_path / "book.csv", RULES).legs) == 1
