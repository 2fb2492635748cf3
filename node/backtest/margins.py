"""Maintenance requirements of test books from the model itself, and their values by Black-76.

With strikes in multiples of spot, one flat volatility, no rates, the model is homogeneous in
prices: a requirement is a share of spot that depends on the volatility alone. It is computed once
for each volatility, at one reference spot, in the integers that a proof would show.
"""

from __future__ import annotations

from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from circuits.statements.option_marks.inputs import VOLATILITY_UNITS_PER_ONE
from circuits.statements.portfolio_margin import (
    Book,
    Leg,
    LinearHoldings,
    MarginMarket,
    MarginParameters,
    Slice,
    Svi,
)
from circuits.statements.portfolio_margin.units import (
    AMOUNT_STEPS_PER_CONTRACT,
    PARAMETER_ONE,
    SVI_FRACTION_BITS,
)
from node.backtest.books import TestBook
from node.margin import Valuer

Floats = NDArray[np.float64]

REFERENCE_TICKS = 500_000_000
_SNAPSHOT_UNIX = 1_600_000_000
_DAY = 86_400
_DISCOUNT_ONE = 1 << 44
_RATE_ZERO = 1 << 26
_YEAR_DAYS = 365.0
_ERF = np.frompyfunc(erf, 1, 1)


def maintenance_share(book: TestBook, volatility: float, parameters: MarginParameters) -> float:
    """The maintenance requirement over spot: equity that makes the maintenance margin 0.

    Raises BookRefused where the parameters' shocks leave the model's domain.
    """
    market = flat_market(book, volatility)
    sheet = Valuer(market, parameters).quote(model_book(book, parameters))
    requirement = sheet.equity - sheet.maintenance
    return float(requirement / (REFERENCE_TICKS * AMOUNT_STEPS_PER_CONTRACT))


def flat_market(book: TestBook, volatility: float) -> MarginMarket:
    """A market of one volatility at the reference spot: forwards are spot, no discounting."""
    variance = round(volatility * volatility * (1 << SVI_FRACTION_BITS))
    flat = Svi(a=variance, b=0, rho=0, m=0, s=1)
    days = sorted({option.days for option in book.options}) or [30]
    slices = tuple(
        Slice(
            expiry_unix=_SNAPSHOT_UNIX + day * _DAY,
            forward_variable_ticks=REFERENCE_TICKS,
            forward_fixed_ticks=0,
            discount=_DISCOUNT_ONE,
            rate_biased=_RATE_ZERO,
            confidence=PARAMETER_ONE,
            svi=flat,
        )
        for day in days
    )
    return MarginMarket(
        underlying_id=1,
        tick_exponent=4,
        snapshot_unix=_SNAPSHOT_UNIX,
        spot_ticks=REFERENCE_TICKS,
        perpetual_ticks=REFERENCE_TICKS,
        stable_price=PARAMETER_ONE,
        spot_confidence=PARAMETER_ONE,
        perpetual_confidence=PARAMETER_ONE,
        collateral_1_ticks=0,
        collateral_2_ticks=0,
        at_the_money_volatility=round(volatility * VOLATILITY_UNITS_PER_ONE),
        slices=slices,
    )


def model_book(book: TestBook, parameters: MarginParameters) -> Book:
    """The test book at the reference spot, in steps and ticks."""
    legs = [
        Leg(
            parameters.underlying,
            _SNAPSHOT_UNIX + option.days * _DAY,
            round(REFERENCE_TICKS * option.moneyness),
            option.is_put,
            round(option.contracts * AMOUNT_STEPS_PER_CONTRACT),
        )
        for option in book.options
    ]
    perpetual = LinearHoldings(round(book.perpetual * AMOUNT_STEPS_PER_CONTRACT))
    return Book(tuple(sorted(legs, key=lambda leg: leg.key)), perpetual)


def value_share(book: TestBook, move: Floats, volatility: Floats, days_later: float) -> Floats:
    """The book's value over the first spot after spot went to `move` times it.

    Black 1976, equation 16, flat volatilities, one for each entry, no discounting.
    """
    total = book.perpetual * move
    for option in book.options:
        deviation = volatility * sqrt((option.days - days_later) / _YEAR_DAYS)
        d1 = np.log(move / option.moneyness) / deviation + deviation / 2
        sign = -1.0 if option.is_put else 1.0
        call = move * _normal(sign * d1) - option.moneyness * _normal(sign * (d1 - deviation))
        total = total + option.contracts * sign * call
    return total


def _normal(x: Floats) -> Floats:
    found: Floats = np.asarray(_ERF(x / sqrt(2.0)), dtype=np.float64)
    return (1.0 + found) / 2.0
