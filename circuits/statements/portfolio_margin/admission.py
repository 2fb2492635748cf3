"""Which books, markets and parameters fit each other, so that every margin is provable.

The model needs every shocked total standard deviation v = sigma' sqrt(T) below 15.5. A volatility
is multiplied by at most

    1 + range_up x,   x = exp(p ln(30 days / max(T, floor))),  and   1 + max(0, cap)

and the "up" one is at least `minimum_up_volatility`. Those factors are irrational: they are bounded
from above at 60 digits with correctly rounded functions, the same on every machine. What a curve
reaches over all strikes is then decided exactly (svi.py). A market is refused at most 1e-40
(relative) before its v reaches 15.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

from circuits.statements.option_marks.inputs import SECONDS_PER_YEAR, VOLATILITY_UNITS_PER_ONE
from circuits.statements.portfolio_margin.book import Book, Leg
from circuits.statements.portfolio_margin.errors import Mismatch, SliceError, UnprovableError
from circuits.statements.portfolio_margin.market import MarginMarket, VolatilityForm
from circuits.statements.portfolio_margin.parameters import MarginParameters
from circuits.statements.portfolio_margin.units import PARAMETER_ONE

LARGEST_TOTAL_STDDEV = Fraction(31, 2)
LARGEST_WING_SLOPE = 2
"""b (1 + |rho|) T at most: total variance grows no faster in |k| (Lee, "The moment formula for
implied volatility at extreme strikes", Mathematical Finance 14, 2004)."""
SHORT_SECONDS = 30 * 86_400
LARGEST_EXPONENT = 2
SMALLEST_EXPONENT = -6
"""Exponents of the model's exponentials are clamped to these."""

_DIGITS = Context(prec=60, rounding=ROUND_CEILING)
_GUARD = 1 + Fraction(1, 10**40)


def largest_volatility_factor(parameters: MarginParameters, seconds: int) -> Fraction:
    """A bound above every multiple of volatility that the rules can form at `seconds` to expiry."""
    power = parameters.short_power if seconds <= SHORT_SECONDS else parameters.long_power
    ratio = _DIGITS.divide(Decimal(SHORT_SECONDS), Decimal(max(seconds, parameters.floor_seconds)))
    exponent = _DIGITS.multiply(_DIGITS.ln(ratio), Decimal(power).scaleb(-9))
    clamped = max(Decimal(SMALLEST_EXPONENT), min(Decimal(LARGEST_EXPONENT), exponent))
    size = Fraction(_DIGITS.exp(clamped)) * _GUARD
    root = Fraction(_root_of_years(seconds))
    caps = (
        (parameters.linear_cap_base, parameters.linear_cap_slope),
        (parameters.absolute_cap_base, parameters.absolute_cap_slope),
    )
    rises = [parameters.range_up * size, *(base + slope * root for base, slope in caps)]
    return (1 + max(Fraction(0), *map(Fraction, rises)) / PARAMETER_ONE) * _GUARD


def check_admissible(market: MarginMarket, parameters: MarginParameters) -> None:
    """Raise SliceError unless every shocked volatility of the market stays in the model's domain.

    Also refuses an SVI slice whose wings are steeper than Lee's bound.
    """
    for index, each in enumerate(market.slices):
        seconds = market.seconds_to_expiry(index)
        years = Fraction(seconds, SECONDS_PER_YEAR)
        factor = largest_volatility_factor(parameters, seconds)
        largest = LARGEST_TOTAL_STDDEV**2 / years
        floor = Fraction(parameters.minimum_up_volatility, VOLATILITY_UNITS_PER_ONE)
        if floor**2 >= largest or not _stays_below(market, index, largest / factor**2):
            raise SliceError(
                f"slice {index}: a shocked volatility times the root of {seconds} s can reach"
                f" {LARGEST_TOTAL_STDDEV.numerator / 2}, expected less at every strike"
            )
        if each.svi is not None and each.svi.wing_slope() * years > LARGEST_WING_SLOPE:
            raise SliceError(
                f"slice {index}: b (1 + |rho|) T is above {LARGEST_WING_SLOPE}, expected at most"
                " that (wings beyond it allow arbitrage)"
            )


def unprovable_legs(book: Book, market: MarginMarket) -> Mapping[Leg, Mismatch]:
    """Why legs have no value in this market, by leg; empty when all have one."""
    slices = {each.expiry_unix: index for index, each in enumerate(market.slices)}
    listed = {(each.slice_index, each.strike_ticks) for each in market.series}
    reasons: dict[Leg, Mismatch] = {}
    for leg in book.legs:
        index = slices.get(leg.expiry_unix)
        if leg.expiry_unix <= market.snapshot_unix:
            reasons[leg] = Mismatch.EXPIRED
        elif index is None:
            reasons[leg] = Mismatch.EXPIRY
        elif market.form is VolatilityForm.SERIES and (index, leg.strike_ticks) not in listed:
            reasons[leg] = Mismatch.STRIKE
    return reasons


def check_provable(book: Book, market: MarginMarket, parameters: MarginParameters) -> None:
    """Raise UnprovableError or SliceError unless the margin of the book is defined."""
    check_admissible(market, parameters)
    if book.legs and book.legs[0].underlying != parameters.underlying:
        raise UnprovableError(
            f"the book is of underlying {book.legs[0].underlying}, the parameters are of"
            f" {parameters.underlying}",
            Mismatch.UNDERLYING,
        )
    for leg, mismatch in unprovable_legs(book, market).items():
        raise UnprovableError(f"{leg.name} {mismatch}", mismatch)


def _stays_below(market: MarginMarket, index: int, bound: Fraction) -> bool:
    svi = market.slices[index].svi
    if svi is not None:
        return svi.stays_below(bound)
    listed = [each.volatility for each in market.series if each.slice_index == index]
    return all(Fraction(volatility, VOLATILITY_UNITS_PER_ONE) ** 2 < bound for volatility in listed)


def _root_of_years(seconds: int) -> Decimal:
    return _DIGITS.sqrt(_DIGITS.divide(Decimal(seconds), Decimal(SECONDS_PER_YEAR)))
