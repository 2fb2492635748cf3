"""Every input is rounded once, half to even; times are read exactly."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.statements.option_marks.inputs import RANGES, RATE_BIAS
from node.quoting.decimals import parse_decimal
from node.quoting.errors import InstantError
from node.quoting.instants import format_instant, parse_instant
from node.quoting.rounding import (
    rate_from_discount,
    round_half_even,
    to_discount_units,
    to_ticks,
    to_volatility_units,
)

YEAR = 31_536_000


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.5", 0), ("1.5", 2), ("2.5", 2), ("-0.5", 0), ("-1.5", -2),
        ("0.50000000000000000000000000000000000001", 1),
        ("2.49999999999999999999999999999999999999", 2),
    ],
)  # fmt: skip
def test_ties_go_to_the_even_integer(value: str, rounded: int) -> None:
    assert round_half_even(parse_decimal(value)) == rounded


def test_ties_of_every_unit() -> None:
    assert [to_volatility_units(parse_decimal(v)) for v in ("1e-8", "3e-8", "5e-8")] == [0, 2, 2]
    assert to_ticks(parse_decimal("74000.00005"), 4) == 740_000_000
    assert to_ticks(parse_decimal("74000.00015"), 4) == 740_000_002
    assert to_discount_units(1 + Fraction(1, 1 << 45)) == 1 << 44
    assert to_discount_units(1 + Fraction(3, 1 << 45)) == (1 << 44) + 2


@pytest.mark.parametrize(
    ("discount", "seconds", "rate"),
    [
        (1 << 44, YEAR, 0),
        (12345, 0, 0),
        ((1 << 44) - 1, 1, 512),
        (1 << 43, 1, (1 << 28) - 1 - RATE_BIAS),
        ((1 << 45) - 1, 1, -RATE_BIAS),
    ],
)
def test_the_rate_at_its_edges(discount: int, seconds: int, rate: int) -> None:
    assert rate_from_discount(discount, seconds) == RATE_BIAS + rate


@given(
    st.integers(RANGES["discount"].low, RANGES["discount"].high),
    st.integers(1, RANGES["seconds_to_expiry"].high),
)
def test_the_rate_is_minus_ln_d_over_t(discount: int, seconds: int) -> None:
    with mpmath.workdps(80):
        exact = -mpmath.log(mpmath.mpf(discount) / 2**44) / seconds * 2**53
        rate = int(mpmath.nint(exact))
    clamped = max(0, min((1 << 28) - 1, rate + RATE_BIAS))
    assert rate_from_discount(discount, seconds) == clamped


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", Fraction(0)),
        ("2026-05-22T08:00:00Z", Fraction(1_779_436_800)),
        ("2026-05-22T08:00Z", Fraction(1_779_436_800)),
        ("2026-05-21T10:04:10.269985Z", 1_779_357_850 + Fraction(269_985, 1_000_000)),
        ("1969-12-31T23:59:59.5Z", Fraction(-1, 2)),
    ],
)
def test_a_time_is_read_exactly(text: str, seconds: Fraction) -> None:
    assert parse_instant(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-05-22", "2026-05-22T08:00:00", "2026-05-22T08:00:00+00:00",
        "2026-05-22 08:00:00Z",
        "2026-02-30T08:00:00Z", "2026-05-22T24:00:00Z", "2026-05-22T08:00:60Z", "20260522T080000Z",
        "2026-05-22T08:00:00.Z", "1779436800", "2026-05-22T08:00:00Z\n",
    ],
)  # fmt: skip
def test_what_is_no_utc_time_is_refused(text: str) -> None:
    with pytest.raises(InstantError, match="is no time"):
        parse_instant(text)


@given(st.integers(0, 253_402_300_799))
def test_whole_seconds_are_printed_as_they_are_read(seconds: int) -> None:
    assert parse_instant(format_instant(seconds)) == seconds


@pytest.mark.parametrize("seconds", [253_402_300_800, (1 << 40) - 1, 1 << 256])
def test_seconds_beyond_every_calendar_are_printed_as_they_are(seconds: int) -> None:
    assert format_instant(seconds) == f"Unix second {seconds}"
