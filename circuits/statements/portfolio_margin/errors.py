"""What `portfolio_margin` refuses besides ranges and words.

::

    InputError(ValueError)     circuits/statements/ranges.py
     ├── RangeError            a field is outside its range
     ├── WordError             words do not say what the statement expects
     ├── BookError             legs out of order, twice, of two underlyings, of amount 0, too many
     ├── MarginMarketError     slices or series out of order, of mixed form, expired
     │    └── SliceError       a volatility slice is not admitted
     ├── ParametersError       rows or a parameter file do not say a parameter set
     └── UnprovableError       a book, a market and parameters that do not fit each other
"""

from __future__ import annotations

from enum import StrEnum

from circuits.statements.ranges import InputError


class BookError(InputError):
    """The legs do not make a book."""


class MarginMarketError(InputError):
    """The slices or the listed series do not make a market."""


class SliceError(MarginMarketError):
    """A volatility slice is not admitted: no variance, or too much of it."""


class ParametersError(InputError):
    """The rows, or a parameter file, do not make a parameter set."""


class Mismatch(StrEnum):
    """Why a leg has no margin, without saying which leg."""

    UNDERLYING = "is of another underlying than the parameters"
    EXPIRED = "expired before the snapshot"
    EXPIRY = "has an expiry the market has no slice for"
    STRIKE = "has a strike the market lists no volatility for"


class UnprovableError(InputError):
    """A book, a market and parameters that are fine by themselves do not fit each other.

    The message names the leg; `mismatch` does not. It is None where a claim does not fit.
    """

    def __init__(self, message: str, mismatch: Mismatch | None = None) -> None:
        super().__init__(message)
        self.mismatch = mismatch
