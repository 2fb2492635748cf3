"""The registry of underlyings: symbol, tick, identity.

Shipped as `underlyings.json` beside this module. A tick is fixed once an underlying is listed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median

from eth_hash.auto import keccak

from circuits.statements.option_marks.inputs import RANGES
from node.quoting.decimals import parse_decimal
from node.quoting.errors import UnderlyingsError
from node.quoting.rounding import to_ticks

LISTED_FILE = Path(__file__).with_name("underlyings.json")
LISTING_FORWARD_TICKS = (10**8, 10**9)
"""A forward at listing has at least the first and less than the second number of ticks."""


@dataclass(frozen=True, slots=True)
class Underlying:
    """A symbol with its tick 10^-tick_exponent of the quote currency, whose name is for people."""

    symbol: str
    tick_exponent: int
    listed: bool = True
    quote_currency: str = "quote currency"

    @property
    def atom_digits(self) -> int:
        """Cash atoms, a tick times 1e-6 contract, are 10^-atom_digits of the quote currency."""
        return self.tick_exponent + 6

    @property
    def underlying_id(self) -> int:
        """The first 12 bytes of keccak(symbol), as a big-endian integer."""
        return underlying_id(self.symbol)


def underlying_id(symbol: str) -> int:
    """The first 12 bytes of keccak of the symbol's UTF-8 bytes, as a big-endian integer."""
    return int.from_bytes(keccak(symbol.encode())[:12], "big")


def load_underlyings(path: Path = LISTED_FILE) -> dict[str, Underlying]:
    """Listed underlyings by symbol; UnderlyingsError when the file is malformed."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["underlyings"]
        listed = [_listed(entry) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnderlyingsError(
            f"{path}: {error or type(error).__name__}; expected entries with symbol,"
            " quote_currency, tick_exponent and listing_forward"
        ) from error
    return {underlying.symbol: underlying for underlying in listed}


def unlisted_underlying(symbol: str, forwards: Iterable[Fraction]) -> Underlying:
    """An unlisted symbol with the tick its median forward would be listed with.

    `forwards` are the positive ones given; the exponent stays in its 8-bit range.
    """
    middle = median(forwards)
    allowed = RANGES["tick_exponent"]
    exponent = allowed.low
    while to_ticks(middle, exponent) < LISTING_FORWARD_TICKS[0] and exponent < allowed.high:
        exponent += 1
    return Underlying(symbol, exponent, listed=False)


def _listed(entry: Mapping[str, object]) -> Underlying:
    symbol, currency, exponent, forward = (
        entry["symbol"],
        entry["quote_currency"],
        entry["tick_exponent"],
        entry["listing_forward"],
    )
    if not isinstance(symbol, str) or not symbol or exponent not in RANGES["tick_exponent"]:
        raise UnderlyingsError(f"entry {dict(entry)} has no symbol or no tick exponent 0 to 255")
    underlying = Underlying(symbol, int(str(exponent)), quote_currency=str(currency))
    ticks = to_ticks(parse_decimal(str(forward)), underlying.tick_exponent)
    low, high = LISTING_FORWARD_TICKS
    if not low <= ticks < high:
        raise UnderlyingsError(
            f"{symbol}: listing forward has {ticks} ticks, expected {low} to {high}"
        )
    return underlying
