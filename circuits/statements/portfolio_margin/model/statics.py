"""What a slice's shocked values are multiplied by: static discounts and the weight
of the forward contingency.

    for gains     base exp(-T (max(rate, 0) multiplier + addition))
    for losses    min(base exp(T (max(rate, 0) multiplier + addition)), 1 / D)
    weight        addition + multiplier T in years

Exponents are clamped to [-6, 2] and rounded to 2^-34, factors to 2^-32; the weight is in 1e-9 at
2^-32. All half even.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.values import Integer
from circuits.gadgets.division import half_even_quotient
from circuits.gadgets.selection import minimum, narrowed, sign
from circuits.profile import Profile
from circuits.statements.option_marks.inputs import SECONDS_PER_YEAR
from circuits.statements.portfolio_margin.model.governed import Governed
from circuits.statements.portfolio_margin.model.scales import (
    DISCOUNT,
    SHOCK,
    STATIC,
)
from circuits.statements.portfolio_margin.model.shocks import exp_of
from circuits.statements.portfolio_margin.model.slices import Slices
from circuits.statements.portfolio_margin.units import PARAMETER_ONE

_RATE_BIAS = 1 << 26
_RATE_FRACTION = 53
_FACTOR_BITS = 46
_INVERSE_BITS = 80
_WEIGHT_BITS = 74


@dataclass(frozen=True)
class Statics:
    """Factors at 2^-32 (a lane for each slice)."""

    gain: Integer
    loss: Integer
    forward_contingency_weight: Integer  #: 1e-9 at 2^-32


def share_statics(ar: Arithmetic, profile: Profile, slices: Slices, governed: Governed) -> Statics:
    """Both static factors and the weight of the forward contingency."""
    values = governed.values
    with ar.scope("slice"), ar.scope("static"):
        rate = sign(ar, "rate", slices.rate_biased.minus(_RATE_BIAS)).positive
        with ar.scope("gain"):
            gain = _factor(ar, profile, slices, governed, rate, "long")
        with ar.scope("loss"):
            loss = _factor(ar, profile, slices, governed, rate, "short")
            loss = minimum(ar, "cap", loss, _inverse_discount(ar, slices.discount))
        weight = (values["forward_contingency_addition"] * SECONDS_PER_YEAR).plus(
            ar.product("growing", slices.seconds, values["forward_contingency_multiplier"])
        )
        rounded = half_even_quotient(
            ar, "forward_contingency_weight", weight * (1 << STATIC), SECONDS_PER_YEAR, _WEIGHT_BITS
        )
    return Statics(gain, loss, rounded)


def _factor(
    ar: Arithmetic,
    profile: Profile,
    slices: Slices,
    governed: Governed,
    rate: Integer,
    side: str,
) -> Integer:
    """base * exp(-+ growth), at 2^-32."""
    values = governed.values
    interest = ar.product("interest", rate, values[f"static_{side}_multiplier"])
    addition = values[f"static_{side}_addition"] * (1 << _RATE_FRACTION)
    growth = (interest * SECONDS_PER_YEAR).plus(addition)
    exponent = ar.product("growth", slices.seconds, growth)
    per_unit = PARAMETER_ONE * SECONDS_PER_YEAR << _RATE_FRACTION
    if side == "long":
        power = exp_of(ar, profile, -exponent, per_unit, lo=-6, hi=0)
    else:
        power = exp_of(ar, profile, exponent, per_unit, lo=0, hi=2)
    scaled = ar.product("base", power, values[f"static_{side}_base"])
    return half_even_quotient(ar, "factor", scaled, PARAMETER_ONE << (SHOCK - STATIC), _FACTOR_BITS)


def _inverse_discount(ar: Arithmetic, discount: Integer) -> Integer:
    """1/D at 2^-32, D in 2^-44; a D of 0 has none."""
    ar.range_check("discount_from_1", discount - 1, 46)
    positive = narrowed(discount, 1, discount.hi)
    one = ar.constant(discount.lanes, 1 << (DISCOUNT + STATIC))
    return half_even_quotient(ar, "inverse_discount", one, positive, _INVERSE_BITS)
