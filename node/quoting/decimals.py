"""Decimals at the border: a grammar for reading, exact digits for printing.

Grammar, at most 64 characters (the same on the wire and in files)::

    decimal  = [ "+" | "-" ] ( digits [ "." [ digits ] ] | "." digits ) [ exponent ]
    exponent = ( "e" | "E" ) [ "+" | "-" ] digits
    digits   = "0" … "9", one or more

No NaN, no infinity, no underscores, no white space, no other script's digits.
"""

from __future__ import annotations

import re
from fractions import Fraction

from node.quoting.errors import DecimalError, shorten

LONGEST_DECIMAL = 64
DECIMAL_GRAMMAR = "a plain decimal such as 0.45, 74000 or 4.5e-1, of at most 64 characters"

# A value of 64 characters with a larger exponent is beyond every range (or rounds to 0), so it may
# be read with this exponent: the answer is the same and no huge power is formed.
_LARGEST_EXPONENT = 1000

_DECIMAL = re.compile(r"([+-]?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")


def parse_decimal(text: str) -> Fraction:
    """The exact value of a decimal; DecimalError when the text is outside the grammar."""
    match = _DECIMAL.fullmatch(text) if len(text) <= LONGEST_DECIMAL else None
    if match is None:
        raise DecimalError(f"{shorten(text)} is no decimal, expected {DECIMAL_GRAMMAR}")
    sign, digits, exponent_text = match.groups()
    whole, _, fraction = digits.partition(".")
    exponent = max(-_LARGEST_EXPONENT, min(_LARGEST_EXPONENT, int(exponent_text or 0)))
    exponent -= len(fraction)
    value = int(whole + fraction) * (-1 if sign == "-" else 1)
    return Fraction(value * 10**exponent) if exponent >= 0 else Fraction(value, 10**-exponent)


def scaled_to_decimal(
    value: int, numerator: int = 1, power_of_two: int = 0, power_of_ten: int = 0
) -> str:
    """The exact digits of value * numerator / (2^power_of_two * 10^power_of_ten).

    Powers may be negative. Plain decimal, no exponent, no trailing zeros after the point.
    """
    digits = value * numerator
    places = power_of_ten
    if power_of_two > 0:
        digits *= 5**power_of_two
        places += power_of_two
    else:
        digits <<= -power_of_two
    if places <= 0:
        return str(digits * 10**-places)
    sign = "-" if digits < 0 else ""
    whole, fraction = divmod(abs(digits), 10**places)
    tail = f"{fraction:0{places}d}".rstrip("0")
    return f"{sign}{whole}.{tail}" if tail else f"{sign}{whole}"
