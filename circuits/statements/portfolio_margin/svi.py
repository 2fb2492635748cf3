"""The raw SVI volatility slice, and exact answers about it.

variance(k) = a + b (rho (k - m) + sqrt((k - m)^2 + s^2)) per year, k = ln(K / F)
(Gatheral and Jacquier, "Arbitrage-free SVI volatility surfaces", Quantitative Finance 14, 2014,
equation 3.1, here divided by the time to expiry). It is convex, so over an interval it is largest
at an end, and its least value is a + b s sqrt(1 - rho^2).

Everything here is decided on integers or fractions: square roots are compared by their squares.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction

from circuits.statements.portfolio_margin.errors import SliceError
from circuits.statements.portfolio_margin.units import (
    RHO_FRACTION_BITS,
    SVI_FRACTION_BITS,
    check_range,
)

LARGEST_LOG_MONEYNESS = Fraction(111, 10)
"""Above 16 ln 2, which |ln(K / F)| never exceeds: strikes and forwards lie in [2^20, 2^36)."""

LEAST_VARIANCE_UNITS = 2
"""Of 2^-40. The model rounds the curve's root to 2^-45, so its variance errs by at most
b 2^-46 < 2^-40: what is admitted stays at 2^-40 at least, and never rounds to 0."""

LARGEST_VARIANCE = 1 << 12
"""No slice may exceed it anywhere: volatilities stay at or below 64, so 2e-8 units fit 32 bits."""

_UNIT = 1 << SVI_FRACTION_BITS
_RHO_ONE = 1 << RHO_FRACTION_BITS


@dataclass(frozen=True, slots=True)
class Svi:
    """One slice: a, b in 2^-40 of variance per year, rho in 2^-30, m and s in 2^-40.

    Raises SliceError unless the variance lies between 2^-39 and 2^12 for every strike.
    """

    a: int
    b: int
    rho: int
    m: int
    s: int

    def __post_init__(self) -> None:
        for each in fields(self):
            check_range(each.name, getattr(self, each.name))
        if not self.is_positive:
            raise SliceError(f"the least variance a + b s sqrt(1 - rho^2) of {self} is below 2^-39")
        if not self.stays_below(Fraction(LARGEST_VARIANCE)):
            raise SliceError(f"the variance of {self} reaches {LARGEST_VARIANCE} at some strike")

    @property
    def is_positive(self) -> bool:
        """Whether a + b s sqrt(1 - rho^2) ≥ 2^-39, exactly."""
        missing = (LEAST_VARIANCE_UNITS - self.a) * _UNIT * _RHO_ONE
        bend = (self.b * self.s) ** 2 * (_RHO_ONE**2 - self.rho**2)
        return missing <= 0 or bend >= missing**2

    def stays_below(self, bound: Fraction) -> bool:
        """Whether the variance is below `bound` for every strike and forward, exactly."""
        return all(self._is_below(bound, sign * LARGEST_LOG_MONEYNESS) for sign in (-1, 1))

    def wing_slope(self) -> Fraction:
        """b (1 + |rho|): the variance per year that one more of |k| adds far out."""
        return Fraction(self.b * (_RHO_ONE + abs(self.rho)), _UNIT * _RHO_ONE)

    def _is_below(self, bound: Fraction, k: Fraction) -> bool:
        """variance(k) < bound, as b sqrt(x^2 + s^2) < bound - a - b rho x with x = k - m."""
        x = k - Fraction(self.m, _UNIT)
        b = Fraction(self.b, _UNIT)
        room = bound - Fraction(self.a, _UNIT) - b * Fraction(self.rho, _RHO_ONE) * x
        return room > 0 and b**2 * (x**2 + Fraction(self.s, _UNIT) ** 2) < room**2
