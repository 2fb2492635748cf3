"""An independent value of a mark: Black-76 in 50-digit arithmetic, from the quantised inputs.

Shares nothing with the model but the formula (Black 1976, eq. 16). Needs the demo extra (mpmath).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from circuits.statements.option_marks.inputs import (
    DISCOUNT_FRACTION_BITS,
    SECONDS_PER_YEAR,
    VOLATILITY_UNITS_PER_ONE,
)
from node.quoting import QuotedOption

DIGITS = 50


def load() -> Any | None:
    """mpmath, or None where the demo extra is not installed."""
    try:
        import mpmath  # noqa: PLC0415 - optional
    except ImportError:
        return None
    mpmath.mp.dps = DIGITS + 10
    return mpmath


def price(mpmath: Any, option: QuotedOption) -> Decimal:
    """The price in ticks."""
    forward, strike = mpmath.mpf(option.forward_ticks), mpmath.mpf(option.strike_ticks)
    discount = mpmath.mpf(option.discount) / 2**DISCOUNT_FRACTION_BITS
    volatility = mpmath.mpf(option.volatility) / VOLATILITY_UNITS_PER_ONE
    stddev = volatility * mpmath.sqrt(mpmath.mpf(option.seconds_to_expiry) / SECONDS_PER_YEAR)
    sign = -1 if option.is_put else 1
    if stddev == 0:
        value = discount * max(sign * (forward - strike), mpmath.mpf(0))
    else:
        d1 = mpmath.log(forward / strike) / stddev + stddev / 2
        d2 = d1 - stddev
        value = (
            discount * sign * (forward * mpmath.ncdf(sign * d1) - strike * mpmath.ncdf(sign * d2))
        )
    return Decimal(mpmath.nstr(value, DIGITS))
