"""Ranges of a statement's integers, and the root of the errors about inputs.

Values from outside (decimals, words) become a statement's types or are refused; functions behind
that door trust them.

Errors::

    InputError(ValueError)
     ├── RangeError    a field is outside its range
     ├── WordError     a word does not say what its statement expects (packing.py)
     └── …             what a statement refuses besides, in its own modules
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class InputError(ValueError):
    """Base of everything wrong with a statement's inputs, or with words that claim to say them."""


@dataclass(frozen=True, slots=True)
class Range:
    """The integers low ≤ x ≤ high, and the unit they count."""

    low: int
    high: int
    unit: str

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.low} to {self.high} ({self.unit})"


class RangeError(InputError):
    """A field is outside its range; carries `field`, `value` and `allowed`."""

    def __init__(self, field: str, value: object, allowed: Range) -> None:
        super().__init__(f"{field} is {value}, expected {allowed}")
        self.field = field
        self.value = value
        self.allowed = allowed


def unsigned(bits: int, unit: str) -> Range:
    """The integers of `bits` bits."""
    return Range(0, (1 << bits) - 1, unit)


def below(bits: int, unit: str) -> Range:
    """The integers of either sign whose magnitude is below 2^bits."""
    return Range(1 - (1 << bits), (1 << bits) - 1, unit)


def check_in(ranges: Mapping[str, Range], field: str, value: int) -> None:
    """Raise RangeError unless `value` is an integer in the range that `ranges` has for `field`."""
    allowed = ranges[field]
    if value not in allowed:
        raise RangeError(field, value, allowed)
