"""Scales of the model's integers (profile R14): each is the fraction bits of one quantity."""

from __future__ import annotations

from decimal import Context, Decimal

from circuits.statements.portfolio_margin.units import PARAMETER_ONE, SPOT_FACTOR_ONE

MONEYNESS = 45
"""ln(F/K): twice the distribution's coarse bits, and one bit for the half."""
VOLATILITY = 35
ROOT_TIME = 43
"""sqrt(T in years), also times a shock."""
STDDEV = VOLATILITY + ROOT_TIME
"""Total standard deviation, before it is cut at the distribution's grid."""
SHOCK = 44
"""x, the size of volatility shocks, and other values of exp."""
SLOPE = 39
"""Skew slopes, cap / k*."""
SKEW = 42
"""The factor of a skew row."""
STATIC = 32
"""What shocked values are multiplied by: static discounts, the forward contingency's weight."""
DISCOUNT = 44
"""D, as attested."""
PROFIT_ONE = SPOT_FACTOR_ONE * PARAMETER_ONE << STATIC
"""A row's profit of one cash atom: values in 1e-4, static factors at 2^-32, dampening in 1e-9."""
FACTOR_ONE = 10**12
"""Margin factors count 1e-12: parameters (1e-9) and the depeg's part of the initial one."""

SECONDS_BITS = 28
"""Of T: below 8.5 years."""
LOG_BITS = 49
"""Of ln(value / 2^20) at 2^-45: at most 16 ln 2 = 11.1."""
ROOT_BITS = 56
"""Of sqrt(T) at 2^-43, times a shock or not."""
VALUE_BITS = 126
"""A slice's value, in 1e-4 cash atoms: below 128 * 2^63 * 2^52.2 * 2."""

_DIGITS = Context(prec=60)


def logarithm(value: int, fraction_bits: int) -> int:
    """ln(value) at 2^-fraction_bits, nearest: a constant of the circuit."""
    scaled = _DIGITS.multiply(_DIGITS.ln(Decimal(value)), Decimal(1 << fraction_bits))
    return int(scaled.to_integral_value())
