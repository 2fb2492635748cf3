"""Volatilities of a margin market as plain integers, and the one that stands for all of them.

The at-the-money volatility of a snapshot, defined here and nowhere else, in units of 2e-8:

    1. the expiry whose time to expiry is nearest to 30 days (the earlier of two as near);
    2. SVI form: the volatility of its curve at K = F, where k = 0, rounded down;
       series form: the volatility listed for the strike nearest to F (the lower of two as near).

In the series form an expiry without a listed strike is passed over. There is no interpolation:
between two snapshots the expiry changes about once a week, and consumers compare within bounds.
Readers of files, signers and medians all set it by this rule: so an owner proves against the very
listing that is attested.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import isqrt

from circuits.statements.option_marks.inputs import SECONDS_PER_YEAR, VOLATILITY_UNITS_PER_ONE
from circuits.statements.portfolio_margin import MarginMarket, Svi
from circuits.statements.portfolio_margin.units import RHO_FRACTION_BITS, SVI_FRACTION_BITS

__all__ = [
    "at_the_money_volatility",
    "curve_volatilities",
    "svi_volatility",
    "with_ruled_volatility",
]

TENOR_SECONDS = 30 * 86_400

GRID = tuple(range(-4, 5))
"""Places where curves are compared: k = j sqrt(T years) / 2, two standard deviations of a
volatility of 1 to each side, whatever the time to expiry."""

_VARIANCE_BITS = 2 * SVI_FRACTION_BITS + RHO_FRACTION_BITS


def at_the_money_volatility(market: MarginMarket) -> int:
    """By the rule above; not held to 28 bits: the market's door refuses what does not fit."""
    candidates = [
        (abs(market.seconds_to_expiry(index) - TENOR_SECONDS), index, volatility)
        for index, volatility in _nearest_the_money(market)
    ]
    return min(candidates)[-1]


def with_ruled_volatility(market: MarginMarket) -> MarginMarket:
    """The same market with the at-the-money volatility that the rule gives it; InputError."""
    return replace(market, at_the_money_volatility=at_the_money_volatility(market))


def curve_volatilities(svi: Svi, seconds: int) -> tuple[int, ...]:
    """The curve on ``GRID`` at ``seconds`` to expiry, in units of 2e-8, each rounded down."""
    root = isqrt((seconds << 2 * SVI_FRACTION_BITS) // SECONDS_PER_YEAR)
    return tuple(svi_volatility(svi, j * root // 2) for j in GRID)


def svi_volatility(svi: Svi, log_moneyness: int) -> int:
    """The curve's volatility at k (2^-40), in units of 2e-8, rounded down.

    The one inexact step before the last root, of (k - m)^2 + s^2, is rounded down too; a variance
    that this makes negative (it is 2^-39 at least) counts as 0.
    """
    distance = log_moneyness - svi.m
    bend = isqrt(distance**2 + svi.s**2) << RHO_FRACTION_BITS
    variance = (svi.a << _VARIANCE_BITS - SVI_FRACTION_BITS) + svi.b * (svi.rho * distance + bend)
    return isqrt(max(variance, 0) * VOLATILITY_UNITS_PER_ONE**2 >> _VARIANCE_BITS)


def _nearest_the_money(market: MarginMarket) -> Iterator[tuple[int, int]]:
    """Index and volatility at the money of every slice that has one."""
    for index, each in enumerate(market.slices):
        if each.svi is not None:
            yield index, svi_volatility(each.svi, 0)
            continue
        listed = [
            (abs(one.strike_ticks - each.forward_ticks), one.strike_ticks, one.volatility)
            for one in market.series
            if one.slice_index == index
        ]
        if listed:
            yield index, min(listed)[-1]
