"""Units and ranges of `portfolio_margin`: the one place that says which integers are accepted.

A tick is 10^-t of the quote currency, t fixed for an underlying. Money is counted in cash atoms:
one tick times one amount step of 10^-6 contract, so an amount times a price is exact.
"""

from __future__ import annotations

from circuits.field import BN254_FR
from circuits.statements.ranges import Range, below, check_in, unsigned

AMOUNT_STEPS_PER_CONTRACT = 10**6
AMOUNT_BITS = 63
CASH_BITS = 95
COLLATERAL_BITS = 128
SPOT_FACTOR_ONE = 10**4
PARAMETER_ONE = 10**9
PARAMETER_BITS = 34
SVI_FRACTION_BITS = 40
RHO_FRACTION_BITS = 30

LEAVES = 128
"""Legs a commitment holds."""
SLICES = 16
"""Expiries a market holds."""
SERIES = 512
"""Listed (expiry, strike) volatilities a market of the series form holds."""
ROWS = 36
"""Most scenario rows of a parameter set; one Poseidon call digests them all."""

_BILLIONTHS = "units of 1e-9"
_TICKS = "ticks of 10^-t"
_STEPS = "steps of 1e-6 contract"

RANGES: dict[str, Range] = {
    # legs, linear holdings, cash
    "underlying": Range(0, (1 << 8) - 2, "number of the underlying; 255 belongs to empty slots"),
    "leg_expiry_unix": unsigned(35, "Unix seconds"),
    "strike_ticks": Range(1 << 20, (1 << 36) - 1, _TICKS),
    "amount": below(AMOUNT_BITS, _STEPS),
    "perpetual": below(AMOUNT_BITS, _STEPS),
    "collateral": unsigned(AMOUNT_BITS, _STEPS),
    "cash": below(CASH_BITS, "cash atoms: tick times 1e-6"),
    "slots": Range(1, LEAVES, "legs"),
    # commitment
    "group": unsigned(160, "consumer address"),
    "account_id": Range(0, BN254_FR.modulus - 1, "field element"),
    "settled_through": unsigned(40, "Unix seconds"),
    "salt": unsigned(248, "random bits"),
    # market
    "underlying_id": unsigned(96, "first 12 bytes of keccak(symbol)"),
    "tick_exponent": unsigned(8, "t of the tick 10^-t"),
    "snapshot_unix": unsigned(39, "Unix seconds, so that expiries fit 40 bits"),
    "spot_ticks": Range(1, (1 << 36) - 1, _TICKS),
    "perpetual_ticks": unsigned(36, _TICKS),
    "collateral_ticks": unsigned(36, "ticks per contract of the asset"),
    "stable_price": unsigned(31, _BILLIONTHS),
    "confidence": unsigned(31, _BILLIONTHS),
    "volatility": unsigned(28, "units of 2e-8"),
    "slices": Range(1, SLICES, "expiries"),
    "series": Range(1, SERIES, "listed volatilities"),
    "slice_index": Range(0, SLICES - 1, "place of the expiry"),
    "expiry_unix": unsigned(40, "Unix seconds"),
    "seconds_to_expiry": Range(1, (1 << 28) - 1, "seconds"),
    "forward_variable_ticks": unsigned(36, _TICKS),
    "forward_fixed_ticks": unsigned(36, _TICKS),
    "forward_ticks": Range(1 << 20, (1 << 36) - 1, _TICKS),
    "discount": Range(1, (1 << 45) - 1, "units of 2^-44"),
    "rate_biased": unsigned(28, "units of 2^-53 per second, plus 2^26"),
    "a": below(47, "units of 2^-40 of variance per year"),
    "b": unsigned(46, "units of 2^-40 of variance per year"),
    "rho": below(RHO_FRACTION_BITS, "units of 2^-30"),
    "m": below(45, "units of 2^-40 of log-moneyness"),
    "s": Range(1, (1 << 46) - 1, "units of 2^-40 of log-moneyness"),
    # words
    "field_element": Range(0, BN254_FR.modulus - 1, "field element"),
    "balance": unsigned(COLLATERAL_BITS, "units of the settlement token"),
}
"""Ranges of everything but the parameters, by field name."""


def check_range(field: str, value: int) -> None:
    """Raise RangeError unless `value` is an integer in the range of `field`."""
    check_in(RANGES, field, value)
