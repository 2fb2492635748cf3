"""Readers of the printed vectors; README.md says where each file comes from."""

import csv
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.oracle import mp

VECTORS = Path(__file__).parent

Row = dict[str, str]


def rows(name: str) -> Iterator[Row]:
    """The lines of a file, by column name."""
    with (VECTORS / f"{name}.csv").open(encoding="ascii", newline="") as file:
        yield from csv.DictReader(file)


def number(text: str) -> Any:
    """The exact value of a printed decimal or fraction, as the oracle takes it."""
    value = Fraction(text)
    return mp.mpf(value.numerator) / value.denominator


def last_place(text: str) -> Any:
    """One unit of the last printed digit."""
    mantissa, _, exponent = text.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return mp.mpf(10) ** (int(exponent or 0) - decimals)


def vollib_place(text: str) -> Any:
    """The last digit that vollib's file keeps, see README.md."""
    size = abs(number(text))
    if size == 0:
        return mp.mpf(10) ** -10
    exponent = int(mp.floor(mp.log10(size)))
    if exponent < -15:
        return mp.mpf(10) ** (exponent - (5 if exponent > -100 else 4))
    return min(mp.mpf(10) ** (max(exponent, 0) - 9), last_place(text))
