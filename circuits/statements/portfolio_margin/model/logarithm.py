"""ln of a whole number in [2^20, 2^36), cut once."""

from __future__ import annotations

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.values import Integer
from circuits.functions.ln import ln_format, ln_unchecked
from circuits.profile import Profile
from circuits.statements.portfolio_margin.model.scales import LOG_BITS, MONEYNESS


def floor_log(ar: Arithmetic, profile: Profile, name: str, value: Integer) -> Integer:
    """ln(value / 2^20) at 2^-45, rounded down, and range-checked by itself: the value is in the
    table's domain and its row the right one, or the check fails (functions/ln.py)."""
    drop = ln_format(profile).fraction_bits - MONEYNESS
    with ar.scope(name):
        quotient, _ = ar.unchecked_quotient("ln", ln_unchecked(ar, profile, value), drop)
        return ar.range_check("ln", quotient, LOG_BITS)
