"""Bad input: each fault names row, field, value, range and the way out; all at once; whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from circuits.statements.option_marks.inputs import Shape
from node.quoting import (
    PRICING,
    PROVING,
    ChainFileError,
    ChainRefusedError,
    ChainRules,
    Fault,
    parse_chain,
    proving_rules,
    read_chain,
)
from node.quoting.chain import COLUMNS
from tests.node.quoting.chains import csv_text, strikes


def faults_of(text: str, rules: ChainRules = PRICING) -> tuple[Fault, ...]:
    with pytest.raises(ChainRefusedError) as caught:
        parse_chain(text, rules)
    for fault in caught.value.faults:
        assert fault.expected
        assert fault.way_out
        assert str(fault) in str(caught.value)
    return caught.value.faults


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("strike", "NaN", "a plain decimal"),
        ("strike", "", "a plain decimal"),
        ("strike", "-74000", "104.8576 to 6871947.6735 (1048576 to 68719476735 ticks of 0.0001)"),
        ("strike", "0", "104.8576 to"),
        ("strike", "104.85754", "104.8576 to"),
        ("strike", "6871947.6736", "104.8576 to"),
        ("strike", "1e999999999", "104.8576 to"),
        ("forward", "", "a plain decimal"),
        ("forward", "inf", "a plain decimal"),
        ("forward", "0", "104.8576 to"),
        ("forward", "6871947.67355", "104.8576 to"),
        ("implied_volatility", "", "a plain decimal"),
        ("implied_volatility", "nan", "a plain decimal"),
        ("implied_volatility", "-0.1", "0 to 5.3687091 after rounding to 0.00000002"),
        ("implied_volatility", "5.36870912", "0 to 5.3687091"),
        ("implied_volatility", "45", "0 to 5.3687091"),
        ("discount_factor", "0", "above 0 and below 2"),
        ("discount_factor", "2", "above 0 and below 2"),
        ("discount_factor", "-1", "above 0 and below 2"),
        ("discount_factor", "1e-14", "above 0 and below 2"),
        ("discount_factor", "one", "a plain decimal"),
        ("option_type", "", "call or put"),
        ("option_type", "Call", "call or put"),
        ("underlying", "", "a symbol"),
        ("valuation_utc", "", "a UTC time"),
        ("valuation_utc", "2026-05-21T10:04:10", "a UTC time"),
        ("valuation_utc", "1969-12-31T23:59:59Z", "a time from 1970"),
        ("expiry_utc", "", "a UTC time"),
        ("expiry_utc", "tomorrow", "a UTC time"),
        ("expiry_utc", "2026-05-29T08:00:00.5Z", "a whole second"),
        ("expiry_utc", "2026-05-21T10:04:09Z", "a time not before the valuation"),
        ("expiry_utc", "2036-05-29T08:00:00Z", "at most 268435455 seconds"),
    ],
)
def test_a_bad_value_is_refused_by_row_and_field(field: str, value: str, expected: str) -> None:
    (fault,) = faults_of(csv_text({}, {"strike": "75000", field: value}), PROVING)
    assert (fault.row, fault.field, fault.value) == (3, field, value)
    assert fault.expected.startswith(expected)


def test_values_at_the_edges_of_their_ranges_are_accepted() -> None:
    text = csv_text(
        {"strike": "104.85755", "implied_volatility": "0"},
        {"strike": "6871947.67354", "implied_volatility": "5.368709109"},
        {"strike": "200", "discount_factor": "1.99999999999994"},
        {"strike": "201", "discount_factor": "1e-13"},
        {"strike": "202", "expiry_utc": "2026-05-21T10:04:10Z"},
        {"strike": "203", "expiry_utc": "2034-11-22T07:28:25Z"},
    )
    options = parse_chain(text, PROVING).options
    assert options[0].strike_ticks == 1 << 20
    assert options[1].strike_ticks == (1 << 36) - 1
    assert options[1].volatility == (1 << 28) - 1
    assert options[2].discount == (1 << 45) - 1
    assert options[3].discount == 2
    assert options[4].seconds_to_expiry == 0
    assert options[5].seconds_to_expiry == (1 << 28) - 1


def test_every_fault_of_every_row_is_listed_at_once() -> None:
    text = csv_text(
        {"strike": "NaN", "forward": "-1", "option_type": "straddle"},
        {},
        {"underlying": "DOGE", "strike": "-5"},
        {"implied_volatility": "9"},
        {"valuation_utc": "2026-05-21T11:00:00Z", "strike": "75000"},
    )
    assert sorted((fault.row, fault.field) for fault in faults_of(text, PROVING)) == [
        (2, "forward"),
        (2, "option_type"),
        (2, "strike"),
        (4, "strike"),
        (4, "underlying"),
        (4, "underlying"),
        (5, "implied_volatility"),
        (5, "strike"),
        (6, "valuation_utc"),
    ]


def test_unknown_missing_and_repeated_columns_are_refused_with_the_rest() -> None:
    columns = ("colour", "strike", *COLUMNS[1:4], *COLUMNS[4:6], "discount_factor")
    text = "\n".join([",".join(columns), "red,1,BTC,never,74000,call,77000,1"])
    faults = faults_of(text)
    assert [(fault.row, fault.field, fault.value) for fault in faults] == [
        (1, "valuation_utc", ""),
        (1, "implied_volatility", ""),
        (1, "column 1", "colour"),
        (1, "column 5", "strike"),
        (2, "expiry_utc", "never"),
        (2, "strike", "1"),
    ]


def test_a_row_with_other_cells_than_the_header_is_refused() -> None:
    good, bad = csv_text({}), csv_text({"strike": "1,000"}).splitlines()[1]
    (fault,) = faults_of(good + bad + "\n")
    assert (fault.row, fault.field, fault.value) == (3, "cells", "9")
    assert fault.expected == "8 cells as in the header"


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_refused(text: str) -> None:
    assert {fault.field for fault in faults_of(text)} == {"header", "options"}


def test_a_chain_without_options_is_refused() -> None:
    (fault,) = faults_of(csv_text())
    assert (fault.row, fault.field, fault.expected) == (None, "options", "at least one option")


def test_a_duplicate_series_is_refused_even_beside_another_fault() -> None:
    text = csv_text({}, {"strike": "74000.00004", "forward": "77000"}, {"implied_volatility": "x"})
    assert [(fault.row, fault.field) for fault in faults_of(text)] == [
        (3, "strike"),
        (4, "implied_volatility"),
        (4, "strike"),
    ]
    assert "row 2 has it" in str(faults_of(text)[0])


def test_an_unlisted_symbol_is_refused_once_for_proofs_and_priced() -> None:
    text = csv_text(*strikes(3, underlying="DOGE"))
    (fault,) = faults_of(text, PROVING)
    assert (fault.row, fault.field, fault.value) == (2, "underlying", "DOGE")
    assert fault.expected == "a listed symbol: BTC, ETH, SOL, SPX, XAU"
    assert len(parse_chain(text, PRICING).options) == 3


def test_mixed_underlyings_and_times_are_refused_for_proofs_and_priced() -> None:
    text = csv_text(
        {}, {"underlying": "ETH"}, {"underlying": "ETH", "strike": "75000"},
        {"valuation_utc": "2026-05-21T10:04:11Z"},
    )  # fmt: skip
    faults = faults_of(text, PROVING)
    assert [(fault.row, fault.field) for fault in faults] == [
        (3, "underlying"),
        (5, "valuation_utc"),
    ]
    assert len(parse_chain(text, PRICING).options) == 4


def test_times_that_round_to_one_second_are_one_snapshot() -> None:
    text = csv_text({}, {"valuation_utc": "2026-05-21T10:04:10Z", "strike": "75000"})
    assert {option.snapshot_unix for option in parse_chain(text, PROVING).options} == {1779357850}


def test_too_many_options_are_refused_for_proofs_and_priced() -> None:
    text = csv_text(*strikes(65))
    faults = faults_of(text, proving_rules(Shape(4)))
    assert [(fault.row, fault.field, fault.value) for fault in faults] == [
        (None, "options", "65"),
        (None, "groups", "5"),
    ]
    assert faults[0].expected == "at most 64 options"
    assert len(parse_chain(text, PRICING).options) == 65


def test_more_groups_than_the_shape_are_refused() -> None:
    rows = [{"forward": str(77_000 + index), "strike": str(70_000 + index)} for index in range(5)]
    (fault,) = faults_of(csv_text(*rows), proving_rules(Shape(4)))
    assert (fault.field, fault.value) == ("groups", "5")
    assert fault.expected.startswith("at most 4 groups")


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChainFileError, match="No such file"):
        read_chain(tmp_path / "missing.csv", PRICING)
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"strike\xff\n")
    with pytest.raises(ChainFileError, match="byte 6 is not UTF-8"):
        read_chain(binary, PRICING)


def test_broken_quoting_is_refused() -> None:
    faults = faults_of(csv_text({}) + '"open,1\n')
    assert faults[0].field == "cells"
    assert faults[0].row == 3
