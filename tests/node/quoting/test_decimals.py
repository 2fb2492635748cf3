"""The decimal grammar and exact printing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.quoting.decimals import parse_decimal, scaled_to_decimal
from node.quoting.errors import DecimalError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Fraction(0)),
        ("-0.0", Fraction(0)),
        ("74000", Fraction(74000)),
        ("+1.", Fraction(1)),
        (".5", Fraction(1, 2)),
        ("-0.125", Fraction(-1, 8)),
        ("4.5e-1", Fraction(9, 20)),
        ("7.5E3", Fraction(7500)),
        ("1e+2", Fraction(100)),
        ("0e99999999999999999999", Fraction(0)),
    ],
)
def test_a_decimal_is_read_exactly(text: str, value: Fraction) -> None:
    assert parse_decimal(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "NaN", "nan", "sNaN", "Infinity", "-inf", "1_000", "1,000", "0x10", "1e", "e5",
        ".", "+", "--1", "1.2.3", " 1", "1 ", "1\n", "٣", "½", "1e1.5", "1" * 65,
    ],
)  # fmt: skip
def test_what_is_no_decimal_is_refused(text: str) -> None:
    with pytest.raises(DecimalError, match="is no decimal"):
        parse_decimal(text)


def test_a_huge_exponent_is_beyond_every_range_and_costs_nothing() -> None:
    assert parse_decimal("1e999999999999") > 10**900
    assert 0 < parse_decimal("1e-999999999999") < Fraction(1, 10**900)


@pytest.mark.parametrize(
    ("scaled", "text"),
    [
        ((0,), "0"),
        ((-5, 1, 0, 1), "-0.5"),
        ((123_456, 1, 0, 9), "0.000123456"),
        ((740_000_000, 1, 0, 4), "74000"),
        ((3, 1, 2, 0), "0.75"),
        ((-3, 7, 1, 2), "-0.105"),
        ((1, 1, 44, 0), "0.00000000000005684341886080801486968994140625"),
        ((7, 1, 0, -3), "7000"),
        ((7, 1, -3, 1), "5.6"),
        ((1 << 44, 1, 44, 0), "1"),
    ],
)
def test_a_scaled_integer_is_printed_in_full_digits(scaled: tuple[int, ...], text: str) -> None:
    assert scaled_to_decimal(*scaled) == text


@given(
    st.integers(-(1 << 60), 1 << 60),
    st.integers(-1000, 1000),
    st.integers(-10, 60),
    st.integers(-5, 20),
)
def test_printed_digits_are_exact(value: int, numerator: int, twos: int, tens: int) -> None:
    exact = Fraction(value * numerator) / (Fraction(2) ** twos * Fraction(10) ** tens)
    text = scaled_to_decimal(value, numerator, twos, tens)
    assert Fraction(text) == exact
    assert "e" not in text.lower()
    assert not ("." in text and text.endswith("0"))
