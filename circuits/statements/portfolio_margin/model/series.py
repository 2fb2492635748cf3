"""Listed volatilities: the series form of a market, and a leg's volatility in it."""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.numbers import LaneVector
from circuits.edsl.values import FieldElement, Integer
from circuits.edsl.wire_rows import look_up_wires, offer_rows
from circuits.statements.packing import ceil_div
from circuits.statements.portfolio_margin.market import (
    SERIES_FIELDS,
    SERIES_PER_ELEMENT,
    SERIES_WIDTHS,
)
from circuits.statements.portfolio_margin.model.legs import Legs
from circuits.statements.portfolio_margin.model.lookups import SERIES_TAG, Place
from circuits.statements.portfolio_margin.model.volatility import volatility_from_units
from circuits.statements.portfolio_margin.units import SERIES

_ROW_BITS = sum(SERIES_WIDTHS)
_SIGMA_BITS = 42


@dataclass(frozen=True)
class Series:
    """512 listed volatilities (a lane each), and their elements (a lane each)."""

    index: Integer  #: 0 … 15
    strike: Integer
    volatility: Integer
    elements: FieldElement


def attest_series(ar: Arithmetic, root: Lanes) -> Series:
    """All fields checked to their widths, offered as rows (slice, strike, volatility)."""
    lanes = ar.lanes("series", SERIES, root)
    with ar.scope("series"):
        fields = [
            ar.integer_hint(name, lanes, bits, ar.input(f"series_{name}"))
            for name, bits in zip(SERIES_FIELDS, SERIES_WIDTHS, strict=True)
        ]
        index, strike, volatility = fields
        offer_rows(ar, "listed", SERIES_TAG, (strike, volatility), [index])
        packed = (index * (1 << (_ROW_BITS - SERIES_WIDTHS[0]))).plus(
            strike * (1 << SERIES_WIDTHS[2]), volatility
        )
    words = ar.lanes("series_word", ceil_div(SERIES, SERIES_PER_ELEMENT), root)
    with ar.scope("series_word"):
        word: FieldElement = ar.constant(words, 0)
        for position in range(SERIES_PER_ELEMENT):
            field = ar.gather(packed, words, SERIES_PER_ELEMENT, position)
            word = word + field * (1 << (_ROW_BITS * (SERIES_PER_ELEMENT - 1 - position)))
        elements = ar.multiply("element", word, ar.field_constant(words, 1))
    return Series(index, strike, volatility, elements)


def listed_volatility(ar: Arithmetic, series: Series, legs: Legs, place: Place) -> Integer:
    """The leg's volatility at 2^-35; an empty slot reads one of its slice."""
    with ar.scope("listed"):
        keys = ar.compute(
            series.index.lanes,
            lambda i, k, v: list(zip(i.tolist(), k.tolist(), v.tolist(), strict=True)),
            series.index,
            series.strike,
            series.volatility,
        )
        table = {(index, strike): volatility for index, strike, volatility in keys or []}
        first = next(iter(keys or []), (0, 0, 0))[1]

        def look(number: LaneVector, strike: LaneVector) -> LaneVector:
            pairs = zip(number.tolist(), strike.tolist(), strict=True)
            return ar.numbers.vector([table.get((n - 1, s), 0) for n, s in pairs])

        (free,) = ar.hint("empty_strike", legs.lanes, 1, lambda e: e * 0 + first, legs.is_empty)
        strike = ar.multiply("strike_gap", legs.is_empty, free - legs.strike) + legs.strike
        (units,) = ar.hint("volatility", legs.lanes, 1, look, place.number, strike)
        found = look_up_wires(ar, "listed", SERIES_TAG, (strike, units), [place.number.minus(1)])
        return volatility_from_units(ar, "sigma", found[1], _SIGMA_BITS)
