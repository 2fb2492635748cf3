"""The one rounding of every input: half to even, into the units of the statements.

Values arrive as exact fractions, so nothing is rounded on the way to the one rounding.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache

from circuits.statements.option_marks.inputs import (
    DISCOUNT_FRACTION_BITS,
    RANGES,
    RATE_BIAS,
    RATE_FRACTION_BITS,
    SECONDS_PER_YEAR,
    VOLATILITY_UNITS_PER_ONE,
)
from circuits.statements.portfolio_margin.units import (
    PARAMETER_ONE,
    RHO_FRACTION_BITS,
    SVI_FRACTION_BITS,
)

# D has at most 45 significant digits, so ln D is correct to 59; the rate needs 9 before the point.
_DIGITS = Context(prec=60, rounding=ROUND_HALF_EVEN)


def round_half_even(value: Fraction) -> int:
    """The nearest integer, ties to the even one."""
    return round(value)


def to_ticks(price: Fraction, tick_exponent: int) -> int:
    """A price in ticks of 10^-tick_exponent."""
    return round_half_even(price * 10**tick_exponent)


def to_volatility_units(volatility: Fraction) -> int:
    """A volatility (1 = 100 % per year) in units of 2e-8."""
    return round_half_even(volatility * VOLATILITY_UNITS_PER_ONE)


def to_discount_units(discount_factor: Fraction) -> int:
    """A discount factor in units of 2^-44."""
    return round_half_even(discount_factor * (1 << DISCOUNT_FRACTION_BITS))


@lru_cache(maxsize=4096)
def rate_from_discount(discount: int, seconds_to_expiry: int) -> int:
    """The biased rate -ln D / T of quantised D and T, half even, clamped to its format.

    0 (so the bias itself) at T = 0.
    """
    if seconds_to_expiry == 0:
        return RATE_BIAS
    factor = _DIGITS.divide(Decimal(discount), Decimal(1 << DISCOUNT_FRACTION_BITS))
    scaled = _DIGITS.multiply(_DIGITS.ln(factor), Decimal(-(1 << RATE_FRACTION_BITS)))
    per_second = _DIGITS.divide(scaled, Decimal(seconds_to_expiry))
    allowed = RANGES["rate_biased"]
    rate = int(per_second.to_integral_value(rounding=ROUND_HALF_EVEN))
    return max(allowed.low, min(allowed.high, RATE_BIAS + rate))


def to_rate_units(rate: Fraction) -> int:
    """A rate per year of 31,536,000 s in 2^-53 per second, plus its bias; not clamped."""
    return RATE_BIAS + round_half_even(rate * (1 << RATE_FRACTION_BITS) / SECONDS_PER_YEAR)


def to_billionths(value: Fraction) -> int:
    """A confidence or the price of the stable asset in units of 1e-9."""
    return round_half_even(value * PARAMETER_ONE)


def to_svi_units(value: Fraction) -> int:
    """SVI's a, b (variance per year), m and s (log-moneyness) in units of 2^-40."""
    return round_half_even(value * (1 << SVI_FRACTION_BITS))


def to_rho_units(value: Fraction) -> int:
    """SVI's rho in units of 2^-30."""
    return round_half_even(value * (1 << RHO_FRACTION_BITS))
