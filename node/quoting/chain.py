"""A chain of options: as text, and as the integers that are priced and proven.

Rows of text (from a CSV file or a request) become a `Chain` in `quantise.py`, whole or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.statements.option_marks.inputs import PRODUCT_SHAPES, Shape
from node.quoting.underlyings import Underlying

COLUMNS = (
    "valuation_utc",
    "underlying",
    "expiry_utc",
    "strike",
    "option_type",
    "forward",
    "implied_volatility",
    "discount_factor",
)
"""The fields of a row, which are the columns of a chain CSV."""


@dataclass(frozen=True, slots=True)
class RawOption:
    """One option as text; `row` is how faults call it.

    The empty string is a missing value (a missing discount factor means 1); None is a field whose
    absence has been reported already, as for a missing column.
    """

    row: int
    valuation_utc: str | None
    underlying: str | None
    expiry_utc: str | None
    strike: str | None
    option_type: str | None
    forward: str | None
    implied_volatility: str | None
    discount_factor: str | None


@dataclass(frozen=True, slots=True)
class ChainRules:
    """What a chain is for: `shape` is the largest that may be filled, None for any size."""

    unlisted_symbols: bool
    one_snapshot: bool
    shape: Shape | None


PRICING = ChainRules(unlisted_symbols=True, one_snapshot=False, shape=None)
"""`proofmark price`: several underlyings and times, unlisted symbols, any number of options."""


def proving_rules(shape: Shape) -> ChainRules:
    """The rules of a proof: one snapshot of one listed underlying that fits the shape."""
    return ChainRules(unlisted_symbols=False, one_snapshot=True, shape=shape)


PROVING = proving_rules(PRODUCT_SHAPES[-1])
"""Requests, and proofs of any product shape."""


@dataclass(frozen=True, slots=True)
class QuotedOption:
    """One option after its one rounding, all fields in range (units: option_marks.inputs)."""

    row: int
    underlying: Underlying
    snapshot_unix: int
    expiry_unix: int
    strike_ticks: int
    is_put: bool
    forward_ticks: int
    volatility: int
    discount: int
    rate_biased: int

    @property
    def seconds_to_expiry(self) -> int:
        """T in whole seconds."""
        return self.expiry_unix - self.snapshot_unix


@dataclass(frozen=True, slots=True)
class Chain:
    """Options in the order given: at least one, each series once."""

    options: tuple[QuotedOption, ...]

    @property
    def unlisted(self) -> tuple[Underlying, ...]:
        """Unlisted underlyings, whose tick was taken from their median forward."""
        found = {option.underlying for option in self.options if not option.underlying.listed}
        return tuple(sorted(found, key=lambda underlying: underlying.symbol))
