"""From the text of one field to its number; what is wrong is added to a list of faults.

Each function returns None when it has reported a fault (or its field was reported before), so that
one pass finds every fault of a chain.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Generic, Protocol, TypeVar

from circuits.statements.option_marks.inputs import (
    DISCOUNT_FRACTION_BITS,
    RANGES,
    VOLATILITY_UNITS_PER_ONE,
)
from node.quoting.decimals import DECIMAL_GRAMMAR, parse_decimal, scaled_to_decimal
from node.quoting.errors import DecimalError, Fault, InstantError
from node.quoting.instants import INSTANT_GRAMMAR, format_instant, parse_instant
from node.quoting.rounding import round_half_even, to_discount_units, to_ticks, to_volatility_units

_DECIMAL_WAY_OUT = "write the number in digits or remove the row"
_TIME_WAY_OUT = "write the time in ISO form with Z"
_OPTION_TYPES = {"call": False, "put": True}


class RawRow(Protocol):
    """A row of text: its number, and its fields as attributes."""

    @property
    def row(self) -> int:
        """How faults call it."""


_Row = TypeVar("_Row", bound=RawRow)


class RowReader(Generic[_Row]):
    """Reads the fields of one row and collects its faults."""

    def __init__(self, raw: _Row, faults: list[Fault]) -> None:
        self.raw = raw
        self._faults = faults

    def report(self, field: str, expected: str, way_out: str) -> None:
        """Add a fault of this row."""
        value = getattr(self.raw, field) or ""
        self._faults.append(Fault(self.raw.row, field, value, expected, way_out))

    def symbol(self) -> str | None:
        """The underlying's symbol."""
        return self._present("underlying", "a symbol such as BTC", "name the underlying")

    def is_put(self) -> bool | None:
        """Whether the option is a put."""
        text = self._present("option_type", "call or put", "write call or put")
        if text is None:
            return None
        if text not in _OPTION_TYPES:
            self.report("option_type", "call or put", "write call or put in small letters")
        return _OPTION_TYPES.get(text)

    def decimal(self, field: str) -> Fraction | None:
        """An exact decimal; an empty discount factor is 1."""
        if field == "discount_factor" and getattr(self.raw, field) == "":
            return Fraction(1)
        text = self._present(field, DECIMAL_GRAMMAR, _DECIMAL_WAY_OUT)
        if text is None:
            return None
        try:
            return parse_decimal(text)
        except DecimalError:
            self.report(field, DECIMAL_GRAMMAR, _DECIMAL_WAY_OUT)
            return None

    def valuation(self) -> int | None:
        """The valuation time in whole seconds, fractions rounded half to even."""
        instant = self._instant("valuation_utc")
        return None if instant is None else self._in_era("valuation_utc", round_half_even(instant))

    def expiry(self) -> int | None:
        """The expiry, which must be a whole second."""
        instant = self._instant("expiry_utc")
        if instant is None:
            return None
        if instant.denominator != 1:
            self.report("expiry_utc", "a whole second", "remove the fraction of a second")
            return None
        return self._in_era("expiry_utc", int(instant))

    def check_time_to_expiry(self, snapshot_unix: int, expiry_unix: int) -> bool:
        """Whether T is in range."""
        allowed = RANGES["seconds_to_expiry"]
        seconds = expiry_unix - snapshot_unix
        if seconds < allowed.low:
            self.report(
                "expiry_utc",
                f"a time not before the valuation {format_instant(snapshot_unix)}",
                "remove the expired option or correct the times",
            )
        elif seconds > allowed.high:
            self.report(
                "expiry_utc",
                f"at most {allowed.high} seconds (8.5 years) after the valuation, not {seconds}",
                "remove the option: its time to expiry is out of range",
            )
        return seconds in allowed

    def ticks(self, field: str, value: Fraction, tick_exponent: int) -> int | None:
        """Strike or forward in ticks, in range."""
        allowed = RANGES[f"{field}_ticks"]
        ticks = to_ticks(value, tick_exponent)
        if ticks in allowed:
            return ticks
        low, high, tick = (
            scaled_to_decimal(count, power_of_ten=tick_exponent)
            for count in (allowed.low, allowed.high, 1)
        )
        self.report(
            field,
            f"{low} to {high} ({allowed.low} to {allowed.high} ticks of {tick})",
            "remove the row, or quote the underlying in a unit that suits its tick",
        )
        return None

    def check_positive(self, field: str, value: Fraction) -> None:
        """A strike or forward whose tick is not known must still be above 0."""
        if value <= 0:
            self.report(field, "a number above 0", "correct the number or remove the row")

    def volatility(self) -> int | None:
        """Volatility in units of 2e-8, in range."""
        high = scaled_to_decimal(2 * RANGES["volatility"].high, power_of_ten=8)
        unit = scaled_to_decimal(100_000_000 // VOLATILITY_UNITS_PER_ONE, power_of_ten=8)
        return self._scaled(
            "implied_volatility",
            "volatility",
            to_volatility_units,
            f"0 to {high} after rounding to {unit}",
            "write it as a fraction per year: 0.45 is 45 %",
        )

    def discount(self) -> int | None:
        """Discount factor in units of 2^-44, in range."""
        return self._scaled(
            "discount_factor",
            "discount",
            to_discount_units,
            f"above 0 and below 2 after rounding to 2^-{DISCOUNT_FRACTION_BITS}",
            "write today's value of 1 paid at expiry, or leave it empty for 1",
        )

    def _scaled(
        self,
        field: str,
        range_name: str,
        scale: Callable[[Fraction], int],
        expected: str,
        way_out: str,
    ) -> int | None:
        value = self.decimal(field)
        if value is None:
            return None
        scaled = scale(value)
        if scaled in RANGES[range_name]:
            return scaled
        self.report(field, expected, way_out)
        return None

    def _instant(self, field: str) -> Fraction | None:
        text = self._present(field, INSTANT_GRAMMAR, _TIME_WAY_OUT)
        if text is None:
            return None
        try:
            return parse_instant(text)
        except InstantError:
            self.report(field, INSTANT_GRAMMAR, _TIME_WAY_OUT)
            return None

    def _in_era(self, field: str, unix: int) -> int | None:
        """Both times share a range: unsigned seconds since 1970."""
        if unix in RANGES["snapshot_unix"]:
            return unix
        self.report(field, "a time from 1970-01-01T00:00:00Z on", "correct the year")
        return None

    def _present(self, field: str, expected: str, way_out: str) -> str | None:
        text: str | None = getattr(self.raw, field)
        if text == "":
            self.report(field, expected, f"the value is missing: {way_out}")
        return text or None
